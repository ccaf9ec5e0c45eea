//! Payment pools.

use super::{Answer, as_page, market::page};
use crate::{
    filter::{BadArgument, PAIRS_BY_ID, POOLS_BY_ID, PairFilter, PoolFilter, SESSIONS_BY_ID, address},
    serve::{
        Served,
        problem::{Failed, Refusal},
    },
    store::Count,
};
use axum::{
    Json,
    extract::{Path, Query, State},
};
use edgeloom_index_api::{
    MarketContract, Page, PairQuery, PairRow, PoolDetail, PoolQuery, PoolRow, Problem, SessionRow,
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<Served> {
    OpenApiRouter::new().routes(routes!(pools)).routes(routes!(pool)).routes(routes!(pairs)).routes(routes!(sessions))
}

/// Payment pools, oldest first unless ordered otherwise.
#[utoipa::path(get, path = "/api/pools", params(PoolQuery), responses((status = 200, body = Page<PoolRow>), Failed))]
async fn pools(State(Served(shared)): State<Served>, Query(query): Query<PoolQuery>) -> Answer<Page<PoolRow>> {
    let payer = query.payer.as_deref().map(|text| address("payer", text)).transpose()?;
    let filter = PoolFilter { phase: query.phase, payer };
    let page = page(POOLS_BY_ID, query.order_direction, query.limit, query.after)?;
    Ok(Json(as_page(shared.store.pools(&filter, &page, Count::Yes).await?, |pool| pool.row())))
}

/// One payment pool with its history.
#[utoipa::path(get, path = "/api/pools/{id}", params(("id" = u64, Path)), responses((status = 200, body = PoolDetail), (status = 404, body = Problem), Failed))]
async fn pool(State(Served(shared)): State<Served>, Path(id): Path<u64>) -> Answer<PoolDetail> {
    let found = shared.store.pool(id).await?.ok_or_else(|| Refusal::NotFound(format!("pool {id}")))?;
    let history = shared.store.history_of(MarketContract::PaymentPool, &id.to_string()).await?;
    Ok(Json(found.detail(&history)))
}

fn of_pairs(query: &PairQuery) -> Result<PairFilter, BadArgument> {
    Ok(PairFilter {
        pool: query.pool,
        payee: query.payee.as_deref().map(|text| address("payee", text)).transpose()?,
        session: query.session.as_deref().map(|text| address("session", text)).transpose()?,
    })
}

/// What pools owe payees, and what of it was redeemed and collected; oldest first unless ordered otherwise.
#[utoipa::path(get, path = "/api/pairs", params(PairQuery), responses((status = 200, body = Page<PairRow>), Failed))]
async fn pairs(State(Served(shared)): State<Served>, Query(query): Query<PairQuery>) -> Answer<Page<PairRow>> {
    let filter = of_pairs(&query)?;
    let page = page(PAIRS_BY_ID, query.order_direction, query.limit, query.after)?;
    Ok(Json(as_page(shared.store.pairs(&filter, &page, Count::Yes).await?, |pair| pair.row())))
}

/// Keys that sign in the name of pools' payers, oldest first unless ordered otherwise.
#[utoipa::path(get, path = "/api/sessions", params(PairQuery), responses((status = 200, body = Page<SessionRow>), Failed))]
async fn sessions(State(Served(shared)): State<Served>, Query(query): Query<PairQuery>) -> Answer<Page<SessionRow>> {
    let filter = of_pairs(&query)?;
    let page = page(SESSIONS_BY_ID, query.order_direction, query.limit, query.after)?;
    Ok(Json(as_page(shared.store.sessions(&filter, &page, Count::Yes).await?, |session| session.row())))
}

#[cfg(test)]
mod tests;
