//! Payment pools.

use super::{
    market::history,
    query::{List, ROW_COST, cost, list},
    rows::{Listed, bad_input, unreadable},
};
use crate::{
    filter::{BadArgument, PAIRS_BY_ID, POOLS_BY_ID, PairFilter, PoolFilter, SESSIONS_BY_ID, address},
    record,
    store::Store,
};
use async_graphql::{ComplexObject, Context, InputObject, Object, Result, SimpleObject};
use edgeloom_index_api::{MarketContract, MarketEventRow, OrderDirection, PairRow, PoolPhase, PoolRow, SessionRow};

#[derive(Debug, Default, InputObject)]
pub(super) struct PoolWhere {
    phase: Option<PoolPhase>,
    payer: Option<String>,
}

#[derive(Debug, Default, InputObject)]
pub(super) struct PairWhere {
    pool: Option<u64>,
    payee: Option<String>,
    session: Option<String>,
}

impl TryFrom<PoolWhere> for PoolFilter {
    type Error = BadArgument;

    fn try_from(given: PoolWhere) -> Result<Self, BadArgument> {
        let payer = given.payer.as_deref().map(|text| address("payer", text)).transpose()?;
        Ok(Self { phase: given.phase, payer })
    }
}

impl TryFrom<PairWhere> for PairFilter {
    type Error = BadArgument;

    fn try_from(given: PairWhere) -> Result<Self, BadArgument> {
        Ok(Self {
            pool: given.pool,
            payee: given.payee.as_deref().map(|text| address("payee", text)).transpose()?,
            session: given.session.as_deref().map(|text| address("session", text)).transpose()?,
        })
    }
}

#[derive(SimpleObject)]
#[graphql(complex)]
pub(super) struct Pool {
    #[graphql(flatten)]
    row: PoolRow,
}

impl From<record::Pool> for Pool {
    fn from(record: record::Pool) -> Self {
        Self { row: record.row() }
    }
}

#[ComplexObject]
impl Pool {
    /// What happened to it, oldest first.
    #[graphql(complexity = "cost(first, None, child_complexity)")]
    async fn history(
        &self,
        ctx: &Context<'_>,
        first: Option<u32>,
        after: Option<String>,
    ) -> Result<Listed<MarketEventRow>> {
        history(ctx, (MarketContract::PaymentPool, self.row.id.to_string()), first, after).await
    }
}

#[derive(Default)]
pub(super) struct Pools;

#[Object]
impl Pools {
    #[graphql(complexity = "ROW_COST + child_complexity")]
    async fn pool(&self, ctx: &Context<'_>, id: u64) -> Result<Option<Pool>> {
        let pool = ctx.data::<Store>()?.pool(id).await.map_err(|error| unreadable(&error))?;
        Ok(pool.map(Pool::from))
    }

    /// Payment pools, oldest first unless ordered otherwise.
    #[graphql(complexity = "cost(first, limit, child_complexity)")]
    async fn pools(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", default)] filter: PoolWhere,
        order_direction: Option<OrderDirection>,
        first: Option<u32>,
        limit: Option<u32>,
        after: Option<String>,
    ) -> Result<Listed<Pool>> {
        let list = list(ctx, List { ordering: POOLS_BY_ID, direction: order_direction, first, limit, after })?;
        let filter = filter.try_into().map_err(|error| bad_input(&error))?;
        let pools = ctx.data::<Store>()?.pools(&filter, &list.page, list.count).await;
        Ok(Listed::new(pools.map_err(|error| unreadable(&error))?, Pool::from))
    }

    /// What pools owe payees, and what of it was redeemed and collected; oldest first unless ordered otherwise.
    #[graphql(complexity = "cost(first, limit, child_complexity)")]
    async fn pairs(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", default)] filter: PairWhere,
        order_direction: Option<OrderDirection>,
        first: Option<u32>,
        limit: Option<u32>,
        after: Option<String>,
    ) -> Result<Listed<PairRow>> {
        let list = list(ctx, List { ordering: PAIRS_BY_ID, direction: order_direction, first, limit, after })?;
        let filter = filter.try_into().map_err(|error| bad_input(&error))?;
        let pairs = ctx.data::<Store>()?.pairs(&filter, &list.page, list.count).await;
        Ok(Listed::new(pairs.map_err(|error| unreadable(&error))?, |pair| pair.row()))
    }

    /// Keys that sign in the name of pools' payers, oldest first unless ordered otherwise.
    #[graphql(complexity = "cost(first, limit, child_complexity)")]
    async fn sessions(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", default)] filter: PairWhere,
        order_direction: Option<OrderDirection>,
        first: Option<u32>,
        limit: Option<u32>,
        after: Option<String>,
    ) -> Result<Listed<SessionRow>> {
        let list = list(ctx, List { ordering: SESSIONS_BY_ID, direction: order_direction, first, limit, after })?;
        let filter = filter.try_into().map_err(|error| bad_input(&error))?;
        let sessions = ctx.data::<Store>()?.sessions(&filter, &list.page, list.count).await;
        Ok(Listed::new(sessions.map_err(|error| unreadable(&error))?, |session| session.row()))
    }
}
