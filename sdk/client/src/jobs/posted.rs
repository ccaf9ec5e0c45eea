use std::{
    future::{Future, IntoFuture},
    pin::Pin,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use alloy::primitives::{Address, B256, Bytes, U256};
use edgeloom_bindings::IJobMarket::{Phase, Reason};
use tokio::time::{Instant, timeout_at};

use super::{ATTESTED, DISPUTABLE, INFERENCE, Order, SEALED};
use crate::{Client, Closing, Error};

/// How often the chain's record is read besides the logs, in case a log was missed.
const RECHECK: Duration = Duration::from_secs(5);

/// A job on chain, and a way to wait for its end.
#[derive(Clone, Debug)]
pub struct PostedJob {
    client: Client,
    /// Job number.
    pub id: U256,
    /// The order that it is in.
    pub order: Arc<Order>,
    /// The posting transaction.
    pub tx: B256,
    /// Its block.
    pub block: u64,
    /// Gas that posting the whole order used; 0 for a job that was looked up.
    pub gas_used: u64,
}

/// A paid answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobResult {
    /// Job number.
    pub id: U256,
    /// The answer, as the chain computed it, or as its worker published it with its claim. Nothing where it is sealed ([`crate::Seals::open`]), attested, or
    /// too long to be published.
    pub output: Bytes,
    /// Who was paid.
    pub worker: Address,
    /// What the worker was paid, wei.
    pub paid: U256,
    /// Why the job ended: [`Reason::CorrectAnswer`], and for jobs whose answer is not in their end also [`Reason::AcceptedByRequester`].
    pub reason: Reason,
    /// Block of the submission.
    pub block: u64,
    /// The submission.
    pub tx: B256,
}

impl PostedJob {
    pub(super) fn new(client: Client, id: U256, order: Order, gas_used: u64) -> Self {
        Self { client, id, tx: order.tx, block: order.block, gas_used, order: Arc::new(order) }
    }

    /// Every job of the order.
    pub fn siblings(&self) -> impl Iterator<Item = Self> + use<'_> {
        self.order.jobs().map(|id| Self { id, ..self.clone() })
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
        let Closing { id, phase, reason, worker, paid, output, block, tx, .. } = self.closed_within(after).await?;
        let output = match output {
            _ if phase != Phase::Settled => None,
            None if self.order.terms.kind == DISPUTABLE => {
                Some(self.client.disputable().answer_of(worker, id).await?.unwrap_or_default())
            }
            None if self.order.terms.kind != INFERENCE => Some(Bytes::new()),
            output => output,
        };
        let output = output.ok_or(Error::NotSettled { id, phase, reason, worker })?;
        Ok(JobResult { id, output, worker, paid, reason, block, tx })
    }

    /// Waits for the end of the job, whatever it is.
    ///
    /// # Errors
    /// [`Error::Timeout`] when it does not end in time.
    pub async fn closed_within(&self, after: Duration) -> Result<Closing, Error> {
        let deadline = Instant::now() + after;
        let late = || Error::Timeout { what: format!("end of job {}", self.id), after };
        loop {
            // The watch begins before the chain is read: a closing in between is seen by one of the two.
            let watching = timeout_at(deadline, self.client.follow().closing(self.id, self.order.number)).await;
            let closing = watching.map_err(|_| late())??;
            match timeout_at(deadline, self.read()).await.map_err(|_| late())? {
                Ok(Some(closing)) => return Ok(closing),
                Ok(None) => {}
                Err(error) if error.is_transient() => tracing::debug!(job = %self.id, %error, "cannot read a job now"),
                Err(error) => return Err(error),
            }
            let until = deadline.min(Instant::now() + RECHECK);
            if let Ok(seen) = timeout_at(until, closing).await
                && let Some(closing) =
                    seen.map_err(|_| Error::Missing("a running task: the runtime is shutting down"))?
            {
                return Ok(closing);
            }
            if Instant::now() >= deadline {
                return Err(late());
            }
        }
    }

    async fn read(&self) -> Result<Option<Closing>, Error> {
        match self.client.jobs().state(&self.order, self.id).await?.phase {
            Phase::Untaken | Phase::Taken => Ok(None),
            _ => self.client.jobs().closing(&self.order, self.id).await,
        }
    }

    fn patience(&self) -> Duration {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let work = u64::from(self.order.terms.workSeconds).saturating_add(decided_after(self.order.terms.kind));
        let last = Duration::from_secs(self.order.take_by().saturating_add(work));
        last.saturating_sub(now) + self.client.rpc().deadlines.grace
    }
}

/// Seconds after a job's deadline in which its end is decided, at the latest: the life of a claim (`IDisputable`), a committee's turns (`IAttested`), and what
/// somebody may complain of and demand (`ISealed`).
#[must_use]
pub const fn decided_after(kind: u16) -> u64 {
    const HOUR: u64 = 3600;
    match kind {
        DISPUTABLE => 72 * HOUR,
        ATTESTED => 2 * HOUR,
        SEALED => 76 * HOUR,
        _ => 0,
    }
}

impl IntoFuture for PostedJob {
    type Output = Result<JobResult, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.result().await })
    }
}
