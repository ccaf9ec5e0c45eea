//! When first sales sell, for how much, and to whom.

use std::path::{Path, PathBuf};

use alloy::primitives::{Address, U256};
use edgeloom_sdk::{Allowlist, Client, Phase};
use eyre::{Result, WrapErr, eyre};

use crate::post::{read, seconds, tfuel};

/// The one phase of a sale, from now on.
#[derive(Debug, clap::Args)]
pub(crate) struct Selling {
    /// What one costs
    #[arg(long, value_name = "TFUEL", value_parser = tfuel)]
    price: U256,
    /// To which the price falls until the end
    #[arg(long, value_name = "TFUEL", value_parser = tfuel)]
    falling_to: Option<U256>,
    /// For how long
    #[arg(long, value_name = "TIME", default_value = "720h", value_parser = seconds)]
    within: u32,
    /// The most that one account buys; accounts cost nothing
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true, conflicts_with = "list")]
    per_wallet: u32,
    /// File with who may buy: an address and a number on each line
    #[arg(long, value_name = "FILE")]
    list: Option<PathBuf>,
}

impl Selling {
    pub(super) async fn phase(&self, client: &Client) -> Result<Phase> {
        let now = client.head_time().await?;
        let list = self.list.as_deref().map(listed).transpose()?;
        let phase = Phase::new(self.price, now, now.saturating_add(self.within.into()));
        let phase = phase.falling_to(self.falling_to.unwrap_or(self.price));
        Ok(Phase {
            per_wallet: self.per_wallet,
            allowed: list.map_or_else(Default::default, |list| list.root()),
            ..phase
        })
    }
}

pub(super) fn listed(path: &Path) -> Result<Allowlist> {
    let text = read(path)?;
    let text = std::str::from_utf8(&text).wrap_err_with(|| format!("{} is no text", path.display()))?;
    members(text).wrap_err_with(|| format!("{} is no list", path.display()))
}

fn members(text: &str) -> Result<Allowlist> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let member = |line: &str| {
        let wrong = || eyre!("{line:?} is not an address and a number");
        let (account, most) =
            line.split_once(|letter: char| letter == ',' || letter.is_whitespace()).ok_or_else(wrong)?;
        Ok((account.parse::<Address>().map_err(|_| wrong())?, most.trim().parse::<U256>().map_err(|_| wrong())?))
    };
    Ok(Allowlist::new(lines.map(member).collect::<Result<Vec<_>>>()?)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_and_nonsense_is_named() {
        let (one, two) = (Address::repeat_byte(1), Address::repeat_byte(2));
        let list = members(&format!("{one} 3\n\n  {two}, 5\n")).expect("a list");
        assert_eq!(list.allowance(two).expect("listed").0, U256::from(5));
        assert_eq!(list, Allowlist::new([(two, U256::from(5)), (one, U256::from(3))]).expect("some"));
        for nonsense in ["", "0x12 3", &format!("{one}"), &format!("{one} many"), &format!("{one} 3 4")] {
            assert!(members(nonsense).is_err(), "{nonsense}");
        }
    }
}
