use crate::OrderDirection;
use async_graphql::SimpleObject;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A token of a collection.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TokenRow {
    /// Position among the tokens of all collections, from 1.
    pub number: u64,
    /// The collection.
    pub creation: String,
    /// Decimal.
    pub id: String,
    /// Absent since it was burned.
    pub owner: Option<String>,
    pub burned: bool,
    /// How often it changed hands, its mint not counted.
    pub moves: u64,
    /// Who has the use of it (ERC-4907), until that is over.
    pub user: Option<String>,
    /// The last second of the user's.
    pub user_until: Option<u64>,
    pub minted_block: u64,
    pub minted_tx: String,
    pub minted_ms: u64,
    /// When it came to its owner, or was burned.
    pub moved_block: u64,
    pub moved_tx: String,
    pub moved_ms: u64,
    /// When its collection last said that this token shows something else; absent before.
    pub updated_block: Option<u64>,
    pub updated_ms: Option<u64>,
}

/// Query of `/api/tokens`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TokenQuery {
    /// A collection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Who has, or last had, the use of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
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

/// A token of editions: all that are alike.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EditionRow {
    /// Position among all editions, from 1.
    pub number: u64,
    pub creation: String,
    /// Decimal.
    pub id: String,
    /// Copies that were ever minted, decimal.
    pub minted: String,
    /// Copies that were burned, decimal.
    pub burned: String,
    /// Copies that there are, decimal.
    pub supply: String,
    /// How many can ever be minted, decimal; absent where nobody said.
    pub cap: Option<String>,
    /// As the editions last said; absent before, and where it has more than 4,096 bytes.
    pub uri: Option<String>,
    /// Accounts that hold copies.
    pub holders: u64,
    pub created_block: u64,
    pub created_tx: String,
    pub created_ms: u64,
    pub updated_block: Option<u64>,
    pub updated_ms: Option<u64>,
}

/// Query of `/api/editions`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EditionQuery {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creation: Option<String>,
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

/// How many copies an account holds of an edition. The row stays when there are none left.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BalanceRow {
    /// Position among all balances, from 1.
    pub number: u64,
    pub creation: String,
    /// Decimal.
    pub token_id: String,
    pub holder: String,
    /// Decimal.
    pub amount: String,
    pub first_block: u64,
    pub first_ms: u64,
    pub last_block: u64,
    pub last_ms: u64,
}

/// Query of `/api/balances`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BalanceQuery {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creation: Option<String>,
    /// Of that creation; decimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holder: Option<String>,
    /// Whether only balances of more than 0 are listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held: Option<bool>,
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

/// Tokens that moved, were minted or burned.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TokenTransferRow {
    /// Position among all transfers of tokens, from 1.
    pub id: u64,
    pub creation: String,
    /// Decimal.
    pub token_id: String,
    /// Absent of a mint.
    pub from: Option<String>,
    /// Absent of a burning.
    pub to: Option<String>,
    /// Decimal; 1 of a collection.
    pub amount: String,
    pub block: u64,
    pub tx: String,
    pub tx_index: u32,
    /// Position in the block's logs.
    pub log_index: u32,
    pub ms: u64,
}

/// Query of `/api/token-transfers`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TokenTransferQuery {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creation: Option<String>,
    /// Of that creation; decimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_id: Option<String>,
    /// Sender or receiver.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
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
