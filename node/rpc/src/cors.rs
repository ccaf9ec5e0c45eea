//! Who may ask from a browser. Tools send no origin and always may.

use crate::server::ServeError;
use axum::http::{HeaderMap, HeaderValue, header::ORIGIN};
use std::time::Duration;
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

/// What browsers are told: pages of these origins may ask; of all, when there are none.
pub(crate) fn layer(origins: &[HeaderValue]) -> CorsLayer {
    let layer = CorsLayer::permissive().max_age(MAX_AGE);
    if origins.is_empty() { layer } else { layer.allow_origin(origins.to_vec()) }
}

/// Browsers ask nobody before they open a WebSocket or send a simple request: so other origins are refused.
pub(crate) fn may_ask(headers: &HeaderMap, origins: &[HeaderValue]) -> bool {
    origins.is_empty() || headers.get(ORIGIN).is_none_or(|origin| origins.contains(origin))
}
