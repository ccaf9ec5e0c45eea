use super::{Stamp, address_text, hash_text};
use alloy::primitives::{Address, B256, U256};
use edgeloom_index_api::{Asset, NodeRow, PositionRow, Role, SlashRow};
use serde::{Deserialize, Serialize};

/// Until when a node is in jail that never leaves it: 2^40 - 1.
const FOREVER: u64 = (1 << 40) - 1;

/// A node of one of the two books of stake. Twice its number, and one more for THETA's: what the database calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeKey(u64);

impl NodeKey {
    pub const fn new(asset: Asset, number: u32) -> Self {
        Self((number as u64) << 1 | matches!(asset, Asset::Theta) as u64)
    }

    pub const fn id(self) -> u64 {
        self.0
    }

    /// `None` for what is no key.
    pub const fn of_id(id: u64) -> Option<Self> {
        if id >> 33 == 0 { Some(Self(id)) } else { None }
    }

    pub const fn asset(self) -> Asset {
        if self.0 & 1 == 1 { Asset::Theta } else { Asset::Tfuel }
    }

    pub const fn number(self) -> u32 {
        (self.0 >> 1) as u32
    }
}

impl std::fmt::Display for NodeKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let asset = if self.asset() == Asset::Theta { "THETA" } else { "TFUEL" };
        write!(f, "{} of {asset}", self.number())
    }
}

/// From when to when something was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    pub first_block: u64,
    pub first_ms: u64,
    pub last_block: u64,
    pub last_ms: u64,
}

impl Seen {
    pub const fn at(at: &Stamp) -> Self {
        Self { first_block: at.block, first_ms: at.ms, last_block: at.block, last_ms: at.ms }
    }

    pub const fn again(&mut self, at: &Stamp) {
        (self.last_block, self.last_ms) = (at.block, at.ms);
    }
}

/// A node, as its events add up. Amounts are wei.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    pub key: NodeKey,
    pub role: Role,
    pub owner: Address,
    pub operator: Address,
    pub commission: u32,
    pub commission_from: u32,
    pub stake: U256,
    pub unstaking: U256,
    pub slashed: U256,
    pub rewarded: U256,
    pub commission_paid: U256,
    pub jailed_until: Option<u64>,
    /// Of a candidate.
    pub identity: Option<B256>,
    pub seen: Seen,
}

impl Node {
    pub fn row(&self) -> NodeRow {
        NodeRow {
            asset: self.key.asset(),
            number: self.key.number(),
            role: self.role,
            owner: address_text(&self.owner),
            operator: address_text(&self.operator),
            commission: self.commission,
            commission_from_epoch: self.commission_from,
            stake_wei: self.stake.to_string(),
            unstaking_wei: self.unstaking.to_string(),
            slashed_wei: self.slashed.to_string(),
            rewarded_wei: self.rewarded.to_string(),
            commission_wei: self.commission_paid.to_string(),
            jailed_until: self.jailed_until,
            banned: self.jailed_until == Some(FOREVER),
            identity: self.identity.as_ref().map(hash_text),
            first_block: self.seen.first_block,
            first_ms: self.seen.first_ms,
            last_block: self.seen.last_block,
            last_ms: self.seen.last_ms,
        }
    }
}

/// What one account has on one node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// Position among all positions, from 1.
    pub id: u64,
    pub node: NodeKey,
    pub source: Address,
    pub staked: U256,
    pub unstaking: U256,
    pub unstaking_until: Option<u64>,
    pub claimed: U256,
    pub seen: Seen,
}

impl Position {
    pub fn row(&self) -> PositionRow {
        PositionRow {
            id: self.id,
            asset: self.node.asset(),
            node: self.node.number(),
            source: address_text(&self.source),
            staked_wei: self.staked.to_string(),
            unstaking_wei: self.unstaking.to_string(),
            unstaking_until: self.unstaking_until,
            claimed_wei: self.claimed.to_string(),
            first_block: self.seen.first_block,
            first_ms: self.seen.first_ms,
            last_block: self.seen.last_block,
            last_ms: self.seen.last_ms,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slash {
    /// Position among all slashes, from 1.
    pub id: u64,
    pub node: NodeKey,
    pub epoch: u32,
    pub lost: U256,
    pub unstaking: U256,
    pub to_reporter: U256,
    pub reporter: Option<Address>,
    pub reason: u32,
    pub at: Stamp,
}

impl Slash {
    pub fn row(&self) -> SlashRow {
        SlashRow {
            id: self.id,
            asset: self.node.asset(),
            node: self.node.number(),
            epoch: self.epoch,
            lost_wei: self.lost.to_string(),
            unstaking_wei: self.unstaking.to_string(),
            to_reporter_wei: self.to_reporter.to_string(),
            reporter: self.reporter.as_ref().map(address_text),
            reason: self.reason,
            block: self.at.block,
            tx: hash_text(&self.at.tx),
            ms: self.at.ms,
        }
    }
}
