//! Leases of this machine (`ILeases`), one at a time: taken where they pay what the operator asks, begun when the operator's program says that the
//! machine can be used, and stopped at the second from which nothing is paid for. What serving is, the program knows: see [`hook`].
//!
//! A lease is in the journal before it is taken, and until the program has stopped and the pay is credited. A process that is killed
//! leaves the program's work running, and the next goes on with it.

mod hook;
mod plan;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use alloy::{
    primitives::{B256, U256, utils::format_ether},
    rpc::types::TransactionReceipt,
};
use edgeloom_bindings::ILeases::{Lease as State, Phase};
use edgeloom_sdk::Lease;
use tokio::time::sleep;

use hook::{Call, Verb};
use plan::Situation;

use crate::{
    crash,
    desk::{decided, paid},
    errand::{self, Fault},
    journal::{JournalError, Record},
    life::{Bench, unix_seconds},
    shelf::to_disk,
};

const ERRAND: &str = "leases";
/// Before the operator's program is called again that failed.
const PAUSE: Duration = Duration::from_secs(5);
/// How far back the first look for offers goes, blocks.
const BACK: u64 = 5_000;
/// Offers that wait to be looked at; beyond that they are left to others.
const WAITING_MAX: usize = 256;
/// Gas of a lease: 79,000 to take it, 37,000 to begin, 99,000 to close, 35,000 to withdraw (`contracts/snapshots/Leases.json`), and some more.
const LEASE_GAS: u64 = 300_000;
/// Gas of collecting what a lease earned (74,000 for the first of an epoch), and how many times as much it has to be before it is.
const COLLECT_GAS: u64 = 75_000;
const COLLECT_TIMES: u64 = 20;
const WITHDRAW_GAS: u64 = 40_000;

/// What an operator leases the machine for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letting {
    /// At least so much a second, wei.
    pub rate: U256,
    /// The program that serves.
    pub program: PathBuf,
}

/// What this process knows of leases; the rest it asks.
#[derive(Debug)]
pub(crate) struct Leases {
    letting: Option<Letting>,
    /// Where specs are kept.
    folder: PathBuf,
    /// Leases that are not over, and their blocks, as the journal has them.
    own: BTreeMap<U256, u64>,
    known: BTreeMap<U256, Lease>,
    waiting: BTreeMap<U256, Lease>,
    next_block: Option<u64>,
    /// The lease that the program was started for by this process.
    started: Option<U256>,
    gas: BTreeMap<U256, U256>,
    unclaimed: bool,
    begun: bool,
}

impl Leases {
    pub(crate) fn new(letting: Option<Letting>, data: &Path, own: BTreeMap<U256, u64>) -> Self {
        Self {
            letting,
            folder: data.join("leases"),
            own,
            known: BTreeMap::new(),
            waiting: BTreeMap::new(),
            next_block: None,
            started: None,
            gas: BTreeMap::new(),
            unclaimed: true,
            begun: false,
        }
    }

    /// Does what is due, again and again, until the disk fails.
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
        // Without the program nothing is stopped, either: the operator has taken it away.
        let Some(letting) = self.letting.clone() else {
            if !self.own.is_empty() {
                tracing::error!(
                    leases = self.own.len(),
                    "leases: some are under way, and no program is given that serves them"
                );
                // Said once; the journal keeps them.
                self.own.clear();
            }
            return Ok(());
        };
        if !self.begun {
            errand::settled(ERRAND, &bench.client).await;
            self.begun = true;
        }
        bench.tally.set(|state| state.leases = self.own.len());
        if let Some((&number, &block)) = self.own.first_key_value() {
            return self.attend(bench, &letting, (number, block)).await;
        }
        self.discover(bench).await?;
        if let Some((_, lease)) = self.waiting.pop_first() {
            return self.consider(bench, &letting, lease).await;
        }
        if self.unclaimed { self.withdraw(bench).await } else { Ok(()) }
    }

    async fn discover(&mut self, bench: &Bench) -> Result<(), Fault> {
        let head = *bench.client.heads().borrow();
        let from = self.next_block.unwrap_or_else(|| head.saturating_sub(BACK));
        if from > head {
            return Ok(());
        }
        let (offered, next) = bench.client.leases().offered(from).await?;
        self.next_block = Some(next);
        let now = bench.client.head_time().await?;
        for lease in offered {
            if lease.terms.takeBy.to::<u64>() > now && self.waiting.len() < WAITING_MAX {
                self.waiting.insert(lease.number, lease);
            }
        }
        Ok(())
    }

    /// Looks at an offer, and writes it down if it is good: the next step takes it.
    async fn consider(&mut self, bench: &Bench, letting: &Letting, lease: Lease) -> Result<(), Fault> {
        let (client, leases, terms) = (&bench.client, bench.client.leases(), &lease.terms);
        let staking = client.edge_staking();
        let (state, standing, gas_price, fee) = futures::try_join!(
            leases.state(&lease),
            staking.standing_of(bench.worker),
            client.gas_price(),
            leases.fee_for(plan::price(terms))
        )?;
        let now = client.head_time().await?.max(unix_seconds());
        let cost = U256::from(LEASE_GAS) * U256::from(gas_price);
        let situation =
            Situation { worker: bench.worker, now, free_stake: standing.free, rate: letting.rate, cost, fee };
        if state.phase != Phase::Offered
            || !plan::is_good(terms, &situation)
            || !leases.admits(&lease, bench.worker).await?
        {
            return Ok(());
        }
        let number = lease.number;
        if !self.call(letting, (&lease, Verb::Fit), 0).await {
            tracing::info!(lease = %number, "leases: not one for this machine");
            self.forget(&lease);
            return Ok(());
        }
        bench.journal.record(Record::Leasing { lease: number, block: lease.block }).await?;
        crash::after("leasing");
        self.own.insert(number, lease.block);
        self.known.insert(number, lease);
        Ok(())
    }

    /// Does what a lease is in the time for.
    async fn attend(&mut self, bench: &Bench, letting: &Letting, (number, block): (U256, u64)) -> Result<(), Fault> {
        let leases = bench.client.leases();
        let lease = match self.known.get(&number) {
            Some(lease) => lease.clone(),
            None => {
                let lease = leases.offered_in(number, block).await?;
                self.known.entry(number).or_insert(lease).clone()
            }
        };
        let state = leases.state(&lease).await?;
        match state.phase {
            Phase::Offered => self.take(bench, &lease).await,
            _ if state.worker != bench.worker => self.end(bench, &lease).await,
            Phase::Taken => self.begin(bench, letting, (&lease, &state)).await,
            Phase::Running => self.serve(bench, letting, (&lease, &state)).await,
            _ => {
                if !self.call(letting, (&lease, Verb::Stop), state.exhaustsAt.to()).await {
                    sleep(PAUSE).await;
                    return Ok(());
                }
                crash::after("lease-stopped");
                self.end(bench, &lease).await
            }
        }
    }

    async fn take(&mut self, bench: &Bench, lease: &Lease) -> Result<(), Fault> {
        let client = &bench.client;
        match decided(client, client.leases().take(lease).await).await {
            // Too late, not enough stake any more, or another took it.
            Err(error) if error.is_revert() => {
                tracing::info!(lease = %lease.number, %error, "leases: not taken");
                self.end(bench, lease).await
            }
            sent => {
                let sent = sent?;
                crash::after("lease-taken");
                self.spent(lease, &sent);
                tracing::info!(lease = %lease.number, rate = %lease.terms.rate, "leases: took one");
                Ok(())
            }
        }
    }

    async fn begin(&mut self, bench: &Bench, letting: &Letting, (lease, state): (&Lease, &State)) -> Result<(), Fault> {
        let client = &bench.client;
        let begin_by = state.since.to::<u64>() + u64::from(lease.terms.beginSeconds);
        if client.head_time().await? > begin_by {
            tracing::error!(lease = %lease.number, "leases: not begun in time; its bond is lost");
            let sent = decided(client, client.leases().close(std::slice::from_ref(lease)).await).await?;
            self.spent(lease, &sent);
            return Ok(());
        }
        if !self.call(letting, (lease, Verb::Start), 0).await {
            sleep(PAUSE).await;
            return Ok(());
        }
        self.started = Some(lease.number);
        let sent = decided(client, client.leases().begin(lease, B256::ZERO).await).await?;
        crash::after("lease-begun");
        self.spent(lease, &sent);
        tracing::info!(lease = %lease.number, "leases: serving");
        Ok(())
    }

    /// Until the second from which nothing is paid for.
    async fn serve(&mut self, bench: &Bench, letting: &Letting, (lease, state): (&Lease, &State)) -> Result<(), Fault> {
        let (client, leases, until) = (&bench.client, bench.client.leases(), state.exhaustsAt.to::<u64>());
        // By this machine's clock, too: a chain without transactions may make no blocks.
        if client.head_time().await?.max(unix_seconds()) >= until {
            if !self.call(letting, (lease, Verb::Stop), until).await {
                sleep(PAUSE).await;
            }
            self.started = None;
            let sent = decided(client, leases.close(std::slice::from_ref(lease)).await).await?;
            crash::after("lease-closed");
            self.spent(lease, &sent);
            return Ok(());
        }
        if self.started != Some(lease.number) {
            if !self.call(letting, (lease, Verb::Start), until).await {
                sleep(PAUSE).await;
                return Ok(());
            }
            self.started = Some(lease.number);
        }
        let worth_it = U256::from(client.gas_price().await?) * U256::from(COLLECT_GAS * COLLECT_TIMES);
        if leases.owed(lease).await? > worth_it {
            let sent = decided(client, leases.collect(std::slice::from_ref(lease)).await).await?;
            crash::after("lease-collected");
            self.spent(lease, &sent);
        }
        Ok(())
    }

    async fn end(&mut self, bench: &Bench, lease: &Lease) -> Result<(), Fault> {
        let number = lease.number;
        let paid_wei = match bench.client.leases().state(lease).await?.worker {
            worker if worker == bench.worker => bench.client.leases().earned(lease).await?,
            _ => U256::ZERO,
        };
        let gas_wei = self.gas.remove(&number).unwrap_or_default();
        self.forget(lease);
        bench.journal.record(Record::LeaseEnded { lease: number, paid_wei, gas_wei }).await?;
        crash::after("lease-ended");
        bench.tally.lease_ended(paid_wei, gas_wei);
        self.own.remove(&number);
        self.known.remove(&number);
        self.unclaimed = true;
        tracing::info!(lease = %number, tfuel = format_ether(paid_wei), "leases: one is over");
        Ok(())
    }

    async fn withdraw(&mut self, bench: &Bench) -> Result<(), Fault> {
        let (client, leases) = (&bench.client, bench.client.leases());
        let credit = leases.credit_of(bench.worker).await?;
        if credit > U256::from(client.gas_price().await?) * U256::from(WITHDRAW_GAS) {
            paid(decided(client, leases.withdraw().await).await)?;
            crash::after("lease-paid");
            tracing::info!(tfuel = format_ether(credit), "leases: paid");
        }
        self.unclaimed = false;
        Ok(())
    }

    /// Has the program do its part; with the spec on disk.
    async fn call(&self, letting: &Letting, (lease, verb): (&Lease, Verb), until: u64) -> bool {
        let spec = self.spec_of(lease);
        let kept = std::fs::create_dir_all(&self.folder).and_then(|()| to_disk(&spec, &lease.spec));
        if let Err(error) = kept {
            tracing::error!(%error, path = %spec.display(), "leases: a spec cannot be kept");
            return false;
        }
        hook::run(&letting.program, Call { verb, lease, spec: &spec, until }).await
    }

    fn spec_of(&self, lease: &Lease) -> PathBuf {
        self.folder.join(format!("{}.spec", lease.number))
    }

    /// Who offers leases does not fill the disk.
    fn forget(&self, lease: &Lease) {
        if let Err(error) = std::fs::remove_file(self.spec_of(lease))
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(lease = %lease.number, %error, "leases: a spec cannot be removed");
        }
    }

    fn spent(&mut self, lease: &Lease, sent: &TransactionReceipt) {
        let gas = self.gas.entry(lease.number).or_default();
        *gas = gas.saturating_add(errand::gas_of(sent));
    }
}

#[cfg(test)]
mod tests;
