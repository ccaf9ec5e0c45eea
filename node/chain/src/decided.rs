//! A final block.

use alloy::primitives::{Address, U256};
use alloy_consensus::ReceiptEnvelope;
use edgeloom_types::SealedBlock;
use std::sync::Arc;

/// A block that is final and durable (CHAIN.md C10). Only [`crate::Chain::finalize`] makes one.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Decided {
    pub block: Arc<SealedBlock>,
    /// Who signed each transaction.
    pub senders: Vec<Address>,
    /// One per transaction.
    pub receipts: Arc<Vec<ReceiptEnvelope>>,
    /// Wei burned from genesis to this block, itself included.
    pub burned: U256,
}

impl Decided {
    /// Gas of each transaction.
    pub fn gas_used(&self) -> impl Iterator<Item = u64> + '_ {
        self.receipts.iter().scan(0, |before, receipt| {
            let gas = receipt.cumulative_gas_used() - *before;
            *before = receipt.cumulative_gas_used();
            Some(gas)
        })
    }
}
