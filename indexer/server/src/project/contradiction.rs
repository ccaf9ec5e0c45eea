//! What events say that rows contradict.

use crate::record::NodeKey;
use alloy::primitives::{Address, B256, U256};

/// What an event says that the rows before it contradict.
#[derive(Debug, thiserror::Error)]
#[error(
    "block {block}, transaction {tx}: {what}. The index does not hold what came before; \
     delete its database file and start again to rebuild it from the chain"
)]
pub struct Inconsistent {
    pub block: u64,
    pub tx: B256,
    pub what: Contradiction,
}

#[derive(Debug, thiserror::Error)]
pub enum Contradiction {
    #[error("job {0} is not a 63-bit number")]
    JobNumber(U256),
    #[error("job {0} was posted before")]
    JobKnown(u64),
    #[error("job {0} was never posted")]
    JobUnknown(u64),
    #[error("job {0} cannot do that in its phase")]
    JobPhase(u64),
    #[error("job {0} has a phase or reason that this program does not know")]
    JobEnum(u64),
    #[error("order {0} was never posted")]
    OrderUnknown(u64),
    #[error("order {0} has not so many jobs")]
    OrderCount(u64),
    #[error("lease {0} was never offered")]
    LeaseUnknown(U256),
    #[error("lease {0} was offered before")]
    LeaseKnown(u64),
    #[error("lease {0} has a reason that this program does not know")]
    LeaseEnum(u64),
    #[error("auction {0} was never opened")]
    AuctionUnknown(B256),
    #[error("auction {0} was opened before")]
    AuctionKnown(B256),
    #[error("auction {0} has an order or a reason that cannot be")]
    AuctionEnum(B256),
    #[error("{1} has no bid in auction {0}")]
    BidUnknown(B256, Address),
    #[error("{1} bid before in auction {0}")]
    BidKnown(B256, Address),
    #[error("pool {0} was never opened")]
    PoolUnknown(U256),
    #[error("pool {0} was opened before")]
    PoolKnown(u64),
    #[error("{1} was never a session of pool {0}")]
    SessionUnknown(u64, Address),
    #[error("model {0} was never registered")]
    ModelUnknown(B256),
    #[error("model {0} was registered before")]
    ModelKnown(B256),
    #[error("node {0} moves more stake than it has there")]
    Stake(u32),
    #[error("node {0} was never registered")]
    NodeUnknown(u32),
    #[error("stake of node {0} moves that is not there")]
    StakeOf(NodeKey),
    #[error("node {0} was registered before")]
    NodeKnown(NodeKey),
    #[error("node {0} is none")]
    NodeMissing(NodeKey),
    #[error("node {0} has a role that this program does not know")]
    NodeRole(NodeKey),
    #[error("{1} has nothing on node {0}")]
    PositionMissing(NodeKey, Address),
    #[error("there is no committee of epoch {0}")]
    CommitteeMissing(u32),
    #[error("block {0} was never certified")]
    CheckpointMissing(u64),
    #[error("proposal {0} was never made")]
    ProposalMissing(U256),
    #[error("proposal {0} was made before")]
    ProposalKnown(U256),
    #[error("proposal {0} got a vote that is neither for nor against nor abstains")]
    Support(U256),
    #[error("worker {0} was never seen")]
    WorkerUnknown(Address),
    #[error("creation {0} was made before")]
    CreationKnown(Address),
    #[error("creation {0} was never made")]
    CreationUnknown(Address),
    #[error("creation {0} has a policy that this program does not know")]
    CreationEnum(Address),
    #[error("creation {0} speaks of tokens of another kind than its own")]
    CreationKind(Address),
    #[error("creation {0} wrote an event that does not decode: {1}")]
    CreationLog(Address, String),
    #[error("token {1} of {0} was minted before")]
    TokenKnown(Address, U256),
    #[error("token {1} of {0} was never minted")]
    TokenUnknown(Address, U256),
    #[error("token {1} of {0} is another's than whoever it moves from")]
    TokenOwner(Address, U256),
    #[error("more copies of {1} of {0} move than are there")]
    Copies(Address, U256),
    #[error("order {0} of tokens has a side that this program does not know")]
    OrderSide(B256),
    #[error("sale {0} was never made")]
    SaleUnknown(u64),
    #[error("auction {0} of a token was never created")]
    LotUnknown(U256),
    #[error("auction {0} of a token was created before")]
    LotKnown(u64),
    #[error("auction {0} of a token has a standard that this program does not know")]
    LotEnum(u64),
    #[error("drop {0} was never opened")]
    DropUnknown(U256),
    #[error("drop {0} was opened before")]
    DropKnown(u64),
    #[error("sale {0} of packs was never opened")]
    PackSaleUnknown(U256),
    #[error("sale {0} of packs was opened before")]
    PackSaleKnown(u64),
    #[error("pack {1} of sale {0} was never opened")]
    PackUnknown(U256, U256),
    #[error("pack {1} of sale {0} was opened before")]
    PackKnown(u64, u64),
    #[error("gate {0} was never opened")]
    GateUnknown(U256),
    #[error("gate {0} was opened before")]
    GateKnown(u64),
}
