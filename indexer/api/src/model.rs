use crate::OrderDirection;
use async_graphql::{Enum, SimpleObject};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A registered model. Models never change; the two counters do.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ModelRow {
    /// keccak256 commitment to graph, weights and specification.
    pub id: String,
    /// Registration number, from 1.
    pub number: u64,
    pub owner: String,
    pub manifest: String,
    pub input_bytes: u32,
    pub output_bytes: u32,
    /// Multiply-accumulates of one inference.
    pub macs: u64,
    /// Gas of one inference, without calldata and cold access.
    pub infer_gas: u64,
    pub name: String,
    pub metadata: String,
    pub jobs_posted: u64,
    pub jobs_settled: u64,
    pub registered_block: u64,
    pub registered_tx: String,
    pub registered_ms: u64,
}

/// What models can be ordered by; ties go by number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum, Serialize, Deserialize, ToSchema)]
#[graphql(rename_items = "camelCase")]
#[serde(rename_all = "camelCase")]
pub enum ModelOrder {
    #[default]
    Number,
    JobsPosted,
    InferGas,
}

/// Query of `/api/models`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ModelQuery {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The exact name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub order_by: Option<ModelOrder>,
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
