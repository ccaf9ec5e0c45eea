use super::{Stamp, address_text, hash_text};
use alloy::primitives::{Address, B256, U256};
use edgeloom_index_api::{DropRow, PackPhase, PackRow, PackSaleRow, PhaseRow};
use serde::{Deserialize, Serialize};

/// When something sells, for how much, and to whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SalePhase {
    pub price: U256,
    pub end_price: U256,
    pub from: u64,
    pub until: u64,
    pub per_wallet: u32,
    pub supply: u32,
    pub allowed: Option<B256>,
    pub sold: u64,
}

impl SalePhase {
    fn row(&self) -> PhaseRow {
        PhaseRow {
            price_wei: self.price.to_string(),
            end_price_wei: self.end_price.to_string(),
            from: self.from,
            until: self.until,
            per_wallet: self.per_wallet,
            supply: self.supply,
            allowed: self.allowed.as_ref().map(hash_text),
            sold: self.sold,
        }
    }
}

/// Tokens that their creator sells first. Stored as JSON: nothing but its keys is searched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drop {
    pub id: u64,
    pub creation: Address,
    pub creator: Address,
    pub payee: Address,
    pub editions: bool,
    pub first: U256,
    pub count: u32,
    pub sold: u64,
    pub phases: Vec<SalePhase>,
    pub paid: U256,
    pub fee: U256,
    pub opened: Stamp,
    pub closed: Option<Stamp>,
}

impl Drop {
    pub fn row(&self) -> DropRow {
        let closed = self.closed.as_ref();
        DropRow {
            id: self.id,
            creation: address_text(&self.creation),
            creator: address_text(&self.creator),
            payee: address_text(&self.payee),
            editions: self.editions,
            first: self.first.to_string(),
            count: self.count,
            sold: self.sold,
            closed: closed.is_some(),
            phases: self.phases.iter().map(SalePhase::row).collect(),
            paid_wei: self.paid.to_string(),
            fee_wei: self.fee.to_string(),
            opened_block: self.opened.block,
            opened_tx: hash_text(&self.opened.tx),
            opened_ms: self.opened.ms,
            closed_block: closed.map(|at| at.block),
            closed_ms: closed.map(|at| at.ms),
        }
    }
}

/// A sale of sealed packs. Stored as JSON: nothing but its keys is searched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackSale {
    pub id: u64,
    pub creation: Address,
    pub creator: Address,
    pub payee: Address,
    pub packs: u32,
    pub size: u8,
    pub tiers: Vec<u32>,
    pub first: U256,
    pub round_blocks: u32,
    pub rounds: u16,
    pub commitment: B256,
    pub phases: Vec<SalePhase>,
    pub phase: PackPhase,
    pub sold: u64,
    pub unsealed: u64,
    pub revealed: Option<u64>,
    pub paid: U256,
    pub fee: U256,
    /// Of the round that is not revealed, and of that what sales that are marked paid.
    pub pending: U256,
    pub pending_marked: U256,
    pub refunded: U256,
    pub opened: Stamp,
    pub closed: Option<Stamp>,
}

impl PackSale {
    pub fn row(&self) -> PackSaleRow {
        let closed = self.closed.as_ref();
        PackSaleRow {
            id: self.id,
            creation: address_text(&self.creation),
            creator: address_text(&self.creator),
            payee: address_text(&self.payee),
            packs: self.packs,
            size: self.size,
            tiers: self.tiers.clone(),
            first: self.first.to_string(),
            round_blocks: self.round_blocks,
            rounds: self.rounds,
            commitment: hash_text(&self.commitment),
            phases: self.phases.iter().map(SalePhase::row).collect(),
            phase: self.phase,
            sold: self.sold,
            opened: self.unsealed,
            revealed: self.revealed,
            paid_wei: self.paid.to_string(),
            fee_wei: self.fee.to_string(),
            pending_wei: self.pending.to_string(),
            refunded_wei: self.refunded.to_string(),
            opened_block: self.opened.block,
            opened_tx: hash_text(&self.opened.tx),
            opened_ms: self.opened.ms,
            closed_block: closed.map(|at| at.block),
            closed_ms: closed.map(|at| at.ms),
        }
    }
}

/// An opened pack. Stored as JSON: nothing but its keys is searched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pack {
    /// Position among all opened packs, from 1.
    pub id: u64,
    pub sale: u64,
    pub pack: u64,
    pub buyer: Address,
    pub ids: Vec<U256>,
    pub kept: Vec<U256>,
    pub at: Stamp,
}

impl Pack {
    pub fn row(&self) -> PackRow {
        let texts = |ids: &[U256]| ids.iter().map(ToString::to_string).collect();
        PackRow {
            id: self.id,
            sale: self.sale,
            pack: self.pack,
            buyer: address_text(&self.buyer),
            ids: texts(&self.ids),
            kept: texts(&self.kept),
            block: self.at.block,
            tx: hash_text(&self.at.tx),
            ms: self.at.ms,
        }
    }
}
