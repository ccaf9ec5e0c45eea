//! Stakes, committees, checkpoints and votes.

use super::{Answer, as_page};
use crate::{
    filter::{
        BadArgument, CHANGES_BY_ID, CHECKPOINTS_BY_HEIGHT, COMMITTEES_BY_EPOCH, NodeFilter, PROPOSALS_BY_NUMBER,
        PositionFilter, ProposalFilter, SLASHES_BY_ID, SlashFilter, VOTES_BY_ID, VoteFilter, address, asset, nodes_by,
        positions_by, proposal as proposal_id, wei,
    },
    page::{Ordering, PageArguments, PageRequest},
    record::NodeKey,
    serve::{
        Served,
        problem::{Failed, Refusal},
    },
    store::{Count, StoreError},
};
use axum::{
    Json,
    extract::{Path, Query, State},
};
use edgeloom_index_api::{
    CheckpointRow, CommitteeRow, HistoryQuery, NodeQuery, NodeRow, OrderDirection, Page, ParameterChangeRow,
    PositionQuery, PositionRow, Problem, ProposalDetail, ProposalQuery, ProposalRow, SlashQuery, SlashRow, VoteQuery,
    VoteRow,
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<Served> {
    OpenApiRouter::new()
        .routes(routes!(nodes))
        .routes(routes!(node))
        .routes(routes!(positions))
        .routes(routes!(slashes))
        .routes(routes!(committees))
        .routes(routes!(committee))
        .routes(routes!(checkpoints))
        .routes(routes!(checkpoint))
        .routes(routes!(proposals))
        .routes(routes!(proposal))
        .routes(routes!(votes))
        .routes(routes!(parameter_changes))
}

fn page(
    ordering: Ordering,
    direction: Option<OrderDirection>,
    limit: Option<u32>,
    after: Option<String>,
) -> Result<PageRequest, BadArgument> {
    let arguments = PageArguments { direction: direction.unwrap_or_default(), limit, after };
    Ok(PageRequest::parse(ordering, &arguments)?)
}

/// Validators and guardians, which stake THETA, and edge nodes, which stake TFUEL; by number unless ordered otherwise.
#[utoipa::path(get, path = "/api/nodes", params(NodeQuery), responses((status = 200, body = Page<NodeRow>), Failed))]
async fn nodes(State(Served(shared)): State<Served>, Query(query): Query<NodeQuery>) -> Answer<Page<NodeRow>> {
    let filter = NodeFilter {
        asset: query.asset,
        role: query.role,
        owner: query.owner.as_deref().map(|text| address("owner", text)).transpose()?,
        operator: query.operator.as_deref().map(|text| address("operator", text)).transpose()?,
        stake_min: query.stake_wei_gte.as_deref().map(|text| wei("stakeWei_gte", text)).transpose()?,
    };
    let page = page(nodes_by(query.order_by.unwrap_or_default()), query.order_direction, query.limit, query.after)?;
    Ok(Json(as_page(shared.store.nodes(&filter, &page, Count::Yes).await?, |node| node.row())))
}

/// One node.
#[utoipa::path(get, path = "/api/nodes/{asset}/{number}", params(("asset" = String, Path, description = "THETA or TFUEL"), ("number" = u32, Path)), responses((status = 200, body = NodeRow), (status = 404, body = Problem), Failed))]
async fn node(State(Served(shared)): State<Served>, Path((text, number)): Path<(String, u32)>) -> Answer<NodeRow> {
    let key = NodeKey::new(asset(&text)?, number);
    let found = shared.store.nodes_by_key(&[key]).await?.pop();
    Ok(Json(found.ok_or_else(|| Refusal::NotFound(format!("node {key}")))?.row()))
}

/// What accounts have on nodes, oldest first unless ordered otherwise.
#[utoipa::path(get, path = "/api/positions", params(PositionQuery), responses((status = 200, body = Page<PositionRow>), Failed))]
async fn positions(
    State(Served(shared)): State<Served>,
    Query(query): Query<PositionQuery>,
) -> Answer<Page<PositionRow>> {
    let filter = PositionFilter {
        asset: query.asset,
        node: query.node,
        source: query.source.as_deref().map(|text| address("source", text)).transpose()?,
    };
    let page = page(positions_by(query.order_by.unwrap_or_default()), query.order_direction, query.limit, query.after)?;
    Ok(Json(as_page(shared.store.positions(&filter, &page, Count::Yes).await?, |position| position.row())))
}

/// Slashes, oldest first unless ordered otherwise.
#[utoipa::path(get, path = "/api/slashes", params(SlashQuery), responses((status = 200, body = Page<SlashRow>), Failed))]
async fn slashes(State(Served(shared)): State<Served>, Query(query): Query<SlashQuery>) -> Answer<Page<SlashRow>> {
    let filter = SlashFilter { asset: query.asset, node: query.node };
    let page = page(SLASHES_BY_ID, query.order_direction, query.limit, query.after)?;
    Ok(Json(as_page(shared.store.slashes(&filter, &page, Count::Yes).await?, |slash| slash.row())))
}

/// Committees by epoch; that of the next epoch is the newest.
#[utoipa::path(get, path = "/api/committees", params(HistoryQuery), responses((status = 200, body = Page<CommitteeRow>), Failed))]
async fn committees(
    State(Served(shared)): State<Served>,
    Query(query): Query<HistoryQuery>,
) -> Answer<Page<CommitteeRow>> {
    let page = page(COMMITTEES_BY_EPOCH, query.order_direction, query.limit, query.after)?;
    Ok(Json(as_page(shared.store.committees(&page, Count::Yes).await?, |committee| committee.row())))
}

/// One epoch's committee.
#[utoipa::path(get, path = "/api/committees/{epoch}", params(("epoch" = u32, Path)), responses((status = 200, body = CommitteeRow), (status = 404, body = Problem), Failed))]
async fn committee(State(Served(shared)): State<Served>, Path(epoch): Path<u32>) -> Answer<CommitteeRow> {
    let found = shared.store.committee(epoch).await?;
    Ok(Json(found.ok_or_else(|| Refusal::NotFound(format!("committee of epoch {epoch}")))?.row()))
}

/// Blocks that guardians certified, by height.
#[utoipa::path(get, path = "/api/checkpoints", params(HistoryQuery), responses((status = 200, body = Page<CheckpointRow>), Failed))]
async fn checkpoints(
    State(Served(shared)): State<Served>,
    Query(query): Query<HistoryQuery>,
) -> Answer<Page<CheckpointRow>> {
    let page = page(CHECKPOINTS_BY_HEIGHT, query.order_direction, query.limit, query.after)?;
    Ok(Json(as_page(shared.store.checkpoints(&page, Count::Yes).await?, |checkpoint| checkpoint.row())))
}

/// One certified block.
#[utoipa::path(get, path = "/api/checkpoints/{height}", params(("height" = u64, Path)), responses((status = 200, body = CheckpointRow), (status = 404, body = Problem), Failed))]
async fn checkpoint(State(Served(shared)): State<Served>, Path(height): Path<u64>) -> Answer<CheckpointRow> {
    let found = shared.store.checkpoint(height).await?;
    Ok(Json(found.ok_or_else(|| Refusal::NotFound(format!("certificate of block {height}")))?.row()))
}

/// Proposals, oldest first unless ordered otherwise.
#[utoipa::path(get, path = "/api/proposals", params(ProposalQuery), responses((status = 200, body = Page<ProposalRow>), Failed))]
async fn proposals(
    State(Served(shared)): State<Served>,
    Query(query): Query<ProposalQuery>,
) -> Answer<Page<ProposalRow>> {
    let proposer = query.proposer.as_deref().map(|text| address("proposer", text)).transpose()?;
    let page = page(PROPOSALS_BY_NUMBER, query.order_direction, query.limit, query.after)?;
    let filter = ProposalFilter { phase: query.phase, proposer };
    Ok(Json(as_page(shared.store.proposals(&filter, &page, Count::Yes).await?, |proposal| proposal.row())))
}

/// One proposal, with its text and what it does.
#[utoipa::path(get, path = "/api/proposals/{id}", params(("id" = String, Path, description = "The governor's, decimal")), responses((status = 200, body = ProposalDetail), (status = 404, body = Problem), Failed))]
async fn proposal(State(Served(shared)): State<Served>, Path(text): Path<String>) -> Answer<ProposalDetail> {
    let id = proposal_id("id", &text)?;
    let found = shared.store.proposal(id).await?.ok_or_else(|| Refusal::NotFound(format!("proposal {id}")))?;
    let missing = || StoreError::Damaged { table: "proposal_texts", reason: format!("proposal {id} has none") };
    Ok(Json(shared.store.proposal_text(id).await?.ok_or_else(missing)?.detail(&found)))
}

/// Votes, oldest first unless ordered otherwise.
#[utoipa::path(get, path = "/api/votes", params(VoteQuery), responses((status = 200, body = Page<VoteRow>), Failed))]
async fn votes(State(Served(shared)): State<Served>, Query(query): Query<VoteQuery>) -> Answer<Page<VoteRow>> {
    let filter = VoteFilter {
        proposal: query.proposal.as_deref().map(|text| proposal_id("proposal", text)).transpose()?,
        voter: query.voter.as_deref().map(|text| address("voter", text)).transpose()?,
    };
    let page = page(VOTES_BY_ID, query.order_direction, query.limit, query.after)?;
    Ok(Json(as_page(shared.store.votes(&filter, &page, Count::Yes).await?, |vote| vote.row())))
}

/// What votes set, oldest first unless ordered otherwise.
#[utoipa::path(get, path = "/api/parameter-changes", params(HistoryQuery), responses((status = 200, body = Page<ParameterChangeRow>), Failed))]
async fn parameter_changes(
    State(Served(shared)): State<Served>,
    Query(query): Query<HistoryQuery>,
) -> Answer<Page<ParameterChangeRow>> {
    let page = page(CHANGES_BY_ID, query.order_direction, query.limit, query.after)?;
    Ok(Json(as_page(shared.store.parameter_changes(&page, Count::Yes).await?, |change| change.row())))
}

#[cfg(test)]
mod tests;
