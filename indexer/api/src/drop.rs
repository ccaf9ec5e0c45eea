use crate::OrderDirection;
use async_graphql::SimpleObject;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// When something sells, for how much, and to whom (`IPhases.Phase`).
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PhaseRow {
    /// Of one, wei, at `from`.
    pub price_wei: String,
    /// Of one, wei, at `until`; between them in proportion to time.
    pub end_price_wei: String,
    /// The first second in which it sells.
    pub from: u64,
    /// The last one.
    pub until: u64,
    /// The most that one account buys in it; 0 for no limit.
    pub per_wallet: u32,
    /// The most that is sold in it; 0 for what is left.
    pub supply: u32,
    /// Root of the list of who may buy; absent for anybody.
    pub allowed: Option<String>,
    /// How many were sold in it.
    pub sold: u64,
}

/// Tokens that their creator sells first.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DropRow {
    pub id: u64,
    pub creation: String,
    /// Who opened it.
    pub creator: String,
    /// Who is paid.
    pub payee: String,
    /// Whether it is copies of one edition.
    pub editions: bool,
    /// The first id, or the only one; decimal.
    pub first: String,
    /// Tokens, or copies.
    pub count: u32,
    pub sold: u64,
    pub closed: bool,
    pub phases: Vec<PhaseRow>,
    /// What buyers paid.
    pub paid_wei: String,
    /// Of that, the protocol's.
    pub fee_wei: String,
    pub opened_block: u64,
    pub opened_tx: String,
    pub opened_ms: u64,
    /// Absent while it is not closed.
    pub closed_block: Option<u64>,
    pub closed_ms: Option<u64>,
}

/// Query of `/api/drops`, and of `/api/pack-sales`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DropQuery {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creator: Option<String>,
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
