//! Coins for whoever tries the chain out. The actor that pays is alone with its key, so that nonces follow each other.
//!
//! P1 A payment is signed, then written, then sent. After a crash the very same transaction is sent again: whatever was lost,
//!    a request is paid once, because the chain takes a nonce once.
//! P2 Limits (per address, per peer, in all) are counted in the database, in the transaction that adds a payment.
//! P3 A payment gets another nonce only when its own was taken by somebody else's transaction, for which one node must say
//!    both that the nonce is gone and that the payment is not there.

mod key;
mod payer;

pub use key::{KeyError, read as read_key};
pub use payer::{Faucet, Payer, faucet};

use crate::store::{
    StoreError,
    payments::{Allowance, Reached},
};
use alloy::{
    primitives::{Address, B256, U256, utils::format_ether},
    signers::local::PrivateKeySigner,
};
use std::time::Duration;

/// What is paid from which key under which limits.
#[derive(Clone, Debug)]
pub struct Terms {
    pub key: PrivateKeySigner,
    pub amount: U256,
    pub allowance: Allowance,
}

/// A payment that is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paid {
    pub tx: B256,
    /// Whether a node took it already; if not, it is sent until one does.
    pub is_sent: bool,
}

/// Why nothing is paid.
#[derive(Debug, thiserror::Error)]
pub enum Unpaid {
    #[error("{0} was paid already: ask again in {when}", when = readable(.1))]
    Account(Address, Duration),
    #[error("too many were paid at your network address: ask again in {}", readable(.0))]
    Peer(Duration),
    #[error("the faucet has paid what it pays in a day: ask again in {}", readable(.0))]
    Total(Duration),
    #[error("the faucet is dry: its account {payer} has {} TFUEL, and a payment is {}", format_ether(*.has), format_ether(*.amount))]
    Dry { payer: Address, has: U256, amount: U256 },
    #[error("{account} takes no payment: {reason}")]
    Rejects { account: Address, reason: String },
    #[error("the faucet cannot pay now: {0}")]
    Node(String),
    #[error("too many ask at the same time: try again")]
    Busy,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Unpaid {
    fn of(reached: Reached, account: Address) -> Self {
        let wait = |ms: u64| Duration::from_millis(ms.max(1));
        match reached {
            Reached::Account { wait_ms } => Self::Account(account, wait(wait_ms)),
            Reached::Peer { wait_ms } => Self::Peer(wait(wait_ms)),
            Reached::Total { wait_ms } => Self::Total(wait(wait_ms)),
        }
    }

    /// How long to wait before asking again, where waiting helps.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Account(_, wait) | Self::Peer(wait) | Self::Total(wait) => Some(*wait),
            Self::Busy | Self::Node(_) => Some(Duration::from_secs(5)),
            _ => None,
        }
    }
}

/// Whole units, rounded up.
fn readable(wait: &Duration) -> String {
    let seconds = wait.as_secs() + 1;
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", seconds.div_ceil(60)),
        _ => format!("{} h", seconds.div_ceil(3600)),
    }
}

#[cfg(test)]
mod tests;
