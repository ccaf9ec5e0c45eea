//! Tokens that come back to who sold them. Pure: the sales of one token come in, those of the circle that the last of them closes go out.
//!
//! C1 A circle is sales one after the other, each from the buyer of the one before, that end where they began.
//! C2 It has at most [`SALES_MAX`] sales, and so many accounts at most, the oldest at most [`WINDOW_MS`] before the last.
//! C3 Who is looked at: at most [`TRADES_MAX`] sales before, so that a sale costs some thousand comparisons at the most.

use alloy::primitives::Address;
use std::collections::BTreeSet;

/// C2.
const SALES_MAX: usize = 4;
/// C2: 30 days.
const WINDOW_MS: u64 = 30 * 24 * 60 * 60 * 1000;
/// C3.
pub const TRADES_MAX: usize = 64;

/// A token from one account to another, by a sale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trade {
    pub sale: u64,
    pub from: Address,
    pub to: Address,
    pub ms: u64,
}

/// Every sale that is on a circle with the last of `trades`, which are in the order in which they happened; that one, too, if there is a circle.
pub(super) fn closed_by_last(trades: &[Trade]) -> BTreeSet<u64> {
    let Some((last, before)) = trades.split_last().filter(|(last, _)| last.from != last.to) else {
        return BTreeSet::new();
    };
    let before = &before[before.len().saturating_sub(TRADES_MAX)..];
    let is_near = |trade: &&Trade| last.ms.saturating_sub(trade.ms) <= WINDOW_MS && trade.from != trade.to;
    let near: Vec<Trade> = before.iter().filter(is_near).copied().collect();
    // Sales from the last one's buyer to each one's buyer, and from each one's seller to the last one's seller.
    let to = steps(&near, |trade| trade.from == last.to, |earlier, trade| earlier.to == trade.from);
    let backwards: Vec<Trade> = near.iter().rev().copied().collect();
    let mut from = steps(&backwards, |trade| trade.to == last.from, |later, trade| trade.to == later.from);
    from.reverse();
    let on_circle = near.iter().zip(to.into_iter().zip(from)).filter_map(|(trade, steps)| {
        // Both count the sale itself, and neither the last one.
        let (to, from) = (steps.0?, steps.1?);
        (to + from <= SALES_MAX).then_some(trade.sale)
    });
    let mut circle: BTreeSet<u64> = on_circle.collect();
    if !circle.is_empty() {
        circle.insert(last.sale);
    }
    circle
}

/// Of each, the fewest sales from one that begins to it, both counted; `None` where there is no way.
fn steps(
    trades: &[Trade],
    begins: impl Fn(&Trade) -> bool,
    follows: impl Fn(&Trade, &Trade) -> bool,
) -> Vec<Option<usize>> {
    let mut steps: Vec<Option<usize>> = Vec::with_capacity(trades.len());
    for trade in trades {
        let behind = steps.iter().zip(trades).filter(|(_, before)| follows(before, trade));
        let fewest = behind.filter_map(|(steps, _)| *steps).min().map(|steps| steps + 1);
        steps.push(if begins(trade) { Some(1) } else { fewest });
    }
    steps
}

#[cfg(test)]
mod tests;
