//! REST: the same lists as GraphQL, described by OpenAPI.

mod drops;
mod institutions;
mod market;
mod nft;
mod pools;
mod sales;

use super::{
    Served, graphql,
    problem::{Failed, Refusal},
    turns::{self, Turns},
};
use crate::{
    filter::{
        BadArgument, CONTRACTS_BY_NUMBER, JobFilter, ModelFilter, TransferFilter, WorkerFilter, address, hash, jobs_by,
        models_by, phases, transfers_by, wei, workers_by,
    },
    page::{PageArguments, PageRequest},
    store::{Count, Slice, StoreError},
};
use axum::{
    Json,
    extract::{Path, Query, State},
    middleware,
};
use edgeloom_index_api::{
    ContractDetail, ContractQuery, ContractRow, JobDetail, JobQuery, JobRow, Meta, ModelQuery, ModelRow, Page,
    PageInfo, Problem, TransferQuery, TransferRow, WorkerQuery, WorkerRow,
};
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

type Answer<T> = Result<Json<T>, Refusal>;

#[derive(OpenApi)]
#[openapi(info(
    title = "Edgeloom index",
    description = "Jobs, orders, leases, auctions, payment pools, workers, models, transfers, stakes, committees, checkpoints, votes, collections, editions, their tokens and sales, and verified contracts of an Edgeloom chain. Only final blocks are indexed: rows never go back, unless \
                   a development chain does. Amounts are wei as decimal strings. Contracts are verified by Sourcify's API v2 and by \
                   Etherscan's form; their errors have those APIs' own shapes."
))]
struct Described;

/// V4. GraphQL queries are fewer: one may read much more.
const REST_AT_ONCE: usize = 16;
const GRAPHQL_AT_ONCE: usize = 8;

pub(super) fn routes() -> OpenApiRouter<Served> {
    let asked = OpenApiRouter::new()
        .routes(routes!(jobs))
        .routes(routes!(job))
        .routes(routes!(workers))
        .routes(routes!(worker))
        .routes(routes!(models))
        .routes(routes!(model))
        .routes(routes!(transfers))
        .routes(routes!(contracts))
        .routes(routes!(contract))
        .merge(market::routes())
        .merge(pools::routes())
        .merge(nft::routes())
        .merge(sales::routes())
        .merge(drops::routes())
        .merge(institutions::routes())
        .route_layer(middleware::from_fn_with_state(Turns::new(REST_AT_ONCE), turns::wait));
    let queried = OpenApiRouter::new()
        .routes(routes!(graphql::answer))
        .route_layer(middleware::from_fn_with_state(Turns::new(GRAPHQL_AT_ONCE), turns::wait));
    OpenApiRouter::with_openapi(Described::openapi())
        .merge(asked)
        .merge(queried)
        .routes(routes!(meta))
        .routes(routes!(super::health))
        .routes(routes!(super::ready))
        .routes(routes!(super::metrics))
}

/// Jobs, by number unless ordered otherwise.
#[utoipa::path(get, path = "/api/jobs", params(JobQuery), responses((status = 200, body = Page<JobRow>), Failed))]
async fn jobs(State(Served(shared)): State<Served>, Query(query): Query<JobQuery>) -> Answer<Page<JobRow>> {
    let filter = JobFilter {
        phases: query.phase.as_deref().map(phases).transpose()?.unwrap_or_default(),
        requester: query.requester.as_deref().map(|text| address("requester", text)).transpose()?,
        worker: query.worker.as_deref().map(|text| address("worker", text)).transpose()?,
        model: query.model_id.as_deref().map(|text| hash("modelId", text)).transpose()?,
        order: query.order,
        price_min: query.price_wei_gte.as_deref().map(|text| wei("priceWei_gte", text)).transpose()?,
        price_max: query.price_wei_lte.as_deref().map(|text| wei("priceWei_lte", text)).transpose()?,
        posted_block_min: query.posted_block_gte,
        posted_block_max: query.posted_block_lte,
    };
    let arguments =
        PageArguments { direction: query.order_direction.unwrap_or_default(), limit: query.limit, after: query.after };
    let page =
        PageRequest::parse(jobs_by(query.order_by.unwrap_or_default()), &arguments).map_err(BadArgument::from)?;
    Ok(Json(as_page(shared.store.jobs(&filter, &page, Count::Yes).await?, |job| job.row())))
}

/// One job with its bytes and its history.
#[utoipa::path(get, path = "/api/jobs/{id}", params(("id" = u64, Path)), responses((status = 200, body = JobDetail), (status = 404, body = Problem), Failed))]
async fn job(State(Served(shared)): State<Served>, Path(id): Path<u64>) -> Answer<JobDetail> {
    let job = shared.store.jobs_by_id(&[id]).await?.pop().ok_or_else(|| Refusal::NotFound(format!("job {id}")))?;
    let payload = shared.store.payload(id).await?;
    let missing = || StoreError::Damaged { table: "job_inputs", reason: format!("job {id} has none") };
    let history = shared.store.job_events(&[id]).await?;
    let claims = shared.store.claims_of(&job).await?;
    Ok(Json(payload.ok_or_else(missing)?.detail(&job, &history, &claims)))
}

/// Workers, by address unless ordered otherwise.
#[utoipa::path(get, path = "/api/workers", params(WorkerQuery), responses((status = 200, body = Page<WorkerRow>), Failed))]
async fn workers(State(Served(shared)): State<Served>, Query(query): Query<WorkerQuery>) -> Answer<Page<WorkerRow>> {
    let stake_min = query.stake_wei_gte.as_deref().map(|text| wei("stakeWei_gte", text)).transpose()?;
    let arguments =
        PageArguments { direction: query.order_direction.unwrap_or_default(), limit: query.limit, after: query.after };
    let page =
        PageRequest::parse(workers_by(query.order_by.unwrap_or_default()), &arguments).map_err(BadArgument::from)?;
    let workers = shared.store.workers(&WorkerFilter { stake_min }, &page, Count::Yes).await?;
    Ok(Json(as_page(workers, |worker| worker.row())))
}

/// One worker.
#[utoipa::path(get, path = "/api/workers/{address}", params(("address" = String, Path)), responses((status = 200, body = WorkerRow), (status = 404, body = Problem), Failed))]
async fn worker(State(Served(shared)): State<Served>, Path(text): Path<String>) -> Answer<WorkerRow> {
    let address = address("address", &text)?;
    let found = shared.store.workers_by_address(&[address]).await?.pop();
    Ok(Json(found.ok_or_else(|| Refusal::NotFound(format!("worker {address}")))?.row()))
}

/// Registered models, oldest first unless ordered otherwise.
#[utoipa::path(get, path = "/api/models", params(ModelQuery), responses((status = 200, body = Page<ModelRow>), Failed))]
async fn models(State(Served(shared)): State<Served>, Query(query): Query<ModelQuery>) -> Answer<Page<ModelRow>> {
    let owner = query.owner.as_deref().map(|text| address("owner", text)).transpose()?;
    let arguments =
        PageArguments { direction: query.order_direction.unwrap_or_default(), limit: query.limit, after: query.after };
    let page =
        PageRequest::parse(models_by(query.order_by.unwrap_or_default()), &arguments).map_err(BadArgument::from)?;
    let models = shared.store.models(&ModelFilter { owner, name: query.name }, &page, Count::Yes).await?;
    Ok(Json(as_page(models, |model| model.row())))
}

/// One model.
#[utoipa::path(get, path = "/api/models/{id}", params(("id" = String, Path)), responses((status = 200, body = ModelRow), (status = 404, body = Problem), Failed))]
async fn model(State(Served(shared)): State<Served>, Path(text): Path<String>) -> Answer<ModelRow> {
    let id = hash("id", &text)?;
    let found = shared.store.models_by_id(&[id]).await?.pop();
    Ok(Json(found.ok_or_else(|| Refusal::NotFound(format!("model {id}")))?.row()))
}

/// Transfers of TFUEL and THETA, oldest first unless ordered otherwise.
#[utoipa::path(get, path = "/api/transfers", params(TransferQuery), responses((status = 200, body = Page<TransferRow>), Failed))]
async fn transfers(
    State(Served(shared)): State<Served>,
    Query(query): Query<TransferQuery>,
) -> Answer<Page<TransferRow>> {
    let filter = TransferFilter {
        asset: query.asset,
        from: query.from.as_deref().map(|text| address("from", text)).transpose()?,
        to: query.to.as_deref().map(|text| address("to", text)).transpose()?,
        account: query.account.as_deref().map(|text| address("account", text)).transpose()?,
        block_min: query.block_gte,
        block_max: query.block_lte,
    };
    let arguments =
        PageArguments { direction: query.order_direction.unwrap_or_default(), limit: query.limit, after: query.after };
    let page =
        PageRequest::parse(transfers_by(query.order_by.unwrap_or_default()), &arguments).map_err(BadArgument::from)?;
    let transfers = shared.store.transfers(&filter, &page, Count::Yes).await?;
    Ok(Json(as_page(transfers, |transfer| transfer.row())))
}

/// Contracts with verified sources, in the order of their verification.
#[utoipa::path(get, path = "/api/contracts", params(ContractQuery), responses((status = 200, body = Page<ContractRow>), Failed))]
async fn contracts(
    State(Served(shared)): State<Served>,
    Query(query): Query<ContractQuery>,
) -> Answer<Page<ContractRow>> {
    let arguments =
        PageArguments { direction: query.order_direction.unwrap_or_default(), limit: query.limit, after: query.after };
    let page = PageRequest::parse(CONTRACTS_BY_NUMBER, &arguments).map_err(BadArgument::from)?;
    Ok(Json(as_page(shared.store.contracts(&page, Count::Yes).await?, |contract| contract.row())))
}

/// A contract with its verified sources.
#[utoipa::path(get, path = "/api/contracts/{address}", params(("address" = String, Path)), responses((status = 200, body = ContractDetail), (status = 404, body = Problem), Failed))]
async fn contract(State(Served(shared)): State<Served>, Path(text): Path<String>) -> Answer<ContractDetail> {
    let address = address("address", &text)?;
    let found = shared.store.contract(address).await?.zip(shared.store.sources(address).await?);
    let (contract, sources) = found.ok_or_else(|| Refusal::NotFound(format!("verified contract {address}")))?;
    Ok(Json(sources.detail(&contract)))
}

/// How far the index has come.
#[utoipa::path(get, path = "/api/meta", responses((status = 200, body = Meta)))]
async fn meta(State(Served(shared)): State<Served>) -> Json<Meta> {
    Json(shared.progress.state().meta())
}

fn as_page<T, R>(slice: Slice<T>, row: fn(&T) -> R) -> Page<R> {
    Page {
        items: slice.items.iter().map(row).collect(),
        page_info: PageInfo { end_cursor: slice.end_cursor, has_next_page: slice.has_next_page },
        total_count: slice.total_count,
    }
}
