//! revm's view of the state.

use alloy::primitives::{Address, B256, KECCAK256_EMPTY, U256};
use edgeloom_state::{HistoryView, Store, StoreError, View};
use edgeloom_types::{Account, Height};
use revm::{
    Database,
    database_interface::DBErrorMarker,
    state::{AccountInfo, Bytecode},
};
use std::sync::Arc;

/// The store failed under the EVM.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct DbError(Arc<StoreError>);

impl DBErrorMarker for DbError {}

impl From<StoreError> for DbError {
    fn from(error: StoreError) -> Self {
        Self(Arc::new(error))
    }
}

/// The state that a new block starts from.
#[derive(Debug)]
pub struct StateDb {
    view: View,
    store: Store,
    /// Ancestors above the final tip, newest first.
    pending: Vec<(u64, B256)>,
}

impl StateDb {
    pub(crate) const fn new(view: View, store: Store, pending: Vec<(u64, B256)>) -> Self {
        Self { view, store, pending }
    }
}

/// The state after a final block.
#[derive(Debug)]
pub struct HistoryDb {
    view: HistoryView,
    store: Store,
}

impl HistoryDb {
    /// # Errors
    /// When `height` is above the tip.
    pub fn at(store: &Store, height: Height) -> Result<Self, StoreError> {
        Ok(Self { view: store.at(height)?, store: store.clone() })
    }
}

fn info(account: Option<Account>) -> Option<AccountInfo> {
    account.map(|account| AccountInfo {
        balance: account.balance,
        nonce: account.nonce,
        code_hash: account.code_hash,
        ..Default::default()
    })
}

fn bytecode(store: &Store, code_hash: B256) -> Result<Bytecode, DbError> {
    if code_hash == KECCAK256_EMPTY {
        return Ok(Bytecode::default());
    }
    Ok(Bytecode::new_raw(store.code(code_hash)?.unwrap_or_default()))
}

fn hash(store: &Store, number: u64) -> Result<B256, DbError> {
    Ok(store.hash_at(Height::new(number))?.unwrap_or_default())
}

impl Database for StateDb {
    type Error = DbError;

    fn basic(&mut self, address: Address) -> Result<Option<AccountInfo>, DbError> {
        Ok(info(self.view.account(address)?))
    }

    fn code_by_hash(&mut self, code_hash: B256) -> Result<Bytecode, DbError> {
        if code_hash == KECCAK256_EMPTY {
            return Ok(Bytecode::default());
        }
        Ok(Bytecode::new_raw(self.view.code(code_hash)?.unwrap_or_default()))
    }

    fn storage(&mut self, address: Address, slot: U256) -> Result<U256, DbError> {
        Ok(self.view.storage(address, slot)?)
    }

    fn block_hash(&mut self, number: u64) -> Result<B256, DbError> {
        match self.pending.iter().find(|(pending, _)| *pending == number) {
            Some((_, hash)) => Ok(*hash),
            None => hash(&self.store, number),
        }
    }
}

impl Database for HistoryDb {
    type Error = DbError;

    fn basic(&mut self, address: Address) -> Result<Option<AccountInfo>, DbError> {
        Ok(info(self.view.account(address)?))
    }

    fn code_by_hash(&mut self, code_hash: B256) -> Result<Bytecode, DbError> {
        bytecode(&self.store, code_hash)
    }

    fn storage(&mut self, address: Address, slot: U256) -> Result<U256, DbError> {
        Ok(self.view.storage(address, slot)?)
    }

    fn block_hash(&mut self, number: u64) -> Result<B256, DbError> {
        hash(&self.store, number)
    }
}
