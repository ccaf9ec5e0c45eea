//! First sales: drops, and sealed packs. What was bought in them is in the list of sales.

use super::{Answer, as_page, market::page};
use crate::{
    filter::{
        BadArgument, address,
        nft::{DROPS_BY_ID, DropFilter, PACK_SALES_BY_ID, PACKS_BY_ID, PackFilter},
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
use edgeloom_index_api::{DropQuery, DropRow, PackQuery, PackRow, PackSaleRow, Page, Problem};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<Served> {
    OpenApiRouter::new()
        .routes(routes!(drops))
        .routes(routes!(drop_row))
        .routes(routes!(pack_sales))
        .routes(routes!(pack_sale))
        .routes(routes!(packs))
}

fn filter(query: &DropQuery) -> Result<DropFilter, BadArgument> {
    Ok(DropFilter {
        creation: query.creation.as_deref().map(|text| address("creation", text)).transpose()?,
        creator: query.creator.as_deref().map(|text| address("creator", text)).transpose()?,
    })
}

/// Drops, oldest first unless ordered otherwise.
#[utoipa::path(get, path = "/api/drops", params(DropQuery), responses((status = 200, body = Page<DropRow>), Failed))]
async fn drops(State(Served(shared)): State<Served>, Query(query): Query<DropQuery>) -> Answer<Page<DropRow>> {
    let filter = filter(&query)?;
    let page = page(DROPS_BY_ID, query.order_direction, query.limit, query.after)?;
    Ok(Json(as_page(shared.store.drops(&filter, &page, Count::Yes).await?, |drop| drop.row())))
}

/// One drop.
#[utoipa::path(get, path = "/api/drops/{id}", operation_id = "drop", params(("id" = u64, Path)), responses((status = 200, body = DropRow), (status = 404, body = Problem), Failed))]
async fn drop_row(State(Served(shared)): State<Served>, Path(id): Path<u64>) -> Answer<DropRow> {
    let found = shared.store.drop_by_id(id).await?;
    Ok(Json(found.ok_or_else(|| Refusal::NotFound(format!("drop {id}")))?.row()))
}

/// Sales of sealed packs, oldest first unless ordered otherwise.
#[utoipa::path(get, path = "/api/pack-sales", params(DropQuery), responses((status = 200, body = Page<PackSaleRow>), Failed))]
async fn pack_sales(State(Served(shared)): State<Served>, Query(query): Query<DropQuery>) -> Answer<Page<PackSaleRow>> {
    let filter = filter(&query)?;
    let page = page(PACK_SALES_BY_ID, query.order_direction, query.limit, query.after)?;
    Ok(Json(as_page(shared.store.pack_sales(&filter, &page, Count::Yes).await?, |sale| sale.row())))
}

/// One sale of sealed packs.
#[utoipa::path(get, path = "/api/pack-sales/{id}", params(("id" = u64, Path)), responses((status = 200, body = PackSaleRow), (status = 404, body = Problem), Failed))]
async fn pack_sale(State(Served(shared)): State<Served>, Path(id): Path<u64>) -> Answer<PackSaleRow> {
    let found = shared.store.pack_sale(id).await?;
    Ok(Json(found.ok_or_else(|| Refusal::NotFound(format!("sale {id} of packs")))?.row()))
}

/// Packs that were opened, in the order in which they were unless ordered otherwise.
#[utoipa::path(get, path = "/api/packs", params(PackQuery), responses((status = 200, body = Page<PackRow>), Failed))]
async fn packs(State(Served(shared)): State<Served>, Query(query): Query<PackQuery>) -> Answer<Page<PackRow>> {
    let buyer = query.buyer.as_deref().map(|text| address("buyer", text)).transpose()?;
    let page = page(PACKS_BY_ID, query.order_direction, query.limit, query.after)?;
    let packs = shared.store.packs(&PackFilter { sale: query.sale, buyer }, &page, Count::Yes).await?;
    Ok(Json(as_page(packs, |pack| pack.row())))
}

#[cfg(test)]
mod tests;
