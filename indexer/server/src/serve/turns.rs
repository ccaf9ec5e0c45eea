//! V4: how many questions are answered at the same time.

use super::{BODY_MAX, problem::problem};
use crate::verify::input::INPUT_MAX;
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

/// Turns for requests that carry sources, and how their API says no.
#[derive(Clone, Debug)]
pub(super) struct SourceTurns {
    pub(super) turns: Turns,
    pub(super) refuse: fn(StatusCode, String) -> Response,
    /// Requests that carry no sources and wait long: they take no turn.
    pub(super) passes: fn(&Request) -> bool,
}

/// Bytes of a request with sources: twice the sources, since form encoding makes them longer.
pub(super) const SOURCES_MAX: usize = 2 * INPUT_MAX;

/// Reads the request when it is its turn: these are long, so that the turn bounds the memory that they take.
pub(super) async fn read(State(at): State<SourceTurns>, request: Request, next: Next) -> Response {
    if (at.passes)(&request) {
        return next.run(request).await;
    }
    let Ok(_turn) = at.turns.0.acquire().await else {
        return (at.refuse)(StatusCode::SERVICE_UNAVAILABLE, "the indexer stops".into());
    };
    let (parts, body) = request.into_parts();
    match to_bytes(body, SOURCES_MAX).await {
        Ok(body) => next.run(Request::from_parts(parts, Body::from(body))).await,
        Err(_) => (at.refuse)(StatusCode::PAYLOAD_TOO_LARGE, format!("send at most {SOURCES_MAX} bytes")),
    }
}
