//! Whose gates a node has shares of, and how many.

use std::{collections::BTreeSet, str::FromStr};

use alloy::primitives::{Address, U256};
use serde::Deserialize;

use super::Refusal;

/// Gates of anybody's, one account's and together: whoever wants to fill a node reaches these, and costs it so many short files. What an operator takes for
/// accounts that are named has room that nobody else uses up.
const GATES_OF_ONE: usize = 8;
const GATES_OF_ANYBODY: usize = 1_000;
/// Gates of accounts that are named.
const GATES_MAX: usize = 10_000;

/// Whose gates a worker takes shares of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum GateOwners {
    /// Nobody's.
    Nobody,
    /// Anybody's, 8 of each account and 1,000 in all. The default: without being asked a node serves every creator, and whoever fills it keeps out
    /// those alone who would be out in any case if it took named accounts only. Its operator names those then.
    #[default]
    Anybody,
    /// Of these accounts, 10,000 in all.
    Named(BTreeSet<Address>),
}

impl FromStr for GateOwners {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "on" => Ok(Self::Anybody),
            "off" => Ok(Self::Nobody),
            named => {
                let account = |text: &str| text.trim().parse().map_err(|_| text.trim().to_owned());
                let accounts = named.split(',').map(account).collect::<Result<_, _>>();
                accounts.map(Self::Named).map_err(|wrong| format!("{wrong:?} is neither on, nor off, nor an account"))
            }
        }
    }
}

impl TryFrom<String> for GateOwners {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl GateOwners {
    /// Whether there is room for a gate of an account's beside those that are kept, each with its owner.
    pub(super) fn admit<'a>(
        &self,
        (gate, owner): (U256, Address),
        kept: impl Iterator<Item = (&'a U256, Address)>,
    ) -> Result<(), Refusal> {
        let (mut is_kept, mut of_one, mut all) = (false, 0, 0);
        for (of, whose) in kept {
            is_kept |= *of == gate;
            of_one += usize::from(whose == owner);
            all += 1;
        }
        match self {
            Self::Nobody => Err(Refusal::Closed),
            Self::Named(accounts) if !accounts.contains(&owner) => Err(Refusal::NotFor(owner)),
            // Another share instead of the one before takes no room.
            _ if is_kept => Ok(()),
            Self::Named(_) if all < GATES_MAX => Ok(()),
            Self::Anybody if of_one >= GATES_OF_ONE => Err(Refusal::TooMany(owner)),
            Self::Anybody if all < GATES_OF_ANYBODY => Ok(()),
            Self::Named(_) | Self::Anybody => Err(Refusal::Full),
        }
    }
}

#[cfg(test)]
mod tests;
