//! What a transaction offers for its gas, and when that has become too little.

use alloy::{
    consensus::{TxEip1559, TxEnvelope},
    eips::eip2718::Decodable2718,
};
use tokio::time::Instant;

/// What is offered now.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fees {
    /// Base fee of the next block, wei per gas.
    pub(super) base: u64,
    /// Most wei per gas, tip included.
    pub(super) max: u128,
    /// Wei per gas for the proposer.
    pub(super) tip: u128,
    /// When the node was asked.
    pub(super) at: Instant,
}

impl Fees {
    /// `tx` with a bid that nodes prefer; `None` while its own bid still pays for the next block.
    pub(super) fn raise(&self, mut tx: TxEip1559) -> Option<TxEip1559> {
        if tx.max_fee_per_gas >= u128::from(self.base).saturating_add(tx.max_priority_fee_per_gas) {
            return None;
        }
        tx.max_fee_per_gas = self.max.max(eighth_more(tx.max_fee_per_gas));
        tx.max_priority_fee_per_gas = self.tip.max(eighth_more(tx.max_priority_fee_per_gas)).min(tx.max_fee_per_gas);
        Some(tx)
    }
}

/// Nodes want both fees a tenth above those of the transaction that is replaced.
const fn eighth_more(wei: u128) -> u128 {
    wei.saturating_add(wei.div_ceil(8)).saturating_add(1)
}

/// What a raw transaction says, if it is of the kind that this crate signs.
pub(super) fn decode(raw: &[u8]) -> Option<TxEip1559> {
    let envelope = TxEnvelope::decode_2718_exact(raw).ok()?;
    Some(envelope.as_eip1559()?.tx().clone())
}
