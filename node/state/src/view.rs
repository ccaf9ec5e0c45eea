use crate::{
    error::StoreError,
    layer::Layer,
    leaves,
    record::{Record, long},
    store::Store,
    table::{Table, account_node_key, storage_key, storage_node_key},
    trie::{Changed, KeyValue, Source},
};
use alloy::primitives::{
    Address, B256, Bytes, U256, keccak256,
    map::{AddressMap, HashMap},
};
use alloy_trie::{EMPTY_ROOT_HASH, Nibbles};
use edgeloom_types::{Account, StateDelta};
use parking_lot::RwLock;
use std::sync::Arc;

/// The committed state under layers of executed blocks, lowest first: what a new block executes on.
///
/// A view reads the tip's rows when they are first asked for. It stays right while blocks commit that are among its own
/// layers, since those decide everything that such a commit changes. When another block is committed the view is
/// stale; whoever owns the tree of blocks drops it then, and [`View::extend`] refuses it. Readers that own no tree
/// read through [`Store::at`].
#[derive(Clone, Debug)]
pub struct View {
    store: Store,
    base: B256,
    layers: Vec<Arc<Layer>>,
    /// What it read of the tip's accounts and slots: execution asks for each, and the root for each that changed.
    accounts: Arc<RwLock<AddressMap<KnownAccount>>>,
    slots: Arc<RwLock<HashMap<(Address, U256), KnownSlot>>>,
}

/// An account's row under the layers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KnownAccount {
    /// keccak of the address.
    pub(crate) hashed: B256,
    pub(crate) record: Option<Record>,
}

/// A slot's row under the layers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KnownSlot {
    /// keccak of the slot.
    pub(crate) hashed: B256,
    pub(crate) value: U256,
}

impl View {
    pub(crate) fn new(store: Store) -> Self {
        let base = tip_root(&store);
        Self { store, base, layers: Vec::new(), accounts: Arc::default(), slots: Arc::default() }
    }

    /// State root of everything this view shows.
    pub fn root(&self) -> B256 {
        self.layers.last().map_or(self.base, |layer| layer.root())
    }

    /// This view with one more block on top.
    ///
    /// # Panics
    /// When `layer` extends another root than [`Self::root`]: reads would mix two histories.
    #[must_use]
    pub fn with(&self, layer: Arc<Layer>) -> Self {
        assert_eq!(layer.parent_root(), self.root(), "a layer goes on the view that it extends");
        let mut layers = Vec::with_capacity(self.layers.len() + 1);
        layers.extend(self.layers.iter().cloned());
        layers.push(layer);
        let (store, base) = (self.store.clone(), self.base);
        Self { store, base, layers, accounts: Arc::default(), slots: Arc::default() }
    }

    /// # Errors
    /// The disk's.
    pub fn account(&self, address: Address) -> Result<Option<Account>, StoreError> {
        if let Some(account) = self.top(|layer| layer.account(&address)) {
            return Ok(account);
        }
        Ok(self.stored(&address)?.record.map(|record| record.account))
    }

    /// Reads accounts that somebody will ask for, who then hears of errors.
    pub fn read_ahead(&self, addresses: impl Iterator<Item = Address>) {
        for address in addresses {
            drop(self.account(address));
        }
    }

    /// Zero for slots and accounts that do not exist.
    ///
    /// # Errors
    /// The disk's.
    pub fn storage(&self, address: Address, slot: U256) -> Result<U256, StoreError> {
        if let Some(value) = self.top(|layer| layer.slot(&address, &slot)) {
            return Ok(value);
        }
        if let Some(known) = self.known_slot(&address, &slot) {
            return Ok(known.value);
        }
        let hashed = keccak256(slot.to_be_bytes::<32>());
        let row = self.store.kv().get(Table::Storage, &storage_key(&self.hashed(&address), &hashed))?;
        let value = row.map_or(Ok(U256::ZERO), |value| long(&value))?;
        self.slots.write().insert((address, slot), KnownSlot { hashed, value });
        Ok(value)
    }

    /// # Errors
    /// The disk's.
    pub fn code(&self, hash: B256) -> Result<Option<Bytes>, StoreError> {
        match self.top(|layer| layer.delta().codes.get(&hash).cloned()) {
            Some(code) => Ok(Some(code)),
            None => self.store.code(hash),
        }
    }

    /// What the state becomes when `delta` applies, with its root. Reads only the trie nodes on the changed paths.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when a block that is not among the layers was committed; the disk's.
    pub fn extend(&self, delta: StateDelta) -> Result<Layer, StoreError> {
        let layer = Layer::extend(self, self.root(), delta);
        // Asked afterwards, so that a commit meanwhile counts as well, and before an error that it may have caused.
        self.fresh()?;
        layer
    }

    fn fresh(&self) -> Result<(), StoreError> {
        let tip = tip_root(&self.store);
        if tip == self.base || self.layers.iter().any(|layer| layer.root() == tip) {
            return Ok(());
        }
        Err(StoreError::Stale(self.root()))
    }

    pub(crate) fn storage_root(&self, address: &Address) -> Result<B256, StoreError> {
        let record = match self.top(|layer| layer.changes.get(address)) {
            Some(change) => change.record,
            None => self.stored(address)?.record,
        };
        Ok(record.map_or(EMPTY_ROOT_HASH, |record| record.storage_root))
    }

    /// keccak of the address.
    pub(crate) fn hashed(&self, address: &Address) -> B256 {
        self.known_account(address).map_or_else(|| keccak256(address), |known| known.hashed)
    }

    pub(crate) fn known_account(&self, address: &Address) -> Option<KnownAccount> {
        self.accounts.read().get(address).copied()
    }

    pub(crate) fn known_slot(&self, address: &Address, slot: &U256) -> Option<KnownSlot> {
        self.slots.read().get(&(*address, *slot)).copied()
    }

    fn stored(&self, address: &Address) -> Result<KnownAccount, StoreError> {
        if let Some(known) = self.known_account(address) {
            return Ok(known);
        }
        let hashed = keccak256(address);
        let row = self.store.kv().get(Table::Accounts, hashed.as_slice())?;
        let known = KnownAccount { hashed, record: row.map(|row| Record::decode(&row)).transpose()? };
        self.accounts.write().insert(*address, known);
        Ok(known)
    }

    /// The answer of the highest layer that has one.
    fn top<'a, T>(&'a self, ask: impl Fn(&'a Layer) -> Option<T>) -> Option<T> {
        self.layers.iter().rev().find_map(|layer| ask(layer))
    }
}

/// The trie of a view's accounts.
pub(crate) struct AccountTrie<'a>(pub(crate) &'a View);

impl Source for AccountTrie<'_> {
    fn recent(&self, path: &Nibbles) -> Option<Option<Vec<u8>>> {
        match self.0.top(|layer| layer.nodes.get(path)) {
            Some(changed) => Some(row(changed)),
            None => self.0.store.nodes().account_node(path).map(Some),
        }
    }

    fn row(&self, path: &Nibbles) -> Result<Option<Vec<u8>>, StoreError> {
        self.0.store.kv().get(Table::AccountTrie, &account_node_key(path))
    }

    /// No layer decides what is at the path, so it is as in the rows.
    fn below(&self, path: &Nibbles, key: Option<&Nibbles>) -> Result<Option<KeyValue>, StoreError> {
        leaves::account(self.0.store.kv(), path, key)
    }
}

/// The trie of the slots of one of a view's accounts.
pub(crate) struct StorageTrie<'a> {
    pub(crate) view: &'a View,
    pub(crate) address: &'a Address,
    /// keccak of the address.
    pub(crate) hashed: &'a B256,
}

impl Source for StorageTrie<'_> {
    fn recent(&self, path: &Nibbles) -> Option<Option<Vec<u8>>> {
        match self.view.top(|layer| layer.storage_node(self.address, path)) {
            Some(changed) => Some(row(changed)),
            None => self.view.store.nodes().storage_node(self.hashed, path).map(Some),
        }
    }

    fn row(&self, path: &Nibbles) -> Result<Option<Vec<u8>>, StoreError> {
        self.view.store.kv().get(Table::StorageTrie, &storage_node_key(self.hashed, path))
    }

    fn below(&self, path: &Nibbles, key: Option<&Nibbles>) -> Result<Option<KeyValue>, StoreError> {
        leaves::slot(self.view.store.kv(), self.hashed, path, key)
    }
}

fn row(changed: &Changed) -> Option<Vec<u8>> {
    changed.node.as_ref().map(|node| node.row.clone())
}

fn tip_root(store: &Store) -> B256 {
    store.tip().map_or(EMPTY_ROOT_HASH, |tip| tip.state_root)
}
