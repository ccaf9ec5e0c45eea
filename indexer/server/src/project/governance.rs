//! The life of a proposal: proposed → (queued →) executed or canceled, and votes. And what votes changed.

use super::{Contradiction, Rows, next};
use crate::record::{ParameterChange, Proposal, ProposalText, Stamp, Vote};
use alloy::{
    primitives::{Address, B256, U256, keccak256},
    sol_types::SolValue,
};
use edgeloom_bindings::{
    Governor::{self, GovernorEvents},
    IParameters,
    Timelock::TimelockEvents,
};
use edgeloom_index_api::{CallRow, ProposalPhase, Support};

/// Characters that are kept of a title and of a vote's reason: rows are listed by the thousand.
const TITLE_MAX: usize = 200;
const REASON_MAX: usize = 1000;

pub(super) fn proposal_of(event: &GovernorEvents) -> Option<U256> {
    match event {
        GovernorEvents::ProposalCreated(event) => Some(event.proposalId),
        GovernorEvents::ProposalQueued(event) => Some(event.proposalId),
        GovernorEvents::ProposalExecuted(event) => Some(event.proposalId),
        GovernorEvents::ProposalCanceled(event) => Some(event.proposalId),
        GovernorEvents::VoteCast(event) => Some(event.proposalId),
        GovernorEvents::VoteCastWithParams(event) => Some(event.proposalId),
        GovernorEvents::EIP712DomainChanged(_) | GovernorEvents::Initialized(_) => None,
    }
}

pub(super) const fn operation_of(event: &TimelockEvents) -> Option<B256> {
    match event {
        TimelockEvents::CallExecuted(event) => Some(event.id),
        TimelockEvents::Cancelled(event) => Some(event.id),
        _ => None,
    }
}

/// What the timelock calls a proposal's calls, as the governor schedules them (OpenZeppelin's `hashOperationBatch`).
fn operation(event: &Governor::ProposalCreated) -> B256 {
    let Governor::ProposalCreated { targets, values, calldatas, description, .. } = event;
    let salt = keccak256(description);
    keccak256((targets.clone(), values.clone(), calldatas.clone(), B256::ZERO, salt).abi_encode_params())
}

impl Rows {
    pub(super) fn governance(&mut self, event: &GovernorEvents, at: &Stamp) -> Result<(), Contradiction> {
        match event {
            GovernorEvents::ProposalCreated(event) => self.proposed(event, at),
            GovernorEvents::ProposalQueued(event) => {
                let proposal = self.proposal(event.proposalId, at)?;
                proposal.phase = ProposalPhase::Queued;
                proposal.executable_from = Some(number(event.etaSeconds));
                Ok(())
            }
            GovernorEvents::ProposalExecuted(event) => self.close(event.proposalId, ProposalPhase::Executed, at),
            GovernorEvents::ProposalCanceled(event) => self.close(event.proposalId, ProposalPhase::Canceled, at),
            GovernorEvents::VoteCast(event) => {
                let Governor::VoteCast { voter, proposalId, support, weight, reason } = event;
                self.voted(*proposalId, *voter, *support, *weight, reason, at)
            }
            GovernorEvents::VoteCastWithParams(event) => {
                let Governor::VoteCastWithParams { voter, proposalId, support, weight, reason, .. } = event;
                self.voted(*proposalId, *voter, *support, *weight, reason, at)
            }
            GovernorEvents::EIP712DomainChanged(_) | GovernorEvents::Initialized(_) => Ok(()),
        }
    }

    /// The timelock does things of nobody's proposal, too: of those there is no row.
    pub(super) fn operated(&mut self, event: &TimelockEvents, at: &Stamp) {
        let (id, phase) = match event {
            TimelockEvents::CallExecuted(event) => (event.id, ProposalPhase::Executed),
            TimelockEvents::Cancelled(event) => (event.id, ProposalPhase::Canceled),
            _ => return,
        };
        if let Some(proposal) = self.proposals.values_mut().find(|proposal| proposal.operation == id) {
            (proposal.phase, proposal.closed, proposal.last_block) = (phase, Some((at.block, at.ms)), at.block);
        }
    }

    pub(super) fn parameter(&mut self, set: &IParameters::ParameterSet, at: &Stamp) {
        self.parameter_changes.push(ParameterChange {
            id: next(&mut self.last.parameter_change),
            parameter: set.parameter,
            before: set.before,
            value: set.value,
            at: *at,
        });
    }

    fn proposal(&mut self, id: U256, at: &Stamp) -> Result<&mut Proposal, Contradiction> {
        let proposal = self.proposals.get_mut(&id).ok_or(Contradiction::ProposalMissing(id))?;
        proposal.last_block = at.block;
        Ok(proposal)
    }

    fn proposed(&mut self, event: &Governor::ProposalCreated, at: &Stamp) -> Result<(), Contradiction> {
        let id = event.proposalId;
        let proposal = Proposal {
            number: next(&mut self.last.proposal),
            id,
            operation: operation(event),
            proposer: event.proposer,
            title: event.description.lines().next().unwrap_or_default().chars().take(TITLE_MAX).collect(),
            phase: ProposalPhase::Proposed,
            vote_start: number(event.voteStart),
            vote_end: number(event.voteEnd),
            votes_for: U256::ZERO,
            votes_against: U256::ZERO,
            votes_abstain: U256::ZERO,
            voters: 0,
            executable_from: None,
            proposed: *at,
            closed: None,
            last_block: at.block,
        };
        if self.proposals.insert(id, proposal).is_some() {
            return Err(Contradiction::ProposalKnown(id));
        }
        let calls = event.targets.iter().zip(&event.values).zip(&event.calldatas);
        let calls = calls.map(|((target, value), data)| CallRow {
            target: crate::record::address_text(target),
            value_wei: value.to_string(),
            data: data.to_string(),
        });
        self.texts.push((id, ProposalText { description: event.description.clone(), calls: calls.collect() }));
        Ok(())
    }

    fn close(&mut self, id: U256, phase: ProposalPhase, at: &Stamp) -> Result<(), Contradiction> {
        let proposal = self.proposal(id, at)?;
        (proposal.phase, proposal.closed) = (phase, Some((at.block, at.ms)));
        Ok(())
    }

    fn voted(
        &mut self,
        id: U256,
        voter: Address,
        support: u8,
        weight: U256,
        reason: &str,
        at: &Stamp,
    ) -> Result<(), Contradiction> {
        let proposal = self.proposal(id, at)?;
        let (support, sum) = match support {
            0 => (Support::Against, &mut proposal.votes_against),
            1 => (Support::For, &mut proposal.votes_for),
            2 => (Support::Abstain, &mut proposal.votes_abstain),
            _ => return Err(Contradiction::Support(id)),
        };
        *sum = sum.saturating_add(weight);
        proposal.voters += 1;
        let reason = reason.chars().take(REASON_MAX).collect();
        let id_of_vote = next(&mut self.last.vote);
        self.votes.push(Vote { id: id_of_vote, proposal: id, voter, support, weight, reason, at: *at });
        Ok(())
    }
}

/// Heights and times of the governor, which have fewer bits.
fn number(value: U256) -> u64 {
    u64::try_from(value).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
