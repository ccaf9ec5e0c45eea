//! The block after the newest one, as it would be now: what the tag `pending` names. In dev mode it has what waits in the
//! pool, and the time, fees and coinbase that were asked for. On a network it is empty: who leads it decides what is in
//! it, in which order, and whom it pays. So there only its number, time and base fee are more than a guess.

use crate::{cache::Record, error::Fault, node::Context};
use alloy::{
    eips::{BlockId, BlockNumberOrTag},
    primitives::{Address, B256},
};
use edgeloom_chain::{ChainError, Liberties, Proposal, StateDb};
use edgeloom_dev::Outlook;
use edgeloom_evm::BlockEnvironment;
use edgeloom_state::StoreError;
use edgeloom_types::{Epoch, Height};
use parking_lot::Mutex;
use std::{
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

/// How often the tip may change while the block after it is made.
const ATTEMPTS_MAX: usize = 8;

/// A block that nobody proposed, with everything that is asked of blocks.
#[derive(Debug)]
pub(crate) struct Pending {
    pub(crate) record: Arc<Record>,
    pub(crate) environment: BlockEnvironment,
    /// After it.
    pub(crate) state: StateDb,
}

/// What decides how the block is, but for milliseconds.
#[derive(Debug, PartialEq, Eq)]
struct Plan {
    parent: B256,
    revision: u64,
    seconds: u64,
    liberties: Option<Liberties>,
    candidates: Vec<B256>,
}

/// The last one, for as long as nothing about it changes.
#[derive(Debug, Default)]
pub(crate) struct LastPending(Mutex<Option<(Plan, Arc<Pending>)>>);

/// Whether `id` is the tag `pending`.
pub(crate) fn is_pending(id: Option<BlockId>) -> bool {
    id == Some(BlockId::Number(BlockNumberOrTag::Pending))
}

impl Context {
    /// The pending block where `id` asks for it.
    pub(crate) fn pending_at(&self, id: Option<BlockId>) -> Result<Option<Arc<Pending>>, Fault> {
        is_pending(id).then(|| self.pending()).transpose()
    }

    pub(crate) fn pending(&self) -> Result<Arc<Pending>, Fault> {
        for _ in 0..ATTEMPTS_MAX {
            // Locked while building, so that callers share the work.
            let mut last = self.pending.0.lock();
            let revision = self.store.revision();
            let (outlook, is_free) = self.outlook()?;
            let plan = Plan {
                parent: outlook.proposal.parent,
                revision,
                seconds: outlook.proposal.timestamp_ms / 1000,
                liberties: is_free.then_some(outlook.liberties),
                candidates: outlook.candidates.iter().map(|transaction| *transaction.tx_hash()).collect(),
            };
            if let Some((_, known)) = last.as_ref().filter(|(known, _)| *known == plan) {
                return Ok(known.clone());
            }
            let start = (&outlook.proposal, plan.liberties.as_ref());
            let built = edgeloom_chain::Pending::build(
                (&self.store, &self.terms),
                self.chain_id(),
                start,
                outlook.candidates.into_iter(),
            );
            match built {
                Ok(built) => return Ok(last.insert((plan, Arc::new(built.into()))).1.clone()),
                Err(ChainError::UnknownParent(_) | ChainError::Store(StoreError::Stale(_))) => {}
                Err(ChainError::Store(error)) => return Err(error.into()),
                Err(error) => return Err(Fault::Internal(error.to_string())),
            }
        }
        Err(Fault::Limit("blocks come faster than the one after them can be made: ask again".into()))
    }

    /// The next block before it is executed, and whether it takes dev mode's liberties.
    fn outlook(&self) -> Result<(Outlook, bool), Fault> {
        if let Some(solo) = self.solo() {
            return Ok((solo.outlook(), true));
        }
        let tip = self.tip()?;
        let parent = self.header(tip.height)?;
        let consensus = self.store.consensus(tip.height)?.ok_or(Fault::NoHeader)?;
        let parent_ms = parent.timestamp.saturating_mul(1000).saturating_add(consensus.milliseconds.into());
        let epoch = Epoch::containing(Height::new(tip.height.get() + 1), self.genesis.config().epoch_length);
        let view = consensus.view;
        let proposal = Proposal {
            parent: tip.hash,
            timestamp_ms: now_ms().max(parent_ms.saturating_add(1)),
            beneficiary: Address::ZERO,
            context: (epoch.get(), view.saturating_add(1), view),
            leader: B256::ZERO,
            reveal: [0; 96],
            certificates: Vec::new(),
        };
        Ok((Outlook { proposal, liberties: Liberties::default(), candidates: Vec::new() }, false))
    }
}

impl From<edgeloom_chain::Pending> for Pending {
    fn from(built: edgeloom_chain::Pending) -> Self {
        let edgeloom_chain::Pending { block, senders, receipts, environment, state } = built;
        Self { record: Arc::new(Record::new(block, senders, receipts)), environment, state }
    }
}

/// The machine's time in milliseconds since the Unix epoch.
fn now_ms() -> u64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH);
    elapsed.map_or(0, |elapsed| u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX))
}
