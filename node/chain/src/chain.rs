//! The chain: a durable final prefix and the tree of executed blocks above it.

use crate::{
    ChainError, Decided, Invalid, Lookup, StateDb,
    certificates::{Context, Recent},
    rules,
    tree::{Node, Tree},
};
use alloy::primitives::{Address, B256, Bytes, U256};
use alloy_consensus::{Header, TxEnvelope, transaction::{Recovered, SignerRecoverable as _}};
use edgeloom_evm::{Executed, ExecutionError, Limits, build, execute};
use edgeloom_state::{Commit, Layer, Store, View};
use edgeloom_types::{Block, ExtraData, Genesis, Height, MAX_BLOCK_BYTES, SealedBlock, certificates_hash, next_mix};
use std::{collections::HashSet, mem, sync::Arc};

/// What a proposer brings to a block, beside transactions.
#[derive(Clone, Debug)]
pub struct Proposal {
    pub parent: B256,
    /// Milliseconds since the Unix epoch; above the parent's.
    pub timestamp_ms: u64,
    pub beneficiary: Address,
    /// Epoch, view, and the view of the parent's proposal.
    pub context: (u64, u64, u64),
    /// ed25519 identity of the proposer.
    pub leader: B256,
    /// The proposer's signature over `reveal_message`.
    pub reveal: [u8; 96],
    pub certificates: Vec<Bytes>,
}

/// Bytes of a block that are not transactions: header, certificates, list prefixes.
const FRAME_BYTES: usize = 16 * 1024;

/// One chain over one store. Synchronous; callers that share it lock it.
#[derive(Debug)]
pub struct Chain {
    store: Store,
    genesis: Arc<Genesis>,
    genesis_hash: B256,
    tip: Arc<SealedBlock>,
    /// Burned from genesis to the tip, wei.
    burned: U256,
    recent: Recent,
    tree: Tree,
}

impl Chain {
    /// Continues at the store's tip, or writes genesis into an empty store.
    ///
    /// # Errors
    /// [`ChainError::OtherGenesis`] when the store holds another chain; the store's.
    pub fn open(store: Store, genesis: Arc<Genesis>) -> Result<Self, ChainError> {
        let layer = genesis_layer(&genesis)?;
        let first = genesis.block(layer.root())?;
        let genesis_hash = first.hash();
        if store.tip()?.is_none() {
            let layer = store.view().extend(genesis.delta())?;
            let burned = U256::ZERO;
            store.commit(Commit { block: &first, senders: &[], receipts: &[], layer: &layer, burned, certificate: None })?;
        }
        let stored = store.hash_at(Height::GENESIS)?.ok_or(ChainError::Missing(Height::GENESIS))?;
        if stored != genesis_hash {
            return Err(ChainError::OtherGenesis { stored, given: genesis_hash });
        }
        let tip = store.tip()?.ok_or(ChainError::Missing(Height::GENESIS))?;
        let block = store.block(tip.height)?.ok_or(ChainError::Missing(tip.height))?;
        let (burned, recent) = (store.burned(tip.height)?, Recent::load(&store, tip.height)?);
        Ok(Self { store, genesis, genesis_hash, tip: Arc::new(block), burned, recent, tree: Tree::default() })
    }

    pub const fn genesis_hash(&self) -> B256 {
        self.genesis_hash
    }

    pub fn genesis(&self) -> &Arc<Genesis> {
        &self.genesis
    }

    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// The newest final block.
    pub const fn tip(&self) -> &Arc<SealedBlock> {
        &self.tip
    }

    /// Number of executed blocks above the tip.
    pub fn pending(&self) -> usize {
        self.tree.len()
    }

    pub fn lookup(&self, hash: B256, height: Height) -> Lookup {
        if hash == self.tip.hash() || self.tree.get(&hash).is_some() {
            Lookup::Known
        } else if height > self.tip.height() {
            Lookup::Unknown
        } else {
            Lookup::Buried
        }
    }

    /// The header of the tip or of an executed block above it.
    pub fn header(&self, hash: B256) -> Option<&Header> {
        self.known(hash).map(|block| block.header())
    }

    /// Transactions of `hash` and of its ancestors above the tip. A proposer leaves them out: its parent need not be final.
    pub fn pending_transactions(&self, hash: B256) -> HashSet<B256> {
        let branch = self.tree.branch(hash, self.tip.hash()).unwrap_or_default();
        branch.iter().flat_map(|node| node.block.block().transactions.iter().map(|transaction| *transaction.tx_hash())).collect()
    }

    /// Builds a block on `proposal.parent` from those candidates that can run, and keeps it as executed. Also returns the
    /// hashes of candidates that can never run on that state.
    ///
    /// # Errors
    /// [`ChainError::UnknownParent`]; [`ChainError::OwnProposal`] when the proposal itself breaks a rule; the store's.
    pub fn propose(
        &mut self,
        proposal: Proposal,
        candidates: impl Iterator<Item = Arc<Recovered<TxEnvelope>>>,
    ) -> Result<(Arc<SealedBlock>, Vec<B256>), ChainError> {
        let parent = Arc::clone(self.known(proposal.parent).ok_or(ChainError::UnknownParent(proposal.parent))?);
        let mut header = self.draft(&proposal, &parent);
        let environment = rules::environment(self.genesis.chain_id(), &header);
        let (db, view) = self.state_of(&parent).ok_or(ChainError::UnknownParent(proposal.parent))?;
        let certificate_bytes: usize = proposal.certificates.iter().map(|bytes| bytes.len()).sum();
        let limits = Limits { transaction_bytes: MAX_BLOCK_BYTES - FRAME_BYTES - certificate_bytes.min(FRAME_BYTES) };
        let mut built = build(&environment, db, candidates, limits)?;
        let layer = view.extend(mem::take(&mut built.executed.delta))?;
        let senders = built.transactions.iter().map(|transaction| transaction.signer()).collect();
        let transactions: Vec<TxEnvelope> = built.transactions.iter().map(|transaction| transaction.inner().clone()).collect();
        rules::seal(&mut header, &transactions, &built.executed, layer.root());
        let block = Arc::new(SealedBlock::new(Block { header, transactions, certificates: proposal.certificates })?);
        let certified = self.check(&block, &parent).map_err(ChainError::OwnProposal)?;
        self.keep(&block, senders, (built.executed, layer), certified);
        Ok((block, built.rejected))
    }

    /// Checks every rule of a block against its parent, which must be known, executes it and keeps it as executed.
    ///
    /// # Errors
    /// [`Invalid`]; see [`Invalid::is_permanent`].
    pub fn verify(&mut self, block: &Arc<SealedBlock>) -> Result<(), Invalid> {
        if self.tree.get(&block.hash()).is_some() || block.hash() == self.tip.hash() {
            return Ok(());
        }
        let parent = block.header().parent_hash;
        let parent = Arc::clone(self.known(parent).ok_or(Invalid::UnknownParent(parent))?);
        let certified = self.check(block, &parent)?;
        let transactions = recover(&block.block().transactions)?;
        let (db, view) = self.state_of(&parent).ok_or_else(|| Invalid::UnknownParent(parent.hash()))?;
        let environment = rules::environment(self.genesis.chain_id(), block.header());
        let mut executed = execute(&environment, db, &transactions).map_err(|error| match error {
            ExecutionError::Invalid(invalid) => Invalid::Execution(invalid),
            ExecutionError::State(reason) => Invalid::State(reason),
        })?;
        let layer = view.extend(mem::take(&mut executed.delta))?;
        rules::executed_as_claimed(block, &executed, layer.root())?;
        let senders = transactions.iter().map(Recovered::signer).collect();
        self.keep(block, senders, (executed, layer), certified);
        Ok(())
    }

    /// Makes a child of the tip final: durable in one batch when this returns. `None` for a block that is final already.
    ///
    /// # Errors
    /// [`ChainError::InvalidFinal`] when it breaks a rule: a quorum finalized what this node cannot accept;
    /// [`ChainError::FinalityReverted`] when another block is final at its height; the store's.
    pub fn finalize(&mut self, block: &Arc<SealedBlock>, certificate: Option<Bytes>) -> Result<Option<Arc<Decided>>, ChainError> {
        let (height, hash) = (block.height(), block.hash());
        if height <= self.tip.height() {
            return match self.store.hash_at(height)? {
                Some(known) if known == hash => Ok(None),
                _ => Err(ChainError::FinalityReverted { height, hash }),
            };
        }
        if block.header().parent_hash != self.tip.hash() {
            return Err(ChainError::NotNext { height, tip: self.tip.height() });
        }
        // Not executed yet when this node is catching up rather than voting.
        self.verify(block).map_err(ChainError::InvalidFinal)?;
        let node = self.tree.get(&hash).ok_or(ChainError::UnknownParent(hash))?;
        let burned = self.burned.checked_add(node.burned).ok_or(ChainError::Burned { height, burned: node.burned })?;
        self.store.commit(Commit {
            block,
            senders: &node.senders,
            receipts: &node.receipts,
            layer: &node.layer,
            burned,
            certificate: certificate.as_ref().map(|bytes| bytes.as_ref()),
        })?;
        let Some(node) = self.tree.advance(&hash) else { return Ok(None) };
        self.recent.push(block, node.certified);
        self.tip = Arc::clone(block);
        self.burned = burned;
        Ok(Some(Arc::new(Decided { block: node.block, senders: node.senders, receipts: node.receipts, burned })))
    }

    fn known(&self, hash: B256) -> Option<&Arc<SealedBlock>> {
        if hash == self.tip.hash() { Some(&self.tip) } else { self.tree.get(&hash).map(|node| &node.block) }
    }

    /// The state after a known block.
    fn state_of(&self, block: &SealedBlock) -> Option<(StateDb, View)> {
        let branch = self.tree.branch(block.hash(), self.tip.hash())?;
        let pending = branch.iter().map(|node| (node.block.header().number, node.block.hash())).collect();
        let view = branch.iter().rev().fold(self.store.view(), |view, node| view.with(Arc::clone(&node.layer)));
        Some((StateDb::new(view.clone(), self.store.clone(), pending), view))
    }

    /// B1–B5. Returns what the certificates finalize.
    fn check(&self, block: &SealedBlock, parent: &SealedBlock) -> Result<Vec<B256>, Invalid> {
        rules::follows(block, parent)?;
        rules::proposed_by_leader(block, parent, &self.genesis, self.genesis_hash)?;
        let branch = self.tree.branch(parent.hash(), self.tip.hash()).unwrap_or_default();
        let context = Context {
            genesis: self.genesis_hash,
            committee: self.genesis.committee(),
            epoch_length: self.genesis.config().epoch_length,
            recent: &self.recent,
            branch: &branch,
        };
        context.check(block)
    }

    fn draft(&self, proposal: &Proposal, parent: &SealedBlock) -> Header {
        let (epoch, view, parent_view) = proposal.context;
        let extra = ExtraData {
            milliseconds: (proposal.timestamp_ms % 1000) as u16,
            reveal: proposal.reveal,
            certificates_hash: certificates_hash(&proposal.certificates),
            epoch,
            view,
            parent_view,
            leader: proposal.leader,
        };
        Header {
            parent_hash: parent.hash(),
            number: parent.header().number + 1,
            timestamp: proposal.timestamp_ms / 1000,
            beneficiary: proposal.beneficiary,
            gas_limit: parent.header().gas_limit,
            base_fee_per_gas: Some(rules::next_base_fee(parent.header())),
            mix_hash: next_mix(parent.header().mix_hash, &proposal.reveal),
            extra_data: extra.encode(),
            ..rules::template()
        }
    }

    fn keep(&mut self, block: &Arc<SealedBlock>, senders: Vec<Address>, result: (Executed, Layer), certified: Vec<B256>) {
        let (executed, layer) = result;
        self.tree.insert(Node {
            block: Arc::clone(block),
            senders,
            receipts: Arc::new(executed.receipts),
            layer: Arc::new(layer),
            burned: executed.burned,
            certified,
        });
    }
}

/// The state of genesis over nothing, for its root.
fn genesis_layer(genesis: &Genesis) -> Result<Layer, ChainError> {
    Ok(Store::memory().view().extend(genesis.delta())?)
}

fn recover(transactions: &[TxEnvelope]) -> Result<Vec<Recovered<TxEnvelope>>, Invalid> {
    let recovered = transactions.iter().enumerate().map(|(index, transaction)| {
        let signer = transaction.recover_signer().map_err(|_| Invalid::Signature(index))?;
        Ok(Recovered::new_unchecked(transaction.clone(), signer))
    });
    recovered.collect()
}
