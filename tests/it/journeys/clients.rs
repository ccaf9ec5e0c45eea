//! cast, alloy, viem and ethers drive the node as they come from their registries.

use alloy::{
    network::TransactionBuilder as _,
    primitives::{Address, U256},
    providers::{Provider as _, ProviderBuilder, WsConnect},
    rpc::types::{Filter, TransactionRequest},
    sol_types::SolCall as _,
};
use edgeloom_bindings::{IModelRegistry, addresses};
use edgeloom_tests::{Dev, dev_signer, foundry, npm_packages};
use eyre::{Result, ensure, eyre};
use futures::StreamExt as _;
use serde_json::json;
use std::{path::Path, process::Command, time::Duration};

fn key(account: u32) -> Result<String> {
    Ok(dev_signer(account)?.to_bytes().to_string())
}

/// What the scripts call, from the one place where addresses are typed.
fn contracts() -> serde_json::Value {
    json!({
        "STAKING": addresses::EDGE_STAKING,
        "REGISTRY": addresses::MODEL_REGISTRY,
        "CREATE2_DEPLOYER": addresses::CREATE2_DEPLOYER,
        "MULTICALL3": addresses::MULTICALL3,
    })
}

fn script(name: &str, dev: &Dev, account: u32) -> Result<()> {
    let output = Command::new("node")
        .args([name, &dev.url(), &key(account)?])
        .env("EDGELOOM_ADDRESSES", contracts().to_string())
        .current_dir(npm_packages("tests/clients")?)
        .output()?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    ensure!(output.status.success(), "{name} failed:\n{}{}", text(&output.stdout), text(&output.stderr));
    Ok(())
}

#[tokio::test]
async fn viem() -> Result<()> {
    script("viem.mjs", &Dev::start().await?, 3)
}

#[tokio::test]
async fn ethers() -> Result<()> {
    script("ethers.mjs", &Dev::start().await?, 4)
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
