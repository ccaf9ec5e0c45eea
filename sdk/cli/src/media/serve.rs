//! The origin of media: a file, encrypted piece by piece when somebody asks, for each epoch by another key.

use std::{
    fs::File,
    io::Read as _,
    net::SocketAddr,
    os::unix::fs::FileExt as _,
    path::PathBuf,
    process::ExitCode,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use alloy::primitives::{B256, U256};
use axum::{
    Json, Router,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use edgeloom_listener::Listener;
use edgeloom_media::{ContentKey, Manifest, PIECE_BYTES};
use edgeloom_sdk::{Client, Error, Moment, Show, quorum_of};
use eyre::{Result, WrapErr};
use serde_json::json;
use tokio::{net::TcpListener, signal::ctrl_c, sync::Semaphore};
use tower_http::timeout::TimeoutLayer;
use url::Url;

use super::epochs::{Epochs, Now, Shown};
use crate::settings::Settings;

/// Connections at a time, and how long one lives that nothing moves through.
const CONNECTIONS_MAX: usize = 256;
const IDLE_MAX: Duration = Duration::from_secs(60);
/// From a request to its answer.
const REQUEST_MAX: Duration = Duration::from_secs(30);
/// Questions to the chain at a time: whoever asks this origin has it ask the chain.
const QUESTIONS_MAX: usize = 8;

/// What is served, and where.
pub(super) struct Source {
    pub(super) file: PathBuf,
    pub(super) gate: U256,
    pub(super) mime: String,
    pub(super) listen: SocketAddr,
    pub(super) url: Option<Url>,
    pub(super) nodes: Vec<Url>,
}

struct Origin {
    client: Client,
    gate: U256,
    file: File,
    manifest: Manifest,
    nodes: Vec<Url>,
    /// Never held while somebody is asked.
    epochs: Mutex<Epochs>,
    questions: Semaphore,
}

pub(super) async fn run(settings: &Settings, client: Client, source: Source) -> Result<ExitCode> {
    let Source { file, gate, mime, listen, url, nodes } = source;
    let opened = File::open(&file).wrap_err_with(|| format!("cannot read {}", file.display()))?;
    let manifest = manifest_of(&opened, &mime).wrap_err_with(|| file.display().to_string())?;
    let listener = TcpListener::bind(listen).await.wrap_err_with(|| format!("cannot listen on {listen}"))?;
    let listener = Listener::new(listener, CONNECTIONS_MAX, IDLE_MAX);
    let listen = listener.tcp.local_addr()?;
    let url = url.map_or_else(|| format!("http://{listen}"), |url| url.as_str().trim_end_matches('/').to_owned());
    let root = B256::from(*manifest.root());
    let content = client.media().content(gate).await?;
    if content.root != root || content.uri != url {
        client.media().set_content(gate, root, url.clone()).await?;
    }
    let pieces = manifest.pieces();
    if settings.json {
        println!(
            "{}",
            json!({ "event": "serving", "gate": gate.to_string(), "root": root, "uri": url, "pieces": pieces })
        );
    } else {
        println!("serving {} ({pieces} pieces) behind gate {gate} at {url}; Ctrl-C ends it", file.display());
    }
    let (epochs, questions) = (Mutex::default(), Semaphore::new(QUESTIONS_MAX));
    let origin = Arc::new(Origin { client, gate, file: opened, manifest, nodes, epochs, questions });
    let serving = axum::serve(listener, routes(origin)).with_graceful_shutdown(async {
        // Without it, it is ended from outside.
        if ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    });
    serving.await?;
    Ok(ExitCode::SUCCESS)
}

fn routes(origin: Arc<Origin>) -> Router {
    Router::new()
        .route("/manifest.json", get(|State(origin): State<Arc<Origin>>| async move { origin.manifest.to_json() }))
        .route("/nodes.json", get(|State(origin): State<Arc<Origin>>| async move { Json(origin.nodes.clone()) }))
        .route("/show.json", get(show))
        .route("/{epoch}/{piece}", get(piece))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, REQUEST_MAX))
        .with_state(origin)
}

async fn show(State(origin): State<Arc<Origin>>) -> Response {
    match origin.current().await {
        Ok(show) => ([(header::CACHE_CONTROL, "no-store")], Json(show)).into_response(),
        Err(error) => unavailable(&error),
    }
}

async fn piece(State(origin): State<Arc<Origin>>, Path((epoch, piece)): Path<(U256, usize)>) -> Response {
    if piece >= origin.manifest.pieces() {
        return (StatusCode::NOT_FOUND, format!("there is no piece {piece}")).into_response();
    }
    let key = match origin.key(epoch).await {
        Ok(Some(key)) => key,
        Ok(None) => {
            return (StatusCode::GONE, format!("epoch {epoch} is over, or was never shown")).into_response();
        }
        Err(error) => return unavailable(&error),
    };
    let encrypted = tokio::task::spawn_blocking(move || origin.encrypted(&key, piece)).await;
    match encrypted.map_err(eyre::Report::from).and_then(|read| read) {
        Ok(bytes) => bytes.into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error:#}")).into_response(),
    }
}

fn unavailable(error: &Error) -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, error.to_string()).into_response()
}

impl Origin {
    /// The epoch that is now, with a key of its own.
    async fn current(&self) -> Result<Show, Error> {
        let (moment, _) = self.ask().await?;
        let Moment { epoch, version, ref quorum, .. } = moment;
        if let Some(show) = self.epochs().show(epoch, version) {
            return Ok(show.clone());
        }
        let message = self.client.media().message(self.gate, epoch).await?;
        let key = ContentKey::random();
        let wrapped = quorum_of(quorum)?.wrap(&message.0, &key).map_err(|error| Error::Answer(error.to_string()))?;
        Ok(self.epochs().open(Shown { version, key, show: Show { epoch, wrapped } }))
    }

    /// The key of an epoch, if it is the current one, or was a moment ago.
    async fn key(&self, epoch: U256) -> Result<Option<ContentKey>, Error> {
        let mut at = Instant::now();
        if self.epochs().is_stale(at) {
            // However long the answer took: it was right when it was asked for.
            (_, at) = self.ask().await?;
        }
        Ok(self.epochs().key(epoch, at))
    }

    async fn ask(&self) -> Result<(Moment, Instant), Error> {
        let _place = self.questions.acquire().await.map_err(|error| Error::Answer(error.to_string()))?;
        let asked = Instant::now();
        let moment = self.client.media().moment(self.gate).await?;
        let age = Duration::from_secs(moment.time.saturating_sub(moment.since));
        self.epochs().hear(Now { epoch: moment.epoch, age, asked });
        Ok((moment, asked))
    }

    fn epochs(&self) -> MutexGuard<'_, Epochs> {
        // Whoever held it left nothing half done.
        self.epochs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn encrypted(&self, key: &ContentKey, piece: usize) -> Result<Vec<u8>> {
        let range = self.manifest.range(piece);
        let mut plain = vec![0; (range.end - range.start) as usize];
        self.file.read_exact_at(&mut plain, range.start)?;
        self.manifest.encrypt(key, piece, &plain).wrap_err("the file was changed")
    }
}

fn manifest_of(mut file: &File, mime: &str) -> Result<Manifest> {
    let mut making = Manifest::making();
    let mut piece = Vec::with_capacity(PIECE_BYTES);
    loop {
        piece.clear();
        (&mut file).take(PIECE_BYTES as u64).read_to_end(&mut piece)?;
        if piece.is_empty() {
            break;
        }
        making.add(&piece);
    }
    Ok(making.done(mime)?)
}
