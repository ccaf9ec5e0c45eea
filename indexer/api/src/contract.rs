use crate::OrderDirection;
use async_graphql::{Enum, SimpleObject};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// How well code and sources agree, in Sourcify's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize, ToSchema)]
#[graphql(rename_items = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum MatchKind {
    /// In everything but the hash of metadata: names of files or comments may differ.
    Match,
    /// In everything: these are the very sources.
    ExactMatch,
}

/// A contract whose sources are verified.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContractRow {
    pub address: String,
    /// Number of the verification; a better match gets a new one.
    pub number: u64,
    pub name: String,
    /// The source file that declares it.
    pub file: String,
    /// Version of solc with its commit.
    pub compiler: String,
    /// The better of the two below.
    #[graphql(name = "match")]
    #[serde(rename = "match")]
    pub matched: MatchKind,
    pub runtime_match: MatchKind,
    /// Absent when the creating transaction is not known, or its code does not agree.
    pub creation_match: Option<MatchKind>,
    pub creation_tx: Option<String>,
    pub deployer: Option<String>,
    /// ABI-encoded, as hex.
    pub constructor_arguments: Option<String>,
    pub verified_ms: u64,
}

/// A contract with its sources.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContractDetail {
    #[serde(flatten)]
    pub contract: ContractRow,
    /// JSON.
    pub abi: String,
    /// JSON as the compiler wrote it.
    pub metadata: String,
    /// Settings of the standard JSON.
    pub settings: String,
    pub sources: Vec<SourceFile>,
}

#[derive(Clone, Debug, PartialEq, Eq, SimpleObject, Serialize, Deserialize, ToSchema)]
pub struct SourceFile {
    pub path: String,
    pub content: String,
}

/// Query of `/api/contracts`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ContractQuery {
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
