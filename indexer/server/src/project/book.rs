//! Both books of stake: nodes, who has what on them, and slashes.

use super::{Contradiction, Rows, Touched, next};
use crate::record::{Node, NodeKey, Position, Seen, Slash, Stamp};
use alloy::primitives::{Address, U256};
use edgeloom_bindings::{
    IStakeBook::{self, IStakeBookEvents},
    IStaking,
};
use edgeloom_index_api::{Asset, Role};

/// Wei by which what left a position and what was redeemed of it differ at most: one for each exit.
const ROUNDED_MAX: u64 = 32;

impl Touched {
    pub(super) fn book(&mut self, asset: Asset, event: &IStakeBookEvents) {
        use IStakeBookEvents as Is;
        let (node, source) = match event {
            Is::Redelegated(event) => {
                for node in [event.from, event.to] {
                    let node = NodeKey::new(asset, node);
                    self.staked.insert(node);
                    self.positions.insert((node, event.source));
                }
                return;
            }
            Is::Staked(event) => (event.node, Some(event.source)),
            Is::Unstaked(event) => (event.node, Some(event.source)),
            Is::Redeemed(event) => (event.node, Some(event.source)),
            Is::LossReckoned(event) => (event.node, Some(event.source)),
            Is::Claimed(event) => (event.node, Some(event.source)),
            Is::NodeRegistered(event) => (event.node, None),
            Is::OwnerChanged(event) => (event.node, None),
            Is::OperatorAppointed(event) => (event.node, None),
            Is::OperatorChanged(event) => (event.node, None),
            Is::CommissionChanged(event) => (event.node, None),
            Is::NodeSlashed(event) => (event.node, None),
            Is::NodeJailed(event) => (event.node, None),
            Is::NodeUnjailed(event) => (event.node, None),
            Is::Rewarded(event) => (event.node, None),
        };
        let node = NodeKey::new(asset, node);
        self.staked.insert(node);
        self.positions.extend(source.map(|source| (node, source)));
    }
}

impl Rows {
    pub(super) fn book(&mut self, asset: Asset, event: &IStakeBookEvents, at: &Stamp) -> Result<(), Contradiction> {
        use IStakeBookEvents as Is;
        let key = |node| NodeKey::new(asset, node);
        match event {
            Is::NodeRegistered(event) => self.registered(asset, event, at)?,
            Is::OwnerChanged(event) => self.node(key(event.node), at)?.owner = event.owner,
            Is::OperatorAppointed(_) => {}
            Is::OperatorChanged(event) => self.node(key(event.node), at)?.operator = event.operator,
            Is::CommissionChanged(event) => {
                let node = self.node(key(event.node), at)?;
                (node.commission, node.commission_from) = (event.commission.into(), event.fromEpoch);
            }
            Is::Staked(event) => self.join(key(event.node), event.source, event.amount, at)?,
            Is::Unstaked(event) => {
                let key = key(event.node);
                self.leave(key, event.source, event.amount, at)?;
                let node = self.node(key, at)?;
                node.unstaking = more(key, node.unstaking, event.amount)?;
                let position = self.position(key, event.source, at);
                position.unstaking = more(key, position.unstaking, event.amount)?;
                position.unstaking_until = position.unstaking_until.max(Some(event.release.to()));
            }
            Is::Redeemed(event) => self.redeemed(key(event.node), event, at)?,
            Is::Redelegated(event) => {
                self.leave(key(event.from), event.source, event.amount, at)?;
                self.join(key(event.to), event.source, event.amount, at)?;
            }
            Is::LossReckoned(event) => {
                let key = key(event.node);
                let position = self.position(key, event.source, at);
                position.staked = less(key, position.staked, event.lost)?;
                self.reckoned = Some(key);
            }
            Is::NodeSlashed(event) => self.slashed(key(event.node), event, at)?,
            Is::NodeJailed(event) => self.node(key(event.node), at)?.jailed_until = Some(event.until.to()),
            Is::NodeUnjailed(event) => self.node(key(event.node), at)?.jailed_until = None,
            Is::Rewarded(event) => {
                let key = key(event.node);
                let node = self.node(key, at)?;
                node.rewarded = more(key, node.rewarded, event.amount)?;
                node.commission_paid = more(key, node.commission_paid, event.commission)?;
            }
            Is::Claimed(event) => {
                let key = key(event.node);
                let position = self.position(key, event.source, at);
                position.claimed = more(key, position.claimed, event.amount)?;
            }
        }
        Ok(())
    }

    pub(super) fn node(&mut self, key: NodeKey, at: &Stamp) -> Result<&mut Node, Contradiction> {
        let node = self.nodes.get_mut(&key).ok_or(Contradiction::NodeMissing(key))?;
        node.seen.again(at);
        Ok(node)
    }

    fn position(&mut self, node: NodeKey, source: Address, at: &Stamp) -> &mut Position {
        let last = &mut self.last.position;
        let position = self.positions.entry((node, source)).or_insert_with(|| Position {
            id: next(last),
            node,
            source,
            staked: U256::ZERO,
            unstaking: U256::ZERO,
            unstaking_until: None,
            claimed: U256::ZERO,
            seen: Seen::at(at),
        });
        position.seen.again(at);
        position
    }

    /// The owner that it names still has to accept.
    fn registered(
        &mut self,
        asset: Asset,
        event: &IStakeBook::NodeRegistered,
        at: &Stamp,
    ) -> Result<(), Contradiction> {
        let key = NodeKey::new(asset, event.node);
        let role = match (asset, event.role) {
            (Asset::Tfuel, 0) => Role::Edge,
            (Asset::Theta, role) if role == IStaking::Role::Validator as u8 => Role::Validator,
            (Asset::Theta, role) if role == IStaking::Role::Guardian as u8 => Role::Guardian,
            _ => return Err(Contradiction::NodeRole(key)),
        };
        let node = Node {
            key,
            role,
            owner: event.operator,
            operator: event.operator,
            commission: 0,
            commission_from: 0,
            stake: U256::ZERO,
            unstaking: U256::ZERO,
            slashed: U256::ZERO,
            rewarded: U256::ZERO,
            commission_paid: U256::ZERO,
            jailed_until: None,
            identity: None,
            seen: Seen::at(at),
        };
        match self.nodes.insert(key, node) {
            None => Ok(()),
            Some(_) => Err(Contradiction::NodeKnown(key)),
        }
    }

    fn join(&mut self, key: NodeKey, source: Address, amount: U256, at: &Stamp) -> Result<(), Contradiction> {
        let node = self.node(key, at)?;
        node.stake = more(key, node.stake, amount)?;
        let position = self.position(key, source, at);
        position.staked = more(key, position.staked, amount)?;
        Ok(())
    }

    fn leave(&mut self, key: NodeKey, source: Address, amount: U256, at: &Stamp) -> Result<(), Contradiction> {
        let node = self.node(key, at)?;
        node.stake = less(key, node.stake, amount)?;
        let position = self.position(key, source, at);
        position.staked = less(key, position.staked, amount)?;
        Ok(())
    }

    /// What a position loses on its way out is reckoned here; the node lost it when it was slashed.
    fn redeemed(&mut self, key: NodeKey, event: &IStakeBook::Redeemed, at: &Stamp) -> Result<(), Contradiction> {
        let node = self.node(key, at)?;
        node.unstaking = less(key, node.unstaking, event.amount)?;
        let position = self.position(key, event.source, at);
        position.unstaking = less(key, position.unstaking, more(key, event.amount, event.lost)?)?;
        // Less than a redemption of 32 exits can have been rounded.
        if position.unstaking <= U256::from(ROUNDED_MAX) {
            (position.unstaking, position.unstaking_until) = (U256::ZERO, None);
        }
        Ok(())
    }

    fn slashed(&mut self, key: NodeKey, event: &IStakeBook::NodeSlashed, at: &Stamp) -> Result<(), Contradiction> {
        let moved = event.reason == 0 && key.asset() == Asset::Theta;
        let from = if moved { self.reckoned.take().ok_or(Contradiction::StakeOf(key))? } else { key };
        let staked = less(key, event.lost, event.unstaking)?;
        let node = self.node(from, at)?;
        node.stake = less(from, node.stake, staked)?;
        node.unstaking = less(from, node.unstaking, event.unstaking)?;
        let node = self.node(key, at)?;
        node.slashed = more(key, node.slashed, event.lost)?;
        self.slashes.push(Slash {
            id: next(&mut self.last.slash),
            node: key,
            epoch: event.epoch,
            lost: event.lost,
            unstaking: event.unstaking,
            to_reporter: event.toReporter,
            reporter: (!event.reporter.is_zero()).then_some(event.reporter),
            reason: event.reason.into(),
            at: *at,
        });
        Ok(())
    }
}

fn more(key: NodeKey, part: U256, amount: U256) -> Result<U256, Contradiction> {
    part.checked_add(amount).ok_or(Contradiction::StakeOf(key))
}

fn less(key: NodeKey, part: U256, amount: U256) -> Result<U256, Contradiction> {
    part.checked_sub(amount).ok_or(Contradiction::StakeOf(key))
}

#[cfg(test)]
mod tests;
