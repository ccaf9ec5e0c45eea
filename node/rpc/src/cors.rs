//! Who may ask from a browser. Tools send no origin and always may.

use crate::server::ServeError;
use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header::ORIGIN},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
};
use std::{sync::Arc, time::Duration};
use tower_http::cors::CorsLayer;

/// How long a browser need not ask again whether it may. Most forget after two hours at the latest.
const MAX_AGE: Duration = Duration::from_secs(2 * 60 * 60);

/// The origins that are named; none, when all may ask.
pub(crate) fn origins(named: Vec<String>) -> Result<Vec<HeaderValue>, ServeError> {
    if named.iter().any(|origin| origin == "*") {
        return Ok(Vec::new());
    }
    let parse = |origin: String| origin.parse().map_err(|_| ServeError::Origin(origin));
    named.into_iter().map(parse).collect()
}

/// `routes` for pages of these origins; of all, when there are none.
pub(crate) fn allow(routes: Router, origins: Vec<HeaderValue>) -> Router {
    let layer = CorsLayer::permissive().max_age(MAX_AGE);
    if origins.is_empty() {
        return routes.layer(layer);
    }
    let layer = layer.allow_origin(origins.clone());
    routes.layer(layer).layer(from_fn_with_state(Arc::new(origins), check))
}

/// Browsers ask nobody before they open a WebSocket or send a simple request: so other origins are refused here.
async fn check(State(origins): State<Arc<Vec<HeaderValue>>>, request: Request, next: Next) -> Response {
    match request.headers().get(ORIGIN) {
        Some(origin) if !origins.contains(origin) => {
            (StatusCode::FORBIDDEN, "invalid origin specified").into_response()
        }
        _ => next.run(request).await,
    }
}
