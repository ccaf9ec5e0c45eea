//! The faulty proxy: passes bytes on in both ways, and is wrong in one way about what comes back.

use crate::fault::Fault;
use eyre::Result;
use std::{
    path::PathBuf,
    process,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, TcpStream, UnixListener, UnixStream},
    time::sleep,
};

/// Every so many answers something is wrong.
const PERIOD: u64 = 97;
/// What [`Fault::Leak`] leaves behind for each answer.
const LEAK_BYTES: usize = 256 * 1024;
/// And in all.
const LEAKS_MAX: usize = 8_000;
/// When [`Fault::Crash`] and [`Fault::Stuck`] begin.
const AFTER: Duration = Duration::from_secs(4);

#[derive(Debug)]
struct State {
    fault: Fault,
    upstream: u16,
    began: Instant,
    answers: AtomicU64,
    lane: tokio::sync::Mutex<()>,
    /// Who wants the lane or has it.
    waiting: AtomicU64,
    leaked: Mutex<Vec<Vec<u8>>>,
}

/// Which way a caller comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Door {
    Port,
    Ipc,
}

/// Serves on `port` and on the Unix socket `ipc` what `upstream` and `upstream_ipc` serve, with `fault`, for ever.
///
/// # Errors
/// When the port or the path is taken.
pub async fn proxy((port, upstream): (u16, u16), (ipc, upstream_ipc): (PathBuf, PathBuf), fault: Fault) -> Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    let ipc = UnixListener::bind(ipc)?;
    println!("{{\"proxy\":{port}}}");
    let state = State {
        fault,
        upstream,
        began: Instant::now(),
        answers: AtomicU64::new(0),
        lane: tokio::sync::Mutex::default(),
        waiting: AtomicU64::new(0),
        leaked: Mutex::default(),
    };
    let state = Arc::new(state);
    loop {
        tokio::select! {
            caller = listener.accept() => {
                let ((caller, _), state) = (caller?, state.clone());
                tokio::spawn(async move {
                    let Ok(node) = TcpStream::connect(("127.0.0.1", upstream)).await else { return };
                    let _delays = (caller.set_nodelay(true), node.set_nodelay(true));
                    let ((from_caller, to_caller), (from_node, to_node)) = (caller.into_split(), node.into_split());
                    tokio::spawn(state.clone().ask(from_caller, to_node));
                    state.answer(Door::Port, from_node, to_caller).await;
                });
            }
            caller = ipc.accept() => {
                let ((caller, _), state, upstream) = (caller?, state.clone(), upstream_ipc.clone());
                tokio::spawn(async move {
                    let Ok(node) = UnixStream::connect(upstream).await else { return };
                    let ((from_caller, to_caller), (from_node, to_node)) = (caller.into_split(), node.into_split());
                    tokio::spawn(state.clone().ask(from_caller, to_node));
                    state.answer(Door::Ipc, from_node, to_caller).await;
                });
            }
        }
    }
}

impl State {
    async fn ask(self: Arc<Self>, mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin) {
        let mut bytes = vec![0; 64 * 1024];
        while let Ok(read @ 1..) = from.read(&mut bytes).await {
            assert!(self.fault != Fault::CheatPanic || !cheats(&bytes[..read]), "planted");
            let stuck = self.fault == Fault::Stuck && self.began.elapsed() > AFTER;
            let at = bytes[..read].windows(22).position(|word| word == b"eth_sendRawTransaction");
            if let Some(at) = at.filter(|_| stuck) {
                bytes[at..at + 22].copy_from_slice(b"eth_getRawTransactionX");
            }
            if to.write_all(&bytes[..read]).await.is_err() {
                return;
            }
        }
    }

    async fn answer(&self, door: Door, mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin) {
        let mut bytes = vec![0; 64 * 1024];
        while let Ok(read @ 1..) = from.read(&mut bytes).await {
            let answer = &mut bytes[..read];
            let due = self.answers.fetch_add(1, Ordering::Relaxed) % PERIOD == PERIOD - 1;
            if !self.spoil(door, answer, due).await || to.write_all(answer).await.is_err() {
                return;
            }
        }
    }

    /// Whether the answer is to be sent on.
    async fn spoil(&self, door: Door, answer: &mut [u8], due: bool) -> bool {
        let drops = if self.fault == Fault::IpcSilence { door == Door::Ipc } else { due };
        match self.fault {
            Fault::Panic if due => panic!("planted"),
            Fault::Crash if self.began.elapsed() > AFTER => process::abort(),
            Fault::ServerError if due => replace(answer, b"HTTP/1.1 200", b"HTTP/1.1 500"),
            Fault::Unavailable if due => replace(answer, b"HTTP/1.1 200", b"HTTP/1.1 503"),
            Fault::WrongCode => replace(answer, b"\"code\":-32", b"\"code\":-99"),
            Fault::InternalError => replace(answer, b"\"code\":-32601", b"\"code\":-32603"),
            Fault::Garbled if due => replace(answer, b"\"jsonrpc\"", b"\"jsonrpc "),
            Fault::Leak => {
                let mut leaked = self.leaked.lock().unwrap_or_else(PoisonError::into_inner);
                if leaked.len() < LEAKS_MAX {
                    leaked.push(vec![1; LEAK_BYTES]);
                }
            }
            Fault::SlowLane => {
                let waiting = self.waiting.fetch_add(1, Ordering::Relaxed) + 1;
                let _lane = self.lane.lock().await;
                sleep(Duration::from_millis(waiting * waiting)).await;
                self.waiting.fetch_sub(1, Ordering::Relaxed);
            }
            Fault::AlteredState if due => self.alter().await,
            Fault::DroppedAnswer | Fault::IpcSilence if drops => {
                // For ever, as far as the caller knows.
                sleep(Duration::from_secs(86_400)).await;
                return false;
            }
            _ => {}
        }
        true
    }

    /// Gives the honest client's recipient a balance.
    async fn alter(&self) {
        let body = format!(
            r#"{{"jsonrpc":"2.0","id":1,"method":"anvil_setBalance","params":["{}","0x7"]}}"#,
            crate::honest::RECIPIENT
        );
        if let Ok(mut node) = TcpStream::connect(("127.0.0.1", self.upstream)).await {
            drop(node.write_all(&crate::http::post(body.as_bytes())).await);
            drop(node.read(&mut [0; 1024]).await);
        }
    }
}

/// Whether a request drives a development chain, as far as its first bytes say.
fn cheats(bytes: &[u8]) -> bool {
    [&b"\"evm_"[..], b"\"anvil_", b"\"hardhat_"].iter().any(|word| bytes.windows(word.len()).any(|part| part == *word))
}

/// `with` is as long as `what`.
fn replace(bytes: &mut [u8], what: &[u8], with: &[u8]) {
    if let Some(at) = bytes.windows(what.len()).position(|part| part == what) {
        bytes[at..at + with.len()].copy_from_slice(with);
    }
}
