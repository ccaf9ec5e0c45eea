//! One request over HTTP.

use crate::{
    calls::Asked,
    cors,
    error::Fault,
    intake::Untaken,
    server::{Front, REQUEST_BYTES_MAX},
    stream, websocket,
};
use axum::{
    body::Body,
    extract::{FromRequest as _, Request, WebSocketUpgrade},
    http::{
        Method, StatusCode,
        header::{ALLOW, CONTENT_TYPE},
    },
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use jsonrpsee::{
    core::server::MethodResponse,
    server::http::{is_json, response},
    types::{ErrorObjectOwned, Id},
};
use std::{sync::Arc, time::Instant};

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
    let body = match front.intake.take(body).await {
        Ok(body) => body,
        Err(Untaken::TooLarge) => return response::too_large(REQUEST_BYTES_MAX as u32).map(Body::new),
        Err(Untaken::Broken) => return StatusCode::BAD_REQUEST.into_response(),
        Err(Untaken::Busy(fault)) => return refuse(Id::Null, fault),
    };
    let (asked, started) = (Asked::parse(body.as_ref()), Instant::now());
    if let Some(request) = asked.call_of(stream::LOGS)
        && let Some(streamed) = stream::logs(front, request).await
    {
        front.calls.meters.streamed(started);
        return streamed;
    }
    match front.calls.answer(asked, None, &front.room.for_connection()).await {
        // The answer keeps its room until the last byte has left.
        Some(answer) => json(Body::from(Bytes::from_owner(answer))),
        None => StatusCode::NO_CONTENT.into_response(),
    }
}

/// The answer to the call `id` that tells its fault.
pub(crate) fn refuse(id: Id<'_>, fault: Fault) -> Response {
    let answer = MethodResponse::error(id, ErrorObjectOwned::from(fault)).into_json();
    json(Body::from(Box::<str>::from(answer).into_string()))
}

pub(crate) fn json(body: Body) -> Response {
    ([(CONTENT_TYPE, "application/json; charset=utf-8")], body).into_response()
}
