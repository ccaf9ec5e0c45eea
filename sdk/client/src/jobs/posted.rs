use std::{
    future::{Future, IntoFuture},
    pin::Pin,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use alloy::{
    primitives::{Address, B256, Bytes, U256},
    rpc::types::{Log, TransactionReceipt},
};
use edgeloom_bindings::IJobMarket::{JobPosted, Phase, Reason};
use tokio::time::{Instant, timeout_at};

use crate::{Client, Closing, Error};

/// How often the chain's record is read besides the logs, in case a log was missed.
const RECHECK: Duration = Duration::from_secs(5);

/// A job on chain, and a way to wait for its end.
#[derive(Clone, Debug)]
pub struct PostedJob {
    client: Client,
    /// Job number.
    pub id: U256,
    /// The posting transaction.
    pub tx: B256,
    /// Its block.
    pub block: u64,
    /// Gas that posting used; 0 for a job that was looked up.
    pub gas_used: u64,
    /// Unix seconds until which workers may take it.
    pub take_by: u64,
    /// Seconds the taker may work.
    pub work_seconds: u64,
}

/// A paid answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobResult {
    /// Job number.
    pub id: U256,
    /// The answer, as the chain computed it.
    pub output: Bytes,
    /// Who was paid.
    pub worker: Address,
    /// What the worker was paid, wei.
    pub paid: U256,
    /// Why the job ended: [`Reason::CorrectAnswer`].
    pub reason: Reason,
    /// Block of the submission.
    pub block: u64,
    /// The submission.
    pub tx: B256,
}

impl PostedJob {
    pub(super) fn new(client: Client, posted: &JobPosted, receipt: &TransactionReceipt) -> Self {
        Self {
            client,
            id: posted.jobId,
            tx: receipt.transaction_hash,
            block: receipt.block_number.unwrap_or_default(),
            gas_used: receipt.gas_used,
            take_by: posted.takeBy,
            work_seconds: posted.workSeconds,
        }
    }

    pub(super) fn of_log(client: Client, posted: &JobPosted, log: &Log) -> Self {
        Self {
            client,
            id: posted.jobId,
            tx: log.transaction_hash.unwrap_or_default(),
            block: log.block_number.unwrap_or_default(),
            gas_used: 0,
            take_by: posted.takeBy,
            work_seconds: posted.workSeconds,
        }
    }

    /// Waits for the paid answer, until every deadline of the job and [`crate::Deadlines::grace`] have passed.
    ///
    /// # Errors
    /// [`Error::NotSettled`] when the job ends otherwise, with the chain's reason; [`Error::Timeout`] when it does not
    /// end (nobody need call `expire`).
    pub async fn result(&self) -> Result<JobResult, Error> {
        self.result_within(self.patience()).await
    }

    /// [`Self::result`] with a deadline of the caller's.
    ///
    /// # Errors
    /// As [`Self::result`].
    pub async fn result_within(&self, after: Duration) -> Result<JobResult, Error> {
        let Closing { id, phase, reason, worker, paid, output, block, tx } = self.closed_within(after).await?;
        match output {
            Some(output) if phase == Phase::Settled => Ok(JobResult { id, output, worker, paid, reason, block, tx }),
            _ => Err(Error::NotSettled { id, phase, reason, worker }),
        }
    }

    /// Waits for the end of the job, whatever it is.
    ///
    /// # Errors
    /// [`Error::Timeout`] when it does not end in time.
    pub async fn closed_within(&self, after: Duration) -> Result<Closing, Error> {
        let deadline = Instant::now() + after;
        // The watch begins before the chain is read: a closing in between is seen by one of the two.
        let late = || Error::Timeout { what: format!("end of job {}", self.id), after };
        let watching = timeout_at(deadline, self.client.follow().closing(self.id)).await;
        let mut closing = watching.map_err(|_| late())??;
        loop {
            match timeout_at(deadline, self.read()).await.map_err(|_| late())? {
                Ok(Some(closing)) => return Ok(closing),
                Ok(None) => {}
                Err(error) if error.is_transient() => tracing::debug!(job = %self.id, %error, "cannot read a job now"),
                Err(error) => return Err(error),
            }
            let until = deadline.min(Instant::now() + RECHECK);
            if let Ok(closed) = timeout_at(until, &mut closing).await {
                return closed.map_err(|_| Error::Missing("a running task: the runtime is shutting down"));
            }
            if Instant::now() >= deadline {
                return Err(late());
            }
        }
    }

    async fn read(&self) -> Result<Option<Closing>, Error> {
        match self.client.jobs().get(self.id).await?.phase {
            Phase::None | Phase::Open | Phase::Taken => Ok(None),
            _ => self.client.jobs().closing(self.id, self.block).await,
        }
    }

    fn patience(&self) -> Duration {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let last = Duration::from_secs(self.take_by.saturating_add(self.work_seconds));
        last.saturating_sub(now) + self.client.rpc().deadlines.grace
    }
}

impl IntoFuture for PostedJob {
    type Output = Result<JobResult, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.result().await })
    }
}
