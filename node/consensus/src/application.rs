//! `chain` as the engine's application: propose and verify.
//!
//! These calls are asynchronous only because they wait: for an ancestor, for the clock, for work. What decides is
//! `chain`, and it runs on the blocking pool, so that votes keep flowing while a block executes.
//!
//! * A1 `false` is for good: it is said only of a block that no later knowledge makes valid. Everything else waits.
//! * A2 A block more than [`DRIFT_MAX`] ahead of this node's clock waits until it is not (CHAIN.md C3).
//! * A3 A proposer waits for work, at least `block_time_ms` and at most `heartbeat_ms` after its parent (C4): the epoch's,
//!   but a block is proposed while a sixth of the leader's timeout is left, whatever was voted.
//! * A4 A candidate that did not run is forgotten only if the parent is final: another branch may need it.

use crate::{
    block::{Context, WireBlock},
    certificates::Ledger,
    committee::{Committees, Scheme},
    metrics::{self, Judged},
};
use alloy::primitives::B256;
use alloy_consensus::{TxEnvelope, transaction::Recovered};
use commonware_consensus::{Application, marshal::ancestry::Ancestry};
use commonware_cryptography::Digested;
use commonware_macros::select;
use commonware_runtime::{Clock, Spawner};
use edgeloom_chain::{Chain, ChainError, Lookup, Proposal, Terms};
use edgeloom_state::Store;
use edgeloom_txpool::Pool;
use edgeloom_types::{Genesis, SealedBlock, reveal_message};
use futures::StreamExt as _;
use parking_lot::Mutex;
use std::{
    collections::HashSet,
    future::pending,
    sync::Arc,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// How far a block's time may run ahead of this node's clock before the node waits to vote for it.
const DRIFT_MAX: Duration = Duration::from_millis(500);

/// What the engine's tasks share with the rest of the node.
#[derive(Clone)]
pub(crate) struct ChainApp {
    pub(crate) chain: Arc<Mutex<Chain>>,
    pub(crate) store: Store,
    pub(crate) pool: Arc<Pool>,
    pub(crate) genesis: Arc<Genesis>,
    pub(crate) genesis_hash: B256,
    pub(crate) terms: Terms,
    pub(crate) committees: Committees,
    pub(crate) ledger: Arc<Mutex<Ledger>>,
}

/// What can be said of a block and its ancestors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Valid,
    Invalid,
    /// None that other nodes would share: an ancestor is missing, finality overtook the question, or our disk failed.
    Undecided,
}

impl From<Verdict> for Judged {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Valid => Self::Valid,
            Verdict::Invalid => Self::Invalid,
            Verdict::Undecided => Self::Undecided,
        }
    }
}

impl ChainApp {
    /// Makes the committee of `epoch` known, if final blocks decided it: before any of its certificates is checked.
    pub(crate) fn register(&self, epoch: commonware_consensus::types::Epoch) {
        match self.terms.of_epoch(edgeloom_types::Epoch::new(epoch.get())) {
            Some(term) => self.committees.register(epoch, &term.committee),
            None => tracing::debug!(%epoch, "a committee is not known yet"),
        }
    }

    /// Runs `f` on the chain, on the blocking pool. `None` when the runtime stops first.
    pub(crate) async fn on_chain<E, T>(
        &self,
        runtime: &E,
        f: impl FnOnce(&mut Chain) -> T + Send + 'static,
    ) -> Option<T>
    where
        E: Spawner,
        T: Send + 'static,
    {
        let chain = self.chain.clone();
        runtime.child("chain").shared(true).spawn(move |_| async move { f(&mut chain.lock()) }).await.ok()
    }

    /// Executes the block at the head of `ancestry` and whatever is missing between it and the executed tree: after a
    /// restart, or when blocks were notarized without us.
    async fn execute<E: Spawner>(&self, runtime: &E, mut ancestry: impl Ancestry<WireBlock>) -> Verdict {
        let mut missing = Vec::new();
        loop {
            // The stream ends when marshal can no longer obtain an ancestor.
            let Some(block) = ancestry.next().await else { return Verdict::Undecided };
            let sealed = block.inner().sealed().clone();
            let (hash, height) = (sealed.hash(), sealed.height());
            match self.on_chain(runtime, move |chain| chain.lookup(hash, height)).await {
                Some(Lookup::Known) => break,
                Some(Lookup::Unknown) => missing.push(sealed),
                // Final already, or on a branch that lost: settled by finality and not by a vote of ours.
                Some(Lookup::Buried) | None => return Verdict::Undecided,
            }
        }
        for block in missing.into_iter().rev() {
            match self.execute_one(runtime, block).await {
                Verdict::Valid => {}
                verdict => return verdict,
            }
        }
        Verdict::Valid
    }

    async fn execute_one<E: Spawner>(&self, runtime: &E, block: Arc<SealedBlock>) -> Verdict {
        let (child, started) = (block.clone(), Instant::now());
        let verdict = match self.on_chain(runtime, move |chain| chain.verify(&child)).await {
            Some(Ok(())) => {
                self.ledger.lock().opened(&block);
                Verdict::Valid
            }
            Some(Err(error)) if error.is_permanent() => {
                tracing::warn!(height = %block.height(), hash = %block.hash(), %error, "proposal is not valid");
                Verdict::Invalid
            }
            // Finality overtook the question, as it often does under load.
            Some(Err(error @ (ChainError::Buried { .. } | ChainError::UnknownParent(_)))) => {
                tracing::debug!(height = %block.height(), hash = %block.hash(), %error, "a proposal is settled");
                Verdict::Undecided
            }
            Some(Err(error)) => {
                tracing::error!(height = %block.height(), hash = %block.hash(), %error, "cannot judge a proposal");
                Verdict::Undecided
            }
            None => Verdict::Undecided,
        };
        metrics::judged(verdict.into(), started);
        verdict
    }

    /// A3: transactions that wait for a block on `parent`, as soon as there are some and it is time, or none when
    /// the heartbeat is due.
    async fn gather(&self, clock: &impl Clock, parent: &SealedBlock, skip: &HashSet<B256>) -> Candidates {
        let rules = self.terms.of_block(parent.height().next()).rules;
        let latest_ms = rules.heartbeat_ms.min(self.genesis.config().leader_timeout_ms / 6 * 5);
        let due = |after_ms: u64| UNIX_EPOCH + Duration::from_millis(parent.timestamp_ms().saturating_add(after_ms));
        let (earliest, latest) = (due(rules.block_time_ms.min(latest_ms)), due(latest_ms));
        let base_fee = self.terms.next_base_fee(parent.header());
        loop {
            // Before looking, so that no admission falls between looking and waiting.
            let mut admissions = self.pool.subscribe();
            let candidates = self.pool.best(base_fee, skip);
            let now = clock.current();
            if now >= latest || (now >= earliest && !candidates.is_empty()) {
                return candidates;
            }
            if !candidates.is_empty() {
                clock.sleep_until(earliest).await;
                continue;
            }
            select! {
                _ = clock.sleep_until(latest) => {},
                _ = admissions.recv() => {},
            }
        }
    }

    async fn build<E: Spawner>(
        &self,
        runtime: &E,
        parent: B256,
        proposal: Proposal,
        candidates: Candidates,
    ) -> Option<Arc<SealedBlock>> {
        let started = Instant::now();
        let built = self.on_chain(runtime, move |chain| {
            let built = chain.propose(proposal, candidates.into_iter());
            (built, chain.tip().hash() == parent)
        });
        match built.await? {
            (Ok((block, rejected)), parent_is_final) => {
                if parent_is_final && !rejected.is_empty() {
                    self.pool.discard(&rejected); // A4
                }
                self.ledger.lock().opened(&block);
                metrics::judged(Judged::Built, started);
                Some(block)
            }
            (Err(error), _) => {
                tracing::error!(%error, %parent, "cannot build a block");
                None
            }
        }
    }
}

type Candidates = Vec<Arc<Recovered<TxEnvelope>>>;

impl<E: Clock + Spawner> Application<E> for ChainApp {
    type SigningScheme = Scheme;
    type Context = Context;
    type Block = WireBlock;
    type Input = ();

    /// This node leads. `ancestry` starts at the parent.
    async fn propose(
        &mut self,
        (runtime, context): (E, Context),
        ancestry: impl Ancestry<WireBlock>,
        (): (),
    ) -> Option<Digested<WireBlock>> {
        let keys = self.committees.keys()?.clone();
        let parent = ancestry.peek()?.inner().sealed().clone();
        if self.execute(&runtime, ancestry).await != Verdict::Valid {
            return None;
        }
        let hash = parent.hash();
        let skip = self.on_chain(&runtime, move |chain| chain.pending_transactions(hash)).await?;
        let candidates = self.gather(&runtime, &parent, &skip).await;

        let identity = keys.identity();
        let epoch = edgeloom_types::Epoch::new(context.round.epoch().get());
        let message = reveal_message(self.genesis_hash, epoch, parent.height().next());
        let proposal = Proposal {
            parent: hash,
            timestamp_ms: millis(runtime.current()).max(parent.timestamp_ms() + 1),
            beneficiary: self.terms.of_epoch(epoch)?.committee.seat_of(&identity)?.beneficiary,
            context: (epoch.get(), context.round.view().get(), context.parent.0.get()),
            leader: identity,
            reveal: keys.voting.sign(&message).to_bytes(),
            certificates: self.ledger.lock().due(hash, parent.height().next()),
        };
        let block = self.build(&runtime, hash, proposal, candidates).await?;
        match WireBlock::new(block) {
            Ok(block) => Some(block.digested()),
            Err(unfit) => {
                tracing::error!(%unfit, "own block cannot travel");
                None
            }
        }
    }

    /// Another node's proposal. `ancestry` starts at the block itself; its parent, height, context and epoch are
    /// checked by the wrapper around this.
    async fn verify(&mut self, (runtime, _): (E, Context), ancestry: impl Ancestry<WireBlock>) -> bool {
        let Some(block) = ancestry.peek() else { return pending().await };
        let due = Duration::from_millis(block.inner().sealed().timestamp_ms()).saturating_sub(DRIFT_MAX);
        let Some(due) = UNIX_EPOCH.checked_add(due) else { return pending().await };
        if runtime.current() < due {
            runtime.sleep_until(due).await; // A2
        }
        match self.execute(&runtime, ancestry).await {
            Verdict::Valid => true,
            Verdict::Invalid => false,
            Verdict::Undecided => pending().await, // A1
        }
    }
}

/// Milliseconds since the Unix epoch.
pub(crate) fn millis(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |elapsed| u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX))
}
