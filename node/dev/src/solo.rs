//! The handle on a development chain, and the thread that seals for it.
//!
//! Whoever asks gets an answer when the block with its transaction is durable. While one block is being sealed, more may
//! ask: they all share the next one, so the rate is not bound to that of synchronous disk writes.

use crate::{
    Console, DevError,
    impersonation::Impersonated,
    sealer::{Parts, Sealer, machine_ms},
    snapshots::Snapshots,
};
use alloy::primitives::{Address, B256};
use edgeloom_chain::ChainError;
use edgeloom_types::Genesis;
use parking_lot::{Mutex, RwLockReadGuard};
use std::{collections::HashSet, sync::Arc, time::Duration};
use tokio::{
    sync::{mpsc, oneshot, watch},
    time::{Instant, sleep_until},
};

/// Most requests that wait for the thread; more wait for room.
const REQUESTS_MAX: usize = 65_536;

/// Most blocks that one call mines.
const MINE_MAX: u64 = 100_000;

/// What became of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sealed {
    /// It is in a durable block.
    Included,
    /// It is not: a nonce before it is missing, its fee is too low, it cannot run, or not every transaction is sealed.
    Waiting,
}

/// When blocks come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mode {
    /// One for every transaction, or for those that came meanwhile.
    pub automine: bool,
    /// One this often, empty or not.
    pub interval: Option<Duration>,
}

/// What the sealer works with.
#[derive(Debug)]
pub struct Config {
    pub genesis: Arc<Genesis>,
    /// Of a validator that genesis names.
    pub identity: B256,
    /// Its secret voting key: signs the reveals.
    pub voting: B256,
    pub mode: Mode,
    /// Told of every block, where there is one.
    pub console: Option<Console>,
}

#[derive(Debug)]
struct Request {
    transaction: B256,
    answer: oneshot::Sender<Result<Sealed, DevError>>,
}

/// A development chain. Its sealing thread ends when the last clone is dropped. What is not `async` may block for as long
/// as a block takes.
#[derive(Clone, Debug)]
pub struct Solo {
    requests: mpsc::Sender<Request>,
    mode: watch::Sender<Mode>,
    pub(crate) sealer: Arc<Sealer>,
    pub(crate) snapshots: Arc<Mutex<Snapshots>>,
    pub(crate) impersonated: Arc<Mutex<Impersonated>>,
}

impl Solo {
    /// Starts the sealing thread.
    ///
    /// # Errors
    /// [`DevError::Seat`] when the validator is not one of genesis, [`DevError::Key`], [`DevError::Stopped`] when there is
    /// no thread to be had, [`DevError::Chain`].
    pub fn start(config: Config, parts: Parts) -> Result<Self, DevError> {
        let (requests, inbox) = mpsc::channel(REQUESTS_MAX);
        let mode = watch::Sender::new(config.mode);
        let modes = mode.subscribe();
        let sealer = Arc::new(Sealer::new(config, parts)?);
        let stopped = |error: std::io::Error| DevError::Stopped(error.to_string().into());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().map_err(stopped)?;
        let sealing = sealer.clone();
        let run = move || runtime.block_on(sealing.run(inbox, modes));
        std::thread::Builder::new().name("sealer".into()).spawn(run).map_err(stopped)?;
        Ok(Self { requests, mode, sealer, snapshots: Arc::default(), impersonated: Arc::default() })
    }

    /// Seals what the pool holds and resolves when the block with `transaction` is durable, or when it is clear that
    /// no block takes it now.
    ///
    /// # Errors
    /// [`DevError::Stopped`] when the store failed: nothing can be sealed until the process is started again.
    pub async fn seal(&self, transaction: B256) -> Result<Sealed, DevError> {
        if !self.mode.borrow().automine {
            return Ok(Sealed::Waiting);
        }
        let stopped = || DevError::Stopped("its thread ended".into());
        let (answer, answered) = oneshot::channel();
        self.requests.send(Request { transaction, answer }).await.map_err(|_| stopped())?;
        answered.await.map_err(|_| stopped())?
    }

    pub fn mode(&self) -> Mode {
        *self.mode.borrow()
    }

    pub fn set_mode(&self, mode: Mode) {
        self.mode.send_replace(mode);
    }

    /// Seals `count` blocks now, the first with what the pool holds. Each later one is `interval` seconds after its parent.
    ///
    /// # Errors
    /// [`DevError::Blocks`] for too many, [`DevError::Chain`].
    pub fn mine(&self, count: u64, interval: u64) -> Result<(), DevError> {
        if count > MINE_MAX {
            return Err(DevError::Blocks { asked: count, most: MINE_MAX });
        }
        for index in 0..count {
            let mut chain = self.sealer.parts.chain.lock();
            let parent = chain.tip().timestamp_ms();
            let after = parent.saturating_add(interval.saturating_mul(1000).max(1));
            self.sealer.seal(&mut chain, true, (index > 0).then_some(after))?;
        }
        Ok(())
    }

    /// The next block's timestamp, in seconds.
    ///
    /// # Errors
    /// [`DevError::Clock`] when it is not above the newest block's.
    pub fn set_next_timestamp(&self, seconds: u64) -> Result<(), DevError> {
        let chain = self.sealer.parts.chain.lock();
        let parent = chain.tip().timestamp_ms();
        Ok(self.sealer.settings.lock().clock.set_next(seconds, parent)?)
    }

    /// Moves the clock ahead; the whole offset comes back, in seconds.
    ///
    /// # Errors
    /// [`DevError::Clock`].
    pub fn increase_time(&self, seconds: u64) -> Result<i64, DevError> {
        let _chain = self.sealer.parts.chain.lock();
        Ok(self.sealer.settings.lock().clock.advance(seconds)?)
    }

    /// Makes it `seconds` now; by how many seconds that moved the clock ahead comes back.
    ///
    /// # Errors
    /// [`DevError::Clock`] when it is before the newest block.
    pub fn set_time(&self, seconds: u64) -> Result<u64, DevError> {
        let chain = self.sealer.parts.chain.lock();
        let clock = &mut self.sealer.settings.lock().clock;
        let mut probe = *clock;
        probe.set_next(seconds, chain.tip().timestamp_ms())?;
        let before = clock.now(machine_ms());
        clock.set(seconds * 1000, machine_ms());
        Ok((seconds * 1000).saturating_sub(before) / 1000)
    }

    /// Seconds between the timestamps of blocks, whatever the clock says; whether there was such an interval comes back.
    ///
    /// # Errors
    /// [`DevError::Clock`].
    pub fn set_timestamp_interval(&self, seconds: Option<u64>) -> Result<bool, DevError> {
        let _chain = self.sealer.parts.chain.lock();
        Ok(self.sealer.settings.lock().clock.set_interval(seconds)?)
    }

    /// Wei per gas that the next block burns; the one after follows EIP-1559 again.
    pub fn set_next_base_fee(&self, wei: u64) {
        let chain = self.sealer.parts.chain.lock();
        self.sealer.settings.lock().next.base_fee = Some(wei);
        self.sealer.rebase(&chain);
    }

    /// What [`Self::set_next_base_fee`] asked for, as long as no block has it.
    pub fn planned_base_fee(&self) -> Option<u64> {
        self.sealer.settings.lock().next.base_fee
    }

    /// `PREVRANDAO` of the next block.
    pub fn set_prevrandao(&self, mix: B256) {
        let _chain = self.sealer.parts.chain.lock();
        self.sealer.settings.lock().next.prevrandao = Some(mix);
    }

    /// Who receives the tips from now on.
    pub fn set_coinbase(&self, address: Address) {
        let _chain = self.sealer.parts.chain.lock();
        self.sealer.settings.lock().coinbase = Some(address);
    }

    /// Of the blocks from now on.
    ///
    /// # Errors
    /// [`DevError::GasLimit`] when no transaction would fit.
    pub fn set_gas_limit(&self, gas: u64) -> Result<(), DevError> {
        if gas < 21_000 {
            return Err(DevError::GasLimit(gas));
        }
        let _chain = self.sealer.parts.chain.lock();
        self.sealer.settings.lock().next.gas_limit = Some(gas);
        Ok(())
    }

    /// What [`Self::set_gas_limit`] asked for, as long as no block has it.
    pub fn planned_gas_limit(&self) -> Option<u64> {
        self.sealer.settings.lock().next.gas_limit
    }

    /// Whether the console, if there is one, shows blocks from now on.
    pub fn show_blocks(&self, shown: bool) {
        if let Some(console) = &self.sealer.console {
            console.set_silent(!shown);
        }
    }

    /// The console, where there is one that shows anything.
    pub fn console(&self) -> Option<&Console> {
        self.sealer.console.as_ref().filter(|console| !console.is_silent())
    }

    /// Held from looking at a sender's account until its transaction is in the pool: meanwhile the state does not go back.
    pub fn admitting(&self) -> RwLockReadGuard<'_, ()> {
        self.sealer.admissions.read()
    }
}

impl Sealer {
    async fn run(self: Arc<Self>, mut inbox: mpsc::Receiver<Request>, mut modes: watch::Receiver<Mode>) {
        let mut due = next(*modes.borrow_and_update());
        loop {
            self.foresee();
            let tick = async {
                match due {
                    Some(due) => sleep_until(due).await,
                    None => std::future::pending().await,
                }
            };
            let sealed = tokio::select! {
                request = inbox.recv() => match request {
                    Some(first) => self.serve(first, &mut inbox),
                    None => return,
                },
                changed = modes.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    due = next(*modes.borrow_and_update());
                    Ok(())
                }
                () = tick => {
                    let interval = modes.borrow().interval.unwrap_or_default();
                    due = due.map(|due| (due + interval).max(Instant::now()));
                    let mut chain = self.parts.chain.lock();
                    self.seal(&mut chain, true, None).map(drop)
                }
            };
            if let Err(fault) = sealed {
                tracing::error!(%fault, "sealing stopped");
                return;
            }
        }
    }

    /// Answers a request and those that came meanwhile.
    fn serve(&self, first: Request, inbox: &mut mpsc::Receiver<Request>) -> Result<(), ChainError> {
        let mut waiting = vec![first];
        while let Ok(request) = inbox.try_recv() {
            waiting.push(request);
        }
        let served = self.seal_for(&mut waiting);
        if let Err(fault) = &served {
            let stopped = DevError::Stopped(fault.to_string().into());
            waiting.into_iter().for_each(|request| answer(request, Err(stopped.clone())));
        }
        served
    }

    /// Seals blocks until every request is answered or nothing more goes into a block.
    fn seal_for(&self, waiting: &mut Vec<Request>) -> Result<(), ChainError> {
        loop {
            let mut chain = self.parts.chain.lock();
            if waiting.is_empty() {
                return Ok(());
            }
            let Some(decided) = self.seal(&mut chain, false, None)? else { break };
            drop(chain);
            let transactions = &decided.block.block().transactions;
            let included: HashSet<B256> = transactions.iter().map(|transaction| *transaction.tx_hash()).collect();
            for request in waiting.extract_if(.., |request| included.contains(&request.transaction)) {
                answer(request, Ok(Sealed::Included));
            }
        }
        // An earlier block may have taken a transaction before its request arrived here.
        let store = self.parts.chain.lock().store().clone();
        for request in waiting.drain(..) {
            let known = store.transaction(request.transaction);
            let sealed = known.map(|place| if place.is_some() { Sealed::Included } else { Sealed::Waiting });
            answer(request, sealed.map_err(DevError::from));
        }
        Ok(())
    }
}

fn next(mode: Mode) -> Option<Instant> {
    mode.interval.map(|interval| Instant::now() + interval)
}

/// The asker may have gone away.
fn answer(request: Request, sealed: Result<Sealed, DevError>) {
    drop(request.answer.send(sealed));
}
