use async_graphql::SimpleObject;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The newest block whose rows are in the index.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BlockMeta {
    pub number: u64,
    pub hash: String,
    /// Unix seconds, as in the header.
    pub timestamp: u64,
    /// The same moment in milliseconds.
    pub timestamp_ms: u64,
    pub transactions: u64,
    pub gas_used: u64,
}

/// How far the index has come.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[graphql(name = "Meta")]
pub struct Meta {
    /// Absent until the first block is indexed.
    pub block: Option<BlockMeta>,
    /// Height of the newest indexed block that is checkpointed; that of `block` while the chain has no guardians.
    pub finalized: Option<u64>,
    /// Whether indexing stopped on an error; rows up to `block` are right nevertheless.
    pub has_indexing_errors: bool,
    /// Milliseconds since the index last held every block of its node; 0 while it does.
    pub lag_ms: u64,
    /// keccak256 of the genesis header; absent until the node was reached for the first time.
    pub genesis: Option<String>,
    pub chain_id: Option<u64>,
}

/// Answer of `/health`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Health {
    pub status: String,
    pub version: String,
    pub uptime_ms: u64,
}

/// Answer of `/ready`: 200 with `ready: true`, 503 otherwise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Readiness {
    pub ready: bool,
    /// Newest indexed block; absent before the first.
    pub block: Option<u64>,
    /// Newest block of the node; absent until it was reached.
    pub head: Option<u64>,
    pub blocks_behind: Option<u64>,
    /// 0 to 1.
    pub progress: f64,
    /// Whether the node answered the last request.
    pub node_reachable: bool,
    /// Why indexing stopped or what the node last failed with.
    pub error: Option<String>,
}

/// Every answer that is not 2xx, except `/ready`'s.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    pub error: ProblemBody,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProblemBody {
    /// `bad_request`, `not_found`, `too_large`, `internal` …
    pub code: String,
    /// For people: what is wrong and what would be right.
    pub message: String,
}
