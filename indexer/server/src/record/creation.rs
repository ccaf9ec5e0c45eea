use super::{Stamp, address_text, hash_text};
use alloy::primitives::{Address, U256};
use edgeloom_index_api::{CreationKind, CreationRow, TransferPolicy};
use serde::{Deserialize, Serialize};

/// A collection or editions of the factory. Stored as JSON: nothing but its keys is searched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Creation {
    /// Position among all creations, from 1.
    pub number: u64,
    pub address: Address,
    pub kind: CreationKind,
    /// Zero once it was given up.
    pub creator: Address,
    pub name: String,
    pub symbol: String,
    pub contract_uri: Option<String>,
    pub base_uri: Option<String>,
    pub royalty_to: Option<Address>,
    pub royalty_bps: u16,
    pub policy: TransferPolicy,
    pub split: u32,
    pub frozen: bool,
    pub tokens: u64,
    pub burned: u64,
    pub transfers: u64,
    pub sales: u64,
    pub marked: u64,
    pub volume: U256,
    pub volume_marked: U256,
    pub created: Stamp,
    pub updated: Option<Stamp>,
    /// The last block that changed anything of it.
    pub last_block: u64,
}

impl Creation {
    pub fn new(number: u64, address: Address, kind: CreationKind, creator: Address, at: Stamp) -> Self {
        Self {
            number,
            address,
            kind,
            creator,
            name: String::new(),
            symbol: String::new(),
            contract_uri: None,
            base_uri: None,
            royalty_to: None,
            royalty_bps: 0,
            policy: TransferPolicy::Open,
            split: 0,
            frozen: false,
            tokens: 0,
            burned: 0,
            transfers: 0,
            sales: 0,
            marked: 0,
            volume: U256::ZERO,
            volume_marked: U256::ZERO,
            created: at,
            updated: None,
            last_block: at.block,
        }
    }

    pub fn row(&self) -> CreationRow {
        let updated = self.updated.as_ref();
        CreationRow {
            number: self.number,
            address: address_text(&self.address),
            kind: self.kind,
            creator: somebody(&self.creator),
            name: self.name.clone(),
            symbol: self.symbol.clone(),
            contract_uri: self.contract_uri.clone(),
            base_uri: self.base_uri.clone(),
            royalty_to: self.royalty_to.as_ref().map(address_text),
            royalty_bps: self.royalty_bps,
            policy: self.policy,
            split: self.split,
            frozen: self.frozen,
            tokens: self.tokens,
            burned: self.burned,
            transfers: self.transfers,
            sales: self.sales,
            sales_unmarked: self.sales.saturating_sub(self.marked),
            volume_wei: self.volume.to_string(),
            volume_unmarked_wei: self.volume.saturating_sub(self.volume_marked).to_string(),
            created_block: self.created.block,
            created_tx: hash_text(&self.created.tx),
            created_ms: self.created.ms,
            updated_block: updated.map(|at| at.block),
            updated_ms: updated.map(|at| at.ms),
        }
    }
}

/// `None` for the zero address.
pub(super) fn somebody(address: &Address) -> Option<String> {
    Some(address).filter(|address| !address.is_zero()).map(address_text)
}
