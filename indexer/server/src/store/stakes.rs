//! Nodes of both books of stake, positions and slashes.

use super::{
    Count, Slice, Store, StoreError,
    read::{Listing, Query, push_condition},
    rows::{ASSETS, Of, code},
    write::{Values, number, wei},
};
use crate::{
    filter::{NodeFilter, PositionFilter, SlashFilter},
    page::PageRequest,
    record::{Node, NodeKey, Position, Seen, Slash},
};
use alloy::primitives::Address;
use edgeloom_index_api::{Asset, Role};
use sqlx::sqlite::SqliteRow;

/// Codes in the database: positions here. Append, never reorder.
const ROLES: [Role; 3] = [Role::Validator, Role::Guardian, Role::Edge];

impl Store {
    pub async fn nodes(
        &self,
        filter: &NodeFilter,
        page: &PageRequest,
        count: Count,
    ) -> Result<Slice<Node>, StoreError> {
        let listing = Listing { table: "nodes", filter: |query: &mut Query| filter.push(query), read: node_row };
        self.list(listing, page, count).await
    }

    pub async fn positions(
        &self,
        filter: &PositionFilter,
        page: &PageRequest,
        count: Count,
    ) -> Result<Slice<Position>, StoreError> {
        let listing =
            Listing { table: "positions", filter: |query: &mut Query| filter.push(query), read: position_row };
        self.list(listing, page, count).await
    }

    pub async fn slashes(
        &self,
        filter: &SlashFilter,
        page: &PageRequest,
        count: Count,
    ) -> Result<Slice<Slash>, StoreError> {
        let listing = Listing { table: "slashes", filter: |query: &mut Query| filter.push(query), read: slash_row };
        self.list(listing, page, count).await
    }

    /// Nodes by key, in no particular order.
    pub async fn nodes_by_key(&self, keys: &[NodeKey]) -> Result<Vec<Node>, StoreError> {
        let ids = keys.iter().map(|key| key.id().cast_signed());
        self.by_keys("select * from nodes where id in (", ids, node_row).await
    }
}

impl NodeFilter {
    fn push(&self, query: &mut Query) {
        push_asset(query, "id", self.asset);
        push_condition(query, "role =", self.role.map(|role| code(&ROLES, &role)));
        push_condition(query, "owner =", self.owner.map(|address| address.to_vec()));
        push_condition(query, "operator =", self.operator.map(|address| address.to_vec()));
        push_condition(query, "stake >=", self.stake_min.map(wei));
    }
}

impl PositionFilter {
    fn push(&self, query: &mut Query) {
        push_nodes(query, self.asset, self.node);
        push_condition(query, "source =", self.source.map(|address| address.to_vec()));
    }
}

impl SlashFilter {
    fn push(&self, query: &mut Query) {
        push_nodes(query, self.asset, self.node);
    }
}

/// A number alone is that of a node in either book.
fn push_nodes(query: &mut Query, asset: Option<Asset>, node: Option<u32>) {
    let Some(node) = node else { return push_asset(query, "node", asset) };
    let keys = ASSETS.iter().filter(|one| asset.is_none_or(|asset| asset == **one));
    query.push(" and node in (");
    let mut list = query.separated(", ");
    for asset in keys {
        list.push_bind(NodeKey::new(*asset, node).id().cast_signed());
    }
    query.push(")");
}

fn push_asset(query: &mut Query, column: &str, asset: Option<Asset>) {
    if let Some(asset) = asset {
        let bit = NodeKey::new(asset, 0).id().cast_signed();
        query.push(format_args!(" and {column} & 1 = ")).push_bind(bit);
    }
}

pub(super) fn write_node(values: &mut Values<'_>, node: &Node) {
    values.push_bind(number(node.key.id()));
    values.push_bind(code(&ROLES, &node.role));
    values.push_bind(node.owner.to_vec());
    values.push_bind(node.operator.to_vec());
    values.push_bind(i64::from(node.commission));
    values.push_bind(i64::from(node.commission_from));
    for amount in [node.stake, node.unstaking, node.slashed, node.rewarded, node.commission_paid] {
        values.push_bind(wei(amount));
    }
    values.push_bind(number(node.jailed_until.unwrap_or(0)));
    values.push_bind(node.identity.map(|identity| identity.to_vec()));
    write_seen(values, &node.seen);
}

pub(super) fn write_position(values: &mut Values<'_>, position: &Position) {
    values.push_bind(number(position.id));
    values.push_bind(number(position.node.id()));
    values.push_bind(position.source.to_vec());
    values.push_bind(wei(position.staked));
    values.push_bind(wei(position.unstaking));
    values.push_bind(number(position.unstaking_until.unwrap_or(0)));
    values.push_bind(wei(position.claimed));
    write_seen(values, &position.seen);
}

pub(super) fn write_slash(values: &mut Values<'_>, slash: &Slash) {
    values.push_bind(number(slash.id));
    values.push_bind(number(slash.node.id()));
    values.push_bind(i64::from(slash.epoch));
    for amount in [slash.lost, slash.unstaking, slash.to_reporter] {
        values.push_bind(wei(amount));
    }
    values.push_bind(slash.reporter.map(|reporter| reporter.to_vec()));
    values.push_bind(i64::from(slash.reason));
    values.push_bind(number(slash.at.block));
    values.push_bind(slash.at.tx.to_vec());
    values.push_bind(number(slash.at.ms));
}

fn write_seen(values: &mut Values<'_>, seen: &Seen) {
    for number_ in [seen.first_block, seen.first_ms, seen.last_block, seen.last_ms] {
        values.push_bind(number(number_));
    }
}

pub(super) fn node_row(row: &SqliteRow) -> Result<Node, StoreError> {
    let row = Of("nodes", row);
    Ok(Node {
        key: key(&row, "id")?,
        role: row.coded("role", &ROLES)?,
        owner: row.address("owner")?,
        operator: row.address("operator")?,
        commission: row.small("commission")?,
        commission_from: row.small("commission_from")?,
        stake: row.wei("stake")?,
        unstaking: row.wei("unstaking")?,
        slashed: row.wei("slashed")?,
        rewarded: row.wei("rewarded")?,
        commission_paid: row.wei("commission_paid")?,
        jailed_until: row.later("jailed_until")?,
        identity: row.maybe_hash("identity")?,
        seen: seen(&row)?,
    })
}

pub(super) fn position_row(row: &SqliteRow) -> Result<Position, StoreError> {
    let row = Of("positions", row);
    Ok(Position {
        id: row.number("id")?,
        node: key(&row, "node")?,
        source: row.address("source")?,
        staked: row.wei("staked")?,
        unstaking: row.wei("unstaking")?,
        unstaking_until: row.later("unstaking_until")?,
        claimed: row.wei("claimed")?,
        seen: seen(&row)?,
    })
}

fn slash_row(row: &SqliteRow) -> Result<Slash, StoreError> {
    let row = Of("slashes", row);
    let reporter = row.maybe_blob("reporter")?;
    let reporter = reporter.map(|bytes| Address::try_from(bytes).map_err(|_| row.damaged("reporter"))).transpose()?;
    Ok(Slash {
        id: row.number("id")?,
        node: key(&row, "node")?,
        epoch: row.small("epoch")?,
        lost: row.wei("lost")?,
        unstaking: row.wei("unstaking")?,
        to_reporter: row.wei("to_reporter")?,
        reporter,
        reason: row.small("reason")?,
        at: row.stamp(["block", "tx", "ms"])?,
    })
}

fn key(row: &Of<'_>, column: &str) -> Result<NodeKey, StoreError> {
    NodeKey::of_id(row.number(column)?).ok_or_else(|| row.damaged(column))
}

fn seen(row: &Of<'_>) -> Result<Seen, StoreError> {
    Ok(Seen {
        first_block: row.number("first_block")?,
        first_ms: row.number("first_ms")?,
        last_block: row.number("last_block")?,
        last_ms: row.number("last_ms")?,
    })
}
