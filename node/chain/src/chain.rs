//! The three verbs: propose, verify, finalize.

mod dev;
mod pending;

use crate::{
    ahead::{APART_MIN, Listed, fitting, while_reading},
    certificates,
    decided::Decided,
    error::{ChainError, Invalid},
    header::{self, Rules},
    open,
    state_db::{StateDb, StateDbError},
    terms::{Terms, decides},
    tree::{Node, Tree},
};
use alloy::primitives::{Address, B256, Bytes};
use alloy_consensus::{
    Header, TxEnvelope,
    proofs::{calculate_receipt_root, calculate_transaction_root},
    transaction::{Recovered, SignerRecoverable},
};
use edgeloom_evm::{BlockEnvironment, CallError, Executed, ExecutionError, Limits};
use edgeloom_state::{Commit, Layer, Store, StoreError, View};
use edgeloom_types::{
    Block, ConsensusRecord, Epoch, EpochRules, Genesis, Height, Included, MAX_BLOCK_BYTES, MAX_CERTIFICATES,
    SealedBlock, Term, certificates_hash, next_mix, system_logs_hash,
};
use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};
use std::sync::Arc;

/// Room that a block's size leaves for its header, consensus record and the lists' own headers, in bytes: a header has
/// at most 1,000, a record 187.
const HEADER_BYTES_MAX: usize = 2048;

pub use dev::Liberties;
pub use pending::Pending;

/// The executed chain: one writer, behind a lock of the caller's. Readers of final blocks use [`Self::store`]'s clone.
pub struct Chain {
    store: Store,
    genesis: Arc<Genesis>,
    genesis_hash: B256,
    tree: Tree,
    terms: Terms,
}

/// What a leader brings to its block, beside transactions.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// The tip, or an executed block above it.
    pub parent: B256,
    /// Milliseconds since the Unix epoch, above the parent's.
    pub timestamp_ms: u64,
    /// The one that the committee names for `leader`.
    pub beneficiary: Address,
    /// The engine's epoch, view and parent view.
    pub context: (u64, u64, u64),
    /// ed25519 identity of the proposer.
    pub leader: B256,
    /// Its signature of [`edgeloom_types::reveal_message`].
    pub reveal: [u8; 96],
    /// Certificates it holds; those that may stand in the body do, in order.
    pub certificates: Vec<Bytes>,
}

/// What the tree knows of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// It is the final tip, or was executed above it.
    Known,
    /// It is above the final tip and was not executed yet.
    Unknown,
    /// It is not above the final tip and not that tip either.
    Buried,
}

impl Chain {
    /// Continues at the store's tip; writes genesis when the store is empty.
    ///
    /// # Errors
    /// [`ChainError::OtherGenesis`] when the store holds another chain, [`ChainError::NoHistoryContract`] when genesis
    /// cannot hold block hashes, [`ChainError::Rule`] when the chain follows a rule that this version does not know,
    /// [`ChainError::Store`] when the disk fails.
    pub fn open(store: Store, genesis: Arc<Genesis>) -> Result<Self, ChainError> {
        let (first, tree) = open::open(&store, &genesis)?;
        let tip = tree.tip().header();
        if let Some(rule) = unknown_rule(&store, genesis.chain_id(), tip)? {
            return Err(ChainError::Rule(rule));
        }
        let terms = Terms::of(&store, &genesis, tip)?;
        Ok(Self { store, genesis, genesis_hash: first.hash(), tree, terms })
    }

    pub const fn genesis_hash(&self) -> B256 {
        self.genesis_hash
    }

    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// Which committee and rules hold in which epoch.
    pub const fn terms(&self) -> &Terms {
        &self.terms
    }

    /// The newest final block.
    pub const fn tip(&self) -> &Arc<SealedBlock> {
        self.tree.tip()
    }

    pub fn lookup(&self, hash: B256, height: Height) -> Lookup {
        if self.tree.block(&hash).is_some() {
            Lookup::Known
        } else if height > self.tip().height() {
            Lookup::Unknown
        } else {
            Lookup::Buried
        }
    }

    /// Transactions of `hash` and of its ancestors above the final tip. A proposer leaves them out.
    #[expect(clippy::disallowed_types, reason = "a set for look-ups in the pool; nothing here depends on its order")]
    pub fn pending_transactions(&self, hash: B256) -> std::collections::HashSet<B256> {
        let blocks = self.tree.branch(hash).map(|node| node.block.block());
        blocks.flat_map(|block| block.transactions.iter().map(|transaction| *transaction.tx_hash())).collect()
    }

    /// Builds a block of those `candidates` that can run, executes it and keeps it. Also returns the candidates that can
    /// never run after the parent.
    ///
    /// # Errors
    /// [`ChainError::UnknownParent`]; [`ChainError::Invalid`] when the proposal itself breaks a rule; the node's own.
    pub fn propose(
        &mut self,
        proposal: Proposal,
        candidates: impl Iterator<Item = Arc<Recovered<TxEnvelope>>>,
    ) -> Result<(Arc<SealedBlock>, Vec<B256>), ChainError> {
        let parent = self.tree.block(&proposal.parent).ok_or(ChainError::UnknownParent(proposal.parent))?.clone();
        let rules = self.rules(parent.hash());
        let draft = self.draft(&proposal, &parent, &rules, rules.of_child(&parent))?;
        rules.check(&draft, &parent)?;
        let environment = environment(self.genesis.chain_id(), draft.header(), &draft.block().certificates);
        self.build(&draft, &environment, candidates)
    }

    fn draft(
        &self,
        proposal: &Proposal,
        parent: &SealedBlock,
        rules: &Rules,
        numbers: EpochRules,
    ) -> Result<SealedBlock, ChainError> {
        let ancestors = self.tree.ancestors(parent.hash());
        let certificates = certificates::admissible(rules, proposal.certificates.clone(), &ancestors);
        let (header, consensus) = draft(proposal, parent, numbers, &certificates);
        Ok(SealedBlock::new(Block { header, consensus, transactions: Vec::new(), certificates })?)
    }

    /// The block that `draft` becomes with those of `candidates` that can run.
    fn build(
        &mut self,
        draft: &SealedBlock,
        environment: &BlockEnvironment,
        candidates: impl Iterator<Item = Arc<Recovered<TxEnvelope>>>,
    ) -> Result<(Arc<SealedBlock>, Vec<B256>), ChainError> {
        let view = self.tree.view(&self.store, draft.header().parent_hash);
        let certificate_bytes: usize = draft.block().certificates.iter().map(|bytes| bytes.len() + 4).sum();
        let limits = Limits { bytes: MAX_BLOCK_BYTES - HEADER_BYTES_MAX - certificate_bytes };
        let candidates: Vec<_> = candidates.collect();
        let likely = fitting(&candidates, environment.gas_limit, limits.bytes);
        let run = || edgeloom_evm::build(environment, StateDb::from(view.clone()), candidates.iter().cloned(), limits);
        let (built, listed) = if likely.len() < APART_MIN {
            (run(), None)
        } else {
            let transactions = likely.iter().map(|transaction| transaction.as_recovered_ref());
            while_reading(&view, transactions, run, || Listed::new(likely))
        };
        let (chosen, rejected, mut executed) = built.map_err(fault)?;

        let senders = chosen.iter().map(|transaction| transaction.signer()).collect();
        let delta = std::mem::take(&mut executed.delta);
        let listed = listed.filter(|listed| listed.is_of(&chosen));
        let of_lists = || (listed.unwrap_or_else(|| Listed::new(&chosen)), calculate_receipt_root(&executed.receipts));
        let of_state = || view.extend(delta);
        let (layer, (listed, receipts_root)) =
            if chosen.len() < APART_MIN { (of_state(), of_lists()) } else { rayon::join(of_state, of_lists) };
        let (ran, transactions) = (Ran { executed, layer: layer? }, listed.transactions);
        let header = Header {
            state_root: ran.layer.root(),
            transactions_root: listed.root,
            receipts_root,
            logs_bloom: ran.executed.logs_bloom,
            gas_used: ran.executed.gas_used,
            requests_hash: Some(system_logs_hash(&ran.executed.system_logs)),
            ..draft.header().clone()
        };
        let certified = certificates::certified(draft).map_err(|fault| ChainError::Fault(fault.to_string()))?;
        let (consensus, certificates) = (*draft.consensus(), draft.block().certificates.clone());
        let block = Arc::new(SealedBlock::new(Block { header, consensus, transactions, certificates })?);
        self.keep(&block, senders, certified, ran)?;
        Ok((block, rejected.into_iter().map(|rejected| rejected.hash).collect()))
    }

    /// Forgets an executed block that nobody heard of.
    pub fn discard(&mut self, hash: B256) {
        self.tree.remove(&hash);
    }

    /// Executes a block on top of its parent, checks everything it claims and keeps it. A block that is known already
    /// passes.
    ///
    /// # Errors
    /// [`ChainError::Invalid`] is a verdict that every node shares; [`ChainError::UnknownParent`] and
    /// [`ChainError::Buried`] are none; the node's own.
    pub fn verify(&mut self, block: &Arc<SealedBlock>) -> Result<(), ChainError> {
        match self.lookup(block.hash(), block.height()) {
            Lookup::Known => return Ok(()),
            Lookup::Buried => return Err(ChainError::Buried { height: block.height(), tip: self.tip().height() }),
            Lookup::Unknown => {}
        }
        let parent = block.header().parent_hash;
        let parent = self.tree.block(&parent).ok_or(ChainError::UnknownParent(parent))?.clone();
        let rules = self.rules(parent.hash());
        rules.check(block, &parent)?;
        let certified = certificates::check(&rules, block, &self.tree.ancestors(parent.hash()))?;
        let senders = signers(block)?;

        let view = self.tree.view(&self.store, parent.hash());
        let transactions = block.block().transactions.iter().zip(&senders);
        let transactions: Vec<_> =
            transactions.map(|(inner, signer)| Recovered::new_unchecked(inner, *signer)).collect();
        let environment = environment(self.genesis.chain_id(), block.header(), &block.block().certificates);
        let run = || edgeloom_evm::execute(&environment, StateDb::from(view.clone()), &transactions);
        let executed = if transactions.len() < APART_MIN {
            run()
        } else {
            while_reading(&view, transactions.iter().copied(), run, || ()).0
        };
        let executed = executed.map_err(fault)?;
        check_outcome(block.header(), &executed)?;
        let ran = Ran::new(&view, executed)?;
        let (computed, found) = (ran.layer.root(), block.header().state_root);
        if computed != found {
            return Err(Invalid::StateRoot { computed, found }.into());
        }
        self.keep(block, senders, certified, ran)
    }

    fn keep(
        &mut self,
        block: &Arc<SealedBlock>,
        senders: Vec<Address>,
        certified: Vec<B256>,
        ran: Ran,
    ) -> Result<(), ChainError> {
        let Ran { executed, layer } = ran;
        let layer = Arc::new(layer);
        let term = match decides(block.height(), self.genesis.config().epoch_length) {
            None => None,
            Some(epoch) => {
                let view = self.tree.view(&self.store, block.header().parent_hash).with(layer.clone());
                let before = self.rules(block.header().parent_hash).term(epoch);
                let mut term = term_after(view, self.genesis.chain_id(), block.header(), epoch, &before)?;
                // The contract's bound is that of the usual timeout.
                term.rules.gas_limit = term.rules.gas_limit.min(self.genesis.gas_limit_max());
                Some((epoch, Arc::new(term)))
            }
        };
        self.tree.insert(Node {
            burned: self.tree.burned(&block.header().parent_hash) + executed.burned,
            block: block.clone(),
            senders,
            receipts: Arc::new(executed.receipts),
            system_logs: executed.system_logs,
            layer,
            certified,
            term,
        });
        Ok(())
    }

    /// Makes a child of the tip final: durable when this returns. Whoever calls this holds the proof that a quorum
    /// finalized the block; `certificate` is its encoding, where the block has one of its own. `None` when the block is
    /// final already.
    ///
    /// # Errors
    /// [`ChainError::NotNext`] when a block between is missing; everything else means that this node must stop.
    pub fn finalize(
        &mut self,
        block: &Arc<SealedBlock>,
        certificate: Option<Bytes>,
    ) -> Result<Option<Arc<Decided>>, ChainError> {
        let (height, hash, tip) = (block.height(), block.hash(), self.tip().clone());
        if height <= tip.height() {
            return match self.store.hash_at(height)? {
                Some(ours) if ours != hash => Err(ChainError::Conflict { height, ours, theirs: hash }),
                _ => Ok(None),
            };
        }
        if block.header().parent_hash != tip.hash() {
            return Err(ChainError::NotNext { height, hash, tip: tip.height() });
        }
        self.verify(block)?;
        let node = self.tree.node(&hash).expect("a block above the tip that passes is in the tree");
        self.store.commit(Commit {
            block: &node.block,
            senders: &node.senders,
            receipts: &node.receipts,
            system_logs: &node.system_logs,
            layer: &node.layer,
            burned: node.burned,
            term: node.term.as_ref().map(|(epoch, term)| (*epoch, &**term)),
            certificate: certificate.as_ref().map(Bytes::as_ref),
        })?;
        let node = self.tree.advance(hash).expect("it was there to commit");
        let Node { block, senders, receipts, layer, burned, term, .. } = node;
        self.terms.advance(height, term.map(|(_, term)| term));
        let changed = layer.delta().accounts.iter().filter_map(|(address, change)| Some((*address, change.account?)));
        let accounts = changed.filter(|(_, account)| account.nonce > 0).collect();
        Ok(Some(Arc::new(Decided { block, senders, accounts, receipts, burned })))
    }

    #[cfg(test)]
    pub(crate) fn pending(&self) -> usize {
        self.tree.len()
    }

    /// What a child of `parent` is checked against.
    fn rules(&self, parent: B256) -> Rules {
        let above = self.tree.branch(parent).filter_map(|node| node.term.clone());
        Rules {
            epoch_length: self.genesis.config().epoch_length,
            genesis_hash: self.genesis_hash,
            terms: self.terms.snapshot().with(above),
        }
    }
}

impl std::fmt::Debug for Chain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Chain").field("tip", &self.tip().height()).finish_non_exhaustive()
    }
}

/// A block's outcome, and the state that follows.
struct Ran {
    /// Its delta is in the layer.
    executed: Executed,
    layer: Layer,
}

impl Ran {
    fn new(view: &View, mut executed: Executed) -> Result<Self, StoreError> {
        let layer = view.extend(std::mem::take(&mut executed.delta))?;
        Ok(Self { executed, layer })
    }
}

/// The header of a proposal, without what execution decides, and the record that it commits to.
fn draft(
    proposal: &Proposal,
    parent: &SealedBlock,
    rules: EpochRules,
    certificates: &[Bytes],
) -> (Header, ConsensusRecord) {
    let (epoch, view, parent_view) = proposal.context;
    let consensus = ConsensusRecord {
        milliseconds: (proposal.timestamp_ms % 1000) as u16,
        reveal: proposal.reveal,
        certificates_hash: certificates_hash(certificates),
        epoch,
        view,
        parent_view,
        leader: proposal.leader,
    };
    let header = Header {
        parent_hash: parent.hash(),
        beneficiary: proposal.beneficiary,
        number: parent.height().get() + 1,
        gas_limit: rules.gas_limit,
        timestamp: proposal.timestamp_ms / 1000,
        extra_data: consensus.commitment().into(),
        mix_hash: next_mix(parent.header().mix_hash, &proposal.reveal),
        base_fee_per_gas: Some(header::next_base_fee(parent.header(), rules.base_fee_floor)),
        ..header::blank()
    };
    (header, consensus)
}

/// What execution sees of a block: of a header that has a base fee (a stored one, or one that passed [`Rules::check`]), and
/// of the certificates in its body, which passed K1.
///
/// # Panics
/// When the header has no base fee.
pub fn environment(chain_id: u64, header: &Header, certificates: &[Bytes]) -> BlockEnvironment {
    let mut included = [None; MAX_CERTIFICATES];
    for (place, certificate) in included.iter_mut().zip(certificates) {
        *place = Included::read(certificate).ok();
    }
    BlockEnvironment {
        chain_id,
        number: header.number,
        timestamp: header.timestamp,
        beneficiary: header.beneficiary,
        gas_limit: header.gas_limit,
        base_fee: header.base_fee_per_gas.expect("genesis has one, and H2 compared it"),
        prevrandao: header.mix_hash,
        parent_hash: header.parent_hash,
        contracts_send: false,
        included,
    }
}

/// The term of `epoch` as the state after the block of `header` says it.
fn term_after(view: View, chain_id: u64, header: &Header, epoch: Epoch, before: &Term) -> Result<Term, ChainError> {
    let environment = environment(chain_id, header, &[]);
    edgeloom_evm::term(&environment, StateDb::from(view), epoch, before).map_err(unanswered)
}

fn unknown_rule(store: &Store, chain_id: u64, tip: &Header) -> Result<Option<u32>, ChainError> {
    let environment = environment(chain_id, tip, &[]);
    edgeloom_evm::unknown_rule(&environment, StateDb::from(store.view())).map_err(unanswered)
}

fn unanswered(error: CallError<StateDbError>) -> ChainError {
    match error {
        CallError::Database(StateDbError(error)) => error.into(),
        error => ChainError::Fault(error.to_string()),
    }
}

pub(crate) fn signers(block: &SealedBlock) -> Result<Vec<Address>, Invalid> {
    let transactions = &block.block().transactions;
    let (computed, found) = (calculate_transaction_root(transactions), block.header().transactions_root);
    if computed != found {
        return Err(Invalid::TransactionsRoot { computed, found });
    }
    // The dearest part of a block of transfers, and each is on its own: their order here is that of the block.
    let signers: Vec<_> = transactions.par_iter().with_min_len(8).map(|signed| signed.recover_signer().ok()).collect();
    let signed = |(index, signer): (usize, Option<Address>)| signer.ok_or(Invalid::Signature { index });
    signers.into_iter().enumerate().map(signed).collect()
}

/// E1, all but the state root.
fn check_outcome(header: &Header, executed: &Executed) -> Result<(), Invalid> {
    if executed.gas_used != header.gas_used {
        return Err(Invalid::GasUsed { computed: executed.gas_used, found: header.gas_used });
    }
    if executed.logs_bloom != header.logs_bloom {
        return Err(Invalid::LogsBloom { computed: Box::new(executed.logs_bloom) });
    }
    let (computed, found) = (calculate_receipt_root(&executed.receipts), header.receipts_root);
    if computed != found {
        return Err(Invalid::ReceiptsRoot { computed, found });
    }
    let (computed, found) = (system_logs_hash(&executed.system_logs), header.requests_hash);
    if found != Some(computed) {
        return Err(Invalid::RequestsHash { computed, found });
    }
    Ok(())
}

fn fault(error: ExecutionError<StateDbError>) -> ChainError {
    match error {
        ExecutionError::Refused { index, reason } => Invalid::Transaction { index, reason }.into(),
        ExecutionError::Conservation { before, after, burned } => {
            Invalid::Conservation { before, after, burned }.into()
        }
        ExecutionError::Database(StateDbError(error)) => error.into(),
        ExecutionError::Fault(reason) => ChainError::Fault(reason),
    }
}
