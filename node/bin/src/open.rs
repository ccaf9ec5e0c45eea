//! A data directory, opened: `chain/` is the database, `consensus/` the vote journals and the engine's archives,
//! `transactions.journal` what this node's users sent and no block has, `edgeloom.ipc` the socket of a node that runs.

use crate::{arguments, durable, genesis};
use alloy::primitives::B256;
use alloy_consensus::transaction::SignerRecoverable as _;
use edgeloom_chain::Chain;
use edgeloom_consensus::{Equivocations, Feed, network::Shared};
use edgeloom_state::{Closing, Store};
use edgeloom_txpool::{Journal, Limits, Origin, Pool};
use edgeloom_types::Genesis;
use eyre::{Result, WrapErr, ensure};
use parking_lot::Mutex;
use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

/// Where the engine keeps its own files.
pub(crate) fn consensus_path(data: &Path) -> PathBuf {
    data.join("consensus")
}

/// The database's directory.
pub(crate) fn chain_path(data: &Path) -> PathBuf {
    data.join("chain")
}

/// Opens the database of a data directory, or makes it.
///
/// # Errors
/// When another process has it open, or it is another layout's.
pub(crate) fn store(data: &Path, storage: &arguments::Storage) -> Result<Store> {
    fs::create_dir_all(data).wrap_err_with(|| format!("cannot make {}", data.display()))?;
    let path = chain_path(data);
    let store = match storage.cache {
        Some(mib) => Store::open_with_cache(&path, (mib as usize) << 20)?,
        None => Store::open(&path)?,
    };
    OPENED.get_or_init(|| store.closing());
    Ok(pruning(store, storage))
}

/// The one database of this process.
static OPENED: OnceLock<Closing> = OnceLock::new();

/// How long closing the database may take: what is in memory is in its log as well.
const CLOSED_WITHIN: Duration = Duration::from_secs(10);

/// Whether the database of this process is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Closed {
    Whole,
    /// A thread that nothing waits for still uses it, for a trace perhaps: the process has to [`end_at_once`].
    StillUsed,
}

/// Waits until the threads that had the database have closed it, but not for ever.
pub(crate) fn wait_closed() -> Closed {
    let closed = OPENED.get().map_or(Closed::Whole, |opened| wait(opened, CLOSED_WITHIN));
    if closed == Closed::StillUsed {
        tracing::warn!("the database is still in use after {CLOSED_WITHIN:?}; what it has acknowledged is on the disk");
    }
    closed
}

fn wait(opened: &Closing, most: Duration) -> Closed {
    let started = Instant::now();
    while !opened.is_done() {
        if started.elapsed() > most {
            return Closed::StillUsed;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    Closed::Whole
}

/// Ends the process with this code and no word to any library in it: RocksDB's globals would go while threads use them.
pub(crate) fn end_at_once(code: i32) -> ! {
    // SAFETY: nothing of this process is touched any more.
    unsafe { nix::libc::_exit(code) }
}

/// `store`, which keeps the states that it is told to.
pub(crate) fn pruning(store: Store, storage: &arguments::Storage) -> Store {
    if let Some(blocks) = storage.history {
        store.keep_history(blocks);
    }
    store
}

/// Binds a data directory, whose store is open, to the validator that votes from it. Its vote journals are that
/// validator's: nobody else's votes may follow them.
///
/// # Errors
/// When it is another validator's.
pub(crate) fn bind(data: &Path, identity: B256) -> Result<()> {
    let path = data.join("identity");
    if !path.exists() {
        return durable::write(&path, &identity.to_string());
    }
    let bound = fs::read_to_string(&path).wrap_err_with(|| format!("cannot read {}", path.display()))?;
    let same = bound.trim() == identity.to_string();
    ensure!(same, "{} belongs to validator {}, the keys are {identity}'s", data.display(), bound.trim());
    Ok(())
}

/// The chain of `genesis` in `store`, and what every part of the node shares.
///
/// # Errors
/// When the store holds another chain.
pub(crate) fn shared(store: Store, genesis: Arc<Genesis>) -> Result<Shared> {
    let chain_id = genesis.chain_id();
    let chain = Chain::open(store, genesis)?;
    let pool = Pool::new(chain_id, chain.terms().next_base_fee(chain.tip().header()), Limits::default());
    let feed = Feed::new(chain.tip().height());
    let heard = Feed::new(chain.tip().height());
    Ok(Shared {
        chain: Arc::new(Mutex::new(chain)),
        pool: Arc::new(pool),
        feed,
        heard,
        peers: Arc::default(),
        equivocations: Equivocations::default(),
    })
}

/// Has the transactions of this node's users that waited when it ended wait again, under the rules for any, and keeps
/// what comes from now on.
///
/// # Errors
/// When the journal or the chain cannot be read.
pub(crate) fn journal(data: &Path, shared: &Shared) -> Result<()> {
    let (journal, found) = Journal::open(&data.join("transactions.journal"))?;
    let (count, mut waiting) = (found.len(), 0);
    let chain = shared.chain.lock();
    let gas_limit = chain.terms().of_block(chain.tip().height().next()).rules.gas_limit;
    let view = chain.store().view();
    drop(chain);
    for transaction in found {
        let Ok(transaction) = transaction.try_into_recovered() else { continue };
        let sender = view.account(transaction.signer())?.unwrap_or_default();
        let admitted = shared.pool.admit(Arc::new(transaction), Origin::Local, sender, gas_limit);
        match admitted {
            Ok(_) => waiting += 1,
            // Used up meanwhile, or replaced by what comes later in the journal.
            Err(rejection) => tracing::debug!(%rejection, "a transaction in the journal"),
        }
    }
    if count > 0 {
        tracing::info!(waiting, left = count - waiting, "local transactions from the journal");
    }
    Ok(shared.pool.journal(journal)?)
}

/// `edgeloom init`.
///
/// # Errors
/// When the files cannot be read or the directory holds another chain.
pub(crate) fn init(arguments: &arguments::Init) -> Result<()> {
    let genesis = Arc::new(genesis::read(&arguments.genesis)?);
    let shared = shared(store(&arguments.data, &arguments::Storage::default())?, genesis)?;
    println!("{} holds the chain of genesis {}", arguments.data.display(), shared.chain.lock().genesis_hash());
    Ok(())
}

#[cfg(test)]
mod tests;
