//! Merkle proofs of a state (EIP-1186), checked against its root. Pure; alloy's trie does the walking.

use alloy::{
    consensus::TrieAccount,
    primitives::{Address, B256, Bytes, U256, keccak256},
    rpc::types::EIP1186AccountProofResponse,
};
use alloy_trie::{Nibbles, proof::verify_proof};

use super::LightError;

/// The state of which block, and its root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StateOf {
    pub(crate) height: u64,
    pub(crate) root: B256,
}

impl StateOf {
    /// The account that was shown; as nobody ever used it, where the nodes prove that there is none.
    ///
    /// # Errors
    /// [`LightError::Account`].
    pub(crate) fn account(
        &self,
        address: Address,
        shown: &EIP1186AccountProofResponse,
    ) -> Result<TrieAccount, LightError> {
        let (nonce, balance) = (shown.nonce, shown.balance);
        let account = TrieAccount { nonce, balance, storage_root: shown.storage_hash, code_hash: shown.code_hash };
        // EIP-161: an empty account is none.
        let expected = (account != TrieAccount::default()).then(|| alloy_rlp::encode(account));
        let key = Nibbles::unpack(keccak256(address));
        let held = verify_proof(self.root, key, expected, &shown.account_proof);
        held.map_err(|fault| LightError::Account { address, height: self.height, fault: fault.to_string() })?;
        Ok(account)
    }

    /// The values of `slots` in the storage of an account that [`Self::account`] gave.
    ///
    /// # Errors
    /// [`LightError::Storage`] for the first that is not as shown, or not shown.
    pub(crate) fn slots(
        &self,
        (address, account): (Address, &TrieAccount),
        slots: &[B256],
        shown: &EIP1186AccountProofResponse,
    ) -> Result<Vec<U256>, LightError> {
        let mut proofs = shown.storage_proof.iter();
        let value = |slot: &B256| {
            let failed = |fault: String| LightError::Storage { address, slot: *slot, height: self.height, fault };
            let shown = proofs.next().ok_or_else(|| failed("it is not shown".to_owned()))?;
            // Absent is zero, and zero is never kept.
            let expected = (!shown.value.is_zero()).then(|| alloy_rlp::encode(shown.value));
            let held = verify_proof(account.storage_root, Nibbles::unpack(keccak256(slot)), expected, &shown.proof);
            held.map_err(|fault| failed(fault.to_string()))?;
            Ok(shown.value)
        };
        slots.iter().map(value).collect()
    }
}

/// Code of the hash that an account has.
///
/// # Errors
/// [`LightError::Code`].
pub(crate) fn code(address: Address, expected: B256, shown: Bytes) -> Result<Bytes, LightError> {
    let found = keccak256(&shown);
    if found == expected { Ok(shown) } else { Err(LightError::Code { address, expected, found }) }
}

/// Where Solidity puts the value of a key in the mapping at `slot`.
pub(crate) fn mapped(key: B256, slot: U256) -> U256 {
    U256::from_be_bytes(keccak256([key.0, slot.to_be_bytes()].concat()).0)
}

#[cfg(test)]
mod tests;
