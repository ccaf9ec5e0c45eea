//! Merkle proofs of a state (EIP-1186). The tip's come from one snapshot, so that a commit meanwhile does not mix into
//! them; a past block's from history, where nothing of its height changes.

use crate::{
    error::StoreError,
    kv::Snapshot,
    leaves,
    record::{Record, long},
    store::{Store, Tip},
    table::{
        META_CHEATED, META_TIP, Table, account_history_key, account_node_history_key, account_node_key,
        storage_history_key, storage_key, storage_node_history_key, storage_node_key,
    },
    trie::{KeyValue, PastTrie, prove},
};
use alloy::primitives::{Address, B256, Bytes, U256, keccak256};
use alloy_trie::{EMPTY_ROOT_HASH, Nibbles, nodes::LeafNode};
use edgeloom_types::{Account, Height};

/// Whether an account exists after a block and what it holds, with the nodes that prove it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountProof {
    /// Of the block whose state root the nodes lead to.
    pub height: Height,
    pub state_root: B256,
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
    /// Of the state after the block at `height`. The caller bounds the number of slots; one that lies deep costs about a
    /// hundred seeks below the tip, and about ten reads at the tip.
    ///
    /// # Errors
    /// [`StoreError::UnknownHeight`] above the tip, [`StoreError::Pruned`] below [`Store::oldest`],
    /// [`StoreError::Amended`]; the disk's.
    pub fn proof(&self, address: Address, slots: &[U256], height: Height) -> Result<AccountProof, StoreError> {
        self.committed(height)?;
        let snapshot = self.kv().snapshot();
        let tip = snapshot_tip(&snapshot)?;
        if tip.height == height {
            return State::Tip(snapshot).proof(address, slots, tip.state_root);
        }
        drop(snapshot);
        self.kept(height)?;
        let header = self.header(height)?.ok_or_else(|| StoreError::corrupt(format!("no header of {height}")))?;
        let past = State::Past(self, height);
        let root = past.account_nodes()(&Nibbles::new())?.map_or(EMPTY_ROOT_HASH, keccak256);
        if root != header.state_root && self.kv().get(Table::Meta, META_CHEATED)?.is_some() {
            return Err(StoreError::Amended { asked: height });
        }
        past.proof(address, slots, header.state_root)
    }
}

/// What proofs are made from.
enum State<'a> {
    Tip(Snapshot<'a>),
    Past(&'a Store, Height),
}

/// RLP of the trie node at a path.
type Load<'a> = Box<dyn Fn(&Nibbles) -> Result<Option<Vec<u8>>, StoreError> + 'a>;

impl State<'_> {
    fn proof(&self, address: Address, slots: &[U256], state_root: B256) -> Result<AccountProof, StoreError> {
        let hashed = keccak256(address);
        let record = self.record(&hashed)?;
        let storage_root = record.map_or(EMPTY_ROOT_HASH, |record| record.storage_root);
        let nodes = prove(state_root, &Nibbles::unpack_array(&hashed.0), self.account_nodes())?;
        let load = self.storage_nodes(hashed);
        let storage = slots.iter().map(|slot| {
            let hashed_slot = keccak256(slot.to_be_bytes::<32>());
            let value = self.value(&storage_key(&hashed, &hashed_slot))?.unwrap_or_default();
            let nodes = prove(storage_root, &Nibbles::unpack_array(&hashed_slot.0), &load)?;
            Ok(StorageProof { slot: *slot, value, nodes })
        });
        let storage = storage.collect::<Result<_, StoreError>>()?;
        let (height, account) = (self.height()?, record.map(|record| record.account));
        Ok(AccountProof { height, state_root, address, account, storage_root, nodes, storage })
    }

    fn height(&self) -> Result<Height, StoreError> {
        match self {
            Self::Tip(snapshot) => snapshot_tip(snapshot).map(|tip| tip.height),
            Self::Past(_, height) => Ok(*height),
        }
    }

    fn record(&self, address: &B256) -> Result<Option<Record>, StoreError> {
        let row = match self {
            Self::Tip(snapshot) => snapshot.get(Table::Accounts, address.as_slice())?,
            Self::Past(store, height) => {
                store.past(Table::AccountHistory, &account_history_key(address, *height), *height)?
            }
        };
        row.filter(|row| !row.is_empty()).map(|row| Record::decode(&row)).transpose()
    }

    /// `None` for zero.
    fn value(&self, key: &[u8; 64]) -> Result<Option<U256>, StoreError> {
        let row = match self {
            Self::Tip(snapshot) => snapshot.get(Table::Storage, key)?,
            Self::Past(store, height) => {
                store.past(Table::StorageHistory, &storage_history_key(key, *height), *height)?
            }
        };
        row.filter(|row| !row.is_empty()).map(|row| long(&row)).transpose()
    }

    fn account_nodes(&self) -> Load<'_> {
        match self {
            Self::Tip(snapshot) => Box::new(|path| {
                let row = snapshot.get(Table::AccountTrie, &account_node_key(path))?;
                row.map_or_else(|| Ok(leaf(path, leaves::account(snapshot, path, None)?)), |row| Ok(Some(row)))
            }),
            Self::Past(store, height) => {
                let row = |path: &Nibbles| {
                    store.past(Table::AccountTrieHistory, &account_node_history_key(path, *height), *height)
                };
                let leaf = |key: &B256| Ok(self.record(key)?.map(|record| record.leaf()));
                let trie = PastTrie::new(row, leaf);
                Box::new(move |path| trie.node(path))
            }
        }
    }

    fn storage_nodes(&self, address: B256) -> Load<'_> {
        match self {
            Self::Tip(snapshot) => Box::new(move |path| {
                let row = snapshot.get(Table::StorageTrie, &storage_node_key(&address, path))?;
                row.map_or_else(|| Ok(leaf(path, leaves::slot(snapshot, &address, path, None)?)), |row| Ok(Some(row)))
            }),
            Self::Past(store, height) => {
                let row = move |path: &Nibbles| {
                    let key = storage_node_history_key(&address, path, *height);
                    store.past(Table::StorageTrieHistory, &key, *height)
                };
                let leaf = move |slot: &B256| {
                    let value = self.value(&storage_key(&address, slot))?;
                    Ok(value.map(alloy_rlp::encode))
                };
                let trie = PastTrie::new(row, leaf);
                Box::new(move |path| trie.node(path))
            }
        }
    }
}

/// RLP of the leaf at `path` of the only key that begins with it.
fn leaf(path: &Nibbles, found: Option<KeyValue>) -> Option<Vec<u8>> {
    let (key, value) = found.filter(|(key, _)| key.starts_with(path))?;
    Some(alloy_rlp::encode(LeafNode::new(key.slice(path.len()..), value)))
}

pub(crate) fn snapshot_tip(snapshot: &Snapshot<'_>) -> Result<Tip, StoreError> {
    let unknown = StoreError::UnknownHeight { asked: Height::GENESIS, tip: None };
    Tip::decode(&snapshot.get(Table::Meta, META_TIP)?.ok_or(unknown)?)
}
