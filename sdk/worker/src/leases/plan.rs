//! Which leases to take. Pure.

use alloy::primitives::{Address, U256};
use edgeloom_bindings::ILeases::Terms;

/// A lease is taken only if so many seconds are left to take it, and it leaves as many to begin.
const TAKE_SECONDS: u64 = 2;
const BEGIN_SECONDS: u32 = 15;

/// The moment of the decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Situation {
    pub(super) worker: Address,
    /// Unix seconds.
    pub(super) now: u64,
    /// Wei of stake that is not locked.
    pub(super) free_stake: U256,
    /// The operator's least rate, wei a second.
    pub(super) rate: U256,
    /// Wei of gas that a lease takes.
    pub(super) cost: U256,
    /// The protocol's part of what the first term pays, wei.
    pub(super) fee: U256,
}

/// What a lease's first term pays before the fee, wei.
pub(super) fn price(terms: &Terms) -> U256 {
    U256::from(terms.rate) * U256::from(terms.firstTerm)
}

/// Whether to take a lease.
pub(super) fn is_good(terms: &Terms, situation: &Situation) -> bool {
    let Situation { worker, now, free_stake, rate, cost, fee } = *situation;
    let is_ours = terms.requester != worker && (terms.worker.is_zero() || terms.worker == worker);
    let in_time = now.saturating_add(TAKE_SECONDS) <= terms.takeBy.to::<u64>() && terms.beginSeconds >= BEGIN_SECONDS;
    let pays = U256::from(terms.rate) >= rate && price(terms).saturating_sub(fee) > cost;
    is_ours && in_time && pays && U256::from(terms.bond) <= free_stake
}
