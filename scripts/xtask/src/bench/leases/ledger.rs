//! What leases are owed, computed from their events alone: an error names the first that was paid a second too many or too few.

use alloy::primitives::U256;
use edgeloom_bindings::ILeases::{LeaseCollected, LeaseEnded, Reason, Terms};
use eyre::{OptionExt as _, Result, ensure};
use std::collections::BTreeMap;

/// Of a price, the protocol's, basis points.
const FEE_SHARE: u64 = 500;

struct Account {
    rate: U256,
    /// Seconds that were paid for.
    term: u64,
    since: u64,
    until: u64,
    /// Seconds that the worker was paid.
    served: u64,
}

/// Every lease's account.
#[derive(Default)]
pub(super) struct Ledger(BTreeMap<u64, Account>);

impl Ledger {
    pub(super) fn offered(&mut self, lease: u64, terms: &Terms) {
        let account =
            Account { rate: U256::from(terms.rate), term: u64::from(terms.firstTerm), since: 0, until: 0, served: 0 };
        self.0.insert(lease, account);
    }

    /// In a block of the time `now`.
    pub(super) fn begun(&mut self, lease: u64, now: u64, until: u64) -> Result<()> {
        let account = self.account(lease)?;
        ensure!(until == now + account.term, "lease {lease}: {} s were paid for, and it ends at {until}", account.term);
        (account.since, account.until) = (now, until);
        Ok(())
    }

    pub(super) fn extended(&mut self, lease: u64, now: u64, term: u64, until: u64) -> Result<()> {
        let account = self.account(lease)?;
        ensure!(now < account.until, "lease {lease} was extended {} s after its exhaustion", now - account.until);
        ensure!(until == account.until + term, "lease {lease}: extended by {term} s, and ends at {until}");
        (account.term, account.until) = (account.term + term, until);
        Ok(())
    }

    pub(super) fn collected(&mut self, event: &LeaseCollected, now: u64) -> Result<()> {
        let (lease, served) = (event.lease.to::<u64>(), event.served.to::<u64>());
        let account = self.account(lease)?;
        account.check_served(lease, served, now)?;
        account.pay(lease, served, event.paid)
    }

    pub(super) fn ended(&mut self, event: &LeaseEnded, now: u64) -> Result<()> {
        let (lease, served) = (event.lease.to::<u64>(), event.served.to::<u64>());
        let account = self.account(lease)?;
        account.check_served(lease, served, now)?;
        let exhausted = account.since != 0 && now >= account.until;
        let said = event.reason == Reason::Exhausted;
        ensure!(exhausted == said, "lease {lease} ended for another reason than it says: {:?}", event.reason);
        account.pay(lease, served, event.paid)?;
        let unused = account.rate * U256::from(account.term - served);
        ensure!(event.refunded == unused, "lease {lease}: {} wei of {unused} went back", event.refunded);
        Ok(())
    }

    fn account(&mut self, lease: u64) -> Result<&mut Account> {
        self.0.get_mut(&lease).ok_or_eyre("a lease that nobody offered")
    }
}

impl Account {
    /// Whether these are the seconds from the beginning to now, or to the exhaustion.
    fn check_served(&self, lease: u64, served: u64, now: u64) -> Result<()> {
        let passed = if self.since == 0 { 0 } else { now.min(self.until) - self.since };
        ensure!(served == passed, "lease {lease} served {passed} s and was paid for {served}");
        Ok(())
    }

    /// Gives `paid` out for all seconds up to `served`, after the fee.
    fn pay(&mut self, lease: u64, served: u64, paid: U256) -> Result<()> {
        ensure!(served >= self.served, "lease {lease} served {} s, then {served}", self.served);
        let owed = self.rate * U256::from(served - self.served);
        let due = owed - owed * U256::from(FEE_SHARE) / U256::from(10_000);
        ensure!(paid == due, "lease {lease} was paid {paid} wei of {due}");
        self.served = served;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
