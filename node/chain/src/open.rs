//! A chain begins at its store's tip; an empty store begins at genesis.

use crate::{
    certificates::{self, LOOK_BACK},
    error::ChainError,
    tree::{Ancestor, Tree},
};
use alloy::{
    eips::eip2935::{HISTORY_STORAGE_ADDRESS, HISTORY_STORAGE_CODE},
    primitives::{B256, U256, keccak256},
};
use edgeloom_state::{Commit, Layer, Store, StoreError, Tip};
use edgeloom_types::{Genesis, Height, SealedBlock};
use std::{collections::VecDeque, sync::Arc};

/// The genesis block of `genesis`, and its tree at the store's tip.
pub(crate) fn open(store: &Store, genesis: &Genesis) -> Result<(SealedBlock, Tree), ChainError> {
    let (first, layer) = begin(genesis)?;
    let tip = match store.tip() {
        Some(tip) => tip,
        None => {
            store.commit(commit(genesis, &first, &layer))?;
            Tip { height: Height::GENESIS, hash: first.hash(), state_root: layer.root() }
        }
    };
    let found = store.hash_at(Height::GENESIS)?.ok_or_else(|| missing(Height::GENESIS))?;
    if found != first.hash() {
        return Err(ChainError::OtherGenesis { expected: first.hash(), found });
    }
    Ok((first, resume(store, tip.height)?))
}

/// The hash of the genesis block.
pub(crate) fn first_hash(genesis: &Genesis) -> Result<B256, StoreError> {
    let layer = Store::memory().view().extend(genesis.delta())?;
    Ok(genesis.block(layer.root())?.hash())
}

/// Leaves nothing but genesis in `store`.
pub(crate) fn begin_again(store: &Store, genesis: &Genesis) -> Result<Tree, ChainError> {
    let (first, layer) = begin(genesis)?;
    store.begin_again(commit(genesis, &first, &layer))?;
    resume(store, Height::GENESIS)
}

/// The genesis block and the state after it.
fn begin(genesis: &Genesis) -> Result<(SealedBlock, Layer), ChainError> {
    let allocation = genesis.delta();
    let history = allocation.accounts.get(&HISTORY_STORAGE_ADDRESS).and_then(|change| change.account);
    if history.is_none_or(|account| account.code_hash != keccak256(&HISTORY_STORAGE_CODE)) {
        return Err(ChainError::NoHistoryContract(HISTORY_STORAGE_ADDRESS));
    }
    let layer = Store::memory().view().extend(allocation)?;
    Ok((genesis.block(layer.root())?, layer))
}

fn commit<'a>(genesis: &'a Genesis, block: &'a SealedBlock, layer: &'a Layer) -> Commit<'a> {
    let system_logs = &genesis.config().system_logs;
    Commit { block, senders: &[], receipts: &[], system_logs, layer, burned: U256::ZERO, term: None, certificate: None }
}

/// The tree at the tip of `store`, which is at this height.
pub(crate) fn resume(store: &Store, tip: Height) -> Result<Tree, ChainError> {
    let block = Arc::new(store.block(tip)?.ok_or_else(|| missing(tip))?);
    Ok(Tree::new(block, store.burned(tip)?, recent(store, tip)?))
}

fn recent(store: &Store, tip: Height) -> Result<VecDeque<Ancestor>, ChainError> {
    let lowest = (tip.get() + 1).saturating_sub(LOOK_BACK as u64);
    let blocks = (lowest..=tip.get()).map(Height::new).map(|height| {
        let block = store.block(height)?.ok_or_else(|| missing(height))?;
        let certified = certificates::certified(&block).map_err(|fault| ChainError::Fault(fault.to_string()))?;
        Ok(Ancestor { height, hash: block.hash(), certified })
    });
    blocks.collect()
}

fn missing(height: Height) -> ChainError {
    ChainError::Fault(format!("the database lacks block {height}, which it committed"))
}
