//! Collections and editions, their tokens and who holds them. Only those of the chain's own factory: an ERC-721 or ERC-1155 that somebody
//! else wrote has no rows here but those of its sales.

use super::{Answer, as_page, market::page};
use crate::{
    filter::{
        address,
        nft::{
            BALANCES_BY_NUMBER, BalanceFilter, CREATIONS_BY_NUMBER, CreationFilter, EDITIONS_BY_NUMBER, EditionFilter,
            TOKEN_TRANSFERS_BY_ID, TOKENS_BY_NUMBER, TokenFilter, TokenTransferFilter, of, token_id,
        },
    },
    record::TokenKey,
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
    BalanceQuery, BalanceRow, CreationQuery, CreationRow, EditionQuery, EditionRow, Page, Problem, TokenQuery,
    TokenRow, TokenTransferQuery, TokenTransferRow,
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<Served> {
    OpenApiRouter::new()
        .routes(routes!(creations))
        .routes(routes!(creation))
        .routes(routes!(tokens))
        .routes(routes!(token))
        .routes(routes!(editions))
        .routes(routes!(edition))
        .routes(routes!(balances))
        .routes(routes!(token_transfers))
}

/// Collections and editions of the chain's own factory, oldest first unless ordered otherwise.
#[utoipa::path(get, path = "/api/creations", params(CreationQuery), responses((status = 200, body = Page<CreationRow>), Failed))]
async fn creations(
    State(Served(shared)): State<Served>,
    Query(query): Query<CreationQuery>,
) -> Answer<Page<CreationRow>> {
    let creator = query.creator.as_deref().map(|text| address("creator", text)).transpose()?;
    let filter = CreationFilter { kind: query.kind, creator };
    let page = page(CREATIONS_BY_NUMBER, query.order_direction, query.limit, query.after)?;
    Ok(Json(as_page(shared.store.creations(&filter, &page, Count::Yes).await?, |creation| creation.row())))
}

/// One collection or editions.
#[utoipa::path(get, path = "/api/creations/{address}", params(("address" = String, Path)), responses((status = 200, body = CreationRow), (status = 404, body = Problem), Failed))]
async fn creation(State(Served(shared)): State<Served>, Path(text): Path<String>) -> Answer<CreationRow> {
    let address = address("address", &text)?;
    let found = shared.store.creation(address).await?;
    Ok(Json(found.ok_or_else(|| Refusal::NotFound(format!("creation {address}")))?.row()))
}

/// Tokens of collections, in the order in which they were minted unless ordered otherwise.
#[utoipa::path(get, path = "/api/tokens", params(TokenQuery), responses((status = 200, body = Page<TokenRow>), Failed))]
async fn tokens(State(Served(shared)): State<Served>, Query(query): Query<TokenQuery>) -> Answer<Page<TokenRow>> {
    let filter = TokenFilter {
        creation: query.creation.as_deref().map(|text| address("creation", text)).transpose()?,
        owner: query.owner.as_deref().map(|text| address("owner", text)).transpose()?,
        user: query.user.as_deref().map(|text| address("user", text)).transpose()?,
    };
    let page = page(TOKENS_BY_NUMBER, query.order_direction, query.limit, query.after)?;
    Ok(Json(as_page(shared.store.tokens(&filter, &page, Count::Yes).await?, |token| token.row())))
}

/// One token of a collection.
#[utoipa::path(get, path = "/api/tokens/{creation}/{id}", params(("creation" = String, Path), ("id" = String, Path, description = "Decimal")), responses((status = 200, body = TokenRow), (status = 404, body = Problem), Failed))]
async fn token(State(Served(shared)): State<Served>, Path((creation, id)): Path<(String, String)>) -> Answer<TokenRow> {
    let key = TokenKey::new(address("creation", &creation)?, token_id("id", &id)?);
    let found = shared.store.token(key).await?;
    Ok(Json(found.ok_or_else(|| Refusal::NotFound(format!("token {id} of {}", key.creation)))?.row()))
}

/// Tokens of editions, oldest first unless ordered otherwise.
#[utoipa::path(get, path = "/api/editions", params(EditionQuery), responses((status = 200, body = Page<EditionRow>), Failed))]
async fn editions(State(Served(shared)): State<Served>, Query(query): Query<EditionQuery>) -> Answer<Page<EditionRow>> {
    let creation = query.creation.as_deref().map(|text| address("creation", text)).transpose()?;
    let page = page(EDITIONS_BY_NUMBER, query.order_direction, query.limit, query.after)?;
    let editions = shared.store.editions(&EditionFilter { creation }, &page, Count::Yes).await?;
    Ok(Json(as_page(editions, |edition| edition.row())))
}

/// One token of editions, with how many copies there are.
#[utoipa::path(get, path = "/api/editions/{creation}/{id}", params(("creation" = String, Path), ("id" = String, Path, description = "Decimal")), responses((status = 200, body = EditionRow), (status = 404, body = Problem), Failed))]
async fn edition(
    State(Served(shared)): State<Served>,
    Path((creation, id)): Path<(String, String)>,
) -> Answer<EditionRow> {
    let key = TokenKey::new(address("creation", &creation)?, token_id("id", &id)?);
    let found = shared.store.edition(key).await?;
    Ok(Json(found.ok_or_else(|| Refusal::NotFound(format!("edition {id} of {}", key.creation)))?.row()))
}

/// Who holds how many copies of editions, oldest holders first unless ordered otherwise.
#[utoipa::path(get, path = "/api/balances", params(BalanceQuery), responses((status = 200, body = Page<BalanceRow>), Failed))]
async fn balances(State(Served(shared)): State<Served>, Query(query): Query<BalanceQuery>) -> Answer<Page<BalanceRow>> {
    let filter = BalanceFilter {
        of: of(query.creation.as_deref(), query.token_id.as_deref())?,
        holder: query.holder.as_deref().map(|text| address("holder", text)).transpose()?,
        held: query.held,
    };
    let page = page(BALANCES_BY_NUMBER, query.order_direction, query.limit, query.after)?;
    Ok(Json(as_page(shared.store.balances(&filter, &page, Count::Yes).await?, |balance| balance.row())))
}

/// Transfers of tokens, with mints and burns, oldest first unless ordered otherwise.
#[utoipa::path(get, path = "/api/token-transfers", params(TokenTransferQuery), responses((status = 200, body = Page<TokenTransferRow>), Failed))]
async fn token_transfers(
    State(Served(shared)): State<Served>,
    Query(query): Query<TokenTransferQuery>,
) -> Answer<Page<TokenTransferRow>> {
    let filter = TokenTransferFilter {
        of: of(query.creation.as_deref(), query.token_id.as_deref())?,
        account: query.account.as_deref().map(|text| address("account", text)).transpose()?,
    };
    let page = page(TOKEN_TRANSFERS_BY_ID, query.order_direction, query.limit, query.after)?;
    let transfers = shared.store.token_transfers(&filter, &page, Count::Yes).await?;
    Ok(Json(as_page(transfers, |transfer| transfer.row())))
}

#[cfg(test)]
mod tests;
