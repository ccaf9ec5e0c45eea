use crate::{MarketEventRow, OrderDirection};
use async_graphql::SimpleObject;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Media that are opened for whoever holds, or has the use of, certain tokens.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GateRow {
    pub id: u64,
    pub owner: String,
    pub collection: String,
    /// Of the tokens that open it, decimal.
    pub first: String,
    pub last: String,
    /// Unix seconds at which the first epoch begins.
    pub start: u64,
    pub epoch_seconds: u32,
    /// How often the secret was shared, from 1.
    pub quorum_version: u32,
    /// Nodes that open an epoch together.
    pub threshold: u8,
    /// Accounts of edge nodes; the share of node i is the polynomial's value at i + 1.
    pub nodes: Vec<String>,
    /// To the polynomial's coefficients: compressed points of G1, 48 bytes each. The first is the key that media are encrypted to.
    pub commitments: String,
    /// BLAKE3 of the manifest; absent before there is one.
    pub content_root: Option<String>,
    /// Where the manifest is; absent before there is one, and where it has more than 4,096 bytes.
    pub content_uri: Option<String>,
    pub opened_block: u64,
    pub opened_tx: String,
    pub opened_ms: u64,
    /// When quorum or content were set last.
    pub changed_block: u64,
    pub changed_ms: u64,
}

/// A gate and its events, the oldest 1,000.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GateDetail {
    #[serde(flatten)]
    pub gate: GateRow,
    pub history: Vec<MarketEventRow>,
}

/// Query of `/api/gates`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct GateQuery {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collection: Option<String>,
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
