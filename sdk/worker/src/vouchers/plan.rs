//! Which vouchers to redeem, and when. Pure.

use alloy::primitives::U256;

/// Gas of redeeming the first voucher of a pair and of collecting it, in transactions that do the same for others. Alone they take 62,000 and
/// 77,000 (`contracts/snapshots/PaymentPool.json`), 21,000 of each for the transaction, and 22,000 for the first credit.
const EACH_GAS: u64 = 75_000;
/// Gas of three transactions (redeem, collect, withdraw: 32,000) besides.
const BATCH_GAS: u64 = 120_000;
/// How many times its gas a batch has to bring before it is worth sending while there is time.
const TIMES: u64 = 10;
/// How long before a voucher is payable no more it is redeemed for less, seconds. Nobody takes back what covers one in less than an hour.
const MARGIN_SECONDS: u64 = 900;
/// Pairs of which a voucher is kept.
pub(super) const PAIRS_MAX: usize = 10_000;
/// From so many on, new pairs have to bring what they cost: whoever has gwei earmarked for this worker does not fill its till.
const PAIRS_FREE: usize = PAIRS_MAX / 2;
/// Vouchers of a transaction.
pub(super) const BATCH_MAX: usize = 400;

/// A voucher that was not redeemed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Waiting {
    /// What it pays, wei.
    pub(super) gain: U256,
    /// Unix seconds; `None` where nothing ends.
    pub(super) until: Option<u64>,
}

impl Waiting {
    /// Whether there is no time to wait for more.
    pub(super) fn is_urgent(&self, now: u64) -> bool {
        self.until.is_some_and(|until| until <= now.saturating_add(MARGIN_SECONDS))
    }
}

/// What redeeming one among many takes, wei.
pub(super) fn cost_of_one(gas_price: u128) -> U256 {
    U256::from(EACH_GAS) * U256::from(gas_price)
}

/// Whether a pair's first voucher is kept beside those of so many others.
pub(super) fn is_worth_its_place(kept: usize, gain: U256, gas_price: u128) -> bool {
    kept < PAIRS_FREE || gain > cost_of_one(gas_price)
}

/// Which of these to redeem now, by their places: those that bring more than their gas, once they bring much more, or when their time ends.
pub(super) fn due(waiting: &[Waiting], gas_price: u128, now: u64) -> Vec<usize> {
    let gas = |amount: u64| U256::from(amount) * U256::from(gas_price);
    let mut worth: Vec<_> = (0..waiting.len()).filter(|&place| waiting[place].gain > cost_of_one(gas_price)).collect();
    worth.sort_by_key(|&place| (!waiting[place].is_urgent(now), std::cmp::Reverse(waiting[place].gain)));
    worth.truncate(BATCH_MAX);
    let profit = |places: &[usize], times: u64| {
        let brings = places.iter().fold(U256::ZERO, |sum, &place| sum.saturating_add(waiting[place].gain));
        !places.is_empty() && brings > gas(BATCH_GAS + EACH_GAS * places.len() as u64) * U256::from(times)
    };
    if profit(&worth, TIMES) {
        return worth;
    }
    worth.retain(|&place| waiting[place].is_urgent(now));
    if profit(&worth, 1) { worth } else { Vec::new() }
}
