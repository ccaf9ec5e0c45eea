//! What whoever claims, audits or disputes works with: an account, a journal, models, and a directory of its own.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use alloy::{
    primitives::{Address, B256},
    rpc::types::TransactionReceipt,
    signers::{
        k256::elliptic_curve::rand_core::{OsRng, RngCore},
        local::PrivateKeySigner,
    },
};
use edgeloom_bindings::ICredits::ICreditsErrors;
use edgeloom_sdk::{Client, Error, ModelError};
use thiserror::Error as ThisError;
use tokio::time::{sleep, timeout};

use crate::{
    Config, WorkerError,
    journal::{Chain, Journal, JournalError, Ledger},
    life::unix_seconds,
    shelf::{Shelf, to_disk},
    worker,
};

/// How long transactions of an earlier process may wait in the node's pool before nothing is begun.
const SETTLED: Duration = Duration::from_secs(30);
/// Between two looks at a chain that makes no blocks.
const LOOK: Duration = Duration::from_secs(5);
/// Pause before something that failed for now is tried again.
pub(crate) const AGAIN: Duration = Duration::from_millis(500);

/// Why a claim, an audit or a dispute does not go on.
#[derive(Debug, ThisError)]
pub enum CaseError {
    #[error(transparent)]
    Worker(#[from] WorkerError),
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error(transparent)]
    Chain(#[from] Error),
    #[error("{path}: {source}")]
    Io { path: PathBuf, source: io::Error },
    #[error("{path} is no model: {source}")]
    Model { path: PathBuf, source: ModelError },
    #[error("{0:?} is neither a file nor a model's id (0x and 64 digits)")]
    ModelName(String),
    #[error("{0:?} is not an amount of TFUEL, such as 100 or 250.5")]
    Bond(String),
    #[error("nobody registered the graph of model {0}: nothing can be claimed about it")]
    GraphUnknown(B256),
    #[error("the model takes {expected} bytes of input, and {path} has {actual}")]
    InputLength { path: PathBuf, expected: usize, actual: usize },
    #[error("claim {claim} is not in the journal of {data}: only who made it can defend it")]
    NotJournalled { claim: B256, data: PathBuf },
    #[error(
        "claim {0} is in the journal, but was never made: there is nothing to defend. To make it, claim again with the same --job"
    )]
    NeverMade(B256),
    #[error("{0} is no key: expected 32 bytes in hexadecimal digits")]
    BlsKey(PathBuf),
    #[error("BLS key {key} is registered for {operator}, not for this account")]
    OthersKey { key: B256, operator: Address },
    #[error("BLS key {0} has no seat: give --enlist to take one, for its deposit")]
    NoSeat(B256),
    #[error("{needed} TFUEL is the deposit of a seat, and {account} has {balance}; gas comes on top")]
    TooPoor { account: Address, needed: String, balance: String },
    #[error("the kernel failed: {0}")]
    Kernel(String),
}

/// What time it is, Unix seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Clock {
    /// The newest block's. What it is too late for by this, it is too late for: no block comes with an earlier one.
    pub(crate) head: u64,
    /// That, or this machine's where it is later: a chain without transactions may make no blocks. What it is time for by this is
    /// worth a try, which the chain refuses where this machine's clock is wrong.
    pub(crate) now: u64,
}

/// An account at work. One process at a time holds a directory.
#[derive(Debug)]
pub(crate) struct Desk {
    pub(crate) client: Client,
    pub(crate) me: Address,
    pub(crate) journal: Journal,
    pub(crate) shelf: Shelf,
    pub(crate) data: PathBuf,
    /// Held until the process ends.
    pub(crate) _lock: File,
}

impl Desk {
    /// Locks the directory, connects and opens the journal. Transactions of an earlier process are in blocks, or nowhere, when
    /// this returns.
    pub(crate) async fn open(config: &Config, signer: PrivateKeySigner) -> Result<(Self, Ledger), CaseError> {
        let data = config.data.clone();
        let failed = |source| CaseError::Io { path: data.clone(), source };
        fs::create_dir_all(data.join("claims")).map_err(failed)?;
        let lock = worker::lock(config)?;
        let shelf = Shelf::open(data.join("models")).map_err(failed)?;
        let me = signer.address();
        let client = Client::connect(config.client().signer(signer)).await?;
        let chain = Chain { id: client.chain_id(), genesis: client.node().status().await?.genesis_hash };
        let (journal, ledger) = Journal::open(&data.join("journal.jsonl"), chain)?;
        client.settled(SETTLED).await?;
        Ok((Self { client, me, journal, shelf, data, _lock: lock }, ledger))
    }

    /// What time it is.
    pub(crate) async fn clock(&self) -> Result<Clock, Error> {
        let head = self.client.head_time().await?;
        Ok(Clock { head, now: head.max(unix_seconds()) })
    }

    /// What came of a call: one that may still get into a block is waited for, however long it takes, so that nobody makes it a
    /// second time.
    pub(crate) async fn decided(&self, sent: Result<TransactionReceipt, Error>) -> Result<TransactionReceipt, Error> {
        decided(&self.client, sent).await
    }

    /// Waits for the next block, for a few seconds.
    pub(crate) async fn next_block(&self) {
        let mut heads = self.client.heads();
        heads.mark_unchanged();
        if matches!(timeout(LOOK, heads.changed()).await, Ok(Err(_))) {
            sleep(AGAIN).await;
        }
    }

    /// Where the input of a claim is kept.
    pub(crate) fn input_path(&self, claim: B256) -> PathBuf {
        self.data.join("claims").join(format!("{claim:x}.input"))
    }

    /// Once a claim is over.
    pub(crate) fn discard_input(&self, claim: B256) {
        let path = self.input_path(claim);
        if let Err(error) = fs::remove_file(&path)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(path = %path.display(), %error, "an input that is not needed any more cannot be removed");
        }
    }

    /// Pays out what the disputes' contract credits this account.
    pub(crate) async fn collect(&self) -> Result<(), Error> {
        let disputes = self.client.disputes();
        if disputes.credit_of(self.me).await?.is_zero() {
            return Ok(());
        }
        paid(disputes.withdraw().await)
    }
}

/// As [`Desk::decided`].
pub(crate) async fn decided(
    client: &Client,
    sent: Result<TransactionReceipt, Error>,
) -> Result<TransactionReceipt, Error> {
    let Err(Error::Unconfirmed { mut bids, .. }) = sent else { return sent };
    loop {
        match client.see_through(bids.clone()).await {
            Ok(receipt) => return Ok(receipt),
            Err(error) if error.is_revert() || matches!(error, Error::Replaced { .. }) => return Err(error),
            Err(Error::Unconfirmed { bids: newest, .. }) => bids = newest,
            Err(error) => {
                tracing::warn!(%error, "cannot look for a transaction now");
                sleep(AGAIN).await;
            }
        }
        tracing::warn!("a transaction is in no block yet; waiting on");
    }
}

/// What came of a withdrawal. Another case of the same account may have been faster.
pub(crate) fn paid(withdrawn: Result<TransactionReceipt, Error>) -> Result<(), Error> {
    match withdrawn {
        Ok(_) | Err(Error::Credits(ICreditsErrors::NothingToWithdraw(_))) => Ok(()),
        Err(error) => Err(error),
    }
}

/// What hides something until it is shown.
pub(crate) fn salt() -> B256 {
    let mut salt = B256::ZERO;
    OsRng.fill_bytes(salt.as_mut_slice());
    salt
}

/// Writes a file that is whole or absent, also when the machine stops half-way.
pub(crate) fn keep(path: &Path, bytes: &[u8]) -> Result<(), CaseError> {
    to_disk(path, bytes).map_err(|source| CaseError::Io { path: path.to_owned(), source })
}

pub(crate) fn read(path: &Path) -> Result<Vec<u8>, CaseError> {
    fs::read(path).map_err(|source| CaseError::Io { path: path.to_owned(), source })
}

/// What to do about an error of a step that is tried again: a revert says that somebody was faster, or time has passed; without an
/// answer the node may be back soon.
pub(crate) async fn pause_for(claim: B256, what: &str, error: &Error) {
    if error.is_revert() {
        tracing::info!(%claim, what, %error, "the chain refuses; looking again");
    } else {
        tracing::warn!(%claim, what, %error, "failed for now; trying again");
    }
    sleep(AGAIN).await;
}
