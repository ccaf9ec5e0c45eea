use crate::{OrderDirection, PhaseRow};
use async_graphql::{Enum, SimpleObject};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What became of a sale of packs. Whether an open one still sells follows from its phases and rounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum, Serialize, Deserialize, ToSchema)]
#[graphql(rename_items = "camelCase")]
#[serde(rename_all = "camelCase")]
pub enum PackPhase {
    Open,
    /// By its creator: nothing is sold any more.
    Ended,
    /// A secret was not revealed in time, and who bought in that round is refunded.
    Voided,
}

/// A sale of sealed packs.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PackSaleRow {
    pub id: u64,
    pub creation: String,
    /// Who opened it.
    pub creator: String,
    /// Who is paid.
    pub payee: String,
    /// How many there are.
    pub packs: u32,
    /// Tokens in each.
    pub size: u8,
    /// How many tokens there are of each tier, the rarest first.
    pub tiers: Vec<u32>,
    /// The first tier's first id, decimal.
    pub first: String,
    pub round_blocks: u32,
    pub rounds: u16,
    /// To the secrets of all rounds.
    pub commitment: String,
    pub phases: Vec<PhaseRow>,
    pub phase: PackPhase,
    pub sold: u64,
    pub opened: u64,
    /// The last round whose secret is known; absent before.
    pub revealed: Option<u64>,
    /// What buyers paid in rounds that are revealed.
    pub paid_wei: String,
    /// Of that, the protocol's.
    pub fee_wei: String,
    /// What buyers paid in the round that is not.
    pub pending_wei: String,
    /// What they were given back of a voided one, without their share of the bond.
    pub refunded_wei: String,
    pub opened_block: u64,
    pub opened_tx: String,
    pub opened_ms: u64,
    /// Absent while it is open.
    pub closed_block: Option<u64>,
    pub closed_ms: Option<u64>,
}

/// A pack that was opened.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PackRow {
    /// Position among all opened packs, from 1.
    pub id: u64,
    /// The sale's number.
    pub sale: u64,
    /// Number in the sale, from 0.
    pub pack: u64,
    pub buyer: String,
    /// Decimal.
    pub ids: Vec<String>,
    /// Those of them that the buyer did not take yet.
    pub kept: Vec<String>,
    pub block: u64,
    pub tx: String,
    pub ms: u64,
}

/// Query of `/api/packs`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PackQuery {
    /// A sale's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sale: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub buyer: Option<String>,
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
