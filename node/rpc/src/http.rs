//! One request over HTTP.

use crate::{
    calls::Asked,
    cors,
    server::{Front, REQUEST_BYTES_MAX},
    stream, websocket,
};
use axum::{
    body::{Body, to_bytes},
    extract::{FromRequest as _, Request, WebSocketUpgrade},
    http::{
        HeaderMap, Method, StatusCode,
        header::{ALLOW, CONTENT_LENGTH, CONTENT_TYPE},
    },
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use jsonrpsee::server::http::{is_json, response};
use std::sync::Arc;

/// Whatever the path: calls are posted, and a WebSocket begins as a GET.
pub(crate) async fn serve(front: Arc<Front>, request: Request) -> Response {
    if !cors::may_ask(request.headers(), &front.origins) {
        return (StatusCode::FORBIDDEN, "invalid origin specified").into_response();
    }
    if *request.method() == Method::POST {
        return answer(&front, request).await;
    }
    if *request.method() != Method::GET {
        return (StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, "GET,POST")]).into_response();
    }
    match WebSocketUpgrade::from_request(request, &()).await {
        Ok(upgrade) => websocket::upgrade(front, upgrade),
        Err(refused) => refused.into_response(),
    }
}

async fn answer(front: &Front, request: Request) -> Response {
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
        && let Some(streamed) = stream::logs(front, request).await
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
