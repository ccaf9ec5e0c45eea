//! S4: connections that only read. SQLite goes on with a statement whose future was dropped, so each connection gets a
//! deadline that SQLite itself looks at.

use super::StoreError;
use sqlx::{
    Sqlite, SqlitePool,
    pool::PoolConnection,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};
use std::time::{Duration, Instant};

/// How long a connection may work for one question.
pub(super) const READ: Duration = Duration::from_secs(2);
/// How long a question may wait for a connection.
const WAIT: Duration = Duration::from_secs(10);
/// Virtual machine instructions between two looks at the clock: well below a millisecond.
const LOOK: i32 = 10_000;

#[derive(Clone, Debug)]
pub(super) struct Readers(SqlitePool);

impl Readers {
    pub(super) async fn open(options: SqliteConnectOptions, connections: u32) -> Result<Self, StoreError> {
        let pool = SqlitePoolOptions::new().max_connections(connections).acquire_timeout(WAIT);
        Ok(Self(pool.connect_with(options).await?))
    }

    /// A connection for one question, which has [`READ`] from now on.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when none gets free in time. What is asked later fails with [`StoreError::TooSlow`] after the deadline.
    pub(super) async fn get(&self) -> Result<PoolConnection<Sqlite>, StoreError> {
        let mut connection = self.0.acquire().await?;
        // First of all this waits until a statement that was dropped before has come to its end.
        let mut handle = connection.lock_handle().await?;
        let deadline = Instant::now() + READ;
        handle.set_progress_handler(LOOK, move || Instant::now() < deadline);
        drop(handle);
        Ok(connection)
    }

    pub(super) async fn close(&self) {
        self.0.close().await;
    }
}
