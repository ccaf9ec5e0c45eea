//! The layout (CHAIN.md C14): which rows exist, and how their keys are made. Numbers in keys are big-endian.

use crate::error::StoreError;
use alloy::primitives::B256;
use alloy_trie::Nibbles;
use edgeloom_types::Height;

/// Changes when any key or value encoding does. Every other version is refused at open. Versions 1 and 2 had the
/// consensus record in the header, in place of its hash; version 3 had rows for leaves, version 4 no system logs and no terms.
pub(crate) const LAYOUT_VERSION: u32 = 5;

/// One column family each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Table {
    /// [`META_LAYOUT`] → version u32; [`META_TIP`] → tip; [`META_OLDEST`] → height, absent for
    /// genesis; [`META_SWEEP`] → index of a table u8 ‖ key; [`META_CHEATED`]; [`META_PREIMAGES`].
    Meta,
    /// Height → RLP header.
    Headers,
    /// Height → RLP of the consensus record, of the transactions and of the certificates, as in `Block::encode`.
    Bodies,
    /// Height → one 20-byte address per transaction.
    Senders,
    /// Height → receipts without blooms.
    Receipts,
    /// Height → RLP list of the logs of the block's own calls; no row where there is none.
    SystemLogs,
    /// Epoch u64 → encoding of its term; for those that a block decided.
    Terms,
    /// Height → where each log lies in the receipts; no row for a block without logs.
    LogPlaces,
    /// Address or topic, folded ‖ height → which logs of the block have it.
    LogIndex,
    /// Transaction hash → height u64 ‖ index u32.
    Transactions,
    /// Block hash → height.
    Heights,
    /// Height → cumulative wei burned, shortest form.
    Burned,
    /// Block hash → finalization certificate.
    Certificates,
    /// keccak(address) → account record.
    Accounts,
    /// keccak(address) ‖ keccak(slot) → value, shortest form.
    Storage,
    /// keccak(address) ‖ !height → account record at that height, empty when it ceased to exist.
    AccountHistory,
    /// keccak(address) ‖ keccak(slot) ‖ !height → value at that height, empty for zero.
    StorageHistory,
    /// Path, one nibble a byte → RLP node that is no leaf.
    AccountTrie,
    /// keccak(address) ‖ path, one nibble a byte → RLP node that is no leaf.
    StorageTrie,
    /// keccak(code) → code.
    Codes,
    /// Packed path ‖ !height → what of the node at the path changed then, empty when it ceased to exist (`trie::past`).
    AccountTrieHistory,
    /// keccak(address) ‖ packed path ‖ !height → as in [`Self::AccountTrieHistory`].
    StorageTrieHistory,
}

pub(crate) const META_LAYOUT: &[u8] = b"layout";
pub(crate) const META_TIP: &[u8] = b"tip";
/// The lowest height whose state can be read.
pub(crate) const META_OLDEST: &[u8] = b"oldest";
/// Where pruning goes on.
pub(crate) const META_SWEEP: &[u8] = b"sweep";

/// Wei that dev mode made ‖ wei that it took away, 32 bytes each.
pub(crate) const META_CHEATED: &[u8] = b"cheated";
/// ‖ keccak of the value → how many addresses u64 ‖ addresses ‖ slots that a block or an amendment named. In dev mode only.
pub(crate) const META_PREIMAGES: &[u8] = b"preimages";

/// Bytes of a history key after what it is the history of.
const HEIGHT_BYTES: usize = 8;

impl Table {
    pub(crate) const COUNT: usize = Self::ALL.len();

    pub(crate) const ALL: [Self; 22] = [
        Self::Meta,
        Self::Headers,
        Self::Bodies,
        Self::Senders,
        Self::Receipts,
        Self::SystemLogs,
        Self::Terms,
        Self::LogPlaces,
        Self::LogIndex,
        Self::Transactions,
        Self::Heights,
        Self::Burned,
        Self::Certificates,
        Self::Accounts,
        Self::Storage,
        Self::AccountHistory,
        Self::StorageHistory,
        Self::AccountTrie,
        Self::StorageTrie,
        Self::Codes,
        Self::AccountTrieHistory,
        Self::StorageTrieHistory,
    ];

    /// Those whose keys end in a height.
    pub(crate) const HISTORIES: [Self; 4] =
        [Self::AccountHistory, Self::StorageHistory, Self::AccountTrieHistory, Self::StorageTrieHistory];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Meta => "meta",
            Self::Headers => "headers",
            Self::Bodies => "bodies",
            Self::Senders => "senders",
            Self::Receipts => "receipts",
            Self::SystemLogs => "system_logs",
            Self::Terms => "terms",
            Self::LogPlaces => "log_places",
            Self::LogIndex => "log_index",
            Self::Transactions => "transactions",
            Self::Heights => "heights",
            Self::Burned => "burned",
            Self::Certificates => "certificates",
            Self::Accounts => "accounts",
            Self::Storage => "storage",
            Self::AccountHistory => "account_history",
            Self::StorageHistory => "storage_history",
            Self::AccountTrie => "account_trie",
            Self::StorageTrie => "storage_trie",
            Self::Codes => "codes",
            Self::AccountTrieHistory => "account_trie_history",
            Self::StorageTrieHistory => "storage_trie_history",
        }
    }

    /// What a history key is the history of, the same for a whole key and for a part of it that has this: a seek never
    /// leaves it. `None` for other tables, and for what is no key of this one.
    pub(crate) fn history_prefix(self, key: &[u8]) -> Option<&[u8]> {
        match self {
            Self::AccountHistory => key.get(..32),
            Self::StorageHistory => key.get(..64),
            Self::AccountTrieHistory => path_prefix(key, 0),
            Self::StorageTrieHistory => path_prefix(key, 32),
            _ => None,
        }
    }
}

/// The first `start` bytes of `key` and the packed path after them.
fn path_prefix(key: &[u8], start: usize) -> Option<&[u8]> {
    let nibbles = usize::from(*key.get(start)?);
    key.get(..start + 1 + nibbles.div_ceil(2))
}

/// A history key's prefix and height.
pub(crate) fn split_history_key(table: Table, key: &[u8]) -> Result<(&[u8], Height), StoreError> {
    let split = table.history_prefix(key).and_then(|prefix| {
        let height = <[u8; HEIGHT_BYTES]>::try_from(&key[prefix.len()..]).ok()?;
        Some((prefix, Height::new(!u64::from_be_bytes(height))))
    });
    split.ok_or_else(|| StoreError::corrupt(format!("key of {} bytes in {}", key.len(), table.name())))
}

pub(crate) const fn height_key(height: Height) -> [u8; 8] {
    height.get().to_be_bytes()
}

pub(crate) fn storage_key(address: &B256, slot: &B256) -> [u8; 64] {
    let mut key = [0; 64];
    key[..32].copy_from_slice(address.as_slice());
    key[32..].copy_from_slice(slot.as_slice());
    key
}

/// The later a height, the earlier its key: a seek from height h lands on the newest row at or below h.
pub(crate) fn account_history_key(address: &B256, height: Height) -> [u8; 40] {
    let mut key = [0; 40];
    key[..32].copy_from_slice(address.as_slice());
    key[32..].copy_from_slice(&(!height.get()).to_be_bytes());
    key
}

pub(crate) fn storage_history_key(storage_key: &[u8; 64], height: Height) -> [u8; 72] {
    let mut key = [0; 72];
    key[..64].copy_from_slice(storage_key);
    key[64..].copy_from_slice(&(!height.get()).to_be_bytes());
    key
}

pub(crate) fn account_node_key(path: &Nibbles) -> Vec<u8> {
    path.to_vec()
}

pub(crate) fn storage_node_key(address: &B256, path: &Nibbles) -> Vec<u8> {
    let mut key = Vec::with_capacity(32 + path.len());
    key.extend_from_slice(address.as_slice());
    key.extend(path.iter());
    key
}

/// The path's length in nibbles, then two nibbles a byte. The length makes no path the beginning of another, so that a
/// seek for one ends before the next, whatever heights follow. Half the bytes of a nibble a byte, and a seventh of a
/// fixed width: the paths of a million accounts have five nibbles, not 64.
pub(crate) fn account_node_history_key(path: &Nibbles, height: Height) -> Vec<u8> {
    node_history_key(&[], path, height)
}

pub(crate) fn storage_node_history_key(address: &B256, path: &Nibbles, height: Height) -> Vec<u8> {
    node_history_key(address.as_slice(), path, height)
}

fn node_history_key(address: &[u8], path: &Nibbles, height: Height) -> Vec<u8> {
    let packed = path.pack();
    let mut key = Vec::with_capacity(address.len() + 1 + packed.len() + HEIGHT_BYTES);
    key.extend_from_slice(address);
    key.push(path.len() as u8);
    key.extend_from_slice(&packed);
    key.extend_from_slice(&(!height.get()).to_be_bytes());
    key
}

#[cfg(test)]
mod tests;
