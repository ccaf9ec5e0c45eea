//! The Unix socket: the same methods, batches, subscriptions and limits as over a WebSocket, for whoever may write to
//! the data directory. Requests follow each other with or without space between (geth's way); answers end with a line
//! feed.

mod frames;

use crate::{
    calls::{Asked, Link},
    room::Answer,
    server::{Front, REQUEST_BYTES_MAX, ServeError},
    websocket::{CALLS_MAX, ITEMS_MAX, SUBSCRIPTIONS_MAX},
};
use frames::Frames;
use jsonrpsee::core::server::{BoundedSubscriptions, MethodSink};
use serde_json::value::RawValue;
use std::{
    fs::{self, Permissions},
    io,
    os::unix::{fs::FileTypeExt, fs::PermissionsExt, net::UnixStream as Probe},
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, split},
    net::{UnixListener, UnixStream},
    sync::mpsc,
    task::{JoinError, JoinSet},
};

/// Most connections at a time. Not those of the port: whoever fills that one keeps nobody from this.
pub(crate) const CONNECTIONS_MAX: u32 = 64;

/// Bytes read at once.
const READ_BYTES: usize = 64 * 1024;

/// What is said of what cannot be told apart from what follows it; then the connection ends.
const MALFORMED: &str = r#"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error"}}"#;

/// A socket that its owner alone can use. The file is removed when this is dropped.
#[derive(Debug)]
pub(crate) struct Ipc {
    listener: UnixListener,
    path: PathBuf,
}

impl Drop for Ipc {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_file(&self.path) {
            tracing::warn!(path = %self.path.display(), %error, "the socket stays behind");
        }
    }
}

impl Ipc {
    /// Takes the place of a socket that nobody listens on any more, and of nothing else.
    ///
    /// # Errors
    /// [`ServeError::Ipc`] when the path is somebody else's, too long, or cannot be written.
    pub(crate) fn bind(path: PathBuf) -> Result<Self, ServeError> {
        match listen(&path) {
            Ok(listener) => Ok(Self { listener, path }),
            Err(error) => Err(ServeError::Ipc { path, reason: error.to_string() }),
        }
    }
}

fn listen(path: &Path) -> io::Result<UnixListener> {
    let taken = |reason| io::Error::new(io::ErrorKind::AddrInUse, reason);
    match fs::symlink_metadata(path) {
        Ok(there) if !there.file_type().is_socket() => return Err(taken("there is a file that is no socket")),
        Ok(_) if Probe::connect(path).is_ok() => return Err(taken("another process listens there")),
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    // Under another name until its permissions are right: nobody else can connect in between.
    let fresh = path.with_extension("new");
    match fs::remove_file(&fresh) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(&fresh)?;
    fs::set_permissions(&fresh, Permissions::from_mode(0o600))?;
    fs::rename(&fresh, path)?;
    Ok(listener)
}

/// Serves until the server ends.
pub(crate) async fn serve(ipc: Ipc, front: Arc<Front>) {
    loop {
        let accepted = tokio::select! {
            () = front.stopped() => return,
            accepted = ipc.listener.accept() => accepted,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                // Out of descriptors, perhaps: that passes.
                tracing::warn!(%error, "a connection to the Unix socket failed");
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                continue;
            }
        };
        let Ok(permit) = front.local.clone().try_acquire_owned() else { continue };
        let front = front.clone();
        tokio::spawn(async move {
            // How it ended is of no interest: the other side is gone.
            drop(talk(stream, front).await);
            drop(permit);
        });
    }
}

type Done = (usize, Option<Answer>);

async fn talk(stream: UnixStream, front: Arc<Front>) -> io::Result<()> {
    let (mut reader, mut writer) = split(stream);
    let (sink, mut items) = mpsc::channel::<Box<RawValue>>(ITEMS_MAX);
    let link = Arc::new(Link {
        id: front.next_connection(),
        sink: MethodSink::new(sink),
        subscriptions: BoundedSubscriptions::new(SUBSCRIPTIONS_MAX),
        turns: front.calls.turns(),
    });
    let (calls, room) = (front.calls.clone(), front.room.for_connection());
    let mut running = JoinSet::<Done>::new();
    let (mut frames, mut buffer, mut bytes) = (Frames::default(), vec![0; READ_BYTES], 0);
    loop {
        while running.len() < CALLS_MAX && bytes < REQUEST_BYTES_MAX {
            let request = match frames.next() {
                Ok(Some(request)) => request,
                Ok(None) => break,
                Err(frames::Malformed) => {
                    writer.write_all(MALFORMED.as_bytes()).await?;
                    return writer.write_all(b"\n").await;
                }
            };
            bytes += request.len();
            let (calls, link, room) = (calls.clone(), link.clone(), room.clone());
            running
                .spawn(async move { (request.len(), calls.answer(Asked::parse(&request), Some(&link), &room).await) });
        }
        let may_read = running.len() < CALLS_MAX && bytes < REQUEST_BYTES_MAX;
        tokio::select! {
            () = front.stopped() => break,
            Some(done) = running.join_next() => bytes -= send(&mut writer, done).await?,
            Some(item) = items.recv() => {
                writer.write_all(item.get().as_bytes()).await?;
                writer.write_all(b"\n").await?;
            }
            read = reader.read(&mut buffer), if may_read => match read? {
                0 => return Ok(()),
                read => frames.push(&buffer[..read]),
            },
        }
    }
    // Calls that wait for room for their items end.
    drop(items);
    while let Some(done) = running.join_next().await {
        send(&mut writer, done).await?;
    }
    writer.shutdown().await
}

/// The length of the request that is no longer in progress.
async fn send(writer: &mut (impl AsyncWriteExt + Unpin), done: Result<Done, JoinError>) -> io::Result<usize> {
    let (request, answer) = done.map_err(io::Error::other)?;
    if let Some(answer) = answer {
        // Held until the socket has taken all of it.
        writer.write_all(answer.as_ref()).await?;
        writer.write_all(b"\n").await?;
    }
    Ok(request)
}
