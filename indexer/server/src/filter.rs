//! What clients ask for, parsed once: filters of typed values, so that the store sees nothing a client wrote.

pub mod nft;

use crate::page::{Column, Kind, List, Ordering, PageError};
use alloy::primitives::{Address, B256, U256};
use edgeloom_index_api::{
    Asset, AuctionPhase, JobOrder, LeasePhase, MarketContract, ModelOrder, NodeOrder, Phase, PoolPhase, PositionOrder,
    ProposalPhase, Role, TransferOrder, WorkerOrder,
};

/// A subject is at most a number of 256 bits.
const KEYWORD_MAX: usize = 78;

/// An argument that cannot be what it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadArgument {
    #[error("`{argument}` must be an address: 0x and 40 hex digits")]
    Address { argument: &'static str },
    #[error("`{argument}` must be a hash: 0x and 64 hex digits")]
    Hash { argument: &'static str },
    #[error("`{argument}` must be an amount of wei: a decimal number below 2^256")]
    Wei { argument: &'static str },
    #[error(
        "`phase` must be one of open, taken, settled, cancelled, expired, rejected, or several with commas between"
    )]
    Phase,
    #[error("`{argument}` must be a proposal's id: a decimal number below 2^256")]
    Proposal { argument: &'static str },
    #[error("`{argument}` must be a token's id: a decimal number below 2^256")]
    TokenId { argument: &'static str },
    #[error("`tokenId` needs `creation`: the contract that the token is of")]
    IdAlone,
    #[error("`{argument}` must have 1 to {KEYWORD_MAX} letters and digits, as rows have it")]
    Keyword { argument: &'static str },
    #[error("`asset` must be THETA or TFUEL")]
    Asset,
    #[error("`{argument}` has {length} entries, more than {max}")]
    TooMany { argument: &'static str, length: usize, max: usize },
    #[error(transparent)]
    Page(#[from] PageError),
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JobFilter {
    /// Any of these; empty for all.
    pub phases: Vec<Phase>,
    pub requester: Option<Address>,
    pub worker: Option<Address>,
    pub model: Option<B256>,
    pub order: Option<u64>,
    pub price_min: Option<U256>,
    pub price_max: Option<U256>,
    pub posted_block_min: Option<u64>,
    pub posted_block_max: Option<u64>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkerFilter {
    pub stake_min: Option<U256>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModelFilter {
    pub owner: Option<Address>,
    pub name: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TransferFilter {
    pub asset: Option<Asset>,
    pub from: Option<Address>,
    pub to: Option<Address>,
    /// Sender or receiver.
    pub account: Option<Address>,
    pub block_min: Option<u64>,
    pub block_max: Option<u64>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeFilter {
    pub asset: Option<Asset>,
    pub role: Option<Role>,
    pub owner: Option<Address>,
    pub operator: Option<Address>,
    pub stake_min: Option<U256>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PositionFilter {
    pub asset: Option<Asset>,
    pub node: Option<u32>,
    pub source: Option<Address>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SlashFilter {
    pub asset: Option<Asset>,
    pub node: Option<u32>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProposalFilter {
    pub phase: Option<ProposalPhase>,
    pub proposer: Option<Address>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VoteFilter {
    pub proposal: Option<U256>,
    pub voter: Option<Address>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrderFilter {
    pub requester: Option<Address>,
    pub model: Option<B256>,
    pub kind: Option<u16>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeaseFilter {
    pub phase: Option<LeasePhase>,
    pub requester: Option<Address>,
    pub worker: Option<Address>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuctionFilter {
    pub phase: Option<AuctionPhase>,
    pub requester: Option<Address>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BidFilter {
    pub auction: Option<B256>,
    pub bidder: Option<Address>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PoolFilter {
    pub phase: Option<PoolPhase>,
    pub payer: Option<Address>,
}

/// Of pairs and of sessions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PairFilter {
    pub pool: Option<u64>,
    pub payee: Option<Address>,
    pub session: Option<Address>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MarketEventFilter {
    pub contract: Option<MarketContract>,
    pub subject: Option<String>,
    pub name: Option<String>,
    pub actor: Option<Address>,
}

/// # Errors
/// [`BadArgument::Address`]; upper and lower case are both taken, without checking a checksum.
pub fn address(argument: &'static str, text: &str) -> Result<Address, BadArgument> {
    let prefixed = text.starts_with("0x");
    text.parse().ok().filter(|_| prefixed).ok_or(BadArgument::Address { argument })
}

/// # Errors
/// [`BadArgument::Hash`].
pub fn hash(argument: &'static str, text: &str) -> Result<B256, BadArgument> {
    let prefixed = text.starts_with("0x");
    text.parse().ok().filter(|_| prefixed).ok_or(BadArgument::Hash { argument })
}

/// # Errors
/// [`BadArgument::Wei`].
pub fn wei(argument: &'static str, text: &str) -> Result<U256, BadArgument> {
    decimal(text).ok_or(BadArgument::Wei { argument })
}

/// # Errors
/// [`BadArgument::Proposal`].
pub fn proposal(argument: &'static str, text: &str) -> Result<U256, BadArgument> {
    decimal(text).ok_or(BadArgument::Proposal { argument })
}

/// An event's name or subject.
///
/// # Errors
/// [`BadArgument::Keyword`].
pub fn keyword(argument: &'static str, text: &str) -> Result<String, BadArgument> {
    let fits = (1..=KEYWORD_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if fits { Ok(text.to_owned()) } else { Err(BadArgument::Keyword { argument }) }
}

/// # Errors
/// [`BadArgument::Asset`]; upper and lower case are both taken.
pub fn asset(text: &str) -> Result<Asset, BadArgument> {
    match text.to_ascii_uppercase().as_str() {
        "THETA" => Ok(Asset::Theta),
        "TFUEL" => Ok(Asset::Tfuel),
        _ => Err(BadArgument::Asset),
    }
}

fn decimal(text: &str) -> Option<U256> {
    let fits = !text.is_empty() && text.len() <= 78 && text.bytes().all(|byte| byte.is_ascii_digit());
    fits.then(|| U256::from_str_radix(text, 10).ok())?
}

/// `open` or `open,taken`.
///
/// # Errors
/// [`BadArgument::Phase`].
pub fn phases(text: &str) -> Result<Vec<Phase>, BadArgument> {
    let phase = |name: &str| match name {
        "open" => Ok(Phase::Open),
        "taken" => Ok(Phase::Taken),
        "settled" => Ok(Phase::Settled),
        "cancelled" => Ok(Phase::Cancelled),
        "expired" => Ok(Phase::Expired),
        "rejected" => Ok(Phase::Rejected),
        _ => Err(BadArgument::Phase),
    };
    // One more than there are phases shows that some are repeated, or wrong.
    text.split(',').take(7).map(|name| phase(name.trim())).collect()
}

const NUMBER: Kind = Kind::Number;
const WEI: Kind = Kind::Bytes(32);

/// Contracts by the number of their verification.
pub const CONTRACTS_BY_NUMBER: Ordering =
    ordering(List::Contracts, 0, column("number", NUMBER), column("number", NUMBER));

const fn ordering(list: List, order: u8, column: Column, key: Column) -> Ordering {
    Ordering { list, order, column, key }
}

const fn column(name: &'static str, kind: Kind) -> Column {
    Column { name, kind }
}

pub const fn jobs_by(order: JobOrder) -> Ordering {
    let key = column("id", NUMBER);
    let by = match order {
        JobOrder::Id => key,
        JobOrder::PriceWei => column("price", WEI),
        JobOrder::ClosedMs => column("closed_ms", NUMBER),
    };
    ordering(List::Jobs, order as u8, by, key)
}

pub const fn workers_by(order: WorkerOrder) -> Ordering {
    let key = column("address", Kind::Bytes(20));
    let by = match order {
        WorkerOrder::Address => key,
        WorkerOrder::StakeWei => column("stake", WEI),
        WorkerOrder::EarnedWei => column("earned", WEI),
        WorkerOrder::JobsSettled => column("jobs_settled", NUMBER),
    };
    ordering(List::Workers, order as u8, by, key)
}

pub const fn models_by(order: ModelOrder) -> Ordering {
    let key = column("number", NUMBER);
    let by = match order {
        ModelOrder::Number => key,
        ModelOrder::JobsPosted => column("jobs_posted", NUMBER),
        ModelOrder::InferGas => column("infer_gas", NUMBER),
    };
    ordering(List::Models, order as u8, by, key)
}

pub const fn transfers_by(order: TransferOrder) -> Ordering {
    let key = column("id", NUMBER);
    let by = match order {
        TransferOrder::Id => key,
        TransferOrder::AmountWei => column("amount", WEI),
    };
    ordering(List::Transfers, order as u8, by, key)
}

/// Lists that have one order: by what grows with every row.
pub const SLASHES_BY_ID: Ordering = ordering(List::Slashes, 0, column("id", NUMBER), column("id", NUMBER));
pub const COMMITTEES_BY_EPOCH: Ordering =
    ordering(List::Committees, 0, column("epoch", NUMBER), column("epoch", NUMBER));
pub const CHECKPOINTS_BY_HEIGHT: Ordering =
    ordering(List::Checkpoints, 0, column("height", NUMBER), column("height", NUMBER));
pub const PROPOSALS_BY_NUMBER: Ordering =
    ordering(List::Proposals, 0, column("number", NUMBER), column("number", NUMBER));
pub const VOTES_BY_ID: Ordering = ordering(List::Votes, 0, column("id", NUMBER), column("id", NUMBER));
pub const CHANGES_BY_ID: Ordering = ordering(List::ParameterChanges, 0, column("id", NUMBER), column("id", NUMBER));

pub const ORDERS_BY_ID: Ordering = ordering(List::Orders, 0, column("id", NUMBER), column("id", NUMBER));
pub const LEASES_BY_ID: Ordering = ordering(List::Leases, 0, column("id", NUMBER), column("id", NUMBER));
pub const AUCTIONS_BY_NUMBER: Ordering =
    ordering(List::Auctions, 0, column("number", NUMBER), column("number", NUMBER));
pub const BIDS_BY_ID: Ordering = ordering(List::Bids, 0, column("id", NUMBER), column("id", NUMBER));
pub const MARKET_EVENTS_BY_ID: Ordering = ordering(List::MarketEvents, 0, column("id", NUMBER), column("id", NUMBER));

pub const POOLS_BY_ID: Ordering = ordering(List::Pools, 0, column("id", NUMBER), column("id", NUMBER));
pub const PAIRS_BY_ID: Ordering = ordering(List::Pairs, 0, column("id", NUMBER), column("id", NUMBER));
pub const SESSIONS_BY_ID: Ordering = ordering(List::Sessions, 0, column("id", NUMBER), column("id", NUMBER));

pub const fn nodes_by(order: NodeOrder) -> Ordering {
    let key = column("id", NUMBER);
    let by = match order {
        NodeOrder::Number => key,
        NodeOrder::StakeWei => column("stake", WEI),
        NodeOrder::RewardedWei => column("rewarded", WEI),
    };
    ordering(List::Nodes, order as u8, by, key)
}

pub const fn positions_by(order: PositionOrder) -> Ordering {
    let key = column("id", NUMBER);
    let by = match order {
        PositionOrder::Id => key,
        PositionOrder::StakedWei => column("staked", WEI),
    };
    ordering(List::Positions, order as u8, by, key)
}
