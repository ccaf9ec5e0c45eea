//! One request over HTTP.

use crate::{
    calls::Asked,
    server::{Front, REQUEST_BYTES_MAX},
    stream,
};
use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{
        HeaderMap, StatusCode,
        header::{CONTENT_LENGTH, CONTENT_TYPE},
    },
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use jsonrpsee::server::http::{is_json, response};
use std::sync::Arc;

pub(crate) async fn answer(State(front): State<Arc<Front>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    if !is_json(head.headers.get(CONTENT_TYPE)) {
        return response::unsupported_content_type().map(Body::new);
    }
    let too_large = || response::too_large(REQUEST_BYTES_MAX as u32).map(Body::new);
    if length(&head.headers) > REQUEST_BYTES_MAX {
        return too_large();
    }
    let Ok(body) = to_bytes(body, REQUEST_BYTES_MAX).await else { return too_large() };
    let asked = Asked::parse(&body);
    if let Some(request) = asked.call_of(stream::LOGS)
        && let Some(streamed) = stream::logs(&front, request).await
    {
        return streamed;
    }
    match front.calls.answer(asked, None, &front.room.for_connection()).await {
        // The answer keeps its room until the last byte has left.
        Some(answer) => {
            ([(CONTENT_TYPE, "application/json; charset=utf-8")], Bytes::from_owner(answer)).into_response()
        }
        None => StatusCode::NO_CONTENT.into_response(),
    }
}

/// What the caller says that the body will be.
fn length(headers: &HeaderMap) -> usize {
    headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok()).unwrap_or(0)
}
