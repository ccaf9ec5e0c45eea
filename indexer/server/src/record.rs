//! What the index keeps, typed: parsed once at the border, shown as rows of `edgeloom_index_api`.

mod auction;
mod committee;
mod contract;
mod creation;
mod drop;
mod event;
mod gate;
mod governance;
mod job;
mod lease;
mod lot;
mod model;
mod node;
mod order;
mod pool;
mod sale;
mod token;
mod transfer;
mod worker;

pub use auction::{Auction, Bid, BidEnd, Clearing, Opening};
pub use committee::{Checkpoint, Committee};
pub use contract::{Contract, Deployment, Links, Sources};
pub use creation::Creation;
pub use drop::{Drop, Pack, PackSale, SalePhase};
pub use event::{Claim, MarketEvent};
pub use gate::Gate;
pub use governance::{ParameterChange, Proposal, ProposalText, Vote};
pub use job::{Job, JobEvent, Payload};
pub use lease::{Lease, LeaseEnd};
pub use lot::{Lot, LotBid, Paid};
pub use model::Model;
pub use node::{Node, NodeKey, Position, Seen, Slash};
pub use order::Order;
pub use pool::{Overspent, Pair, PairKey, Pool, Session, Settled};
pub use sale::{Moved, Rental, Sale};
pub use token::{Balance, Edition, Token, TokenKey, TokenTransfer};
pub use transfer::Transfer;
pub use worker::{NegativeStake, StakeMove, Worker};

use alloy::primitives::{Address, B256, hex};
use edgeloom_index_api::BlockMeta;
use serde::{Deserialize, Serialize};

/// A block without its body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockFacts {
    pub height: u64,
    pub hash: B256,
    pub timestamp_ms: u64,
    pub transactions: u64,
    pub gas_used: u64,
}

impl BlockFacts {
    pub fn meta(&self) -> BlockMeta {
        BlockMeta {
            number: self.height,
            hash: hash_text(&self.hash),
            timestamp: self.timestamp_ms / 1000,
            timestamp_ms: self.timestamp_ms,
            transactions: self.transactions,
            gas_used: self.gas_used,
        }
    }
}

/// When something happened, and in which transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    pub block: u64,
    pub tx: B256,
    /// Milliseconds since the Unix epoch, of the block.
    pub ms: u64,
}

/// Lowercase, as every address of the index.
pub fn address_text(address: &Address) -> String {
    hex::encode_prefixed(address)
}

/// Lowercase, as every hash of the index.
pub fn hash_text(hash: &B256) -> String {
    hex::encode_prefixed(hash)
}
