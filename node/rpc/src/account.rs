//! Reads of accounts.

use crate::{error::Fault, node::Context, pending::is_pending};
use alloy::{
    eips::BlockId,
    primitives::{Address, B256, Bytes, KECCAK256_EMPTY, U256},
    rpc::types::{AccountInfo, EIP1186AccountProofResponse, EIP1186StorageProof},
    serde::JsonStorageKey,
};
use alloy_consensus::TrieAccount;
use jsonrpsee::{core::RpcResult, proc_macros::rpc};
use std::sync::Arc;

/// Most slots in one proof.
const PROOF_SLOTS_MAX: usize = 1024;

#[rpc(server, namespace = "eth")]
pub(crate) trait AccountApi {
    /// Nonce, balance, code hash and storage root of an account, as the state trie has them.
    #[method(name = "getAccount")]
    fn get_account(&self, address: Address, block: Option<BlockId>) -> RpcResult<TrieAccount>;

    /// Nonce, balance and code of an account.
    #[method(name = "getAccountInfo")]
    fn get_account_with_code(&self, address: Address, block: Option<BlockId>) -> RpcResult<AccountInfo>;
}

#[derive(Debug)]
pub(crate) struct WholeAccounts {
    context: Arc<Context>,
}

impl WholeAccounts {
    pub(crate) const fn new(context: Arc<Context>) -> Self {
        Self { context }
    }
}

impl AccountApiServer for WholeAccounts {
    fn get_account(&self, address: Address, block: Option<BlockId>) -> RpcResult<TrieAccount> {
        let proof = self.context.proof(address, &[], block)?;
        Ok(TrieAccount {
            nonce: proof.nonce,
            balance: proof.balance,
            storage_root: proof.storage_hash,
            code_hash: proof.code_hash,
        })
    }

    fn get_account_with_code(&self, address: Address, block: Option<BlockId>) -> RpcResult<AccountInfo> {
        let code = self.context.code(address, block)?;
        let account = self.context.state(block)?.account(address).map_err(Fault::from)?.unwrap_or_default();
        Ok(AccountInfo { balance: account.balance, nonce: account.nonce, code })
    }
}

impl Context {
    pub(crate) fn balance(&self, address: Address, id: Option<BlockId>) -> Result<U256, Fault> {
        Ok(self.state(id)?.account(address)?.unwrap_or_default().balance)
    }

    pub(crate) fn code(&self, address: Address, id: Option<BlockId>) -> Result<Bytes, Fault> {
        let state = self.state(id)?;
        let hash = state.account(address)?.unwrap_or_default().code_hash;
        if hash == KECCAK256_EMPTY {
            return Ok(Bytes::new());
        }
        state.code(hash)?.ok_or_else(|| Fault::Internal(format!("no code of hash {hash}")))
    }

    pub(crate) fn storage(&self, address: Address, slot: JsonStorageKey, id: Option<BlockId>) -> Result<B256, Fault> {
        Ok(self.state(id)?.slot(address, slot.as_b256().into())?.into())
    }

    /// With `pending`, transactions that wait and can execute count too.
    pub(crate) fn nonce(&self, address: Address, id: Option<BlockId>) -> Result<u64, Fault> {
        if is_pending(id) {
            let nonce = self.account(address)?.nonce;
            return Ok(self.pool.next_nonce(address).unwrap_or(0).max(nonce));
        }
        Ok(self.state(id)?.account(address)?.unwrap_or_default().nonce)
    }

    /// Of the pending block there is none: a proof leads to the state root of a block that its reader has, and nobody has
    /// that one. geth fails there too, for it proves what it has written. The newest block's proof would show other
    /// balances than `eth_getBalance` with the same tag.
    pub(crate) fn proof(
        &self,
        address: Address,
        keys: &[JsonStorageKey],
        id: Option<BlockId>,
    ) -> Result<EIP1186AccountProofResponse, Fault> {
        if keys.len() > PROOF_SLOTS_MAX {
            let most = format!("{} storage keys, at most {PROOF_SLOTS_MAX} fit in one proof", keys.len());
            return Err(Fault::Limit(most));
        }
        if is_pending(id) {
            let sentence = "the pending block is not final, so nothing proves its accounts: ask about \"latest\"";
            return Err(Fault::Unsupported(sentence));
        }
        let height = self.state_height(id)?;
        let slots: Vec<U256> = keys.iter().map(|key| key.as_b256().into()).collect();
        let proof = self.store.proof(address, &slots, height)?;
        let account = proof.account.unwrap_or_default();
        let storage = keys.iter().zip(proof.storage);
        Ok(EIP1186AccountProofResponse {
            address,
            balance: account.balance,
            code_hash: account.code_hash,
            nonce: account.nonce,
            storage_hash: proof.storage_root,
            account_proof: proof.nodes,
            storage_proof: storage.map(|(key, slot)| EIP1186StorageProof::new(*key, slot.value, slot.nodes)).collect(),
        })
    }
}
