//! One task per client that waits for transactions and jobs on behalf of everybody: at each new block it asks once for all
//! receipts that somebody waits for, and once for all jobs that closed.

mod actor;

use alloy::{
    primitives::{Address, B256, Bytes, U256},
    rpc::types::{Log, TransactionReceipt},
    sol_types::SolEvent,
};
use edgeloom_bindings::IJobMarket::{self, Phase, Reason};
use tokio::sync::{mpsc, oneshot, watch};

use crate::{Error, rpc::Rpc};

/// How a job ended.
#[derive(Clone, Debug)]
pub struct Closing {
    /// Job number.
    pub id: U256,
    /// Terminal phase.
    pub phase: Phase,
    /// The chain's reason code.
    pub reason: Reason,
    /// The worker, zero when nobody took the job.
    pub worker: Address,
    /// Paid to the worker, wei.
    pub paid: U256,
    /// Hash of what decided it, or zero.
    pub evidence: B256,
    /// The answer that the chain computed, if the job is settled.
    pub output: Option<Bytes>,
    /// Block of the closing transaction.
    pub block: u64,
    /// The closing transaction.
    pub tx: B256,
}

/// Requests that the task serves. The queue is bounded: a caller waits while the task is busy.
enum Ask {
    /// Reply when the transaction is in a block.
    Receipt { tx: B256, reply: oneshot::Sender<TransactionReceipt> },
    /// Say when the watch has begun, then reply when the job closes in a later block, or with nothing when those jobs of its order end
    /// that nobody took: it may be one of them.
    Closing { id: U256, order: U256, begun: oneshot::Sender<()>, reply: oneshot::Sender<Option<Closing>> },
}

/// The task's mailbox.
#[derive(Clone, Debug)]
pub(crate) struct Follow {
    mailbox: mpsc::Sender<Ask>,
}

impl Follow {
    pub(crate) fn start(rpc: Rpc, heads: watch::Receiver<u64>) -> Self {
        let (mailbox, asks) = mpsc::channel(256);
        tokio::spawn(actor::Actor::new(rpc, heads, asks).run());
        Self { mailbox }
    }

    /// Resolves when `tx` is in a block. Never fails by itself: the caller sets the deadline.
    pub(crate) async fn receipt(&self, tx: B256) -> Result<TransactionReceipt, Error> {
        let (reply, receipt) = oneshot::channel();
        self.ask(Ask::Receipt { tx, reply }).await?;
        receipt.await.map_err(|_| gone())
    }

    /// Begins to watch a job. When this returns, every closing in a block that the caller has not yet seen will resolve
    /// the receiver: to `None` where the chain has to be read to know.
    pub(crate) async fn closing(&self, id: U256, order: U256) -> Result<oneshot::Receiver<Option<Closing>>, Error> {
        let (reply, closing) = oneshot::channel();
        let (begun, begins) = oneshot::channel();
        self.ask(Ask::Closing { id, order, begun, reply }).await?;
        begins.await.map_err(|_| gone())?;
        Ok(closing)
    }

    async fn ask(&self, ask: Ask) -> Result<(), Error> {
        self.mailbox.send(ask).await.map_err(|_| gone())
    }
}

/// The task lives as long as a client does, so this is seen only while the runtime shuts down.
fn gone() -> Error {
    Error::Missing("a running task: the runtime is shutting down")
}

/// Reads the closings out of the market's logs. The answer's log comes before the closing's in the same transaction.
pub(crate) fn closings(logs: &[Log]) -> Vec<Closing> {
    let mut answer: Option<(U256, Bytes)> = None;
    let mut closed = Vec::new();
    for log in logs {
        let Some(topic) = log.topic0() else { continue };
        if *topic == IJobMarket::JobAnswered::SIGNATURE_HASH {
            answer = log.log_decode_validate::<IJobMarket::JobAnswered>().ok().map(|decoded| {
                let data = decoded.inner.data;
                (data.jobId, data.output)
            });
        } else if *topic == IJobMarket::JobClosed::SIGNATURE_HASH
            && let Ok(decoded) = log.log_decode_validate::<IJobMarket::JobClosed>()
        {
            let event = decoded.inner.data;
            let output = answer.take().filter(|(id, _)| *id == event.jobId).map(|(_, output)| output);
            closed.push(Closing {
                id: event.jobId,
                phase: event.phase,
                reason: event.reason,
                worker: event.worker,
                paid: U256::from(event.paid),
                evidence: event.evidence,
                output,
                block: log.block_number.unwrap_or_default(),
                tx: log.transaction_hash.unwrap_or_default(),
            });
        }
    }
    closed
}

/// Orders that ended as far as nobody had taken their jobs.
fn returned(logs: &[Log]) -> impl Iterator<Item = U256> {
    let returned = logs.iter().filter_map(|log| log.log_decode_validate::<IJobMarket::JobsReturned>().ok());
    returned.map(|decoded| decoded.inner.data.order)
}

#[cfg(test)]
mod tests;
