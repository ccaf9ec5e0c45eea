//! What a worker does beside its jobs: a step at a time, again and again. Nothing of it is sent before what it needs to go on is in the journal,
//! and the chain takes each of its steps once, so that whatever a killed process sent or did not send, the next one asks and goes on.

use std::{sync::Arc, time::Duration};

use alloy::{primitives::U256, rpc::types::TransactionReceipt};
use edgeloom_sdk::{Client, Error};
use thiserror::Error as ThisError;
use tokio::{sync::mpsc, task::JoinSet};

use crate::{
    Config, Switch,
    bids::Bids,
    journal::{JournalError, Ledger},
    leases::Leases,
    life::Bench,
    vouchers::Vouchers,
};

/// Between two looks at what is due, and before one after a step that failed.
const LOOK: Duration = Duration::from_millis(500);
const AGAIN: Duration = Duration::from_secs(2);
/// How long transactions of an earlier process may wait in the node's pool before the first step.
const SETTLED: Duration = Duration::from_secs(20);

/// Jobs that were won and wait to be begun.
const WON_MAX: usize = 64;

/// Bids, leases and vouchers, as the journal left them.
#[derive(Debug)]
pub(crate) struct Errands {
    bids: Bids,
    leases: Leases,
    vouchers: Vouchers,
}

impl Errands {
    /// With where the jobs come out that bids win.
    pub(crate) fn new(config: &Config, ledger: &Ledger) -> (Self, mpsc::Receiver<U256>) {
        let (won, begun) = mpsc::channel(WON_MAX);
        let (trade, known) = (&ledger.trade, ledger.open.keys().copied().collect());
        let bids = Bids::new((config.bids == Switch::On, config.max_parallel), trade.bids.clone(), known, won);
        let leases = Leases::new(config.letting.clone(), &config.data, trade.leases.clone());
        (Self { bids, leases, vouchers: Vouchers::default() }, begun)
    }

    /// Each goes on until the disk fails.
    pub(crate) fn start(self, bench: &Arc<Bench>, tending: &mut JoinSet<JournalError>) {
        tending.spawn(self.bids.tend(Arc::clone(bench)));
        tending.spawn(self.leases.tend(Arc::clone(bench)));
        tending.spawn(self.vouchers.tend(Arc::clone(bench)));
    }
}

/// Why a step was not made.
#[derive(Debug, ThisError)]
pub(crate) enum Fault {
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error(transparent)]
    Chain(#[from] Error),
}

/// How long to wait after a step.
///
/// # Errors
/// The disk's: a worker that cannot write down what it does must not do it.
pub(crate) fn pause(errand: &str, step: Result<(), Fault>) -> Result<Duration, JournalError> {
    match step {
        Ok(()) => return Ok(LOOK),
        Err(Fault::Journal(error)) => return Err(error),
        Err(Fault::Chain(error)) if error.is_revert() => {
            tracing::info!(errand, %error, "the chain refuses a step; looking again");
        }
        Err(Fault::Chain(error)) if error.is_transient() => tracing::debug!(errand, %error, "the node does not answer"),
        Err(Fault::Chain(error)) => tracing::warn!(errand, %error, "failed for now; trying again"),
    }
    Ok(AGAIN)
}

/// Waits until what an earlier process sent is in blocks: else this one might repeat it, and pay for being refused. Jobs may keep it from ending.
pub(crate) async fn settled(errand: &str, client: &Client) {
    if let Err(error) = client.settled(SETTLED).await {
        tracing::debug!(errand, %error, "not waiting for pending transactions any longer");
    }
}

/// What a transaction cost its sender, wei.
pub(crate) fn gas_of(receipt: &TransactionReceipt) -> U256 {
    U256::from(u128::from(receipt.gas_used).saturating_mul(receipt.effective_gas_price))
}
