//! The Solidity library on the chain itself, which has EIP-2537 as others have: deployed with the hash of genesis, and shown by anybody
//! what the SDK relays.

use super::{EPOCH_LENGTH, Scene, reach};
use alloy::{
    network::TransactionBuilder as _,
    primitives::{Address, Bytes, U256},
    providers::{Provider, ProviderBuilder},
    rpc::types::TransactionRequest,
    sol_types::{SolCall, SolValue as _},
};
use edgeloom_bindings::{ILightClient, addresses::COMMITTEE};
use edgeloom_sdk::{Age, LightClient};
use edgeloom_tests::{dev_signer, foundry, npm_packages};
use eyre::{OptionExt as _, Result, ensure, eyre};
use serde_json::Value;
use std::{fs, path::Path, process::Command};
use tokio::task::spawn_blocking;

/// An account that sends nothing else.
const DEPLOYER: u32 = 17;
const DAY: u64 = 24 * 60 * 60;

/// As forge compiles it, whose tests are of the same source.
async fn creation_code(folder: &Path) -> Result<Bytes> {
    let out = folder.join("out");
    let mut forge = Command::new(foundry("forge")?);
    forge.args(["build", "src/light", "--out"]).arg(&out).arg("--cache-path").arg(folder.join("cache"));
    forge.current_dir(npm_packages("contracts")?);
    let built = spawn_blocking(move || forge.output()).await??;
    ensure!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let artifact: Value = serde_json::from_slice(&fs::read(out.join("LightClient.sol/LightClient.json"))?)?;
    Ok(artifact["bytecode"]["object"].as_str().ok_or_eyre("no bytecode")?.parse()?)
}

async fn send(node: &impl Provider, request: TransactionRequest) -> Result<Option<Address>> {
    let receipt = node.send_transaction(request).await?.get_receipt().await?;
    ensure!(receipt.status(), "it failed: {receipt:?}");
    Ok(receipt.contract_address)
}

async fn ask<C: SolCall>(node: &impl Provider, at: Address, call: C) -> Result<C::Return> {
    let request = TransactionRequest::default().with_to(at).with_input(call.abi_encode());
    Ok(C::abi_decode_returns(&node.call(request).await?)?)
}

pub(super) async fn follows_on_the_chain_itself(scene: &Scene, folder: &Path) -> Result<()> {
    let node = ProviderBuilder::new().wallet(dev_signer(DEPLOYER)?).connect_http(scene.net.rpc(0).parse()?);
    let genesis = scene.genesis().await?;
    let mut light = LightClient::open(scene.pacer.node().clone(), genesis, Age::Any).await?;
    let founding = scene.pacer.node().founding().await?;
    let header = alloy::rlp::encode(light.head().header());
    let keys = light.relay_header(1).await?.keys;
    let code_hash = light.account(COMMITTEE).await?.code_hash;
    let arguments = (genesis, Bytes::from(header), founding, keys, code_hash, U256::from(DAY));
    let code = [creation_code(folder).await?.to_vec(), arguments.abi_encode_params()].concat();
    let at = send(&node, TransactionRequest::default().with_deploy_code(code)).await?.ok_or_eyre("no address")?;
    assert_eq!(ask(&node, at, ILightClient::GENESISCall {}).await?, genesis);
    assert_eq!(ask(&node, at, ILightClient::EPOCH_LENGTHCall {}).await?, EPOCH_LENGTH);

    let paid = reach(&scene.pacer, 0).await?;
    let receipt = scene.pacer.receipt(paid).await?.ok_or_eyre("no receipt")?;
    let height = receipt.block_number.ok_or_eyre("no block")?;
    let newest = height / EPOCH_LENGTH;
    for epoch in 0..newest {
        let (shown, elected) = light.relay_election((epoch + 1) * EPOCH_LENGTH - 1).await?;
        let call = ILightClient::followCall { shown, elected };
        let request = TransactionRequest::default().with_to(at).with_input(call.abi_encode());
        send(&node, request).await?;
        light.header((epoch + 1) * EPOCH_LENGTH).await?;
    }
    assert_eq!(ask(&node, at, ILightClient::newestCall {}).await?, newest);

    let found = light.transaction(paid).await?.ok_or_eyre("no transaction")?;
    let shown = light.relay_header(height).await?;
    let read = ask(&node, at, ILightClient::headerOfCall { shown: shown.clone() }).await?;
    assert_eq!((read.hash, read.number), (found.block.hash(), height));
    assert_eq!(read.receiptsRoot, found.block.header().receipts_root);
    let call = ILightClient::receiptOfCall {
        shown: shown.clone(),
        index: U256::from(found.index),
        proof: found.receipt_proof.clone(),
    };
    let receipt = ask(&node, at, call).await?;
    assert_eq!(receipt, Bytes::from(alloy::eips::eip2718::Encodable2718::encoded_2718(&found.receipt)));

    let address = scene.pacer.address()?;
    let proof = node.get_proof(address, Vec::new()).number(height).await?;
    let call = ILightClient::accountOfCall { shown: shown.clone(), account: address, proof: proof.account_proof };
    assert_eq!(ask(&node, at, call).await?.balance, proof.balance);
    let mut forged = shown;
    let mut certificate = forged.certificate.to_vec();
    *certificate.last_mut().ok_or_eyre("no certificate")? ^= 1;
    forged.certificate = certificate.into();
    match ask(&node, at, ILightClient::headerOfCall { shown: forged }).await {
        Ok(header) => Err(eyre!("forged, and believed: {header:?}")),
        Err(_) => Ok(()),
    }
}
