use crate::OrderDirection;
use async_graphql::SimpleObject;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The use of a token for a time, paid for.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RentalRow {
    /// Position among all rentals, from 1.
    pub id: u64,
    /// Hash of the offer.
    pub offer: String,
    pub creation: String,
    /// Decimal.
    pub token_id: String,
    pub owner: String,
    /// Who paid.
    pub renter: String,
    /// Whose the use is.
    pub user: String,
    /// The last second of it.
    pub until: u64,
    /// An ERC-20 token; absent for TFUEL.
    pub currency: Option<String>,
    /// In the currency's smallest unit, as fee and royalty are.
    pub price: String,
    pub fee: String,
    pub royalty: String,
    /// The row of the sale.
    pub sale: u64,
    pub block: u64,
    pub tx: String,
    pub ms: u64,
}

/// Query of `/api/rentals`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RentalQuery {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creation: Option<String>,
    /// Of that creation; decimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renter: Option<String>,
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
