//! The origin of media: a file, encrypted piece by piece when somebody asks, for each epoch by another key.

use std::{
    collections::BTreeMap, fs::File, io::Read as _, net::SocketAddr, os::unix::fs::FileExt as _, path::PathBuf,
    process::ExitCode, sync::Arc,
};

use alloy::primitives::{B256, U256};
use axum::{
    Json, Router,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use edgeloom_media::{ContentKey, Manifest, PIECE_BYTES};
use edgeloom_sdk::{Client, Error, Show, quorum_of};
use eyre::{Result, WrapErr};
use serde_json::json;
use tokio::{net::TcpListener, signal::ctrl_c, sync::Mutex};
use url::Url;

use crate::settings::Settings;

/// Epochs whose keys are kept: the current one, and the one before for whoever is in the middle of a piece.
const EPOCHS_KEPT: usize = 2;

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
    /// Of the newest epochs: never written down, so that nobody finds them later.
    keys: Mutex<BTreeMap<U256, (ContentKey, Show)>>,
}

pub(super) async fn run(settings: &Settings, client: Client, source: Source) -> Result<ExitCode> {
    let Source { file, gate, mime, listen, url, nodes } = source;
    let opened = File::open(&file).wrap_err_with(|| format!("cannot read {}", file.display()))?;
    let manifest = manifest_of(&opened, &mime).wrap_err_with(|| file.display().to_string())?;
    let listener = TcpListener::bind(listen).await.wrap_err_with(|| format!("cannot listen on {listen}"))?;
    let listen = listener.local_addr()?;
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
    let origin = Arc::new(Origin { client, gate, file: opened, manifest, nodes, keys: Mutex::default() });
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
        .with_state(origin)
}

async fn show(State(origin): State<Arc<Origin>>) -> Response {
    match origin.current().await {
        Ok(show) => ([(header::CACHE_CONTROL, "no-store")], Json(show)).into_response(),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, error.to_string()).into_response(),
    }
}

async fn piece(State(origin): State<Arc<Origin>>, Path((epoch, piece)): Path<(U256, usize)>) -> Response {
    let key = origin.keys.lock().await.get(&epoch).map(|(key, _)| key.clone());
    let Some(key) = key else {
        return (StatusCode::GONE, format!("epoch {epoch} is over, or was never shown")).into_response();
    };
    if piece >= origin.manifest.pieces() {
        return (StatusCode::NOT_FOUND, format!("there is no piece {piece}")).into_response();
    }
    let encrypted = tokio::task::spawn_blocking(move || origin.encrypted(&key, piece)).await;
    match encrypted.map_err(eyre::Report::from).and_then(|read| read.map_err(eyre::Report::from)) {
        Ok(bytes) => bytes.into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error:#}")).into_response(),
    }
}

impl Origin {
    /// The epoch that is now, with a key of its own.
    async fn current(&self) -> Result<Show, Error> {
        let media = self.client.media();
        let (epoch, _) = media.epoch(self.gate).await?;
        let mut keys = self.keys.lock().await;
        if let Some((_, show)) = keys.get(&epoch) {
            return Ok(show.clone());
        }
        let (message, (_, record)) = futures::try_join!(media.message(self.gate, epoch), media.quorum(self.gate))?;
        let key = ContentKey::random();
        let wrapped = quorum_of(&record)?.wrap(&message.0, &key).map_err(|error| Error::Answer(error.to_string()))?;
        let show = Show { epoch, wrapped };
        keys.insert(epoch, (key, show.clone()));
        while keys.len() > EPOCHS_KEPT {
            keys.pop_first();
        }
        Ok(show)
    }

    fn encrypted(&self, key: &ContentKey, piece: usize) -> std::io::Result<Vec<u8>> {
        let range = self.manifest.range(piece);
        let mut plain = vec![0; (range.end - range.start) as usize];
        self.file.read_exact_at(&mut plain, range.start)?;
        Ok(self.manifest.encrypt(key, piece, &plain))
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
