use crate::OrderDirection;
use async_graphql::{Enum, SimpleObject};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// An edge worker: everyone who ever ran a node or took a job.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WorkerRow {
    pub address: String,
    /// Number of the node that it runs; what follows of stake is all of its sources'.
    pub node: Option<u32>,
    /// Free and locked together: what backs work.
    pub stake_wei: String,
    pub free_wei: String,
    pub locked_wei: String,
    pub unbonding_wei: String,
    /// Unix seconds from which all of `unbondingWei` can be redeemed; absent when nothing is unbonding.
    pub unbonding_until: Option<u64>,
    /// All that was ever slashed.
    pub slashed_wei: String,
    /// All that jobs ever paid, before the worker's gas.
    pub earned_wei: String,
    pub jobs_taken: u64,
    /// Answered correctly and paid.
    pub jobs_settled: u64,
    /// Answered wrongly, and slashed.
    pub jobs_rejected: u64,
    /// Taken and not answered in time, and slashed.
    pub jobs_missed: u64,
    pub first_block: u64,
    pub first_ms: u64,
    pub last_block: u64,
    pub last_ms: u64,
}

/// What workers can be ordered by; ties go by address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum, Serialize, Deserialize, ToSchema)]
#[graphql(rename_items = "camelCase")]
#[serde(rename_all = "camelCase")]
pub enum WorkerOrder {
    #[default]
    Address,
    StakeWei,
    EarnedWei,
    JobsSettled,
}

/// Query of `/api/workers`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WorkerQuery {
    /// Least free and locked stake together, wei.
    #[serde(rename = "stakeWei_gte", skip_serializing_if = "Option::is_none")]
    pub stake_wei_gte: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub order_by: Option<WorkerOrder>,
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
