use crate::OrderDirection;
use async_graphql::{Enum, SimpleObject};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum, Serialize, Deserialize, ToSchema)]
#[graphql(rename_items = "UPPERCASE")]
#[serde(rename_all = "UPPERCASE")]
pub enum Asset {
    /// The native coin.
    Tfuel,
    /// The governance token.
    Theta,
}

/// Money that moved. THETA: every transfer. TFUEL: the value that a successful transaction carried to its receiver;
/// what contracts send on inside a transaction leaves no log (job payments are in `JobRow::paid_wei`).
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TransferRow {
    /// Position among all transfers, from 1.
    pub id: u64,
    pub asset: Asset,
    pub from: String,
    /// The created contract for a transaction that creates one.
    pub to: String,
    pub amount_wei: String,
    pub block: u64,
    /// Zero for what a block did by itself, slashes above all.
    pub tx: String,
    pub tx_index: u32,
    /// Position in the block's logs; absent for TFUEL, and for what a block did by itself.
    pub log_index: Option<u32>,
    pub ms: u64,
}

/// What transfers can be ordered by; ties go by id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum, Serialize, Deserialize, ToSchema)]
#[graphql(rename_items = "camelCase")]
#[serde(rename_all = "camelCase")]
pub enum TransferOrder {
    #[default]
    Id,
    AmountWei,
}

/// Query of `/api/transfers`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TransferQuery {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub asset: Option<Asset>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Sender or receiver.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// In this block or later.
    #[serde(rename = "block_gte", skip_serializing_if = "Option::is_none")]
    pub block_gte: Option<u64>,
    /// In this block or earlier.
    #[serde(rename = "block_lte", skip_serializing_if = "Option::is_none")]
    pub block_lte: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub order_by: Option<TransferOrder>,
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
