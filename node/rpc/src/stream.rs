//! Answers that are written while they are read: `eth_getLogs` alone in a request over HTTP. However long the answer, the
//! node holds a piece of it; each piece takes a turn of its own, so a slow reader keeps nobody waiting.

use crate::{
    error::Fault,
    logs::{Pages, STREAMED},
    node::Context,
    server::Front,
    turns::Turns,
};
use alloy::rpc::types::Filter;
use axum::{
    body::Body,
    http::header::CONTENT_TYPE,
    response::{IntoResponse, Response},
};
use futures::stream;
use jsonrpsee::{
    core::server::MethodResponse,
    types::{ErrorObjectOwned, Id, Params, Request},
};
use serde_json::value::RawValue;
use std::sync::Arc;

/// Bytes of a piece.
const PIECE: usize = 512 * 1024;

/// The answer to `body` when it is a call of this kind.
pub(crate) async fn logs(front: &Front, body: &[u8]) -> Option<Response> {
    let request: Request<'_> =
        serde_json::from_slice(body).ok().filter(|call: &Request<'_>| call.method == "eth_getLogs")?;
    let params = Params::new(request.params.as_deref().map(RawValue::get));
    // Whatever else the parameters are, the method itself says what is wrong with them.
    let filter: Filter = params.sequence().next().ok()?;
    let context = front.context.clone();
    let searching = context.clone();
    let turns = front.calls.turns();
    let first = async {
        let found = turns.run(move || searching.find(&filter, STREAMED)).await??;
        let (pages, begin) = (Pages::new(found), Some(begin(&request.id)?));
        Stream { turns: turns.clone(), context: context.clone(), pages, begin }.next().await
    };
    Some(match first.await {
        Ok((piece, None)) => respond(Body::from(piece)),
        Ok((piece, Some(rest))) => {
            respond(Body::from_stream(stream::try_unfold((Some(piece), Some(rest)), |(ready, rest)| async move {
                match (ready, rest) {
                    (Some(piece), rest) => Ok(Some((piece, (None, rest)))),
                    (None, Some(stream)) => stream.next().await.map(|(piece, rest)| Some((piece, (None, rest)))),
                    (None, None) => Ok::<_, Fault>(None),
                }
            })))
        }
        Err(fault) => {
            let answer = MethodResponse::error(request.id, ErrorObjectOwned::from(fault)).into_json();
            respond(Body::from(Box::<str>::from(answer).into_string()))
        }
    })
}

fn respond(body: Body) -> Response {
    ([(CONTENT_TYPE, "application/json; charset=utf-8")], body).into_response()
}

fn begin(id: &Id<'_>) -> Result<String, Fault> {
    let id = serde_json::to_string(id).map_err(|error| Fault::Internal(error.to_string()))?;
    Ok(format!(r#"{{"jsonrpc":"2.0","id":{id},"result":"#))
}

/// What is left of an answer.
struct Stream {
    turns: Turns,
    context: Arc<Context>,
    pages: Pages,
    begin: Option<String>,
}

impl Stream {
    /// A piece, and what follows it.
    async fn next(mut self) -> Result<(Vec<u8>, Option<Self>), Fault> {
        let turns = self.turns.clone();
        let write = move || {
            let mut out = self.begin.take().map(String::into_bytes).unwrap_or_default();
            let more = self.pages.next(&self.context, &mut out, PIECE)?;
            if !more {
                out.push(b'}');
            }
            Ok((out, more.then_some(self)))
        };
        turns.run(write).await?
    }
}
