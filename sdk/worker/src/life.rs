//! The life of one job, step by step. Each step is in the journal before the next begins, and each can be the first after a
//! restart: what the journal says is checked against the chain, which decides.

mod prepare;

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use alloy::primitives::{Address, Bytes, U256};
use edgeloom_bindings::IJobMarket::{Job, Phase};
use edgeloom_sdk::{Client, Error, SignedTx};
use prepare::{Fault, Ready};
use tokio::time::sleep;

use crate::{
    Skip, crash,
    journal::{End, Journal, JournalError, Record, Stage},
    plan::Policy,
    shelf::Shelf,
    tally::Tally,
};

/// Pause before something that failed for now is tried again.
const AGAIN: Duration = Duration::from_millis(500);

/// What every job needs.
#[derive(Debug)]
pub(crate) struct Bench {
    pub(crate) client: Client,
    pub(crate) worker: Address,
    pub(crate) journal: Journal,
    pub(crate) shelf: Shelf,
    pub(crate) tally: Tally,
    pub(crate) policy: Policy,
}

/// A job that the index reported open. Nothing in it is believed.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    pub(crate) id: U256,
    pub(crate) posted_block: u64,
    /// Why it was not taken when it was last looked at.
    pub(crate) refused: Option<Skip>,
}

/// How an attempt or a resumption ended.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// Paid.
    Settled,
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
}

/// A job of this worker's: what is known of it and since when.
struct Life<'a> {
    bench: &'a Bench,
    job: U256,
    posted_block: u64,
    gas: U256,
    since: Instant,
}

/// Decides about an open job and, if it is good, sees it through.
pub(crate) async fn attempt(bench: &Bench, candidate: Candidate) -> Result<Outcome, JournalError> {
    let since = Instant::now();
    let mut life = Life { bench, job: candidate.id, posted_block: candidate.posted_block, gas: U256::ZERO, since };
    let ready = match life.prepare().await {
        Ok(ready) => ready,
        Err(Fault::Skip(why)) => return Ok(Outcome::Skipped(why)),
        Err(Fault::Unreachable(error)) => {
            tracing::debug!(job = %candidate.id, %error, "cannot look at a job now");
            return Ok(Outcome::Unreachable);
        }
    };
    let Ready { tx, input, output } = ready;
    life.record(Record::Taking { job: life.job, tx: tx.clone() }, "taking").await?;
    if let Some(outcome) = life.take(&tx).await? {
        return Ok(outcome);
    }
    life.record(Record::Computed { job: life.job, output: output.clone() }, "computed").await?;
    life.submit(input, output).await
}

/// Continues a job where the journal left it.
pub(crate) async fn resume(bench: &Bench, job: U256, stage: Stage) -> Result<Outcome, JournalError> {
    let mut life = Life { bench, job, posted_block: 0, gas: U256::ZERO, since: Instant::now() };
    tracing::info!(%job, stage = stage_name(&stage), "continuing a job from the journal");
    match stage {
        Stage::Taking { tx } => match life.take(&tx).await? {
            Some(outcome) => Ok(outcome),
            None => life.redo().await,
        },
        Stage::Taken => life.redo().await,
        Stage::Computed { output } => life.submit_again(output).await,
        Stage::Submitting { output, tx } => {
            life.land(&tx, "submit-sent").await;
            life.add_gas(&tx).await;
            life.submit_again(output).await
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
    async fn take(&mut self, tx: &SignedTx) -> Result<Option<Outcome>, JournalError> {
        let landed = self.land(tx, "take-sent").await;
        self.add_gas(tx).await;
        let why = match landed {
            Landed::Done => {
                self.record(Record::Taken { job: self.job }, "taken").await?;
                return Ok(None);
            }
            Landed::Refused => Skip::TransactionRefused,
            Landed::Reverted | Landed::Replaced => {
                let job = self.read().await;
                if job.phase != Phase::Open && job.worker == self.bench.worker {
                    self.record(Record::Taken { job: self.job }, "taken").await?;
                    return Ok(None);
                }
                // Still open: it was not another worker, but this one's stake or nonce.
                if job.phase == Phase::Open { Skip::TransactionRefused } else { Skip::LostRace }
            }
        };
        self.end(End::NotTaken(why)).await.map(Some)
    }

    /// Computes again after a restart, then submits.
    async fn redo(mut self) -> Result<Outcome, JournalError> {
        loop {
            let job = self.read().await;
            if let Some(outcome) = self.closed(&job).await? {
                return Ok(outcome);
            }
            let work = async {
                let input = self.input(&job).await?;
                let output = self.compute(&job, input.clone()).await?;
                Ok((input, output))
            };
            match work.await {
                Ok((input, output)) => {
                    let record = Record::Computed { job: self.job, output: output.clone() };
                    self.record(record, "computed").await?;
                    return self.submit(input, output).await;
                }
                Err(Fault::Skip(why)) => return self.end(End::Undoable(why)).await,
                Err(Fault::Unreachable(_)) => sleep(AGAIN).await,
            }
        }
    }

    async fn submit_again(mut self, output: Bytes) -> Result<Outcome, JournalError> {
        loop {
            let job = self.read().await;
            if let Some(outcome) = self.closed(&job).await? {
                return Ok(outcome);
            }
            match self.input(&job).await {
                Ok(input) => return self.submit(input, output).await,
                Err(Fault::Skip(why)) => return self.end(End::Undoable(why)).await,
                Err(Fault::Unreachable(_)) => sleep(AGAIN).await,
            }
        }
    }

    /// Submits until the chain says that the job is over. Its deadline bounds the loop.
    async fn submit(mut self, input: Bytes, output: Bytes) -> Result<Outcome, JournalError> {
        loop {
            let jobs = self.bench.client.jobs();
            match jobs.sign_submit(self.job, input.clone(), output.clone()).await {
                Ok(tx) => {
                    self.record(Record::Submitting { job: self.job, tx: tx.clone() }, "submitting").await?;
                    let landed = self.land(&tx, "submit-sent").await;
                    self.add_gas(&tx).await;
                    if matches!(landed, Landed::Refused) {
                        sleep(AGAIN).await;
                    }
                }
                Err(error) => {
                    tracing::debug!(job = %self.job, %error, "cannot submit now");
                    sleep(AGAIN).await;
                }
            }
            let job = self.read().await;
            if let Some(outcome) = self.closed(&job).await? {
                return Ok(outcome);
            }
        }
    }

    /// The end of the job, if the chain or the clock has ended it for this worker.
    async fn closed(&mut self, job: &Job) -> Result<Option<Outcome>, JournalError> {
        let own = job.worker == self.bench.worker;
        let end = match job.phase {
            Phase::Settled if own => return self.settled(job).await.map(Some),
            Phase::Rejected if own => End::Rejected,
            Phase::Expired if own => End::Expired,
            Phase::Taken if own && unix_seconds() <= job.submitBy => return Ok(None),
            Phase::Taken if own => End::Expired,
            _ => End::NotTaken(Skip::LostRace),
        };
        self.end(end).await.map(Some)
    }

    async fn settled(&mut self, job: &Job) -> Result<Outcome, JournalError> {
        let paid = U256::from(job.price);
        self.record(Record::Settled { job: self.job, paid_wei: paid, gas_wei: self.gas }, "settled").await?;
        self.bench.tally.settled(self.job, paid, self.gas, self.since);
        Ok(Outcome::Settled)
    }

    async fn end(&mut self, why: End) -> Result<Outcome, JournalError> {
        self.record(Record::Ended { job: self.job, why, gas_wei: self.gas }, "ended").await?;
        let outcome = match why {
            End::NotTaken(why) => return Ok(Outcome::Skipped(why)),
            End::Rejected => "rejected",
            End::Expired => "expired",
            End::Undoable(_) => "undoable",
        };
        tracing::error!(job = %self.job, outcome, "a job was taken and not paid");
        self.bench.tally.failed(self.job, outcome, self.gas, self.since);
        Ok(Outcome::Failed(why))
    }

    async fn record(&self, record: Record, step: &str) -> Result<(), JournalError> {
        self.bench.journal.record(&record).await?;
        crash::after(step);
        Ok(())
    }

    /// Broadcasts until the transaction is in a block or provably never will be.
    async fn land(&self, tx: &SignedTx, step: &str) -> Landed {
        let client = &self.bench.client;
        loop {
            match client.broadcast(tx).await {
                Ok(()) => crash::after(step),
                Err(Error::Replaced { .. }) => return Landed::Replaced,
                Err(Error::Rpc { message, .. }) => {
                    tracing::warn!(job = %self.job, %message, "the node refuses a transaction");
                    return Landed::Refused;
                }
                Err(_) => {
                    sleep(AGAIN).await;
                    continue;
                }
            }
            match client.confirm(tx).await {
                Ok(_) => return Landed::Done,
                Err(Error::Replaced { .. }) => return Landed::Replaced,
                Err(Error::Rpc { .. }) => return Landed::Refused,
                Err(error) if error.is_revert() => {
                    tracing::info!(job = %self.job, %error, "a transaction failed on chain");
                    return Landed::Reverted;
                }
                Err(error) => tracing::warn!(job = %self.job, %error, "still waiting for a transaction"),
            }
        }
    }

    /// The chain's record; asks until there is an answer.
    async fn read(&self) -> Job {
        loop {
            match self.bench.client.jobs().get(self.job).await {
                Ok(job) => return job,
                Err(error) => {
                    tracing::warn!(job = %self.job, %error, "cannot read a job");
                    sleep(AGAIN).await;
                }
            }
        }
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
