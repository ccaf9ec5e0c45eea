mod look;

use std::{
    collections::HashSet,
    fs::{self, File, TryLockError},
    io,
    net::SocketAddr,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use alloy::{primitives::U256, signers::local::PrivateKeySigner};
use edgeloom_listener::Listener;
use edgeloom_sdk::{Client, Error};
use parking_lot::Mutex;
use thiserror::Error as ThisError;
use tokio::{
    net::TcpListener,
    sync::{mpsc, watch},
    task::{JoinError, JoinSet, spawn_blocking},
    time::{sleep_until, timeout_at},
};

use crate::{
    Config, Enrolment, Skip, Status, Switch,
    bond::{self, BondError, Goal},
    card::{self, CardError},
    desk::Desk,
    discovery::Discovery,
    errand::Errands,
    gates::Gates,
    journal::{Chain, Journal, JournalError, Ledger, Stage},
    life::{self, Bench, Candidate, Outcome},
    page,
    plan::Policy,
    rounds::Rounds,
    shared::Shared,
    shelf::Shelf,
    tally::Tally,
    vouchers::Till,
};

/// How often the index is asked eagerly after a block, which it needs a moment to read.
const EAGER_TIMES: u32 = 5;
/// Before a job that may become acceptable is looked at again.
const LATER: Duration = Duration::from_secs(5);
/// Before a job is looked at again because the node was unreachable, or did not know it.
const SOON: Duration = Duration::from_secs(1);
/// Looks at a job that the node does not know before the index is not believed.
const DENIALS_MAX: u32 = 30;

/// Connections to the status page at a time, and how long one lives that nothing moves through.
const CONNECTIONS_MAX: usize = 256;
const IDLE_MAX: Duration = Duration::from_secs(60);

/// Why a worker does not start, or stops by itself.
#[derive(Debug, ThisError)]
pub enum WorkerError {
    #[error("{0} is in use by another worker process. Give each its own --data directory, and its own key")]
    Locked(PathBuf),
    #[error("{path}: {source}")]
    Io { path: PathBuf, source: io::Error },
    #[error("cannot read the shares of media: {0}")]
    Gates(io::Error),
    #[error("cannot serve the status page on {listen}: {source}. Choose another --listen address")]
    Listen { listen: SocketAddr, source: io::Error },
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error(transparent)]
    Bond(#[from] BondError),
    #[error(transparent)]
    Card(#[from] CardError),
    #[error(transparent)]
    Chain(#[from] Error),
}

/// A worker that holds its data directory, its bond and its port.
#[derive(Debug)]
pub struct Worker {
    bench: Arc<Bench>,
    ledger: Ledger,
    stake: Goal,
    rounds: Enrolment,
    /// Until it runs; and jobs that bids won.
    errands: Option<Errands>,
    won: mpsc::Receiver<U256>,
    max_parallel: usize,
    drain: Duration,
    listen: SocketAddr,
}

/// What the loop keeps.
struct Floor {
    discovery: Discovery,
    tasks: JoinSet<Done>,
    running: HashSet<U256>,
    /// Jobs that were delivered, and whose ends take days: they are in nobody's way.
    vigils: JoinSet<Done>,
    watched: HashSet<U256>,
    /// Jobs that this worker gave up; the chain may count them as its own until somebody expires them.
    given_up: HashSet<U256>,
    /// Whether the stake has been topped up, without which no job is taken.
    bonded: bool,
    bonding: JoinSet<Result<(), BondError>>,
    bond_at: Instant,
    /// Until there is stake to answer with.
    rounds: Option<Rounds>,
    errands: Option<Errands>,
    tending: JoinSet<JournalError>,
    eager: u32,
    ask_at: Instant,
    refresh_at: Instant,
}

/// A task's last word.
struct Done {
    id: U256,
    /// Absent for a job that was continued from the journal.
    candidate: Option<Candidate>,
    outcome: Result<Outcome, JournalError>,
}

impl Floor {
    /// Has a job looked at again, unless it came from the journal.
    fn again(&mut self, candidate: Option<Candidate>, pause: Duration) {
        if let Some(candidate) = candidate {
            self.discovery.again(candidate, Instant::now() + pause);
        }
    }
}

impl Worker {
    /// Locks the data directory, connects, opens the journal, serves the status page, and bonds if needed. With jobs under
    /// way in the journal bonding is left to [`Self::run`], which goes on with them first: their bonds are at stake.
    ///
    /// # Errors
    /// [`WorkerError`], each with what to do about it.
    pub async fn start(config: &Config, signer: PrivateKeySigner) -> Result<Self, WorkerError> {
        let failed = |source| WorkerError::Io { path: config.data.clone(), source };
        fs::create_dir_all(config.data.join("claims")).map_err(failed)?;
        let lock = lock(config)?;
        let device = config.device;
        let card = spawn_blocking(move || card::open(device)).await.map_err(|panicked| failed(panicked.into()))??;
        let shelf = Shelf::open(config.data.join("models")).map_err(failed)?;
        let worker = signer.address();
        let client = Client::connect(config.client().signer(signer)).await?;
        let chain = Chain { id: client.chain_id(), genesis: client.node().status().await?.genesis_hash };
        let (journal, ledger) = Journal::open(&config.data.join("journal.jsonl"), chain)?;
        adopt(&client, &ledger)?;
        let tally = Tally::new(worker, client.chain_id(), ledger.totals);
        let policy = Policy { min_price: config.min_price, work_seconds_min: 5 };
        let till = Till::new(config.vouchers == Switch::On, &ledger.trade);
        let gates = Gates::open(config.data.join("gates"), config.media.clone()).map_err(WorkerError::Gates)?;
        tally.set(|state| state.gates = gates.count());
        let (errands, won) = Errands::new(config, &ledger);
        let claims = Mutex::new(ledger.claims.clone());
        let desk = Desk { client, me: worker, journal, shelf, data: config.data.clone(), _lock: lock };
        let (promised, memory, memory_max) = (Shared::default(), Shared::default(), config.memory_max);
        let bench =
            Arc::new(Bench { desk, worker, tally, policy, till, gates, card, claims, promised, memory, memory_max });
        // The page before the bond: an operator can then see a start that waits for money.
        let listen = serve(config.listen, Arc::clone(&bench)).await?;
        let minimum = bench.client.edge_staking().minimum().await?;
        let stake = Goal { minimum, target: config.bond.unwrap_or(minimum) };
        if ledger.open.is_empty() {
            bond::top_up(&bench.client, worker, stake, &bench.promised).await?;
        }
        let drain = Duration::from_secs(config.drain_seconds);
        let rounds = config.rounds;
        let (errands, max_parallel) = (Some(errands), config.max_parallel);
        Ok(Self { bench, ledger, stake, rounds, errands, won, max_parallel, drain, listen })
    }

    /// Where the status page is.
    #[must_use]
    pub const fn listen(&self) -> SocketAddr {
        self.listen
    }

    /// The status page's numbers, now and later.
    #[must_use]
    pub fn watch(&self) -> Watch {
        Watch { bench: Arc::clone(&self.bench) }
    }

    /// Works until `stop` becomes true, then finishes what is under way, for as long as the configuration allows. What is
    /// left is in the journal.
    ///
    /// # Errors
    /// [`WorkerError::Journal`] when the disk fails: a worker that cannot write down what it does must not do it.
    /// [`WorkerError::Bond`] when it cannot be bonded and has no job left to finish.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) -> Result<(), WorkerError> {
        let now = Instant::now();
        let mut floor = Floor {
            discovery: Discovery::new(self.bench.worker),
            tasks: JoinSet::new(),
            running: HashSet::new(),
            vigils: JoinSet::new(),
            watched: HashSet::new(),
            given_up: HashSet::new(),
            bonded: self.ledger.open.is_empty(),
            bonding: JoinSet::new(),
            bond_at: now,
            rounds: Some(Rounds::new(self.rounds, self.ledger.epochs.clone())),
            errands: self.errands.take(),
            tending: JoinSet::new(),
            eager: 1,
            ask_at: now,
            refresh_at: now,
        };
        let (_, unwon) = mpsc::channel(1);
        let mut won = std::mem::replace(&mut self.won, unwon);
        floor.tending.spawn(Gates::tend(Arc::clone(&self.bench)));
        for (&job, stage) in &self.ledger.open {
            self.resume(&mut floor, job, stage.clone());
        }
        let mut heads = self.bench.client.heads();
        let head = *heads.borrow_and_update();
        self.bench.tally.set(|state| state.head = head);
        while !*stop.borrow() {
            self.start_due(&mut floor);
            let wake = [floor.discovery.due(), Some(floor.ask_at), Some(floor.refresh_at)];
            // Until it may take jobs, one whose turn has come is no reason to wake.
            let takes = floor.bonded && floor.running.len() < self.max_parallel;
            let wake = wake.into_iter().skip(usize::from(!takes)).flatten().min().unwrap_or(floor.ask_at);
            tokio::select! {
                () = stopped(&mut stop) => break,
                Some(done) = floor.tasks.join_next() => self.finish(&mut floor, done)?,
                Some(done) = floor.vigils.join_next() => self.finish(&mut floor, done)?,
                Some(done) = floor.bonding.join_next() => look::bonded(&mut floor, done)?,
                Some(ended) = floor.tending.join_next() => return Err(look::untended(ended)),
                Some(job) = won.recv() => self.begin(&mut floor, job),
                changed = heads.changed() => {
                    if changed.is_err() {
                        break;
                    }
                    let head = *heads.borrow_and_update();
                    self.bench.tally.set(|state| state.head = head);
                    floor.eager = EAGER_TIMES;
                    floor.ask_at = Instant::now();
                }
                () = sleep_until(wake.into()) => {}
            }
            tokio::select! {
                () = stopped(&mut stop) => break,
                () = self.look_around(&mut floor) => {}
            }
        }
        self.drain(floor).await
    }

    fn start_due(&self, floor: &mut Floor) {
        if floor.bonded
            && let Some(rounds) = floor.rounds.take()
        {
            floor.tending.spawn(rounds.tend(Arc::clone(&self.bench)));
        }
        if floor.bonded
            && let Some(errands) = floor.errands.take()
        {
            errands.start(&self.bench, &mut floor.tending);
        }
        let now = Instant::now();
        while floor.bonded
            && floor.running.len() < self.max_parallel
            && let Some(candidate) = floor.discovery.next(now)
        {
            let id = candidate.id;
            if !floor.running.insert(id) {
                // It is being continued from the journal; should that end without taking it, it is looked at anew.
                floor.discovery.again(candidate, now + SOON);
                continue;
            }
            let bench = Arc::clone(&self.bench);
            floor.tasks.spawn(async move {
                let outcome = life::attempt(&bench, candidate.clone()).await;
                Done { id, candidate: Some(candidate), outcome }
            });
        }
        let (running, queued) = (floor.running.len(), floor.discovery.queued());
        self.bench.tally.set(|state| (state.running, state.queued) = (running, queued));
    }

    fn resume(&self, floor: &mut Floor, job: U256, stage: Stage) {
        floor.running.insert(job);
        let bench = Arc::clone(&self.bench);
        floor.tasks.spawn(async move {
            let outcome = life::resume(&bench, job, stage).await;
            Done { id: job, candidate: None, outcome }
        });
    }

    /// Does a job that a bid won, and that is in the journal as taken.
    fn begin(&self, floor: &mut Floor, job: U256) {
        if !floor.running.contains(&job) {
            self.resume(floor, job, Stage::Taken);
        }
    }

    fn finish(&self, floor: &mut Floor, done: Result<Done, JoinError>) -> Result<(), WorkerError> {
        let Done { id, candidate, outcome } = match done {
            Ok(done) => done,
            Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
        };
        floor.running.remove(&id);
        floor.watched.remove(&id);
        match outcome? {
            Outcome::Settled => floor.discovery.took(id),
            Outcome::Claimed => {
                floor.discovery.took(id);
                floor.watched.insert(id);
                let bench = Arc::clone(&self.bench);
                floor.vigils.spawn(async move {
                    let outcome = life::vigil(&bench, id).await;
                    Done { id, candidate: None, outcome }
                });
            }
            Outcome::Failed(why) => {
                floor.given_up.insert(id);
                tracing::warn!(job = %id, ?why, "a job failed");
            }
            Outcome::Unreachable => floor.again(candidate, SOON),
            Outcome::Skipped(Skip::Unknown)
                if candidate.as_ref().is_some_and(|candidate| candidate.denials < DENIALS_MAX) =>
            {
                let denied = |candidate: Candidate| Candidate { denials: candidate.denials + 1, ..candidate };
                floor.again(candidate.map(denied), SOON);
            }
            Outcome::Skipped(why) => {
                // A job that is looked at again counts once for each reason.
                if candidate.as_ref().and_then(|candidate| candidate.refused) != Some(why) {
                    self.bench.tally.refused(why);
                    tracing::info!(job = %id, why = why.name(), "not taken");
                }
                if why.may_pass() {
                    floor.again(candidate.map(|candidate| Candidate { refused: Some(why), ..candidate }), LATER);
                }
            }
        }
        Ok(())
    }

    async fn drain(&self, mut floor: Floor) -> Result<(), WorkerError> {
        self.bench.tally.set(|state| state.draining = true);
        self.bench.tally.warn_of_bids();
        let deadline = Instant::now() + self.drain;
        let under_way = floor.tasks.len();
        if under_way > 0 {
            tracing::info!(under_way, "finishing jobs; Ctrl-C again leaves them to the journal");
        }
        while let Ok(Some(done)) = timeout_at(deadline.into(), floor.tasks.join_next()).await {
            self.finish(&mut floor, done)?;
            let running = floor.running.len();
            self.bench.tally.set(|state| state.running = running);
        }
        Ok(())
    }
}

/// A view of a worker's numbers.
#[derive(Clone, Debug)]
pub struct Watch {
    bench: Arc<Bench>,
}

impl Watch {
    /// The numbers now.
    #[must_use]
    pub fn status(&self) -> Status {
        self.bench.tally.status()
    }
}

/// Resolves when there is a reason to stop: the word, or nobody left to say it.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    drop(stop.wait_for(|stop| *stop).await);
}

pub(crate) fn lock(config: &Config) -> Result<File, WorkerError> {
    let path = config.data.join("lock");
    let io = |source| WorkerError::Io { path: path.clone(), source };
    let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(io)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(WorkerError::Locked(config.data.clone())),
        Err(TryLockError::Error(source)) => Err(io(source)),
    }
}

async fn serve(listen: SocketAddr, bench: Arc<Bench>) -> Result<SocketAddr, WorkerError> {
    let failed = |source| WorkerError::Listen { listen, source };
    let listener = TcpListener::bind(listen).await.map_err(failed)?;
    let listener = Listener::new(listener, CONNECTIONS_MAX, IDLE_MAX);
    let bound = listener.tcp.local_addr().map_err(failed)?;
    tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, page::routes(bench)).await {
            tracing::error!(%error, "the status page stopped");
        }
    });
    Ok(bound)
}

/// The nonces of journalled transactions stay theirs; each job's own life learns what became of it.
fn adopt(client: &Client, ledger: &Ledger) -> Result<(), Error> {
    for stage in ledger.open.values() {
        if let Stage::Taking { tx } | Stage::Submitting { tx, .. } = stage {
            client.adopt(tx)?;
        }
    }
    Ok(())
}
