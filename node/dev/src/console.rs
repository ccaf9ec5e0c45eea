//! What happened, for a person to read: every transaction of a block with its outcome, and what contracts said with
//! `console.log`. Blocks are run again for that, on a thread of its own that sealing never waits for: when it falls
//! behind, blocks and calls are left out and counted.

mod line;
mod log;
mod print;

use alloy::primitives::{Address, Bytes};
use alloy_evm::FromRecoveredTx as _;
use edgeloom_chain::{ChainError, Decided, StateDb, environment};
use edgeloom_evm::{BlockEnvironment, CONSOLE, Replay};
use edgeloom_state::Store;
use edgeloom_types::Height;
use revm::{
    Inspector,
    context::TxEnv,
    context_interface::ContextTr,
    interpreter::{CallInputs, CallOutcome},
};
use std::{
    fmt,
    io::Write,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
};

/// Most blocks and calls that wait to be shown.
const BLOCKS_MAX: usize = 256;

/// Most lines and bytes of one transaction's `console.log`.
const LINES_MAX: usize = 256;
const LINE_BYTES_MAX: usize = 16 * 1024;

/// What is printed, for whoever seals.
#[derive(Clone, Debug)]
pub struct Console {
    events: SyncSender<Event>,
    missed: Arc<AtomicU64>,
    silent: Arc<AtomicBool>,
}

/// What is printed.
#[derive(Debug)]
enum Event {
    Sealed(Arc<Decided>),
    Asked(Asked),
}

/// A call that nobody paid for, which said something.
#[derive(Debug)]
struct Asked {
    method: &'static str,
    from: Address,
    /// `None` for a creation.
    to: Option<Address>,
    heard: Heard,
}

/// What running a transaction again showed.
#[derive(Debug, Default)]
struct Heard {
    /// In the order in which they were said.
    said: Vec<Bytes>,
    /// How many more there were, or were too long.
    more: usize,
    /// What it reverted with.
    reverted: Option<Bytes>,
}

impl Console {
    /// Prints to `out` until the last clone is dropped.
    ///
    /// # Errors
    /// When there is no thread to be had.
    pub fn start(store: Store, chain_id: u64, out: impl Write + Send + 'static) -> std::io::Result<Self> {
        let (events, inbox) = sync_channel(BLOCKS_MAX);
        let missed = Arc::new(AtomicU64::new(0));
        let printer = Printer { store, chain_id, missed: missed.clone() };
        std::thread::Builder::new().name("console".into()).spawn(move || printer.run(&inbox, out))?;
        Ok(Self { events, missed, silent: Arc::default() })
    }

    pub(crate) fn set_silent(&self, silent: bool) {
        self.silent.store(silent, Ordering::Relaxed);
    }

    pub(crate) fn sealed(&self, decided: &Arc<Decided>) {
        if !decided.block.block().transactions.is_empty() {
            self.tell(Event::Sealed(decided.clone()));
        }
    }

    pub(crate) fn is_silent(&self) -> bool {
        self.silent.load(Ordering::Relaxed)
    }

    /// Shows what was said in a call by `method`, if anything was.
    pub fn asked(&self, method: &'static str, (from, to): (Address, Option<Address>), ear: Ear) {
        if !ear.0.said.is_empty() || ear.0.more > 0 {
            self.tell(Event::Asked(Asked { method, from, to, heard: ear.0 }));
        }
    }

    fn tell(&self, event: Event) {
        if self.is_silent() {
            return;
        }
        match self.events.try_send(event) {
            // Nobody reads what is printed any more.
            Ok(()) | Err(TrySendError::Disconnected(_)) => {}
            Err(TrySendError::Full(_)) => {
                self.missed.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}

struct Printer {
    store: Store,
    chain_id: u64,
    missed: Arc<AtomicU64>,
}

impl Printer {
    fn run(&self, inbox: &Receiver<Event>, mut out: impl Write) {
        while let Ok(event) = inbox.recv() {
            let missed = self.missed.swap(0, Ordering::Relaxed);
            let mut text = String::new();
            if missed > 0 {
                print::missed(&mut text, missed);
            }
            match event {
                Event::Sealed(decided) => {
                    let heard = self.listen(&decided).unwrap_or_else(|fault| {
                        tracing::debug!(%fault, "a block cannot be run again: it is shown without what it said");
                        Vec::new()
                    });
                    print::block(&mut text, &decided, &heard);
                }
                Event::Asked(asked) => print::asked(&mut text, &asked),
            }
            if out.write_all(text.as_bytes()).and_then(|()| out.flush()).is_err() {
                return;
            }
        }
    }

    fn listen(&self, decided: &Decided) -> Result<Vec<Heard>, ChainError> {
        let block = decided.block.block();
        if decided.gas_used().all(|gas| gas == 21_000) {
            // Nobody's code ran.
            return Ok(Vec::new());
        }
        let fault = |error: &dyn fmt::Display| ChainError::Fault(error.to_string());
        let parent = Height::new(block.header.number - 1);
        let state = StateDb::from(self.store.at(parent)?);
        let environment = environment(self.chain_id, &block.header, &block.certificates);
        let environment = BlockEnvironment { contracts_send: true, ..environment };
        let replay = Replay::block(&environment, state, Ear::default());
        let mut replay = replay.map_err(|error| fault(&error))?;
        let mut all = Vec::with_capacity(block.transactions.len());
        for (transaction, sender) in block.transactions.iter().zip(&decided.senders) {
            let ran = replay.watch(TxEnv::from_recovered_tx(transaction, *sender)).map_err(|error| fault(&error))?;
            let mut heard = std::mem::take(&mut replay.inspector().0);
            if !ran.result.is_success() {
                heard.reverted = ran.result.output().cloned();
            }
            replay.commit(ran.state);
            all.push(heard);
        }
        Ok(all)
    }
}

/// Hears what is said to the console, up to a bound.
#[derive(Debug, Default)]
pub struct Ear(Heard);

impl<C: ContextTr> Inspector<C> for Ear {
    fn call(&mut self, context: &mut C, inputs: &mut CallInputs) -> Option<CallOutcome> {
        if inputs.bytecode_address == CONSOLE {
            if self.0.said.len() < LINES_MAX && inputs.input.len() <= LINE_BYTES_MAX {
                self.0.said.push(inputs.input.bytes(context));
            } else {
                self.0.more += 1;
            }
        }
        None
    }
}

#[cfg(test)]
mod tests;
