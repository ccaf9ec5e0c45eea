use crate::OrderDirection;
use async_graphql::{Enum, SimpleObject};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// By what a sale came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum, Serialize, Deserialize, ToSchema)]
#[graphql(rename_items = "camelCase")]
#[serde(rename_all = "camelCase")]
pub enum SaleKind {
    /// A signed order of the exchange.
    Order,
    /// An auction of the auction house.
    Auction,
    /// The use of a token for a time: it does not change hands.
    Rental,
    /// A first sale, of a drop.
    Drop,
    /// A first sale, of sealed packs: which tokens are in them nobody knows yet.
    Pack,
}

/// Why a sale is marked as one between accounts that may be the same person's. A mark is a hint and no proof: who pays for a friend's
/// first transaction, or buys a token back, is marked, too. Whoever passes money through contracts is not. Of a first sale whoever it pays counts
/// as its seller does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum, Serialize, Deserialize, ToSchema)]
#[graphql(rename_items = "camelCase")]
#[serde(rename_all = "camelCase")]
pub enum SelfDealing {
    /// Buyer and seller are the same account.
    SameAccount,
    /// The first TFUEL of both came from the same account. Those that gave to many (faucets, exchanges) do not count.
    SameFunder,
    /// The first TFUEL of one came from the other.
    FundedByOther,
    /// The token came back to who had sold it, by 4 sales at most within 30 days. All of them are marked.
    Circle,
}

/// Tokens that were sold, or let.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SaleRow {
    /// Position among all sales, from 1.
    pub id: u64,
    pub kind: SaleKind,
    /// Hash of the order or of the offer of a rental, or the number of the auction, drop or sale of packs.
    pub reference: String,
    pub seller: String,
    pub buyer: String,
    /// An ERC-20 token; absent for TFUEL.
    pub currency: Option<String>,
    /// What the buyer paid for all, in the currency's smallest unit.
    pub price: String,
    /// Of the price, the protocol's; absent where it is not known yet.
    pub fee: Option<String>,
    /// Of the price, the creators'.
    pub royalty: String,
    /// Units of the order that were filled, 1 where there are none; packs.
    pub units: u32,
    /// The first 64 of them: packs have none.
    pub items: Vec<SaleItem>,
    /// How many there are.
    pub item_count: u32,
    /// Why it may be no trade at all; absent where nothing shows that.
    pub self_dealing: Option<SelfDealing>,
    pub block: u64,
    pub tx: String,
    pub tx_index: u32,
    /// Position in the block's logs.
    pub log_index: u32,
    pub ms: u64,
}

/// What moved in a sale. Of a swap items go both ways. Tokens need not be of creations that have rows.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SaleItem {
    /// The contract.
    pub token: String,
    /// Decimal.
    pub id: String,
    /// Decimal.
    pub amount: String,
    /// Absent of what was minted by the sale.
    pub from: Option<String>,
    pub to: String,
    /// Of the sale's royalty, in the currency's smallest unit.
    pub royalty: String,
}

/// Query of `/api/sales`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SaleQuery {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub kind: Option<SaleKind>,
    /// A contract of tokens, a creation or another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creation: Option<String>,
    /// Of that creation; decimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seller: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub buyer: Option<String>,
    /// Seller or buyer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// As rows have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Whether marked sales only, or unmarked ones only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub marked: Option<bool>,
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
