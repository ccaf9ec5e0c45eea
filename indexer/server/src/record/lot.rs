use super::{MarketEvent, Stamp, TokenKey, address_text, creation::somebody, hash_text};
use alloy::primitives::{Address, U256};
use edgeloom_index_api::{LotBidRow, LotDetail, LotPhase, LotRow, TokenStandard};
use serde::{Deserialize, Serialize};

/// A token that is sold to whoever bids most. Stored as JSON: nothing but its keys is searched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lot {
    /// The auction's number.
    pub id: u64,
    pub seller: Address,
    pub standard: TokenStandard,
    pub key: TokenKey,
    pub amount: U256,
    /// Zero for TFUEL.
    pub currency: Address,
    pub reserve: U256,
    pub from: u64,
    pub until: u64,
    pub royalty_max: u16,
    pub phase: LotPhase,
    pub bids: u64,
    /// Who bid most, and how much.
    pub highest: Option<(Address, U256)>,
    pub paid: Option<Paid>,
    pub created: Stamp,
    pub closed: Option<Stamp>,
}

/// What was taken of the price, and the row of the sale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paid {
    pub fee: U256,
    pub royalty: U256,
    pub sale: u64,
}

impl Lot {
    pub fn row(&self) -> LotRow {
        let (closed, paid) = (self.closed.as_ref(), self.paid.as_ref());
        LotRow {
            id: self.id,
            seller: address_text(&self.seller),
            standard: self.standard,
            token: address_text(&self.key.creation),
            token_id: self.key.id.to_string(),
            amount: self.amount.to_string(),
            currency: somebody(&self.currency),
            reserve: self.reserve.to_string(),
            from: self.from,
            until: self.until,
            royalty_max: self.royalty_max,
            phase: self.phase,
            bids: self.bids,
            bidder: self.highest.as_ref().map(|(bidder, _)| address_text(bidder)),
            highest: self.highest.map(|(_, amount)| amount.to_string()),
            fee: paid.map(|paid| paid.fee.to_string()),
            royalty: paid.map(|paid| paid.royalty.to_string()),
            sale: paid.map(|paid| paid.sale),
            created_block: self.created.block,
            created_tx: hash_text(&self.created.tx),
            created_ms: self.created.ms,
            closed_block: closed.map(|at| at.block),
            closed_tx: closed.map(|at| hash_text(&at.tx)),
            closed_ms: closed.map(|at| at.ms),
        }
    }

    /// With what happened to it.
    pub fn detail(&self, history: &[MarketEvent]) -> LotDetail {
        LotDetail { lot: self.row(), history: history.iter().map(MarketEvent::row).collect() }
    }
}

/// A bid for a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LotBid {
    /// Position among all of them, from 1.
    pub id: u64,
    pub lot: u64,
    pub bidder: Address,
    pub amount: U256,
    /// The end by then, seconds.
    pub until: u64,
    pub at: Stamp,
}

impl LotBid {
    pub fn row(&self) -> LotBidRow {
        LotBidRow {
            id: self.id,
            lot: self.lot,
            bidder: address_text(&self.bidder),
            amount: self.amount.to_string(),
            until: self.until,
            block: self.at.block,
            tx: hash_text(&self.at.tx),
            ms: self.at.ms,
        }
    }
}
