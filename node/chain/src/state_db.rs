//! The committed state, or the state after an executed block, as revm reads it.

use crate::codes::ready;
use alloy::primitives::{Address, B256, Bytes, U256};
use edgeloom_state::{HistoryView, StoreError, View};
use edgeloom_types::Account;
use revm::{Database, bytecode::Bytecode, database_interface::DBErrorMarker, state::AccountInfo};
use std::fmt;

#[derive(Clone)]
enum State {
    /// Of an executed block, final or not. For whoever owns the [`crate::Chain`].
    Executed(View),
    /// Of a final block of any height. For readers.
    Final(HistoryView),
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
    fn account(&self, address: Address) -> Result<Option<Account>, StoreError> {
        match &self.0 {
            State::Executed(view) => view.account(address),
            State::Final(view) => view.account(address),
        }
    }

    fn code(&self, hash: B256) -> Result<Option<Bytes>, StoreError> {
        match &self.0 {
            State::Executed(view) => view.code(hash),
            State::Final(view) => view.code(hash),
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
        Ok(match &self.0 {
            State::Executed(view) => view.storage(address, slot)?,
            State::Final(view) => view.storage(address, slot)?,
        })
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
        })
    }
}
