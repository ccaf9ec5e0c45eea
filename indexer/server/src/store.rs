//! The database: one SQLite file, one writer, many readers.
//!
//! S1 Rows and cursor change in one transaction: after a crash the cursor names exactly the last block whose rows are here.
//! S2 A block is taken only if its parent is the cursor's block; the first only if it is the genesis block of the chain that the
//!    file belongs to. Rows of two chains never meet in one file.
//! S3 One process per file: whoever comes second is refused by a lock beside the file, which the system frees even after kill -9.
//!
//! Commits survive a killed process; after a power cut the newest may be gone, all of each or nothing (WAL, `synchronous = normal`),
//! and are fetched again from the node.

mod load;
mod lock;
mod read;
mod rows;
mod write;

pub use lock::LockError;
pub use read::{Count, Slice};

use crate::{
    decode::Decoded,
    project::{Inconsistent, Rows, Touched},
    record::BlockFacts,
};
use alloy::primitives::{Address, B256};
use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

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
        "{path} holds block {height} with hash {ours}, but the node has {theirs} there. The node's chain is another one with the same \
         genesis (was a development chain started anew?): give --rpc a node of the chain that was indexed, or --db another file"
    )]
    Diverged { path: PathBuf, height: u64, ours: B256, theirs: B256 },
    #[error("block {actual} was offered where block {expected} comes next")]
    Gap { expected: u64, actual: u64 },
    #[error(transparent)]
    Inconsistent(#[from] Inconsistent),
    #[error("row of {table}: {reason}. The database file is damaged: delete it and index again")]
    Damaged { table: &'static str, reason: String },
    #[error("database: {0}")]
    Sql(#[from] sqlx::Error),
}

/// An open index. Clones share it.
#[derive(Clone, Debug)]
pub struct Store {
    writer: SqlitePool,
    readers: SqlitePool,
    path: Arc<Path>,
    _lock: Arc<lock::FileLock>,
}

impl Store {
    const READERS: u32 = 4;

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
            .pragma("cache_size", "-32768")
            .pragma("temp_store", "memory");
        let writer = SqlitePoolOptions::new().max_connections(1).connect_with(options.clone()).await?;
        let layout =
            |error: sqlx::migrate::MigrateError| StoreError::Layout { path: path.into(), reason: error.to_string() };
        sqlx::migrate!("./migrations").run(&writer).await.map_err(layout)?;
        let readers = SqlitePoolOptions::new().max_connections(Self::READERS);
        let readers = readers.connect_with(options.create_if_missing(false).read_only(true)).await?;
        Ok(Self { writer, readers, path: path.into(), _lock: lock })
    }

    /// Ends all connections; the last one folds the write-ahead log into the file.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// `None` until [`Self::adopt`].
    pub async fn identity(&self) -> Result<Option<Identity>, StoreError> {
        let row: Option<(i64, Vec<u8>)> =
            sqlx::query_as("select chain_id, genesis from chain").fetch_optional(&self.readers).await?;
        row.map(|(chain_id, genesis)| {
            Ok(Identity { chain_id: chain_id.cast_unsigned(), genesis: rows::hash("chain", &genesis)? })
        })
        .transpose()
    }

    /// Binds the file to a chain, or checks that it is bound to this one (S2).
    ///
    /// # Errors
    /// [`StoreError::WrongChain`] when it is bound to another.
    pub async fn adopt(&self, theirs: Identity) -> Result<(), StoreError> {
        sqlx::query("insert into chain (one, chain_id, genesis) values (1, ?, ?) on conflict do nothing")
            .bind(theirs.chain_id.cast_signed())
            .bind(theirs.genesis.as_slice())
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
        let mut connection = self.readers.acquire().await?;
        read::cursor(&mut connection).await
    }

    /// The newest indexed block.
    pub async fn newest(&self) -> Result<Option<BlockFacts>, StoreError> {
        let row =
            sqlx::query("select * from blocks order by height desc limit 1").fetch_optional(&self.readers).await?;
        row.as_ref().map(rows::block).transpose()
    }

    /// Refuses a chain that has another block than the index at a height that both have (S2).
    ///
    /// # Errors
    /// [`StoreError::Diverged`].
    pub async fn check_link(&self, height: u64, theirs: B256) -> Result<(), StoreError> {
        let row: Option<(Vec<u8>,)> = sqlx::query_as("select hash from blocks where height = ?")
            .bind(height.cast_signed())
            .fetch_optional(&self.readers)
            .await?;
        let Some((ours,)) = row else { return Ok(()) };
        let ours = rows::hash("blocks", &ours)?;
        if ours == theirs {
            return Ok(());
        }
        Err(StoreError::Diverged { path: self.path.to_path_buf(), height, ours, theirs })
    }

    /// Writes the rows of consecutive blocks and moves the cursor behind them, or changes nothing (S1).
    ///
    /// # Errors
    /// [`StoreError::Diverged`], [`StoreError::Gap`] or [`StoreError::WrongChain`] for blocks that do not follow (S2);
    /// [`StoreError::Inconsistent`] for events that contradict the rows.
    pub async fn apply(&self, blocks: &[Decoded]) -> Result<(), StoreError> {
        let Some(last) = blocks.last() else { return Ok(()) };
        let mut transaction = self.writer.begin_with("begin immediate").await?;
        let cursor = read::cursor(&mut transaction).await?;
        self.check_order(cursor, blocks).await?;
        let mut rows = load::load(&mut transaction, Touched::by(blocks)).await?;
        for block in blocks {
            rows.project(block)?;
        }
        write::write(&mut transaction, &rows).await?;
        write::cursor(&mut transaction, Cursor { height: last.facts.height, hash: last.facts.hash }).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// S2.
    async fn check_order(&self, mut cursor: Option<Cursor>, blocks: &[Decoded]) -> Result<(), StoreError> {
        for block in blocks {
            let (expected, actual) = (cursor.map_or(0, |cursor| cursor.height + 1), block.facts.height);
            if actual != expected {
                return Err(StoreError::Gap { expected, actual });
            }
            match cursor {
                Some(Cursor { height, hash }) if hash != block.parent => {
                    let path = self.path.to_path_buf();
                    return Err(StoreError::Diverged { path, height, ours: hash, theirs: block.parent });
                }
                Some(_) => {}
                None => self.check_genesis(block).await?,
            }
            cursor = Some(Cursor { height: actual, hash: block.facts.hash });
        }
        Ok(())
    }

    async fn check_genesis(&self, block: &Decoded) -> Result<(), StoreError> {
        let damaged = || StoreError::Damaged { table: "chain", reason: "names no chain".into() };
        let ours = self.identity().await?.ok_or_else(damaged)?;
        if ours.genesis == block.facts.hash {
            return Ok(());
        }
        let theirs = Identity { genesis: block.facts.hash, ..ours };
        Err(StoreError::WrongChain { path: self.path.to_path_buf(), ours, theirs })
    }
}

impl Rows {
    /// Keys that only loaded rows tell: a job's model and worker.
    pub(crate) fn touch(&self, touched: &mut Touched) {
        touched.models.extend(self.jobs.values().map(|job| job.model));
        touched.workers.extend(self.jobs.values().filter_map(|job| job.worker));
        touched.workers.remove(&Address::ZERO);
    }
}

#[cfg(test)]
mod tests;
