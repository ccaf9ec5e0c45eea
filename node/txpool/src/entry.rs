//! A transaction that passed every check that needs nothing but the transaction itself.

use crate::{
    Origin, Rejection, TRANSACTION_BYTES_MAX,
    gas::{INITCODE_BYTES_MAX, TRANSACTION_GAS_MAX, cost, floor_gas, intrinsic_gas},
};
use alloy::{
    consensus::Transaction,
    eips::eip2718::Encodable2718,
    primitives::{Address, B256, U256},
};
use alloy_consensus::{TxEnvelope, transaction::Recovered};
use std::{cmp::Reverse, sync::Arc};

/// Order of worth when the pool must let something go: what it pays per gas at the base fee, then origin, then fee cap,
/// then age (older is worth more).
pub(crate) type Worth = (u128, Origin, u128, Reverse<u64>);

#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) transaction: Arc<Recovered<TxEnvelope>>,
    pub(crate) origin: Origin,
    /// Most wei it can cost its sender.
    pub(crate) cost: U256,
    /// Who signed its authorizations for this chain (EIP-7702), once [`Self::recover_authorities`] looked.
    pub(crate) authorities: Vec<Address>,
    /// Encoded length.
    pub(crate) bytes: usize,
    /// Order of admission.
    pub(crate) sequence: u64,
    /// The pool's count of blocks when it was last found executable, or admitted.
    pub(crate) since: u64,
}

impl Entry {
    /// # Errors
    /// [`Rejection`] when no state and no pool could ever make it valid on this chain.
    pub(crate) fn new(
        transaction: Arc<Recovered<TxEnvelope>>,
        origin: Origin,
        chain_id: u64,
    ) -> Result<Self, Rejection> {
        let envelope = transaction.inner();
        if matches!(envelope, TxEnvelope::Eip4844(_)) {
            return Err(Rejection::Type);
        }
        let bytes = envelope.encode_2718_len();
        if bytes > TRANSACTION_BYTES_MAX {
            return Err(Rejection::Size { size: bytes });
        }
        // Without a chain id (before EIP-155) a transaction is valid on every chain: keyless deployments need it.
        if let Some(have) = envelope.chain_id().filter(|id| *id != chain_id) {
            return Err(Rejection::ChainId { have, want: chain_id });
        }
        check_fields(envelope)?;
        check_gas(envelope)?;
        let cost = cost(envelope).ok_or(Rejection::CostOverflow)?;
        Ok(Self { transaction, origin, cost, authorities: Vec::new(), bytes, sequence: 0, since: 0 })
    }

    pub(crate) fn delegates(&self) -> bool {
        self.transaction.authorization_list().is_some()
    }

    /// Costs a signature recovery for each. Those of other chains never take effect.
    pub(crate) fn recover_authorities(&mut self, chain_id: u64) {
        let signed = self.transaction.authorization_list().unwrap_or_default();
        let ours = signed.iter().filter(|signed| signed.chain_id.is_zero() || signed.chain_id == U256::from(chain_id));
        self.authorities = ours.filter_map(|signed| signed.recover_authority().ok()).collect();
    }

    pub(crate) fn hash(&self) -> B256 {
        *self.transaction.tx_hash()
    }

    pub(crate) fn sender(&self) -> Address {
        self.transaction.signer()
    }

    pub(crate) fn nonce(&self) -> u64 {
        self.transaction.nonce()
    }

    pub(crate) fn cap(&self) -> u128 {
        self.transaction.max_fee_per_gas()
    }

    /// Wei per gas for the proposer; `None` when the cap is below the base fee.
    pub(crate) fn effective_tip(&self, base_fee: u64) -> Option<u128> {
        self.transaction.effective_tip_per_gas(base_fee)
    }

    pub(crate) fn worth(&self, base_fee: u64) -> Worth {
        let asked = u128::from(base_fee).saturating_add(self.transaction.priority_fee_or_price());
        (asked.min(self.cap()), self.origin, self.cap(), Reverse(self.sequence))
    }

    /// Both fees at least a tenth above `other`'s (geth's rule for replacing).
    pub(crate) fn outbids(&self, other: &Self) -> bool {
        let tip = |entry: &Self| entry.transaction.priority_fee_or_price();
        tenth_above(self.cap(), other.cap()) && tenth_above(tip(self), tip(other))
    }
}

fn check_fields(envelope: &TxEnvelope) -> Result<(), Rejection> {
    let (tip, cap) = (envelope.priority_fee_or_price(), envelope.max_fee_per_gas());
    if tip > cap {
        return Err(Rejection::TipAboveCap { tip, cap });
    }
    let size = envelope.input().len();
    if envelope.is_create() && size > INITCODE_BYTES_MAX {
        return Err(Rejection::Initcode { size, limit: INITCODE_BYTES_MAX });
    }
    if envelope.authorization_list().is_some_and(<[_]>::is_empty) {
        return Err(Rejection::NoAuthorizations);
    }
    // EIP-2681: the account's nonce must still be able to grow.
    if envelope.nonce() == u64::MAX { Err(Rejection::NonceMax) } else { Ok(()) }
}

fn check_gas(envelope: &TxEnvelope) -> Result<(), Rejection> {
    let have = envelope.gas_limit();
    if have > TRANSACTION_GAS_MAX {
        return Err(Rejection::GasCap { cap: TRANSACTION_GAS_MAX, gas: have });
    }
    let (intrinsic, floor) = (intrinsic_gas(envelope), floor_gas(envelope));
    if have < intrinsic {
        return Err(Rejection::IntrinsicGas { have, want: intrinsic });
    }
    if have < floor { Err(Rejection::FloorGas { have, want: floor }) } else { Ok(()) }
}

/// `a >= b * 1.1`, and more than `b`.
fn tenth_above(a: u128, b: u128) -> bool {
    a > b && a - b >= b.div_ceil(10)
}
