//! V4: how many questions are answered at the same time.

use super::problem::problem;
use axum::{
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

/// Answers when it is the request's turn; the deadline of requests bounds the wait.
pub(super) async fn wait(State(Turns(turns)): State<Turns>, request: Request, next: Next) -> Response {
    match turns.acquire().await {
        Ok(_turn) => next.run(request).await,
        Err(closed) => problem(StatusCode::SERVICE_UNAVAILABLE, closed.to_string()),
    }
}
