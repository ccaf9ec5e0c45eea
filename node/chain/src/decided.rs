//! Finality as a type.

use alloy::primitives::{Address, B256, U256};
use alloy_consensus::ReceiptEnvelope;
use edgeloom_types::{Height, SealedBlock};
use std::sync::Arc;

/// A validator-final block and what it did (CHAIN.md C10). Only [`crate::Chain`] makes one, after it is durable.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Decided {
    pub block: Arc<SealedBlock>,
    /// One per transaction.
    pub senders: Vec<Address>,
    /// One per transaction.
    pub receipts: Arc<Vec<ReceiptEnvelope>>,
    /// Wei burned from genesis to this block, itself included.
    pub burned: U256,
}

impl Decided {
    pub fn height(&self) -> Height {
        self.block.height()
    }

    pub fn hash(&self) -> B256 {
        self.block.hash()
    }
}
