use std::collections::VecDeque;

use alloy::{
    primitives::{Address, B256, Bytes, U256},
    rpc::types::{Filter, Log},
    sol_types::SolEventInterface,
};
use edgeloom_bindings::{
    IJobMarket::{IJobMarketEvents, Phase, Reason},
    ITill::ITillEvents,
    addresses::JOB_MARKET,
};
use futures::{Stream, stream};
use tokio::sync::watch;

use crate::{Client, Error, credits::is_of_credits, rpc::RANGE};

/// What happened to a job.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum JobEventKind {
    /// An order was posted; the event's number is that of its first job.
    Posted {
        /// Who pays.
        requester: Address,
        /// How many jobs it has.
        count: u32,
        /// The model to run.
        model_id: B256,
        /// In escrow for each job, wei.
        price: U256,
        /// Stake that the worker of each locks, wei.
        bond: U256,
        /// Unix seconds until which they may be taken.
        take_by: u64,
        /// Seconds a taker may work.
        work_seconds: u64,
        /// The model's inputs, one after the other.
        inputs: Bytes,
    },
    /// A worker took it.
    Taken {
        /// Number of its order.
        order: U256,
        /// Who.
        worker: Address,
        /// Unix seconds until which the worker may deliver.
        deadline: u64,
    },
    /// Those jobs of an order ended that nobody took; the event's number is the order's.
    Returned {
        /// Cancelled or expired.
        phase: Phase,
        /// The chain's reason code.
        reason: Reason,
        /// How many they are.
        count: u64,
        /// To the requester, wei.
        refunded: U256,
    },
    /// The chain computed and accepted this answer.
    Answered {
        /// The answer.
        output: Bytes,
    },
    /// It ended.
    Closed {
        /// Terminal phase.
        phase: Phase,
        /// The chain's reason code.
        reason: Reason,
        /// The worker.
        worker: Address,
        /// Paid to the worker, wei.
        paid: U256,
    },
}

/// An event with its place in the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobEvent {
    /// Job number.
    pub id: U256,
    /// What happened.
    pub kind: JobEventKind,
    /// Block height.
    pub block: u64,
    /// Position among the block's logs: (block, log) orders all events.
    pub log: u64,
    /// The transaction.
    pub tx: B256,
}

/// Where a stream of events begins. See [`super::Jobs::from`].
#[derive(Clone, Debug)]
pub struct Events {
    client: Client,
    from: u64,
}

struct Cursor {
    client: Client,
    heads: watch::Receiver<u64>,
    /// First block not read.
    next: u64,
    ready: VecDeque<JobEvent>,
}

impl Events {
    pub(super) const fn new(client: Client, from: u64) -> Self {
        Self { client, from }
    }

    /// The events in order, without end; it waits for new blocks. After an error the stream ends: begin again at the block
    /// of the last event, and skip what is not after it.
    pub fn stream(self) -> impl Stream<Item = Result<JobEvent, Error>> + Send + Unpin {
        let heads = self.client.heads();
        let cursor = Cursor { client: self.client, heads, next: self.from, ready: VecDeque::new() };
        Box::pin(stream::try_unfold(cursor, |mut cursor| async move {
            loop {
                if let Some(event) = cursor.ready.pop_front() {
                    return Ok(Some((event, cursor)));
                }
                let next = cursor.next;
                let Ok(head) = cursor.heads.wait_for(|&head| head >= next).await.map(|head| *head) else {
                    return Ok(None);
                };
                cursor.read(head).await?;
            }
        }))
    }
}

impl Cursor {
    async fn read(&mut self, head: u64) -> Result<(), Error> {
        let to = head.min(self.next.saturating_add(RANGE - 1));
        let (rpc, filter) = (self.client.rpc(), Filter::new().address(JOB_MARKET));
        let logs = rpc.logs(&filter, self.next..=to, rpc.deadlines.read).await?;
        self.ready.extend(logs.iter().map(event).collect::<Result<Vec<_>, _>>()?.into_iter().flatten());
        self.next = to + 1;
        Ok(())
    }
}

/// `None` for events of the market that are about money and not about what becomes of a job.
fn event(log: &Log) -> Result<Option<JobEvent>, Error> {
    if is_of_credits(log) || log.topic0().is_some_and(|topic| ITillEvents::SELECTORS.contains(&topic.0)) {
        return Ok(None);
    }
    let decoded = IJobMarketEvents::decode_raw_log(log.topics(), &log.inner.data.data)
        .map_err(|error| Error::Answer(format!("log of the job market: {error}")))?;
    let (id, kind) = match decoded {
        IJobMarketEvents::JobsPosted(event) => (
            event.order,
            JobEventKind::Posted {
                requester: event.requester,
                count: event.terms.count,
                model_id: event.subject,
                price: U256::from(event.terms.price),
                bond: U256::from(event.terms.bond),
                take_by: event.terms.takeBy.to(),
                work_seconds: event.terms.workSeconds.into(),
                inputs: event.inputs,
            },
        ),
        // The posting of its order says the same.
        IJobMarketEvents::JobListed(_) => return Ok(None),
        IJobMarketEvents::JobTaken(event) => (
            event.jobId,
            JobEventKind::Taken { order: event.order, worker: event.worker, deadline: event.deadline.saturating_to() },
        ),
        IJobMarketEvents::JobAnswered(event) => (event.jobId, JobEventKind::Answered { output: event.output }),
        IJobMarketEvents::JobClosed(event) => (
            event.jobId,
            JobEventKind::Closed { phase: event.phase, reason: event.reason, worker: event.worker, paid: event.paid },
        ),
        IJobMarketEvents::JobsReturned(event) => (
            event.order,
            JobEventKind::Returned {
                phase: event.phase,
                reason: event.reason,
                count: event.count.saturating_to(),
                refunded: event.refunded,
            },
        ),
    };
    Ok(Some(JobEvent {
        id,
        kind,
        block: log.block_number.unwrap_or_default(),
        log: log.log_index.unwrap_or_default(),
        tx: log.transaction_hash.unwrap_or_default(),
    }))
}

#[cfg(test)]
mod tests;
