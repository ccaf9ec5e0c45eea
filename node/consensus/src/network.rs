//! A node on a real network: authenticated, encrypted TCP links and the consensus tasks, on a runner and a thread of
//! their own. The rest of the process meets them in mutexes and channels only: tasks and timers must not cross.

use crate::{
    Equivocations, Feed, ValidatorKeys,
    application::ChainApp,
    block::WireBlock,
    certificates::Ledger,
    committee::{Committees, identity_key},
    driver::Stopped,
    metrics::{self, counted},
    node::{self, Channels, Tasks, channel},
};
use alloy::primitives::B256;
use commonware_actor::Feedback;
use commonware_cryptography::{
    ChaCha20Poly1305, Digested, Signer as _,
    ed25519::{PrivateKey, PublicKey},
};
use commonware_p2p::{
    Address, AddressableManager as _, AddressableTrackedPeers, CheckedSender as _, LimitedSender, Recipients,
    authenticated::lookup::{self, Network},
    max_message_size,
};
use commonware_parallel::Sequential;
use commonware_runtime::{Clock, Metrics as _, Runner as _, Spawner as _, Supervisor as _, tokio as runtime};
use commonware_stream::{
    cups::{self, Cups},
    sake::{self, Sake},
};
use commonware_utils::{NZUsize, ordered::Map};
use edgeloom_chain::{Chain, LOOK_BACK};
use edgeloom_state::StoreError;
use edgeloom_txpool::Pool;
use edgeloom_types::{Committee, Genesis, Height};
use parking_lot::Mutex;
use std::{
    net::{SocketAddr, TcpListener},
    num::NonZeroUsize,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::sync::oneshot;

/// Where a node listens and whom it knows.
#[derive(Clone, Debug)]
pub struct Config {
    pub genesis: Arc<Genesis>,
    pub keys: ValidatorKeys,
    pub listen: SocketAddr,
    /// Identity and address of every other node. Whoever has a seat or may get one, and whoever follows.
    pub peers: Vec<(B256, SocketAddr)>,
    /// Vote journals and the engine's archives: never to be shared, copied back from a backup, or lost while the
    /// node may still vote.
    pub directory: PathBuf,
}

/// What a node shares with the rest of its process.
#[derive(Clone, Debug)]
pub struct Shared {
    pub chain: Arc<Mutex<Chain>>,
    pub pool: Arc<Pool>,
    pub feed: Feed,
    /// The highest final height that was heard of: its block may not be here yet.
    pub heard: Feed,
    /// How many nodes this one is linked to, counted every few seconds.
    pub peers: Arc<AtomicUsize>,
    /// Evidence against seats that signed twice.
    pub equivocations: Equivocations,
}

/// Why a node did not start, or stopped.
#[derive(Debug, thiserror::Error)]
pub enum NetworkError {
    #[error("cannot listen for peers on {address}: {error}")]
    Listen { address: SocketAddr, error: std::io::Error },
    #[error("{0} is not an ed25519 identity")]
    Identity(B256),
    #[error("more than {max} peers")]
    Peers { max: usize },
    #[error("the chain's database cannot be read: {0}")]
    Store(#[from] StoreError),
    #[error("the genesis block cannot travel: {0}")]
    Genesis(String),
    #[error("cannot start the consensus thread: {0}")]
    Thread(std::io::Error),
    #[error("consensus stopped: {0}")]
    Stopped(String),
}

/// A node that runs. Dropping it asks it to stop and does not wait.
#[derive(Debug)]
pub struct Running {
    stop: Option<oneshot::Sender<()>>,
    thread: std::thread::JoinHandle<()>,
    started: Option<oneshot::Receiver<()>>,
    ended: oneshot::Receiver<NetworkError>,
}

impl Running {
    /// Resolves when the engine of the present epoch runs: what was stored is replayed and the node takes part.
    ///
    /// # Errors
    /// When the node stopped of itself before.
    pub async fn started(&mut self) -> Result<(), NetworkError> {
        let Some(started) = &mut self.started else { return Ok(()) };
        if started.await.is_err() {
            return Err(self.fault().await);
        }
        self.started = None;
        Ok(())
    }

    /// Resolves when the node stops of itself, which is always a fault.
    pub async fn fault(&mut self) -> NetworkError {
        let ended = (&mut self.ended).await;
        ended.unwrap_or_else(|_| NetworkError::Stopped("its thread panicked".into()))
    }

    /// Stops it and waits until its storage is closed. Blocks the calling thread for up to some seconds.
    pub fn stop(mut self) {
        if let Some(stop) = self.stop.take()
            && stop.send(()).is_err()
        {
            tracing::debug!("consensus had stopped before");
        }
        if self.thread.join().is_err() {
            tracing::error!("the consensus thread panicked");
        }
    }
}

/// Most nodes that one node is linked to, itself counted.
const PEERS_MAX: usize = 128;
/// Messages that wait for one link, of either priority; more are dropped. A peer that does not read what it asked for
/// costs this many of the largest: 512 MiB. At the pace of an honest link this is some seconds of traffic.
const LINK_QUEUE: NonZeroUsize = NZUsize!(128);

/// How often a link that is down is tried, one at a time.
const DIAL: Duration = Duration::from_millis(100);
/// Links that are not up by then are not waited for. A leader that proposes before its links are up loses its turn,
/// which costs the leader timeout.
const GRACE: Duration = Duration::from_secs(1);
/// How often links are counted until then.
const COUNT: Duration = Duration::from_millis(50);
/// How often afterwards.
const RECOUNT: Duration = Duration::from_secs(2);

/// Starts the node's thread.
///
/// # Errors
/// [`NetworkError`] for what can be seen before the thread runs.
pub fn start(config: Config, shared: Shared) -> Result<Running, NetworkError> {
    if config.peers.len() >= PEERS_MAX {
        return Err(NetworkError::Peers { max: PEERS_MAX - 1 });
    }
    let peers = Peers::of(&config)?;
    // The engine's listener reports a taken port only as a task that ended, so try it here first.
    let probe = TcpListener::bind(config.listen);
    probe.map(drop).map_err(|error| NetworkError::Listen { address: config.listen, error })?;
    let (app, genesis) = prepare(config.genesis.clone(), Some(config.keys.clone()), &shared)?;
    let (stop, stopped) = oneshot::channel();
    let (start, started) = oneshot::channel();
    let (end, ended) = oneshot::channel();
    let node = Node {
        config,
        app,
        genesis,
        peers,
        feed: shared.feed,
        heard: shared.heard,
        equivocations: shared.equivocations,
        links: shared.peers,
        started: start,
    };
    let thread = std::thread::Builder::new().name("consensus".into()).spawn(move || {
        let settings = runtime::Config::default()
            .with_storage_directory(node.config.directory.clone())
            .with_tcp_nodelay(Some(true));
        let fault = runtime::Runner::new(settings).start(|context| node.run(context, stopped));
        if let Some(fault) = fault {
            // Nobody may be waiting any more.
            drop(end.send(NetworkError::Stopped(fault.to_string())));
        }
    });
    Ok(Running { stop: Some(stop), thread: thread.map_err(NetworkError::Thread)?, started: Some(started), ended })
}

/// The application over a chain, and the genesis block as the engine carries it.
pub(crate) fn prepare(
    genesis: Arc<Genesis>,
    keys: Option<ValidatorKeys>,
    shared: &Shared,
) -> Result<(ChainApp, Digested<WireBlock>), NetworkError> {
    check_identities(genesis.committee())?;
    let chain = shared.chain.lock();
    let (genesis_hash, store, terms) = (chain.genesis_hash(), chain.store().clone(), chain.terms().clone());
    drop(chain);
    let block = store.block(Height::GENESIS)?.ok_or_else(|| NetworkError::Genesis("it is not stored".into()))?;
    let block = WireBlock::new(Arc::new(block)).map_err(|unfit| NetworkError::Genesis(unfit.to_string()))?;
    let mut ledger = Ledger::default();
    let tip = store.tip().map_or(Height::GENESIS, |tip| tip.height);
    for height in tip.get().saturating_sub(LOOK_BACK as u64)..=tip.get() {
        let height = Height::new(height);
        let Some(block) = store.block(height)? else { continue };
        ledger.finalized(&block);
        if let Some(certificate) = store.certificate(height)? {
            ledger.hold(height, block.hash(), certificate);
        }
    }
    let app = ChainApp {
        chain: shared.chain.clone(),
        store,
        pool: shared.pool.clone(),
        genesis,
        genesis_hash,
        terms,
        committees: Committees::new(genesis_hash, keys.map(Arc::new)),
        ledger: Arc::new(Mutex::new(ledger)),
    };
    Ok((app, block.digested()))
}

fn check_identities(committee: &Committee) -> Result<(), NetworkError> {
    let mut identities = committee.seats().map(|seat| seat.identity);
    identities
        .find(|identity| identity_key(identity).is_none())
        .map_or(Ok(()), |identity| Err(NetworkError::Identity(identity)))
}

/// Every node with its address, this one included.
#[derive(Clone)]
struct Peers(Vec<(PublicKey, Address)>);

impl Peers {
    fn of(config: &Config) -> Result<Self, NetworkError> {
        let me = (config.keys.identity(), config.listen);
        let all = config.peers.iter().copied().chain([me]).map(|(identity, address)| {
            let key = identity_key(&identity).ok_or(NetworkError::Identity(identity))?;
            Ok((key, Address::from(address)))
        });
        all.collect::<Result<_, NetworkError>>().map(Self)
    }

    /// All of them as primary peers, whether they have a seat or not: only those are dialled. A node that comes late knows the
    /// committee of long ago, of whom nobody may be left, and still has to find those of today.
    fn tracked(&self) -> AddressableTrackedPeers<PublicKey> {
        AddressableTrackedPeers::new(Map::from_iter_dedup(self.0.iter().cloned()), Map::default())
    }
}

type Handshake = Cups<Sake<PrivateKey>, ChaCha20Poly1305>;

struct Node {
    config: Config,
    app: ChainApp,
    genesis: Digested<WireBlock>,
    peers: Peers,
    feed: Feed,
    heard: Feed,
    equivocations: Equivocations,
    links: Arc<AtomicUsize>,
    started: oneshot::Sender<()>,
}

impl Node {
    /// The runner's root: everything ends when this returns. `None` when it was asked to stop.
    async fn run(self, context: runtime::Context, stopped: oneshot::Receiver<()>) -> Option<Stopped> {
        let (mut p2p, mut oracle) = Network::new(context.child("p2p"), self.settings());
        let mut channels = Channels {
            votes: counted(p2p.register(channel::VOTES, channel::quota(channel::VOTES)), "votes"),
            certificates: counted(
                p2p.register(channel::CERTIFICATES, channel::quota(channel::CERTIFICATES)),
                "certificates",
            ),
            resolver: counted(p2p.register(channel::RESOLVER, channel::quota(channel::RESOLVER)), "resolver"),
            blocks: counted(p2p.register(channel::BLOCKS, channel::quota(channel::BLOCKS)), "blocks"),
            backfill: counted(p2p.register(channel::BACKFILL, channel::quota(channel::BACKFILL)), "backfill"),
            transactions: counted(
                p2p.register(channel::TRANSACTIONS, channel::quota(channel::TRANSACTIONS)),
                "transactions",
            ),
            resume: counted(p2p.register(channel::RESUME, channel::quota(channel::RESUME)), "resume"),
            peers: oracle.clone(),
            blocker: oracle.clone(),
        };
        if oracle.track(0, self.peers.tracked()) == Feedback::Closed {
            return Some(Stopped::Task("peer tracker"));
        }
        let mut tasks = Tasks::default();
        tasks.watch("p2p network", p2p.start());
        linked(&context, &mut channels.transactions.0, self.config.peers.len()).await;
        tasks.watch(
            "link count",
            context.child("links").spawn({
                let mut sender = channels.transactions.0.clone();
                move |clock| async move {
                    let mut engine = metrics::Engine::default();
                    loop {
                        if let Some(links) = count(&mut sender) {
                            self.links.store(links, Ordering::Relaxed);
                            metrics::linked(links);
                        }
                        engine.read(&clock.encode());
                        clock.sleep(RECOUNT).await;
                    }
                }
            }),
        );
        let config = node::Config {
            public_key: self.config.keys.identity.public_key(),
            genesis: self.genesis,
            app: self.app,
            feed: self.feed,
            heard: self.heard,
            equivocations: self.equivocations,
            partition: "node".into(),
            strategy: Sequential,
            started: self.started,
            asks: true,
        };
        let (_marshal, node) = node::start(context.child("chain"), config, channels).await;
        tokio::select! {
            fault = node => Some(fault.unwrap_or(Stopped::Task("node"))),
            ended = tasks.ended() => Some(ended),
            // A dropped `Running` asks for the same.
            _ = stopped => {
                drop(context.stop(0, Some(Duration::from_secs(5))).await);
                None
            }
        }
    }

    fn settings(&self) -> lookup::Config<Handshake> {
        let handshake = Cups::<_, ChaCha20Poly1305>::new(
            Sake {
                signer: self.config.keys.identity.clone(),
                synchrony_bound: Duration::from_secs(5),
                max_handshake_age: Duration::from_secs(10),
                version: sake::Version::V1,
            },
            cups::Version::V1,
        );
        let namespace = [b"EDGELOOM_P2P".as_slice(), self.app.genesis_hash.as_slice()].concat();
        // `local` differs from `recommended` in admitting private addresses and in redialling after a second
        // instead of a minute, so that a restarted validator is back at once.
        let mut settings = lookup::Config::local(
            handshake,
            &namespace,
            self.config.listen,
            // Each channel's inbox is made for this many bursts, whether they come or not.
            NZUsize!(self.config.peers.len() + 1),
            max_message_size(&[node::max_payload(node::SEATS_MAX)]),
            LINK_QUEUE,
        );
        settings.tracked_peer_sets = NZUsize!(1);
        settings.dial_frequency = DIAL;
        settings.peer_connection_cooldown = DIAL * 2;
        settings
    }
}

/// Resolves when `peers` links are up, or after [`GRACE`].
async fn linked(clock: &impl Clock, sender: &mut impl LimitedSender<PublicKey = PublicKey>, peers: usize) {
    let deadline = clock.current() + GRACE;
    while count(sender).unwrap_or(0) < peers && clock.current() < deadline {
        clock.sleep(COUNT).await;
    }
}

/// How many nodes a message would reach now; `None` when too many were sent lately to say. Asking sends none.
fn count(sender: &mut impl LimitedSender<PublicKey = PublicKey>) -> Option<usize> {
    sender.check(Recipients::All).ok().map(|checked| checked.recipients().len())
}

#[cfg(test)]
mod tests;
