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

/// Order of worth when the pool must let something go: tip, then fee cap, then age (older is worth more).
pub(crate) type Worth = (u128, u128, Reverse<u64>);

#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) transaction: Arc<Recovered<TxEnvelope>>,
    pub(crate) origin: Origin,
    /// Most wei it can cost its sender.
    pub(crate) cost: U256,
    /// Least gas it can use.
    pub(crate) gas_min: u64,
    /// Encoded length.
    pub(crate) bytes: usize,
    /// Order of admission.
    pub(crate) sequence: u64,
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
        let gas_min = check_gas(envelope)?;
        let cost = cost(envelope).ok_or(Rejection::CostOverflow)?;
        Ok(Self { transaction, origin, cost, gas_min, bytes, sequence: 0 })
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

    pub(crate) fn worth(&self) -> Worth {
        let cap = self.transaction.max_fee_per_gas();
        (self.transaction.priority_fee_or_price().min(cap), cap, Reverse(self.sequence))
    }

    /// Both fees at least a tenth above `other`'s (geth's rule for replacing).
    pub(crate) fn outbids(&self, other: &Self) -> bool {
        let (ours, theirs) = (&self.transaction, &other.transaction);
        tenth_above(ours.max_fee_per_gas(), theirs.max_fee_per_gas())
            && tenth_above(ours.priority_fee_or_price(), theirs.priority_fee_or_price())
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

fn check_gas(envelope: &TxEnvelope) -> Result<u64, Rejection> {
    let have = envelope.gas_limit();
    if have > TRANSACTION_GAS_MAX {
        return Err(Rejection::GasCap { cap: TRANSACTION_GAS_MAX, gas: have });
    }
    let (intrinsic, floor) = (intrinsic_gas(envelope), floor_gas(envelope));
    if have < intrinsic {
        return Err(Rejection::IntrinsicGas { have, want: intrinsic });
    }
    if have < floor {
        return Err(Rejection::FloorGas { have, want: floor });
    }
    // Refunds give back at most a fifth of what was used (EIP-3529), and never below the floor.
    Ok(floor.max(intrinsic - intrinsic / 5))
}

/// `a >= b * 1.1`, and more than `b`.
fn tenth_above(a: u128, b: u128) -> bool {
    a > b && a - b >= b.div_ceil(10)
}
