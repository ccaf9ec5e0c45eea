//! One WebSocket connection. A single loop reads calls, sends answers and sends what subscriptions have: while the
//! other side does not take what it asked for, nothing more is read from it.

use crate::{
    calls::{Asked, Link},
    room::Answer,
    server::{Front, REQUEST_BYTES_MAX},
};
use axum::{
    extract::{
        WebSocketUpgrade,
        ws::{Message, Utf8Bytes, WebSocket},
    },
    response::Response,
};
use bytes::Bytes;
use jsonrpsee::core::server::{BoundedSubscriptions, MethodSink};
use serde_json::value::RawValue;
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::mpsc,
    task::JoinSet,
    time::{Instant, interval},
};

/// Most calls in progress.
pub(crate) const CALLS_MAX: usize = 64;
pub(crate) const SUBSCRIPTIONS_MAX: u32 = 128;

/// What subscriptions may have ready to be sent.
pub(crate) const ITEMS_MAX: usize = 16;

const PING_INTERVAL: Duration = Duration::from_secs(30);

/// How long the other side may leave pings without an answer.
const SILENCE_MAX: Duration = Duration::from_secs(75);

pub(crate) fn upgrade(front: Arc<Front>, upgrade: WebSocketUpgrade) -> Response {
    let upgrade = upgrade.max_message_size(REQUEST_BYTES_MAX).max_frame_size(REQUEST_BYTES_MAX);
    upgrade.on_upgrade(move |socket| async move {
        // How it ended is of no interest: the other side is gone.
        drop(serve(socket, front).await);
    })
}

type Done = (usize, Option<Answer>);

async fn serve(mut socket: WebSocket, front: Arc<Front>) -> Result<(), axum::Error> {
    let (sink, mut items) = mpsc::channel::<Box<RawValue>>(ITEMS_MAX);
    let link = Link {
        id: front.next_connection(),
        sink: MethodSink::new(sink),
        subscriptions: BoundedSubscriptions::new(SUBSCRIPTIONS_MAX),
        turns: front.calls.turns(),
    };
    let (calls, link, room) = (front.calls.clone(), Arc::new(link), front.room.for_connection());
    let mut running = JoinSet::<Done>::new();
    // Bytes of the requests in progress, and when the other side was last heard.
    let (mut bytes, mut heard) = (0, Instant::now());
    let mut pings = interval(PING_INTERVAL);
    loop {
        let may_read = running.len() < CALLS_MAX && bytes < REQUEST_BYTES_MAX;
        tokio::select! {
            () = front.stopped() => break,
            Some(done) = running.join_next() => {
                bytes -= send(&mut socket, done).await?;
                heard = Instant::now(); // it took what was sent
            }
            Some(item) = items.recv() => {
                socket.send(Message::text(String::from(Box::<str>::from(item)))).await?;
                heard = Instant::now();
            }
            _ = pings.tick() => {
                if may_read && heard.elapsed() > SILENCE_MAX {
                    return Ok(());
                }
                socket.send(Message::Ping(Bytes::new())).await?;
            }
            message = socket.recv(), if may_read => {
                heard = Instant::now();
                let request: Bytes = match message.transpose()? {
                    Some(Message::Text(text)) => text.into(),
                    Some(Message::Binary(bytes)) => bytes,
                    Some(Message::Ping(_) | Message::Pong(_)) => continue,
                    Some(Message::Close(_)) | None => return Ok(()),
                };
                bytes += request.len();
                let (calls, link, room) = (calls.clone(), link.clone(), room.clone());
                running.spawn(async move {
                    (request.len(), calls.answer(Asked::parse(&request), Some(&link), &room).await)
                });
            }
        }
        if !may_read {
            heard = Instant::now();
        }
    }
    // Calls that wait for room for their items end.
    drop(items);
    while let Some(done) = running.join_next().await {
        send(&mut socket, done).await?;
    }
    socket.send(Message::Close(None)).await
}

/// The length of the request that is no longer in progress.
async fn send(socket: &mut WebSocket, done: Result<Done, tokio::task::JoinError>) -> Result<usize, axum::Error> {
    let (request, answer) = done.map_err(axum::Error::new)?;
    if let Some(answer) = answer {
        // Held until the socket has taken all of it.
        let answer = Bytes::from_owner(answer);
        let text = Utf8Bytes::try_from(answer.clone()).map_err(axum::Error::new)?;
        socket.send(Message::Text(text)).await?;
    }
    Ok(request)
}
