//! What a block changes, as plain ordered maps: the one currency between execution and storage.

use alloy::primitives::{Address, B256, Bytes, KECCAK256_EMPTY, U256};
use std::collections::BTreeMap;

/// An account without its storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Account {
    pub nonce: u64,
    /// Wei.
    pub balance: U256,
    /// keccak256 of the code; [`KECCAK256_EMPTY`] for accounts without code.
    pub code_hash: B256,
}

impl Default for Account {
    fn default() -> Self {
        Self { nonce: 0, balance: U256::ZERO, code_hash: KECCAK256_EMPTY }
    }
}

impl Account {
    /// EIP-161: such an account is not in the trie.
    pub fn is_empty(&self) -> bool {
        self.nonce == 0 && self.balance.is_zero() && self.code_hash == KECCAK256_EMPTY
    }
}

/// The new state of one account and of the slots that changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountDelta {
    /// `None`: the account no longer exists (and neither does its storage).
    pub account: Option<Account>,
    /// All earlier storage is gone before `storage` applies (self-destruct, then possibly created again).
    pub storage_cleared: bool,
    /// New slot values; zero deletes the slot.
    pub storage: BTreeMap<U256, U256>,
}

/// Everything one block changes. Ordered, so that iteration never depends on hashing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StateDelta {
    pub accounts: BTreeMap<Address, AccountDelta>,
    /// Code that the block deployed, by keccak256.
    pub codes: BTreeMap<B256, Bytes>,
}
