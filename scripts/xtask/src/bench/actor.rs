//! Accounts that load a network.

use alloy::{
    eips::eip2718::Encodable2718 as _,
    network::{EthereumWallet, NetworkTransactionBuilder as _, TransactionBuilder as _},
    primitives::{Address, B256, Bytes, U256},
    providers::{DynProvider, Provider as _, ProviderBuilder},
    rpc::types::TransactionRequest,
    sol_types::SolCall,
};
use edgeloom_tests::{Net, dev_signer};
use eyre::Result;
use std::sync::atomic::{AtomicU64, Ordering};

/// An account that sends through one validator, without waiting.
pub(super) struct Actor {
    address: Address,
    wallet: EthereumWallet,
    provider: DynProvider,
    chain_id: u64,
    nonce: AtomicU64,
}

impl Actor {
    pub(super) async fn new(net: &Net, account: u32) -> Result<Self> {
        let signer = dev_signer(account)?;
        let validator = u16::try_from(account)? % net.config().validators;
        let provider = ProviderBuilder::new().connect_http(net.rpc(validator).parse()?).erased();
        let (address, chain_id) = (signer.address(), provider.get_chain_id().await?);
        let nonce = AtomicU64::new(provider.get_transaction_count(address).await?);
        Ok(Self { address, wallet: signer.into(), provider, chain_id, nonce })
    }

    pub(super) fn address(&self) -> Address {
        self.address
    }

    /// To a contract, once a validator has it.
    pub(super) async fn send(&self, to: Address, call: &impl SolCall, value: U256, gas: u64) -> Result<()> {
        let request = TransactionRequest::default()
            .with_chain_id(self.chain_id)
            .with_nonce(self.nonce.fetch_add(1, Ordering::Relaxed))
            .with_to(to)
            .with_value(value)
            .with_input(call.abi_encode())
            .with_gas_limit(gas)
            .with_max_fee_per_gas(1_000_000_000_000)
            .with_max_priority_fee_per_gas(1_000_000_000);
        let signed = request.build(&self.wallet).await?;
        self.provider
            .client()
            .request::<_, B256>("eth_sendRawTransaction", (Bytes::from(signed.encoded_2718()),))
            .await?;
        Ok(())
    }
}
