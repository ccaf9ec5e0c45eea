//! What is in a payment pool, what its vouchers were redeemed for, and how it ended.

use super::{Contradiction, Rows, Touched, next};
use crate::record::{Overspent, Pair, PairKey, Pool, Seen, Session, Settled, Stamp};
use alloy::primitives::{Address, U256};
use edgeloom_bindings::{IPaymentPool, IPaymentPool::IPaymentPoolEvents};
use edgeloom_index_api::{PoolPhase, SkipReason};

impl Touched {
    pub(super) fn pool(&mut self, event: &IPaymentPoolEvents) {
        use IPaymentPoolEvents as Events;
        let (pool, pair) = match event {
            Events::PoolOpened(event) => (event.pool, None),
            Events::Deposited(event) => (event.pool, None),
            Events::Earmarked(event) => (event.pool, Some((event.session, event.payee))),
            Events::WithdrawalAnnounced(_) => return,
            Events::ReleaseAnnounced(event) => (event.pool, Some((event.session, event.payee))),
            Events::Released(event) => (event.pool, Some((event.session, event.payee))),
            Events::TakenBack(event) => (event.pool, None),
            Events::CloseAnnounced(event) => (event.pool, None),
            Events::PoolClosed(event) => (event.pool, None),
            Events::Authorized(event) => {
                self.sessions.extend(u64::try_from(event.pool).map(|pool| (pool, event.session)));
                return;
            }
            Events::Revoked(event) => {
                self.sessions.extend(u64::try_from(event.pool).map(|pool| (pool, event.session)));
                return;
            }
            Events::Redeemed(event) => (event.pool, Some((event.session, event.payee))),
            Events::VoucherSkipped(event) => (event.pool, Some((event.session, event.payee))),
            Events::Collected(event) => (event.pool, Some((event.session, event.payee))),
            Events::Overspent(event) => (event.pool, None),
            Events::Claimed(event) => (event.pool, Some((event.session, event.payee))),
            Events::PoolSettled(event) => (event.pool, None),
            Events::Awarded(event) => (event.pool, Some((event.session, event.payee))),
        };
        let Ok(pool) = u64::try_from(pool) else { return };
        self.pools.insert(pool);
        self.pairs.extend(pair.map(|(session, payee)| (pool, session, payee)));
    }
}

impl Rows {
    pub(super) fn pool(&mut self, event: &IPaymentPoolEvents, at: Stamp) -> Result<(), Contradiction> {
        use IPaymentPoolEvents as Events;
        match event {
            Events::PoolOpened(event) => return self.pool_opened(event, at),
            Events::Deposited(event) => {
                let pool = self.pool_of(event.pool)?;
                pool.deposited = pool.deposited.saturating_add(event.reserve);
                pool.collateral = pool.collateral.saturating_add(event.collateral);
            }
            Events::Earmarked(event) => {
                let pool = self.pool_of(event.pool)?;
                pool.earmarked = pool.earmarked.saturating_add(event.amount);
                let pair = self.pair(event.pool, event.session, event.payee, &at)?;
                (pair.ceiling_gwei, pair.release_to) = (event.ceilingGwei, None);
            }
            Events::Released(event) => {
                let pool = self.pool_of(event.pool)?;
                pool.earmarked = pool.earmarked.saturating_sub(event.amount);
                let pair = self.pair(event.pool, event.session, event.payee, &at)?;
                pair.ceiling_gwei = pair.release_to.take().unwrap_or(pair.ceiling_gwei);
            }
            Events::ReleaseAnnounced(event) => {
                self.pair(event.pool, event.session, event.payee, &at)?.release_to = Some(event.toGwei);
            }
            Events::WithdrawalAnnounced(_) => {}
            Events::TakenBack(event) => {
                let pool = self.pool_of(event.pool)?;
                pool.taken_back = pool.taken_back.saturating_add(event.amount);
            }
            Events::CloseAnnounced(event) => {
                let pool = self.pool_of(event.pool)?;
                (pool.phase, pool.until) = (PoolPhase::Closing, Some(event.from.to()));
            }
            Events::PoolClosed(event) => {
                let pool = self.pool_of(event.pool)?;
                pool.taken_back = pool.taken_back.saturating_add(event.amount);
                (pool.phase, pool.closed) = (PoolPhase::Closed, Some(at));
            }
            Events::Authorized(event) => return self.authorized(event, &at),
            Events::Revoked(event) => return self.revoked(event, &at),
            Events::Redeemed(event) => {
                let pair = self.pair(event.pool, event.session, event.payee, &at)?;
                let more = event.total.saturating_sub(pair.redeemed);
                pair.redeemed = event.total;
                let pool = self.pool_of(event.pool)?;
                pool.redeemed = pool.redeemed.saturating_add(more);
            }
            Events::VoucherSkipped(event) => self.skipped(event, &at),
            Events::Collected(event) => {
                let pool = self.pool_of(event.pool)?;
                pool.collected = pool.collected.saturating_add(event.amount);
                let pair = self.pair(event.pool, event.session, event.payee, &at)?;
                pair.collected = pair.collected.saturating_add(event.amount);
            }
            Events::Overspent(event) => {
                let pool = self.pool_of(event.pool)?;
                (pool.phase, pool.until) = (PoolPhase::Forfeited, Some(event.until.to()));
                pool.overspent = Some(Overspent { prover: event.prover, owed: event.owed, free: event.free });
            }
            Events::Claimed(event) => {
                self.pair(event.pool, event.session, event.payee, &at)?.claimed = event.amount;
            }
            Events::PoolSettled(event) => {
                let pool = self.pool_of(event.pool)?;
                (pool.phase, pool.closed) = (PoolPhase::Settled, Some(at));
                pool.settled = Some(Settled { claims: event.claims, shared: event.shared, burned: event.burned });
            }
            Events::Awarded(event) => {
                let pair = self.pair(event.pool, event.session, event.payee, &at)?;
                pair.awarded = pair.awarded.saturating_add(event.amount);
            }
        }
        Ok(())
    }

    fn pool_of(&mut self, id: U256) -> Result<&mut Pool, Contradiction> {
        self.pools.get_mut(&number(id)?).ok_or(Contradiction::PoolUnknown(id))
    }

    /// The pair, which begins with the first that happens to it.
    fn pair(&mut self, pool: U256, session: Address, payee: Address, at: &Stamp) -> Result<&mut Pair, Contradiction> {
        let key = (number(pool)?, session, payee);
        let last = &mut self.last.pair;
        let pair = self.pairs.entry(key).or_insert_with(|| first(next(last), key, at));
        pair.seen.again(at);
        Ok(pair)
    }

    fn pool_opened(&mut self, event: &IPaymentPool::PoolOpened, at: Stamp) -> Result<(), Contradiction> {
        let id = number(event.pool)?;
        let pool = Pool {
            id,
            payer: event.payer,
            notice: event.notice,
            phase: PoolPhase::Open,
            deposited: U256::ZERO,
            collateral: U256::ZERO,
            earmarked: U256::ZERO,
            redeemed: U256::ZERO,
            collected: U256::ZERO,
            taken_back: U256::ZERO,
            skipped: 0,
            until: None,
            overspent: None,
            settled: None,
            opened: at,
            closed: None,
        };
        if self.pools.insert(id, pool).is_some() { Err(Contradiction::PoolKnown(id)) } else { Ok(()) }
    }

    /// Anybody can show a voucher of any pool, and of none: only what is there counts.
    fn skipped(&mut self, event: &IPaymentPool::VoucherSkipped, at: &Stamp) {
        let Ok(id) = number(event.pool) else { return };
        if let Some(pool) = self.pools.get_mut(&id) {
            pool.skipped += 1;
        }
        if let Some(pair) = self.pairs.get_mut(&(id, event.session, event.payee)) {
            (pair.skipped, pair.skipped_reason) = (pair.skipped + 1, reason(event.reason));
            pair.seen.again(at);
        }
    }

    fn authorized(&mut self, event: &IPaymentPool::Authorized, at: &Stamp) -> Result<(), Contradiction> {
        let key = (number(event.pool)?, event.session);
        let last = &mut self.last.session;
        let session = self.sessions.entry(key).or_insert_with(|| Session {
            id: next(last),
            pool: key.0,
            session: key.1,
            payee: None,
            cap_gwei: 0,
            expiry: 0,
            revoked: false,
            seen: Seen::at(at),
        });
        session.payee = Some(event.payee).filter(|payee| *payee != Address::ZERO);
        (session.cap_gwei, session.expiry, session.revoked) = (event.capGwei, event.expiry.into(), false);
        session.seen.again(at);
        Ok(())
    }

    fn revoked(&mut self, event: &IPaymentPool::Revoked, at: &Stamp) -> Result<(), Contradiction> {
        let key = (number(event.pool)?, event.session);
        let session = self.sessions.get_mut(&key).ok_or(Contradiction::SessionUnknown(key.0, key.1))?;
        (session.expiry, session.revoked) = (event.expiry.into(), true);
        session.seen.again(at);
        Ok(())
    }
}

fn first(id: u64, key: PairKey, at: &Stamp) -> Pair {
    Pair {
        id,
        key,
        ceiling_gwei: 0,
        release_to: None,
        redeemed: U256::ZERO,
        collected: U256::ZERO,
        claimed: U256::ZERO,
        awarded: U256::ZERO,
        skipped: 0,
        skipped_reason: None,
        seen: Seen::at(at),
    }
}

/// Pools count from 1: a number that does not fit a database key is none.
fn number(id: U256) -> Result<u64, Contradiction> {
    i64::try_from(id).map(i64::cast_unsigned).map_err(|_| Contradiction::PoolUnknown(id))
}

const fn reason(reason: IPaymentPool::Reason) -> Option<SkipReason> {
    Some(match reason {
        IPaymentPool::Reason::NoPool => SkipReason::NoPool,
        IPaymentPool::Reason::NothingOwed => SkipReason::NothingOwed,
        IPaymentPool::Reason::TotalTooLarge => SkipReason::TotalTooLarge,
        IPaymentPool::Reason::SessionOver => SkipReason::SessionOver,
        IPaymentPool::Reason::OutOfScope => SkipReason::OutOfScope,
        IPaymentPool::Reason::CapExceeded => SkipReason::CapExceeded,
        IPaymentPool::Reason::ReserveShort => SkipReason::ReserveShort,
        IPaymentPool::Reason::WrongSignature => SkipReason::WrongSignature,
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
