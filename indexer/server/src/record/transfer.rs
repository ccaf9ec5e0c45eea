use super::{Stamp, address_text, hash_text};
use alloy::primitives::{Address, U256};
use edgeloom_index_api::{Asset, TransferRow};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// Position among all transfers, from 1.
    pub id: u64,
    pub asset: Asset,
    pub from: Address,
    pub to: Address,
    pub amount: U256,
    pub at: Stamp,
    pub tx_index: u32,
    pub log_index: Option<u32>,
}

impl Transfer {
    pub fn row(&self) -> TransferRow {
        TransferRow {
            id: self.id,
            asset: self.asset,
            from: address_text(&self.from),
            to: address_text(&self.to),
            amount_wei: self.amount.to_string(),
            block: self.at.block,
            tx: hash_text(&self.at.tx),
            tx_index: self.tx_index,
            log_index: self.log_index,
            ms: self.at.ms,
        }
    }
}
