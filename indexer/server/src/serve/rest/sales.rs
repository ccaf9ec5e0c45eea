//! Sales, auctions and rentals of tokens, and what tokens open.

use super::{Answer, as_page, market::page};
use crate::{
    filter::{
        address, keyword,
        nft::{
            GATES_BY_ID, GateFilter, LOT_BIDS_BY_ID, LOTS_BY_ID, LotBidFilter, LotFilter, RENTALS_BY_ID, RentalFilter,
            SALES_BY_ID, SaleFilter, of,
        },
    },
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
    GateDetail, GateQuery, GateRow, LotBidQuery, LotBidRow, LotDetail, LotQuery, LotRow, MarketContract, Page, Problem,
    RentalQuery, RentalRow, SaleQuery, SaleRow,
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<Served> {
    OpenApiRouter::new()
        .routes(routes!(sales))
        .routes(routes!(sale))
        .routes(routes!(lots))
        .routes(routes!(lot))
        .routes(routes!(lot_bids))
        .routes(routes!(rentals))
        .routes(routes!(gates))
        .routes(routes!(gate))
}

/// Sales of tokens, however they came to be, oldest first unless ordered otherwise. `selfDealing` is a hint, and no proof.
#[utoipa::path(get, path = "/api/sales", params(SaleQuery), responses((status = 200, body = Page<SaleRow>), Failed))]
async fn sales(State(Served(shared)): State<Served>, Query(query): Query<SaleQuery>) -> Answer<Page<SaleRow>> {
    let filter = SaleFilter {
        kind: query.kind,
        of: of(query.creation.as_deref(), query.token_id.as_deref())?,
        seller: query.seller.as_deref().map(|text| address("seller", text)).transpose()?,
        buyer: query.buyer.as_deref().map(|text| address("buyer", text)).transpose()?,
        account: query.account.as_deref().map(|text| address("account", text)).transpose()?,
        reference: query.reference.as_deref().map(|text| keyword("reference", text)).transpose()?,
        marked: query.marked,
    };
    let page = page(SALES_BY_ID, query.order_direction, query.limit, query.after)?;
    Ok(Json(as_page(shared.store.sales(&filter, &page, Count::Yes).await?, |sale| sale.row())))
}

/// One sale.
#[utoipa::path(get, path = "/api/sales/{id}", params(("id" = u64, Path)), responses((status = 200, body = SaleRow), (status = 404, body = Problem), Failed))]
async fn sale(State(Served(shared)): State<Served>, Path(id): Path<u64>) -> Answer<SaleRow> {
    let found = shared.store.sale(id).await?;
    Ok(Json(found.ok_or_else(|| Refusal::NotFound(format!("sale {id}")))?.row()))
}

/// Auctions of tokens, oldest first unless ordered otherwise. (`/api/auctions` has those of jobs.)
#[utoipa::path(get, path = "/api/lots", params(LotQuery), responses((status = 200, body = Page<LotRow>), Failed))]
async fn lots(State(Served(shared)): State<Served>, Query(query): Query<LotQuery>) -> Answer<Page<LotRow>> {
    let filter = LotFilter {
        phase: query.phase,
        seller: query.seller.as_deref().map(|text| address("seller", text)).transpose()?,
        creation: query.creation.as_deref().map(|text| address("creation", text)).transpose()?,
    };
    let page = page(LOTS_BY_ID, query.order_direction, query.limit, query.after)?;
    Ok(Json(as_page(shared.store.lots(&filter, &page, Count::Yes).await?, |lot| lot.row())))
}

/// One auction of a token with its history.
#[utoipa::path(get, path = "/api/lots/{id}", params(("id" = u64, Path)), responses((status = 200, body = LotDetail), (status = 404, body = Problem), Failed))]
async fn lot(State(Served(shared)): State<Served>, Path(id): Path<u64>) -> Answer<LotDetail> {
    let found = shared.store.lot(id).await?.ok_or_else(|| Refusal::NotFound(format!("lot {id}")))?;
    let history = shared.store.history_of(MarketContract::AuctionHouse, &id.to_string()).await?;
    Ok(Json(found.detail(&history)))
}

/// Bids for tokens, oldest first unless ordered otherwise.
#[utoipa::path(get, path = "/api/lot-bids", params(LotBidQuery), responses((status = 200, body = Page<LotBidRow>), Failed))]
async fn lot_bids(State(Served(shared)): State<Served>, Query(query): Query<LotBidQuery>) -> Answer<Page<LotBidRow>> {
    let bidder = query.bidder.as_deref().map(|text| address("bidder", text)).transpose()?;
    let page = page(LOT_BIDS_BY_ID, query.order_direction, query.limit, query.after)?;
    let bids = shared.store.lot_bids(&LotBidFilter { lot: query.lot, bidder }, &page, Count::Yes).await?;
    Ok(Json(as_page(bids, |bid| bid.row())))
}

/// Rentals of tokens, oldest first unless ordered otherwise.
#[utoipa::path(get, path = "/api/rentals", params(RentalQuery), responses((status = 200, body = Page<RentalRow>), Failed))]
async fn rentals(State(Served(shared)): State<Served>, Query(query): Query<RentalQuery>) -> Answer<Page<RentalRow>> {
    let filter = RentalFilter {
        of: of(query.creation.as_deref(), query.token_id.as_deref())?,
        owner: query.owner.as_deref().map(|text| address("owner", text)).transpose()?,
        renter: query.renter.as_deref().map(|text| address("renter", text)).transpose()?,
    };
    let page = page(RENTALS_BY_ID, query.order_direction, query.limit, query.after)?;
    Ok(Json(as_page(shared.store.rentals(&filter, &page, Count::Yes).await?, |rental| rental.row())))
}

/// Media that tokens open, oldest first unless ordered otherwise.
#[utoipa::path(get, path = "/api/gates", params(GateQuery), responses((status = 200, body = Page<GateRow>), Failed))]
async fn gates(State(Served(shared)): State<Served>, Query(query): Query<GateQuery>) -> Answer<Page<GateRow>> {
    let filter = GateFilter {
        owner: query.owner.as_deref().map(|text| address("owner", text)).transpose()?,
        collection: query.collection.as_deref().map(|text| address("collection", text)).transpose()?,
    };
    let page = page(GATES_BY_ID, query.order_direction, query.limit, query.after)?;
    Ok(Json(as_page(shared.store.gates(&filter, &page, Count::Yes).await?, |gate| gate.row())))
}

/// One gate with its history.
#[utoipa::path(get, path = "/api/gates/{id}", params(("id" = u64, Path)), responses((status = 200, body = GateDetail), (status = 404, body = Problem), Failed))]
async fn gate(State(Served(shared)): State<Served>, Path(id): Path<u64>) -> Answer<GateDetail> {
    let found = shared.store.gate(id).await?.ok_or_else(|| Refusal::NotFound(format!("gate {id}")))?;
    let history = shared.store.history_of(MarketContract::MediaGate, &id.to_string()).await?;
    Ok(Json(found.detail(&history)))
}

#[cfg(test)]
mod tests;
