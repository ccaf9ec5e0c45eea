//! The root: single rows, lists and `_meta`. Lists take GraphQL arguments of Ponder's names and, where The Graph's differ,
//! those too (`first` is `limit`).

#![expect(clippy::too_many_arguments, reason = "a GraphQL field's arguments are its function's parameters")]

use super::{
    contracts::Contract,
    drops::FirstSales,
    institutions::Institutions,
    market::Deals,
    nft::Creations,
    pools::Pools,
    rows::{Job, Listed, Model, Worker, bad_input, unreadable},
    sales::Sales,
    wheres::{JobWhere, ModelWhere, TransferWhere, WorkerWhere},
};
use crate::{
    filter::{BadArgument, CONTRACTS_BY_NUMBER, address, hash, jobs_by, models_by, transfers_by, workers_by},
    page::{Ordering, PageArguments, PageError, PageRequest},
    progress::Progress,
    store::{Count, Store},
};
use async_graphql::{Context, MergedObject, Object, Result};
use edgeloom_index_api::{JobOrder, Meta, ModelOrder, OrderDirection, Page, TransferOrder, TransferRow, WorkerOrder};

/// The root.
#[derive(Default, MergedObject)]
pub(super) struct Query(Market, Deals, Pools, Institutions, Creations, Sales, FirstSales);

/// Rows of the market, and what they refer to.
#[derive(Default)]
pub(super) struct Market;

/// Arguments that all lists share.
pub(super) struct List {
    pub(super) ordering: Ordering,
    pub(super) direction: Option<OrderDirection>,
    pub(super) first: Option<u32>,
    pub(super) limit: Option<u32>,
    pub(super) after: Option<String>,
}

/// The same, checked.
pub(super) struct Listing {
    pub(super) page: PageRequest,
    pub(super) count: Count,
}

pub(super) fn list(ctx: &Context<'_>, list: List) -> Result<Listing> {
    let wrong = |error: PageError| bad_input(&BadArgument::from(error));
    if list.first.is_some() && list.limit.is_some() {
        return Err(wrong(PageError::TwoLimits));
    }
    let arguments = PageArguments {
        direction: list.direction.unwrap_or_default(),
        limit: list.first.or(list.limit),
        after: list.after,
    };
    let page = PageRequest::parse(list.ordering, &arguments).map_err(wrong)?;
    let count = if ctx.look_ahead().field("totalCount").exists() { Count::Yes } else { Count::No };
    Ok(Listing { page, count })
}

/// G4: what a list costs besides its rows: a page is looked up, and perhaps counted.
const LIST_COST: usize = 100;
/// G4: what looking up a row costs besides its fields.
pub(super) const ROW_COST: usize = 10;

/// G4: a list costs its fields once per row that it may have.
pub(super) fn cost(first: Option<u32>, limit: Option<u32>, child: usize) -> usize {
    let rows = first.or(limit).unwrap_or(Page::<()>::LIMIT_DEFAULT).min(Page::<()>::LIMIT_MAX);
    child.saturating_mul(rows as usize).saturating_add(LIST_COST)
}

#[Object]
impl Market {
    #[graphql(complexity = "ROW_COST + child_complexity")]
    async fn job(&self, ctx: &Context<'_>, id: u64) -> Result<Option<Job>> {
        let jobs = ctx.data::<Store>()?.jobs_by_id(&[id]).await.map_err(|error| unreadable(&error))?;
        Ok(jobs.into_iter().next().map(Job::from))
    }

    /// Jobs, by number unless ordered otherwise.
    #[graphql(complexity = "cost(first, limit, child_complexity)")]
    async fn jobs(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", default)] filter: JobWhere,
        #[graphql(default)] order_by: JobOrder,
        order_direction: Option<OrderDirection>,
        first: Option<u32>,
        limit: Option<u32>,
        after: Option<String>,
    ) -> Result<Listed<Job>> {
        let list = list(ctx, List { ordering: jobs_by(order_by), direction: order_direction, first, limit, after })?;
        let filter = filter.try_into().map_err(|error| bad_input(&error))?;
        let jobs =
            ctx.data::<Store>()?.jobs(&filter, &list.page, list.count).await.map_err(|error| unreadable(&error))?;
        Ok(Listed::new(jobs, Job::from))
    }

    #[graphql(complexity = "ROW_COST + child_complexity")]
    async fn worker(&self, ctx: &Context<'_>, address: String) -> Result<Option<Worker>> {
        let address = self::address("address", &address).map_err(|error| bad_input(&error))?;
        let workers = ctx.data::<Store>()?.workers_by_address(&[address]).await.map_err(|error| unreadable(&error))?;
        Ok(workers.into_iter().next().map(Worker::from))
    }

    /// Everyone who ever bonded, by address unless ordered otherwise.
    #[graphql(complexity = "cost(first, limit, child_complexity)")]
    async fn workers(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", default)] filter: WorkerWhere,
        #[graphql(default)] order_by: WorkerOrder,
        order_direction: Option<OrderDirection>,
        first: Option<u32>,
        limit: Option<u32>,
        after: Option<String>,
    ) -> Result<Listed<Worker>> {
        let list = list(ctx, List { ordering: workers_by(order_by), direction: order_direction, first, limit, after })?;
        let filter = filter.try_into().map_err(|error| bad_input(&error))?;
        let workers =
            ctx.data::<Store>()?.workers(&filter, &list.page, list.count).await.map_err(|error| unreadable(&error))?;
        Ok(Listed::new(workers, Worker::from))
    }

    #[graphql(complexity = "ROW_COST + child_complexity")]
    async fn model(&self, ctx: &Context<'_>, id: String) -> Result<Option<Model>> {
        let id = hash("id", &id).map_err(|error| bad_input(&error))?;
        let models = ctx.data::<Store>()?.models_by_id(&[id]).await.map_err(|error| unreadable(&error))?;
        Ok(models.into_iter().next().map(Model::from))
    }

    /// Registered models, oldest first unless ordered otherwise.
    #[graphql(complexity = "cost(first, limit, child_complexity)")]
    async fn models(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", default)] filter: ModelWhere,
        #[graphql(default)] order_by: ModelOrder,
        order_direction: Option<OrderDirection>,
        first: Option<u32>,
        limit: Option<u32>,
        after: Option<String>,
    ) -> Result<Listed<Model>> {
        let list = list(ctx, List { ordering: models_by(order_by), direction: order_direction, first, limit, after })?;
        let filter = filter.try_into().map_err(|error| bad_input(&error))?;
        let models =
            ctx.data::<Store>()?.models(&filter, &list.page, list.count).await.map_err(|error| unreadable(&error))?;
        Ok(Listed::new(models, Model::from))
    }

    /// Transfers of TFUEL and THETA, oldest first unless ordered otherwise.
    #[graphql(complexity = "cost(first, limit, child_complexity)")]
    async fn transfers(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", default)] filter: TransferWhere,
        #[graphql(default)] order_by: TransferOrder,
        order_direction: Option<OrderDirection>,
        first: Option<u32>,
        limit: Option<u32>,
        after: Option<String>,
    ) -> Result<Listed<TransferRow>> {
        let list =
            list(ctx, List { ordering: transfers_by(order_by), direction: order_direction, first, limit, after })?;
        let filter = filter.try_into().map_err(|error| bad_input(&error))?;
        let transfers = ctx
            .data::<Store>()?
            .transfers(&filter, &list.page, list.count)
            .await
            .map_err(|error| unreadable(&error))?;
        Ok(Listed::new(transfers, |transfer| transfer.row()))
    }

    #[graphql(complexity = "ROW_COST + child_complexity")]
    async fn contract(&self, ctx: &Context<'_>, address: String) -> Result<Option<Contract>> {
        let address = self::address("address", &address).map_err(|error| bad_input(&error))?;
        let contract = ctx.data::<Store>()?.contract(address).await.map_err(|error| unreadable(&error))?;
        Ok(contract.map(Contract::from))
    }

    /// Contracts with verified sources, in the order of their verification.
    #[graphql(complexity = "cost(first, limit, child_complexity)")]
    async fn contracts(
        &self,
        ctx: &Context<'_>,
        order_direction: Option<OrderDirection>,
        first: Option<u32>,
        limit: Option<u32>,
        after: Option<String>,
    ) -> Result<Listed<Contract>> {
        let list = list(ctx, List { ordering: CONTRACTS_BY_NUMBER, direction: order_direction, first, limit, after })?;
        let contracts =
            ctx.data::<Store>()?.contracts(&list.page, list.count).await.map_err(|error| unreadable(&error))?;
        Ok(Listed::new(contracts, Contract::from))
    }

    /// How far the index has come.
    #[graphql(name = "_meta")]
    async fn meta(&self, ctx: &Context<'_>) -> Result<Meta> {
        Ok(ctx.data::<Progress>()?.state().meta())
    }
}
