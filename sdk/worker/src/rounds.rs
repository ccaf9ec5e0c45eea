//! Rounds of computing capacity, and what the node is paid for them and for its work beside the prices of jobs (`IEdgeRewards`).
//!
//! What is due is read from the chain and done one thing at a time, the most urgent first. The chain takes each step once, so that
//! whatever a killed process sent or did not send, the next one asks and goes on. What the chain does not have, the roots of each
//! round, is in the journal, product by product, before they are answered with; what is drawn of them is computed again.

mod answers;
mod compute;
mod enrolment;
mod matrix;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use alloy::{
    primitives::{U256, utils::format_ether},
    rpc::types::TransactionReceipt,
};
use edgeloom_bindings::IEdgeRewards::Tally;
use edgeloom_sdk::{Due, Entrant, Error, Schedule, digest_of};
use thiserror::Error as ThisError;
use tokio::time::sleep;

use answers::Answers;
pub use enrolment::Enrolment;
pub(crate) use enrolment::Pace;

use crate::{
    crash,
    desk::decided,
    journal::{Attendance, JournalError, Record},
    life::Bench,
};

/// Epochs before this one that may still be settled.
const EPOCHS_BACK: u32 = 32;
/// Between two looks at what is due, and before one after a step that failed.
const LOOK: Duration = Duration::from_millis(500);
const AGAIN: Duration = Duration::from_secs(2);
/// How long transactions of an earlier process may wait in the node's pool before the first step.
const SETTLED: Duration = Duration::from_secs(20);
/// What claiming rewards takes about, and how many times as much they have to be before they are.
const CLAIM_GAS: u64 = 200_000;
const CLAIM_TIMES: u64 = 10;
/// What reporting burned fees takes about. They are as much reward, at best.
const REPORT_GAS: u64 = 120_000;

/// What this process knows of rounds; the rest it asks.
#[derive(Debug)]
pub(crate) struct Rounds {
    enrolment: Enrolment,
    /// Epochs that are not over, as the journal has them.
    epochs: BTreeMap<u32, Attendance>,
    /// Epochs in which nothing is left to be done.
    over: BTreeSet<u32>,
    schedules: BTreeMap<u32, Schedule>,
    /// Spent on an epoch by this process, wei.
    gas: BTreeMap<u32, U256>,
    /// Rows and products of rounds that the operator was told are too much for this machine.
    told: BTreeSet<(u32, u32)>,
    enrolled: Option<u32>,
    /// The epoch in which burned fees were last looked at.
    reported: Option<u32>,
    /// Whether there may be something to claim.
    unclaimed: bool,
    begun: bool,
}

/// Why a step was not made.
#[derive(Debug, ThisError)]
enum Fault {
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error(transparent)]
    Chain(#[from] Error),
}

impl Rounds {
    pub(crate) fn new(enrolment: Enrolment, epochs: BTreeMap<u32, Attendance>) -> Self {
        Self {
            enrolment,
            epochs,
            over: BTreeSet::new(),
            schedules: BTreeMap::new(),
            gas: BTreeMap::new(),
            told: BTreeSet::new(),
            enrolled: None,
            reported: None,
            unclaimed: true,
            begun: false,
        }
    }

    /// Does what is most urgent, again and again, until the disk fails.
    pub(crate) async fn tend(mut self, bench: Arc<Bench>) -> JournalError {
        loop {
            let pause = match self.step(&bench).await {
                Ok(()) => LOOK,
                Err(Fault::Journal(error)) => return error,
                Err(Fault::Chain(error)) => {
                    if error.is_revert() {
                        tracing::info!(%error, "rounds: the chain refuses a step; looking again");
                    } else if error.is_transient() {
                        tracing::debug!(%error, "rounds: the node does not answer");
                    } else {
                        tracing::warn!(%error, "rounds: failed for now; trying again");
                    }
                    AGAIN
                }
            };
            sleep(pause).await;
        }
    }

    async fn step(&mut self, bench: &Bench) -> Result<(), Fault> {
        let client = &bench.client;
        if !self.begun {
            // Else this process might repeat what an earlier one sent, and pay for being refused. Jobs may keep it from ending.
            if let Err(error) = client.settled(SETTLED).await {
                tracing::debug!(%error, "rounds: not waiting for pending transactions any longer");
            }
            self.begun = true;
        }
        let node = client.edge_staking().standing_of(bench.worker).await?.node;
        if node == 0 {
            return Ok(());
        }
        let epoch = client.checkpoints().epoch().await?;
        match self.most_urgent(bench, (node, epoch)).await? {
            Some((entrant, tally, due)) => self.perform(bench, (entrant, &tally), due).await,
            None if self.reported != Some(epoch) => self.report(bench, Entrant { epoch, node }).await,
            None if self.unclaimed => self.claim(bench, node).await,
            None => self.enrol(bench, Entrant { epoch: epoch + 1, node }).await,
        }
    }

    /// Of all epochs that are not over. Those that turn out to be are ended.
    async fn most_urgent(
        &mut self,
        bench: &Bench,
        (node, now): (u32, u32),
    ) -> Result<Option<(Entrant, Tally, Due)>, Fault> {
        let oldest = now.saturating_sub(EPOCHS_BACK);
        self.over.retain(|epoch| *epoch >= oldest);
        self.schedules.retain(|epoch, _| *epoch >= oldest);
        let known: BTreeSet<_> =
            self.epochs.keys().copied().filter(|epoch| *epoch <= now).chain(oldest..=now).collect();
        let mut found = None;
        for epoch in known {
            if self.over.contains(&epoch) {
                continue;
            }
            let entrant = Entrant { epoch, node };
            let schedule = self.schedule(bench, epoch).await?;
            let tally = bench.client.edge_rewards().tally(entrant).await?;
            let head = *bench.client.heads().borrow();
            if schedule.is_over(&tally, head) {
                self.end(bench, entrant, &tally).await?;
            } else if let Some(due) = schedule.due(&tally, head).filter(|due| self.serves(*due))
                && found.as_ref().is_none_or(|(_, _, other): &(_, _, Due)| due.until() < other.until())
            {
                found = Some((entrant, tally, due));
            }
        }
        Ok(found)
    }

    async fn schedule(&mut self, bench: &Bench, epoch: u32) -> Result<Schedule, Error> {
        if let Some(known) = self.schedules.get(&epoch) {
            return Ok(known.clone());
        }
        let schedule = bench.client.edge_rewards().schedule(epoch).await?;
        Ok(self.schedules.entry(epoch).or_insert(schedule).clone())
    }

    fn serves(&self, due: Due) -> bool {
        self.enrolment != Enrolment::Off || !matches!(due, Due::Answer { .. })
    }

    async fn perform(&mut self, bench: &Bench, (entrant, tally): (Entrant, &Tally), due: Due) -> Result<(), Fault> {
        match due {
            Due::Answer { round, until } => self.answer(bench, (entrant, tally), (round, until)).await,
            Due::Open { .. } => self.open(bench, entrant, tally).await,
            Due::Settle { .. } => self.settle(bench, entrant, tally).await,
        }
    }

    /// Computes a round, product by product, and answers it.
    async fn answer(
        &mut self,
        bench: &Bench,
        (entrant, tally): (Entrant, &Tally),
        (round, until): (u8, u64),
    ) -> Result<(), Fault> {
        let (client, epoch) = (&bench.client, entrant.epoch);
        let rewards = client.edge_rewards();
        let asked = rewards.round(entrant, round, tally.chain).await?;
        let mut roots = match self.epochs.get(&epoch).and_then(|known| known.rounds.get(&round)) {
            Some(known) if known.seed == asked.seed => known.roots.clone(),
            _ => {
                self.record(bench, Record::RoundBegun { epoch, round, seed: asked.seed }).await?;
                Vec::new()
            }
        };
        tracing::info!(epoch, round, products = asked.links, known = roots.len(), until, "rounds: computing");
        while let Some(product) = asked.next(&roots) {
            say(bench, format!("round {round} of epoch {epoch}: {} of {} products", roots.len(), asked.links));
            let head = *client.heads().borrow();
            if head >= until {
                tracing::warn!(
                    epoch,
                    round,
                    done = roots.len(),
                    "rounds: too late to answer, this machine is too slow or too busy"
                );
                return Ok(());
            }
            let Some(root) = compute::computed(bench.card.as_ref(), product, compute::root).await? else {
                return Ok(());
            };
            self.record(bench, Record::RoundComputed { epoch, round, root }).await?;
            roots.push(root);
            crash::after("round-computed");
        }
        let sent = decided(client, rewards.answer(epoch, round, &roots).await).await?;
        self.spent(epoch, &sent);
        crash::after("round-answered");
        bench.tally.set(|state| state.rounds_answered += 1);
        let products = roots.len();
        tracing::info!(epoch, round, products, block = sent.block_number, "rounds: answered");
        say(bench, format!("answered round {round} of epoch {epoch}"));
        // Now, since a block is out of the chain's reach after 8,191 others.
        let height = self.schedule(bench, epoch).await?.rounds[usize::from(round)].height;
        self.show_mix(bench, (epoch, height)).await
    }

    /// Shows what was drawn of the answers.
    async fn open(&mut self, bench: &Bench, entrant: Entrant, tally: &Tally) -> Result<(), Fault> {
        let (client, epoch) = (&bench.client, entrant.epoch);
        let rewards = client.edge_rewards();
        let known = self.epochs.get(&epoch).cloned().unwrap_or_default();
        let Some(answers) = Answers::of(tally, &known) else {
            tracing::error!(
                epoch,
                "rounds: the journal has not what this node answered with: it cannot be shown, and is not paid"
            );
            self.end(bench, entrant, tally).await?;
            return Ok(());
        };
        let schedule = self.schedule(bench, epoch).await?;
        self.show_mix(bench, (epoch, schedule.opening.height)).await?;
        let mut openings = Vec::new();
        for draw in rewards.draws(entrant).await? {
            let (round, index): (usize, usize) = (draw.round.saturating_to(), draw.index.saturating_to());
            let (Some(window), Some(answer)) = (schedule.rounds.get(round), answers.0.get(index)) else {
                return Err(Error::Answer(format!("a draw of round {round}, answer {index}")).into());
            };
            self.show_mix(bench, (epoch, window.height)).await?;
            let asked = rewards.round(entrant, answer.round, answer.chain).await?;
            let Some(product) = asked.drawn(&draw, &answer.roots) else {
                return Err(Error::Answer(format!("a draw of product {}", draw.link)).into());
            };
            say(bench, format!("showing product {} of round {round} of epoch {epoch}", draw.link));
            tracing::info!(epoch, round, product = %draw.link, "rounds: computing what was drawn");
            let Some(product) = compute::computed(bench.card.as_ref(), product, compute::whole).await? else {
                return Ok(());
            };
            let Some(opening) = asked.open(&draw, &answer.roots, &product) else {
                tracing::error!(
                    epoch,
                    round,
                    product = %draw.link,
                    "rounds: computed again, a product is another: this machine computes wrong, and the epoch is not paid. \
                     Test its memory, or say --rounds off"
                );
                self.end(bench, entrant, tally).await?;
                return Ok(());
            };
            openings.push(opening);
        }
        let digests = answers.0.iter().map(|answer| digest_of(&answer.roots)).collect();
        let sent = decided(client, rewards.open(entrant, digests, openings).await).await?;
        self.spent(epoch, &sent);
        crash::after("round-opened");
        tracing::info!(epoch, gas = sent.gas_used, "rounds: shown what was drawn");
        say(bench, format!("epoch {epoch} shown, to be settled from block {}", schedule.settled_from));
        Ok(())
    }

    async fn settle(&mut self, bench: &Bench, entrant: Entrant, tally: &Tally) -> Result<(), Fault> {
        let (client, epoch) = (&bench.client, entrant.epoch);
        let rewards = client.edge_rewards();
        let (work, capacity) = rewards.share(entrant).await?;
        if (work + capacity).is_zero() {
            return self.end(bench, entrant, tally).await;
        }
        self.begin(bench, epoch).await?;
        crash::after("round-settling");
        let sent = decided(client, rewards.settle(epoch, vec![entrant.node]).await).await?;
        self.spent(epoch, &sent);
        crash::after("round-settled");
        Ok(())
    }

    /// Counts an epoch that is over, once: the journal has it for as long as it was not counted.
    async fn end(&mut self, bench: &Bench, entrant: Entrant, tally: &Tally) -> Result<(), Fault> {
        let epoch = entrant.epoch;
        self.over.insert(epoch);
        if !self.epochs.contains_key(&epoch) {
            return Ok(());
        }
        let (work, capacity) = match tally.paid {
            true => bench.client.edge_rewards().share(entrant).await?,
            false => (U256::ZERO, U256::ZERO),
        };
        let rounds = if capacity.is_zero() { 0 } else { u64::from(tally.answered.count_ones()) };
        let gas_wei = self.gas.remove(&epoch).unwrap_or_default();
        let paid_wei = work + capacity;
        self.record(bench, Record::EpochEnded { epoch, rounds, paid_wei, gas_wei }).await?;
        crash::after("round-ended");
        bench.tally.epoch_ended(rounds, paid_wei, gas_wei);
        self.unclaimed = true;
        if tally.paid {
            let (work, capacity) = (format_ether(work), format_ether(capacity));
            tracing::info!(epoch, rounds, work, capacity, "rounds: the node is paid");
            say(bench, format!("paid for {rounds} rounds of epoch {epoch}"));
        } else {
            tracing::warn!(
                epoch,
                answered = tally.answered.count_ones(),
                opened = tally.opened,
                "rounds: an epoch is over without pay"
            );
        }
        Ok(())
    }

    /// Has the epoch count what markets burned of this worker's fees up to now, once an epoch and where it is worth the gas.
    async fn report(&mut self, bench: &Bench, entrant: Entrant) -> Result<(), Fault> {
        let (client, rewards, epoch) = (&bench.client, bench.client.edge_rewards(), entrant.epoch);
        // An earlier process may have, or somebody else.
        let is_done = !rewards.tally(entrant).await?.burned.is_zero();
        let burned = if is_done { U256::ZERO } else { rewards.unreported(bench.worker).await? };
        let worth_it = U256::from(client.gas_price().await?) * U256::from(REPORT_GAS * CLAIM_TIMES);
        if burned > worth_it {
            crash::after("work-reporting");
            decided(client, rewards.report(vec![bench.worker]).await).await?;
            crash::after("work-reported");
            tracing::info!(epoch, tfuel = format_ether(burned), "rounds: reported fees that jobs burned");
        }
        self.reported = Some(epoch);
        Ok(())
    }

    /// Takes out what this account earned on its node, where it is worth the gas.
    async fn claim(&mut self, bench: &Bench, node: u32) -> Result<(), Fault> {
        let (client, book) = (&bench.client, bench.client.edge_staking().book());
        let reward = book.position_of(node, bench.worker).await?.reward;
        let worth_it = U256::from(client.gas_price().await?) * U256::from(CLAIM_GAS * CLAIM_TIMES);
        if reward > worth_it {
            decided(client, book.claim(node).await).await?;
            crash::after("round-claimed");
            tracing::info!(tfuel = format_ether(reward), "rounds: claimed the node's rewards");
        }
        self.unclaimed = false;
        Ok(())
    }

    /// Has the chain keep the mix of a block, where nobody else has.
    async fn show_mix(&mut self, bench: &Bench, (epoch, height): (u32, u64)) -> Result<(), Fault> {
        let beacon = bench.client.beacon();
        if beacon.is_recorded(height).await? {
            return Ok(());
        }
        let sent = decided(&bench.client, beacon.show(beacon.header_of(height).await?).await).await?;
        self.spent(epoch, &sent);
        crash::after("round-recorded");
        tracing::debug!(height, "rounds: recorded a mix");
        Ok(())
    }

    async fn begin(&mut self, bench: &Bench, epoch: u32) -> Result<(), JournalError> {
        if self.epochs.contains_key(&epoch) {
            return Ok(());
        }
        self.record(bench, Record::EpochBegun { epoch }).await
    }

    /// To disk, and to what this process knows.
    async fn record(&mut self, bench: &Bench, record: Record) -> Result<(), JournalError> {
        bench.journal.record(record.clone()).await?;
        Attendance::apply(&mut self.epochs, &record);
        Ok(())
    }

    fn spent(&mut self, epoch: u32, sent: &TransactionReceipt) {
        let wei = u128::from(sent.gas_used).saturating_mul(sent.effective_gas_price);
        let gas = self.gas.entry(epoch).or_default();
        *gas = gas.saturating_add(U256::from(wei));
    }
}

/// For the status page.
fn say(bench: &Bench, what: impl Into<String>) {
    bench.tally.set(|state| state.rounds = what.into());
}

#[cfg(test)]
mod tests;
