//! Vouchers that somebody hands in.

use std::time::Duration;

use alloy::primitives::{Address, U256};
use edgeloom_sdk::{Appraisal, Doubt, Error, Voucher};
use parking_lot::Mutex;
use thiserror::Error as ThisError;
use tokio::{sync::Semaphore, time::timeout};

use super::plan;
use crate::{
    crash,
    journal::{JournalError, Record, Trade},
    life::Bench,
};

/// Vouchers that may wait to be looked at.
const WAITING_MAX: usize = 64;
/// A session has to last for so long, or there may be no time to redeem, seconds.
const LASTS_SECONDS: u64 = 1_800;
/// To look at one.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why a voucher is not accepted.
#[derive(Debug, ThisError)]
pub(crate) enum Refusal {
    #[error("this worker accepts no vouchers")]
    Closed,
    #[error("it pays {0}, who is not this worker")]
    OthersMoney(Address),
    #[error("one of {0} wei in all is kept already")]
    Older(U256),
    #[error("its session ends at {0}: too soon")]
    EndsSoon(u64),
    #[error(transparent)]
    Doubtful(Doubt),
    #[error("too many wait")]
    Busy,
    #[error("too many are kept")]
    Full,
    #[error("many are kept, and it pays less than the {0} wei of gas that it takes: bring one of a larger total")]
    TooSmall(U256),
    #[error("the node cannot be asked now: {0}")]
    Unreachable(String),
    #[error(transparent)]
    Journal(#[from] JournalError),
}

/// The vouchers of the journal, as this process knows them.
#[derive(Debug)]
pub(crate) struct Till {
    open: bool,
    pub(super) trade: Mutex<Trade>,
    waiting: Semaphore,
    /// One at a time: which is the best of a pair is decided once.
    turn: tokio::sync::Mutex<()>,
}

impl Till {
    pub(crate) fn new(open: bool, trade: &Trade) -> Self {
        let trade =
            Trade { vouchers: trade.vouchers.clone(), uncollected: trade.uncollected.clone(), ..Trade::default() };
        let (waiting, turn) = (Semaphore::new(WAITING_MAX), tokio::sync::Mutex::default());
        Self { open, trade: Mutex::new(trade), waiting, turn }
    }

    /// What the vouchers that are kept pay, wei.
    pub(super) fn worth(&self) -> U256 {
        let kept = self.trade.lock();
        let worth = kept.vouchers.values().map(|kept| kept.voucher.total.saturating_sub(kept.redeemed));
        worth.fold(U256::ZERO, U256::saturating_add)
    }

    fn room_for(&self, voucher: &Voucher) -> Result<(), Refusal> {
        let trade = self.trade.lock();
        match trade.vouchers.get(&voucher.pair) {
            Some(kept) if kept.voucher.total >= voucher.total => Err(Refusal::Older(kept.voucher.total)),
            None if trade.vouchers.len() >= plan::PAIRS_MAX => Err(Refusal::Full),
            _ => Ok(()),
        }
    }

    /// Whether a voucher brings enough for the place that it takes, with gas at this price.
    fn is_worth_its_place(&self, voucher: &Voucher, gain: U256, gas_price: u128) -> Result<(), Refusal> {
        let kept = &self.trade.lock().vouchers;
        let is_known = kept.contains_key(&voucher.pair);
        let is_worth_it = is_known || plan::is_worth_its_place(kept.len(), gain, gas_price);
        if is_worth_it { Ok(()) } else { Err(Refusal::TooSmall(plan::cost_of_one(gas_price))) }
    }
}

/// Accepts a voucher if it pays this worker more than the one that is kept of its pair, and all of it is earmarked: gives what it pays beyond
/// what was redeemed, wei. It is in the journal then.
///
/// # Errors
/// [`Refusal`]; nothing was kept.
pub(crate) async fn accept(bench: &Bench, voucher: Voucher) -> Result<U256, Refusal> {
    let till = &bench.till;
    if !till.open {
        return Err(Refusal::Closed);
    }
    if voucher.pair.payee != bench.worker {
        return Err(Refusal::OthersMoney(voucher.pair.payee));
    }
    let _place = till.waiting.try_acquire().map_err(|_| Refusal::Busy)?;
    let _turn = till.turn.lock().await;
    till.room_for(&voucher)?;
    let unreachable = |error: Error| Refusal::Unreachable(error.to_string());
    let looked = async {
        let client = &bench.client;
        futures::try_join!(async { client.payments().appraise(&voucher).await }, client.head_time(), client.gas_price())
    };
    let looked = timeout(PATIENCE, looked).await.map_err(|late| Refusal::Unreachable(late.to_string()))?;
    let gain = match looked.map_err(unreachable)? {
        (Appraisal::Doubtful(doubt), ..) => return Err(Refusal::Doubtful(doubt)),
        (Appraisal::Covered { until: Some(until), .. }, now, _) if until < now.saturating_add(LASTS_SECONDS) => {
            return Err(Refusal::EndsSoon(until));
        }
        (Appraisal::Covered { gain, .. }, _, gas_price) => {
            till.is_worth_its_place(&voucher, gain, gas_price)?;
            gain
        }
    };
    let record = Record::Vouched { voucher, redeemed: voucher.total - gain };
    bench.journal.record(record.clone()).await?;
    crash::after("vouched");
    till.trade.lock().apply(&record);
    tracing::info!(pool = %voucher.pair.pool, session = %voucher.pair.session, total = %voucher.total, "accepted a voucher");
    Ok(gain)
}
