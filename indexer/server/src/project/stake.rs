//! The stake of edge nodes. A worker's row shows that of the node which it runs.

use super::{Contradiction, Rows, Touched};
use crate::record::{StakeMove, Stamp, Worker};
use alloy::primitives::{Address, U256};
use edgeloom_bindings::{IEdgeStaking::IEdgeStakingEvents, IStakeBook::IStakeBookEvents};

impl Touched {
    pub(super) fn stake(&mut self, event: &IStakeBookEvents) {
        match event {
            IStakeBookEvents::NodeRegistered(event) => {
                self.workers.insert(event.operator);
            }
            IStakeBookEvents::OperatorChanged(event) => {
                self.workers.extend([event.before, event.operator]);
            }
            IStakeBookEvents::Redelegated(event) => self.nodes.extend([event.from, event.to]),
            IStakeBookEvents::Staked(event) => {
                self.nodes.insert(event.node);
            }
            IStakeBookEvents::Unstaked(event) => {
                self.nodes.insert(event.node);
            }
            IStakeBookEvents::Redeemed(event) => {
                self.nodes.insert(event.node);
            }
            IStakeBookEvents::NodeSlashed(event) => {
                self.nodes.insert(event.node);
            }
            _ => {}
        }
    }
}

impl Rows {
    pub(super) fn stake(&mut self, event: &IStakeBookEvents, at: &Stamp) -> Result<(), Contradiction> {
        match event {
            IStakeBookEvents::NodeRegistered(event) => {
                self.worker(event.operator, at).node = Some(event.node);
                self.operators.insert(event.node, event.operator);
                Ok(())
            }
            IStakeBookEvents::OperatorChanged(event) => {
                self.hand_over(event.before, event.operator, at)?;
                self.operators.insert(event.node, event.operator);
                Ok(())
            }
            IStakeBookEvents::Staked(event) => self.move_stake(event.node, StakeMove::Join, event.amount, at),
            IStakeBookEvents::Unstaked(event) => {
                let until = event.release.to::<u64>();
                self.move_stake(event.node, StakeMove::StartUnbonding(until), event.amount, at)
            }
            IStakeBookEvents::Redeemed(event) => {
                self.move_stake(event.node, StakeMove::FinishUnbonding, event.amount + event.lost, at)
            }
            IStakeBookEvents::Redelegated(event) => {
                self.move_stake(event.from, StakeMove::Leave, event.amount, at)?;
                self.move_stake(event.to, StakeMove::Join, event.amount, at)
            }
            IStakeBookEvents::NodeSlashed(event) => self.move_stake(event.node, StakeMove::Slash, event.lost, at),
            _ => Ok(()),
        }
    }

    pub(super) fn move_stake(
        &mut self,
        node: u32,
        change: StakeMove,
        amount: U256,
        at: &Stamp,
    ) -> Result<(), Contradiction> {
        let operator = *self.operators.get(&node).ok_or(Contradiction::NodeUnknown(node))?;
        self.worker(operator, at).move_stake(change, amount).map_err(|_| Contradiction::Stake(node))
    }

    fn hand_over(&mut self, before: Address, operator: Address, at: &Stamp) -> Result<(), Contradiction> {
        let mut old = self.workers.remove(&before).ok_or(Contradiction::WorkerUnknown(before))?;
        self.worker(operator, at).take_over(&mut old);
        self.workers.insert(before, Worker { last_block: at.block, last_ms: at.ms, ..old });
        Ok(())
    }
}

/// Of which node, how, and by how many wei.
pub(super) fn bond(event: &IEdgeStakingEvents) -> (u32, StakeMove, U256) {
    match event {
        IEdgeStakingEvents::Locked(event) => (event.node, StakeMove::Lock, event.amount),
        // What is slashed is set free first; the book then says what was lost.
        IEdgeStakingEvents::Unlocked(event) => (event.node, StakeMove::Unlock, event.amount),
        IEdgeStakingEvents::Slashed(event) => (event.node, StakeMove::Unlock, event.amount),
    }
}
