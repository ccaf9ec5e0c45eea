use crate::{MarketEventRow, OrderDirection};
use async_graphql::{Enum, SimpleObject};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Where a lease is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum, Serialize, Deserialize, ToSchema)]
#[graphql(rename_items = "lowercase")]
#[serde(rename_all = "lowercase")]
pub enum LeasePhase {
    Offered,
    Taken,
    Running,
    Ended,
}

/// Why a lease ended. `notBegun` and `leftEarly` cost the worker its bond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum, Serialize, Deserialize, ToSchema)]
#[graphql(rename_items = "camelCase")]
#[serde(rename_all = "camelCase")]
pub enum LeaseReason {
    CancelledByRequester,
    NotTaken,
    NotBegun,
    EndedByRequester,
    EndedByWorker,
    LeftEarly,
    Exhausted,
}

/// A machine's time, paid by the second.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LeaseRow {
    pub id: u64,
    pub requester: String,
    /// Who took it; absent until somebody does.
    pub worker: Option<String>,
    /// Who alone could take it; absent where everybody could.
    pub offered_to: Option<String>,
    /// Hash of what runs.
    pub subject: String,
    /// Length of what was published of that.
    pub spec_bytes: u32,
    /// What a worker has to be, decimal (`types/Requirements.sol`); 0 for nothing.
    pub requirements: String,
    /// Of a second.
    pub rate_wei: String,
    /// Stake of the worker that it locks.
    pub bond_wei: String,
    /// Of the fee, what is burned, basis points.
    pub burn_share: u16,
    pub phase: LeasePhase,
    /// Absent until it ended.
    pub reason: Option<LeaseReason>,
    /// Who called for its end; absent before.
    pub ended_by: Option<String>,
    /// Hash of what that one had to say; absent where it said nothing.
    pub evidence: Option<String>,
    /// Hash of how the machine is reached; absent until it began.
    pub machine: Option<String>,
    /// Unix seconds until which it could be taken.
    pub take_by: u64,
    /// Unix seconds from which listed cloud providers could take it, too.
    pub providers_from: u64,
    /// Unix seconds until which who took it had to begin; absent before.
    pub begin_by: Option<u64>,
    /// Seconds that the worker committed itself to.
    pub serve_seconds: u32,
    /// Seconds that were paid in advance, extensions included.
    pub term_seconds: u64,
    /// Unix seconds at which the money is used up; absent until it began.
    pub exhausts_at: Option<u64>,
    /// Seconds that the worker was paid for so far.
    pub served_seconds: u64,
    /// For those, what the worker got.
    pub paid_wei: String,
    /// For those, what the protocol took.
    pub fee_wei: String,
    /// What the requester got back at the end; absent before.
    pub refunded_wei: Option<String>,
    pub offered_block: u64,
    pub offered_tx: String,
    pub offered_ms: u64,
    pub taken_block: Option<u64>,
    pub taken_tx: Option<String>,
    pub taken_ms: Option<u64>,
    pub begun_block: Option<u64>,
    pub begun_tx: Option<String>,
    pub begun_ms: Option<u64>,
    pub ended_block: Option<u64>,
    pub ended_tx: Option<String>,
    pub ended_ms: Option<u64>,
}

/// A lease and its events, the oldest 1,000 (`/api/market-events` has all).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LeaseDetail {
    #[serde(flatten)]
    pub lease: LeaseRow,
    pub history: Vec<MarketEventRow>,
}

/// Query of `/api/leases`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LeaseQuery {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub phase: Option<LeasePhase>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requester: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub worker: Option<String>,
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
