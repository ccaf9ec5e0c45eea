//! Gas that a transaction pays before any of its code runs (Osaka).

use alloy::{consensus::Transaction, primitives::U256};
use alloy_consensus::TxEnvelope;

/// Most gas one transaction may ask for (EIP-7825).
pub const TRANSACTION_GAS_MAX: u64 = 1 << 24;

/// Most bytes of initialisation code (EIP-3860).
pub(crate) const INITCODE_BYTES_MAX: usize = 2 * 24_576;

/// Below this no base fee falls: EIP-1559 lowers it by an eighth at most, rounded down. Wei per gas.
pub(crate) const BASE_FEE_FLOOR: u64 = 7;

const BASE: u64 = 21_000;
const CREATE: u64 = 32_000;
const INITCODE_WORD: u64 = 2;
/// A zero byte is one token, any other four (EIP-7623).
const TOKEN: u64 = 4;
const TOKEN_FLOOR: u64 = 10;
const ACCESS_ADDRESS: u64 = 2_400;
const ACCESS_SLOT: u64 = 1_900;
/// EIP-7702 charges for an account that does not exist yet and refunds later.
const AUTHORIZATION: u64 = 25_000;

/// Gas of the transaction itself: base, calldata, creation (EIP-2, 3860), access list (2930), authorizations (7702).
pub(crate) fn intrinsic_gas(transaction: &TxEnvelope) -> u64 {
    let mut gas = BASE + TOKEN * tokens(transaction.input());
    if transaction.is_create() {
        gas += CREATE + INITCODE_WORD * (transaction.input().len() as u64).div_ceil(32);
    }
    for item in transaction.access_list().map_or(&[][..], |list| &list.0) {
        gas += ACCESS_ADDRESS + ACCESS_SLOT * item.storage_keys.len() as u64;
    }
    gas + AUTHORIZATION * transaction.authorization_count().unwrap_or(0)
}

/// The least gas a transaction with this calldata is charged, whatever it executes (EIP-7623).
pub(crate) fn floor_gas(transaction: &TxEnvelope) -> u64 {
    BASE + TOKEN_FLOOR * tokens(transaction.input())
}

/// Most wei the sender can be charged: gas limit × fee cap + value. `None` above 256 bits.
pub(crate) fn cost(transaction: &TxEnvelope) -> Option<U256> {
    let gas = U256::from(transaction.gas_limit()) * U256::from(transaction.max_fee_per_gas());
    gas.checked_add(transaction.value())
}

fn tokens(input: &[u8]) -> u64 {
    let zeros = input.iter().filter(|byte| **byte == 0).count() as u64;
    4 * (input.len() as u64) - 3 * zeros
}

#[cfg(test)]
mod tests;
