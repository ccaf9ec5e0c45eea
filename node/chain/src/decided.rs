//! A final block.

use alloy::primitives::{Address, U256};
use alloy_consensus::ReceiptEnvelope;
use edgeloom_types::{Account, SealedBlock};
use std::sync::Arc;

/// A block that is final and durable (CHAIN.md C10). Only [`crate::Chain::finalize`] makes one.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Decided {
    pub block: Arc<SealedBlock>,
    /// Who signed each transaction.
    pub senders: Vec<Address>,
    /// The accounts that the block changed and that have a nonce, as they are after it. What a sender's next nonce is
    /// only these tell: authorizations and creations by a delegated account move it as transactions do (EIP-7702).
    pub accounts: Vec<(Address, Account)>,
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
