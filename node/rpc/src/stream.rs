//! Answers that are written while they are read: `eth_getLogs` alone in a request over HTTP. However long the answer, the
//! node holds a few pieces of it, one that is written while those before are sent; each takes a turn of its own, so a slow
//! reader keeps nobody waiting.

use crate::{
    buffers::{Buffer, Buffers, PIECE},
    error::Fault,
    http::{json, refuse},
    logs::{Pages, STREAMED},
    node::Context,
    server::Front,
    short::Short,
    turns::Turns,
};
use alloy::rpc::types::Filter;
use axum::{body::Body, response::Response};
use bytes::Bytes;
use futures::{StreamExt as _, stream};
use jsonrpsee::types::{Id, Params, Request};
use serde_json::value::RawValue;
use std::sync::Arc;
use tokio::task::JoinHandle;

pub(crate) const LOGS: &str = "eth_getLogs";

/// The answer to `request`, which is one of [`LOGS`]; `None` when it does not say what for.
pub(crate) async fn logs(front: &Front, request: &Request<'_>) -> Option<Response> {
    let params = Params::new(request.params.as_deref().map(RawValue::get));
    // Whatever else the parameters are, the method itself says what is wrong with them, in its turn.
    let Short(filter) = params.sequence().next::<Short<Filter>>().ok()?;
    let (turns, buffers, context) = (front.calls.turns().clone(), front.buffers.clone(), front.context.clone());
    let first = async {
        let begin = Some(begin(&request.id)?);
        // Both in one turn: most answers are one piece.
        let find = move || {
            let pages = context.find(&filter, STREAMED)?;
            Stream { turns, buffers, context, pages, begin }.write()
        };
        front.calls.turns().run(find).await?
    };
    Some(match first.await {
        Ok((piece, None)) => json(Body::from(Bytes::from_owner(piece))),
        Ok((piece, Some(rest))) => {
            let pieces = stream::try_unfold(Some(Ahead::new(rest)), |ahead| async move {
                let Some(ahead) = ahead else { return Ok::<_, Fault>(None) };
                let (piece, rest) = ahead.next().await?;
                Ok(Some((Bytes::from_owner(piece), rest.map(Ahead::new))))
            });
            json(Body::from_stream(stream::once(async { Ok(Bytes::from_owner(piece)) }).chain(pieces)))
        }
        Err(fault) => refuse(request.id.clone(), fault),
    })
}

fn begin(id: &Id<'_>) -> Result<String, Fault> {
    let id = serde_json::to_string(id).map_err(|error| Fault::Internal(error.to_string()))?;
    Ok(format!(r#"{{"jsonrpc":"2.0","id":{id},"result":"#))
}

/// A piece that is written while the one before it is sent.
struct Ahead(JoinHandle<Piece>);

impl Ahead {
    fn new(rest: Stream) -> Self {
        Self(tokio::spawn(rest.next()))
    }

    async fn next(self) -> Piece {
        self.0.await.map_err(|error| Fault::Internal(error.to_string()))?
    }
}

/// A piece, and what follows it.
type Piece = Result<(Buffer, Option<Stream>), Fault>;

/// What is left of an answer.
struct Stream {
    turns: Turns,
    buffers: Buffers,
    context: Arc<Context>,
    pages: Pages,
    begin: Option<String>,
}

impl Stream {
    async fn next(self) -> Piece {
        let turns = self.turns.clone();
        turns.run_patiently(move || self.write()).await?
    }

    fn write(mut self) -> Piece {
        let mut piece = self.buffers.take();
        let out = &mut piece.bytes;
        out.extend_from_slice(self.begin.take().unwrap_or_default().as_bytes());
        let more = self.pages.next(&self.context, out, PIECE)?;
        if !more {
            out.push(b'}');
        }
        Ok((piece, more.then_some(self)))
    }
}

#[cfg(test)]
mod tests;
