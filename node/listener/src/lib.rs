//! The sockets of a public port: how many there are at a time, and how long one lives that nothing moves through. This crate knows no request: what
//! is said over a socket, and how long an answer may take, is its server's to bound.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, Sleep, sleep},
};

/// Accepts as many connections as there are permits; who comes later waits in the system's queue.
#[derive(Debug)]
pub struct Listener {
    pub tcp: TcpListener,
    pub permits: Arc<Semaphore>,
    pub idle_max: Duration,
}

impl Listener {
    pub fn new(tcp: TcpListener, connections: usize, idle_max: Duration) -> Self {
        Self { tcp, permits: Arc::new(Semaphore::new(connections)), idle_max }
    }

    /// # Panics
    /// Where the permits were closed.
    pub async fn accept(&mut self) -> Accepted {
        let permit = self.permits.clone().acquire_owned().await.expect("never closed");
        let (stream, _) = axum::serve::Listener::accept(&mut self.tcp).await;
        // Fails when the other side is gone: reading will say so.
        drop(stream.set_nodelay(true));
        Accepted { stream, idle_max: self.idle_max, permit }
    }
}

impl axum::serve::Listener for Listener {
    type Io = Socket;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Socket, SocketAddr) {
        loop {
            let accepted = Self::accept(self).await;
            // Fails when the other side is gone already.
            let Ok(address) = accepted.stream.peer_addr() else { continue };
            let Accepted { stream, idle_max, permit } = accepted;
            return (Socket::new((stream, idle_max), permit, Arc::default()), address);
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.tcp.local_addr()
    }
}

/// A connection before the thread that serves it has it.
#[derive(Debug)]
pub struct Accepted {
    stream: TcpStream,
    idle_max: Duration,
    permit: OwnedSemaphorePermit,
}

impl Accepted {
    /// For the runtime of this thread, whatever accepted it. `lane` is dropped with the socket.
    ///
    /// # Errors
    /// The system's, when the other side is gone.
    pub fn open(self, lane: Arc<()>) -> io::Result<Socket> {
        let stream = TcpStream::from_std(self.stream.into_std()?)?;
        Ok(Socket::new((stream, self.idle_max), self.permit, lane))
    }
}

/// Reading and writing fail when nothing has moved either way for too long.
#[derive(Debug)]
pub struct Socket {
    stream: TcpStream,
    idle: Idle,
    _permit: OwnedSemaphorePermit,
    _lane: Arc<()>,
}

impl Socket {
    fn new((stream, idle_max): (TcpStream, Duration), permit: OwnedSemaphorePermit, lane: Arc<()>) -> Self {
        let idle = Idle { max: idle_max, moved: Instant::now(), timer: Box::pin(sleep(idle_max)) };
        Self { stream, idle, _permit: permit, _lane: lane }
    }
}

#[derive(Debug)]
struct Idle {
    max: Duration,
    moved: Instant,
    timer: Pin<Box<Sleep>>,
}

impl Idle {
    /// What `poll` is of the stream becomes of the socket.
    fn watch<T>(&mut self, context: &mut Context<'_>, poll: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if poll.is_ready() {
            self.moved = Instant::now();
            return poll;
        }
        loop {
            ready!(self.timer.as_mut().poll(context));
            let end = self.moved + self.max;
            if end <= Instant::now() {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            self.timer.as_mut().reset(end);
        }
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let poll = Pin::new(&mut self.stream).poll_read(context, buffer);
        self.idle.watch(context, poll)
    }
}

impl AsyncWrite for Socket {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.idle.watch(context, poll)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.idle.watch(context, poll)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests;
