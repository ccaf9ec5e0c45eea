//! The instant sealer of dev mode: the same chain without votes, one validator, no network.
//!
//! One thread seals. Whoever asks gets an answer when the block with its transaction is durable. While one block is
//! being sealed, more may ask: they all share the next one, so the rate is not bound to that of synchronous disk writes.
//!
//! With an interval, a block is sealed every so often instead, empty or not, and nobody waits for it.

use crate::{ValidatorKeys, application::millis, decide::publish, network::Shared};
use alloy::primitives::B256;
use edgeloom_chain::{ChainError, Decided, Proposal, next_base_fee};
use edgeloom_state::StoreError;
use edgeloom_types::{Epoch, Genesis, SealedBlock, reveal_message};
use std::{
    collections::HashSet,
    sync::Arc,
    time::{Duration, SystemTime},
};
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, timeout_at},
};

/// Most requests that wait for the thread; more wait for room.
const REQUESTS_MAX: usize = 65_536;

/// What became of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sealed {
    /// It is in a durable block.
    Included,
    /// It is not: a nonce before it is missing, its fee is too low, it cannot run, or blocks come on an interval.
    Waiting,
}

/// Why nothing is sealed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum SoloError {
    #[error("the sealer stopped: {0}")]
    Stopped(Arc<str>),
    #[error("the validator {0} has no seat in genesis")]
    Seat(B256),
}

/// What the sealer works with.
#[derive(Debug)]
pub struct Config {
    pub genesis: Arc<Genesis>,
    /// Of a validator that genesis names: signs the reveals.
    pub keys: ValidatorKeys,
    /// Seal a block this often instead of for each request.
    pub interval: Option<Duration>,
}

#[derive(Debug)]
struct Request {
    transaction: B256,
    answer: oneshot::Sender<Result<Sealed, SoloError>>,
}

/// Handle to the sealing thread, which ends when the last handle is dropped.
#[derive(Clone, Debug)]
pub struct Solo {
    requests: mpsc::Sender<Request>,
    interval: bool,
}

impl Solo {
    /// Seals what the pool holds and resolves when the block with `transaction` is durable, or when it is clear that
    /// no block takes it now.
    ///
    /// # Errors
    /// [`SoloError::Stopped`] when the store failed: nothing can be sealed until the process is started again.
    pub async fn seal(&self, transaction: B256) -> Result<Sealed, SoloError> {
        if self.interval {
            return Ok(Sealed::Waiting);
        }
        let stopped = || SoloError::Stopped("its thread ended".into());
        let (answer, answered) = oneshot::channel();
        self.requests.send(Request { transaction, answer }).await.map_err(|_| stopped())?;
        answered.await.map_err(|_| stopped())?
    }
}

/// Starts the sealing thread.
///
/// # Errors
/// [`SoloError::Seat`] when the keys are not those of a validator of genesis, [`SoloError::Stopped`] when there is no
/// thread to be had.
pub fn start(config: Config, shared: Shared) -> Result<Solo, SoloError> {
    let identity = config.keys.identity();
    if config.genesis.committee().validator(&identity).is_none() {
        return Err(SoloError::Seat(identity));
    }
    let (requests, inbox) = mpsc::channel(REQUESTS_MAX);
    let interval = config.interval;
    let sealer = Sealer { genesis: config.genesis, keys: config.keys, shared };
    let stopped = |error: std::io::Error| SoloError::Stopped(error.to_string().into());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().map_err(stopped)?;
    let run = move || match interval {
        Some(interval) => runtime.block_on(sealer.every(interval, inbox)),
        None => runtime.block_on(sealer.on_request(inbox)),
    };
    std::thread::Builder::new().name("sealer".into()).spawn(run).map_err(stopped)?;
    Ok(Solo { requests, interval: interval.is_some() })
}

struct Sealer {
    genesis: Arc<Genesis>,
    keys: ValidatorKeys,
    shared: Shared,
}

impl Sealer {
    async fn on_request(self, mut inbox: mpsc::Receiver<Request>) {
        while let Some(first) = inbox.recv().await {
            let mut waiting = vec![first];
            while let Ok(request) = inbox.try_recv() {
                waiting.push(request);
            }
            if let Err(fault) = self.serve(&mut waiting) {
                tracing::error!(%fault, "sealing stopped");
                let stopped = SoloError::Stopped(fault.to_string().into());
                waiting.into_iter().for_each(|request| answer(request, Err(stopped.clone())));
                return;
            }
        }
    }

    async fn every(self, interval: Duration, mut inbox: mpsc::Receiver<Request>) {
        let mut next = Instant::now() + interval;
        // Nobody sends on an interval; the channel only tells when the last handle is gone.
        while timeout_at(next, inbox.recv()).await.is_err() {
            if let Err(fault) = self.seal(true) {
                tracing::error!(%fault, "sealing stopped");
                return;
            }
            next = (next + interval).max(Instant::now());
        }
    }

    /// Seals blocks until every request is answered or nothing more goes into a block.
    fn serve(&self, waiting: &mut Vec<Request>) -> Result<(), ChainError> {
        while !waiting.is_empty()
            && let Some(decided) = self.seal(false)?
        {
            let transactions = &decided.block.block().transactions;
            let included: HashSet<B256> = transactions.iter().map(|transaction| *transaction.tx_hash()).collect();
            for request in waiting.extract_if(.., |request| included.contains(&request.transaction)) {
                answer(request, Ok(Sealed::Included));
            }
        }
        // An earlier block may have taken a transaction before its request arrived here.
        let store = self.shared.chain.lock().store().clone();
        for request in waiting.drain(..) {
            let known = store.transaction(request.transaction);
            let sealed = known.map(|place| if place.is_some() { Sealed::Included } else { Sealed::Waiting });
            answer(request, sealed.map_err(SoloError::from));
        }
        Ok(())
    }

    /// Seals one block of what the pool holds; `None` when that is nothing and `empty` is not wanted.
    fn seal(&self, empty: bool) -> Result<Option<Arc<Decided>>, ChainError> {
        let mut chain = self.shared.chain.lock();
        let parent = chain.tip().clone();
        let block = loop {
            let candidates = self.shared.pool.best(next_base_fee(parent.header()), &HashSet::new());
            if candidates.is_empty() && !empty {
                return Ok(None);
            }
            let proposal = self.proposal(&parent, chain.genesis_hash());
            let (block, rejected) = chain.propose(proposal, candidates.into_iter())?;
            self.shared.pool.discard(&rejected);
            if !block.block().transactions.is_empty() || (empty && rejected.is_empty()) {
                break block;
            }
            chain.discard(block.hash());
            if rejected.is_empty() {
                return Ok(None);
            }
            // What the pool holds behind the rejected may run.
        };
        let decided = chain.finalize(&block, None)?;
        drop(chain);
        if let Some(decided) = &decided {
            publish(decided, &self.shared.pool, &self.shared.feed);
        }
        Ok(decided)
    }

    fn proposal(&self, parent: &SealedBlock, genesis: B256) -> Proposal {
        let height = parent.height().next();
        let epoch = Epoch::containing(height, self.genesis.config().epoch_length);
        let parent_view = if parent.extra().epoch == epoch.get() { parent.extra().view } else { 0 };
        let identity = self.keys.identity();
        let seat = self.genesis.committee().validator(&identity).expect("start() found the seat");
        Proposal {
            parent: parent.hash(),
            timestamp_ms: millis(SystemTime::now()).max(parent.timestamp_ms() + 1),
            beneficiary: seat.beneficiary,
            context: (epoch.get(), parent_view + 1, parent_view),
            leader: identity,
            reveal: self.keys.voting.sign(&reveal_message(genesis, epoch, height)).to_bytes(),
            certificates: Vec::new(),
        }
    }
}

/// The asker may have gone away.
fn answer(request: Request, sealed: Result<Sealed, SoloError>) {
    drop(request.answer.send(sealed));
}

impl From<StoreError> for SoloError {
    fn from(error: StoreError) -> Self {
        Self::Stopped(error.to_string().into())
    }
}

#[cfg(test)]
mod tests;
