//! The tag `pending`: the block after the newest.

use super::world::{LOGGER, World, number, request, sign, signer, transfer};
use alloy::primitives::{Address, B256, Bytes, U256, hex};
use alloy_consensus::TxEip1559;
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

/// Returns number, timestamp and base fee.
const CLOCK: [u8; 15] = hex!("435f52426020524860405260605ff3");

const SOMEBODY: Address = Address::repeat_byte(0x70);

/// What a contract sees of the block in which it is called.
async fn seen(world: &World, block: &str) -> (u64, u64, u64) {
    let code = json!({ LOGGER.to_string(): { "code": Bytes::from_static(&CLOCK) } });
    let output = world.get("eth_call", json!([{ "to": LOGGER }, block, code])).await;
    let words: Vec<u64> = serde_json::from_value::<Bytes>(output)
        .expect("bytes")
        .chunks(32)
        .map(|word| U256::from_be_slice(word).to())
        .collect();
    (words[0], words[1], words[2])
}

async fn block(world: &World, tag: &str) -> Value {
    world.get("eth_getBlockByNumber", json!([tag, false])).await
}

/// Succeeds in the block of height `number` alone.
fn only_at(number: u8) -> Value {
    let code = [&[0x43, 0x60, number][..], &hex!("14600a575f5ffd5b00")].concat();
    json!({ LOGGER.to_string(): { "code": Bytes::from(code) } })
}

#[tokio::test]
async fn pending_is_the_block_after_the_newest() {
    let world = World::network().await;
    world.get("eth_sendRawTransaction", json!([transfer(0, 0)])).await;
    world.sealer.seal();
    let latest = block(&world, "latest").await;
    let fee = number(&latest["baseFeePerGas"]);
    let pending = block(&world, "pending").await;
    assert_eq!((&pending["number"], &pending["parentHash"]), (&json!("0x2"), &latest["hash"]));
    let next_fee = number(&pending["baseFeePerGas"]);
    assert!(next_fee < fee, "an almost empty block lowers the fee");
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
    let (height, time, base_fee) = seen(&world, "pending").await;
    assert_eq!((height, base_fee), (2, next_fee));
    assert!((now..now + 60).contains(&time), "{time} is not now, {now}");
    assert_eq!(seen(&world, "latest").await, (1, number(&latest["timestamp"]), fee));

    let call = |number| json!([{ "to": LOGGER }, "pending", only_at(number)]);
    assert!(number(&world.get("eth_estimateGas", call(2)).await) > 21_000);
    assert_eq!(world.fail("eth_estimateGas", call(1)).await.0, 3);
    let listed = world.get("eth_createAccessList", call(2)).await;
    assert!(listed.get("error").is_none(), "{listed}");
    assert_eq!(world.get("debug_traceCall", json!([{ "to": LOGGER }, "pending"])).await["failed"], false);
    let simulated = world.get("eth_simulateV1", json!([{ "blockStateCalls": [{}] }, "pending"])).await;
    assert_eq!((&simulated[0]["number"], &simulated[0]["parentHash"]), (&json!("0x3"), &pending["hash"]));

    // Who leads the next block decides what is in it: only the nonce counts what waits.
    let sender = signer(0).address();
    world.get("eth_sendRawTransaction", json!([transfer(0, 1)])).await;
    assert_eq!(world.get("eth_getTransactionCount", json!([sender, "pending"])).await, "0x2");
    assert_eq!(world.get("eth_getTransactionCount", json!([sender, "latest"])).await, "0x1");
    assert_eq!(block(&world, "pending").await["transactions"], json!([]));
}

#[tokio::test]
async fn in_dev_mode_pending_is_the_block_that_is_mined_next() {
    let world = World::dev().await;
    world.get("evm_setAutomine", json!([false])).await;
    let time = number(&block(&world, "latest").await["timestamp"]) + 1_000_000;
    world.get("evm_setNextBlockTimestamp", json!([time])).await;
    world.get("hardhat_setNextBlockBaseFeePerGas", json!(["0x7"])).await;
    world.get("hardhat_setCoinbase", json!([SOMEBODY])).await;
    assert_eq!(seen(&world, "pending").await, (1, time, 7));
    let input = Bytes::from(B256::repeat_byte(9).0);
    let said = sign(1, TxEip1559 { input, ..request(0, LOGGER) });
    let mut hashes = Vec::new();
    for bytes in [transfer(0, 0), transfer(0, 1), said] {
        hashes.push(world.get("eth_sendRawTransaction", json!([bytes])).await);
    }
    let pending = block(&world, "pending").await;
    assert_eq!(pending["transactions"].as_array().expect("a list").len(), 3);
    assert_eq!(world.get("eth_getBlockTransactionCountByNumber", json!(["pending"])).await, "0x3");
    let receipts = world.get("eth_getBlockReceipts", json!(["pending"])).await;
    assert_eq!(receipts.as_array().expect("a list").iter().filter(|receipt| receipt["logs"] != json!([])).count(), 1);
    let balance = world.get("eth_getBalance", json!([SOMEBODY, "pending"])).await;
    assert!(U256::from(number(&balance)) > U256::from(10), "two transfers and the tips of three transactions");
    assert_eq!(world.get("eth_getBalance", json!([SOMEBODY, "latest"])).await, "0x0");
    assert_eq!(world.get("eth_getTransactionCount", json!([signer(0).address(), "pending"])).await, "0x2");

    world.get("evm_mine", json!([])).await;
    assert_eq!(block(&world, "latest").await, pending, "to the last field");
    assert_eq!(world.get("eth_getBlockReceipts", json!(["latest"])).await, receipts);
    assert_eq!(world.get("eth_getBalance", json!([SOMEBODY, "latest"])).await, balance);
}

#[tokio::test]
async fn what_changes_the_next_block_changes_pending() {
    let world = World::dev().await;
    world.get("evm_setAutomine", json!([false])).await;
    let hash = world.get("eth_sendRawTransaction", json!([transfer(0, 0)])).await;
    let balance = async || number(&world.get("eth_getBalance", json!([SOMEBODY, "pending"])).await);
    assert_eq!(balance().await, 5);
    world.get("hardhat_setBalance", json!([SOMEBODY, "0x64"])).await;
    assert_eq!(balance().await, 105);
    world.get("eth_sendRawTransaction", json!([transfer(0, 1)])).await;
    assert_eq!(balance().await, 110);
    world.get("anvil_dropAllTransactions", json!([])).await;
    assert_eq!(balance().await, 100, "{hash} is gone");
    let slot = B256::with_last_byte(3);
    world.get("hardhat_setCode", json!([SOMEBODY, "0x6001545f5260205ff3"])).await;
    world.get("hardhat_setStorageAt", json!([SOMEBODY, slot, slot])).await;
    assert_eq!(world.get("eth_getStorageAt", json!([SOMEBODY, slot, "pending"])).await, json!(slot));
    assert_eq!(world.get("eth_getCode", json!([SOMEBODY, "pending"])).await, "0x6001545f5260205ff3");
}

#[tokio::test]
async fn pending_means_one_block_and_nothing_proves_it() {
    for world in [World::dev().await, World::network().await] {
        for (method, params) in
            [("eth_getProof", json!([SOMEBODY, [], "pending"])), ("eth_getAccount", json!([SOMEBODY, "pending"]))]
        {
            let (code, message) = world.fail(method, params).await;
            assert!(code == -32004 && message.contains("ask about \"latest\""), "{code} {message}");
        }
        assert!(world.get("eth_getProof", json!([SOMEBODY, [], "latest"])).await.is_object());
        let header = world.get("eth_getHeaderByNumber", json!(["pending"])).await;
        assert_eq!((&header["number"], &header["parentHash"]), (&json!("0x1"), &block(&world, "latest").await["hash"]));
    }
}
