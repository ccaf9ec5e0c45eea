use crate::{MarketEventRow, OrderDirection};
use async_graphql::{Enum, SimpleObject};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What became of an auction. Whether bids are sealed, revealed or to be cleared in an open one follows from heights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum, Serialize, Deserialize, ToSchema)]
#[graphql(rename_items = "lowercase")]
#[serde(rename_all = "lowercase")]
pub enum AuctionPhase {
    Open,
    /// There is an order, for those who won first.
    Cleared,
    /// Nobody bid: there is an order for everybody.
    Unbid,
    /// Everybody has back what is theirs.
    Voided,
}

/// Jobs that are sold by sealed bids to the lowest of them.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuctionRow {
    /// The hash of its terms.
    pub id: String,
    /// Position among all auctions, from 1.
    pub number: u64,
    pub requester: String,
    /// The market's number of what kind of work it is; 1 is an inference.
    pub kind: u16,
    /// The model that its jobs run, or what else they work on.
    pub model_id: String,
    /// Of all inputs.
    pub input_root: String,
    pub input_bytes: u32,
    /// What a worker has to be, decimal (`types/Requirements.sol`); 0 for nothing.
    pub requirements: String,
    /// Jobs, each a unit.
    pub count: u32,
    /// The most that the requester pays for each.
    pub most_wei: String,
    /// The last block in which bids are sealed.
    pub commit_until: u64,
    /// The last block in which they are revealed.
    pub reveal_until: u64,
    /// Seconds that winners have to take what they won.
    pub claim_seconds: u32,
    pub take_seconds: u32,
    pub work_seconds: u32,
    pub providers_after: u32,
    pub phase: AuctionPhase,
    /// Sealed bids.
    pub bids: u64,
    pub revealed: u64,
    /// Bids that can win, of those; the requester's own cannot.
    pub counted: u64,
    /// That was sealed with the bids.
    pub deposits_wei: String,
    /// Of the jobs; absent until it was cleared.
    pub order: Option<u64>,
    /// Of each job, what winners are paid; absent until it was cleared.
    pub price_wei: Option<String>,
    /// Tick of the first unit that was not needed, 257 where there is none; absent until it was cleared.
    pub margin: Option<u32>,
    /// Units of lower ticks: all of them won.
    pub won: u64,
    /// Units at the margin, and how many of them won.
    pub contested: u64,
    pub rest: u64,
    /// Whether it was shown whom chance drew of those.
    pub drawn: bool,
    /// Units that winners took in their time, and that others took after it.
    pub taken_by_winners: u64,
    pub taken_by_others: u64,
    /// What the requester got back.
    pub refunded_wei: String,
    /// Deposits of bids that were not revealed, and of winners that did not take.
    pub burned_wei: String,
    pub opened_block: u64,
    pub opened_tx: String,
    pub opened_ms: u64,
    /// When it was cleared or voided; absent before.
    pub closed_block: Option<u64>,
    pub closed_tx: Option<String>,
    pub closed_ms: Option<u64>,
}

/// An auction and its events, the oldest 1,000 (`/api/market-events` has all).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuctionDetail {
    #[serde(flatten)]
    pub auction: AuctionRow,
    pub history: Vec<MarketEventRow>,
}

/// Query of `/api/auctions`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuctionQuery {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub phase: Option<AuctionPhase>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requester: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub order_direction: Option<OrderDirection>,
    /// Rows on the page, 1 to 1000; 100 when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<u32>,
    /// `pageInfo.endCursor` of the page before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// Why a bid is over; `running` while it is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum, Serialize, Deserialize, ToSchema)]
#[graphql(rename_items = "camelCase")]
#[serde(rename_all = "camelCase")]
pub enum BidReason {
    Running,
    /// All that it won was taken.
    Taken,
    /// In its time not all was.
    NotTaken,
    /// The price was lower, or chance drew others.
    Lost,
    /// It was at the margin, and nobody showed in time whom chance drew.
    NotDrawn,
    NotRevealed,
    Voided,
}

/// A bid of an auction.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BidRow {
    /// Position among all bids, from 1.
    pub id: u64,
    /// The auction's id.
    pub auction: String,
    pub bidder: String,
    pub commitment: String,
    pub deposit_wei: String,
    /// In 256ths of the most that the requester pays; absent until it was revealed.
    pub tick: Option<u32>,
    /// Jobs that it is for; absent until it was revealed.
    pub units: Option<u32>,
    /// Whether it can win; absent until it was revealed.
    pub counts: Option<bool>,
    pub reason: BidReason,
    /// Units that it took as a winner, so far.
    pub taken: u32,
    /// Units that it won; absent until it is over.
    pub won: Option<u32>,
    /// Of the deposit; absent until it is over.
    pub refunded_wei: Option<String>,
    /// Of the deposit; absent until it is over.
    pub burned_wei: Option<String>,
    pub committed_block: u64,
    pub committed_tx: String,
    pub committed_ms: u64,
    pub revealed_block: Option<u64>,
    pub revealed_tx: Option<String>,
    pub revealed_ms: Option<u64>,
    pub closed_block: Option<u64>,
    pub closed_tx: Option<String>,
    pub closed_ms: Option<u64>,
}

/// Query of `/api/bids`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BidQuery {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auction: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bidder: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub order_direction: Option<OrderDirection>,
    /// Rows on the page, 1 to 1000; 100 when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<u32>,
    /// `pageInfo.endCursor` of the page before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}
