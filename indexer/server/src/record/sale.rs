use super::{Stamp, TokenKey, address_text, creation::somebody, hash_text};
use alloy::primitives::{Address, U256};
use edgeloom_index_api::{RentalRow, SaleItem, SaleKind, SaleRow, SelfDealing};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Tokens that were sold, or let. Stored as JSON: nothing but its keys is searched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sale {
    /// Position among all sales, from 1.
    pub id: u64,
    pub kind: SaleKind,
    pub reference: String,
    pub seller: Address,
    pub buyer: Address,
    /// Zero for TFUEL.
    pub currency: Address,
    pub price: U256,
    pub fee: Option<U256>,
    pub royalty: U256,
    pub units: u32,
    /// The first [`Self::ITEMS_MAX`].
    pub items: Vec<Moved>,
    pub item_count: u32,
    /// What it adds to the volumes of creations.
    pub parts: BTreeMap<Address, U256>,
    pub mark: Option<SelfDealing>,
    pub at: Stamp,
    pub tx_index: u32,
    pub log_index: u32,
}

/// What moved in a sale.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    pub key: TokenKey,
    pub amount: U256,
    /// Zero of what was minted.
    pub from: Address,
    pub to: Address,
    pub royalty: U256,
}

impl Sale {
    /// Items of which a row says more than how many there are.
    pub const ITEMS_MAX: usize = 64;

    pub fn row(&self) -> SaleRow {
        SaleRow {
            id: self.id,
            kind: self.kind,
            reference: self.reference.clone(),
            seller: address_text(&self.seller),
            buyer: address_text(&self.buyer),
            currency: somebody(&self.currency),
            price: self.price.to_string(),
            fee: self.fee.map(|fee| fee.to_string()),
            royalty: self.royalty.to_string(),
            units: self.units,
            items: self.items.iter().map(Moved::row).collect(),
            item_count: self.item_count,
            self_dealing: self.mark,
            block: self.at.block,
            tx: hash_text(&self.at.tx),
            tx_index: self.tx_index,
            log_index: self.log_index,
            ms: self.at.ms,
        }
    }
}

impl Moved {
    fn row(&self) -> SaleItem {
        SaleItem {
            token: address_text(&self.key.creation),
            id: self.key.id.to_string(),
            amount: self.amount.to_string(),
            from: somebody(&self.from),
            to: address_text(&self.to),
            royalty: self.royalty.to_string(),
        }
    }
}

/// The use of a token for a time. Stored as JSON: nothing but its keys is searched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rental {
    /// Position among all rentals, from 1.
    pub id: u64,
    pub offer: String,
    pub key: TokenKey,
    pub owner: Address,
    pub renter: Address,
    pub user: Address,
    pub until: u64,
    /// Zero for TFUEL.
    pub currency: Address,
    pub price: U256,
    pub fee: U256,
    pub royalty: U256,
    pub sale: u64,
    pub at: Stamp,
}

impl Rental {
    pub fn row(&self) -> RentalRow {
        RentalRow {
            id: self.id,
            offer: self.offer.clone(),
            creation: address_text(&self.key.creation),
            token_id: self.key.id.to_string(),
            owner: address_text(&self.owner),
            renter: address_text(&self.renter),
            user: address_text(&self.user),
            until: self.until,
            currency: somebody(&self.currency),
            price: self.price.to_string(),
            fee: self.fee.to_string(),
            royalty: self.royalty.to_string(),
            sale: self.sale,
            block: self.at.block,
            tx: hash_text(&self.at.tx),
            ms: self.at.ms,
        }
    }
}
