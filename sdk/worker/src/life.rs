//! The life of one job, step by step. Each step is in the journal before the next begins, and each can be the first after a
//! restart: what the journal says is checked against the chain, which decides.

pub(crate) mod claimed;
mod prepare;

use std::{
    collections::BTreeMap,
    ops::Deref,
    sync::Arc,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use alloy::primitives::{Address, B256, Bytes, U256};
use edgeloom_bindings::IJobMarket::{IJobMarketErrors, Phase};
use edgeloom_gpu::Gpu;
use edgeloom_sdk::{Error, JobState, Order, SignedTx};
use parking_lot::Mutex;
use prepare::{Answer, Fault, Ready};
use tokio::time::sleep;

use crate::{
    Skip, crash,
    desk::Desk,
    gates::Gates,
    journal::{Claiming, End, JournalError, Record, Stage},
    plan::Policy,
    shared::Shared,
    tally::Tally,
    vouchers::Till,
};

/// Pause before something that failed for now is tried again.
const AGAIN: Duration = Duration::from_millis(500);
/// Between two looks at a transaction's deadline and bid while it waits.
const LOOK: Duration = Duration::from_secs(5);
/// How long the chain may deny a job of the journal before it is given up: a node that starts is behind for a while.
const DENIAL: Duration = Duration::from_secs(60);
/// How far this machine's clock may be ahead of the chain's, seconds, before it ends a job by itself.
const CLOCK_AHEAD_MAX: u64 = 60;

/// What every job needs.
#[derive(Debug)]
pub(crate) struct Bench {
    pub(crate) desk: Desk,
    pub(crate) worker: Address,
    pub(crate) tally: Tally,
    pub(crate) policy: Policy,
    pub(crate) till: Till,
    pub(crate) gates: Gates,
    /// `None` for the processor.
    pub(crate) card: Option<Gpu>,
    /// Claims about jobs that are not over, as the journal has them.
    pub(crate) claims: Mutex<BTreeMap<B256, Claiming>>,
    /// Of the balance, what is meant for claims that are not made yet, wei.
    pub(crate) promised: Shared,
    /// Of the memory, bytes that traces of claims take.
    pub(crate) memory: Shared,
    /// No job is begun whose trace would take more than this together with the others, bytes.
    pub(crate) memory_max: U256,
}

/// A worker is an account at work, and more.
impl Deref for Bench {
    type Target = Desk;

    fn deref(&self) -> &Desk {
        &self.desk
    }
}

impl Bench {
    /// A claim about a job that is not over.
    fn claiming(&self, claim: B256) -> Option<Claiming> {
        self.claims.lock().get(&claim).cloned()
    }

    /// Whether no block can come any more at this Unix second or before: the newest is later or, on a chain that makes
    /// none, this machine's clock is by far.
    pub(crate) async fn passed(&self, second: u64) -> bool {
        unix_seconds() > second.saturating_add(CLOCK_AHEAD_MAX)
            || self.client.head_time().await.is_ok_and(|newest| newest > second)
    }
}

/// A job that the index reported open. Nothing in it is believed.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    pub(crate) id: U256,
    pub(crate) order: U256,
    pub(crate) posted_block: u64,
    /// Why it was not taken when it was last looked at.
    pub(crate) refused: Option<Skip>,
    /// How often the node did not know it.
    pub(crate) denials: u32,
}

/// How an attempt or a resumption ended.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// Paid.
    Settled,
    /// Delivered: what becomes of it shows within days ([`vigil`]).
    Claimed,
    /// Not taken.
    Skipped(Skip),
    /// Taken and not paid.
    Failed(End),
    /// The node could not be asked; nothing was begun.
    Unreachable,
}

/// How a transaction ended.
enum Landed {
    Done,
    Reverted,
    Replaced,
    Refused,
    /// Its time is over; in a block it would fail.
    Late,
}

/// A kind of transaction of a job.
struct Kind {
    sent: &'static str,
    record: fn(U256, SignedTx) -> Record,
}

const TAKING: Kind = Kind { sent: "take-sent", record: |job, tx| Record::Taking { job, tx } };
const SUBMITTING: Kind = Kind { sent: "submit-sent", record: |job, tx| Record::Submitting { job, tx } };

/// A job as the chain has it.
#[derive(Clone)]
struct Found {
    order: Arc<Order>,
    state: JobState,
}

/// A job that was taken.
enum Due {
    /// Still to be done by this worker.
    Work(Found),
    Over(Outcome),
}

/// A job of this worker's: what is known of it and since when.
struct Life<'a> {
    bench: &'a Bench,
    job: U256,
    /// Once it was read.
    order: Option<Arc<Order>>,
    gas: U256,
    since: Instant,
}

/// Decides about an open job and, if it is good, sees it through.
pub(crate) async fn attempt(bench: &Bench, candidate: Candidate) -> Result<Outcome, JournalError> {
    let since = Instant::now();
    let mut life = Life { bench, job: candidate.id, order: None, gas: U256::ZERO, since };
    let ready = match life.prepare(&candidate).await {
        Ok(ready) => ready,
        Err(Fault::Skip(why)) => return Ok(Outcome::Skipped(why)),
        Err(Fault::Unreachable(error)) => {
            tracing::debug!(job = %candidate.id, %error, "cannot look at a job now");
            return Ok(Outcome::Unreachable);
        }
    };
    let Ready { tx, take_by, answer } = ready;
    life.record(Record::Taking { job: life.job, tx: tx.clone() }, "taking").await?;
    if let Some(outcome) = life.take(tx, take_by).await? {
        return Ok(outcome);
    }
    match answer {
        Answer::Output(output) => {
            life.record(Record::Computed { job: life.job, output: output.clone() }, "computed").await?;
            life.submit(output).await
        }
        Answer::Claim(work, promise) => {
            let outcome = life.claim(Some(work)).await;
            drop(promise);
            outcome
        }
    }
}

/// Sees a job through whose answer was claimed.
pub(crate) async fn vigil(bench: &Bench, job: U256) -> Result<Outcome, JournalError> {
    let life = Life { bench, job, order: None, gas: U256::ZERO, since: Instant::now() };
    life.watch_over().await
}

/// Continues a job where the journal left it.
pub(crate) async fn resume(bench: &Bench, job: U256, stage: Stage) -> Result<Outcome, JournalError> {
    let mut life = Life { bench, job, order: None, gas: U256::ZERO, since: Instant::now() };
    tracing::info!(%job, stage = stage_name(&stage), "continuing a job from the journal");
    match stage {
        Stage::Taking { tx } => {
            let Some(found) = life.read().await else { return life.end(End::Unknown).await };
            match life.take(tx, found.order.take_by()).await? {
                Some(outcome) => Ok(outcome),
                None => life.redo().await,
            }
        }
        Stage::Taken => life.redo().await,
        Stage::Computed { output } => life.submit(output).await,
        Stage::Submitting { output, tx } => {
            let Some(found) = life.read().await else { return life.end(End::Unknown).await };
            life.land(tx, &SUBMITTING, found.state.deadline).await?;
            life.submit(output).await
        }
    }
}

fn stage_name(stage: &Stage) -> &'static str {
    match stage {
        Stage::Taking { .. } => "taking",
        Stage::Taken => "taken",
        Stage::Computed { .. } => "computed",
        Stage::Submitting { .. } => "submitting",
    }
}

impl Life<'_> {
    /// Sees the taking through; `None` when the job is this worker's.
    async fn take(&mut self, tx: SignedTx, take_by: u64) -> Result<Option<Outcome>, JournalError> {
        let why = match self.land(tx, &TAKING, take_by).await? {
            Landed::Done => None,
            Landed::Late => Some(Skip::TooLate),
            Landed::Refused | Landed::Reverted | Landed::Replaced => Some(Skip::TransactionRefused),
        };
        if let Some(why) = why {
            let Some(found) = self.read().await else { return self.end(End::Unknown).await.map(Some) };
            if found.state.phase == Phase::Untaken || found.state.worker != self.bench.worker {
                // While nobody took it, it was not another worker, but this one's stake, nonce or time.
                let why = if found.state.phase == Phase::Untaken { why } else { Skip::LostRace };
                return self.end(End::NotTaken(why)).await.map(Some);
            }
        }
        self.record(Record::Taken { job: self.job }, "taken").await?;
        Ok(None)
    }

    /// Computes again after a restart, then submits.
    async fn redo(mut self) -> Result<Outcome, JournalError> {
        let Some(Found { order, .. }) = self.read().await else { return self.end(End::Unknown).await };
        if claimed::is_claimed(order.terms.kind) {
            return self.claim(None).await;
        }
        loop {
            let found = match self.due().await? {
                Due::Work(found) => found,
                Due::Over(outcome) => return Ok(outcome),
            };
            match self.compute(&found.order).await {
                Ok(output) => {
                    let record = Record::Computed { job: self.job, output: output.clone() };
                    self.record(record, "computed").await?;
                    return self.submit(output).await;
                }
                Err(Fault::Unreachable(_) | Fault::Skip(Skip::Unknown)) => sleep(AGAIN).await,
                Err(Fault::Skip(why)) => return self.end(End::Undoable(why)).await,
            }
        }
    }

    /// Submits until the chain says that the job is over, at the latest when its time has passed.
    async fn submit(mut self, output: Bytes) -> Result<Outcome, JournalError> {
        loop {
            let Found { order, state } = match self.due().await? {
                Due::Work(found) => found,
                Due::Over(outcome) => return Ok(outcome),
            };
            let Ok(delivery) = order.answer(self.job, output.clone()) else {
                return self.end(End::Undoable(Skip::InputUnknown)).await;
            };
            match self.bench.client.jobs().sign_settle(&order, vec![delivery]).await {
                Ok(tx) => {
                    self.record(Record::Submitting { job: self.job, tx: tx.clone() }, "submitting").await?;
                    if matches!(self.land(tx, &SUBMITTING, state.deadline).await?, Landed::Refused) {
                        sleep(AGAIN).await;
                    }
                }
                Err(error) => {
                    tracing::debug!(job = %self.job, %error, "cannot submit now");
                    sleep(AGAIN).await;
                }
            }
        }
    }

    /// What the chain says of a job that was taken. Its end is recorded.
    async fn due(&mut self) -> Result<Due, JournalError> {
        let Some(mut found) = self.read().await else { return self.end(End::Unknown).await.map(Due::Over) };
        let own = found.state.worker == self.bench.worker;
        if own && found.state.phase == Phase::Taken && self.bench.passed(found.state.deadline).await {
            // Read again: the last block in time may have brought the answer since.
            let Some(again) = self.read().await else { return self.end(End::Unknown).await.map(Due::Over) };
            found = again;
            if found.state.phase == Phase::Taken {
                return self.end(End::Expired).await.map(Due::Over);
            }
        }
        let end = match found.state.phase {
            Phase::Settled if own => return self.settled(&found.order).await.map(Due::Over),
            Phase::Taken if own => return Ok(Due::Work(found)),
            Phase::Rejected if own => End::Rejected,
            Phase::Expired if own => End::Expired,
            _ => End::NotTaken(Skip::LostRace),
        };
        self.end(end).await.map(Due::Over)
    }

    async fn settled(&mut self, order: &Order) -> Result<Outcome, JournalError> {
        let paid = loop {
            match self.bench.client.jobs().paid(order, self.job).await {
                Ok(Some(paid)) => break paid,
                Ok(None) => tracing::warn!(job = %self.job, "a settled job without a log of its pay"),
                Err(error) => tracing::debug!(job = %self.job, %error, "cannot read what a job paid"),
            }
            sleep(AGAIN).await;
        };
        self.record(Record::Settled { job: self.job, paid_wei: paid, gas_wei: self.gas }, "settled").await?;
        self.bench.tally.settled(self.job, paid, self.gas, self.since);
        Ok(Outcome::Settled)
    }

    async fn end(&mut self, why: End) -> Result<Outcome, JournalError> {
        self.record(Record::Ended { job: self.job, why, gas_wei: self.gas }, "ended").await?;
        let outcome = match why {
            End::NotTaken(why) => return Ok(Outcome::Skipped(why)),
            End::Unknown => {
                tracing::warn!(job = %self.job, "the chain does not know a job of the journal");
                return Ok(Outcome::Skipped(Skip::Unknown));
            }
            End::Rejected => "rejected",
            End::Expired => "expired",
            End::Undoable(_) => "undoable",
        };
        tracing::error!(job = %self.job, outcome, "a job was taken and not paid");
        self.bench.tally.failed(self.job, outcome, self.gas, self.since);
        Ok(Outcome::Failed(why))
    }

    async fn record(&self, record: Record, step: &str) -> Result<(), JournalError> {
        self.bench.journal.record(record).await?;
        crash::after(step);
        Ok(())
    }

    /// Sees a transaction through until it is in a block, provably never will be, or would be late there. While its bid
    /// is too low it bids higher, each bid in the journal before any node sees it.
    async fn land(&mut self, tx: SignedTx, kind: &Kind, until: u64) -> Result<Landed, JournalError> {
        let client = &self.bench.client;
        let (mut lower, mut newest) = (Vec::new(), tx);
        let landed = loop {
            let sent = match client.broadcast(&newest).await {
                Ok(()) => {
                    crash::after(kind.sent);
                    client.confirm(&newest, LOOK).await.map(drop)
                }
                refused => refused,
            };
            match sent {
                Ok(()) => break Landed::Done,
                Err(Error::Replaced { .. }) => break Landed::Replaced,
                Err(error) if error.is_revert() => {
                    tracing::info!(job = %self.job, %error, "a transaction failed on chain");
                    break Landed::Reverted;
                }
                Err(Error::Unconfirmed { .. }) => {}
                Err(Error::Rpc { message, .. }) => {
                    tracing::warn!(job = %self.job, %message, "the node refuses a transaction");
                    let Some(stands) = lower.pop() else { break Landed::Refused };
                    newest = stands;
                    self.bench.journal.record((kind.record)(self.job, newest.clone())).await?;
                    continue;
                }
                Err(error) => {
                    tracing::debug!(job = %self.job, %error, "a transaction cannot be sent now");
                    sleep(AGAIN).await;
                }
            }
            if self.bench.passed(until).await {
                break Landed::Late;
            }
            if let Ok(Some(higher)) = client.rebid(&newest).await {
                self.bench.journal.record((kind.record)(self.job, higher.clone())).await?;
                lower.push(std::mem::replace(&mut newest, higher));
            }
        };
        for bid in lower.iter().chain([&newest]) {
            self.add_gas(bid).await;
        }
        Ok(landed)
    }

    /// The chain's record; asks until there is an answer. `None` when the chain has denied the job for long enough.
    async fn read(&mut self) -> Option<Found> {
        let start = Instant::now();
        loop {
            match self.look().await {
                Ok(found) => return Some(found),
                Err(Error::Market(IJobMarketErrors::JobUnknown(_))) if start.elapsed() > DENIAL => return None,
                Err(error) => {
                    tracing::warn!(job = %self.job, %error, "cannot read a job");
                    sleep(AGAIN).await;
                }
            }
        }
    }

    async fn look(&mut self) -> Result<Found, Error> {
        let jobs = self.bench.client.jobs();
        let order = match &self.order {
            Some(order) => Arc::clone(order),
            None => Arc::new(jobs.order_of(self.job).await?),
        };
        let state = jobs.state(&order, self.job).await?;
        self.order = Some(Arc::clone(&order));
        Ok(Found { order, state })
    }

    async fn add_gas(&mut self, tx: &SignedTx) {
        if let Ok(Some(receipt)) = self.bench.client.receipt(tx.hash).await {
            let wei = u128::from(receipt.gas_used).saturating_mul(receipt.effective_gas_price);
            self.gas = self.gas.saturating_add(U256::from(wei));
        }
    }
}

pub(crate) fn unix_seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}
