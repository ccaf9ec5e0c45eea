//! One executed block above the committed tip: what it changes, and the trie nodes and root that follow.

use crate::{
    error::StoreError,
    record::{Record, short},
    trie::{self, Changed, Entry, Nodes},
    view::{AccountTrie, KnownSlot, StorageTrie, View},
};
use alloy::primitives::{Address, B256, U256, keccak256};
use alloy_trie::{EMPTY_ROOT_HASH, Nibbles};
use edgeloom_types::{Account, AccountDelta, StateDelta};
use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};
use std::collections::BTreeMap;

/// Fewer accounts than this are not worth handing to other threads.
const PARALLEL_MIN: usize = 128;

/// A block's changes over the state of one root. Made by [`View::extend`], so its root is right by construction.
#[derive(Debug)]
pub struct Layer {
    parent_root: B256,
    root: B256,
    delta: StateDelta,
    pub(crate) changes: BTreeMap<Address, Change>,
    pub(crate) nodes: Nodes,
}

/// An account's part of a layer, in terms of rows.
#[derive(Debug)]
pub(crate) struct Change {
    /// keccak of the address.
    pub(crate) hashed: B256,
    /// `None`: the account is gone.
    pub(crate) record: Option<Record>,
    /// Nothing of the storage below this layer is left.
    pub(crate) cleared: bool,
    /// By keccak of the slot, ascending.
    pub(crate) slots: Vec<(B256, U256)>,
    pub(crate) nodes: Nodes,
}

impl Layer {
    /// State root after this block.
    pub const fn root(&self) -> B256 {
        self.root
    }

    /// State root that this layer extends.
    pub const fn parent_root(&self) -> B256 {
        self.parent_root
    }

    /// What the block changes. Accounts that EIP-161 calls empty are `None` here, without storage.
    pub const fn delta(&self) -> &StateDelta {
        &self.delta
    }

    pub(crate) fn account(&self, address: &Address) -> Option<Option<Account>> {
        self.delta.accounts.get(address).map(|change| change.account)
    }

    /// `Some` when this layer decides the slot.
    pub(crate) fn slot(&self, address: &Address, slot: &U256) -> Option<U256> {
        let change = self.delta.accounts.get(address)?;
        let value = change.storage.get(slot).copied();
        value.or_else(|| change.storage_cleared.then_some(U256::ZERO))
    }

    /// `Some` when this layer changes the node. One below a clearing is never asked for: no node above leads there.
    pub(crate) fn storage_node(&self, address: &Address, path: &Nibbles) -> Option<&Changed> {
        self.changes.get(address)?.nodes.get(path)
    }

    /// How many rows of history it is.
    pub(crate) fn rows(&self) -> usize {
        let of_account = |change: &Change| 1 + change.slots.len() + change.nodes.len();
        self.nodes.len() + self.changes.values().map(of_account).sum::<usize>()
    }

    pub(crate) fn extend(view: &View, parent_root: B256, mut delta: StateDelta) -> Result<Self, StoreError> {
        delta.accounts.values_mut().for_each(settle);
        let changes = changes(view, &delta)?;
        let entry = |(address, change): (&Address, &Change)| {
            let before = view.known_account(address).and_then(|known| known.record);
            Entry {
                key: Nibbles::unpack_array(&change.hashed.0),
                value: change.record.as_ref().map(Record::leaf),
                before: before.as_ref().map(Record::leaf),
            }
        };
        let mut entries: Vec<_> = changes.iter().map(entry).collect();
        entries.sort_unstable_by_key(|entry| entry.key);
        let (root, nodes) = trie::update(parent_root, &entries, AccountTrie(view))?;
        Ok(Self { parent_root, root, delta, changes, nodes })
    }
}

/// On all cores where there is enough to do: each account's part is its own.
fn changes(view: &View, delta: &StateDelta) -> Result<BTreeMap<Address, Change>, StoreError> {
    let made = |(address, account): (&Address, &AccountDelta)| Ok((*address, change(view, address, account)?));
    if delta.accounts.len() < PARALLEL_MIN {
        return delta.accounts.iter().map(made).collect();
    }
    let accounts: Vec<_> = delta.accounts.iter().collect();
    let made: Result<Vec<_>, _> = accounts.into_par_iter().with_min_len(PARALLEL_MIN / 4).map(made).collect();
    Ok(made?.into_iter().collect())
}

/// EIP-161: an empty account does not exist, and what does not exist has no storage.
fn settle(change: &mut AccountDelta) {
    change.account = change.account.filter(|account| !account.is_empty());
    if change.account.is_none() {
        change.storage_cleared = true;
        change.storage.clear();
    }
}

fn change(view: &View, address: &Address, delta: &AccountDelta) -> Result<Change, StoreError> {
    let hashed = view.hashed(address);
    let known = delta.storage.keys().map(|slot| view.known_slot(address, slot));
    let mut slots: Vec<_> = delta.storage.iter().zip(known).map(changed_slot).collect();
    slots.sort_unstable_by_key(|((slot, _), _)| *slot);
    let (slots, before): (Vec<_>, Vec<_>) = slots.into_iter().unzip();
    let mut storage_root = view.storage_root(address)?;
    // Most accounts that are made or destroyed had no storage: then there is nothing to clear, not even in caches.
    let cleared = delta.storage_cleared && storage_root != EMPTY_ROOT_HASH;
    if cleared {
        storage_root = EMPTY_ROOT_HASH;
    }
    let mut change = Change { hashed, record: None, cleared, slots, nodes: Nodes::new() };
    let Some(account) = delta.account else { return Ok(change) };
    if !change.slots.is_empty() {
        let entries: Vec<_> = change.slots.iter().zip(before).map(slot_entry).collect();
        let trie = StorageTrie { view, address, hashed: &hashed };
        (storage_root, change.nodes) = trie::update(storage_root, &entries, trie)?;
    }
    change.record = Some(Record { account, storage_root });
    Ok(change)
}

/// Its row, and what it had as far as that is known.
fn changed_slot(((slot, value), known): ((&U256, &U256), Option<KnownSlot>)) -> ((B256, U256), Option<U256>) {
    let hashed = known.map_or_else(|| keccak256(slot.to_be_bytes::<32>()), |known| known.hashed);
    ((hashed, *value), known.map(|known| known.value))
}

fn slot_entry(((slot, value), before): (&(B256, U256), Option<U256>)) -> Entry {
    let leaf = |value: U256| (!value.is_zero()).then(|| alloy_rlp::encode(short(value).as_slice()));
    Entry { key: Nibbles::unpack_array(&slot.0), value: leaf(*value), before: before.and_then(leaf) }
}
