//! Accounts as a test wants them, whose they are, and what of theirs waits.

use super::Bench;
use crate::{error::Fault, turns::Turns};
use alloy::{
    primitives::{Address, B256, Bytes, U64, U256},
    rpc::types::TransactionRequest,
    serde::JsonStorageKey,
};
use jsonrpsee::{
    Extensions,
    core::{RpcResult, async_trait},
    proc_macros::rpc,
};

#[rpc(server)]
pub(super) trait AccountsApi {
    /// Sets what an account has, in wei.
    #[method(name = "hardhat_setBalance", aliases = ["anvil_setBalance", "evm_setAccountBalance", "tenderly_setBalance"])]
    async fn set_balance(&self, address: Address, wei: U256) -> RpcResult<()>;

    /// Adds wei to what an account has.
    #[method(name = "anvil_addBalance", aliases = ["hardhat_addBalance", "evm_addAccountBalance", "tenderly_addBalance"])]
    async fn add_balance(&self, address: Address, wei: U256) -> RpcResult<()>;

    /// Sets the code of an account.
    #[method(name = "hardhat_setCode", aliases = ["anvil_setCode", "evm_setAccountCode"])]
    async fn set_code(&self, address: Address, code: Bytes) -> RpcResult<()>;

    /// Sets the nonce of an account.
    #[method(name = "hardhat_setNonce", aliases = ["anvil_setNonce", "evm_setAccountNonce"])]
    async fn set_nonce(&self, address: Address, nonce: U64) -> RpcResult<()>;

    /// Sets a storage slot of an account.
    #[method(name = "hardhat_setStorageAt", aliases = ["anvil_setStorageAt", "evm_setAccountStorageAt"])]
    async fn set_storage_at(&self, address: Address, slot: JsonStorageKey, value: B256) -> RpcResult<bool>;

    /// Lets an account send without a key.
    #[method(name = "hardhat_impersonateAccount", aliases = ["anvil_impersonateAccount"])]
    fn impersonate_account(&self, address: Address) -> RpcResult<()>;

    /// Takes back anvil_impersonateAccount.
    #[method(name = "hardhat_stopImpersonatingAccount", aliases = ["anvil_stopImpersonatingAccount"])]
    fn stop_impersonating_account(&self, address: Address) -> RpcResult<()>;

    /// Whether every account may send without a key.
    #[method(name = "anvil_autoImpersonateAccount", aliases = ["hardhat_autoImpersonateAccount"])]
    fn auto_impersonate_account(&self, all: bool) -> RpcResult<()>;

    /// From whomever the request names, without asking whether that may be.
    #[method(name = "eth_sendUnsignedTransaction", with_extensions)]
    async fn send_unsigned_transaction(&self, request: TransactionRequest) -> RpcResult<B256>;

    /// Whether it waited.
    #[method(name = "hardhat_dropTransaction")]
    fn drop_if_waiting(&self, hash: B256) -> RpcResult<bool>;

    /// Its hash, if it waited.
    #[method(name = "anvil_dropTransaction")]
    fn drop_transaction(&self, hash: B256) -> RpcResult<Option<B256>>;

    /// Empties the pool.
    #[method(name = "anvil_dropAllTransactions", aliases = ["hardhat_dropAllTransactions"])]
    fn drop_all_transactions(&self) -> RpcResult<()>;

    /// Drops what an account has in the pool.
    #[method(name = "anvil_removePoolTransactions", aliases = ["hardhat_removePoolTransactions"])]
    fn remove_pool_transactions(&self, sender: Address) -> RpcResult<()>;
}

#[derive(Debug)]
pub(super) struct Accounts(Bench);

impl Accounts {
    pub(super) const fn new(bench: Bench) -> Self {
        Self(bench)
    }
}

#[async_trait]
impl AccountsApiServer for Accounts {
    async fn set_balance(&self, address: Address, wei: U256) -> RpcResult<()> {
        Ok(self.0.run(move |solo| solo.set_balance(address, wei)).await?)
    }

    async fn add_balance(&self, address: Address, wei: U256) -> RpcResult<()> {
        Ok(self.0.run(move |solo| solo.add_balance(address, wei)).await?)
    }

    async fn set_code(&self, address: Address, code: Bytes) -> RpcResult<()> {
        Ok(self.0.run(move |solo| solo.set_code(address, code)).await?)
    }

    async fn set_nonce(&self, address: Address, nonce: U64) -> RpcResult<()> {
        Ok(self.0.run(move |solo| solo.set_nonce(address, nonce.to())).await?)
    }

    async fn set_storage_at(&self, address: Address, slot: JsonStorageKey, value: B256) -> RpcResult<bool> {
        let (slot, value) = (slot.as_b256().into(), value.into());
        self.0.run(move |solo| solo.set_storage(address, slot, value)).await?;
        Ok(true)
    }

    fn impersonate_account(&self, address: Address) -> RpcResult<()> {
        if self.0.solo.impersonate(address) {
            return Ok(());
        }
        Err(Fault::Limit("too many accounts are impersonated: stop impersonating some".into()).into())
    }

    fn stop_impersonating_account(&self, address: Address) -> RpcResult<()> {
        self.0.solo.stop_impersonating(address);
        Ok(())
    }

    fn auto_impersonate_account(&self, all: bool) -> RpcResult<()> {
        self.0.solo.impersonate_all(all);
        Ok(())
    }

    async fn send_unsigned_transaction(&self, extensions: &Extensions, request: TransactionRequest) -> RpcResult<B256> {
        let from = request.from.ok_or_else(|| Fault::Params("\"from\" is missing".into()))?;
        let turns = extensions.get::<Turns>().unwrap_or(&self.0.context.turns);
        Ok(self.0.context.send_as(from, None, request, turns).await?)
    }

    fn drop_if_waiting(&self, hash: B256) -> RpcResult<bool> {
        Ok(self.drop_transaction(hash)?.is_some())
    }

    fn drop_transaction(&self, hash: B256) -> RpcResult<Option<B256>> {
        let waited = self.0.context.pool.get(&hash).is_some();
        self.0.context.pool.discard(&[hash]);
        Ok(waited.then_some(hash))
    }

    fn drop_all_transactions(&self) -> RpcResult<()> {
        self.0.context.pool.clear(None);
        Ok(())
    }

    fn remove_pool_transactions(&self, sender: Address) -> RpcResult<()> {
        self.0.context.pool.clear(Some(sender));
        Ok(())
    }
}
