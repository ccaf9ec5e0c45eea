//! Who finalizes blocks, and what guardians certified.

use super::{Contradiction, Rows, Touched};
use crate::record::{Checkpoint, Committee, NodeKey, Stamp};
use alloy::primitives::Address;
use edgeloom_bindings::{ICheckpoints::ICheckpointsEvents, ICommittee::ICommitteeEvents};
use edgeloom_index_api::{Asset, NotLiveRow};

impl Touched {
    pub(super) fn committee(&mut self, event: &ICommitteeEvents) {
        let validator = |node| NodeKey::new(Asset::Theta, node);
        match event {
            ICommitteeEvents::CandidateEntered(event) => self.staked.extend([validator(event.node)]),
            ICommitteeEvents::CandidateLeft(event) => self.staked.extend([validator(event.node)]),
            ICommitteeEvents::CommitteeElected(event) => self.committees.extend([event.epoch]),
            ICommitteeEvents::CommitteeKept(event) => self.committees.extend([event.epoch, event.before]),
            ICommitteeEvents::SeatNotLive(event) => self.committees.extend([event.epoch]),
            ICommitteeEvents::Announced(_) | ICommitteeEvents::NotSlashed(_) => {}
        }
    }
}

impl Rows {
    pub(super) fn committee(&mut self, event: &ICommitteeEvents, at: &Stamp) -> Result<(), Contradiction> {
        let validator = |node| NodeKey::new(Asset::Theta, node);
        match event {
            ICommitteeEvents::CandidateEntered(event) => {
                self.node(validator(event.node), at)?.identity = Some(event.identity);
            }
            ICommitteeEvents::CandidateLeft(event) => self.node(validator(event.node), at)?.identity = None,
            ICommitteeEvents::CommitteeElected(event) => {
                let elected = Committee {
                    epoch: event.epoch,
                    nodes: event.nodes.clone(),
                    total_stake: event.totalStake,
                    kept_from: None,
                    not_live: Vec::new(),
                    block: at.block,
                    ms: at.ms,
                    last_block: at.block,
                };
                self.committees.insert(event.epoch, elected);
            }
            ICommitteeEvents::CommitteeKept(event) => {
                let before = self.committees.get(&event.before);
                let before = before.ok_or(Contradiction::CommitteeMissing(event.before))?;
                let kept = Committee {
                    epoch: event.epoch,
                    kept_from: Some(before.kept_from.unwrap_or(event.before)),
                    not_live: Vec::new(),
                    block: at.block,
                    ms: at.ms,
                    last_block: at.block,
                    ..before.clone()
                };
                self.committees.insert(event.epoch, kept);
            }
            ICommitteeEvents::SeatNotLive(event) => {
                let committee = self.committees.get_mut(&event.epoch);
                let committee = committee.ok_or(Contradiction::CommitteeMissing(event.epoch))?;
                let count = |number| u64::try_from(number).unwrap_or(u64::MAX);
                let (signed, included) = (count(event.signed), count(event.included));
                committee.not_live.push(NotLiveRow { node: event.node, signed, included });
                committee.last_block = at.block;
            }
            ICommitteeEvents::Announced(_) | ICommitteeEvents::NotSlashed(_) => {}
        }
        Ok(())
    }

    pub(super) fn checkpoint(
        &mut self,
        submitter: Address,
        event: &ICheckpointsEvents,
        at: &Stamp,
    ) -> Result<(), Contradiction> {
        match event {
            ICheckpointsEvents::Certified(event) => {
                let certified = Checkpoint {
                    height: event.height,
                    hash: event.blockHash,
                    signed_stake: event.signedStake,
                    total_stake: event.totalStake,
                    signers: event.signers.clone(),
                    unions: 0,
                    submitter,
                    at: *at,
                    last_block: at.block,
                };
                self.checkpoints.insert(event.height, certified);
            }
            ICheckpointsEvents::Extended(event) => {
                let found = self.checkpoints.get_mut(&event.height);
                let checkpoint = found.ok_or(Contradiction::CheckpointMissing(event.height))?;
                checkpoint.signed_stake = event.signedStake;
                checkpoint.signers = event.signers.clone();
                checkpoint.unions = checkpoint.unions.saturating_add(1);
                checkpoint.last_block = at.block;
            }
        }
        Ok(())
    }
}

pub(super) const fn height_of(event: &ICheckpointsEvents) -> u64 {
    match event {
        ICheckpointsEvents::Certified(event) => event.height,
        ICheckpointsEvents::Extended(event) => event.height,
    }
}

#[cfg(test)]
mod tests;
