//! The life of a lease: offered → taken → running (extended, collected) → ended.

use super::{Contradiction, Rows, Touched};
use crate::record::{Lease, LeaseEnd, Stamp};
use alloy::primitives::{Address, U256};
use edgeloom_bindings::{ILeases, ILeases::ILeasesEvents};
use edgeloom_index_api::{LeasePhase, LeaseReason};

impl Touched {
    pub(super) fn lease(&mut self, event: &ILeasesEvents) {
        self.leases.extend(u64::try_from(match event {
            ILeasesEvents::LeaseOffered(event) => event.lease,
            ILeasesEvents::LeaseTaken(event) => event.lease,
            ILeasesEvents::LeaseBegun(event) => event.lease,
            ILeasesEvents::LeaseExtended(event) => event.lease,
            ILeasesEvents::LeaseCollected(event) => event.lease,
            ILeasesEvents::LeaseEnded(event) => event.lease,
        }));
    }
}

impl Rows {
    pub(super) fn lease(&mut self, event: &ILeasesEvents, at: Stamp) -> Result<(), Contradiction> {
        match event {
            ILeasesEvents::LeaseOffered(event) => return self.lease_offered(event, at),
            ILeasesEvents::LeaseTaken(event) => {
                let lease = self.lease_of(event.lease)?;
                (lease.phase, lease.worker) = (LeasePhase::Taken, Some(event.worker));
                (lease.begin_by, lease.taken) = (Some(seconds(event.beginBy)), Some(at));
            }
            ILeasesEvents::LeaseBegun(event) => {
                let lease = self.lease_of(event.lease)?;
                (lease.phase, lease.begun) = (LeasePhase::Running, Some(at));
                lease.exhausts_at = Some(seconds(event.exhaustsAt));
                lease.machine = Some(event.evidence).filter(|evidence| !evidence.is_zero());
            }
            ILeasesEvents::LeaseExtended(event) => {
                let lease = self.lease_of(event.lease)?;
                lease.exhausts_at = Some(seconds(event.exhaustsAt));
                lease.term_seconds = lease.term_seconds.saturating_add(seconds(event.term));
            }
            ILeasesEvents::LeaseCollected(event) => {
                let lease = self.lease_of(event.lease)?;
                lease.served_seconds = seconds(event.served);
                lease.paid = lease.paid.saturating_add(event.paid);
            }
            ILeasesEvents::LeaseEnded(event) => {
                let reason = reason(event.reason);
                let lease = self.lease_of(event.lease)?;
                lease.phase = LeasePhase::Ended;
                lease.served_seconds = seconds(event.served);
                lease.paid = lease.paid.saturating_add(event.paid);
                let evidence = Some(event.evidence).filter(|evidence| !evidence.is_zero());
                let reason = reason.ok_or(Contradiction::LeaseEnum(lease.id))?;
                lease.end = Some(LeaseEnd { reason, by: event.by, refunded: event.refunded, evidence, at });
            }
        }
        Ok(())
    }

    fn lease_of(&mut self, id: U256) -> Result<&mut Lease, Contradiction> {
        let unknown = || Contradiction::LeaseUnknown(id);
        self.leases.get_mut(&number(id)?).ok_or_else(unknown)
    }

    fn lease_offered(&mut self, event: &ILeases::LeaseOffered, at: Stamp) -> Result<(), Contradiction> {
        let (id, terms) = (number(event.lease)?, &event.terms);
        let lease = Lease {
            id,
            requester: event.requester,
            worker: None,
            offered_to: Some(terms.worker).filter(|worker| *worker != Address::ZERO),
            subject: event.subject,
            spec_bytes: u32::try_from(event.spec.len()).unwrap_or(u32::MAX),
            requirements: terms.requirements,
            rate: U256::from(terms.rate),
            bond: U256::from(terms.bond),
            burn_share: terms.burnShare,
            phase: LeasePhase::Offered,
            take_by: terms.takeBy.to(),
            providers_from: terms.providersFrom.to(),
            begin_by: None,
            serve_seconds: terms.serveSeconds,
            term_seconds: terms.firstTerm.into(),
            exhausts_at: None,
            served_seconds: 0,
            paid: U256::ZERO,
            machine: None,
            end: None,
            offered: at,
            taken: None,
            begun: None,
        };
        if self.leases.insert(id, lease).is_some() { Err(Contradiction::LeaseKnown(id)) } else { Ok(()) }
    }
}

/// Leases count from 1: a number that does not fit a database key is none.
fn number(id: U256) -> Result<u64, Contradiction> {
    i64::try_from(id).map(i64::cast_unsigned).map_err(|_| Contradiction::LeaseUnknown(id))
}

/// Far below 2^63.
fn seconds(value: U256) -> u64 {
    u64::try_from(value).unwrap_or(u64::MAX)
}

const fn reason(reason: ILeases::Reason) -> Option<LeaseReason> {
    Some(match reason {
        ILeases::Reason::CancelledByRequester => LeaseReason::CancelledByRequester,
        ILeases::Reason::NotTaken => LeaseReason::NotTaken,
        ILeases::Reason::NotBegun => LeaseReason::NotBegun,
        ILeases::Reason::EndedByRequester => LeaseReason::EndedByRequester,
        ILeases::Reason::EndedByWorker => LeaseReason::EndedByWorker,
        ILeases::Reason::LeftEarly => LeaseReason::LeftEarly,
        ILeases::Reason::Exhausted => LeaseReason::Exhausted,
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
