//! V3: one shape for everything that goes wrong.

use crate::{filter::BadArgument, store::StoreError};
use axum::{
    Json,
    body::to_bytes,
    extract::Request,
    http::{StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use edgeloom_index_api::{Problem, ProblemBody};

/// Why a request has no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    #[error(transparent)]
    BadArgument(#[from] BadArgument),
    #[error("there is no {0}")]
    NotFound(String),
    #[error(transparent)]
    Overloaded(StoreError),
    #[error("the index cannot be read at the moment")]
    Store(StoreError),
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::TooSlow | StoreError::Busy => Self::Overloaded(error),
            _ => Self::Store(error),
        }
    }
}

/// What every question can come to instead of an answer.
#[derive(utoipa::IntoResponses)]
#[expect(dead_code, reason = "describes answers; they are made by `problem`")]
pub(super) enum Failed {
    /// An argument is not what it must be.
    #[response(status = 400)]
    BadRequest(Problem),
    /// The index cannot be read.
    #[response(status = 500)]
    Internal(Problem),
    /// Too much is asked at once, or the answer takes too long to find.
    #[response(status = 503)]
    Unavailable(Problem),
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = match &self {
            Self::BadArgument(_) => StatusCode::BAD_REQUEST,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::Overloaded(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Store(error) => {
                // What is wrong with the database is for the operator, not for whoever asks.
                tracing::error!(%error, "a request failed");
                StatusCode::INTERNAL_SERVER_ERROR
            }
        };
        problem(status, self.to_string())
    }
}

pub(super) async fn no_route(request: Request) -> Response {
    problem(
        StatusCode::NOT_FOUND,
        format!("there is nothing at {}; /api/openapi.json lists what is", request.uri().path()),
    )
}

pub(super) fn problem(status: StatusCode, message: String) -> Response {
    let code = match status {
        StatusCode::BAD_REQUEST => "bad_request",
        StatusCode::NOT_FOUND => "not_found",
        StatusCode::METHOD_NOT_ALLOWED => "method_not_allowed",
        StatusCode::PAYLOAD_TOO_LARGE => "too_large",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "unsupported_media_type",
        StatusCode::TOO_MANY_REQUESTS => "too_many_requests",
        StatusCode::SERVICE_UNAVAILABLE => "unavailable",
        status if status.is_client_error() => "bad_request",
        _ => "internal",
    };
    (status, Json(Problem { error: ProblemBody { code: code.into(), message } })).into_response()
}

/// Turns refusals of the framework (a malformed query string, a wrong method) into ours.
pub(super) async fn as_json(request: Request, next: Next) -> Response {
    const MESSAGE_MAX: usize = 4096;
    let response = next.run(request).await;
    let status = response.status();
    let is_json =
        response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"application/"));
    if !(status.is_client_error() || status.is_server_error()) || is_json {
        return response;
    }
    let (parts, body) = response.into_parts();
    let text = to_bytes(body, MESSAGE_MAX).await.unwrap_or_default();
    let mut message = String::from_utf8_lossy(&text).trim().to_owned();
    if message.is_empty() {
        message = status.canonical_reason().unwrap_or("refused").to_lowercase();
    }
    let mut changed = problem(status, message);
    // Such as `Allow` of a wrong method; length and kind are of the old body.
    for (name, value) in
        parts.headers.iter().filter(|(name, _)| ![header::CONTENT_LENGTH, header::CONTENT_TYPE].contains(name))
    {
        changed.headers_mut().append(name, value.clone());
    }
    changed
}
