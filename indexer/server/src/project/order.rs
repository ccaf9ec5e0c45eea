//! How many jobs of an order are where.

use super::{Contradiction, Rows, market::number};
use crate::record::{Order, Stamp};
use alloy::primitives::{Address, U256};
use edgeloom_bindings::IJobMarket;
use edgeloom_index_api::{Phase, Reason};

impl Order {
    pub(super) fn new(id: u64, posted: &IJobMarket::JobsPosted, at: Stamp) -> Self {
        let terms = &posted.terms;
        Self {
            id,
            kind: terms.kind,
            requester: posted.requester,
            verifier: terms.verifier,
            offered_to: Some(terms.worker).filter(|worker| *worker != Address::ZERO),
            model: posted.subject,
            input_root: terms.inputRoot,
            requirements: terms.requirements,
            count: terms.count,
            price: U256::from(terms.price),
            bond: U256::from(terms.bond),
            burn_share: terms.burnShare,
            take_by: terms.takeBy.to(),
            providers_from: terms.providersFrom.to(),
            work_seconds: terms.workSeconds.into(),
            open: terms.count,
            running: 0,
            settled: 0,
            rejected: 0,
            expired: 0,
            cancelled: 0,
            paid: U256::ZERO,
            returned: None,
            refunded: U256::ZERO,
            posted: at,
            closed: None,
        }
    }

    /// A job of it goes on, or jobs of it end; `None` where it has not so many.
    fn go_on(&mut self, count: u32, from: Phase, to: Phase, at: &Stamp) -> Option<()> {
        let left = self.counter(from)?;
        *left = left.checked_sub(count)?;
        let there = self.counter(to)?;
        *there = there.checked_add(count)?;
        if self.open == 0 && self.running == 0 {
            self.closed = Some((at.block, at.ms));
        }
        Some(())
    }

    const fn counter(&mut self, phase: Phase) -> Option<&mut u32> {
        Some(match phase {
            Phase::Open => &mut self.open,
            Phase::Taken => &mut self.running,
            Phase::Settled => &mut self.settled,
            Phase::Cancelled => &mut self.cancelled,
            Phase::Expired => &mut self.expired,
            Phase::Rejected => &mut self.rejected,
        })
    }
}

impl Rows {
    pub(super) fn order_taken(&mut self, order: U256, at: &Stamp) -> Result<(), Contradiction> {
        let (id, order) = self.order(order)?;
        order.go_on(1, Phase::Open, Phase::Taken, at).ok_or(Contradiction::OrderCount(id))
    }

    pub(super) fn order_closed(
        &mut self,
        closed: &IJobMarket::JobClosed,
        phase: Phase,
        at: &Stamp,
    ) -> Result<(), Contradiction> {
        let (id, order) = self.order(closed.order)?;
        order.paid = order.paid.saturating_add(closed.paid);
        order.go_on(1, Phase::Taken, phase, at).ok_or(Contradiction::OrderCount(id))
    }

    pub(super) fn order_returned(
        &mut self,
        returned: &IJobMarket::JobsReturned,
        (phase, reason): (Phase, Reason),
        at: &Stamp,
    ) -> Result<(), Contradiction> {
        let (id, order) = self.order(returned.order)?;
        order.returned = Some(reason);
        order.refunded = order.refunded.saturating_add(returned.refunded);
        let count = u32::try_from(returned.count).map_err(|_| Contradiction::OrderCount(id))?;
        order.go_on(count, Phase::Open, phase, at).ok_or(Contradiction::OrderCount(id))
    }

    fn order(&mut self, id: U256) -> Result<(u64, &mut Order), Contradiction> {
        let id = number(id)?;
        Ok((id, self.orders.get_mut(&id).ok_or(Contradiction::OrderUnknown(id))?))
    }
}
