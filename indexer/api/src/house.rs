use crate::{MarketEventRow, OrderDirection};
use async_graphql::{Enum, SimpleObject};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum, Serialize, Deserialize, ToSchema)]
#[graphql(rename_items = "camelCase")]
#[serde(rename_all = "camelCase")]
pub enum TokenStandard {
    Erc721,
    Erc1155,
}

/// What became of an auction of a token. Whether an open one can be bid for follows from its times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum, Serialize, Deserialize, ToSchema)]
#[graphql(rename_items = "camelCase")]
#[serde(rename_all = "camelCase")]
pub enum LotPhase {
    Open,
    /// The winner has the token.
    Sold,
    /// The house has it for the winner.
    Kept,
    /// It does not move, and the winner has the money back.
    Voided,
    /// The seller has it back.
    Returned,
}

/// A token that the auction house sells, or sold, to whoever bids most.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LotRow {
    /// The auction's number, from 1.
    pub id: u64,
    pub seller: String,
    pub standard: TokenStandard,
    /// The contract.
    pub token: String,
    /// Decimal.
    pub token_id: String,
    /// Decimal; 1 of an ERC-721.
    pub amount: String,
    /// An ERC-20 token; absent for TFUEL.
    pub currency: Option<String>,
    /// What the first bid is at least, in the currency's smallest unit.
    pub reserve: String,
    /// The first second in which it can be bid for.
    pub from: u64,
    /// The last one, by now: late bids move it.
    pub until: u64,
    /// What the creator's part is at most, basis points.
    pub royalty_max: u16,
    pub phase: LotPhase,
    pub bids: u64,
    /// Who bid most; absent before the first bid.
    pub bidder: Option<String>,
    pub highest: Option<String>,
    /// Of the price; absent until it was paid.
    pub fee: Option<String>,
    pub royalty: Option<String>,
    /// The row of the sale; absent until the price was paid.
    pub sale: Option<u64>,
    pub created_block: u64,
    pub created_tx: String,
    pub created_ms: u64,
    /// When the phase last changed; absent while it is open.
    pub closed_block: Option<u64>,
    pub closed_tx: Option<String>,
    pub closed_ms: Option<u64>,
}

/// An auction of a token and its events, the oldest 1,000.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LotDetail {
    #[serde(flatten)]
    pub lot: LotRow,
    pub history: Vec<MarketEventRow>,
}

/// Query of `/api/lots`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LotQuery {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub phase: Option<LotPhase>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seller: Option<String>,
    /// A contract of tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creation: Option<String>,
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

/// A bid for a token.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LotBidRow {
    /// Position among all bids for tokens, from 1.
    pub id: u64,
    /// The auction's number.
    pub lot: u64,
    pub bidder: String,
    /// In the currency's smallest unit.
    pub amount: String,
    /// The last second in which it could be outbid, as it was after it.
    pub until: u64,
    pub block: u64,
    pub tx: String,
    pub ms: u64,
}

/// Query of `/api/lot-bids`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LotBidQuery {
    /// An auction's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lot: Option<u64>,
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
