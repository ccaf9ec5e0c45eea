//! First sales of tokens.

use std::{path::PathBuf, process::ExitCode};

use alloy::primitives::{Address, U256};
use edgeloom_sdk::Purchase;
use eyre::Result;
use serde_json::json;

use super::{
    money, say,
    selling::{Selling, listed},
};
use crate::settings::Settings;

/// What can be done with drops.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Drop {
    /// Sell tokens of a creation of yours for the first time, in one phase from now on
    Open {
        /// The collection, or the editions
        creation: Address,
        /// How many
        count: u32,
        #[command(flatten)]
        selling: Selling,
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
            Self::Open { creation, count, selling } => {
                let client = settings.signer().await?;
                let drop = client.drops().open(creation, (count, None), &[selling.phase(&client).await?]).await?;
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
