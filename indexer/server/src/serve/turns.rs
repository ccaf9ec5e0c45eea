//! V4: how many questions are answered at the same time.

use super::{BODY_MAX, problem::problem};
use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::Response,
};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Turns to answer; clones share them.
#[derive(Clone, Debug)]
pub(super) struct Turns(Arc<Semaphore>);

impl Turns {
    pub(super) fn new(at_once: usize) -> Self {
        Self(Arc::new(Semaphore::new(at_once)))
    }
}

/// Reads the request, so that nobody holds a turn by sending slowly; then answers when it is its turn. The deadline of
/// requests bounds both.
pub(super) async fn wait(State(Turns(turns)): State<Turns>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let request = match to_bytes(body, BODY_MAX).await {
        Ok(body) => Request::from_parts(parts, Body::from(body)),
        Err(error) => return problem(StatusCode::PAYLOAD_TOO_LARGE, error.to_string()),
    };
    match turns.acquire().await {
        Ok(_turn) => next.run(request).await,
        Err(closed) => problem(StatusCode::SERVICE_UNAVAILABLE, closed.to_string()),
    }
}
