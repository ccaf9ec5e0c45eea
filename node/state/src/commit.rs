//! A block becomes final: everything about it in one batch, synced (S3).

use crate::{
    error::StoreError,
    kv::{Batch, Durability},
    layer::{Change, Layer},
    log_index, receipts,
    record::{Record, short},
    store::{Store, Tip},
    table::{
        META_TIP, Table, account_history_key, account_node_history_key, account_node_key, height_key,
        storage_history_key, storage_key, storage_node_history_key, storage_node_key,
    },
    trie::{Changed, children, nibbles},
};
use alloy::primitives::{Address, B256, Log, U256};
use alloy_consensus::ReceiptEnvelope;
use alloy_rlp::Header as RlpHeader;
use alloy_trie::{EMPTY_ROOT_HASH, Nibbles};
use edgeloom_types::{Block, Epoch, Height, SealedBlock, Term, encode_system_logs};
use std::collections::BTreeSet;

/// Of a row of state with its history and its part of the trie, keys included; measured over blocks of transfers.
const ROW_BYTES: usize = 300;
/// Of a transaction with its receipt, sender and place.
const TRANSACTION_BYTES: usize = 256;

/// The rows of a block with fewer transactions than this are not worth handing to another thread.
const APART_MIN: usize = 64;

/// A final block and what executing it gave.
#[derive(Clone, Copy, Debug)]
pub struct Commit<'a> {
    pub block: &'a SealedBlock,
    /// One per transaction.
    pub senders: &'a [Address],
    /// One per transaction.
    pub receipts: &'a [ReceiptEnvelope],
    /// Of the block's own calls.
    pub system_logs: &'a [Log],
    pub layer: &'a Layer,
    /// Wei burned from genesis to this block, itself included.
    pub burned: U256,
    /// What the block decides, where it is the first of an epoch.
    pub term: Option<(Epoch, &'a Term)>,
    /// Encoded finalization certificate of this block, where there is one of its own.
    pub certificate: Option<&'a [u8]>,
}

impl Store {
    /// Makes the block the new tip. On the disk when it returns; after an error or a crash, all of it or nothing.
    ///
    /// # Errors
    /// [`StoreError::NotNext`], [`StoreError::Root`] or [`StoreError::Rows`] when the parts do not fit the tip or each
    /// other: nothing is written. The disk's.
    pub fn commit(&self, commit: Commit<'_>) -> Result<(), StoreError> {
        let _one_at_a_time = self.commit_lock().lock();
        check(&commit, self.tip())?;
        self.while_committing(|| {
            let tip = self.write(commit)?;
            self.set_tip(tip);
            Ok(())
        })
    }

    /// What [`Self::commit`] writes, but for what readers look at first: the tip.
    pub(crate) fn write(&self, commit: Commit<'_>) -> Result<Tip, StoreError> {
        let height = commit.block.height();
        let tip = Tip { height, hash: commit.block.hash(), state_root: commit.layer.root() };
        let mut batch = self.kv().batch_of(bytes(&commit));
        let rows = if commit.receipts.len() < APART_MIN {
            self.put_state(&mut batch, height, commit.layer)?;
            BlockRows::new(&commit)
        } else {
            let (mut rows, mut state) = (None, Ok(()));
            rayon::in_place_scope(|scope| {
                scope.spawn(|_| rows = Some(BlockRows::new(&commit)));
                state = self.put_state(&mut batch, height, commit.layer);
            });
            state?;
            rows.expect("a scope waits for what it spawned")
        };
        rows.put(&mut batch, &commit);
        self.prune(&mut batch, height, commit.layer.rows())?;
        batch.put(Table::Meta, META_TIP, &tip.encode());
        self.kv().write(batch, Durability::Synced)?;
        self.keep_nodes(commit.layer);
        Ok(tip)
    }

    /// Keeps a certificate that arrived after its block. Not synced: peers have it as well.
    ///
    /// # Errors
    /// The disk's.
    pub fn put_certificate(&self, block: B256, certificate: &[u8]) -> Result<(), StoreError> {
        let mut batch = self.kv().batch();
        batch.put(Table::Certificates, block.as_slice(), certificate);
        self.kv().write(batch, Durability::Buffered)
    }

    pub(crate) fn put_state(&self, batch: &mut Batch<'_>, height: Height, layer: &Layer) -> Result<(), StoreError> {
        // In the order of the rows' keys: the database finds a row's place from that of the one before it.
        let mut changes: Vec<_> = layer.changes.values().collect();
        changes.sort_unstable_by_key(|change| change.hashed);
        for change in changes {
            if change.cleared {
                self.clear_storage(batch, height, &change.hashed)?;
            }
            put_change(batch, height, change);
        }
        for (path, changed) in &layer.nodes {
            put_node(batch, Table::AccountTrie, &account_node_key(path), changed);
            if let Some(past) = past(changed) {
                batch.put(Table::AccountTrieHistory, &account_node_history_key(path, height), past);
            }
        }
        for (hash, code) in &layer.delta().codes {
            batch.put(Table::Codes, hash.as_slice(), code);
        }
        Ok(())
    }

    /// Keeps the rows of nodes that `layer` wrote at hand.
    pub(crate) fn keep_nodes(&self, layer: &Layer) {
        if layer.changes.values().any(|change| change.cleared) {
            // Whose storage is cleared leaves rows here that nobody lists.
            self.nodes().clear();
        }
        self.nodes().put_accounts(&layer.nodes);
        for change in layer.changes.values().filter(|change| !change.nodes.is_empty()) {
            self.nodes().put_storage(&change.hashed, &change.nodes);
        }
    }

    /// Goes before the account's new slots: later operations of a batch win.
    fn clear_storage(&self, batch: &mut Batch<'_>, height: Height, address: &B256) -> Result<(), StoreError> {
        let snapshot = self.kv().snapshot();
        let mut gone = BTreeSet::new();
        snapshot.scan(Table::Storage, address.as_slice(), &mut |key, _| {
            // Where no row says otherwise, the root is a leaf.
            gone.insert(Nibbles::new());
            let key: &[u8; 64] = key.try_into().map_err(|_| StoreError::corrupt("storage key is not 64 bytes"))?;
            batch.delete(Table::Storage, key);
            batch.put(Table::StorageHistory, &storage_history_key(key, height), &[]);
            Ok(())
        })?;
        snapshot.scan(Table::StorageTrie, address.as_slice(), &mut |key, row| {
            batch.delete(Table::StorageTrie, key);
            let path = nibbles(&key[address.len()..])?;
            gone.extend(children(&path, row)?);
            gone.insert(path);
            Ok(())
        })?;
        for path in gone {
            batch.put(Table::StorageTrieHistory, &storage_node_history_key(address, &path, height), &[]);
        }
        Ok(())
    }
}

/// About how many bytes its batch takes.
fn bytes(commit: &Commit<'_>) -> usize {
    commit.layer.rows() * ROW_BYTES + commit.receipts.len() * TRANSACTION_BYTES
}

pub(crate) fn check(commit: &Commit<'_>, tip: Option<Tip>) -> Result<(), StoreError> {
    let Commit { block, senders, receipts, layer, .. } = *commit;
    let (height, hash) = (block.height(), block.hash());
    let (next, parent, root) = match tip {
        Some(tip) => (tip.height.next(), tip.hash, tip.state_root),
        None => (Height::GENESIS, block.header().parent_hash, EMPTY_ROOT_HASH),
    };
    if height != next || block.header().parent_hash != parent || layer.parent_root() != root {
        return Err(StoreError::NotNext { height, hash });
    }
    if block.header().state_root != layer.root() {
        return Err(StoreError::Root { header: block.header().state_root, computed: layer.root() });
    }
    let transactions = block.block().transactions.len();
    if senders.len() != transactions || receipts.len() != transactions {
        return Err(StoreError::Rows { transactions, senders: senders.len(), receipts: receipts.len() });
    }
    Ok(())
}

/// What a block's own rows hold, as far as it takes time to make.
struct BlockRows {
    header: Vec<u8>,
    body: Vec<u8>,
    receipts: Vec<u8>,
    log_places: Vec<u8>,
    /// By hash: which transaction of the block it is.
    transactions: Vec<(B256, u32)>,
}

impl BlockRows {
    fn new(commit: &Commit<'_>) -> Self {
        let block = commit.block.block();
        let header = alloy_rlp::encode(&block.header);
        let (receipts, log_places) = receipts::encode(commit.receipts);
        let hashes = block.transactions.iter().map(|transaction| *transaction.tx_hash());
        let mut transactions: Vec<_> = hashes.zip(0u32..).collect();
        transactions.sort_unstable();
        Self { body: body(block, header.len()), header, receipts, log_places, transactions }
    }

    fn put(&self, batch: &mut Batch<'_>, commit: &Commit<'_>) {
        let hash = commit.block.hash();
        let height = height_key(commit.block.height());
        batch.put(Table::Headers, &height, &self.header);
        batch.put(Table::Bodies, &height, &self.body);
        batch.put(Table::Heights, hash.as_slice(), &height);
        batch.put(Table::Burned, &height, &short(commit.burned));
        batch.put(Table::Senders, &height, &commit.senders.concat());
        batch.put(Table::Receipts, &height, &self.receipts);
        if !commit.system_logs.is_empty() {
            batch.put(Table::SystemLogs, &height, &encode_system_logs(commit.system_logs));
        }
        if !self.log_places.is_empty() {
            batch.put(Table::LogPlaces, &height, &self.log_places);
            log_index::put(batch, commit.block.height(), commit.receipts);
        }
        if let Some((epoch, term)) = commit.term {
            batch.put(Table::Terms, &epoch.get().to_be_bytes(), &term.encode());
        }
        for (transaction, index) in &self.transactions {
            let mut place = [0; 12];
            place[..8].copy_from_slice(&height);
            place[8..].copy_from_slice(&index.to_be_bytes());
            batch.put(Table::Transactions, transaction.as_slice(), &place);
        }
        if let Some(certificate) = commit.certificate {
            batch.put(Table::Certificates, hash.as_slice(), certificate);
        }
    }
}

/// `Block::encode` without the outer list's header and the block's header.
fn body(block: &Block, header_length: usize) -> Vec<u8> {
    let mut encoded = block.encode();
    let mut rest = encoded.as_slice();
    RlpHeader::decode(&mut rest).expect("a block encodes as a list");
    let start = encoded.len() - rest.len() + header_length;
    encoded.drain(..start);
    encoded
}

fn put_change(batch: &mut Batch<'_>, height: Height, change: &Change) {
    let address = &change.hashed;
    let record = change.record.as_ref().map(Record::encode);
    put_or_delete(batch, Table::Accounts, address.as_slice(), record.as_deref());
    let history = account_history_key(address, height);
    batch.put(Table::AccountHistory, &history, record.as_deref().unwrap_or_default());
    for (slot, value) in &change.slots {
        let key = storage_key(address, slot);
        let value = short(*value);
        put_or_delete(batch, Table::Storage, &key, Some(value.as_slice()).filter(|value| !value.is_empty()));
        batch.put(Table::StorageHistory, &storage_history_key(&key, height), &value);
    }
    for (path, changed) in &change.nodes {
        put_node(batch, Table::StorageTrie, &storage_node_key(address, path), changed);
        if let Some(past) = past(changed) {
            batch.put(Table::StorageTrieHistory, &storage_node_history_key(address, path, height), past);
        }
    }
}

/// The row of history of a node that changed, empty when it is gone; `None` when it needs none.
fn past(changed: &Changed) -> Option<&[u8]> {
    changed.node.as_ref().map_or(Some(&[]), |node| node.past.as_deref())
}

/// A leaf has no row of its own (T4).
fn put_node(batch: &mut Batch<'_>, table: Table, key: &[u8], changed: &Changed) {
    match &changed.node {
        Some(node) if !node.is_leaf => batch.put(table, key, &node.row),
        _ if changed.replaced => batch.delete(table, key),
        _ => (),
    }
}

fn put_or_delete(batch: &mut Batch<'_>, table: Table, key: &[u8], value: Option<&[u8]>) {
    match value {
        Some(value) => batch.put(table, key, value),
        None => batch.delete(table, key),
    }
}

/// `header` and `body` as they are stored, as one `Block::encode`.
pub(crate) fn join(header: &[u8], body: &[u8]) -> Vec<u8> {
    let payload_length = header.len() + body.len();
    let mut out = Vec::with_capacity(payload_length + 9);
    RlpHeader { list: true, payload_length }.encode(&mut out);
    out.extend_from_slice(header);
    out.extend_from_slice(body);
    out
}
