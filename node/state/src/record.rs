//! Values in their shortest form. An account's row holds its storage root too, so that a trie leaf can be made without
//! reading the trie.
//!
//! ```text
//! record = flags u8 (bit 7: has code, bit 6: has storage, bits 0–3: bytes of nonce) ‖ bytes of balance u8
//!          ‖ nonce ‖ balance ‖ [code hash 32] ‖ [storage root 32]
//! ```

use crate::error::StoreError;
use alloy::primitives::{B256, KECCAK256_EMPTY, U256};
use alloy_trie::{EMPTY_ROOT_HASH, TrieAccount};
use edgeloom_types::Account;

const HAS_CODE: u8 = 1 << 7;
const HAS_STORAGE: u8 = 1 << 6;

/// An account and the root of its storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) account: Account,
    pub(crate) storage_root: B256,
}

impl Record {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let Account { nonce, balance, code_hash } = self.account;
        let (nonce, balance) = (short(U256::from(nonce)), short(balance));
        let has_code = if code_hash == KECCAK256_EMPTY { 0 } else { HAS_CODE };
        let has_storage = if self.storage_root == EMPTY_ROOT_HASH { 0 } else { HAS_STORAGE };
        let mut out = Vec::with_capacity(2 + nonce.len() + balance.len() + 64);
        out.push(has_code | has_storage | nonce.len() as u8);
        out.push(balance.len() as u8);
        out.extend(nonce);
        out.extend(balance);
        if has_code != 0 {
            out.extend(code_hash);
        }
        if has_storage != 0 {
            out.extend(self.storage_root);
        }
        out
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, StoreError> {
        Self::parse(bytes).ok_or_else(|| StoreError::corrupt(format!("account record of {} bytes", bytes.len())))
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let (&[flags, balance_len], rest) = bytes.split_first_chunk()?;
        let (nonce, rest) = rest.split_at_checked((flags & 0x0f) as usize)?;
        let (balance, rest) = rest.split_at_checked(balance_len as usize)?;
        let (code_hash, rest) = optional_hash(flags & HAS_CODE != 0, rest, KECCAK256_EMPTY)?;
        let (storage_root, rest) = optional_hash(flags & HAS_STORAGE != 0, rest, EMPTY_ROOT_HASH)?;
        let nonce = u64::try_from(U256::try_from_be_slice(nonce)?).ok()?;
        let account = Account { nonce, balance: U256::try_from_be_slice(balance)?, code_hash };
        rest.is_empty().then_some(Self { account, storage_root })
    }

    /// The value of this account's leaf.
    pub(crate) fn leaf(&self) -> Vec<u8> {
        let Account { nonce, balance, code_hash } = self.account;
        alloy_rlp::encode(TrieAccount::new(nonce, balance, self.storage_root, code_hash))
    }
}

fn optional_hash(present: bool, bytes: &[u8], absent: B256) -> Option<(B256, &[u8])> {
    if !present {
        return Some((absent, bytes));
    }
    bytes.split_first_chunk::<32>().map(|(hash, rest)| (B256::from(hash), rest))
}

/// Big-endian without leading zeros; empty for zero.
pub(crate) fn short(value: U256) -> Vec<u8> {
    value.to_be_bytes_trimmed_vec()
}

pub(crate) fn long(bytes: &[u8]) -> Result<U256, StoreError> {
    U256::try_from_be_slice(bytes).ok_or_else(|| StoreError::corrupt(format!("number of {} bytes", bytes.len())))
}

#[cfg(test)]
mod tests;
