use crate::OrderDirection;
use async_graphql::SimpleObject;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Who finalizes the blocks of an epoch.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CommitteeRow {
    pub epoch: u32,
    /// Numbers of the nodes of THETA, by seat.
    pub nodes: Vec<u32>,
    /// That they were elected with, gwei.
    pub total_stake_gwei: String,
    /// The epoch whose committee this one still is, where nobody else could be elected; else absent.
    pub kept_from: Option<u32>,
    /// Who was in too few certificates, as it was judged two epochs later.
    pub not_live: Vec<NotLiveRow>,
    /// In which it was elected.
    pub block: u64,
    pub ms: u64,
}

/// A seat that was not live.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NotLiveRow {
    pub node: u32,
    /// Certificates that it is in.
    pub signed: u64,
    /// Certificates of the epoch that blocks carried.
    pub included: u64,
}

/// Query of `/api/committees` and `/api/checkpoints`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct HistoryQuery {
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

/// A block that guardians certified.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckpointRow {
    /// Of the block.
    pub height: u64,
    pub block_hash: String,
    /// Of who signed, gwei, unions included.
    pub signed_stake_gwei: String,
    /// Of all guardians, gwei.
    pub total_stake_gwei: String,
    /// Bit i, least significant first, is place i of the guardians' snapshot.
    pub signers: String,
    /// How often a union added to it.
    pub unions: u32,
    /// Who brought the first certificate.
    pub submitter: String,
    /// That holds the first certificate.
    pub block: u64,
    pub tx: String,
    pub ms: u64,
}
