//! The threads that serve connections, one a core. A connection stays on the thread that it is given to: what wakes it
//! wakes nobody else. Workers of a shared runtime call each other for every request, which costs more than many an answer.

use crate::{
    cors, http,
    server::{Front, STOP_MAX},
};
use axum::{body::Body, http::Request};
use edgeloom_listener::{Accepted, Listener, Socket};
use futures::FutureExt as _;
use hyper::{body::Incoming, server::conn::http1, service::HttpService};
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use std::{
    convert::Infallible,
    io,
    pin::pin,
    sync::Arc,
    thread::{self, available_parallelism},
};
use tokio::{
    runtime::Builder,
    select,
    sync::{mpsc, oneshot},
    time::sleep,
};
use tower::{Layer as _, service_fn};

/// One alone would have every connection wait for every other.
const LEAST: usize = 2;

#[derive(Debug)]
pub(crate) struct Lane {
    connections: mpsc::UnboundedSender<(Accepted, Arc<()>)>,
    /// Each of its connections has one.
    load: Arc<()>,
}

/// Told when a lane has ended.
pub(crate) type Ended = oneshot::Receiver<()>;

/// As many as the machine has cores. Each ends with the server, at most [`STOP_MAX`] after it was told to.
///
/// # Errors
/// The system's, when it has no thread or descriptor left.
pub(crate) fn start(front: &Arc<Front>) -> io::Result<(Vec<Lane>, Vec<Ended>)> {
    let count = available_parallelism().map_or(LEAST, |cores| cores.get().max(LEAST));
    let lanes = (0..count).map(|_| Lane::start(front.clone()));
    Ok(lanes.collect::<io::Result<Vec<_>>>()?.into_iter().unzip())
}

impl Lane {
    fn start(front: Arc<Front>) -> io::Result<(Self, Ended)> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let (sender, connections) = mpsc::unbounded_channel();
        let (end, ended) = oneshot::channel::<()>();
        let run = move || {
            runtime.block_on(serve(connections, front));
            // Work that nobody waits for any more ends in its own time.
            runtime.shutdown_background();
            drop(end);
        };
        thread::Builder::new().name("rpc".into()).spawn(run)?;
        Ok((Self { connections: sender, load: Arc::default() }, ended))
    }
}

async fn serve(connections: mpsc::UnboundedReceiver<(Accepted, Arc<()>)>, front: Arc<Front>) {
    let whole = async {
        answer(connections, &front).await;
        // Also by those that have become WebSockets.
        front.disconnected().await;
    };
    let late = async {
        front.stopped().await;
        sleep(STOP_MAX).await;
    };
    select! {
        () = whole => {},
        () = late => {},
    }
}

/// Serves the connections that come, until the server ends.
async fn answer(mut connections: mpsc::UnboundedReceiver<(Accepted, Arc<()>)>, front: &Arc<Front>) {
    let answering = front.clone();
    // One thing to do at every path: a router would cost more than it.
    let service = service_fn(move |request: Request<Incoming>| {
        http::serve(answering.clone(), request.map(Body::new)).map(Ok::<_, Infallible>)
    });
    let service = TowerToHyperService::new(cors::layer(&front.origins).layer(service));
    loop {
        let dealt = select! {
            () = front.stopped() => return,
            dealt = connections.recv() => dealt,
        };
        let Some((accepted, load)) = dealt else { return };
        match accepted.open(load) {
            Ok(socket) => drop(tokio::spawn(talk(socket, service.clone(), front.clone()))),
            // The other side sees its connection end.
            Err(error) => tracing::warn!(%error, "a connection failed"),
        }
    }
}

/// HTTP/1.1 and nothing else: what a connection may ask at once is bounded because it asks for one thing at a time.
async fn talk<S>(socket: Socket, service: S, front: Arc<Front>)
where
    S: HttpService<Incoming, ResBody = Body, Error = Infallible>,
{
    let connection = http1::Builder::new().serve_connection(TokioIo::new(socket), service).with_upgrades();
    let mut connection = pin!(connection);
    let ended = select! {
        ended = &mut connection => ended,
        () = front.stopped() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::trace!(%error, "a connection ended");
    }
}

/// Gives every connection to the lane that has fewest, until `stopped`.
pub(crate) async fn deal(mut listener: Listener, lanes: Vec<Lane>, stopped: impl Future<Output = ()>) {
    let mut stopped = pin!(stopped);
    loop {
        let accepted = select! {
            () = &mut stopped => return,
            accepted = listener.accept() => accepted,
        };
        let lane = lanes.iter().min_by_key(|lane| Arc::strong_count(&lane.load)).expect("there are lanes");
        // A lane ends before its sender only when the server ends.
        drop(lane.connections.send((accepted, lane.load.clone())));
    }
}

#[cfg(test)]
mod tests;
