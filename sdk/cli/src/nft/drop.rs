//! First sales of tokens.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use alloy::primitives::{Address, U256};
use edgeloom_sdk::{Allowlist, Phase, Purchase};
use eyre::{Result, WrapErr, eyre};
use serde_json::json;

use super::{money, say};
use crate::{
    post::{read, seconds, tfuel},
    settings::Settings,
};

/// What can be done with drops.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Drop {
    /// Sell tokens of a creation of yours for the first time, in one phase from now on
    Open {
        /// The collection, or the editions
        creation: Address,
        /// How many
        count: u32,
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
    },
    /// Buy tokens of a drop
    Mint {
        /// Its number
        drop: U256,
        /// How many
        #[arg(long, value_name = "N", default_value_t = 1)]
        count: u64,
        /// In which phase, from 0
        #[arg(long, value_name = "N", default_value_t = 0)]
        phase: u64,
        /// The list of the phase, where it has one
        #[arg(long, value_name = "FILE")]
        list: Option<PathBuf>,
    },
    /// Say what has become of a drop
    Show {
        /// Its number
        drop: U256,
    },
    /// Sell nothing any more, for good
    Close {
        /// Its number
        drop: U256,
    },
}

impl Drop {
    pub(super) async fn run(self, settings: &Settings) -> Result<ExitCode> {
        match self {
            Self::Open { creation, count, price, falling_to, within, per_wallet, list } => {
                let client = settings.signer().await?;
                let now = client.head_time().await?;
                let allowed = list.as_deref().map(listed).transpose()?.map_or_else(Default::default, |list| list.root());
                let phase = Phase::new(price, now, now.saturating_add(within.into()));
                let phase = Phase { per_wallet, allowed, ..phase.falling_to(falling_to.unwrap_or(price)) };
                let drop = client.drops().open(creation, (count, None), &[phase]).await?;
                let event = json!({ "event": "opened", "drop": drop.to_string() });
                Ok(say(settings, &format!("drop {drop}"), &event))
            }
            Self::Mint { drop, count, phase, list } => {
                let client = settings.signer().await?;
                let list = list.as_deref().map(listed).transpose()?;
                let bought =
                    client.drops().mint(drop, Purchase { phase, quantity: count, list: list.as_ref() }).await?;
                let price = money(bought.price, Address::ZERO);
                let event = json!({
                    "event": "minted", "drop": drop.to_string(), "first": bought.first.to_string(),
                    "count": bought.quantity.to_string(), "priceWei": bought.price.to_string(),
                });
                Ok(say(settings, &format!("{count} minted from id {} on, for {price}", bought.first), &event))
            }
            Self::Show { drop } => shown(settings, drop).await,
            Self::Close { drop } => {
                settings.signer().await?.drops().close(drop).await?;
                shown(settings, drop).await
            }
        }
    }
}

async fn shown(settings: &Settings, number: U256) -> Result<ExitCode> {
    let found = settings.reader().await?.drops().get(number).await?;
    let (sold, count) = (found.sold, found.count);
    let state = if found.closed { "closed" } else { "open" };
    let line = format!("drop {number} of {}: {state}, {sold} of {count} sold", found.creation);
    let event = json!({
        "event": "drop", "drop": number.to_string(), "creation": found.creation, "state": state, "sold": sold, "count": count,
        "first": found.first, "payee": found.payee,
    });
    Ok(say(settings, &line, &event))
}

fn listed(path: &Path) -> Result<Allowlist> {
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
