//! The threads that serve connections, one a core. A connection stays on the thread that it is given to: what wakes it
//! wakes nobody else. Workers of a shared runtime call each other for every request, which costs more than many an answer.

use crate::{
    cors, http,
    listener::{Accepted, Listener, Socket},
    server::{Front, STOP_MAX},
};
use axum::{ServiceExt as _, extract::Request};
use futures::FutureExt as _;
use std::{
    convert::Infallible,
    future::pending,
    io,
    net::SocketAddr,
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
pub(crate) fn start(front: &Arc<Front>, address: SocketAddr) -> io::Result<(Vec<Lane>, Vec<Ended>)> {
    let count = available_parallelism().map_or(LEAST, |cores| cores.get().max(LEAST));
    let lanes = (0..count).map(|_| Lane::start(front.clone(), address));
    Ok(lanes.collect::<io::Result<Vec<_>>>()?.into_iter().unzip())
}

impl Lane {
    fn start(front: Arc<Front>, address: SocketAddr) -> io::Result<(Self, Ended)> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let (sender, connections) = mpsc::unbounded_channel();
        let (end, ended) = oneshot::channel::<()>();
        let run = move || {
            runtime.block_on(serve(Dealt { connections, address }, front));
            // Work that nobody waits for any more ends in its own time.
            runtime.shutdown_background();
            drop(end);
        };
        thread::Builder::new().name("rpc".into()).spawn(run)?;
        Ok((Self { connections: sender, load: Arc::default() }, ended))
    }
}

async fn serve(dealt: Dealt, front: Arc<Front>) {
    let (answering, ending) = (front.clone(), front.clone());
    // One thing to do at every path: a router would cost more than it.
    let service = service_fn(move |request: Request| http::serve(answering.clone(), request).map(Ok::<_, Infallible>));
    let service = cors::layer(&front.origins).layer(service).into_make_service();
    let serving = axum::serve(dealt, service).with_graceful_shutdown(async move { ending.stopped().await });
    let whole = async {
        if let Err(error) = serving.await {
            tracing::error!(%error, "a thread serves no more connections");
        }
        // Those that have become WebSockets were not waited for.
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

/// The connections that a lane is given.
struct Dealt {
    connections: mpsc::UnboundedReceiver<(Accepted, Arc<()>)>,
    address: SocketAddr,
}

impl axum::serve::Listener for Dealt {
    type Io = Socket;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Socket, SocketAddr) {
        loop {
            let Some((accepted, load)) = self.connections.recv().await else { pending().await };
            let address = accepted.address;
            match accepted.open(load) {
                Ok(socket) => return (socket, address),
                // The other side sees its connection end.
                Err(error) => tracing::warn!(%error, "a connection failed"),
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

#[cfg(test)]
mod tests;
