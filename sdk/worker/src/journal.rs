//! What a worker did and is about to do, on disk before it happens: one JSON line a step, appended and synced.
//!
//! J1 A transaction is in the journal, with its bytes, before any node sees it. J2 An answer, and the salt of a claim or a
//! finding, is in the journal before the transaction that carries it is signed. J3 [`Journal::record`] returns when its line is durable. J4 A torn tail, which a
//! crash can leave, is cut off at the next start; a broken line before a whole one is damage, and refuses to open.
//! J5 Steps of finished jobs are dropped whenever the file is large; their sums stay. J6 The first line names the chain, and
//! on any other the journal refuses to open: job numbers and nonces mean nothing there. J7 The root of a round's product is in the
//! journal before the round is answered. Transactions of rounds are not in it: the chain takes each of their steps once, however often
//! it is sent. J8 The salt of a bid, the number of a lease and every voucher that was acknowledged are in the journal before anything is sent for them;
//! what is sent is not, as of rounds.

mod file;
mod ledger;
mod trade;
mod writer;

use std::{
    fmt,
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use alloy::primitives::{B256, Bytes, U256};
use edgeloom_sdk::{Pair, SignedTx, Voucher};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use file::JournalFile;
pub use ledger::{Attendance, Claiming, Ledger, RoundWork, Stage, Testifying, Totals};
pub use trade::{Bidding, Kept, Trade};
use writer::Writer;

use crate::Skip;

/// A file of more bytes is not read: compaction keeps real ones far below.
const FILE_BYTES_MAX: u64 = 1 << 30;

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "kebab-case")]
pub enum Record {
    /// Which chain the journal belongs to: the first line, and no other.
    Chain { chain: Chain },
    /// About to take a job with this transaction.
    Taking { job: U256, tx: SignedTx },
    /// The chain says that this worker has the job.
    Taken { job: U256 },
    /// The answer.
    Computed { job: U256, output: Bytes },
    /// About to submit the answer with this transaction.
    Submitting { job: U256, tx: SignedTx },
    /// Paid.
    Settled { job: U256, paid_wei: U256, gas_wei: U256 },
    /// Over without pay.
    Ended { job: U256, why: End, gas_wei: U256 },
    /// About to make a claim.
    Claiming { claim: B256, claiming: Claiming },
    /// A claim is closed.
    ClaimEnded { claim: B256 },
    /// About to commit to what was found of a claim.
    Testifying { claim: B256, testifying: Testifying },
    /// An audit, and what came of it, is over.
    AuditEnded { claim: B256 },
    /// About to enrol for the rounds of an epoch, or to have one settled.
    EpochBegun { epoch: u32 },
    /// About to compute the products of a round, the first of which has this seed.
    RoundBegun { epoch: u32, round: u8, seed: B256 },
    /// The root of the round's next product.
    RoundComputed { epoch: u32, round: u8, root: B256 },
    /// Nothing is left to be done in an epoch. How many of its rounds were paid, and what the node was paid in all.
    EpochEnded { epoch: u32, rounds: u64, paid_wei: U256, gas_wei: U256 },
    /// About to bid in an auction.
    Bidding { auction: B256, bid: Bidding },
    /// A bid is over, and what it won is in lines of its own.
    BidEnded { auction: B256, gas_wei: U256 },
    /// About to take a lease that was offered in this block.
    Leasing { lease: U256, block: u64 },
    /// A lease is over, and its machine stopped.
    LeaseEnded { lease: U256, paid_wei: U256, gas_wei: U256 },
    /// A voucher is accepted; so much of its pair was redeemed before.
    Vouched { voucher: Voucher, redeemed: U256 },
    /// So much of a pair is redeemed in all.
    Redeemed { pair: Pair, total: U256, gas_wei: U256 },
    /// A voucher of so much, or less, will not be paid any more.
    VoucherLost { pair: Pair, total: U256 },
    /// What was redeemed of pairs is collected.
    Collected { pairs: Vec<Pair>, gas_wei: U256 },
    /// Sums of jobs and epochs whose lines were dropped.
    Totals { totals: Totals },
}

/// A chain, told from all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chain {
    pub id: u64,
    /// Hash of its first block.
    pub genesis: B256,
}

impl fmt::Display for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} with genesis {}", self.id, self.genesis)
    }
}

/// How a job ended that was not paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// It was never this worker's.
    NotTaken(Skip),
    /// The chain closed it as rejected: the bond is lost.
    Rejected,
    /// Its time passed: the bond is lost, or will be when somebody expires it.
    Expired,
    /// The model or the input cannot be had any more, or the self-check failed.
    Undoable(Skip),
    /// The chain does not know it: its data were reset.
    Unknown,
}

/// Why a journal does not open or write.
#[derive(Debug, Error)]
pub enum JournalError {
    #[error("{path}: {source}")]
    Io { path: PathBuf, source: io::Error },
    #[error(
        "{path}, line {line}: damaged before the end of the file. Restore it, or move it away: jobs under way are then found on chain"
    )]
    Damaged { path: PathBuf, line: usize },
    #[error(
        "{path} belongs to chain {found}, and the node serves {served}. Give the right --rpc, or another --data directory"
    )]
    OtherChain { path: PathBuf, found: Chain, served: Chain },
    #[error("{path} has more than {FILE_BYTES_MAX} bytes; move it away")]
    TooLong { path: PathBuf },
    #[error("the journal's writer stopped after an error of the disk")]
    Stopped,
}

/// An open journal. Writing is shared by all jobs; lines that wait together are synced together.
#[derive(Debug)]
pub struct Journal {
    writer: Writer,
}

impl Journal {
    /// Opens or creates the file and folds its lines.
    ///
    /// # Errors
    /// [`JournalError`]: J4, J6, or the disk's.
    pub fn open(path: &Path, chain: Chain) -> Result<(Self, Ledger), JournalError> {
        let bytes = read(path)?;
        let Loaded { records, valid } =
            load(&bytes).map_err(|line| JournalError::Damaged { path: path.to_owned(), line })?;
        match records.first() {
            None => {}
            Some(Record::Chain { chain: found }) if *found == chain => {}
            Some(&Record::Chain { chain: found }) => {
                return Err(JournalError::OtherChain { path: path.to_owned(), found, served: chain });
            }
            Some(_) => return Err(JournalError::Damaged { path: path.to_owned(), line: 1 }),
        }
        let mut ledger = Ledger::default();
        records.iter().for_each(|record| ledger.apply(record));
        if valid < bytes.len() {
            tracing::warn!(cut = bytes.len() - valid, "the journal ended in a torn line");
        }
        let file = JournalFile::open(path, chain, valid as u64, ledger.clone());
        let file = file.map_err(|source| JournalError::Io { path: path.to_owned(), source })?;
        Ok((Self { writer: Writer::start(file) }, ledger))
    }

    /// Appends a line; returns when it is durable.
    ///
    /// # Errors
    /// [`JournalError::Stopped`] once the disk has failed: the worker must not act on what it could not write down.
    pub async fn record(&self, record: Record) -> Result<(), JournalError> {
        self.writer.append(record).await
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Loaded {
    records: Vec<Record>,
    /// Length of the whole lines.
    valid: usize,
}

/// Parses lines; `Err` is the number of a broken line that a whole one follows (J4).
fn load(bytes: &[u8]) -> Result<Loaded, usize> {
    let mut loaded = Loaded { records: Vec::new(), valid: 0 };
    let mut torn = None;
    for (number, line) in bytes.split_inclusive(|&byte| byte == b'\n').enumerate() {
        let parsed = line.strip_suffix(b"\n").and_then(|line| serde_json::from_slice(line).ok());
        match (parsed, torn) {
            (Some(record), None) => {
                loaded.records.push(record);
                loaded.valid += line.len();
            }
            (Some(_), Some(first)) => return Err(first),
            (None, _) => torn = torn.or(Some(number + 1)),
        }
    }
    Ok(loaded)
}

fn read(path: &Path) -> Result<Vec<u8>, JournalError> {
    let failed = |source| JournalError::Io { path: path.to_owned(), source };
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        opened => opened.map_err(failed)?,
    };
    let mut bytes = Vec::new();
    file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > FILE_BYTES_MAX { Err(JournalError::TooLong { path: path.to_owned() }) } else { Ok(bytes) }
}

#[cfg(test)]
mod tests;
