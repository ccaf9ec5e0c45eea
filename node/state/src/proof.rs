//! Merkle proofs of the tip's state (EIP-1186), from one snapshot: a commit meanwhile does not mix into them.

use crate::{
    error::StoreError,
    kv::Snapshot,
    record::{Record, long},
    store::{Store, Tip},
    table::{META_TIP, Table, account_node_key, storage_key, storage_node_key},
    trie::prove,
};
use alloy::primitives::{Address, B256, Bytes, U256, keccak256};
use alloy_trie::{EMPTY_ROOT_HASH, Nibbles};
use edgeloom_types::Account;

/// Whether an account exists at the tip and what it holds, with the nodes that prove it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountProof {
    /// The block whose state root the nodes lead to.
    pub tip: Tip,
    pub address: Address,
    /// `None`: the nodes prove that there is no such account.
    pub account: Option<Account>,
    pub storage_root: B256,
    /// RLP nodes from the state root down.
    pub nodes: Vec<Bytes>,
    /// One per slot asked for, in that order.
    pub storage: Vec<StorageProof>,
}

/// A slot's value, zero included, with the nodes that prove it under the account's storage root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StorageProof {
    pub slot: U256,
    pub value: U256,
    /// RLP nodes from the storage root down.
    pub nodes: Vec<Bytes>,
}

impl Store {
    /// The caller bounds the number of slots.
    ///
    /// # Errors
    /// [`StoreError::UnknownHeight`] before genesis is committed; the disk's.
    pub fn proof(&self, address: Address, slots: &[U256]) -> Result<AccountProof, StoreError> {
        let snapshot = self.kv().snapshot();
        let tip = snapshot_tip(&snapshot)?;
        let hashed = keccak256(address);
        let record = snapshot.get(Table::Accounts, hashed.as_slice())?.map(|row| Record::decode(&row)).transpose()?;
        let storage_root = record.map_or(EMPTY_ROOT_HASH, |record| record.storage_root);
        let key = Nibbles::unpack_array(&hashed.0);
        let nodes = prove(tip.state_root, &key, |path| snapshot.get(Table::AccountTrie, &account_node_key(path)))?;
        let storage = slots.iter().map(|slot| {
            let hashed_slot = keccak256(slot.to_be_bytes::<32>());
            let value = snapshot.get(Table::Storage, &storage_key(&hashed, &hashed_slot))?;
            let value = value.map_or(Ok(U256::ZERO), |value| long(&value))?;
            let nodes = prove(storage_root, &Nibbles::unpack_array(&hashed_slot.0), |path| {
                snapshot.get(Table::StorageTrie, &storage_node_key(&hashed, path))
            })?;
            Ok(StorageProof { slot: *slot, value, nodes })
        });
        let storage = storage.collect::<Result<_, StoreError>>()?;
        Ok(AccountProof { tip, address, account: record.map(|record| record.account), storage_root, nodes, storage })
    }
}

pub(crate) fn snapshot_tip(snapshot: &Snapshot<'_>) -> Result<Tip, StoreError> {
    let unknown = StoreError::UnknownHeight { asked: edgeloom_types::Height::GENESIS, tip: None };
    Tip::decode(&snapshot.get(Table::Meta, META_TIP)?.ok_or(unknown)?)
}
