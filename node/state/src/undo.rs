//! Going back, for dev mode: O(what changed since), one batch, no trace on the disk. A snapshot dies with the process.

use crate::{
    commit::{Commit, check},
    error::StoreError,
    store::{Store, Tip},
    table::{META_TIP, Table},
};

impl Store {
    /// Remembers the store as it is now. Snapshots are bounded in memory: the oldest may be gone when they are asked for.
    pub fn snapshot(&self) -> u64 {
        let _no_commit = self.commit_lock().lock();
        self.kv().mark()
    }

    /// Makes the store what it was at `snapshot`, which is used up, as are later ones. On the disk when it returns; after
    /// an error or a crash, all of it or nothing. `None` when there is no such snapshot (any more). Whoever owns a
    /// [`crate::View`] drops it.
    ///
    /// # Errors
    /// The disk's.
    pub fn revert(&self, snapshot: u64) -> Result<Option<Tip>, StoreError> {
        let _no_commit = self.commit_lock().lock();
        // Nobody sees the old tip over the new rows.
        let mut head = self.head().write();
        if !self.kv().undo(snapshot)? {
            return Ok(None);
        }
        self.nodes().clear();
        self.pruning().read_again(self.kv())?;
        let tip = self.kv().get(Table::Meta, META_TIP)?.map(|row| Tip::decode(&row)).transpose()?;
        head.set(tip);
        self.rewinds().write().back_to(tip.map_or(0, |tip| tip.height.get()));
        Ok(tip)
    }

    /// Makes it a store of nothing but `genesis`, without snapshots. Nobody sees it without a tip; after a crash it may be
    /// an empty one.
    ///
    /// # Errors
    /// As [`Self::commit`]'s.
    pub fn begin_again(&self, genesis: Commit<'_>) -> Result<(), StoreError> {
        let _no_commit = self.commit_lock().lock();
        check(&genesis, None)?;
        let mut head = self.head().write();
        self.kv().clear()?;
        // Should the disk fail now, nothing goes on from a tip whose rows are gone.
        head.set(None);
        self.nodes().clear();
        self.pruning().read_again(self.kv())?;
        head.set(Some(self.write(genesis)?));
        self.rewinds().write().back_to(0);
        Ok(())
    }
}
