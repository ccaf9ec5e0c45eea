//! The sockets: how many there are at a time, and how long one lives that nothing moves through.

use std::{
    io,
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

/// No call takes longer; what idles longer has been left.
pub(crate) const IDLE_MAX: Duration = Duration::from_secs(120);

/// Accepts as many connections as there are permits; who comes later waits in the system's queue.
#[derive(Debug)]
pub(crate) struct Listener {
    pub(crate) tcp: TcpListener,
    pub(crate) permits: Arc<Semaphore>,
    pub(crate) idle_max: Duration,
}

impl Listener {
    pub(crate) async fn accept(&mut self) -> Accepted {
        let permit = self.permits.clone().acquire_owned().await.expect("never closed");
        let (stream, _) = axum::serve::Listener::accept(&mut self.tcp).await;
        // Fails when the other side is gone: reading will say so.
        drop(stream.set_nodelay(true));
        Accepted { stream, idle_max: self.idle_max, permit }
    }
}

/// A connection before the thread that serves it has it.
#[derive(Debug)]
pub(crate) struct Accepted {
    stream: TcpStream,
    idle_max: Duration,
    permit: OwnedSemaphorePermit,
}

impl Accepted {
    /// For the runtime of this thread, whatever accepted it. `lane` is dropped with the socket.
    pub(crate) fn open(self, lane: Arc<()>) -> io::Result<Socket> {
        let stream = TcpStream::from_std(self.stream.into_std()?)?;
        let idle = Idle { max: self.idle_max, moved: Instant::now(), timer: Box::pin(sleep(self.idle_max)) };
        Ok(Socket { stream, idle, _permit: self.permit, _lane: lane })
    }
}

/// Reading and writing fail when nothing has moved either way for too long.
#[derive(Debug)]
pub(crate) struct Socket {
    stream: TcpStream,
    idle: Idle,
    _permit: OwnedSemaphorePermit,
    _lane: Arc<()>,
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
