//! Puts the parts together, and takes them apart in order: stop indexing between two batches, finish the requests that run,
//! fold the log into the database file.

use crate::{
    args::Args,
    bar::show,
    faucet::{Faucet, KeyError, Payer, Terms, faucet, read_key},
    follow::{FollowError, Follower},
    heads::Heads,
    nodes::Nodes,
    progress::Progress,
    serve::{Doors, Served, chain::ChainFacts, router},
    source::{Source, SourceError, with_scheme},
    store::{Store, StoreError, payments::Allowance},
    verify::{
        Court,
        compile::Limits,
        compilers::Compilers,
        published,
        queue::{Bench, queue},
    },
};
use serde_json::json;
use std::{io, net::SocketAddr, time::Duration};
use tokio::{net::TcpListener, sync::watch, time::timeout};

/// How long running requests may take to finish at the end.
const DRAIN: Duration = Duration::from_secs(3);

/// How long a node may have no new block before another is asked: ten heartbeats of a chain with defaults. A chain that
/// rests as long is only asked once more.
const STALL: Duration = Duration::from_secs(10);

/// Why the indexer cannot start or go on.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error("cannot listen on {addr}: {source}. Is another program there? Give another --listen")]
    Listen { addr: SocketAddr, source: io::Error },
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("--faucet-key: {0}")]
    Key(#[from] KeyError),
    #[error(transparent)]
    Follow(#[from] FollowError),
    #[error("the HTTP server stopped: {0}")]
    Serve(io::Error),
}

/// An index that runs.
#[derive(Debug)]
pub struct Indexer {
    /// Where it serves.
    pub addr: SocketAddr,
    pub progress: Progress,
    store: Store,
    follower: Follower,
    heads: (Heads, Vec<url::Url>),
    listener: TcpListener,
    nodes: Nodes,
    doors: Doors,
    bench: Bench,
    payer: Option<Payer>,
}

impl Indexer {
    /// Opens the database and the port; asks no node yet.
    ///
    /// # Errors
    /// [`RunError`] naming what is in the way.
    pub async fn open(args: &Args) -> Result<Self, RunError> {
        let source = Source::new(&args.rpc)?;
        let store = Store::open(&args.db).await?;
        let progress = Progress::new(store.identity().await?, store.newest().await?);
        let failed = |source| RunError::Listen { addr: args.listen, source };
        let listener = TcpListener::bind(args.listen).await.map_err(failed)?;
        let addr = listener.local_addr().map_err(failed)?;
        let heads = Heads::default();
        let nodes = Nodes::new(&args.rpc)?;
        let compilers = Compilers::new([args.solc_dir.clone(), Compilers::svm_folders()].concat());
        let court = Court { nodes: nodes.clone(), compilers: compilers.clone(), limits: Limits::default() };
        let (desk, bench) = queue(store.clone(), court);
        let (tap, payer) = open_faucet(args, &store, &nodes)?.unzip();
        let facts = facts(args, addr)?;
        let doors =
            Doors { nodes: nodes.clone(), desk, compilers, faucet: tap, facts, trusted: args.trusted_proxy.clone() };
        let follower = Follower {
            store: store.clone(),
            source,
            heads: heads.clone(),
            progress: progress.clone(),
            patience: Duration::from_secs(args.patience_seconds),
            stall: STALL,
        };
        let heads = (heads, args.rpc.clone());
        Ok(Self { addr, progress, store, follower, heads, listener, nodes, doors, bench, payer })
    }

    /// The line that says where it serves.
    pub fn ready_line(&self, args: &Args) -> String {
        let (url, block) = (format!("http://{}", self.addr), self.progress.state().block.map(|block| block.height));
        if args.json {
            let graphql = format!("{url}{}", edgeloom_index_api::paths::GRAPHQL);
            return json!({ "event": "ready", "indexer": url, "graphql": graphql, "db": args.db, "block": block })
                .to_string();
        }
        let from = block.map_or_else(|| "from genesis".to_owned(), |block| format!("from block {}", block + 1));
        format!("edgeloom-indexer serves {url} (GraphQL: {url}/graphql), indexing {from} into {}", args.db.display())
    }

    /// Indexes and serves until `stop` is true.
    ///
    /// # Errors
    /// [`RunError::Follow`] when indexing cannot go on, [`RunError::Serve`] when serving cannot.
    pub async fn run(self, mut stop: watch::Receiver<bool>) -> Result<(), RunError> {
        let (end, ended) = watch::channel(false);
        let (heads, urls) = self.heads;
        let listening = tokio::spawn(heads.listen(urls));
        let app = router(Served::new(self.store.clone(), self.progress.clone(), self.doors));
        let app = app.into_make_service_with_connect_info::<SocketAddr>();
        let mut drained = ended.clone();
        let serving = axum::serve(self.listener, app).with_graceful_shutdown(async move {
            // An error means that `end` is gone: the end, too.
            let _gone = drained.wait_for(|end| *end).await;
        });
        let mut serving = tokio::spawn(async move { serving.await });
        let listing = published::list(self.store.clone(), self.nodes, self.progress.clone(), ended.clone());
        let judging = self.bench.run(ended.clone());
        let mut judging = tokio::spawn(async { tokio::try_join!(judging, listing).map(drop) });
        let mut paying = tokio::spawn(pay(self.payer, ended.clone()));
        let mut following = tokio::spawn(self.follower.run(ended));

        let mut outcome = tokio::select! {
            _ = stop.wait_for(|stop| *stop) => Ok(()),
            served = &mut serving => served.unwrap_or_else(|error| Err(io::Error::other(error))).map_err(RunError::Serve),
            followed = &mut following => flatten(followed),
            judged = &mut judging => flatten(judged),
            paid = &mut paying => flatten(paid),
        };
        if let Err(error) = &outcome {
            self.progress.failed(error.to_string());
        }
        end.send_replace(true);
        listening.abort();
        if !following.is_finished() {
            let followed = flatten((&mut following).await);
            outcome = outcome.and(followed);
        }
        if !judging.is_finished() {
            outcome = outcome.and(flatten((&mut judging).await));
        }
        if !paying.is_finished() {
            outcome = outcome.and(flatten((&mut paying).await));
        }
        if !serving.is_finished() && timeout(DRAIN, &mut serving).await.is_err() {
            tracing::warn!("some requests took too long to finish and were cut off");
            serving.abort();
        }
        // A reader has its own, shorter deadline; the log that is not folded now is folded at the next start.
        if timeout(DRAIN, self.store.close()).await.is_err() {
            tracing::warn!("the database was still in use and is left to its write-ahead log");
        }
        outcome
    }
}

fn flatten<E>(joined: Result<Result<(), E>, tokio::task::JoinError>) -> Result<(), RunError>
where
    RunError: From<E>,
{
    match joined {
        Ok(ended) => Ok(ended?),
        Err(error) => Err(RunError::Serve(io::Error::other(error))),
    }
}

/// Pays, if there is a faucet; else only waits for the end.
async fn pay(payer: Option<Payer>, mut ended: watch::Receiver<bool>) -> Result<(), StoreError> {
    match payer {
        Some(payer) => payer.run(ended).await,
        None => {
            // An error means that the sender is gone: the end, too.
            let _gone = ended.wait_for(|ended| *ended).await;
            Ok(())
        }
    }
}

fn open_faucet(args: &Args, store: &Store, nodes: &Nodes) -> Result<Option<(Faucet, Payer)>, KeyError> {
    const DAY_MS: u64 = 24 * 3_600_000;
    let wanted = &args.faucet;
    let Some(path) = &wanted.faucet_key else { return Ok(None) };
    let key = read_key(path, wanted.faucet_password_file.as_deref())?;
    let allowance = Allowance {
        window_ms: DAY_MS,
        account_max: wanted.faucet_per_address,
        peer_max: wanted.faucet_per_ip,
        total_max: wanted.faucet_daily,
    };
    let terms = Terms { key, amount: wanted.faucet_amount, allowance };
    Ok(Some(faucet(store.clone(), nodes.clone(), terms)))
}

fn facts(args: &Args, addr: SocketAddr) -> Result<ChainFacts, SourceError> {
    let chain = &args.chain;
    let own = format!("http://{addr}");
    let home = match &chain.public_index {
        Some(url) => url.clone(),
        None => own.parse().map_err(|_| SourceError::Scheme(own))?,
    };
    let nodes: Vec<_> = args.rpc.iter().map(|url| with_scheme(url, "http")).collect::<Result<_, _>>()?;
    Ok(ChainFacts {
        name: chain.chain_name.clone(),
        short_name: chain.chain_short_name.clone(),
        rpc: if chain.public_rpc.is_empty() { nodes } else { chain.public_rpc.clone() },
        info: chain.info_url.clone(),
        explorer: chain.explorer.clone(),
        home,
    })
}

/// Runs the program until it is told to stop (Ctrl-C or SIGTERM).
///
/// # Errors
/// [`RunError`] with one sentence for people.
pub async fn run(args: Args) -> Result<(), RunError> {
    let indexer = Indexer::open(&args).await?;
    println!("{}", indexer.ready_line(&args));
    let bar = tokio::spawn(show(indexer.progress.clone()));
    let (stop, stopped) = watch::channel(false);
    let signals = tokio::spawn(async move {
        told_to_stop().await;
        stop.send_replace(true);
        // Keep the sender: dropped, it would look like a stop to nobody.
        std::future::pending::<()>().await;
    });
    let outcome = indexer.run(stopped).await;
    signals.abort();
    bar.abort();
    outcome
}

async fn told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        // Without the handler SIGTERM ends the process at once, which the database survives.
        let _interrupted = tokio::signal::ctrl_c().await;
        return;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
