use crate::{Asset, OrderDirection};
use async_graphql::{Enum, SimpleObject};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What a node does for its stake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum, Serialize, Deserialize, ToSchema)]
#[graphql(rename_items = "lowercase")]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Finalizes blocks while it has a seat; THETA.
    Validator,
    /// Co-signs checkpoints; THETA.
    Guardian,
    /// Works; TFUEL.
    Edge,
}

/// A node and what is staked on it, of all sources together. Its stake is as its events add up: a wei too much for each time that
/// the contract rounded.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NodeRow {
    /// What is staked on it. Nodes of THETA and of TFUEL are numbered apart.
    pub asset: Asset,
    /// From 1.
    pub number: u32,
    pub role: Role,
    pub owner: String,
    /// Whose key runs it.
    pub operator: String,
    /// The operator's part of rewards, basis points, as it was set last.
    pub commission: u32,
    /// From which epoch on.
    pub commission_from_epoch: u32,
    /// Wei. Nodes in jail have it as well, but it counts for nothing.
    pub stake_wei: String,
    /// Leaving, and not redeemed yet.
    pub unstaking_wei: String,
    /// All that was ever slashed.
    pub slashed_wei: String,
    /// All rewards of the node, wei of TFUEL, `commissionWei` included.
    pub rewarded_wei: String,
    /// Of it, its owner's part.
    pub commission_wei: String,
    /// Unix seconds from which its operator can end its time in jail; absent for a node that is not there.
    pub jailed_until: Option<u64>,
    /// It is in jail for ever.
    pub banned: bool,
    /// Identity that it stands for the committee with; absent for who does not stand.
    pub identity: Option<String>,
    pub first_block: u64,
    pub first_ms: u64,
    pub last_block: u64,
    pub last_ms: u64,
}

/// What nodes can be ordered by; ties go by asset and number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum, Serialize, Deserialize, ToSchema)]
#[graphql(rename_items = "camelCase")]
#[serde(rename_all = "camelCase")]
pub enum NodeOrder {
    #[default]
    Number,
    StakeWei,
    RewardedWei,
}

/// Query of `/api/nodes`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NodeQuery {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub asset: Option<Asset>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub role: Option<Role>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
    /// Least stake, wei.
    #[serde(rename = "stakeWei_gte", skip_serializing_if = "Option::is_none")]
    pub stake_wei_gte: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub order_by: Option<NodeOrder>,
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

/// What one account has on one node.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PositionRow {
    /// Position among all positions, from 1.
    pub id: u64,
    pub asset: Asset,
    pub node: u32,
    /// Whose stake it is.
    pub source: String,
    /// What it put in, less what it took out and the losses that the contract reckoned with it. A slash since then is not in
    /// it: the chain knows (`positionOf`).
    pub staked_wei: String,
    /// On its way out; slashes can still take from it.
    pub unstaking_wei: String,
    /// Unix seconds from which all of `unstakingWei` can be redeemed; absent when there is none.
    pub unstaking_until: Option<u64>,
    /// Rewards that it claimed here, wei of TFUEL.
    pub claimed_wei: String,
    pub first_block: u64,
    pub first_ms: u64,
    pub last_block: u64,
    pub last_ms: u64,
}

/// What positions can be ordered by; ties go by id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum, Serialize, Deserialize, ToSchema)]
#[graphql(rename_items = "camelCase")]
#[serde(rename_all = "camelCase")]
pub enum PositionOrder {
    #[default]
    Id,
    StakedWei,
}

/// Query of `/api/positions`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PositionQuery {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub asset: Option<Asset>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub order_by: Option<PositionOrder>,
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

/// Stake that was taken from a node for a fault.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SlashRow {
    /// Position among all slashes, from 1.
    pub id: u64,
    pub asset: Asset,
    /// Whose fault it was.
    pub node: u32,
    /// In which epoch; 0 for an edge node.
    pub epoch: u32,
    pub lost_wei: String,
    /// Of it, what was being unstaked.
    pub unstaking_wei: String,
    /// Of it, what its reporter got; the rest is burned.
    pub to_reporter_wei: String,
    pub reporter: Option<String>,
    /// Of THETA: 1 for downtime, 2 for equivocation. Of TFUEL: the market's number. 0 for stake that had moved to another
    /// node, from which it was taken.
    pub reason: u32,
    pub block: u64,
    /// Zero for what a block did by itself.
    pub tx: String,
    pub ms: u64,
}

/// Query of `/api/slashes`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SlashQuery {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub asset: Option<Asset>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node: Option<u32>,
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
