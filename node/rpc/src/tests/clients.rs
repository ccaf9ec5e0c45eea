//! alloy, over both transports.

use super::world::{CHAIN_ID, LOGGER, World, request, sign, signer, transfer};
use alloy::{
    network::TransactionBuilder,
    primitives::{Address, Bytes, U256},
    providers::{Provider, ProviderBuilder, WsConnect},
    rpc::types::{Filter, TransactionRequest},
};
use alloy_consensus::TxEip1559;
use futures::StreamExt;
use std::time::Duration;

fn ready() {
    // Fails when another test of this process was first.
    drop(rustls::crypto::ring::default_provider().install_default());
}

#[tokio::test]
async fn alloy_sends_and_watches_over_http() {
    ready();
    let world = World::dev().await;
    let provider = ProviderBuilder::new().wallet(signer(3)).connect_http(world.url("http").parse().unwrap());
    let to = Address::repeat_byte(0x44);
    let send = TransactionRequest::default().with_to(to).with_value(U256::from(77));
    let pending = provider.send_transaction(send).await.unwrap();
    let receipt = tokio::time::timeout(Duration::from_secs(10), pending.get_receipt()).await.unwrap().unwrap();
    assert!(receipt.status());
    assert_eq!(receipt.gas_used, 21_000);
    assert_eq!(provider.get_balance(to).await.unwrap(), U256::from(77));
    assert_eq!(provider.get_chain_id().await.unwrap(), CHAIN_ID);
    let block = provider.get_block_by_number(1.into()).full().await.unwrap().unwrap();
    assert_eq!(block.transactions.as_transactions().unwrap()[0].inner.signer(), signer(3).address());
}

#[tokio::test]
async fn subscriptions_send_every_head_log_and_pending_transaction() {
    ready();
    let world = World::dev().await;
    let provider = ProviderBuilder::new().connect_ws(WsConnect::new(world.url("ws"))).await.unwrap();
    let mut heads = provider.subscribe_blocks().await.unwrap().into_stream();
    let mut logs = provider.subscribe_logs(&Filter::new().address(LOGGER)).await.unwrap().into_stream();
    let mut pending = provider.subscribe_pending_transactions().await.unwrap().into_stream();
    let input = Bytes::from(vec![7; 32]);
    let sends = [transfer(0, 0), sign(0, TxEip1559 { input, ..request(1, LOGGER) }), transfer(0, 2)];
    let mut hashes = Vec::new();
    for bytes in &sends {
        hashes.push(*provider.send_raw_transaction(bytes).await.unwrap().tx_hash());
    }
    let all = async {
        for (height, hash) in (1..).zip(&hashes) {
            let head = heads.next().await.unwrap();
            assert_eq!((head.number, head.inner.hash_slow()), (height, head.hash));
            assert_eq!(pending.next().await.unwrap(), *hash);
        }
        assert_eq!(logs.next().await.unwrap().transaction_hash, Some(hashes[1]));
    };
    tokio::time::timeout(Duration::from_secs(10), all).await.unwrap();
}

#[tokio::test]
async fn subscriptions_per_connection_are_bounded_and_others_are_refused() {
    ready();
    let world = World::dev().await;
    let provider = ProviderBuilder::new().connect_ws(WsConnect::new(world.url("ws"))).await.unwrap();
    let mut open = Vec::new();
    for _ in 0..128 {
        open.push(provider.subscribe_blocks().await.unwrap());
    }
    let error = provider.subscribe_blocks().await.unwrap_err().to_string();
    assert!(error.contains("-32006"), "{error}");
    let world = World::dev().await;
    let provider = ProviderBuilder::new().connect_ws(WsConnect::new(world.url("ws"))).await.unwrap();
    let error = provider.subscribe::<_, ()>(("newMoons",)).await.unwrap_err().to_string();
    assert!(error.contains("-32602"), "{error}");
}
