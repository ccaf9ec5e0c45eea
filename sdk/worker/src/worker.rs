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
use edgeloom_bindings::IJobMarket::Phase;
use edgeloom_sdk::{Client, ClientBuilder, Error};
use thiserror::Error as ThisError;
use tokio::{
    net::TcpListener,
    sync::watch,
    task::{JoinError, JoinSet},
    time::{sleep_until, timeout_at},
};

use crate::{
    Config, Status,
    bond::{self, BondError},
    discovery::{self, Discovery},
    journal::{Journal, JournalError, Ledger, Stage},
    life::{self, Bench, Candidate, Outcome},
    page,
    plan::Policy,
    shelf::Shelf,
    tally::Tally,
};

/// Between two questions to the index while nothing happens.
const IDLE: Duration = Duration::from_millis(500);
/// After a block the index is asked this often and this many times: it needs a moment to read the block.
const EAGER: Duration = Duration::from_millis(40);
const EAGER_TIMES: u32 = 5;
/// Between two looks at peers, own jobs and money.
const REFRESH: Duration = Duration::from_secs(5);
/// Before a job that may become acceptable is looked at again.
const LATER: Duration = Duration::from_secs(5);
/// Before a job is looked at again because the node was unreachable.
const SOON: Duration = Duration::from_secs(1);

/// Why a worker does not start, or stops by itself.
#[derive(Debug, ThisError)]
pub enum WorkerError {
    #[error("{0} is in use by another worker process. Give each its own --data directory, and its own key")]
    Locked(PathBuf),
    #[error("{path}: {source}")]
    Io { path: PathBuf, source: io::Error },
    #[error("cannot serve the status page on {listen}: {source}. Choose another --listen address")]
    Listen { listen: SocketAddr, source: io::Error },
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error(transparent)]
    Bond(#[from] BondError),
    #[error(transparent)]
    Chain(#[from] Error),
}

/// A worker that holds its data directory, its bond and its port.
#[derive(Debug)]
pub struct Worker {
    bench: Arc<Bench>,
    ledger: Ledger,
    stake_min: U256,
    max_parallel: usize,
    drain: Duration,
    listen: SocketAddr,
    /// Held until the process ends.
    _lock: File,
}

/// What the loop keeps.
struct Floor {
    discovery: Discovery,
    tasks: JoinSet<Done>,
    running: HashSet<U256>,
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

impl Worker {
    /// Locks the data directory, opens the journal, connects, finishes what the journal says is on its way, bonds if
    /// needed, and serves the status page.
    ///
    /// # Errors
    /// [`WorkerError`], each with what to do about it.
    pub async fn start(config: &Config, signer: PrivateKeySigner) -> Result<Self, WorkerError> {
        let failed = |source| WorkerError::Io { path: config.data.clone(), source };
        fs::create_dir_all(&config.data).map_err(failed)?;
        let lock = lock(config)?;
        let (journal, ledger) = Journal::open(&config.data.join("journal.jsonl"))?;
        let shelf = Shelf::open(config.data.join("models")).map_err(failed)?;
        let worker = signer.address();
        let builder = ClientBuilder::new(config.rpc.clone()).index(config.index.clone()).signer(signer);
        let client = Client::connect(builder).await?;
        let tally = Tally::new(worker, client.chain_id(), ledger.totals);
        let policy = Policy { min_price: config.min_price, work_seconds_min: 5 };
        let bench = Arc::new(Bench { client, worker, journal, shelf, tally, policy });
        // The page first: an operator can then see a start that waits for money.
        let listen = serve(config.listen, Arc::clone(&bench)).await?;
        rebroadcast(&bench.client, &ledger).await;
        let stake_min = bond::ensure(&bench.client, worker, config.bond).await?;
        Ok(Self {
            bench,
            ledger,
            stake_min,
            max_parallel: config.max_parallel,
            drain: Duration::from_secs(config.drain_seconds),
            listen,
            _lock: lock,
        })
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
    pub async fn run(self, mut stop: watch::Receiver<bool>) -> Result<(), WorkerError> {
        let now = Instant::now();
        let mut floor = Floor {
            discovery: Discovery::new(self.bench.worker),
            tasks: JoinSet::new(),
            running: HashSet::new(),
            eager: 1,
            ask_at: now,
            refresh_at: now,
        };
        for (&job, stage) in &self.ledger.open {
            self.resume(&mut floor, job, stage.clone());
        }
        let mut heads = self.bench.client.heads();
        let head = *heads.borrow_and_update();
        self.bench.tally.set(|state| state.head = head);
        while !*stop.borrow() {
            self.start_due(&mut floor);
            let wake = [floor.discovery.due(), Some(floor.ask_at), Some(floor.refresh_at)];
            let free = floor.running.len() < self.max_parallel;
            let wake = wake.into_iter().skip(usize::from(!free)).flatten().min().unwrap_or(floor.ask_at);
            tokio::select! {
                () = stopped(&mut stop) => break,
                Some(done) = floor.tasks.join_next() => self.finish(&mut floor, done)?,
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
            if floor.ask_at <= Instant::now() {
                self.ask(&mut floor).await;
            }
            if floor.refresh_at <= Instant::now() {
                self.refresh(&mut floor).await;
                floor.refresh_at = Instant::now() + REFRESH;
            }
        }
        self.drain(floor).await
    }

    fn start_due(&self, floor: &mut Floor) {
        let now = Instant::now();
        while floor.running.len() < self.max_parallel
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

    fn finish(&self, floor: &mut Floor, done: Result<Done, JoinError>) -> Result<(), WorkerError> {
        let Done { id, candidate, outcome } = match done {
            Ok(done) => done,
            Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
        };
        floor.running.remove(&id);
        let said = candidate.as_ref().and_then(|candidate| candidate.refused);
        let later = |floor: &mut Floor, refused, pause| {
            if let Some(candidate) = candidate {
                floor.discovery.again(Candidate { refused, ..candidate }, Instant::now() + pause);
            }
        };
        match outcome? {
            Outcome::Settled => floor.discovery.took(id),
            Outcome::Failed(why) => tracing::warn!(job = %id, ?why, "a job failed"),
            Outcome::Unreachable => later(floor, said, SOON),
            Outcome::Skipped(why) => {
                // A job that is looked at again counts once for each reason.
                if said != Some(why) {
                    self.bench.tally.refused(why);
                    tracing::info!(job = %id, why = why.name(), "not taken");
                }
                if why.may_pass() {
                    later(floor, Some(why), LATER);
                }
            }
        }
        Ok(())
    }

    /// Asks the index for jobs that it has not yet named.
    async fn ask(&self, floor: &mut Floor) {
        let eager = floor.eager > 0;
        floor.eager = floor.eager.saturating_sub(1);
        floor.ask_at = Instant::now() + if eager { EAGER } else { IDLE };
        let (Some(query), Ok(index)) = (floor.discovery.query(), self.bench.client.index()) else { return };
        let deadline = Instant::now() + IDLE * 4;
        let answer = timeout_at(deadline.into(), index.jobs(&query)).await;
        let index_ok = matches!(answer, Ok(Ok(_)));
        self.bench.tally.set(|state| state.index_ok = index_ok);
        match answer {
            Ok(Ok(page)) => {
                if floor.discovery.add(page.items, page.page_info.end_cursor, Instant::now()) {
                    floor.ask_at = Instant::now();
                }
            }
            Ok(Err(error)) => {
                tracing::debug!(%error, "the index does not answer");
                floor.ask_at = Instant::now() + SOON;
            }
            Err(_) => tracing::debug!("the index is slow"),
        }
    }

    /// Looks at money, peers, and jobs on chain that this worker may have forgotten.
    async fn refresh(&self, floor: &mut Floor) {
        let (client, worker) = (&self.bench.client, self.bench.worker);
        let Ok(index) = client.index() else { return };
        let deadline = Instant::now() + IDLE * 4;
        let staking = client.staking();
        let chain = async { futures::try_join!(client.balance(worker), staking.stake_of(worker)) };
        let money = timeout_at(deadline.into(), chain).await;
        let money = money.ok().and_then(Result::ok);
        self.bench.tally.set(|state| {
            state.node_ok = money.is_some();
            if let Some((balance, stake)) = &money {
                state.balance = *balance;
                state.free = U256::from(stake.free);
                state.locked = U256::from(stake.locked);
            }
        });
        let known =
            async { futures::try_join!(discovery::peers(index, self.stake_min), discovery::own(index, worker)) };
        let Ok(Ok((peers, own))) = timeout_at(deadline.into(), known).await else { return };
        floor.discovery.meet(&peers);
        for job in own.into_iter().filter(|job| !floor.running.contains(job)).collect::<Vec<_>>() {
            // The index may lag behind: the chain decides whether the job is still this worker's.
            let read = timeout_at((Instant::now() + IDLE).into(), client.jobs().get(job)).await;
            if let Ok(Ok(found)) = read
                && found.phase == Phase::Taken
                && found.worker == worker
            {
                tracing::warn!(%job, "a job of this worker's that the journal does not know");
                self.resume(floor, job, Stage::Taken);
            }
        }
    }

    async fn drain(&self, mut floor: Floor) -> Result<(), WorkerError> {
        self.bench.tally.set(|state| state.draining = true);
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

fn lock(config: &Config) -> Result<File, WorkerError> {
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
    let bound = listener.local_addr().map_err(failed)?;
    tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, page::routes(bench)).await {
            tracing::error!(%error, "the status page stopped");
        }
    });
    Ok(bound)
}

/// Transactions that the journal holds reach the node before any new one is signed, so that their nonces are theirs.
async fn rebroadcast(client: &Client, ledger: &Ledger) {
    let mut pending: Vec<_> = ledger
        .open
        .values()
        .filter_map(|stage| match stage {
            Stage::Taking { tx } | Stage::Submitting { tx, .. } => Some(tx),
            Stage::Taken | Stage::Computed { .. } => None,
        })
        .collect();
    pending.sort_by_key(|tx| tx.nonce);
    for tx in pending {
        // Each job's own life learns what became of it.
        if let Err(error) = client.broadcast(tx).await {
            tracing::debug!(tx = %tx.hash, %error, "a journalled transaction is not accepted");
        }
    }
}
