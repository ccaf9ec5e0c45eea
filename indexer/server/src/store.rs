//! The database: one SQLite file, one writer, many readers.
//!
//! S1 Rows and cursor change in one transaction: after a crash the cursor names exactly the last block whose rows are here.
//! S2 A block is taken only if its parent is the cursor's block; the first only if it is the genesis block of the chain that the
//!    file belongs to. Rows of two chains never meet in one file. Only the file of a development chain, which it is from its
//!    first block on or never, gives rows up again when that chain goes back ([`rewind`]).
//! S3 One process per file: whoever comes second is refused by a lock beside the file, which the system frees even after kill -9.
//! S4 A question has two seconds of SQLite's time, whether or not somebody still waits for the answer.
//!
//! Commits survive a killed process; after a power cut the newest may be gone, all of each or nothing (WAL, `synchronous = normal`),
//! and are fetched again from the node.

mod committees;
pub mod contracts;
mod load;
mod lock;
mod market;
mod nft;
pub mod payments;
mod pools;
mod read;
mod readers;
pub mod rewind;
mod rows;
mod stakes;
mod votes;
mod write;

pub use lock::LockError;
pub use read::{Count, Slice};

use crate::{
    decode::Decoded,
    project::{Inconsistent, Touched},
    record::{BlockFacts, Job},
};
use alloy::primitives::B256;
use edgeloom_index_api::Phase;
use readers::Readers;
use rewind::History;
use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, atomic::AtomicU64},
    time::Duration,
};

/// Rows that the database's thread hands over before they are taken.
const ROWS_AHEAD: usize = 4096;

/// Jobs that are kept in memory besides: about 10 MiB.
const RECENT_MAX: usize = 20_000;

/// Jobs that are not over, as they were written last: the blocks to come are mostly about them, and to read their rows again would be
/// most of what a block costs.
#[derive(Debug, Default)]
struct Recent {
    /// Where the index was then: anywhere else they say nothing.
    cursor: Option<Cursor>,
    jobs: BTreeMap<u64, Job>,
}

impl Recent {
    fn after(mut self, cursor: Cursor, written: BTreeMap<u64, Job>) -> Self {
        self.jobs.extend(written);
        self.jobs.retain(|_, job| matches!(job.phase, Phase::Open | Phase::Taken));
        while self.jobs.len() > RECENT_MAX {
            self.jobs.pop_first();
        }
        Self { cursor: Some(cursor), jobs: self.jobs }
    }
}

/// Which chain rows belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    pub chain_id: u64,
    /// Hash of the genesis header.
    pub genesis: B256,
}

/// The newest block whose rows are in the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub height: u64,
    pub hash: B256,
}

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("cannot use {path}: {source}")]
    File { path: PathBuf, source: std::io::Error },
    #[error(transparent)]
    Lock(#[from] LockError),
    #[error(
        "{path} was written by another version of this program ({reason}). Use that version, or give another --db and index again"
    )]
    Layout { path: PathBuf, reason: String },
    #[error(
        "{path} holds chain {} with genesis {}, but the node is of chain {} with genesis {}. Rows of two chains are never mixed: \
         give --rpc a node of the first chain, or --db another file for the second",
        ours.chain_id, ours.genesis, theirs.chain_id, theirs.genesis
    )]
    WrongChain { path: PathBuf, ours: Identity, theirs: Identity },
    #[error(
        "{path} holds block {height} with hash {ours}, but the node has {theirs} there. Final blocks are never replaced: either the node is of \
         another chain with the same genesis, or the chain's finality is broken. Nothing was changed; give --rpc a node of the chain that was \
         indexed, or --db another file to index this one"
    )]
    Diverged { path: PathBuf, height: u64, ours: B256, theirs: B256 },
    #[error("block {actual} was offered where block {expected} comes next")]
    Gap { expected: u64, actual: u64 },
    #[error(transparent)]
    Inconsistent(#[from] Inconsistent),
    #[error("row of {table}: {reason}. The database file is damaged: delete it and index again")]
    Damaged { table: &'static str, reason: String },
    #[error("the answer takes longer than {} s to find: filter for less, or ask for fewer rows", readers::READ.as_secs())]
    TooSlow,
    #[error("too many questions at once: try again")]
    Busy,
    #[error("database: {0}")]
    Sql(sqlx::Error),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        /// SQLITE_INTERRUPT: only deadlines interrupt.
        const INTERRUPTED: &str = "9";
        match error {
            sqlx::Error::Database(error) if error.code().as_deref() == Some(INTERRUPTED) => Self::TooSlow,
            sqlx::Error::PoolTimedOut => Self::Busy,
            other => Self::Sql(other),
        }
    }
}

/// An open index. Clones share it.
#[derive(Clone, Debug)]
pub struct Store {
    /// One connection, for the follower alone: no question to the index keeps it waiting.
    writer: SqlitePool,
    readers: Readers,
    others: Readers,
    path: Arc<Path>,
    rewinds: Arc<AtomicU64>,
    /// Taken out while blocks are written, so that nothing is left of it when that fails.
    recent: Arc<Mutex<Recent>>,
    _lock: Arc<lock::FileLock>,
}

impl Store {
    /// Connections on each side of [`Self::apart`].
    const READERS: u32 = 3;

    /// Opens or creates the file.
    ///
    /// # Errors
    /// [`StoreError::Lock`] when another process has it open; [`StoreError::Layout`] when a newer version wrote it.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(|source| StoreError::File { path: path.into(), source })?;
        }
        let lock = Arc::new(lock::FileLock::take(path)?);
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .busy_timeout(Duration::from_secs(10))
            // A statement's rows come in one message, too.
            .row_buffer_size(ROWS_AHEAD)
            .pragma("cache_size", "-32768")
            .pragma("temp_store", "memory");
        let writer = SqlitePoolOptions::new().max_connections(1).connect_with(options.clone()).await?;
        let layout =
            |error: sqlx::migrate::MigrateError| StoreError::Layout { path: path.into(), reason: error.to_string() };
        sqlx::migrate!("./migrations").run(&writer).await.map_err(layout)?;
        let options = options.create_if_missing(false).read_only(true);
        let readers = Readers::open(options.clone(), Self::READERS).await?;
        let others = Readers::open(options, Self::READERS).await?;
        Ok(Self {
            writer,
            readers,
            others,
            path: path.into(),
            rewinds: Arc::default(),
            recent: Arc::default(),
            _lock: lock,
        })
    }

    /// The same index through connections of its own: questions on one side never wait for those on the other.
    pub fn apart(&self) -> Self {
        let Self { readers, others, .. } = self.clone();
        Self { readers: others, others: readers, ..self.clone() }
    }

    /// Ends all connections; the last one folds the write-ahead log into the file.
    pub async fn close(&self) {
        self.readers.close().await;
        self.others.close().await;
        self.writer.close().await;
    }

    /// `None` until [`Self::adopt`].
    pub async fn identity(&self) -> Result<Option<Identity>, StoreError> {
        let mut connection = self.writer.acquire().await?;
        read::identity(&mut connection).await
    }

    /// Binds the file to a chain with such a history, or checks that it is bound to this one (S2).
    ///
    /// # Errors
    /// [`StoreError::WrongChain`] when it is bound to another.
    pub async fn adopt(&self, theirs: Identity, history: History) -> Result<(), StoreError> {
        sqlx::query("insert into chain (one, chain_id, genesis, revisable) values (1, ?, ?, ?) on conflict do nothing")
            .bind(theirs.chain_id.cast_signed())
            .bind(theirs.genesis.as_slice())
            .bind(i64::from(history == History::Revisable))
            .execute(&self.writer)
            .await?;
        match self.identity().await? {
            Some(ours) if ours != theirs => Err(StoreError::WrongChain { path: self.path.to_path_buf(), ours, theirs }),
            Some(_) => Ok(()),
            None => Err(StoreError::Damaged { table: "chain", reason: "is empty after a write".into() }),
        }
    }

    /// `None` before the first block.
    pub async fn cursor(&self) -> Result<Option<Cursor>, StoreError> {
        let mut connection = self.writer.acquire().await?;
        read::cursor(&mut connection).await
    }

    /// The newest indexed block.
    pub async fn newest(&self) -> Result<Option<BlockFacts>, StoreError> {
        let row = sqlx::query("select * from blocks order by height desc limit 1").fetch_optional(&self.writer).await?;
        row.as_ref().map(rows::block).transpose()
    }

    /// Refuses a chain that has another block than the index at a height that both have (S2).
    ///
    /// # Errors
    /// [`StoreError::Diverged`].
    pub async fn check_link(&self, height: u64, theirs: B256) -> Result<(), StoreError> {
        match self.hash_at(height).await? {
            Some(ours) if ours != theirs => Err(self.diverged(Cursor { height, hash: ours }, theirs)),
            _ => Ok(()),
        }
    }

    /// The error for a node that has `theirs` where `ours` is indexed.
    pub fn diverged(&self, ours: Cursor, theirs: B256) -> StoreError {
        StoreError::Diverged { path: self.path.to_path_buf(), height: ours.height, ours: ours.hash, theirs }
    }

    /// S2: where the cursor is behind `blocks`, if they follow from it.
    ///
    /// # Errors
    /// [`StoreError::Gap`], [`StoreError::Diverged`] or, for a first block that is not `identity`'s, [`StoreError::WrongChain`].
    pub fn follow(
        &self,
        identity: Identity,
        mut cursor: Option<Cursor>,
        blocks: &[Decoded],
    ) -> Result<Option<Cursor>, StoreError> {
        for block in blocks {
            let (expected, actual) = (cursor.map_or(0, |cursor| cursor.height + 1), block.facts.height);
            if actual != expected {
                return Err(StoreError::Gap { expected, actual });
            }
            let (path, hash) = (|| self.path.to_path_buf(), block.facts.hash);
            match cursor {
                Some(ours) if ours.hash != block.parent => return Err(self.diverged(ours, block.parent)),
                None if hash != identity.genesis => {
                    let theirs = Identity { genesis: hash, ..identity };
                    return Err(StoreError::WrongChain { path: path(), ours: identity, theirs });
                }
                _ => {}
            }
            cursor = Some(Cursor { height: actual, hash });
        }
        Ok(cursor)
    }

    /// Writes the rows of consecutive blocks and moves the cursor behind them, or changes nothing (S1).
    ///
    /// # Errors
    /// [`StoreError::Diverged`], [`StoreError::Gap`] or [`StoreError::WrongChain`] for blocks that do not follow (S2);
    /// [`StoreError::Inconsistent`] for events that contradict the rows.
    pub async fn apply(&self, blocks: &[Decoded]) -> Result<(), StoreError> {
        let mut transaction = self.writer.begin_with("begin immediate").await?;
        let load::State { identity, cursor, last } = load::state(&mut transaction).await?;
        let recent = std::mem::take(&mut *self.recent.lock().unwrap_or_else(PoisonError::into_inner));
        let mut recent = if recent.cursor == cursor { recent } else { Recent::default() };
        let Some(cursor) = self.follow(identity, cursor, blocks)? else { return Ok(()) };
        let mut rows = load::load(&mut transaction, &Touched::by(blocks), last, &mut recent.jobs).await?;
        for block in blocks {
            rows.project(block)?;
        }
        write::write(&mut transaction, &rows, cursor).await?;
        transaction.commit().await?;
        *self.recent.lock().unwrap_or_else(PoisonError::into_inner) = recent.after(cursor, rows.jobs);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
