//! Proposals, votes, and what they changed.

use super::{
    Count, Slice, Store, StoreError,
    read::{Listing, Query, push_condition},
    rows::{Of, code},
    write::{Values, number, wei},
};
use crate::{
    filter::{ProposalFilter, VoteFilter},
    page::PageRequest,
    record::{ParameterChange, Proposal, ProposalText, Vote},
};
use alloy::primitives::U256;
use edgeloom_bindings::IParameters::Parameter;
use edgeloom_index_api::{ProposalPhase, Support};
use sqlx::sqlite::SqliteRow;

/// Codes in the database: positions here. Append, never reorder.
const PHASES: [ProposalPhase; 4] =
    [ProposalPhase::Proposed, ProposalPhase::Queued, ProposalPhase::Executed, ProposalPhase::Canceled];
/// The governor's own numbers.
const SUPPORTS: [Support; 3] = [Support::Against, Support::For, Support::Abstain];

impl Store {
    pub async fn proposals(
        &self,
        filter: &ProposalFilter,
        page: &PageRequest,
        count: Count,
    ) -> Result<Slice<Proposal>, StoreError> {
        let listing =
            Listing { table: "proposals", filter: |query: &mut Query| filter.push(query), read: proposal_row };
        self.list(listing, page, count).await
    }

    pub async fn votes(
        &self,
        filter: &VoteFilter,
        page: &PageRequest,
        count: Count,
    ) -> Result<Slice<Vote>, StoreError> {
        let listing = Listing { table: "votes", filter: |query: &mut Query| filter.push(query), read: vote_row };
        self.list(listing, page, count).await
    }

    pub async fn parameter_changes(
        &self,
        page: &PageRequest,
        count: Count,
    ) -> Result<Slice<ParameterChange>, StoreError> {
        let listing = Listing { table: "parameter_changes", filter: |_: &mut Query| (), read: change_row };
        self.list(listing, page, count).await
    }

    pub async fn proposal(&self, id: U256) -> Result<Option<Proposal>, StoreError> {
        let keys = std::iter::once(wei(id));
        Ok(self.by_keys("select * from proposals where id in (", keys, proposal_row).await?.pop())
    }

    /// What a proposal says and does.
    pub async fn proposal_text(&self, id: U256) -> Result<Option<ProposalText>, StoreError> {
        let keys = std::iter::once(wei(id));
        Ok(self.by_keys("select * from proposal_texts where id in (", keys, text_row).await?.pop())
    }
}

impl ProposalFilter {
    fn push(&self, query: &mut Query) {
        push_condition(query, "phase =", self.phase.map(|phase| code(&PHASES, &phase)));
        push_condition(query, "proposer =", self.proposer.map(|address| address.to_vec()));
    }
}

impl VoteFilter {
    fn push(&self, query: &mut Query) {
        push_condition(query, "proposal =", self.proposal.map(wei));
        push_condition(query, "voter =", self.voter.map(|address| address.to_vec()));
    }
}

pub(super) fn write_proposal(values: &mut Values<'_>, proposal: &Proposal) {
    values.push_bind(number(proposal.number));
    values.push_bind(wei(proposal.id));
    values.push_bind(proposal.operation.to_vec());
    values.push_bind(proposal.proposer.to_vec());
    values.push_bind(proposal.title.clone());
    values.push_bind(code(&PHASES, &proposal.phase));
    values.push_bind(number(proposal.vote_start));
    values.push_bind(number(proposal.vote_end));
    for votes in [proposal.votes_for, proposal.votes_against, proposal.votes_abstain] {
        values.push_bind(wei(votes));
    }
    values.push_bind(number(proposal.voters));
    values.push_bind(number(proposal.executable_from.unwrap_or(0)));
    values.push_bind(number(proposal.proposed.block));
    values.push_bind(proposal.proposed.tx.to_vec());
    values.push_bind(number(proposal.proposed.ms));
    let (block, ms) = proposal.closed.unwrap_or_default();
    for at in [block, ms, proposal.last_block] {
        values.push_bind(number(at));
    }
}

pub(super) fn write_text(values: &mut Values<'_>, (id, text): &(U256, ProposalText)) {
    values.push_bind(wei(*id));
    values.push_bind(text.description.clone());
    // Strings alone: they have a JSON form.
    values.push_bind(serde_json::to_string(&text.calls).unwrap_or_default());
}

pub(super) fn write_vote(values: &mut Values<'_>, vote: &Vote) {
    values.push_bind(number(vote.id));
    values.push_bind(wei(vote.proposal));
    values.push_bind(vote.voter.to_vec());
    values.push_bind(code(&SUPPORTS, &vote.support));
    values.push_bind(wei(vote.weight));
    values.push_bind(vote.reason.clone());
    values.push_bind(number(vote.at.block));
    values.push_bind(vote.at.tx.to_vec());
    values.push_bind(number(vote.at.ms));
}

pub(super) fn write_change(values: &mut Values<'_>, change: &ParameterChange) {
    values.push_bind(number(change.id));
    values.push_bind(i64::from(change.parameter as u8));
    values.push_bind(wei(change.before));
    values.push_bind(wei(change.value));
    values.push_bind(number(change.at.block));
    values.push_bind(change.at.tx.to_vec());
    values.push_bind(number(change.at.ms));
}

pub(super) fn proposal_row(row: &SqliteRow) -> Result<Proposal, StoreError> {
    let row = Of("proposals", row);
    let closed = row.later("closed_block")?;
    Ok(Proposal {
        number: row.number("number")?,
        id: row.wei("id")?,
        operation: row.hash("operation")?,
        proposer: row.address("proposer")?,
        title: row.text("title")?,
        phase: row.coded("phase", &PHASES)?,
        vote_start: row.number("vote_start")?,
        vote_end: row.number("vote_end")?,
        votes_for: row.wei("votes_for")?,
        votes_against: row.wei("votes_against")?,
        votes_abstain: row.wei("votes_abstain")?,
        voters: row.number("voters")?,
        executable_from: row.later("executable_from")?,
        proposed: row.stamp(["proposed_block", "proposed_tx", "proposed_ms"])?,
        closed: closed.zip(Some(row.number("closed_ms")?)),
        last_block: row.number("last_block")?,
    })
}

fn text_row(row: &SqliteRow) -> Result<ProposalText, StoreError> {
    let row = Of("proposal_texts", row);
    let calls = serde_json::from_str(&row.text("calls")?).map_err(|_| row.damaged("calls"))?;
    Ok(ProposalText { description: row.text("description")?, calls })
}

fn vote_row(row: &SqliteRow) -> Result<Vote, StoreError> {
    let row = Of("votes", row);
    Ok(Vote {
        id: row.number("id")?,
        proposal: row.wei("proposal")?,
        voter: row.address("voter")?,
        support: row.coded("support", &SUPPORTS)?,
        weight: row.wei("weight")?,
        reason: row.text("reason")?,
        at: row.stamp(["block", "tx", "ms"])?,
    })
}

fn change_row(row: &SqliteRow) -> Result<ParameterChange, StoreError> {
    let row = Of("parameter_changes", row);
    let parameter = u8::try_from(row.small("parameter")?).ok().and_then(|number| Parameter::try_from(number).ok());
    Ok(ParameterChange {
        id: row.number("id")?,
        parameter: parameter.ok_or_else(|| row.damaged("parameter"))?,
        before: row.wei("before")?,
        value: row.wei("value")?,
        at: row.stamp(["block", "tx", "ms"])?,
    })
}
