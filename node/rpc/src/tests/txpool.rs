use super::world::{World, request, sign, signer, transfer};
use alloy::primitives::Address;
use alloy_consensus::TxEip1559;
use serde_json::json;

#[tokio::test]
async fn what_waits_is_shown_by_sender_and_nonce() {
    let world = World::network().await;
    for (sender, nonce) in [(0, 0), (0, 1), (0, 3), (1, 5)] {
        world.get("eth_sendRawTransaction", json!([transfer(sender, nonce)])).await;
    }
    let (first, second) = (signer(0).address().to_string(), signer(1).address().to_string());
    assert_eq!(world.get("txpool_status", json!([])).await, json!({ "pending": "0x2", "queued": "0x2" }));
    let content = world.get("txpool_content", json!([])).await;
    assert_eq!(content["pending"][&first].as_object().unwrap().keys().collect::<Vec<_>>(), ["0", "1"]);
    assert_eq!(content["queued"][&first]["3"]["nonce"], "0x3");
    assert_eq!(content["queued"][&second]["5"]["from"], json!(signer(1).address()));
    assert_eq!(content["pending"][&first]["0"]["blockHash"], json!(null));
    assert!(content["pending"].get(&second).is_none());
    let from = world.get("txpool_contentFrom", json!([signer(0).address()])).await;
    assert_eq!(from, json!({ "pending": content["pending"][&first], "queued": content["queued"][&first] }));
    let nobody = world.get("txpool_contentFrom", json!([Address::ZERO])).await;
    assert_eq!(nobody, json!({ "pending": {}, "queued": {} }));
    let lines = world.get("txpool_inspect", json!([])).await;
    let to = Address::repeat_byte(0x70).to_string();
    assert_eq!(lines["queued"][&second]["5"], format!("{to}: 5 wei + 21000 gas × 10000000000 wei"));
    world.sealer.seal();
    assert_eq!(world.get("txpool_status", json!([])).await, json!({ "pending": "0x0", "queued": "0x2" }));
}

#[tokio::test]
async fn a_pool_too_large_for_an_answer_names_the_way_around() {
    let world = World::network().await;
    // 300 of 120 kB each in hex are above 64 MiB.
    for nonce in 0..300 {
        let large = TxEip1559 { input: vec![0; 120_000].into(), gas_limit: 2_000_000, ..request(nonce, Address::ZERO) };
        world
            .get("eth_sendRawTransaction", json!([sign(0, TxEip1559 { max_fee_per_gas: 2_000_000_000, ..large })]))
            .await;
    }
    let (code, message) = world.fail("txpool_content", json!([])).await;
    assert!(code == -32005 && message.contains("txpool_contentFrom"), "{code} {message}");
    assert_eq!(
        world.get("txpool_inspect", json!([])).await["pending"][signer(0).address().to_string()]
            .as_object()
            .unwrap()
            .len(),
        300
    );
}
