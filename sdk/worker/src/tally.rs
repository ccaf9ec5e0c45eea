//! What the operator sees: counts, money and reasons.

use std::{
    collections::{BTreeMap, VecDeque},
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use alloy::primitives::{Address, U256};
use parking_lot::Mutex;
use serde::Serialize;

use crate::{Skip, journal::Totals};

/// Jobs kept for the page.
const RECENT: usize = 50;

/// A finished job, for the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finished {
    /// Job number, decimal.
    pub job: String,
    /// `settled`, or why not.
    pub outcome: &'static str,
    /// Wei, decimal.
    pub paid_wei: String,
    /// Wei, decimal.
    pub gas_wei: String,
    /// From the decision to the end, milliseconds.
    pub took_ms: u64,
    /// Milliseconds since the Unix epoch.
    pub at_ms: u64,
}

/// Everything on the status page. Amounts are wei as decimal strings.
#[derive(Clone, Debug, Serialize)]
pub struct Status {
    pub version: &'static str,
    pub worker: Address,
    pub chain_id: u64,
    pub uptime_s: u64,
    pub draining: bool,
    pub node_ok: bool,
    pub index_ok: bool,
    pub head: u64,
    pub running: u64,
    pub queued: u64,
    pub jobs_settled: u64,
    pub jobs_failed: u64,
    pub earned_wei: String,
    /// Spent on jobs and rounds.
    pub gas_wei: String,
    /// What is done about rounds of capacity, in words.
    pub rounds: String,
    /// Since this process started.
    pub rounds_answered: u64,
    pub rounds_paid: u64,
    /// What the node was paid for rounds, and for its work beside the prices of its jobs.
    pub rewards_wei: String,
    /// Bids that are not over.
    pub bids: u64,
    /// Leases that are not over.
    pub leases: u64,
    /// What was paid for leases.
    pub leased_wei: String,
    /// Gates of media that there are shares of.
    pub gates: u64,
    /// What vouchers pay that are kept.
    pub vouchers_wei: String,
    /// What vouchers paid.
    pub redeemed_wei: String,
    pub balance_wei: String,
    pub stake_free_wei: String,
    /// Stake locked by jobs under way: what could be lost now.
    pub exposure_wei: String,
    /// How often a job was not taken, by reason.
    pub refusals: BTreeMap<&'static str, u64>,
    pub recent: Vec<Finished>,
}

#[derive(Debug)]
pub(crate) struct Tally {
    worker: Address,
    chain_id: u64,
    started: Instant,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) draining: bool,
    pub(crate) node_ok: bool,
    pub(crate) index_ok: bool,
    pub(crate) head: u64,
    pub(crate) running: usize,
    pub(crate) queued: usize,
    pub(crate) balance: U256,
    pub(crate) free: U256,
    pub(crate) locked: U256,
    pub(crate) rounds: String,
    pub(crate) rounds_answered: u64,
    pub(crate) bids: usize,
    pub(crate) leases: usize,
    pub(crate) gates: usize,
    pub(crate) vouchers: U256,
    totals: Totals,
    refusals: BTreeMap<Skip, u64>,
    recent: VecDeque<Finished>,
}

impl Tally {
    pub(crate) fn new(worker: Address, chain_id: u64, totals: Totals) -> Self {
        let state = State { totals, node_ok: true, ..State::default() };
        Self { worker, chain_id, started: Instant::now(), state: Mutex::new(state) }
    }

    pub(crate) fn set(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.lock());
    }

    /// Whoever stops has to be back in time.
    pub(crate) fn warn_of_bids(&self) {
        let State { bids, leases, .. } = *self.state.lock();
        if bids + leases > 0 {
            tracing::warn!(
                bids,
                leases,
                "under way: bids that are not revealed in their time cost their deposits, and leases go on"
            );
        }
    }

    pub(crate) fn is_draining(&self) -> bool {
        self.state.lock().draining
    }

    pub(crate) fn refused(&self, why: Skip) {
        *self.state.lock().refusals.entry(why).or_default() += 1;
    }

    pub(crate) fn settled(&self, job: U256, paid: U256, gas: U256, since: Instant) {
        let mut state = self.state.lock();
        state.totals.settled += 1;
        state.totals.earned_wei = state.totals.earned_wei.saturating_add(paid);
        state.totals.gas_wei = state.totals.gas_wei.saturating_add(gas);
        state.finish(job, "settled", (paid, gas), since);
    }

    /// A job that was this worker's and brought nothing.
    pub(crate) fn failed(&self, job: U256, outcome: &'static str, gas: U256, since: Instant) {
        let mut state = self.state.lock();
        state.totals.failed += 1;
        state.totals.gas_wei = state.totals.gas_wei.saturating_add(gas);
        state.finish(job, outcome, (U256::ZERO, gas), since);
    }

    /// An epoch is over, with so many rounds paid.
    pub(crate) fn epoch_ended(&self, rounds: u64, paid: U256, gas: U256) {
        let totals = &mut self.state.lock().totals;
        totals.rounds += rounds;
        totals.rewards_wei = totals.rewards_wei.saturating_add(paid);
        totals.gas_wei = totals.gas_wei.saturating_add(gas);
    }

    /// On what brings nothing by itself, wei.
    pub(crate) fn spent(&self, gas: U256) {
        let totals = &mut self.state.lock().totals;
        totals.gas_wei = totals.gas_wei.saturating_add(gas);
    }

    /// Vouchers paid so much.
    pub(crate) fn redeemed(&self, paid: U256, gas: U256) {
        let totals = &mut self.state.lock().totals;
        totals.redeemed_wei = totals.redeemed_wei.saturating_add(paid);
        totals.gas_wei = totals.gas_wei.saturating_add(gas);
    }

    /// A lease is over.
    pub(crate) fn lease_ended(&self, paid: U256, gas: U256) {
        let totals = &mut self.state.lock().totals;
        totals.leased_wei = totals.leased_wei.saturating_add(paid);
        totals.gas_wei = totals.gas_wei.saturating_add(gas);
    }

    pub(crate) fn status(&self) -> Status {
        let state = self.state.lock();
        Status {
            version: env!("CARGO_PKG_VERSION"),
            worker: self.worker,
            chain_id: self.chain_id,
            uptime_s: self.started.elapsed().as_secs(),
            draining: state.draining,
            node_ok: state.node_ok,
            index_ok: state.index_ok,
            head: state.head,
            running: state.running as u64,
            queued: state.queued as u64,
            jobs_settled: state.totals.settled,
            jobs_failed: state.totals.failed,
            earned_wei: state.totals.earned_wei.to_string(),
            gas_wei: state.totals.gas_wei.to_string(),
            rounds: state.rounds.clone(),
            rounds_answered: state.rounds_answered,
            rounds_paid: state.totals.rounds,
            rewards_wei: state.totals.rewards_wei.to_string(),
            bids: state.bids as u64,
            leases: state.leases as u64,
            leased_wei: state.totals.leased_wei.to_string(),
            gates: state.gates as u64,
            vouchers_wei: state.vouchers.to_string(),
            redeemed_wei: state.totals.redeemed_wei.to_string(),
            balance_wei: state.balance.to_string(),
            stake_free_wei: state.free.to_string(),
            exposure_wei: state.locked.to_string(),
            refusals: state.refusals.iter().map(|(why, &count)| (why.name(), count)).collect(),
            recent: state.recent.iter().cloned().collect(),
        }
    }
}

impl State {
    fn finish(&mut self, job: U256, outcome: &'static str, (paid, gas): (U256, U256), since: Instant) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        self.recent.truncate(RECENT - 1);
        self.recent.push_front(Finished {
            job: job.to_string(),
            outcome,
            paid_wei: paid.to_string(),
            gas_wei: gas.to_string(),
            took_ms: since.elapsed().as_millis() as u64,
            at_ms: now.as_millis() as u64,
        });
    }
}
