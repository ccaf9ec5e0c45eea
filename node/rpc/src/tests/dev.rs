//! `evm_*`, `hardhat_*` and `anvil_*`, through the server.

use super::{
    socket::Socket,
    world::{LOGGER, World, number, request, sign, signer, transfer},
};
use alloy::{
    dyn_abi::TypedData,
    eips::eip2718::Decodable2718,
    primitives::{Address, B256, Bytes, Signature, U256, eip191_hash_message},
};
use alloy_consensus::{TxEip1559, TxEnvelope, transaction::SignerRecoverable as _};
use serde_json::{Value, json};

const RICH: Address = Address::repeat_byte(0x51);

async fn height(world: &World) -> u64 {
    number(&world.get("eth_blockNumber", json!([])).await)
}

async fn newest(world: &World) -> Value {
    world.get("eth_getBlockByNumber", json!(["latest", false])).await
}

async fn set(world: &World, method: &str, params: Value) {
    assert!(world.get(method, params).await.is_null(), "{method} answers null, as anvil's clients expect");
}

#[tokio::test]
async fn a_network_knows_none_of_it() {
    let world = World::network().await;
    for method in ["evm_mine", "evm_snapshot", "hardhat_setBalance", "anvil_nodeInfo", "eth_sign", "anvil_dumpState"] {
        assert_eq!(world.fail(method, json!([])).await.0, -32601, "{method}");
    }
    let modules = world.get("rpc_modules", json!([])).await;
    assert!(modules["eth"].is_string() && modules["evm"].is_null());
}

#[tokio::test]
async fn blocks_come_when_asked_for() {
    let world = World::dev().await;
    assert_eq!(world.get("evm_mine", json!([])).await, "0x0");
    let first = number(&newest(&world).await["timestamp"]);
    set(&world, "hardhat_mine", json!(["0x3e8", "0xc"])).await;
    assert_eq!(height(&world).await, 1001);
    let block = newest(&world).await;
    let spread = number(&block["timestamp"]) - first;
    assert!((999 * 12..999 * 12 + 60).contains(&spread), "{spread}");
    set(&world, "anvil_mine", json!([])).await;
    assert_eq!(height(&world).await, 1002);
    let (code, said) = world.fail("hardhat_mine", json!(["0x186a1"])).await;
    assert!(code == -32602 && said.contains("100000"), "{said}");
    world.get("evm_mine", json!([{ "timestamp": number(&block["timestamp"]) + 500, "blocks": 2 }])).await;
    assert_eq!(height(&world).await, 1004);
    assert_eq!(number(&newest(&world).await["timestamp"]), number(&block["timestamp"]) + 501);
}

#[tokio::test]
async fn without_automine_transactions_wait() {
    let world = World::dev().await;
    assert_eq!(world.get("anvil_getAutomine", json!([])).await, true);
    set(&world, "evm_setAutomine", json!([false])).await;
    let hash = world.get("eth_sendRawTransaction", json!([transfer(0, 0)])).await;
    assert!(world.get("eth_getTransactionReceipt", json!([hash])).await.is_null());
    world.get("evm_mine", json!([])).await;
    assert_eq!(world.get("eth_getTransactionReceipt", json!([hash])).await["blockNumber"], "0x1");

    let dropped = world.get("eth_sendRawTransaction", json!([transfer(0, 1)])).await;
    assert_eq!(world.get("hardhat_dropTransaction", json!([dropped])).await, true);
    assert_eq!(world.get("hardhat_dropTransaction", json!([dropped])).await, false);
    let dropped = world.get("eth_sendRawTransaction", json!([transfer(0, 1)])).await;
    assert_eq!(world.get("anvil_dropTransaction", json!([dropped])).await, dropped);
    world.get("eth_sendRawTransaction", json!([transfer(0, 1)])).await;
    world.get("eth_sendRawTransaction", json!([transfer(1, 0)])).await;
    set(&world, "anvil_removePoolTransactions", json!([signer(0).address()])).await;
    assert_eq!(world.pool.len(), 1);
    set(&world, "anvil_dropAllTransactions", json!([])).await;
    assert!(world.pool.is_empty());

    assert!(world.get("anvil_getIntervalMining", json!([])).await.is_null());
    set(&world, "evm_setIntervalMining", json!([1])).await;
    assert_eq!(world.get("anvil_getIntervalMining", json!([])).await, 1);
    let mut feed = world.feed.subscribe();
    feed.changed().await.expect("a block comes by itself");
    set(&world, "evm_setAutomine", json!([true])).await;
    assert!(world.get("anvil_getIntervalMining", json!([])).await.is_null());
    let hash = world.get("eth_sendRawTransaction", json!([transfer(0, 1)])).await;
    assert!(world.get("eth_getTransactionReceipt", json!([hash])).await.is_object());
}

#[tokio::test]
async fn time_goes_as_told() {
    let world = World::dev().await;
    world.get("evm_mine", json!([])).await;
    let start = number(&newest(&world).await["timestamp"]);
    assert_eq!(world.get("evm_increaseTime", json!([3600])).await, 3600);
    assert_eq!(world.get("evm_increaseTime", json!(["0xe10"])).await, 7200);
    world.get("evm_mine", json!([])).await;
    assert!(number(&newest(&world).await["timestamp"]) >= start + 7200);
    set(&world, "evm_setNextBlockTimestamp", json!([start + 50_000])).await;
    world.get("eth_sendRawTransaction", json!([transfer(0, 0)])).await;
    assert_eq!(number(&newest(&world).await["timestamp"]), start + 50_000);
    let (code, said) = world.fail("evm_setNextBlockTimestamp", json!([start])).await;
    assert!(code == -32602 && said.contains("lower than the previous block's timestamp"), "{said}");
    set(&world, "anvil_setBlockTimestampInterval", json!([100])).await;
    set(&world, "anvil_mine", json!(["0x1"])).await;
    assert_eq!(number(&newest(&world).await["timestamp"]), start + 50_100);
    assert_eq!(world.get("anvil_removeBlockTimestampInterval", json!([])).await, true);
    assert!(world.get("evm_setTime", json!([start + 90_000])).await.as_u64().expect("seconds") > 30_000);
    world.get("evm_mine", json!([])).await;
    assert!(number(&newest(&world).await["timestamp"]) >= start + 90_000);
}

#[tokio::test]
async fn the_next_block_is_as_told() {
    let world = World::dev().await;
    set(&world, "hardhat_setNextBlockBaseFeePerGas", json!(["0x0"])).await;
    set(&world, "hardhat_setPrevRandao", json!([B256::repeat_byte(5)])).await;
    set(&world, "hardhat_setCoinbase", json!([RICH])).await;
    assert_eq!(world.get("evm_setBlockGasLimit", json!(["0x1c9c380"])).await, true);
    let free = TxEip1559 { max_fee_per_gas: 0, max_priority_fee_per_gas: 0, ..request(0, LOGGER) };
    let hash = world.get("eth_sendRawTransaction", json!([sign(0, free)])).await;
    assert_eq!(world.get("eth_getTransactionReceipt", json!([hash])).await["status"], "0x1", "it paid nothing");
    let block = newest(&world).await;
    assert_eq!((&block["baseFeePerGas"], &block["gasLimit"]), (&"0x0".into(), &"0x1c9c380".into()));
    assert_eq!((&block["mixHash"], &block["miner"]), (&json!(B256::repeat_byte(5)), &json!(RICH)));
    let (_, said) = world.fail("anvil_setMinGasPrice", json!(["0x1"])).await;
    assert!(said.contains("EIP-1559"), "{said}");
    assert_eq!(world.fail("evm_setBlockGasLimit", json!(["0x1"])).await.0, -32602);
}

#[tokio::test]
async fn a_fixture_can_be_gone_back_to_again_and_again() {
    let world = World::dev().await;
    let hash = world.get("eth_sendRawTransaction", json!([transfer(0, 0)])).await;
    let kept = newest(&world).await;
    let filter = world.get("eth_newBlockFilter", json!([])).await;
    let mut snapshot = world.get("evm_snapshot", json!([])).await;
    let mut seen = Vec::new();
    for round in 0..5u64 {
        let gone = world.get("eth_sendRawTransaction", json!([transfer(0, 1)])).await;
        set(&world, "hardhat_setBalance", json!([RICH, U256::from(round)])).await;
        seen.push(newest(&world).await["hash"].clone());
        assert_eq!(world.get("eth_getFilterChanges", json!([filter])).await, json!([seen[seen.len() - 1]]));
        assert_eq!(world.get("evm_revert", json!([snapshot])).await, true);
        assert_eq!(world.get("evm_revert", json!([snapshot])).await, false, "used up");
        snapshot = world.get("evm_snapshot", json!([])).await;
        assert_eq!(newest(&world).await, kept);
        assert!(world.get("eth_getTransactionByHash", json!([gone])).await.is_null());
        assert!(world.get("eth_getTransactionReceipt", json!([hash])).await.is_object());
        assert_eq!(world.get("eth_getBalance", json!([RICH, "latest"])).await, "0x0");
        assert_eq!(world.get("eth_getTransactionCount", json!([signer(0).address(), "pending"])).await, "0x1");
    }
    assert_eq!(world.get("edge_supply", json!([])).await["conserved"], true);
    assert_eq!(world.get("evm_revert", json!(["0xffffffffffffffffffff"])).await, false);
    let metadata = world.get("hardhat_metadata", json!([])).await;
    assert_eq!(metadata["latestBlockNumber"], 1);
    assert_eq!(metadata["snapshots"].as_object().expect("a map").len(), 1);
}

#[tokio::test]
async fn amended_accounts_act_as_they_are() {
    let world = World::dev().await;
    set(&world, "hardhat_setBalance", json!([RICH, "0xde0b6b3a7640000"])).await;
    set(&world, "anvil_addBalance", json!([RICH, "0x1"])).await;
    assert_eq!(world.get("eth_getBalance", json!([RICH, "latest"])).await, "0xde0b6b3a7640001");
    set(&world, "hardhat_setNonce", json!([RICH, "0x7"])).await;
    assert_eq!(world.get("eth_getTransactionCount", json!([RICH, "latest"])).await, "0x7");
    // sload(1), returned.
    set(&world, "hardhat_setCode", json!([RICH, "0x6001545f5260205ff3"])).await;
    let (slot, value) = ("0x1", B256::with_last_byte(9));
    assert_eq!(world.get("hardhat_setStorageAt", json!([RICH, slot, value])).await, true);
    assert_eq!(world.get("eth_call", json!([{ "to": RICH }, "latest"])).await, json!(value));
    assert_eq!(world.get("eth_getStorageAt", json!([RICH, slot, "latest"])).await, json!(value));
    assert_eq!(height(&world).await, 0, "no block was made");
    world.get("eth_sendRawTransaction", json!([transfer(0, 0)])).await;
    assert_eq!(world.get("eth_getStorageAt", json!([RICH, slot, "latest"])).await, json!(value));
    let supply = world.get("edge_supply", json!([])).await;
    assert_eq!((&supply["conserved"], &supply["minted"]), (&true.into(), &"0xde0b6b3a7640001".into()));

    let nobody = Address::repeat_byte(0x77);
    assert_eq!(world.fail("hardhat_setStorageAt", json!([nobody, slot, value])).await.0, -32602);
    assert_eq!(world.fail("hardhat_setCode", json!([nobody, "0xef01"])).await.0, -32602);
    assert_eq!(world.fail("hardhat_setNonce", json!([nobody, "0xffffffffffffffff"])).await.0, -32602);
    assert_eq!(world.fail("anvil_addBalance", json!([RICH, U256::MAX])).await.0, -32602);
}

#[tokio::test]
async fn whoever_is_impersonated_sends_without_a_key() {
    let world = World::dev().await;
    let send = |from: Address| json!([{ "from": from, "to": LOGGER, "gas": "0x186a0", "nonce": "0x0" }]);
    assert_eq!(world.fail("eth_sendTransaction", send(RICH)).await.1, "unknown account");
    let other = Address::repeat_byte(0x52);
    for address in [RICH, other] {
        set(&world, "hardhat_setBalance", json!([address, "0xde0b6b3a7640000"])).await;
        set(&world, "hardhat_impersonateAccount", json!([address])).await;
    }
    let first = world.get("eth_sendTransaction", send(RICH)).await;
    let second = world.get("eth_sendTransaction", send(other)).await;
    assert_ne!(first, second, "the same transaction of another sender is another one");
    let receipt = world.get("eth_getTransactionReceipt", json!([first])).await;
    assert_eq!((&receipt["from"], &receipt["status"]), (&json!(RICH), &"0x1".into()));
    let feed = world.get("edge_feed", json!([1, 1])).await;
    assert_eq!(feed[0]["senders"], json!([RICH]), "who sent is told beside the block");
    // A contract sends as well: EIP-3607 does not hold here.
    set(&world, "hardhat_impersonateAccount", json!([LOGGER])).await;
    set(&world, "hardhat_setBalance", json!([LOGGER, "0xde0b6b3a7640000"])).await;
    let hash = world.get("eth_sendTransaction", json!([{ "from": LOGGER, "to": RICH, "value": "0x5" }])).await;
    assert_eq!(world.get("eth_getTransactionReceipt", json!([hash])).await["status"], "0x1");
    set(&world, "hardhat_stopImpersonatingAccount", json!([RICH])).await;
    assert_eq!(world.fail("eth_sendTransaction", json!([{ "from": RICH, "to": LOGGER }])).await.1, "unknown account");
    set(&world, "anvil_autoImpersonateAccount", json!([true])).await;
    world.get("eth_sendTransaction", json!([{ "from": RICH, "to": LOGGER }])).await;
    set(&world, "anvil_autoImpersonateAccount", json!([false])).await;
    world.get("eth_sendUnsignedTransaction", json!([{ "from": RICH, "to": LOGGER }])).await;
    assert_eq!(world.fail("eth_sendTransaction", json!([{ "from": RICH, "to": LOGGER }])).await.1, "unknown account");
    assert_eq!(world.get("edge_supply", json!([])).await["conserved"], true);
}

#[tokio::test]
async fn a_reset_gives_genesis_and_forks_nothing() {
    let world = World::dev().await;
    let genesis = newest(&world).await;
    world.get("eth_sendRawTransaction", json!([transfer(0, 0)])).await;
    set(&world, "hardhat_setBalance", json!([RICH, "0x1"])).await;
    let (_, said) = world.fail("hardhat_reset", json!([{ "forking": { "jsonRpcUrl": "http://x" } }])).await;
    assert!(said.contains("cannot fork"), "{said}");
    assert_eq!(world.get("anvil_reset", json!([])).await, true);
    assert_eq!(newest(&world).await, genesis);
    assert_eq!(world.get("eth_getBalance", json!([RICH, "latest"])).await, "0x0");
    world.get("eth_sendRawTransaction", json!([transfer(0, 0)])).await;
    let info = world.get("anvil_nodeInfo", json!([])).await;
    assert_eq!((&info["currentBlockNumber"], &info["hardFork"]), (&"0x1".into(), &"osaka".into()));
}

#[tokio::test]
async fn unlocked_accounts_sign() {
    let world = World::dev().await;
    let me = signer(0).address();
    assert_eq!(world.get("eth_requestAccounts", json!([])).await[0], json!(me));
    let recovered = |signature: &Value, hash: B256| {
        let bytes: Bytes = serde_json::from_value(signature.clone()).expect("bytes");
        Signature::try_from(bytes.as_ref()).expect("65 bytes").recover_address_from_prehash(&hash).expect("recovers")
    };
    let message = Bytes::from_static(b"hello");
    let hash = eip191_hash_message(&message);
    assert_eq!(recovered(&world.get("eth_sign", json!([me, message])).await, hash), me);
    assert_eq!(recovered(&world.get("personal_sign", json!([message, me])).await, hash), me);
    let typed = json!({
        "types": { "EIP712Domain": [{ "name": "name", "type": "string" }], "Mail": [{ "name": "text", "type": "string" }] },
        "primaryType": "Mail", "domain": { "name": "Post" }, "message": { "text": "hi" },
    });
    let hash =
        serde_json::from_value::<TypedData>(typed.clone()).expect("typed").eip712_signing_hash().expect("hashes");
    for given in [typed.clone(), json!(typed.to_string())] {
        assert_eq!(recovered(&world.get("eth_signTypedData_v4", json!([me, given])).await, hash), me);
    }
    let signed = world.get("eth_signTransaction", json!([{ "from": me, "to": RICH, "value": "0x5" }])).await;
    let bytes: Bytes = serde_json::from_value(signed.clone()).expect("bytes");
    let transaction = TxEnvelope::decode_2718(&mut bytes.as_ref()).expect("a transaction");
    assert_eq!(transaction.recover_signer().expect("signed"), me);
    world.get("eth_sendRawTransaction", json!([signed])).await;
    assert_eq!(world.get("eth_getBalance", json!([RICH, "latest"])).await, "0x5");
    assert_eq!(world.fail("eth_sign", json!([RICH, message])).await.1, "unknown account");
}

#[tokio::test]
async fn a_dumped_state_is_loaded() {
    let world = World::dev().await;
    set(&world, "hardhat_setBalance", json!([RICH, "0x7"])).await;
    let dump = world.get("anvil_dumpState", json!([])).await;
    world.get("anvil_reset", json!([])).await;
    assert_eq!(world.get("anvil_loadState", json!([dump])).await, true);
    assert_eq!(world.get("eth_getBalance", json!([RICH, "latest"])).await, "0x7");
    assert_eq!(world.fail("anvil_loadState", json!(["0x00"])).await.0, -32602);
    assert_eq!(world.get("edge_supply", json!([])).await["conserved"], true);
}

#[tokio::test]
async fn new_heads_go_on_from_where_the_chain_went_back_to() {
    let world = World::dev().await;
    set(&world, "hardhat_mine", json!(["0x2"])).await;
    let mut socket = Socket::open(&world).await;
    socket
        .send(&json!({ "jsonrpc": "2.0", "id": 1, "method": "eth_subscribe", "params": ["newHeads"] }).to_string())
        .await;
    let answer: Value = serde_json::from_str(&socket.receive().await).expect("JSON");
    assert!(answer["result"].is_string(), "{answer}");
    let snapshot = world.get("evm_snapshot", json!([])).await;
    set(&world, "hardhat_mine", json!(["0x3"])).await;
    assert_eq!(world.get("evm_revert", json!([snapshot])).await, true);
    set(&world, "hardhat_mine", json!(["0x7"])).await;
    let last = newest(&world).await["hash"].clone();
    // Some of the three may have been taken back before they were sent.
    let (mut heights, mut hash) = (Vec::new(), Value::Null);
    while hash != last {
        let head: Value = serde_json::from_str(&socket.receive().await).expect("JSON");
        heights.push(number(&head["params"]["result"]["number"]));
        hash = head["params"]["result"]["hash"].clone();
    }
    assert_eq!(heights[heights.len() - 7..], [3, 4, 5, 6, 7, 8, 9], "{heights:?}");
    assert!(heights.len() <= 10, "{heights:?}");
}

/// What was reported stays reported: filters and subscriptions go on with what comes in place of what was taken back, as
/// hardhat's and anvil's do. No log is sent again as removed.
#[tokio::test]
async fn log_filters_go_on_from_the_block_that_the_chain_was_taken_back_to() {
    let world = World::dev().await;
    let log = |nonce: u64, word: u8| sign(0, TxEip1559 { input: vec![word; 32].into(), ..request(nonce, LOGGER) });
    let filter = world.get("eth_newFilter", json!([{ "address": LOGGER }])).await;
    let mut socket = Socket::open(&world).await;
    let subscribe =
        json!({ "jsonrpc": "2.0", "id": 1, "method": "eth_subscribe", "params": ["logs", { "address": LOGGER }] });
    socket.send(&subscribe.to_string()).await;
    socket.receive().await;
    let topics = |logs: &Value| -> Vec<Value> {
        let logs = logs.as_array().unwrap();
        assert!(logs.iter().all(|log| log["removed"] == false));
        logs.iter().map(|log| log["topics"][0].clone()).collect()
    };
    let changes = async || topics(&world.get("eth_getFilterChanges", json!([filter])).await);
    let word = |byte: u8| json!(B256::repeat_byte(byte));
    let received = async |socket: &mut Socket, byte: u8| {
        let item: Value = serde_json::from_str(&socket.receive().await).unwrap();
        let log = &item["params"]["result"];
        assert_eq!((&log["topics"][0], &log["removed"]), (&word(byte), &json!(false)));
    };
    world.get("eth_sendRawTransaction", json!([log(0, 1)])).await;
    let snapshot = world.get("evm_snapshot", json!([])).await;
    world.get("eth_sendRawTransaction", json!([log(1, 2)])).await;
    assert_eq!(changes().await, [word(1), word(2)]);
    // A block that is taken back before a subscription came to it is not sent.
    for byte in [1, 2] {
        received(&mut socket, byte).await;
    }
    assert_eq!(world.get("evm_revert", json!([snapshot])).await, true);
    assert!(changes().await.is_empty());
    world.get("eth_sendRawTransaction", json!([log(1, 3)])).await;
    assert_eq!(changes().await, [word(3)]);
    received(&mut socket, 3).await;
}
