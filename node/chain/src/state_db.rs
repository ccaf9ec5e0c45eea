//! The committed state, or the state after an executed block, as revm reads it.

use crate::codes::ready;
use alloy::primitives::{Address, B256, Bytes, U256};
use edgeloom_state::{HistoryView, Layer, StoreError, View};
use edgeloom_types::Account;
use revm::{Database, bytecode::Bytecode, database_interface::DBErrorMarker, state::AccountInfo};
use std::{fmt, sync::Arc};

#[derive(Clone)]
enum State {
    /// Of an executed block, final or not. For whoever owns the [`crate::Chain`].
    Executed(View),
    /// Of a final block of any height. For readers.
    Final(HistoryView),
    /// Of a block that is not there yet. For readers.
    Foreseen(Foreseen),
}

/// A final block's state with what one more block would change.
#[derive(Clone)]
pub(crate) struct Foreseen {
    pub(crate) below: HistoryView,
    pub(crate) layer: Arc<Layer>,
}

/// A state as revm's `Database`.
#[derive(Clone)]
pub struct StateDb(State);

/// The disk failed, or lacks code that an account has.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct StateDbError(#[from] pub StoreError);

impl DBErrorMarker for StateDbError {}

impl StateDb {
    /// # Errors
    /// The store's.
    pub fn account(&self, address: Address) -> Result<Option<Account>, StoreError> {
        match &self.0 {
            State::Executed(view) => view.account(address),
            State::Final(view) => view.account(address),
            State::Foreseen(Foreseen { below, layer }) => match layer.delta().accounts.get(&address) {
                Some(change) => Ok(change.account),
                None => below.account(address),
            },
        }
    }

    /// Zero for slots and accounts that do not exist.
    ///
    /// # Errors
    /// The store's.
    pub fn slot(&self, address: Address, slot: U256) -> Result<U256, StoreError> {
        match &self.0 {
            State::Executed(view) => view.storage(address, slot),
            State::Final(view) => view.storage(address, slot),
            State::Foreseen(Foreseen { below, layer }) => {
                let Some(change) = layer.delta().accounts.get(&address) else { return below.storage(address, slot) };
                match change.storage.get(&slot) {
                    Some(value) => Ok(*value),
                    None if change.storage_cleared || change.account.is_none() => Ok(U256::ZERO),
                    None => below.storage(address, slot),
                }
            }
        }
    }

    /// # Errors
    /// The store's.
    pub fn code(&self, hash: B256) -> Result<Option<Bytes>, StoreError> {
        match &self.0 {
            State::Executed(view) => view.code(hash),
            State::Final(view) => view.code(hash),
            State::Foreseen(Foreseen { below, layer }) => match layer.delta().codes.get(&hash) {
                Some(code) => Ok(Some(code.clone())),
                None => below.code(hash),
            },
        }
    }
}

impl From<View> for StateDb {
    fn from(view: View) -> Self {
        Self(State::Executed(view))
    }
}

impl From<HistoryView> for StateDb {
    fn from(view: HistoryView) -> Self {
        Self(State::Final(view))
    }
}

impl From<Foreseen> for StateDb {
    fn from(foreseen: Foreseen) -> Self {
        Self(State::Foreseen(foreseen))
    }
}

impl Database for StateDb {
    type Error = StateDbError;

    fn basic(&mut self, address: Address) -> Result<Option<AccountInfo>, Self::Error> {
        let account = self.account(address)?;
        Ok(account.map(|Account { nonce, balance, code_hash }| AccountInfo {
            balance,
            nonce,
            code_hash,
            code: None,
            ..Default::default()
        }))
    }

    fn code_by_hash(&mut self, hash: B256) -> Result<Bytecode, Self::Error> {
        Ok(ready(hash, || {
            let code = self.code(hash)?.ok_or_else(|| StoreError::Corrupt(format!("no code of hash {hash}")))?;
            // Genesis refuses code that fails this, and no transaction can deploy it (EIP-3541).
            let ready = Bytecode::new_raw_checked(code);
            ready.map_err(|error| StoreError::Corrupt(format!("code of hash {hash}: {error}")))
        })?)
    }

    fn storage(&mut self, address: Address, slot: U256) -> Result<U256, Self::Error> {
        Ok(self.slot(address, slot)?)
    }

    fn block_hash(&mut self, number: u64) -> Result<B256, Self::Error> {
        unreachable!("asked for the hash of block {number}: `edgeloom-evm` reads them from the history contract (X2)")
    }
}

impl fmt::Debug for StateDb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            State::Executed(_) => "StateDb(Executed)",
            State::Final(_) => "StateDb(Final)",
            State::Foreseen(_) => "StateDb(Foreseen)",
        })
    }
}
