//! `bench devnet`: four validators on this machine without load. *finalized_ms_p50*: from a signed transfer handed to one
//! validator's RPC until every validator serves its receipt in a finalized block. The limit is three one-way messages
//! (proposal, notarize, finalize) plus one synced write. A block comes at least 200 ms after its parent: a transfer that
//! follows another more closely waits for the rest of that.

use super::{emit, percentile};
use alloy::{
    network::{EthereumWallet, NetworkTransactionBuilder as _, TransactionBuilder as _},
    primitives::{Address, B256, U256},
    providers::{DynProvider, Provider as _, ProviderBuilder},
    rpc::types::TransactionRequest,
};
use edgeloom_tests::{Net, NetConfig, dev_signer, wait_for};
use eyre::Result;
use serde_json::json;
use std::time::{Duration, Instant};

const VALIDATORS: u16 = 4;
/// Enough for a 99th percentile that is not the slowest one.
const TRANSFERS: usize = 500;

pub(super) fn run(runs: usize) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut medians = Vec::new();
        let mut tails = Vec::new();
        for _ in 0..runs {
            let mut latencies = one_network().await?;
            latencies.sort_by(f64::total_cmp);
            medians.push(percentile(&latencies, 50));
            tails.push(percentile(&latencies, 99));
        }
        emit("devnet", "finalized_ms_p50", "ms", &medians, json!({"transfers": TRANSFERS}));
        emit("devnet", "finalized_ms_p99", "ms", &tails, json!({"transfers": TRANSFERS}));
        Ok(())
    })
}

async fn one_network() -> Result<Vec<f64>> {
    let folder = tempfile::tempdir()?;
    let net = Net::start(NetConfig::on_free_ports(folder.path().join("net"), VALIDATORS, 0)?).await?;
    let wallet = EthereumWallet::from(dev_signer(0)?);
    let mut providers = Vec::new();
    for validator in 0..VALIDATORS {
        providers.push(ProviderBuilder::new().connect_http(net.rpc(validator).parse()?).erased());
    }
    // Connections and first views are not what is measured.
    for provider in &providers {
        let moving = async || Ok((provider.get_block_number().await? >= 2).then_some(()));
        wait_for("every validator to finalize blocks", Duration::from_secs(60), moving).await?;
    }
    let chain_id = providers[0].get_chain_id().await?;
    let mut latencies = Vec::new();
    for transfer in 0..TRANSFERS {
        // Not in step with the heartbeat.
        tokio::time::sleep(Duration::from_millis(37 * (transfer as u64 % 11))).await;
        let request = TransactionRequest::default()
            .with_chain_id(chain_id)
            .with_nonce(transfer as u64)
            .with_to(Address::repeat_byte(0x42))
            .with_value(U256::from(1))
            .with_gas_limit(21_000)
            .with_max_fee_per_gas(10_000_000_000)
            .with_max_priority_fee_per_gas(1_000_000_000);
        let entry = &providers[transfer % providers.len()];
        let envelope = request.build(&wallet).await?;
        let started = Instant::now();
        let hash = *entry.send_tx_envelope(envelope).await?.tx_hash();
        for provider in &providers {
            served(provider, hash).await?;
        }
        latencies.push(started.elapsed().as_secs_f64() * 1000.0);
    }
    Ok(latencies)
}

async fn served(provider: &DynProvider, hash: B256) -> Result<()> {
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(30) {
        if provider.get_transaction_receipt(hash).await?.is_some() {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    wait_for("a receipt", Duration::ZERO, async || Ok(None)).await
}
