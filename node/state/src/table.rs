//! The layout (CHAIN.md C14): which rows exist, and how their keys are made. Numbers in keys are big-endian.

use alloy::primitives::B256;
use alloy_trie::Nibbles;
use edgeloom_types::Height;

/// Changes when any key or value encoding does. An unknown version is refused at open.
pub(crate) const LAYOUT_VERSION: u32 = 1;

/// One column family each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Table {
    /// [`META_LAYOUT`] → version u32; [`META_TIP`] → tip; [`META_CHEATED`]; [`META_PREIMAGE`].
    Meta,
    /// Height → RLP header.
    Headers,
    /// Height → RLP of the transactions followed by RLP of the certificates, as in `Block::encode`.
    Bodies,
    /// Height → one 20-byte address per transaction.
    Senders,
    /// Height → receipts without blooms.
    Receipts,
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
    /// Path, one nibble a byte → RLP node.
    AccountTrie,
    /// keccak(address) ‖ path, one nibble a byte → RLP node.
    StorageTrie,
    /// keccak(code) → code.
    Codes,
}

pub(crate) const META_LAYOUT: &[u8] = b"layout";
pub(crate) const META_TIP: &[u8] = b"tip";
/// Wei that dev mode made ‖ wei that it took away, 32 bytes each.
pub(crate) const META_CHEATED: &[u8] = b"cheated";
/// ‖ keccak of an address or a slot → the address or slot. In dev mode only.
pub(crate) const META_PREIMAGE: &[u8] = b"preimage";

impl Table {
    pub(crate) const COUNT: usize = Self::ALL.len();

    pub(crate) const ALL: [Self; 16] = [
        Self::Meta,
        Self::Headers,
        Self::Bodies,
        Self::Senders,
        Self::Receipts,
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
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Meta => "meta",
            Self::Headers => "headers",
            Self::Bodies => "bodies",
            Self::Senders => "senders",
            Self::Receipts => "receipts",
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
        }
    }

    /// Bytes of a history key before the height; a seek never leaves them.
    pub(crate) const fn history_prefix(self) -> Option<usize> {
        match self {
            Self::AccountHistory => Some(32),
            Self::StorageHistory => Some(64),
            _ => None,
        }
    }
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
