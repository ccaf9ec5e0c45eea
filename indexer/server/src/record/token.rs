use super::{Stamp, address_text, creation::somebody, hash_text};
use alloy::primitives::{Address, U256};
use edgeloom_index_api::{BalanceRow, EditionRow, TokenRow, TokenTransferRow};
use serde::{Deserialize, Serialize};

/// A contract of tokens, and an id there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TokenKey {
    pub creation: Address,
    pub id: U256,
}

impl TokenKey {
    pub const fn new(creation: Address, id: U256) -> Self {
        Self { creation, id }
    }

    /// As the database has it.
    pub fn bytes(&self) -> Vec<u8> {
        [self.creation.as_slice(), &self.id.to_be_bytes::<32>()].concat()
    }
}

/// A token of a collection. Stored as JSON: nothing but its keys is searched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// Position among the tokens of all collections, from 1.
    pub number: u64,
    pub key: TokenKey,
    /// Zero once it was burned.
    pub owner: Address,
    pub moves: u64,
    /// With the last second of the use.
    pub user: Option<(Address, u64)>,
    pub minted: Stamp,
    pub moved: Stamp,
    pub updated: Option<Stamp>,
}

impl Token {
    pub fn row(&self) -> TokenRow {
        let updated = self.updated.as_ref();
        TokenRow {
            number: self.number,
            creation: address_text(&self.key.creation),
            id: self.key.id.to_string(),
            owner: somebody(&self.owner),
            burned: self.owner.is_zero(),
            moves: self.moves,
            user: self.user.as_ref().map(|(user, _)| address_text(user)),
            user_until: self.user.map(|(_, until)| until),
            minted_block: self.minted.block,
            minted_tx: hash_text(&self.minted.tx),
            minted_ms: self.minted.ms,
            moved_block: self.moved.block,
            moved_tx: hash_text(&self.moved.tx),
            moved_ms: self.moved.ms,
            updated_block: updated.map(|at| at.block),
            updated_ms: updated.map(|at| at.ms),
        }
    }
}

/// Tokens of editions that are alike. Stored as JSON: nothing but its keys is searched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edition {
    /// Position among all editions, from 1.
    pub number: u64,
    pub key: TokenKey,
    pub minted: U256,
    pub burned: U256,
    pub cap: Option<U256>,
    pub uri: Option<String>,
    pub holders: u64,
    pub created: Stamp,
    pub updated: Option<Stamp>,
}

impl Edition {
    pub const fn new(number: u64, key: TokenKey, at: Stamp) -> Self {
        let (minted, burned) = (U256::ZERO, U256::ZERO);
        Self { number, key, minted, burned, cap: None, uri: None, holders: 0, created: at, updated: None }
    }

    pub fn row(&self) -> EditionRow {
        let updated = self.updated.as_ref();
        EditionRow {
            number: self.number,
            creation: address_text(&self.key.creation),
            id: self.key.id.to_string(),
            minted: self.minted.to_string(),
            burned: self.burned.to_string(),
            supply: self.minted.saturating_sub(self.burned).to_string(),
            cap: self.cap.map(|cap| cap.to_string()),
            uri: self.uri.clone(),
            holders: self.holders,
            created_block: self.created.block,
            created_tx: hash_text(&self.created.tx),
            created_ms: self.created.ms,
            updated_block: updated.map(|at| at.block),
            updated_ms: updated.map(|at| at.ms),
        }
    }
}

/// What an account holds of an edition. Stored as JSON: nothing but its keys is searched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balance {
    /// Position among all balances, from 1.
    pub number: u64,
    pub key: TokenKey,
    pub holder: Address,
    pub amount: U256,
    pub first: Stamp,
    pub last: Stamp,
}

impl Balance {
    pub fn row(&self) -> BalanceRow {
        BalanceRow {
            number: self.number,
            creation: address_text(&self.key.creation),
            token_id: self.key.id.to_string(),
            holder: address_text(&self.holder),
            amount: self.amount.to_string(),
            first_block: self.first.block,
            first_ms: self.first.ms,
            last_block: self.last.block,
            last_ms: self.last.ms,
        }
    }
}

/// Tokens that moved, were minted (from the zero address) or burned (to it).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenTransfer {
    /// Position among all of them, from 1.
    pub id: u64,
    pub key: TokenKey,
    pub from: Address,
    pub to: Address,
    pub amount: U256,
    pub at: Stamp,
    pub tx_index: u32,
    pub log_index: u32,
}

impl TokenTransfer {
    pub fn row(&self) -> TokenTransferRow {
        TokenTransferRow {
            id: self.id,
            creation: address_text(&self.key.creation),
            token_id: self.key.id.to_string(),
            from: somebody(&self.from),
            to: somebody(&self.to),
            amount: self.amount.to_string(),
            block: self.at.block,
            tx: hash_text(&self.at.tx),
            tx_index: self.tx_index,
            log_index: self.log_index,
            ms: self.at.ms,
        }
    }
}
