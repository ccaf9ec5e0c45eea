//! The last few blocks that were asked for, decoded once.

use crate::error::Fault;
use alloy::primitives::{Address, B256};
use alloy_consensus::{ReceiptEnvelope, TxEnvelope};
use edgeloom_state::Store;
use edgeloom_types::{Height, SealedBlock};
use parking_lot::Mutex;
use std::{collections::VecDeque, sync::Arc};

/// Blocks kept: at most a few MiB each, usually a few KiB.
const RECORDS: usize = 32;

/// A final block with everything that is known of it.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) block: SealedBlock,
    pub(crate) senders: Vec<Address>,
    pub(crate) receipts: Vec<ReceiptEnvelope>,
    /// Number of logs in the block before each transaction's.
    pub(crate) first_log: Vec<u64>,
}

impl Record {
    pub(crate) fn new(block: SealedBlock, senders: Vec<Address>, receipts: Vec<ReceiptEnvelope>) -> Self {
        let counts = receipts.iter().scan(0_u64, |logs, receipt| {
            let first = *logs;
            *logs += receipt.logs().len() as u64;
            Some(first)
        });
        Self { first_log: counts.collect(), block, senders, receipts }
    }

    pub(crate) fn height(&self) -> u64 {
        self.block.header().number
    }

    pub(crate) fn hash(&self) -> B256 {
        self.block.hash()
    }

    pub(crate) fn base_fee(&self) -> u64 {
        self.block.header().base_fee_per_gas.unwrap_or_default()
    }

    pub(crate) fn transactions(&self) -> &[TxEnvelope] {
        &self.block.block().transactions
    }

    pub(crate) fn gas_used(&self, index: usize) -> u64 {
        let before = index.checked_sub(1).map_or(0, |before| self.receipts[before].cumulative_gas_used());
        self.receipts[index].cumulative_gas_used() - before
    }
}

#[derive(Debug)]
pub(crate) struct Records {
    store: Store,
    /// Of one revision of the store.
    recent: Mutex<(u64, VecDeque<Arc<Record>>)>,
}

impl Records {
    pub(crate) fn new(store: Store) -> Self {
        Self { store, recent: Mutex::default() }
    }

    /// The block at `height`, if it is at hand.
    pub(crate) fn recent(&self, height: Height) -> Option<Arc<Record>> {
        let revision = self.store.revision();
        let (known, recent) = &mut *self.recent.lock();
        if *known != revision {
            (*known, *recent) = (revision, VecDeque::new());
        }
        recent.iter().find(|record| record.height() == height.get()).cloned()
    }

    /// The block at `height`, kept for the next who asks.
    pub(crate) fn get(&self, height: Height) -> Result<Option<Arc<Record>>, Fault> {
        let revision = self.store.revision();
        if let Some(record) = self.recent(height) {
            return Ok(Some(record));
        }
        let Some(record) = self.read(height)? else { return Ok(None) };
        let record = Arc::new(record);
        let (known, recent) = &mut *self.recent.lock();
        if *known == revision
            && self.store.revision() == revision
            && !recent.iter().any(|other| other.height() == record.height())
        {
            recent.push_front(record.clone());
            recent.truncate(RECORDS);
        }
        Ok(Some(record))
    }

    /// The block at `height`, for a scan that will not come back.
    pub(crate) fn read(&self, height: Height) -> Result<Option<Record>, Fault> {
        let revision = self.store.revision();
        let Some(block) = self.store.block(height)? else { return Ok(None) };
        match (self.store.senders(height)?, self.store.receipts(height)?) {
            (Some(senders), Some(receipts)) => Ok(Some(Record::new(block, senders, receipts))),
            // Dev mode took it back in this moment.
            _ if self.store.revision() != revision => Ok(None),
            _ => Err(Fault::Internal(format!("block {height} has no receipts or senders"))),
        }
    }
}
