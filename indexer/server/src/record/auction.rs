use super::{MarketEvent, Stamp, address_text, hash_text};
use alloy::primitives::{Address, B256, U256};
use edgeloom_index_api::{AuctionDetail, AuctionPhase, AuctionRow, BidReason, BidRow};
use serde::{Deserialize, Serialize};

/// Jobs that are sold to the lowest of sealed bids. Stored as JSON: nothing but its keys is searched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Auction {
    /// The hash of its terms.
    pub id: B256,
    pub number: u64,
    pub requester: Address,
    pub kind: u16,
    pub model: B256,
    pub input_root: B256,
    pub input_bytes: u32,
    pub requirements: U256,
    /// Units.
    pub count: u32,
    /// The most that the requester pays for a unit.
    pub most: U256,
    pub commit_until: u64,
    pub reveal_until: u64,
    pub claim_seconds: u32,
    pub take_seconds: u32,
    pub work_seconds: u32,
    pub providers_after: u32,
    pub phase: AuctionPhase,
    pub bids: u64,
    pub revealed: u64,
    /// That can win.
    pub counted: u64,
    pub deposits: U256,
    pub clearing: Option<Clearing>,
    pub drawn: bool,
    pub taken_by_winners: u64,
    pub taken_by_others: u64,
    /// To the requester.
    pub refunded: U256,
    pub burned: U256,
    pub opened: Stamp,
    pub closed: Option<Stamp>,
}

/// What bids came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clearing {
    pub order: u64,
    /// Of each unit.
    pub price: U256,
    /// A tick, or 257.
    pub margin: u32,
    /// Units of lower ticks.
    pub won: u64,
    /// Units at the margin, and how many of them win.
    pub contested: u64,
    pub rest: u64,
}

impl Auction {
    pub fn row(&self) -> AuctionRow {
        let (clearing, closed) = (self.clearing.as_ref(), self.closed.as_ref());
        AuctionRow {
            id: hash_text(&self.id),
            number: self.number,
            requester: address_text(&self.requester),
            kind: self.kind,
            model_id: hash_text(&self.model),
            input_root: hash_text(&self.input_root),
            input_bytes: self.input_bytes,
            requirements: self.requirements.to_string(),
            count: self.count,
            most_wei: self.most.to_string(),
            commit_until: self.commit_until,
            reveal_until: self.reveal_until,
            claim_seconds: self.claim_seconds,
            take_seconds: self.take_seconds,
            work_seconds: self.work_seconds,
            providers_after: self.providers_after,
            phase: self.phase,
            bids: self.bids,
            revealed: self.revealed,
            counted: self.counted,
            deposits_wei: self.deposits.to_string(),
            order: clearing.map(|clearing| clearing.order),
            price_wei: clearing.map(|clearing| clearing.price.to_string()),
            margin: clearing.map(|clearing| clearing.margin),
            won: clearing.map_or(0, |clearing| clearing.won),
            contested: clearing.map_or(0, |clearing| clearing.contested),
            rest: clearing.map_or(0, |clearing| clearing.rest),
            drawn: self.drawn,
            taken_by_winners: self.taken_by_winners,
            taken_by_others: self.taken_by_others,
            refunded_wei: self.refunded.to_string(),
            burned_wei: self.burned.to_string(),
            opened_block: self.opened.block,
            opened_tx: hash_text(&self.opened.tx),
            opened_ms: self.opened.ms,
            closed_block: closed.map(|at| at.block),
            closed_tx: closed.map(|at| hash_text(&at.tx)),
            closed_ms: closed.map(|at| at.ms),
        }
    }

    /// With what happened to it.
    pub fn detail(&self, history: &[MarketEvent]) -> AuctionDetail {
        AuctionDetail { auction: self.row(), history: history.iter().map(MarketEvent::row).collect() }
    }
}

/// A sealed bid, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bid {
    /// Position among all bids, from 1.
    pub id: u64,
    pub auction: B256,
    pub bidder: Address,
    pub commitment: B256,
    pub deposit: U256,
    pub opening: Option<Opening>,
    /// Units, as a winner.
    pub taken: u32,
    pub end: Option<BidEnd>,
    pub committed: Stamp,
}

/// What was sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    pub tick: u32,
    pub units: u32,
    pub counts: bool,
    pub at: Stamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BidEnd {
    pub reason: BidReason,
    pub won: u32,
    pub refunded: U256,
    pub burned: U256,
    pub at: Stamp,
}

impl Bid {
    pub fn row(&self) -> BidRow {
        let (opening, end) = (self.opening.as_ref(), self.end.as_ref());
        BidRow {
            id: self.id,
            auction: hash_text(&self.auction),
            bidder: address_text(&self.bidder),
            commitment: hash_text(&self.commitment),
            deposit_wei: self.deposit.to_string(),
            tick: opening.map(|opening| opening.tick),
            units: opening.map(|opening| opening.units),
            counts: opening.map(|opening| opening.counts),
            reason: end.map_or(BidReason::Running, |end| end.reason),
            taken: self.taken,
            won: end.map(|end| end.won),
            refunded_wei: end.map(|end| end.refunded.to_string()),
            burned_wei: end.map(|end| end.burned.to_string()),
            committed_block: self.committed.block,
            committed_tx: hash_text(&self.committed.tx),
            committed_ms: self.committed.ms,
            revealed_block: opening.map(|opening| opening.at.block),
            revealed_tx: opening.map(|opening| hash_text(&opening.at.tx)),
            revealed_ms: opening.map(|opening| opening.at.ms),
            closed_block: end.map(|end| end.at.block),
            closed_tx: end.map(|end| hash_text(&end.at.tx)),
            closed_ms: end.map(|end| end.at.ms),
        }
    }
}
