//! Stakes, committees, checkpoints and votes.

#![expect(clippy::too_many_arguments, reason = "a GraphQL field's arguments are its function's parameters")]

use super::{
    query::{List, ROW_COST, cost, list},
    rows::{Listed, bad_input, unreadable},
};
use crate::{
    filter::{
        BadArgument, CHANGES_BY_ID, CHECKPOINTS_BY_HEIGHT, COMMITTEES_BY_EPOCH, NodeFilter, PROPOSALS_BY_NUMBER,
        PositionFilter, ProposalFilter, SLASHES_BY_ID, SlashFilter, VOTES_BY_ID, VoteFilter, address, nodes_by,
        positions_by, proposal as proposal_id, wei,
    },
    record::{self, NodeKey, ProposalText},
    store::{Store, StoreError},
};
use async_graphql::{ComplexObject, Context, InputObject, Object, Result, SimpleObject};
use edgeloom_index_api::{
    Asset, CallRow, CheckpointRow, CommitteeRow, NodeOrder, NodeRow, OrderDirection, ParameterChangeRow, PositionOrder,
    PositionRow, ProposalPhase, ProposalRow, Role, SlashRow, VoteRow,
};

/// G4: what a proposal's text or its calls cost: they may have 128 KiB.
const TEXT_COST: usize = 1000;

#[derive(Debug, Default, InputObject)]
pub(super) struct NodeWhere {
    asset: Option<Asset>,
    role: Option<Role>,
    owner: Option<String>,
    operator: Option<String>,
    #[graphql(name = "stakeWei_gte")]
    stake_wei_gte: Option<String>,
}

#[derive(Debug, Default, InputObject)]
pub(super) struct PositionWhere {
    asset: Option<Asset>,
    node: Option<u32>,
    source: Option<String>,
}

#[derive(Debug, Default, InputObject)]
pub(super) struct SlashWhere {
    asset: Option<Asset>,
    node: Option<u32>,
}

#[derive(Debug, Default, InputObject)]
pub(super) struct ProposalWhere {
    phase: Option<ProposalPhase>,
    proposer: Option<String>,
}

#[derive(Debug, Default, InputObject)]
pub(super) struct VoteWhere {
    /// The proposal's id, decimal.
    proposal: Option<String>,
    voter: Option<String>,
}

impl TryFrom<NodeWhere> for NodeFilter {
    type Error = BadArgument;

    fn try_from(given: NodeWhere) -> Result<Self, BadArgument> {
        Ok(Self {
            asset: given.asset,
            role: given.role,
            owner: given.owner.as_deref().map(|text| address("owner", text)).transpose()?,
            operator: given.operator.as_deref().map(|text| address("operator", text)).transpose()?,
            stake_min: given.stake_wei_gte.as_deref().map(|text| wei("stakeWei_gte", text)).transpose()?,
        })
    }
}

impl TryFrom<PositionWhere> for PositionFilter {
    type Error = BadArgument;

    fn try_from(given: PositionWhere) -> Result<Self, BadArgument> {
        let source = given.source.as_deref().map(|text| address("source", text)).transpose()?;
        Ok(Self { asset: given.asset, node: given.node, source })
    }
}

impl TryFrom<ProposalWhere> for ProposalFilter {
    type Error = BadArgument;

    fn try_from(given: ProposalWhere) -> Result<Self, BadArgument> {
        let proposer = given.proposer.as_deref().map(|text| address("proposer", text)).transpose()?;
        Ok(Self { phase: given.phase, proposer })
    }
}

impl TryFrom<VoteWhere> for VoteFilter {
    type Error = BadArgument;

    fn try_from(given: VoteWhere) -> Result<Self, BadArgument> {
        Ok(Self {
            proposal: given.proposal.as_deref().map(|text| proposal_id("proposal", text)).transpose()?,
            voter: given.voter.as_deref().map(|text| address("voter", text)).transpose()?,
        })
    }
}

#[derive(SimpleObject)]
#[graphql(complex)]
pub(super) struct Proposal {
    #[graphql(flatten)]
    row: ProposalRow,
    #[graphql(skip)]
    record: record::Proposal,
}

impl From<record::Proposal> for Proposal {
    fn from(record: record::Proposal) -> Self {
        Self { row: record.row(), record }
    }
}

impl Proposal {
    async fn text(&self, ctx: &Context<'_>) -> Result<ProposalText> {
        let id = self.record.id;
        let text = ctx.data::<Store>()?.proposal_text(id).await.map_err(|error| unreadable(&error))?;
        let missing = || StoreError::Damaged { table: "proposal_texts", reason: format!("proposal {id} has none") };
        text.ok_or_else(|| unreadable(&missing()))
    }
}

#[ComplexObject]
impl Proposal {
    /// Costs as much as 1,000 other fields.
    #[graphql(complexity = "TEXT_COST")]
    async fn description(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(self.text(ctx).await?.description)
    }

    /// What the timelock calls. Costs as much as 1,000 other fields.
    #[graphql(complexity = "TEXT_COST + child_complexity")]
    async fn calls(&self, ctx: &Context<'_>) -> Result<Vec<CallRow>> {
        Ok(self.text(ctx).await?.calls)
    }

    /// Votes on it, oldest first.
    #[graphql(complexity = "cost(first, None, child_complexity)")]
    async fn votes(&self, ctx: &Context<'_>, first: Option<u32>, after: Option<String>) -> Result<Listed<VoteRow>> {
        let list = list(ctx, List { ordering: VOTES_BY_ID, direction: None, first, limit: None, after })?;
        let filter = VoteFilter { proposal: Some(self.record.id), voter: None };
        let votes = ctx.data::<Store>()?.votes(&filter, &list.page, list.count).await;
        Ok(Listed::new(votes.map_err(|error| unreadable(&error))?, |vote| vote.row()))
    }
}

#[derive(Default)]
pub(super) struct Institutions;

#[Object]
impl Institutions {
    #[graphql(complexity = "ROW_COST + child_complexity")]
    async fn node(&self, ctx: &Context<'_>, asset: Asset, number: u32) -> Result<Option<NodeRow>> {
        let nodes = ctx.data::<Store>()?.nodes_by_key(&[NodeKey::new(asset, number)]).await;
        Ok(nodes.map_err(|error| unreadable(&error))?.pop().map(|node| node.row()))
    }

    /// Validators and guardians, which stake THETA, and edge nodes, which stake TFUEL; by number unless ordered otherwise.
    #[graphql(complexity = "cost(first, limit, child_complexity)")]
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", default)] filter: NodeWhere,
        #[graphql(default)] order_by: NodeOrder,
        order_direction: Option<OrderDirection>,
        first: Option<u32>,
        limit: Option<u32>,
        after: Option<String>,
    ) -> Result<Listed<NodeRow>> {
        let list = list(ctx, List { ordering: nodes_by(order_by), direction: order_direction, first, limit, after })?;
        let filter = filter.try_into().map_err(|error| bad_input(&error))?;
        let nodes = ctx.data::<Store>()?.nodes(&filter, &list.page, list.count).await;
        Ok(Listed::new(nodes.map_err(|error| unreadable(&error))?, |node| node.row()))
    }

    /// What accounts have on nodes, oldest first unless ordered otherwise.
    #[graphql(complexity = "cost(first, limit, child_complexity)")]
    async fn positions(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", default)] filter: PositionWhere,
        #[graphql(default)] order_by: PositionOrder,
        order_direction: Option<OrderDirection>,
        first: Option<u32>,
        limit: Option<u32>,
        after: Option<String>,
    ) -> Result<Listed<PositionRow>> {
        let ordering = positions_by(order_by);
        let list = list(ctx, List { ordering, direction: order_direction, first, limit, after })?;
        let filter = filter.try_into().map_err(|error| bad_input(&error))?;
        let positions = ctx.data::<Store>()?.positions(&filter, &list.page, list.count).await;
        Ok(Listed::new(positions.map_err(|error| unreadable(&error))?, |position| position.row()))
    }

    /// Slashes, oldest first unless ordered otherwise.
    #[graphql(complexity = "cost(first, limit, child_complexity)")]
    async fn slashes(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", default)] filter: SlashWhere,
        order_direction: Option<OrderDirection>,
        first: Option<u32>,
        limit: Option<u32>,
        after: Option<String>,
    ) -> Result<Listed<SlashRow>> {
        let list = list(ctx, List { ordering: SLASHES_BY_ID, direction: order_direction, first, limit, after })?;
        let filter = SlashFilter { asset: filter.asset, node: filter.node };
        let slashes = ctx.data::<Store>()?.slashes(&filter, &list.page, list.count).await;
        Ok(Listed::new(slashes.map_err(|error| unreadable(&error))?, |slash| slash.row()))
    }

    #[graphql(complexity = "ROW_COST + child_complexity")]
    async fn committee(&self, ctx: &Context<'_>, epoch: u32) -> Result<Option<CommitteeRow>> {
        let committee = ctx.data::<Store>()?.committee(epoch).await.map_err(|error| unreadable(&error))?;
        Ok(committee.map(|committee| committee.row()))
    }

    /// Committees by epoch; that of the next epoch is the newest.
    #[graphql(complexity = "cost(first, limit, child_complexity)")]
    async fn committees(
        &self,
        ctx: &Context<'_>,
        order_direction: Option<OrderDirection>,
        first: Option<u32>,
        limit: Option<u32>,
        after: Option<String>,
    ) -> Result<Listed<CommitteeRow>> {
        let list = list(ctx, List { ordering: COMMITTEES_BY_EPOCH, direction: order_direction, first, limit, after })?;
        let committees = ctx.data::<Store>()?.committees(&list.page, list.count).await;
        Ok(Listed::new(committees.map_err(|error| unreadable(&error))?, |committee| committee.row()))
    }

    #[graphql(complexity = "ROW_COST + child_complexity")]
    async fn checkpoint(&self, ctx: &Context<'_>, height: u64) -> Result<Option<CheckpointRow>> {
        let checkpoint = ctx.data::<Store>()?.checkpoint(height).await.map_err(|error| unreadable(&error))?;
        Ok(checkpoint.map(|checkpoint| checkpoint.row()))
    }

    /// Blocks that guardians certified, by height.
    #[graphql(complexity = "cost(first, limit, child_complexity)")]
    async fn checkpoints(
        &self,
        ctx: &Context<'_>,
        order_direction: Option<OrderDirection>,
        first: Option<u32>,
        limit: Option<u32>,
        after: Option<String>,
    ) -> Result<Listed<CheckpointRow>> {
        let ordering = CHECKPOINTS_BY_HEIGHT;
        let list = list(ctx, List { ordering, direction: order_direction, first, limit, after })?;
        let checkpoints = ctx.data::<Store>()?.checkpoints(&list.page, list.count).await;
        Ok(Listed::new(checkpoints.map_err(|error| unreadable(&error))?, |checkpoint| checkpoint.row()))
    }

    /// By the governor's id, decimal.
    #[graphql(complexity = "ROW_COST + child_complexity")]
    async fn proposal(&self, ctx: &Context<'_>, id: String) -> Result<Option<Proposal>> {
        let id = proposal_id("id", &id).map_err(|error| bad_input(&error))?;
        let proposal = ctx.data::<Store>()?.proposal(id).await.map_err(|error| unreadable(&error))?;
        Ok(proposal.map(Proposal::from))
    }

    /// Proposals, oldest first unless ordered otherwise.
    #[graphql(complexity = "cost(first, limit, child_complexity)")]
    async fn proposals(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", default)] filter: ProposalWhere,
        order_direction: Option<OrderDirection>,
        first: Option<u32>,
        limit: Option<u32>,
        after: Option<String>,
    ) -> Result<Listed<Proposal>> {
        let list = list(ctx, List { ordering: PROPOSALS_BY_NUMBER, direction: order_direction, first, limit, after })?;
        let filter = filter.try_into().map_err(|error| bad_input(&error))?;
        let proposals = ctx.data::<Store>()?.proposals(&filter, &list.page, list.count).await;
        Ok(Listed::new(proposals.map_err(|error| unreadable(&error))?, Proposal::from))
    }

    /// Votes, oldest first unless ordered otherwise.
    #[graphql(complexity = "cost(first, limit, child_complexity)")]
    async fn votes(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", default)] filter: VoteWhere,
        order_direction: Option<OrderDirection>,
        first: Option<u32>,
        limit: Option<u32>,
        after: Option<String>,
    ) -> Result<Listed<VoteRow>> {
        let list = list(ctx, List { ordering: VOTES_BY_ID, direction: order_direction, first, limit, after })?;
        let filter = filter.try_into().map_err(|error| bad_input(&error))?;
        let votes = ctx.data::<Store>()?.votes(&filter, &list.page, list.count).await;
        Ok(Listed::new(votes.map_err(|error| unreadable(&error))?, |vote| vote.row()))
    }

    /// What votes set, oldest first unless ordered otherwise.
    #[graphql(complexity = "cost(first, limit, child_complexity)")]
    async fn parameter_changes(
        &self,
        ctx: &Context<'_>,
        order_direction: Option<OrderDirection>,
        first: Option<u32>,
        limit: Option<u32>,
        after: Option<String>,
    ) -> Result<Listed<ParameterChangeRow>> {
        let list = list(ctx, List { ordering: CHANGES_BY_ID, direction: order_direction, first, limit, after })?;
        let changes = ctx.data::<Store>()?.parameter_changes(&list.page, list.count).await;
        Ok(Listed::new(changes.map_err(|error| unreadable(&error))?, |change| change.row()))
    }
}
