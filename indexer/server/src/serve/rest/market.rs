//! Orders, leases, auctions and their bids, and every event of the market's contracts.

use super::{Answer, as_page};
use crate::{
    filter::{
        AUCTIONS_BY_NUMBER, AuctionFilter, BIDS_BY_ID, BadArgument, BidFilter, LEASES_BY_ID, LeaseFilter,
        MARKET_EVENTS_BY_ID, MarketEventFilter, ORDERS_BY_ID, OrderFilter, address, hash, keyword,
    },
    page::{Ordering, PageArguments, PageRequest},
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
    AuctionDetail, AuctionQuery, AuctionRow, BidQuery, BidRow, LeaseDetail, LeaseQuery, LeaseRow, MarketContract,
    MarketEventQuery, MarketEventRow, OrderDirection, OrderQuery, OrderRow, Page, Problem,
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<Served> {
    OpenApiRouter::new()
        .routes(routes!(orders))
        .routes(routes!(order))
        .routes(routes!(leases))
        .routes(routes!(lease))
        .routes(routes!(auctions))
        .routes(routes!(auction))
        .routes(routes!(bids))
        .routes(routes!(market_events))
}

pub(super) fn page(
    ordering: Ordering,
    direction: Option<OrderDirection>,
    limit: Option<u32>,
    after: Option<String>,
) -> Result<PageRequest, BadArgument> {
    let arguments = PageArguments { direction: direction.unwrap_or_default(), limit, after };
    Ok(PageRequest::parse(ordering, &arguments)?)
}

/// Orders of jobs, oldest first unless ordered otherwise. `/api/jobs?order=N` has the jobs of one.
#[utoipa::path(get, path = "/api/orders", params(OrderQuery), responses((status = 200, body = Page<OrderRow>), Failed))]
async fn orders(State(Served(shared)): State<Served>, Query(query): Query<OrderQuery>) -> Answer<Page<OrderRow>> {
    let filter = OrderFilter {
        requester: query.requester.as_deref().map(|text| address("requester", text)).transpose()?,
        model: query.model_id.as_deref().map(|text| hash("modelId", text)).transpose()?,
        kind: query.kind,
    };
    let page = page(ORDERS_BY_ID, query.order_direction, query.limit, query.after)?;
    Ok(Json(as_page(shared.store.orders(&filter, &page, Count::Yes).await?, |order| order.row())))
}

/// One order.
#[utoipa::path(get, path = "/api/orders/{id}", params(("id" = u64, Path)), responses((status = 200, body = OrderRow), (status = 404, body = Problem), Failed))]
async fn order(State(Served(shared)): State<Served>, Path(id): Path<u64>) -> Answer<OrderRow> {
    let found = shared.store.orders_by_id(&[id]).await?.pop();
    Ok(Json(found.ok_or_else(|| Refusal::NotFound(format!("order {id}")))?.row()))
}

/// Leases of machines, oldest first unless ordered otherwise.
#[utoipa::path(get, path = "/api/leases", params(LeaseQuery), responses((status = 200, body = Page<LeaseRow>), Failed))]
async fn leases(State(Served(shared)): State<Served>, Query(query): Query<LeaseQuery>) -> Answer<Page<LeaseRow>> {
    let filter = LeaseFilter {
        phase: query.phase,
        requester: query.requester.as_deref().map(|text| address("requester", text)).transpose()?,
        worker: query.worker.as_deref().map(|text| address("worker", text)).transpose()?,
    };
    let page = page(LEASES_BY_ID, query.order_direction, query.limit, query.after)?;
    Ok(Json(as_page(shared.store.leases(&filter, &page, Count::Yes).await?, |lease| lease.row())))
}

/// One lease with its history.
#[utoipa::path(get, path = "/api/leases/{id}", params(("id" = u64, Path)), responses((status = 200, body = LeaseDetail), (status = 404, body = Problem), Failed))]
async fn lease(State(Served(shared)): State<Served>, Path(id): Path<u64>) -> Answer<LeaseDetail> {
    let found = shared.store.lease(id).await?.ok_or_else(|| Refusal::NotFound(format!("lease {id}")))?;
    let history = shared.store.history_of(MarketContract::Leases, &id.to_string()).await?;
    Ok(Json(found.detail(&history)))
}

/// Auctions of jobs, oldest first unless ordered otherwise.
#[utoipa::path(get, path = "/api/auctions", params(AuctionQuery), responses((status = 200, body = Page<AuctionRow>), Failed))]
async fn auctions(State(Served(shared)): State<Served>, Query(query): Query<AuctionQuery>) -> Answer<Page<AuctionRow>> {
    let requester = query.requester.as_deref().map(|text| address("requester", text)).transpose()?;
    let filter = AuctionFilter { phase: query.phase, requester };
    let page = page(AUCTIONS_BY_NUMBER, query.order_direction, query.limit, query.after)?;
    Ok(Json(as_page(shared.store.auctions(&filter, &page, Count::Yes).await?, |auction| auction.row())))
}

/// One auction with its history.
#[utoipa::path(get, path = "/api/auctions/{id}", params(("id" = String, Path, description = "The hash of its terms")), responses((status = 200, body = AuctionDetail), (status = 404, body = Problem), Failed))]
async fn auction(State(Served(shared)): State<Served>, Path(text): Path<String>) -> Answer<AuctionDetail> {
    let id = hash("id", &text)?;
    let found = shared.store.auction(id).await?.ok_or_else(|| Refusal::NotFound(format!("auction {id}")))?;
    let history = shared.store.history_of(MarketContract::Auctions, &id.to_string()).await?;
    Ok(Json(found.detail(&history)))
}

/// Bids, oldest first unless ordered otherwise.
#[utoipa::path(get, path = "/api/bids", params(BidQuery), responses((status = 200, body = Page<BidRow>), Failed))]
async fn bids(State(Served(shared)): State<Served>, Query(query): Query<BidQuery>) -> Answer<Page<BidRow>> {
    let filter = BidFilter {
        auction: query.auction.as_deref().map(|text| hash("auction", text)).transpose()?,
        bidder: query.bidder.as_deref().map(|text| address("bidder", text)).transpose()?,
    };
    let page = page(BIDS_BY_ID, query.order_direction, query.limit, query.after)?;
    Ok(Json(as_page(shared.store.bids(&filter, &page, Count::Yes).await?, |bid| bid.row())))
}

/// Every event of leases, auctions, payments and verifiers, oldest first unless ordered otherwise.
#[utoipa::path(get, path = "/api/market-events", params(MarketEventQuery), responses((status = 200, body = Page<MarketEventRow>), Failed))]
async fn market_events(
    State(Served(shared)): State<Served>,
    Query(query): Query<MarketEventQuery>,
) -> Answer<Page<MarketEventRow>> {
    let filter = MarketEventFilter {
        contract: query.contract,
        subject: query.subject.as_deref().map(|text| keyword("subject", text)).transpose()?,
        name: query.name.as_deref().map(|text| keyword("name", text)).transpose()?,
        actor: query.actor.as_deref().map(|text| address("actor", text)).transpose()?,
    };
    let page = page(MARKET_EVENTS_BY_ID, query.order_direction, query.limit, query.after)?;
    Ok(Json(as_page(shared.store.market_events(&filter, &page, Count::Yes).await?, |event| event.row())))
}

#[cfg(test)]
mod tests;
