//! What the chain does for dev mode, and for nothing else.

use super::{Chain, Proposal, environment};
use crate::{error::ChainError, open};
use alloy::primitives::{Address, B256};
use alloy_consensus::{Header, TxEnvelope, transaction::Recovered};
use edgeloom_evm::BlockEnvironment;
use edgeloom_state::Tip;
use edgeloom_types::{Block, EpochRules, SealedBlock, StateDelta};
use std::sync::Arc;

/// Where a block departs from the rules of its header. No network's node would accept it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Liberties {
    pub gas_limit: Option<u64>,
    /// Wei per gas.
    pub base_fee: Option<u64>,
    pub beneficiary: Option<Address>,
    pub prevrandao: Option<B256>,
}

impl Liberties {
    pub(super) fn take(&self, header: &mut Header) {
        header.gas_limit = self.gas_limit.unwrap_or(header.gas_limit);
        header.base_fee_per_gas = self.base_fee.or(header.base_fee_per_gas);
        header.beneficiary = self.beneficiary.unwrap_or(header.beneficiary);
        header.mix_hash = self.prevrandao.unwrap_or(header.mix_hash);
    }
}

/// Dev mode's own numbers: a gas limit that stays as it is, and no floor.
pub(super) fn free(parent: &SealedBlock, rules: EpochRules) -> EpochRules {
    EpochRules { gas_limit: parent.header().gas_limit, base_fee_floor: 0, ..rules }
}

impl Chain {
    /// As [`Self::propose`], with liberties: the header is the caller's, nothing of it is checked. Accounts with code may
    /// send.
    ///
    /// # Errors
    /// [`ChainError::UnknownParent`]; the node's own.
    pub fn propose_freely(
        &mut self,
        proposal: &Proposal,
        liberties: &Liberties,
        candidates: impl Iterator<Item = Arc<Recovered<TxEnvelope>>>,
    ) -> Result<(Arc<SealedBlock>, Vec<B256>), ChainError> {
        let parent = self.tree.block(&proposal.parent).ok_or(ChainError::UnknownParent(proposal.parent))?.clone();
        let rules = self.rules(parent.hash());
        let mut block: Block =
            self.draft(proposal, &parent, &rules, free(&parent, rules.of_child(&parent)))?.block().clone();
        liberties.take(&mut block.header);
        let draft = SealedBlock::new(block)?;
        let environment = environment(self.genesis.chain_id(), draft.header(), &draft.block().certificates);
        self.build(&draft, &BlockEnvironment { contracts_send: true, ..environment }, candidates)
    }

    /// Remembers which addresses and slots an executed block changed, for [`edgeloom_state::Store::accounts`].
    ///
    /// # Errors
    /// The node's own.
    pub fn keep_preimages(&self, block: B256) -> Result<(), ChainError> {
        match self.tree.node(&block) {
            Some(node) => Ok(self.store.keep_preimages(node.layer.delta())?),
            None => Err(ChainError::UnknownParent(block)),
        }
    }

    /// Goes back to where the store was at `snapshot`. False when there is no such snapshot (any more).
    ///
    /// # Errors
    /// The node's own.
    pub fn revert(&mut self, snapshot: u64) -> Result<bool, ChainError> {
        let Some(tip) = self.store.revert(snapshot)? else { return Ok(false) };
        self.tree = open::resume(&self.store, tip.height)?;
        self.terms.read_again(&self.store, &self.genesis, self.tree.tip().header())?;
        Ok(true)
    }

    /// Goes back to genesis, and forgets every snapshot.
    ///
    /// # Errors
    /// The node's own.
    pub fn restart(&mut self) -> Result<(), ChainError> {
        self.tree = open::begin_again(&self.store, &self.genesis)?;
        self.terms.read_again(&self.store, &self.genesis, self.tree.tip().header())
    }

    /// Changes the state of the tip without a block. What was executed above it is forgotten.
    ///
    /// # Errors
    /// The node's own.
    pub fn amend(&mut self, delta: StateDelta) -> Result<Tip, ChainError> {
        let tip = self.store.amend(delta)?;
        self.tree.clear();
        Ok(tip)
    }
}
