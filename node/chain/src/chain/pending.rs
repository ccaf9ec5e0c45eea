//! The block after the tip as it would be now. Nobody proposed it, and nothing of it is kept: it answers who asks for
//! `pending`. It reads the store alone, so building one holds up no chain.

use super::{HEADER_BYTES_MAX, Liberties, Proposal, dev::free, draft, environment, fault};
use crate::{
    error::ChainError,
    state_db::{Foreseen, StateDb},
    terms::Terms,
};
use alloy::primitives::Address;
use alloy_consensus::{
    Header, ReceiptEnvelope, TxEnvelope,
    proofs::{calculate_receipt_root, calculate_transaction_root},
    transaction::Recovered,
};
use edgeloom_evm::{BlockEnvironment, Limits};
use edgeloom_state::Store;
use edgeloom_types::{Block, MAX_BLOCK_BYTES, SealedBlock, system_logs_hash};
use std::sync::Arc;

/// A block that is not there yet.
#[derive(Clone, Debug)]
pub struct Pending {
    pub block: SealedBlock,
    /// Who signed each of its transactions.
    pub senders: Vec<Address>,
    pub receipts: Vec<ReceiptEnvelope>,
    pub environment: BlockEnvironment,
    /// After it.
    pub state: StateDb,
}

impl Pending {
    /// Executes those of `candidates` that can run on the tip, which is the parent of `proposal`. With `liberties` the
    /// header is dev mode's, and accounts with code may send. The proposal's certificates are left out.
    ///
    /// # Errors
    /// [`ChainError::UnknownParent`] and [`edgeloom_state::StoreError::Stale`] when the tip is another by now: ask again;
    /// the node's own.
    pub fn build(
        (store, terms): (&Store, &Terms),
        chain_id: u64,
        (proposal, liberties): (&Proposal, Option<&Liberties>),
        candidates: impl Iterator<Item = Arc<Recovered<TxEnvelope>>>,
    ) -> Result<Self, ChainError> {
        let moved = || ChainError::UnknownParent(proposal.parent);
        let (commits, revision) = (store.commits().ok_or_else(moved)?, store.revision());
        let built = Self::build_on((store, terms), chain_id, (proposal, liberties), candidates);
        // A block may have been committed, or the state amended or taken back, between the reads: then an error says as little
        // as an answer.
        if store.commits() != Some(commits) || store.revision() != revision {
            return Err(moved());
        }
        built
    }

    fn build_on(
        (store, terms): (&Store, &Terms),
        chain_id: u64,
        (proposal, liberties): (&Proposal, Option<&Liberties>),
        candidates: impl Iterator<Item = Arc<Recovered<TxEnvelope>>>,
    ) -> Result<Self, ChainError> {
        let moved = || ChainError::UnknownParent(proposal.parent);
        let view = store.view();
        let tip = store.tip().filter(|tip| tip.hash == proposal.parent).ok_or_else(moved)?;
        let below = store.at(tip.height)?;
        let parent = store.block(tip.height)?.filter(|block| block.hash() == tip.hash).ok_or_else(moved)?;
        let rules = terms.of_block(parent.height().next()).rules;
        let rules = if liberties.is_some() { free(&parent, rules) } else { rules };
        let (mut header, consensus) = draft(proposal, &parent, rules, &[]);
        if let Some(liberties) = liberties {
            liberties.take(&mut header);
        }
        let environment =
            BlockEnvironment { contracts_send: liberties.is_some(), ..environment(chain_id, &header, &[]) };
        let limits = Limits { bytes: MAX_BLOCK_BYTES - HEADER_BYTES_MAX };
        let built = edgeloom_evm::build(&environment, StateDb::from(below.clone()), candidates, limits);
        let (chosen, _, executed) = built.map_err(fault)?;
        let transactions: Vec<TxEnvelope> = chosen.iter().map(|transaction| transaction.inner().clone()).collect();
        let layer = view.extend(executed.delta)?;
        let header = Header {
            state_root: layer.root(),
            transactions_root: calculate_transaction_root(&transactions),
            receipts_root: calculate_receipt_root(&executed.receipts),
            logs_bloom: executed.logs_bloom,
            gas_used: executed.gas_used,
            requests_hash: Some(system_logs_hash(&executed.system_logs)),
            ..header
        };
        Ok(Self {
            block: SealedBlock::new(Block { header, consensus, transactions, certificates: Vec::new() })?,
            senders: chosen.iter().map(|transaction| transaction.signer()).collect(),
            receipts: executed.receipts,
            environment,
            state: StateDb::from(Foreseen { below, layer: Arc::new(layer) }),
        })
    }
}
