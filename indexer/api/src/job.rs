use crate::{MarketEventRow, OrderDirection};
use async_graphql::{Enum, SimpleObject};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Where a job is in its life. Everything after `taken` is terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum, Serialize, Deserialize, ToSchema)]
#[graphql(rename_items = "lowercase")]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    Open,
    Taken,
    Settled,
    Cancelled,
    Expired,
    Rejected,
}

/// Why a job ended; `running` while it has not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum, Serialize, Deserialize, ToSchema)]
#[graphql(rename_items = "camelCase")]
#[serde(rename_all = "camelCase")]
pub enum Reason {
    Running,
    CorrectAnswer,
    CancelledByRequester,
    NotTaken,
    NotSubmitted,
    WrongAnswer,
    AcceptedByRequester,
    /// Nobody is to blame that it could not be judged.
    Undecided,
}

/// A job of the market, with its whole life.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JobRow {
    /// The market's job number, from 1.
    pub id: u64,
    /// The order that it was posted in: the number of its first job.
    pub order: u64,
    /// The market's number of what kind of work it is; 1 is an inference.
    pub kind: u16,
    pub requester: String,
    /// The model that it runs, or what else it works on.
    pub model_id: String,
    pub price_wei: String,
    /// Stake of the worker that the job locks.
    pub bond_wei: String,
    pub phase: Phase,
    pub reason: Reason,
    /// Who took it; absent until somebody does.
    pub worker: Option<String>,
    /// Length of the input. Its bytes, and those of the answer, are in [`JobDetail`] only.
    pub input_bytes: u32,
    /// keccak256 of the input; of other kinds than inferences, what their orders commit to.
    pub input_hash: String,
    /// Length of the answer that was paid for; absent in every other case.
    pub output_bytes: Option<u32>,
    /// keccak256 of the answer that decided the job, right or wrong.
    pub evidence: Option<String>,
    /// What the worker was paid; absent unless settled.
    pub paid_wei: Option<String>,
    /// What the protocol took of the price beside; absent unless settled.
    pub fee_wei: Option<String>,
    /// Of the fee, what was burned; the rest is for all edge nodes.
    pub burned_wei: Option<String>,
    /// Unix seconds until which it may be taken.
    pub take_by: u64,
    /// Seconds the taker may work.
    pub work_seconds: u64,
    /// Unix seconds until which the taker may submit; absent until taken.
    pub submit_by: Option<u64>,
    pub posted_block: u64,
    pub posted_tx: String,
    pub posted_ms: u64,
    pub taken_block: Option<u64>,
    pub taken_tx: Option<String>,
    pub taken_ms: Option<u64>,
    pub closed_block: Option<u64>,
    pub closed_tx: Option<String>,
    pub closed_ms: Option<u64>,
}

/// What happened to a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize, ToSchema)]
#[graphql(rename_items = "lowercase")]
#[serde(rename_all = "lowercase")]
pub enum JobEventKind {
    Posted,
    Taken,
    Answered,
    Closed,
}

/// One line of a job's history.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JobEventRow {
    pub kind: JobEventKind,
    /// The phase after the event.
    pub phase: Phase,
    /// Who sent the transaction.
    pub actor: String,
    pub block: u64,
    pub tx: String,
    pub tx_index: u32,
    /// Position in the block's logs.
    pub log_index: u32,
    pub ms: u64,
}

/// A job, its bytes, and its history, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JobDetail {
    #[serde(flatten)]
    pub job: JobRow,
    pub input: String,
    /// The answer that the chain computed and paid for; absent in every other case.
    pub output: Option<String>,
    pub history: Vec<JobEventRow>,
    /// What its worker told the contracts that verify it, and what they made of it: events of claims, audits, committees and seals.
    pub claims: Vec<MarketEventRow>,
}

/// What jobs can be ordered by; ties go by id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum, Serialize, Deserialize, ToSchema)]
#[graphql(rename_items = "camelCase")]
#[serde(rename_all = "camelCase")]
pub enum JobOrder {
    #[default]
    Id,
    PriceWei,
    /// Jobs that are not closed count as closed at 0.
    ClosedMs,
}

/// Query of `/api/jobs`. Everything is optional; what is given must all hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct JobQuery {
    /// One phase, or several with commas: `open,taken`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phase: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requester: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub worker: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_id: Option<String>,
    /// The order's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<u64>,
    /// Least price, wei.
    #[serde(rename = "priceWei_gte", skip_serializing_if = "Option::is_none")]
    pub price_wei_gte: Option<String>,
    /// Highest price, wei.
    #[serde(rename = "priceWei_lte", skip_serializing_if = "Option::is_none")]
    pub price_wei_lte: Option<String>,
    /// Posted in this block or later.
    #[serde(rename = "postedBlock_gte", skip_serializing_if = "Option::is_none")]
    pub posted_block_gte: Option<u64>,
    /// Posted in this block or earlier.
    #[serde(rename = "postedBlock_lte", skip_serializing_if = "Option::is_none")]
    pub posted_block_lte: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub order_by: Option<JobOrder>,
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
