//! What to bid, and whether. Pure.

use alloy::primitives::U256;

use crate::{
    Skip,
    plan::{self, Policy, Situation, Terms},
};

/// Parts of the requester's most that prices are in.
const TICKS: u64 = 256;
/// Gas of a bid, won or lost: 70,000 to seal it, 63,000 to reveal, less than 80,000 to close (110,000 close two:
/// `contracts/snapshots/Auctions.json`), and a part of a withdrawal.
const BID_GAS: u64 = 220_000;

/// An auction, as far as bidding in it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    /// Of its jobs, at the requester's most.
    pub(super) terms: Terms,
    pub(super) count: u32,
    /// The protocol's part of that price, wei.
    pub(super) fee: U256,
    /// What is deposited for each unit, wei.
    pub(super) deposit: U256,
}

/// What a worker can put up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Means {
    /// Wei of the account's.
    pub(super) balance: U256,
    /// Jobs that it works on at once.
    pub(super) jobs: u32,
}

/// The least price, in 256ths of the most, and for how many jobs: as many as can be worked on at once, and as stake and half of the balance are
/// enough for. The price is what the work is worth: no bid gains by another, as all that win are paid the same.
///
/// # Errors
/// The first reason not to bid.
pub(super) fn bid(asked: &Asked, means: Means, situation: &Situation, policy: &Policy) -> Result<(u16, u32), Skip> {
    let terms = &asked.terms;
    plan::decide(terms, situation, policy)?;
    let fits = |all: U256, each: U256| all.checked_div(each).map_or(u32::MAX, |most| most.saturating_to());
    let stake = fits(situation.free_stake, terms.bond);
    let purse = fits(means.balance / U256::from(2), asked.deposit);
    let units = asked.count.min(means.jobs).min(stake).min(purse);
    if units == 0 {
        return Err(Skip::StakeTooSmall);
    }
    let bidding = U256::from(BID_GAS) * U256::from(situation.gas_price) / U256::from(units);
    let cost = plan::cost(terms, situation.gas_price).saturating_add(bidding);
    // Of each price a worker gets what the fee leaves.
    let left = terms.price.saturating_sub(asked.fee);
    if cost > left {
        return Err(Skip::Unprofitable);
    }
    let least = (cost * terms.price).div_ceil(left.max(U256::from(1))).max(policy.min_price);
    let tick =
        (least * U256::from(TICKS)).div_ceil(terms.price.max(U256::from(1))).clamp(U256::from(1), U256::from(TICKS));
    Ok((tick.to(), units))
}
