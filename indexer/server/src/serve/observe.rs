//! Counts and times requests by route. The route, not the path: a path is whatever a client makes up.

use axum::{
    extract::{MatchedPath, Request},
    middleware::Next,
    response::Response,
};
use std::time::Instant;

pub(super) async fn measure(request: Request, next: Next) -> Response {
    let route =
        request.extensions().get::<MatchedPath>().map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    let started = Instant::now();
    let response = next.run(request).await;
    let status = response.status().as_u16().to_string();
    metrics::histogram!("edgeloom_index_http_request_duration_seconds", "route" => route.clone())
        .record(started.elapsed());
    metrics::counter!("edgeloom_index_http_requests_total", "route" => route, "status" => status).increment(1);
    response
}
