use crate::{MarketEventRow, OrderDirection};
use async_graphql::{Enum, SimpleObject};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Where a pool is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum, Serialize, Deserialize, ToSchema)]
#[graphql(rename_items = "lowercase")]
#[serde(rename_all = "lowercase")]
pub enum PoolPhase {
    Open,
    /// Its payer said that it closes.
    Closing,
    Closed,
    /// It was shown that its payer signed more than there is: its payees claim their parts of what is left.
    Forfeited,
    Settled,
}

/// A deposit that many small payments come out of.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PoolRow {
    pub id: u64,
    pub payer: String,
    /// Seconds before which nothing that was promised is taken back.
    pub notice: u32,
    pub phase: PoolPhase,
    /// All that was deposited for vouchers.
    pub deposited_wei: String,
    /// All that was paid in as collateral.
    pub collateral_wei: String,
    /// All that was earmarked for payees, less what was released.
    pub earmarked_wei: String,
    /// All that vouchers were redeemed for.
    pub redeemed_wei: String,
    /// Of that, what payees collected.
    pub collected_wei: String,
    /// What the payer took back, the pool's closing included.
    pub taken_back_wei: String,
    /// Vouchers that were not paid.
    pub skipped: u64,
    /// Unix seconds from which it can be closed, or until which payees of a forfeited one claim; absent before.
    pub until: Option<u64>,
    /// Who showed that the payer signed too much; absent while nobody did.
    pub prover: Option<String>,
    /// What was owed then beyond earmarks, and what was free for it.
    pub owed_wei: Option<String>,
    pub free_wei: Option<String>,
    /// Of claims on a forfeited one, all; absent until it was settled.
    pub claims_wei: Option<String>,
    /// What those shared, and what burned.
    pub shared_wei: Option<String>,
    pub burned_wei: Option<String>,
    pub opened_block: u64,
    pub opened_tx: String,
    pub opened_ms: u64,
    /// When it was closed or settled; absent before.
    pub closed_block: Option<u64>,
    pub closed_tx: Option<String>,
    pub closed_ms: Option<u64>,
}

/// A pool and its events, the oldest 1,000 (`/api/market-events` has all).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PoolDetail {
    #[serde(flatten)]
    pub pool: PoolRow,
    pub history: Vec<MarketEventRow>,
}

/// What a pool's payer, or a session in its name, owes one payee.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PairRow {
    /// Position among all pairs, from 1.
    pub id: u64,
    pub pool: u64,
    pub payee: String,
    /// Absent for the payer itself.
    pub session: Option<String>,
    /// The total up to which it is earmarked.
    pub ceiling_gwei: String,
    /// The total of its newest voucher that was redeemed.
    pub redeemed_wei: String,
    /// Of that, what the payee collected.
    pub collected_wei: String,
    /// Vouchers that were not paid, and why the last of them was not.
    pub skipped: u64,
    pub skipped_reason: Option<SkipReason>,
    /// On a forfeited pool, what it claims.
    pub claimed_wei: String,
    /// Of that, what it got.
    pub awarded_wei: String,
    pub first_block: u64,
    pub first_ms: u64,
    pub last_block: u64,
    pub last_ms: u64,
}

/// Why a voucher was not paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum, Serialize, Deserialize, ToSchema)]
#[graphql(rename_items = "camelCase")]
#[serde(rename_all = "camelCase")]
pub enum SkipReason {
    NoPool,
    NothingOwed,
    TotalTooLarge,
    SessionOver,
    OutOfScope,
    CapExceeded,
    ReserveShort,
    WrongSignature,
}

/// A key that signs vouchers in the name of a pool's payer.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionRow {
    /// Position among all sessions, from 1.
    pub id: u64,
    pub pool: u64,
    pub session: String,
    /// The only one that it pays; absent where it pays anybody.
    pub payee: Option<String>,
    /// Of all that it pays.
    pub cap_gwei: String,
    /// Unix seconds, the last at which its vouchers are redeemed.
    pub expiry: u64,
    /// Whether the payer ended it early.
    pub revoked: bool,
    pub first_block: u64,
    pub first_ms: u64,
    pub last_block: u64,
    pub last_ms: u64,
}

/// Query of `/api/pools`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PoolQuery {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub phase: Option<PoolPhase>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payer: Option<String>,
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

/// Query of `/api/pairs` and `/api/sessions`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PairQuery {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pool: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payee: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
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
