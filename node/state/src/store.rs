use crate::{
    cursor::Rewinds,
    error::StoreError,
    history::HistoryView,
    kv::Kv,
    node_cache::NodeCache,
    prune::Pruning,
    table::{META_TIP, Table},
    view::View,
    warm::Warm,
};
use alloy::primitives::{B256, Bytes, KECCAK256_EMPTY};
use edgeloom_types::Height;
use parking_lot::{Mutex, RwLock};
use std::{
    path::Path,
    sync::{
        Arc, Weak,
        atomic::{AtomicU64, Ordering},
    },
};

/// The newest committed block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tip {
    pub height: Height,
    pub hash: B256,
    pub state_root: B256,
}

/// The committed chain and its state. Clones share one database, which closes when the last of them is dropped.
#[derive(Clone, Debug)]
pub struct Store(Arc<Inner>);

/// The tip, with what was read of its state.
#[derive(Debug, Default)]
pub(crate) struct Head {
    tip: Option<Tip>,
    warm: Arc<Warm>,
}

impl Head {
    pub(crate) const fn tip(&self) -> Option<Tip> {
        self.tip
    }

    /// Nothing that was read of the state before counts any more: even a tip of the same height may have other rows.
    pub(crate) fn set(&mut self, tip: Option<Tip>) {
        *self = Self { tip, warm: Arc::default() };
    }
}

#[derive(Debug)]
struct Inner {
    kv: Kv,
    /// The stored tip; set once its batch is written.
    head: RwLock<Head>,
    /// Changed only while the tip is locked.
    rewinds: RwLock<Rewinds>,
    /// One commit at a time.
    commit: Mutex<()>,
    /// Odd while a commit's rows are there and its tip is not.
    commits: AtomicU64,
    pruning: Pruning,
    nodes: NodeCache,
    /// The last field: dropped when the database is closed.
    open: Arc<()>,
}

/// Tells when a store is closed, in whichever thread its last clone is dropped.
#[derive(Clone, Debug)]
pub struct Closing(Weak<()>);

impl Closing {
    /// A process must not end before: RocksDB's globals would go while the database is still being closed.
    pub fn is_done(&self) -> bool {
        self.0.strong_count() == 0
    }
}

impl Store {
    /// Opens the database in the directory `path`, or makes an empty one.
    ///
    /// # Errors
    /// [`StoreError::Locked`] while another process has it open, [`StoreError::OldBlocks`] or [`StoreError::Version`] when an
    /// earlier or another build's layout is in it, [`StoreError::Io`] and [`StoreError::Database`] when the disk fails.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Self::open_with_cache(path, Kv::CACHE_BYTES)
    }

    /// As [`Self::open`], with at most `bytes` of what was read of the database in memory.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_with_cache(path: &Path, bytes: usize) -> Result<Self, StoreError> {
        Self::over(Kv::open(path, bytes)?)
    }

    /// As [`Self::open`], for a database that is made in bulk and thrown away when the machine fails meanwhile: commits
    /// return before the disk has them. After the death of the process alone nothing is lost. [`Self::compact`] leaves
    /// everything on the disk.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_unsynced(path: &Path) -> Result<Self, StoreError> {
        Self::over(Kv::open(path, Kv::CACHE_BYTES)?.unsynced())
    }

    /// The same store without a disk.
    pub fn memory() -> Self {
        Self::over(Kv::memory()).expect("an empty map has no row that is malformed")
    }

    fn over(kv: Kv) -> Result<Self, StoreError> {
        let tip = kv.get(Table::Meta, META_TIP)?.map(|row| Tip::decode(&row)).transpose()?;
        let pruning = Pruning::stored(&kv)?;
        let head = RwLock::new(Head { tip, warm: Arc::default() });
        let (rewinds, commit, commits) = (RwLock::default(), Mutex::default(), AtomicU64::default());
        let (nodes, open) = (NodeCache::default(), Arc::default());
        Ok(Self(Arc::new(Inner { kv, head, rewinds, commit, commits, pruning, nodes, open })))
    }

    pub fn closing(&self) -> Closing {
        Closing(Arc::downgrade(&self.0.open))
    }

    /// The newest committed block; `None` before genesis is.
    pub fn tip(&self) -> Option<Tip> {
        self.0.head.read().tip
    }

    /// How many blocks were committed since the store was opened; `None` while one is being written, when the newest rows
    /// may be those of a block that is not the tip yet. What was read of a [`View`] between two equal counts is of one state.
    pub fn commits(&self) -> Option<u64> {
        let count = self.0.commits.load(Ordering::Acquire);
        count.is_multiple_of(2).then_some(count / 2)
    }

    /// The tip's state, to execute on. See [`View`] for what it asks of whoever commits meanwhile.
    pub fn view(&self) -> View {
        View::new(self.clone())
    }

    /// The state after the block at `height`, whatever is committed meanwhile.
    ///
    /// # Errors
    /// [`StoreError::UnknownHeight`] above the tip, [`StoreError::Pruned`] below [`Store::oldest`].
    pub fn at(&self, height: Height) -> Result<HistoryView, StoreError> {
        let warm = {
            let head = self.head().read();
            committed(height, head.tip)?;
            head.tip.filter(|tip| tip.height == height).map(|_| head.warm.clone())
        };
        self.kept(height)?;
        Ok(HistoryView::new(self.clone(), height, warm))
    }

    /// The code of this hash; empty code needs no row.
    ///
    /// # Errors
    /// The disk's.
    pub fn code(&self, hash: B256) -> Result<Option<Bytes>, StoreError> {
        if hash == KECCAK256_EMPTY {
            return Ok(Some(Bytes::new()));
        }
        Ok(self.kv().get(Table::Codes, hash.as_slice())?.map(Bytes::from))
    }

    /// `Err` when no block of this height is committed.
    pub(crate) fn committed(&self, height: Height) -> Result<(), StoreError> {
        committed(height, self.tip())
    }

    pub(crate) fn kv(&self) -> &Kv {
        &self.0.kv
    }

    pub(crate) fn pruning(&self) -> &Pruning {
        &self.0.pruning
    }

    pub(crate) fn commit_lock(&self) -> &Mutex<()> {
        &self.0.commit
    }

    pub(crate) fn head(&self) -> &RwLock<Head> {
        &self.0.head
    }

    pub(crate) fn rewinds(&self) -> &RwLock<Rewinds> {
        &self.0.rewinds
    }

    pub(crate) fn nodes(&self) -> &NodeCache {
        &self.0.nodes
    }

    /// Runs a commit, from before its rows can be seen until its tip is.
    pub(crate) fn while_committing<T>(&self, write: impl FnOnce() -> T) -> T {
        self.0.commits.fetch_add(1, Ordering::AcqRel);
        let written = write();
        self.0.commits.fetch_add(1, Ordering::AcqRel);
        written
    }

    pub(crate) fn set_tip(&self, tip: Tip) {
        self.0.head.write().set(Some(tip));
    }
}

fn committed(height: Height, tip: Option<Tip>) -> Result<(), StoreError> {
    let tip = tip.map(|tip| tip.height);
    if tip.is_some_and(|tip| height <= tip) {
        return Ok(());
    }
    Err(StoreError::UnknownHeight { asked: height, tip })
}

/// A height among the rows of [`Table::Meta`]; genesis when it is not there.
pub(crate) fn stored_height(kv: &Kv, key: &[u8]) -> Result<Height, StoreError> {
    let Some(row) = kv.get(Table::Meta, key)? else { return Ok(Height::GENESIS) };
    let height =
        row.as_slice().try_into().map_err(|_| StoreError::corrupt(format!("height of {} bytes", row.len())))?;
    Ok(Height::new(u64::from_be_bytes(height)))
}

impl Tip {
    pub(crate) fn encode(&self) -> [u8; 72] {
        let mut row = [0; 72];
        row[..8].copy_from_slice(&self.height.get().to_be_bytes());
        row[8..40].copy_from_slice(self.hash.as_slice());
        row[40..].copy_from_slice(self.state_root.as_slice());
        row
    }

    pub(crate) fn decode(row: &[u8]) -> Result<Self, StoreError> {
        let row: &[u8; 72] = row.try_into().map_err(|_| StoreError::corrupt(format!("tip of {} bytes", row.len())))?;
        let (height, hashes) = row.split_first_chunk::<8>().expect("72 is more than 8");
        Ok(Self {
            height: Height::new(u64::from_be_bytes(*height)),
            hash: B256::from_slice(&hashes[..32]),
            state_root: B256::from_slice(&hashes[32..]),
        })
    }
}
