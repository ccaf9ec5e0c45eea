//! Vouchers that pay this worker (`IPaymentPool`): the best of each pair is kept, and redeemed when that is worth its gas, or before it is too late.
//!
//! One is acknowledged when it is in the journal, and only if all of it is earmarked. A voucher is a total: however often it is sent, it is paid
//! once. What was redeemed is noted by what the chain says, whoever sent it; then it is collected, and withdrawn.

mod plan;
mod till;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::{Duration, Instant},
};

use alloy::primitives::{U256, utils::format_ether};
use edgeloom_bindings::IPaymentPool::{Phase, Reason};
use edgeloom_sdk::{Pair, Payments, Redemption, Voucher};
use tokio::time::sleep;

use plan::Waiting;
pub(crate) use till::{Refusal, Till, accept};

use crate::{
    crash,
    desk::{decided, paid},
    errand::{self, Fault},
    journal::{JournalError, Kept, Record},
    life::Bench,
};

const ERRAND: &str = "vouchers";
/// Between two looks at what the chain says of a pair. Nothing that a voucher is covered by goes in less than an hour.
const LOOK: Duration = Duration::from_secs(60);
/// How long after the end of its session a voucher is kept: until then its payer may have it go on.
const EXPIRED_SECONDS: u64 = 86_400;
/// Pairs looked at in one step.
const LOOKS_MAX: usize = 50;
/// Before a voucher is sent again that was passed over: there may be reserve again.
const PASSED_OVER: Duration = Duration::from_secs(3600);
/// Gas of a withdrawal.
const WITHDRAW_GAS: u64 = 40_000;

/// What this process knows of vouchers beside what is in the journal.
#[derive(Debug, Default)]
pub(crate) struct Vouchers {
    looks: BTreeMap<Pair, Look>,
    /// Pairs whose vouchers a batch passed over: they are not sent again for a while.
    passed_over: BTreeMap<Pair, Instant>,
    /// Spent, and in no line of the journal yet, wei.
    gas: U256,
    begun: bool,
}

/// What the chain said of a pair.
#[derive(Clone, Copy, Debug)]
struct Look {
    at: Instant,
    total: U256,
    until: Option<u64>,
}

impl Vouchers {
    /// Redeems what is due, again and again, until the disk fails.
    pub(crate) async fn tend(mut self, bench: Arc<Bench>) -> JournalError {
        loop {
            // Whoever is about to stop begins nothing.
            let step = if bench.tally.is_draining() { Ok(()) } else { self.step(&bench).await };
            match errand::pause(ERRAND, step) {
                Ok(pause) => sleep(pause).await,
                Err(error) => return error,
            }
        }
    }

    async fn step(&mut self, bench: &Bench) -> Result<(), Fault> {
        if !self.begun {
            errand::settled(ERRAND, &bench.client).await;
            self.begun = true;
        }
        self.look(bench).await?;
        bench.tally.set(|state| state.vouchers = bench.till.worth());
        let batch = self.due(bench).await?;
        if !batch.is_empty() {
            return self.redeem(bench, &batch).await;
        }
        let uncollected: Vec<_> = bench.till.trade.lock().uncollected.iter().take(plan::BATCH_MAX).copied().collect();
        if !uncollected.is_empty() {
            return self.collect(bench, uncollected).await;
        }
        self.withdraw(bench).await
    }

    /// Asks about pairs that were not asked about for a while, and notes what was redeemed and what cannot be any more.
    async fn look(&mut self, bench: &Bench) -> Result<(), Fault> {
        let kept: Vec<Kept> = bench.till.trade.lock().vouchers.values().copied().collect();
        let is_old = |kept: &&Kept| {
            let look = self.looks.get(&kept.voucher.pair);
            look.is_none_or(|look| look.total != kept.voucher.total || look.at.elapsed() > LOOK)
        };
        let old: Vec<_> = kept.iter().filter(is_old).take(LOOKS_MAX).map(|kept| kept.voucher).collect();
        for voucher in old {
            self.look_at(bench, voucher).await?;
        }
        self.passed_over.retain(|_, at| at.elapsed() < PASSED_OVER);
        let pairs: BTreeSet<_> = kept.iter().map(|kept| kept.voucher.pair).collect();
        self.looks.retain(|pair, _| pairs.contains(pair));
        Ok(())
    }

    async fn look_at(&mut self, bench: &Bench, Voucher { pair, total, .. }: Voucher) -> Result<(), Fault> {
        let payments = bench.client.payments();
        let (pool, known, until, mandate, now) = futures::try_join!(
            payments.pool(pair.pool),
            payments.pair(pair),
            payments.covered_until(pair),
            payments.mandate(pair.pool, pair.session),
            bench.client.head_time()
        )?;
        let redeemed = U256::from(known.redeemed);
        let noted = bench.till.trade.lock().vouchers.get(&pair).map(|kept| kept.redeemed);
        if noted.is_some_and(|noted| redeemed > noted) {
            let gas_wei = std::mem::take(&mut self.gas);
            let paid = self.record(bench, Record::Redeemed { pair, total: redeemed, gas_wei }).await?;
            crash::after("redemption-noted");
            bench.tally.redeemed(paid, gas_wei);
            tracing::info!(pool = %pair.pool, tfuel = format_ether(paid), "vouchers: redeemed");
        }
        let has_expired = !pair.session.is_zero() && u64::from(mandate.expiry) + EXPIRED_SECONDS < now;
        let is_over = matches!(pool.phase, Phase::Closed) || has_expired;
        if redeemed < total && is_over {
            self.record(bench, Record::VoucherLost { pair, total }).await?;
            tracing::warn!(pool = %pair.pool, session = %pair.session, %total, "vouchers: one is worth nothing more");
        }
        self.looks.insert(pair, Look { at: Instant::now(), total, until });
        Ok(())
    }

    async fn due(&self, bench: &Bench) -> Result<Vec<Voucher>, Fault> {
        let known: Vec<_> = {
            let trade = bench.till.trade.lock();
            let looked = trade.vouchers.values().filter(|kept| !self.passed_over.contains_key(&kept.voucher.pair));
            looked.filter_map(|kept| Some((*kept, *self.looks.get(&kept.voucher.pair)?))).collect()
        };
        if known.is_empty() {
            return Ok(Vec::new());
        }
        let (gas_price, now) = futures::try_join!(bench.client.gas_price(), bench.client.head_time())?;
        let waiting = known
            .iter()
            .map(|(kept, look)| Waiting { gain: kept.voucher.total.saturating_sub(kept.redeemed), until: look.until });
        let due = plan::due(&waiting.collect::<Vec<_>>(), gas_price, now);
        Ok(due.into_iter().map(|place| known[place].0.voucher).collect())
    }

    /// Has a batch paid; what was is noted by the next look.
    async fn redeem(&mut self, bench: &Bench, batch: &[Voucher]) -> Result<(), Fault> {
        let client = &bench.client;
        let sent = decided(client, client.payments().redeem_batch(batch).await).await?;
        crash::after("vouchers-redeemed");
        self.gas = self.gas.saturating_add(errand::gas_of(&sent));
        tracing::info!(count = batch.len(), gas = sent.gas_used, "vouchers: sent a batch");
        for Redemption { pair, total, reason } in Payments::redemptions(&sent) {
            if !matches!(reason, Reason::None | Reason::NothingOwed) {
                tracing::warn!(pool = %pair.pool, %total, ?reason, "vouchers: the pool passes one over");
                self.passed_over.insert(pair, Instant::now());
            }
        }
        for voucher in batch {
            self.looks.remove(&voucher.pair);
        }
        self.look(bench).await
    }

    async fn collect(&mut self, bench: &Bench, pairs: Vec<Pair>) -> Result<(), Fault> {
        let payments = bench.client.payments();
        // An earlier process may have, or somebody else.
        let mut open = Vec::new();
        for pair in &pairs {
            let known = payments.pair(*pair).await?;
            if known.withdrawn < known.redeemed {
                open.push(*pair);
            }
        }
        if !open.is_empty() {
            let sent = decided(&bench.client, payments.collect(&open).await).await?;
            crash::after("vouchers-collected");
            self.gas = self.gas.saturating_add(errand::gas_of(&sent));
        }
        let gas_wei = std::mem::take(&mut self.gas);
        self.record(bench, Record::Collected { pairs, gas_wei }).await?;
        crash::after("collection-noted");
        bench.tally.redeemed(U256::ZERO, gas_wei);
        Ok(())
    }

    /// Takes out what was collected, where that is worth its gas.
    async fn withdraw(&self, bench: &Bench) -> Result<(), Fault> {
        let client = &bench.client;
        let credit = client.payments().credit_of(bench.worker).await?;
        if credit <= U256::from(client.gas_price().await?) * U256::from(WITHDRAW_GAS) {
            return Ok(());
        }
        paid(decided(client, client.payments().withdraw().await).await)?;
        crash::after("vouchers-paid");
        tracing::info!(tfuel = format_ether(credit), "vouchers: paid");
        Ok(())
    }

    /// To disk, and to what this process knows. Gives what it says was redeemed, wei.
    async fn record(&self, bench: &Bench, record: Record) -> Result<U256, JournalError> {
        bench.journal.record(record.clone()).await?;
        Ok(bench.till.trade.lock().apply(&record))
    }
}

/// What the page says to whoever hands one in.
pub(crate) const fn status_of(refusal: &Refusal) -> axum::http::StatusCode {
    use axum::http::StatusCode;
    match refusal {
        Refusal::Closed => StatusCode::NOT_FOUND,
        Refusal::Busy | Refusal::Full | Refusal::Unreachable(_) | Refusal::Journal(_) => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        Refusal::OthersMoney(_)
        | Refusal::TooSmall(_)
        | Refusal::Older(_)
        | Refusal::EndsSoon(_)
        | Refusal::Doubtful(_) => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

#[cfg(test)]
mod tests;
