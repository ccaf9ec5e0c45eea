//! Accounts, slots and code as they are now. There is no trie: nothing here asks for a root.

use alloy::primitives::{
    Address, B256, Bytes, KECCAK256_EMPTY, U256,
    map::{AddressMap, B256Map, HashMap},
};
use edgeloom_types::{Account, StateDelta};
use revm::{Database, bytecode::Bytecode, state::AccountInfo};
use std::convert::Infallible;

#[derive(Debug, Default)]
pub(crate) struct State {
    accounts: AddressMap<Account>,
    storage: AddressMap<HashMap<U256, U256>>,
    codes: B256Map<Bytecode>,
}

impl State {
    pub(crate) fn apply(&mut self, delta: StateDelta) {
        for (address, change) in delta.accounts {
            if change.storage_cleared || change.account.is_none() {
                self.storage.remove(&address);
            }
            match change.account {
                Some(account) => self.accounts.insert(address, account),
                None => self.accounts.remove(&address),
            };
            if !change.storage.is_empty() {
                self.storage.entry(address).or_default().extend(change.storage);
            }
        }
        self.codes.extend(delta.codes.into_iter().map(|(hash, code)| (hash, Bytecode::new_raw(code))));
    }

    pub(crate) fn account(&self, address: Address) -> Option<Account> {
        self.accounts.get(&address).copied()
    }

    /// Empty where there is none.
    pub(crate) fn code(&self, address: Address) -> Bytes {
        let hash = self.account(address).map_or(KECCAK256_EMPTY, |account| account.code_hash);
        self.codes.get(&hash).map(Bytecode::original_bytes).unwrap_or_default()
    }

    /// Wei of all accounts.
    pub(crate) fn supply(&self) -> U256 {
        self.accounts.values().map(|account| account.balance).sum()
    }
}

impl Database for State {
    type Error = Infallible;

    fn basic(&mut self, address: Address) -> Result<Option<AccountInfo>, Infallible> {
        Ok(self.account(address).map(|Account { nonce, balance, code_hash }| AccountInfo {
            nonce,
            balance,
            code_hash,
            code: None,
            ..Default::default()
        }))
    }

    fn code_by_hash(&mut self, hash: B256) -> Result<Bytecode, Infallible> {
        Ok(self.codes.get(&hash).cloned().unwrap_or_default())
    }

    fn storage(&mut self, address: Address, slot: U256) -> Result<U256, Infallible> {
        let slots = self.storage.get(&address);
        Ok(slots.and_then(|slots| slots.get(&slot)).copied().unwrap_or_default())
    }

    fn block_hash(&mut self, number: u64) -> Result<B256, Infallible> {
        unreachable!("asked for the hash of block {number}: the executor reads them from the history contract (X2)")
    }
}
