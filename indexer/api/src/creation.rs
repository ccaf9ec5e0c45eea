use crate::OrderDirection;
use async_graphql::{Enum, SimpleObject};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum, Serialize, Deserialize, ToSchema)]
#[graphql(rename_items = "camelCase")]
#[serde(rename_all = "camelCase")]
pub enum CreationKind {
    /// ERC-721: tokens, each one of its kind.
    Collection,
    /// ERC-1155: tokens of which there are several alike.
    Editions,
}

/// Who may move tokens besides their holders (`ICreation.Policy`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum, Serialize, Deserialize, ToSchema)]
#[graphql(rename_items = "camelCase")]
#[serde(rename_all = "camelCase")]
pub enum TransferPolicy {
    Open,
    Operators,
    Strict,
}

/// A collection or editions of the chain's own factory. Tokens of other contracts have no rows: of those only sales are known.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreationRow {
    /// Position among all creations, from 1.
    pub number: u64,
    pub address: String,
    pub kind: CreationKind,
    /// Who owns it now; absent since it was given up.
    pub creator: Option<String>,
    /// Its first 128 characters.
    pub name: String,
    /// Its first 128 characters.
    pub symbol: String,
    /// As it was when the creation was made; absent where it has more than 4,096 bytes, or was changed since: ask the contract.
    pub contract_uri: Option<String>,
    /// As `contract_uri`.
    pub base_uri: Option<String>,
    /// Who is paid royalties; absent for the creator.
    pub royalty_to: Option<String>,
    /// Basis points of the price.
    pub royalty_bps: u16,
    pub policy: TransferPolicy,
    /// Ids below it are the creator's to mint, from it on those of drops and packs.
    pub split: u32,
    /// Whether what tokens show can change no more.
    pub frozen: bool,
    /// Tokens that there are, or different ids of editions.
    pub tokens: u64,
    /// Tokens that were burned; 0 of editions, whose rows count them.
    pub burned: u64,
    /// Transfers of its tokens, with mints and burns.
    pub transfers: u64,
    /// Sales of its tokens, without rentals.
    pub sales: u64,
    /// Those of them that are not marked as self-dealing.
    pub sales_unmarked: u64,
    /// Paid for its tokens in TFUEL and WTFUEL. A sale of several tokens counts for each by an equal part of the
    /// price; packs count once their round is revealed.
    pub volume_wei: String,
    /// The same, of sales that are not marked as self-dealing.
    pub volume_unmarked_wei: String,
    pub created_block: u64,
    pub created_tx: String,
    pub created_ms: u64,
    /// When it last said that what it shows, or one of its tokens does, is another; absent before.
    pub updated_block: Option<u64>,
    pub updated_ms: Option<u64>,
}

/// Query of `/api/creations`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CreationQuery {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub kind: Option<CreationKind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creator: Option<String>,
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
