use crate::OrderDirection;
use async_graphql::{Enum, SimpleObject};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What became of a proposal. Whether its vote is over and passed follows from heights and sums.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum, Serialize, Deserialize, ToSchema)]
#[graphql(rename_items = "lowercase")]
#[serde(rename_all = "lowercase")]
pub enum ProposalPhase {
    Proposed,
    /// Passed, and waits for the timelock.
    Queued,
    Executed,
    Canceled,
}

/// A proposal, with its votes added up.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProposalRow {
    /// Position among all proposals, from 1.
    pub number: u64,
    /// The governor's, decimal.
    pub id: String,
    pub proposer: String,
    /// The description's first line, 200 characters at most.
    pub title: String,
    pub phase: ProposalPhase,
    /// The last block before votes are cast.
    pub vote_start: u64,
    /// The last block in which they are.
    pub vote_end: u64,
    /// Wei of THETA.
    pub for_wei: String,
    pub against_wei: String,
    pub abstain_wei: String,
    /// Accounts that voted.
    pub voters: u64,
    /// Unix seconds from which a queued proposal can be executed; absent before.
    pub executable_from: Option<u64>,
    pub proposed_block: u64,
    pub proposed_tx: String,
    pub proposed_ms: u64,
    /// Executed or canceled; absent before.
    pub closed_block: Option<u64>,
    pub closed_ms: Option<u64>,
}

/// A proposal with its text and what it does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProposalDetail {
    #[serde(flatten)]
    pub proposal: ProposalRow,
    pub description: String,
    pub calls: Vec<CallRow>,
}

/// One of the calls that the timelock makes when a proposal is executed.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CallRow {
    pub target: String,
    pub value_wei: String,
    pub data: String,
}

/// Query of `/api/proposals`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ProposalQuery {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub phase: Option<ProposalPhase>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proposer: Option<String>,
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum, Serialize, Deserialize, ToSchema)]
#[graphql(rename_items = "lowercase")]
#[serde(rename_all = "lowercase")]
pub enum Support {
    Against,
    For,
    Abstain,
}

/// A vote.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VoteRow {
    /// Position among all votes, from 1.
    pub id: u64,
    /// The proposal's id.
    pub proposal: String,
    pub voter: String,
    pub support: Support,
    /// Wei of THETA.
    pub weight_wei: String,
    /// 1,000 characters at most.
    pub reason: String,
    pub block: u64,
    pub tx: String,
    pub ms: u64,
}

/// Query of `/api/votes`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct VoteQuery {
    /// The proposal's id, decimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proposal: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voter: Option<String>,
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

/// A parameter that a vote changed.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ParameterChangeRow {
    /// Position among all changes, from 1.
    pub id: u64,
    /// Its name in `IParameters`.
    pub parameter: String,
    /// Decimal, in the parameter's unit.
    pub before: String,
    pub value: String,
    pub block: u64,
    pub tx: String,
    pub ms: u64,
}
