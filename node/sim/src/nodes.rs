//! The nodes of both books, as everybody sees them: whoever stakes chooses among these.

use crate::{
    cast::{EDGE_STAKE_MAX, Role, WEI},
    churn::Said,
    dice::Dice,
    world::World,
};
use alloy::primitives::Address;
use edgeloom_bindings::{IStakeBook, addresses};
use eyre::Result;
use std::collections::BTreeMap;

/// Jailed until then is banned.
const FOREVER: u64 = (1 << 40) - 1;
/// Of 100 who choose a node, those who follow the crowd: in proportion to what is there already. The others take any.
const FOLLOWERS: u64 = 70;

#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) role: Role,
    /// The staker who runs it.
    pub(crate) operator: usize,
    pub(crate) owner: Address,
    /// Wei.
    pub(crate) stake: u128,
    /// Unix seconds; 0 for not in jail.
    pub(crate) jailed_until: u64,
}

impl Node {
    pub(crate) const fn is_banned(&self) -> bool {
        self.jailed_until == FOREVER
    }
}

#[derive(Debug, Default)]
pub(crate) struct Nodes {
    theta: BTreeMap<u32, Node>,
    edge: BTreeMap<u32, Node>,
}

/// The contract that a role's stake lies in.
pub(crate) const fn book(role: Role) -> Address {
    match role {
        Role::Validator | Role::Guardian => addresses::STAKING,
        Role::Edge => addresses::EDGE_STAKING,
    }
}

impl Nodes {
    /// All of the book that has nodes of this role, by number.
    pub(crate) const fn beside(&self, role: Role) -> &BTreeMap<u32, Node> {
        match role {
            Role::Validator | Role::Guardian => &self.theta,
            Role::Edge => &self.edge,
        }
    }

    pub(crate) const fn beside_mut(&mut self, role: Role) -> &mut BTreeMap<u32, Node> {
        match role {
            Role::Validator | Role::Guardian => &mut self.theta,
            Role::Edge => &mut self.edge,
        }
    }

    pub(crate) fn of(&self, role: Role) -> impl Iterator<Item = (u32, &Node)> {
        self.beside(role).iter().filter(move |(_, node)| node.role == role).map(|(number, node)| (*number, node))
    }

    pub(crate) fn register(&mut self, number: u32, role: Role, operator: usize, owner: Address) {
        self.beside_mut(role).insert(number, Node { role, operator, owner, stake: 0, jailed_until: 0 });
    }

    /// Keeps stakes up to date between two [`Self::refresh`]es.
    pub(crate) fn follow(&mut self, role: Role, said: &Said) {
        let nodes = self.beside_mut(role);
        let (from, to, amount) = match *said {
            Said::Staked { node, amount } => (None, Some(node), amount),
            Said::Unstaked { node, amount, .. } => (Some(node), None, amount),
            Said::Moved { from, to, amount } => (Some(from), Some(to), amount),
            Said::Redeemed => (None, None, 0),
        };
        if let Some(node) = from.and_then(|number| nodes.get_mut(&number)) {
            node.stake = node.stake.saturating_sub(amount);
        }
        if let Some(node) = to.and_then(|number| nodes.get_mut(&number)) {
            node.stake += amount;
        }
    }

    /// Wei of all nodes of a role.
    pub(crate) fn stake_of(&self, role: Role) -> u128 {
        self.of(role).map(|(_, node)| node.stake).sum()
    }

    /// Asks the contracts.
    pub(crate) fn refresh(&mut self, world: &mut World) -> Result<()> {
        for (at, nodes) in [(addresses::STAKING, &mut self.theta), (addresses::EDGE_STAKING, &mut self.edge)] {
            for (number, node) in nodes {
                let said = world.ask(at, &IStakeBook::describeCall { node: *number })?;
                node.stake = said.stake.saturating_to();
                node.owner = said.owner;
                node.jailed_until = said.jailedUntil.to();
            }
        }
        Ok(())
    }

    /// One that takes `amount` wei, if there is any.
    pub(crate) fn choose(&self, dice: &mut Dice, role: Role, amount: u128) -> Option<u32> {
        let most = u128::from(EDGE_STAKE_MAX) * WEI / 100 * 97;
        let has_room = |node: &Node| role != Role::Edge || node.stake + amount <= most;
        let open: Vec<_> = self.of(role).filter(|(_, node)| node.jailed_until == 0 && has_room(node)).collect();
        if open.is_empty() {
            return None;
        }
        if !dice.chance(FOLLOWERS * 100) {
            return Some(open[dice.below(open.len() as u64) as usize].0);
        }
        let weight = |node: &Node| node.stake + 1_000 * WEI;
        let total: u128 = open.iter().map(|(_, node)| weight(node)).sum();
        let mut drawn = (u128::from(dice.next()) << 64 | u128::from(dice.next())) % total;
        for (number, node) in &open {
            match drawn.checked_sub(weight(node)) {
                Some(rest) => drawn = rest,
                None => return Some(*number),
            }
        }
        None
    }
}
