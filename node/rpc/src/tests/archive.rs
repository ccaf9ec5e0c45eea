use super::world::{LOGGER, World, local, number, request, sign, signer, transfer};
use crate::RpcConfig;
use alloy::{
    eips::eip2718::Decodable2718 as _,
    primitives::{Address, B256, Bytes, U256},
    rpc::types::Header,
};
use alloy_consensus::{TxEip1559, TxEnvelope};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

#[tokio::test]
async fn headers_and_signed_bytes_are_those_of_the_block() {
    let world = World::dev().await;
    let raw = transfer(0, 0);
    let hash = world.get("eth_sendRawTransaction", json!([raw])).await;
    let block = world.get("eth_getBlockByNumber", json!(["0x1", false])).await;
    for (method, id) in [("eth_getHeaderByNumber", json!("latest")), ("eth_getHeaderByHash", block["hash"].clone())] {
        let header: Header = serde_json::from_value(world.get(method, json!([id])).await).unwrap();
        assert_eq!(json!(header.hash), block["hash"], "{method}");
        assert_eq!(header.inner.hash_slow(), header.hash);
    }
    assert!(world.get("eth_getHeaderByNumber", json!(["0x9"])).await.is_null());
    assert!(world.get("eth_getHeaderByHash", json!([B256::ZERO])).await.is_null());
    assert_eq!(world.get("eth_getRawTransactionByHash", json!([hash])).await, json!(raw));
    let by_hash = json!([block["hash"], "0x0"]);
    assert_eq!(world.get("eth_getRawTransactionByBlockHashAndIndex", by_hash).await, json!(raw));
    assert_eq!(world.get("eth_getRawTransactionByBlockNumberAndIndex", json!(["0x1", "0x0"])).await, json!(raw));
    assert!(world.get("eth_getRawTransactionByBlockNumberAndIndex", json!(["0x1", "0x1"])).await.is_null());
    // One that waits has no block, but it has bytes.
    let late = transfer(0, 7);
    let waits = world.get("eth_sendRawTransaction", json!([late])).await;
    assert_eq!(world.get("eth_getRawTransactionByHash", json!([waits])).await, json!(late));
    assert!(world.get("eth_getRawTransactionByHash", json!([B256::ZERO])).await.is_null());
}

#[tokio::test]
async fn the_transaction_that_used_a_nonce_is_found_at_any_height() {
    let world = World::dev().await;
    let mut hashes = Vec::new();
    for nonce in 0..9 {
        hashes.push(world.get("eth_sendRawTransaction", json!([transfer(0, nonce)])).await);
        world.get("eth_sendRawTransaction", json!([transfer(1, nonce)])).await;
    }
    let find = async |sender: u8, nonce: u64| {
        let question = json!([signer(sender).address(), format!("{nonce:#x}")]);
        world.get("eth_getTransactionBySenderAndNonce", question).await
    };
    for (nonce, hash) in hashes.iter().enumerate() {
        assert_eq!(&find(0, nonce as u64).await["hash"], hash);
    }
    assert!(find(0, 9).await.is_null());
    let waits = world.get("eth_sendRawTransaction", json!([transfer(0, 10)])).await;
    let found = find(0, 10).await;
    assert_eq!((&found["hash"], &found["blockHash"]), (&waits, &json!(null)));
    assert!(find(9, 0).await.is_null());
}

#[tokio::test]
async fn the_words_of_proof_of_work_are_answered_and_there_is_none() {
    let world = World::dev().await;
    for (method, block) in [
        ("eth_getUncleByBlockNumberAndIndex", "0x0".into()),
        ("eth_getUncleByBlockHashAndIndex", B256::ZERO.to_string()),
    ] {
        assert!(world.get(method, json!([block, "0x0"])).await.is_null());
    }
    assert_eq!(world.get("eth_getUncleCountByBlockNumber", json!(["latest"])).await, "0x0");
    assert!(world.get("eth_getUncleCountByBlockHash", json!([B256::ZERO])).await.is_null());
    assert_eq!(world.get("eth_mining", json!([])).await, false);
    assert_eq!(world.get("eth_hashrate", json!([])).await, "0x0");
    assert_eq!(world.get("eth_protocolVersion", json!([])).await, "0x1");
    assert_eq!(world.get("eth_coinbase", json!([])).await, json!(Address::repeat_byte(0xbe)));
    let work = json!(["0x0000000000000001", B256::ZERO, B256::ZERO]);
    for (method, params) in
        [("eth_getWork", json!([])), ("eth_submitWork", work), ("eth_submitHashrate", json!(["0x1", B256::ZERO]))]
    {
        let (code, message) = world.fail(method, params).await;
        assert!(code == -32004 && message.contains("proof of work"), "{method}: {code} {message}");
    }
}

#[tokio::test]
async fn the_rules_in_force_are_told() {
    let world = World::dev().await;
    let config = world.get("eth_config", json!([])).await;
    let current = &config["current"];
    assert_eq!((&current["chainId"], &current["activationTime"]), (&json!("0x7a69"), &json!(0)));
    assert_eq!(current["precompiles"]["P256VERIFY"], "0x0000000000000000000000000000000000000100");
    assert_eq!(current["precompiles"]["ECREC"], json!(Address::with_last_byte(1)));
    assert_eq!(current["precompiles"]["EDGE_PROOF"], json!(edgeloom_bindings::addresses::EDGE_PROOF));
    assert_eq!(
        current["systemContracts"],
        json!({ "HISTORY_STORAGE_ADDRESS": edgeloom_bindings::addresses::HISTORY_STORAGE })
    );
    assert_eq!((&current["blobSchedule"]["max"], &config["next"]), (&json!(0), &json!(null)));
    assert_eq!(current["forkId"].as_str().unwrap().len(), 10);
    world.get("eth_sendRawTransaction", json!([transfer(0, 0)])).await;
    let capabilities = world.get("eth_capabilities", json!([])).await;
    assert_eq!(
        (&capabilities["head"]["number"], &capabilities["state"]["oldestBlock"]),
        (&json!("0x1"), &json!("0x0"))
    );
    let history = world.get("eth_feeHistory", json!(["0x1", "latest", []])).await;
    assert_eq!(world.get("eth_baseFee", json!([])).await, history["baseFeePerGas"][1]);
    let node = world.get("admin_nodeInfo", json!([])).await;
    assert_eq!(node["protocols"]["eth"]["head"], capabilities["head"]["hash"]);
    assert_eq!(node["protocols"]["eth"]["config"]["chainId"], 31337);
    assert_eq!(world.get("net_peerCount", json!([])).await, "0x0");
}

#[tokio::test]
async fn a_filled_transaction_lacks_only_its_signature() {
    let world = World::dev().await;
    world.get("eth_sendRawTransaction", json!([transfer(5, 0)])).await;
    let from = signer(5).address();
    let filled = world.get("eth_fillTransaction", json!([{ "from": from, "to": LOGGER, "data": "0x01" }])).await;
    let tx = &filled["tx"];
    assert_eq!((&tx["nonce"], &tx["from"], &tx["chainId"]), (&json!("0x1"), &json!(from), &json!("0x7a69")));
    assert_eq!((&tx["r"], &tx["blockHash"]), (&json!("0x0"), &json!(null)));
    let raw: Bytes = serde_json::from_value(filled["raw"].clone()).unwrap();
    let TxEnvelope::Eip1559(decoded) = TxEnvelope::decode_2718_exact(&raw).unwrap() else { panic!("type 2") };
    assert_eq!(U256::from(decoded.tx().gas_limit), U256::from(number(&tx["gas"])));
    let hash = world.get("eth_sendRawTransaction", json!([sign(5, decoded.tx().clone())])).await;
    assert_eq!(world.get("eth_getTransactionReceipt", json!([hash])).await["status"], "0x1");
}

#[tokio::test]
async fn many_slots_are_read_at_once_and_not_too_many() {
    let world = World::dev().await;
    let history = edgeloom_bindings::addresses::HISTORY_STORAGE;
    world.get("eth_sendRawTransaction", json!([transfer(0, 0)])).await;
    let genesis = world.get("eth_getBlockByNumber", json!(["0x0", false])).await["hash"].clone();
    let question = json!({ history.to_string(): ["0x0", B256::with_last_byte(1)], LOGGER.to_string(): [] });
    let values = world.get("eth_getStorageValues", json!([question, "latest"])).await;
    assert_eq!(
        values,
        json!({ LOGGER.to_string().to_lowercase(): [], history.to_string().to_lowercase(): [genesis, B256::ZERO] })
    );
    let many = json!([{ LOGGER.to_string(): vec![B256::ZERO; 1025] }]);
    assert_eq!(world.fail("eth_getStorageValues", many).await.0, -32005);
    assert_eq!(world.fail("eth_getStorageValues", json!([{}])).await.0, -32602);
}

#[tokio::test]
async fn a_browser_may_remember_for_two_hours_that_it_may_ask() {
    let world = World::dev().await;
    let preflight = "OPTIONS / HTTP/1.1\r\nHost: localhost\r\nOrigin: http://example.org\r\nConnection: close\r\n\
        Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: content-type\r\n\r\n";
    let answer = world.raw(preflight).await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("access-control-max-age: 7200"), "{answer}");
}

#[tokio::test]
async fn other_origins_are_refused_where_some_are_named() {
    let cors = vec!["http://example.org".to_owned()];
    let world = World::listening(RpcConfig { cors, ..local() }).await;
    let ask = async |origin: &str| {
        let body = r#"{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}"#;
        let head = format!("POST / HTTP/1.1\r\nHost: localhost\r\n{origin}Content-Type: application/json\r\n");
        world.raw(&format!("{head}Content-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())).await
    };
    let ours = ask("Origin: http://example.org\r\n").await;
    assert!(ours.contains("access-control-allow-origin: http://example.org") && ours.contains("0x7a69"), "{ours}");
    assert!(ask("Origin: http://example.com\r\n").await.starts_with("HTTP/1.1 403"));
    assert!(ask("").await.contains("0x7a69"), "tools send no origin");
    let upgrade = "GET / HTTP/1.1\r\nHost: localhost\r\nOrigin: http://example.com\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
        Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    let mut stream = TcpStream::connect(world.server.address).await.unwrap();
    stream.write_all(upgrade.as_bytes()).await.unwrap();
    let mut status = [0; 12];
    stream.read_exact(&mut status).await.unwrap();
    assert_eq!(&status, b"HTTP/1.1 403");
}

#[tokio::test]
async fn whole_transactions_come_from_filters_that_want_them() {
    let world = World::network().await;
    let full = world.get("eth_newPendingTransactionFilter", json!([true])).await;
    let hashes = world.get("eth_newPendingTransactionFilter", json!([])).await;
    let large = TxEip1559 { input: vec![1; 1000].into(), ..request(0, LOGGER) };
    let hash = world.get("eth_sendRawTransaction", json!([sign(0, large)])).await;
    let found = world.get("eth_getFilterChanges", json!([full])).await;
    assert_eq!((&found[0]["hash"], &found[0]["from"]), (&hash, &json!(signer(0).address())));
    assert_eq!(world.get("eth_getFilterChanges", json!([hashes])).await, json!([hash]));
    assert_eq!(world.get("eth_getFilterChanges", json!([full])).await, json!([]));
}

#[tokio::test]
async fn a_transaction_that_is_late_is_named_in_the_error() {
    let world = World::network().await;
    let answer = world.ask("eth_sendRawTransactionSync", json!([transfer(0, 0), "0x5"])).await;
    assert_eq!(answer["error"]["code"], 4);
    let hash = answer["error"]["data"].clone();
    assert!(world.get("eth_getTransactionByHash", json!([hash])).await.is_object());
}
