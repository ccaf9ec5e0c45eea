//! Changing the tip's state in place, for dev mode.

use crate::{
    error::StoreError,
    kv::Durability,
    store::{Store, Tip},
    table::{META_CHEATED, META_TIP, Table},
};
use alloy::primitives::U256;
use edgeloom_types::StateDelta;

/// Wei that amendments brought into the world and took out of it since genesis (CHAIN.md C5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cheated {
    pub minted: U256,
    pub taken: U256,
}

impl Store {
    /// Applies `delta` to the state of the tip, at its height, without a block: from now on the tip's state root is not
    /// the one that its header names. On the disk when it returns; after an error or a crash, all of it or nothing.
    ///
    /// # Errors
    /// [`StoreError::UnknownHeight`] before genesis is committed, [`StoreError::Corrupt`] when balances overflow; the
    /// disk's.
    pub fn amend(&self, delta: StateDelta) -> Result<Tip, StoreError> {
        let _one_at_a_time = self.commit_lock().lock();
        let unknown = StoreError::UnknownHeight { asked: edgeloom_types::Height::GENESIS, tip: None };
        let tip = self.tip().ok_or(unknown)?;
        let view = self.view();
        let layer = view.extend(delta)?;
        let mut cheated = self.cheated()?;
        for (address, change) in &layer.delta().accounts {
            let before = view.account(*address)?.unwrap_or_default().balance;
            let after = change.account.unwrap_or_default().balance;
            let (ledger, amount) = if after > before {
                (&mut cheated.minted, after - before)
            } else {
                (&mut cheated.taken, before - after)
            };
            *ledger = ledger.checked_add(amount).ok_or_else(|| StoreError::corrupt("cheated balances overflow"))?;
        }
        let tip = Tip { state_root: layer.root(), ..tip };
        let mut batch = self.kv().batch();
        self.put_state(&mut batch, tip.height, &layer)?;
        batch.put(Table::Meta, META_CHEATED, &cheated.encode());
        batch.put(Table::Meta, META_TIP, &tip.encode());
        // Held until the rows are there: no reader takes the new state for the old.
        let mut head = self.head().write();
        self.kv().write(batch, Durability::Synced)?;
        self.keep_nodes(&layer);
        head.set(Some(tip));
        self.rewinds().write().amended();
        Ok(tip)
    }

    /// # Errors
    /// The disk's.
    pub fn cheated(&self) -> Result<Cheated, StoreError> {
        self.kv().get(Table::Meta, META_CHEATED)?.map_or(Ok(Cheated::default()), |row| Cheated::decode(&row))
    }
}

impl Cheated {
    fn encode(&self) -> [u8; 64] {
        let mut row = [0; 64];
        row[..32].copy_from_slice(&self.minted.to_be_bytes::<32>());
        row[32..].copy_from_slice(&self.taken.to_be_bytes::<32>());
        row
    }

    fn decode(row: &[u8]) -> Result<Self, StoreError> {
        let row: &[u8; 64] =
            row.try_into().map_err(|_| StoreError::corrupt(format!("ledger of {} bytes", row.len())))?;
        Ok(Self { minted: U256::from_be_slice(&row[..32]), taken: U256::from_be_slice(&row[32..]) })
    }
}
