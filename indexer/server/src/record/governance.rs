use super::{Stamp, address_text, hash_text};
use alloy::primitives::{Address, B256, U256};
use edgeloom_bindings::IParameters::Parameter;
use edgeloom_index_api::{CallRow, ParameterChangeRow, ProposalDetail, ProposalPhase, ProposalRow, Support, VoteRow};

/// A proposal with its votes added up. Votes are wei of THETA.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Position among all proposals, from 1.
    pub number: u64,
    pub id: U256,
    /// Its calls, as the timelock knows them.
    pub operation: B256,
    pub proposer: Address,
    pub title: String,
    pub phase: ProposalPhase,
    pub vote_start: u64,
    pub vote_end: u64,
    pub votes_for: U256,
    pub votes_against: U256,
    pub votes_abstain: U256,
    pub voters: u64,
    pub executable_from: Option<u64>,
    pub proposed: Stamp,
    /// Block, and its milliseconds.
    pub closed: Option<(u64, u64)>,
    /// That changed it last.
    pub last_block: u64,
}

impl Proposal {
    pub fn row(&self) -> ProposalRow {
        ProposalRow {
            number: self.number,
            id: self.id.to_string(),
            proposer: address_text(&self.proposer),
            title: self.title.clone(),
            phase: self.phase,
            vote_start: self.vote_start,
            vote_end: self.vote_end,
            for_wei: self.votes_for.to_string(),
            against_wei: self.votes_against.to_string(),
            abstain_wei: self.votes_abstain.to_string(),
            voters: self.voters,
            executable_from: self.executable_from,
            proposed_block: self.proposed.block,
            proposed_tx: hash_text(&self.proposed.tx),
            proposed_ms: self.proposed.ms,
            closed_block: self.closed.map(|(block, _)| block),
            closed_ms: self.closed.map(|(_, ms)| ms),
        }
    }
}

/// What a proposal says and does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProposalText {
    pub description: String,
    pub calls: Vec<CallRow>,
}

impl ProposalText {
    pub fn detail(self, proposal: &Proposal) -> ProposalDetail {
        ProposalDetail { proposal: proposal.row(), description: self.description, calls: self.calls }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vote {
    /// Position among all votes, from 1.
    pub id: u64,
    /// The proposal's id.
    pub proposal: U256,
    pub voter: Address,
    pub support: Support,
    pub weight: U256,
    pub reason: String,
    pub at: Stamp,
}

impl Vote {
    pub fn row(&self) -> VoteRow {
        VoteRow {
            id: self.id,
            proposal: self.proposal.to_string(),
            voter: address_text(&self.voter),
            support: self.support,
            weight_wei: self.weight.to_string(),
            reason: self.reason.clone(),
            block: self.at.block,
            tx: hash_text(&self.at.tx),
            ms: self.at.ms,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParameterChange {
    /// Position among all changes, from 1.
    pub id: u64,
    pub parameter: Parameter,
    pub before: U256,
    pub value: U256,
    pub at: Stamp,
}

impl ParameterChange {
    pub fn row(&self) -> ParameterChangeRow {
        ParameterChangeRow {
            id: self.id,
            parameter: format!("{:?}", self.parameter),
            before: self.before.to_string(),
            value: self.value.to_string(),
            block: self.at.block,
            tx: hash_text(&self.at.tx),
            ms: self.at.ms,
        }
    }
}
