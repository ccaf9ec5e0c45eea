//! One port for everything: GraphQL, REST, OpenAPI, health, readiness and metrics.
//!
//! V1 Reading needs no permission: any origin may ask.
//! V2 A request has at most 256 KiB and 20 seconds. A GraphQL query is bounded before it runs (see `graphql`).
//! V3 Every error is JSON, `{"error": {"code", "message"}}`; who asks wrongly gets 4xx with what would be right.
//!    (GraphQL's own errors have the shape that GraphQL prescribes.)
//!    (So have Sourcify's and Etherscan's, which answer requests with sources, of at most 8 MiB.)
//! V4 16 REST and 8 GraphQL requests are answered at the same time, each kind through its own connections to the database;
//!    the others wait. Who floods the port is not told from the rest: that is for a proxy in front.

pub mod chain;
mod etherscan;
mod faucet;
mod graphql;
mod observe;
mod peer;
mod problem;
mod rest;
mod sourcify;
mod turns;

use crate::{
    faucet::Faucet,
    nodes::Nodes,
    progress::Progress,
    store::Store,
    verify::{compilers::Compilers, queue::Desk},
};
use axum::{
    Extension, Json, Router,
    extract::State,
    http::{StatusCode, header},
    middleware,
    response::{Html, IntoResponse, Response},
};
use chain::ChainFacts;
use edgeloom_index_api::{Health, Readiness};
use metrics_exporter_prometheus::PrometheusHandle;
use peer::Pace;
use std::{
    net::IpAddr,
    num::NonZeroU32,
    sync::Arc,
    time::{Duration, Instant},
};
use tower_http::{cors::CorsLayer, limit::RequestBodyLimitLayer, timeout::TimeoutLayer};
use utoipa::openapi::OpenApi;
use utoipa_axum::routes;

/// V2.
const BODY_MAX: usize = 256 * 1024;
const REQUEST: Duration = Duration::from_secs(20);

/// Submissions of sources that a peer may make in a minute.
const SUBMISSIONS: NonZeroU32 = NonZeroU32::new(30).expect("not zero");

/// What else than rows is answered from.
#[derive(Clone, Debug)]
pub struct Doors {
    pub nodes: Nodes,
    pub desk: Desk,
    pub compilers: Compilers,
    pub faucet: Option<Faucet>,
    pub facts: ChainFacts,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted: Vec<IpAddr>,
}

/// What answers come from. Clones share it.
#[derive(Clone)]
pub struct Served(Arc<Shared>);

struct Shared {
    store: Store,
    progress: Progress,
    doors: Doors,
    pace: Pace,
    schemas: graphql::Schemas,
    metrics: PrometheusHandle,
    started: Instant,
}

impl std::fmt::Debug for Served {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Served").field("progress", &self.0.progress).finish_non_exhaustive()
    }
}

impl Served {
    pub fn new(store: Store, progress: Progress, doors: Doors) -> Self {
        let schemas = graphql::Schemas::new(&store.apart(), &progress);
        let metrics = crate::telemetry::recorder();
        let pace = Pace::new(SUBMISSIONS);
        Self(Arc::new(Shared { store, progress, doors, pace, schemas, metrics, started: Instant::now() }))
    }
}

/// Every route. Each is made by `routes!`, so that the OpenAPI document has it.
pub fn router(served: Served) -> Router {
    let (routes, document) = rest::routes()
        .routes(routes!(page))
        .routes(routes!(console))
        .routes(routes!(openapi))
        .routes(routes!(chain::chain))
        .merge(faucet::routes())
        .layer(RequestBodyLimitLayer::new(BODY_MAX))
        .merge(sourcify::routes())
        .merge(etherscan::routes())
        .split_for_parts();
    routes
        .layer(Extension(Arc::new(document)))
        .fallback(problem::no_route)
        .layer(middleware::from_fn(observe::measure))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, REQUEST))
        .layer(middleware::from_fn(problem::as_json))
        .layer(CorsLayer::permissive())
        .with_state(served)
}

const PAGE: Html<&'static str> = Html(include_str!("serve/page.html"));

/// A page to write queries in. It loads nothing from anywhere else.
#[utoipa::path(get, path = "/", responses((status = 200, body = String, content_type = "text/html")))]
async fn page() -> Html<&'static str> {
    PAGE
}

/// The same page.
#[utoipa::path(get, path = "/graphql", responses((status = 200, body = String, content_type = "text/html")))]
async fn console() -> Html<&'static str> {
    PAGE
}

/// This document.
#[utoipa::path(get, path = "/api/openapi.json", responses((status = 200, body = Object)))]
async fn openapi(Extension(document): Extension<Arc<OpenApi>>) -> Response {
    Json(&*document).into_response()
}

/// Whether the process serves.
#[utoipa::path(get, path = "/health", responses((status = 200, body = Health)))]
async fn health(State(Served(shared)): State<Served>) -> Json<Health> {
    let uptime_ms = u64::try_from(shared.started.elapsed().as_millis()).unwrap_or(u64::MAX);
    Json(Health { status: "ok".into(), version: env!("CARGO_PKG_VERSION").into(), uptime_ms })
}

/// Whether the index has caught up with its nodes.
#[utoipa::path(get, path = "/ready", responses((status = 200, body = Readiness), (status = 503, body = Readiness)))]
async fn ready(State(Served(shared)): State<Served>) -> (StatusCode, Json<Readiness>) {
    let readiness = shared.progress.state().readiness();
    let status = if readiness.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(readiness))
}

/// Prometheus series.
#[utoipa::path(get, path = "/metrics", responses((status = 200, body = String, content_type = "text/plain")))]
async fn metrics(State(Served(shared)): State<Served>) -> impl IntoResponse {
    metrics::gauge!("edgeloom_index_lag_seconds").set(shared.progress.state().lag().as_secs_f64());
    shared.metrics.run_upkeep();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], shared.metrics.render())
}

#[cfg(test)]
mod tests;
