//! cast, alloy, viem, ethers, web3.py, Safe's contracts and MetaMask's requests, as they come from their registries, drive
//! the node.

use alloy::{
    network::TransactionBuilder as _,
    primitives::{Address, B256, U256},
    providers::{Provider as _, ProviderBuilder, WsConnect},
    rpc::types::{Filter, Log, TransactionRequest},
    sol_types::SolCall as _,
};
use edgeloom_bindings::{IModelRegistry, addresses};
use edgeloom_tests::{Dev, dev_signer, foundry, npm_packages, python_packages};
use eyre::{Result, WrapErr as _, ensure, eyre};
use futures::StreamExt as _;
use serde_json::json;
use std::{path::Path, process::Command, time::Duration};

pub(super) fn key(account: u32) -> Result<String> {
    Ok(dev_signer(account)?.to_bytes().to_string())
}

/// What the scripts call, from the one place where addresses are typed.
fn contracts() -> serde_json::Value {
    json!({
        "THETA": addresses::THETA,
        "STAKING": addresses::EDGE_STAKING,
        "REGISTRY": addresses::MODEL_REGISTRY,
        "CREATE2_DEPLOYER": addresses::CREATE2_DEPLOYER,
        "MULTICALL3": addresses::MULTICALL3,
    })
}

/// Runs a script of `tests/clients` against the node at `url`, with the keys of some development accounts.
pub(super) fn script(name: &str, url: &str, accounts: &[u32]) -> Result<()> {
    let interpreter = if name.ends_with(".py") { python_packages("tests/clients")? } else { "node".into() };
    let mut command = Command::new(interpreter);
    command.args([name, url]).args(accounts.iter().map(|account| key(*account)).collect::<Result<Vec<_>>>()?);
    command.env("EDGELOOM_ADDRESSES", contracts().to_string()).current_dir(npm_packages("tests/clients")?);
    finish(name, command).map(drop)
}

/// Runs a command to its end.
pub(super) fn finish(name: &str, mut command: Command) -> Result<String> {
    let output = command.output().wrap_err_with(|| format!("{name} did not start"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    ensure!(output.status.success(), "{name} failed:\n{}{}", text(&output.stdout), text(&output.stderr));
    Ok(text(&output.stdout))
}

#[tokio::test]
async fn viem() -> Result<()> {
    script("viem.mjs", &Dev::start().await?.url(), &[3])
}

#[tokio::test]
async fn ethers() -> Result<()> {
    script("ethers.mjs", &Dev::start().await?.url(), &[4])
}

#[tokio::test]
async fn web3_py() -> Result<()> {
    script("web3py.py", &Dev::start().await?.url(), &[8])
}

#[tokio::test]
async fn metamask_adds_the_chain_and_uses_it() -> Result<()> {
    script("metamask.mjs", &Dev::start().await?.url(), &[9])
}

#[tokio::test]
async fn safe_comes_to_its_canonical_addresses_and_two_of_three_owners_pay() -> Result<()> {
    script("safe.mjs", &Dev::start().await?.url(), &[10, 11, 12])
}

fn cast(program: &Path, arguments: &[&str]) -> Result<String> {
    let output = Command::new(program).args(arguments).output()?;
    ensure!(output.status.success(), "cast {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

#[tokio::test]
async fn cast_sends_calls_and_reads() -> Result<()> {
    let dev = Dev::start().await?;
    let program = foundry("cast")?;
    let (url, key) = (dev.url(), key(5)?);
    let rpc = ["--rpc-url", url.as_str()];
    let run = |arguments: &[&str]| cast(&program, &[arguments, &rpc].concat());
    assert_eq!(run(&["chain-id"])?, "31337");
    let to = "0x00000000000000000000000000000000000000cc";
    run(&["send", to, "--value", "9", "--private-key", &key])?;
    assert_eq!(run(&["balance", to])?, "9");
    let registry = addresses::MODEL_REGISTRY.to_string();
    run(&["send", &registry, "upload(bytes)", "0x63617374", "--private-key", &key])?;
    let chunk = run(&["call", &registry, "chunkAddress(bytes)(address)", "0x63617374"])?;
    assert_eq!(run(&["code", &chunk])?, "0x0063617374");
    let logs = run(&["logs", "--address", &registry, "ChunkUploaded(address indexed,uint256)", "--from-block", "0"])?;
    assert!(logs.contains("transactionHash"), "{logs}");
    run(&["proof", &registry])?;
    // An unlocked account of the dev chain.
    let unlocked = dev_signer(6)?.address().to_string();
    run(&["send", to, "--value", "1", "--from", &unlocked, "--unlocked"])?;
    assert_eq!(run(&["nonce", &unlocked])?, "1");
    let refused = run(&["call", &registry, "upload(bytes)", "0x"]).expect_err("an empty chunk reverts").to_string();
    assert!(refused.contains("revert"), "{refused}");
    Ok(())
}

#[tokio::test]
async fn alloy_over_http_and_websocket() -> Result<()> {
    let dev = Dev::start().await?;
    let signer = dev_signer(7)?;
    let http = ProviderBuilder::new().wallet(signer.clone()).connect_http(dev.url().parse()?);
    let live = ProviderBuilder::new().connect_ws(WsConnect::new(dev.url().replace("http", "ws"))).await?;
    let mut heads = live.subscribe_blocks().await?.into_stream();
    let mut logs = live.subscribe_logs(&Filter::new().address(addresses::MODEL_REGISTRY)).await?.into_stream();
    let call = IModelRegistry::uploadCall { chunk: b"alloy".into() };
    let upload = TransactionRequest::default().with_to(addresses::MODEL_REGISTRY).with_input(call.abi_encode());
    let receipt = http.send_transaction(upload).await?.get_receipt().await?;
    assert!(receipt.status());
    let second = Duration::from_secs(10);
    let head = tokio::time::timeout(second, heads.next()).await?.ok_or_else(|| eyre!("no heads"))?;
    assert_eq!(Some(head.number), receipt.block_number);
    let log = tokio::time::timeout(second, logs.next()).await?.ok_or_else(|| eyre!("no logs"))?;
    assert_eq!(log.transaction_hash, Some(receipt.transaction_hash));
    let request = TransactionRequest::default().with_to(Address::repeat_byte(0xdd)).with_value(U256::from(3));
    assert_eq!(http.estimate_gas(request.clone()).await?, 21_000);
    http.send_transaction(request).await?.get_receipt().await?;
    assert_eq!(http.get_balance(Address::repeat_byte(0xdd)).await?, U256::from(3));
    assert_eq!(http.get_balance(Address::repeat_byte(0xdd)).number(0).await?, U256::ZERO);
    Ok(())
}

/// Every question of alloy's `Provider` about blocks, transactions and fees.
#[tokio::test]
async fn alloy_asks_for_everything_of_a_transaction() -> Result<()> {
    let dev = Dev::start().await?;
    let signer = dev_signer(13)?;
    let from = signer.address();
    let node = ProviderBuilder::new().wallet(signer).connect_http(dev.url().parse()?);
    let (blocks, pending) = (node.new_block_filter().await?, node.new_pending_transactions_filter(false).await?);
    let logs = node.new_filter(&Filter::new().address(addresses::MODEL_REGISTRY)).await?;
    let call = IModelRegistry::uploadCall { chunk: b"asked".into() };
    let upload = TransactionRequest::default().with_to(addresses::MODEL_REGISTRY).with_input(call.abi_encode());
    let receipt = node.send_transaction(upload).await?.get_receipt().await?;
    let (hash, block) = (receipt.transaction_hash, receipt.block_hash.ok_or_else(|| eyre!("no block"))?);
    let number = receipt.block_number.ok_or_else(|| eyre!("no height"))?;

    assert_eq!(node.get_filter_changes::<B256>(blocks).await?, [block]);
    assert_eq!(node.get_filter_changes::<B256>(pending).await?, [hash]);
    assert_eq!(node.get_filter_changes::<Log>(logs).await?.len(), 1);
    assert_eq!(node.get_filter_logs(logs).await?.len(), 1);
    assert!(node.uninstall_filter(logs).await?);

    let by_number = node.get_block(number.into()).full().await?.ok_or_else(|| eyre!("no block {number}"))?;
    let by_hash = node.get_block_by_hash(block).await?.ok_or_else(|| eyre!("no block {block}"))?;
    assert_eq!((by_number.header.hash, by_hash.header.hash), (block, block));
    assert_eq!(by_number.header.inner.hash_slow(), block, "the header's fields are what the hash commits to");
    assert_eq!(by_number.transactions.as_transactions().map(<[_]>::len), Some(1));
    assert_eq!(node.get_block_transaction_count_by_hash(block).await?, Some(1));
    assert_eq!(node.get_block_transaction_count_by_number(number.into()).await?, Some(1));
    let receipts = node.get_block_receipts(number.into()).await?.ok_or_else(|| eyre!("no receipts"))?;
    assert_eq!(receipts, std::slice::from_ref(&receipt));
    assert_eq!(node.get_logs(&Filter::new().at_block_hash(block)).await?, receipt.logs());

    let found = node.get_transaction_by_hash(hash).await?.ok_or_else(|| eyre!("no transaction"))?;
    assert_eq!(found.inner.signer(), from);
    for other in [
        node.get_transaction_by_block_hash_and_index(block, 0).await?,
        node.get_transaction_by_block_number_and_index(number.into(), 0).await?,
    ] {
        assert_eq!(other.as_ref(), Some(&found));
    }
    assert_eq!(node.get_transaction_receipt(hash).await?, Some(receipt));
    assert_eq!(node.get_transaction_receipt(B256::ZERO).await?, None);

    assert_eq!(node.get_chain_id().await?, node.get_net_version().await?);
    assert!(!node.get_client_version().await?.is_empty());
    assert_eq!(node.get_block_number().await?, number);
    assert_eq!(node.get_transaction_count(from).await?, 1);
    assert!(node.get_accounts().await?.contains(&from));
    assert!(node.get_gas_price().await? > 0);
    assert_eq!(node.get_blob_base_fee().await?, 1);
    let fees = node.estimate_eip1559_fees().await?;
    assert!(fees.max_fee_per_gas >= fees.max_priority_fee_per_gas + node.get_max_priority_fee_per_gas().await?);
    let history = node.get_fee_history(4, number.into(), &[10.0]).await?;
    assert_eq!(history.base_fee_per_gas.len(), history.gas_used_ratio.len() + 1);
    assert_eq!(history.latest_block_base_fee(), by_number.header.base_fee_per_gas.map(u128::from));
    assert_eq!(node.get_storage_at(addresses::MODEL_REGISTRY, U256::MAX).await?, U256::ZERO);
    let proof = node.get_proof(from, vec![B256::ZERO]).await?;
    assert_eq!(proof.nonce, 1);
    Ok(())
}
