//! Tokens for tokens.

use std::{collections::BTreeSet, process::ExitCode, str::FromStr};

use alloy::primitives::{Address, U256};
use edgeloom_bindings::addresses::WTFUEL;
use edgeloom_sdk::{Asset, OrderDraft};
use eyre::{Report, Result, ensure, eyre};

use super::trade::Conditions;
use crate::{post::tfuel, settings::Settings};

/// What goes which way.
#[derive(Debug, clap::Args)]
pub(crate) struct Swap {
    /// What you give: a collection and an id, and of editions how many; may be given several times
    #[arg(long, required = true, value_name = "ADDRESS:ID[:N]")]
    give: Vec<Part>,
    /// What you want for it: the same, or `any` instead of the id; may be given several times
    #[arg(long, required = true, value_name = "ADDRESS:ID[:N]")]
    want: Vec<Part>,
    /// What the taker pays besides
    #[arg(long, value_name = "TFUEL", value_parser = tfuel)]
    asking: Option<U256>,
    /// What you pay besides, in WTFUEL
    #[arg(long, value_name = "TFUEL", value_parser = tfuel, conflicts_with = "asking")]
    adding: Option<U256>,
    #[command(flatten)]
    conditions: Conditions,
}

/// One token, or copies of an edition.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Part {
    token: Address,
    /// `None` for any.
    id: Option<U256>,
    /// Of an edition.
    copies: Option<u128>,
}

impl FromStr for Part {
    type Err = Report;

    fn from_str(text: &str) -> Result<Self> {
        let wrong =
            || eyre!("{text:?} is not a token, such as 0x5fbd…:7, 0x5fbd…:any, or 0x5fbd…:7:3 for three of an edition");
        let mut parts = text.split(':');
        let token = parts.next().and_then(|token| token.parse().ok()).ok_or_else(wrong)?;
        let id = match parts.next().ok_or_else(wrong)? {
            "any" => None,
            "" => return Err(wrong()),
            id => Some(id.parse().map_err(|_| wrong())?),
        };
        let copies: Option<u128> = parts.next().map(|copies| copies.parse().map_err(|_| wrong())).transpose()?;
        ensure!(parts.next().is_none() && copies != Some(0), wrong());
        Ok(Self { token, id, copies })
    }
}

impl From<&Part> for Asset {
    fn from(part: &Part) -> Self {
        match (part.id, part.copies) {
            (Some(id), None) => Self::token(part.token, id),
            (Some(id), Some(copies)) => Self::copies(part.token, id, copies),
            (None, None) => Self::any(part.token),
            (None, Some(copies)) => Self::any_copies(part.token, copies),
        }
    }
}

impl Swap {
    pub(super) async fn run(self, settings: &Settings) -> Result<ExitCode> {
        ensure!(
            self.give.iter().all(|part| part.id.is_some()),
            "say which tokens you give: `any` is for what you want"
        );
        let client = settings.signer().await?;
        let draft =
            OrderDraft::swap(self.give.iter().map(Asset::from).collect(), self.want.iter().map(Asset::from).collect());
        let draft = match (self.asking, self.adding) {
            (Some(price), _) => draft.asking(price),
            (None, Some(price)) => draft.adding(price),
            (None, None) => draft,
        };
        if self.conditions.approve {
            let checkout = client.exchange().checkout();
            let given: BTreeSet<Address> = self.give.iter().map(|part| part.token).collect();
            for token in given {
                checkout.approve_tokens(token, true).await?;
            }
            if let Some(price) = self.adding {
                checkout.approve_currency(WTFUEL, price.saturating_mul(U256::from(self.conditions.units))).await?;
            }
        }
        self.conditions.sign(&client, draft).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_read_and_nonsense_is_named() {
        let token = Address::repeat_byte(7);
        let part = |text: &str| format!("{token}:{text}").parse::<Part>();
        assert_eq!(part("5").expect("a token"), Part { token, id: Some(U256::from(5)), copies: None });
        assert_eq!(part("any").expect("any token"), Part { token, id: None, copies: None });
        assert_eq!(part("5:3").expect("copies"), Part { token, id: Some(U256::from(5)), copies: Some(3) });
        for nonsense in ["", "x", "5:0", "5:3:1", "5:", "-1", "any:x"] {
            assert!(part(nonsense).is_err(), "{nonsense}");
        }
        assert!("0x12:5".parse::<Part>().is_err() && token.to_string().parse::<Part>().is_err());
    }
}
