//! Going back (D3).

use crate::{
    DevError, Solo,
    sealer::{Settings, machine_ms},
};
use alloy::primitives::B256;
use edgeloom_types::Height;
use std::collections::BTreeMap;

/// Most snapshots that are remembered; the store remembers no more either.
const SNAPSHOTS_MAX: usize = 16_384;

/// What the store does not remember of each snapshot.
#[derive(Debug, Default)]
pub(crate) struct Snapshots(BTreeMap<u64, Saved>);

#[derive(Debug)]
struct Saved {
    settings: Settings,
    machine_ms: u64,
    height: Height,
    hash: B256,
}

impl Solo {
    /// Remembers everything as it is now; what comes back is for [`Self::revert`].
    pub fn snapshot(&self) -> u64 {
        let chain = self.sealer.parts.chain.lock();
        let id = chain.store().snapshot();
        let saved = Saved {
            settings: *self.sealer.settings.lock(),
            machine_ms: machine_ms(),
            height: chain.tip().height(),
            hash: chain.tip().hash(),
        };
        let saves = &mut self.snapshots.lock().0;
        saves.insert(id, saved);
        if saves.len() > SNAPSHOTS_MAX {
            saves.pop_first();
        }
        id
    }

    /// Makes everything what it was at `snapshot`. False when it was used already, or given up to make room.
    ///
    /// # Errors
    /// [`DevError::Chain`].
    pub fn revert(&self, snapshot: u64) -> Result<bool, DevError> {
        let _no_admission = self.sealer.admissions.write();
        let mut chain = self.sealer.parts.chain.lock();
        let reverted = chain.revert(snapshot)?;
        let saved = {
            let saves = &mut self.snapshots.lock().0;
            // Later ones are used up with it.
            if reverted { saves.split_off(&snapshot).remove(&snapshot) } else { saves.remove(&snapshot) }
        };
        let Some(saved) = saved.filter(|_| reverted) else { return Ok(reverted) };
        let mut settings = saved.settings;
        settings.clock.rewind(machine_ms().saturating_sub(saved.machine_ms));
        *self.sealer.settings.lock() = settings;
        self.sealer.rebase(&chain);
        self.sealer.parts.feed.send_replace(chain.tip().height());
        Ok(true)
    }

    /// Back to genesis: no snapshots, no transactions that wait, the machine's time.
    ///
    /// # Errors
    /// [`DevError::Chain`].
    pub fn restart(&self) -> Result<(), DevError> {
        let _no_admission = self.sealer.admissions.write();
        let mut chain = self.sealer.parts.chain.lock();
        chain.restart()?;
        chain.store().keep_preimages(&self.sealer.genesis.delta())?;
        self.snapshots.lock().0.clear();
        *self.impersonated.lock() = Default::default();
        *self.sealer.settings.lock() = Settings::default();
        self.sealer.parts.pool.clear(None);
        self.sealer.rebase(&chain);
        self.sealer.parts.feed.send_replace(chain.tip().height());
        Ok(())
    }

    /// The snapshots that can be gone back to, as far as is known, with height and hash.
    pub fn snapshots(&self) -> Vec<(u64, Height, B256)> {
        self.snapshots.lock().0.iter().map(|(id, saved)| (*id, saved.height, saved.hash)).collect()
    }
}
