use super::{
    scenario::{STORE_CODE, reason},
    world::{LOGGER, REVERTER, World, number, signer},
};
use alloy::primitives::B256;
use serde_json::{Value, json};

#[tokio::test]
async fn an_access_list_has_what_is_touched_and_the_gas_with_it() {
    let (world, contract, _) = World::conducted().await;
    let from = signer(0).address();
    let mut request = json!({ "from": from, "to": contract, "input": reason() });
    let made = world.get("eth_createAccessList", json!([request])).await;
    let list = made["accessList"].as_array().unwrap();
    let keys =
        |address: &str| list.iter().find(|item| item["address"] == address).map(|item| item["storageKeys"].clone());
    assert_eq!(keys(&json!(contract).as_str().unwrap().to_lowercase()), Some(json!([B256::with_last_byte(1)])));
    for touched in [LOGGER, REVERTER] {
        assert_eq!(keys(json!(touched).as_str().unwrap()), Some(json!([])), "{made}");
    }
    assert!(!list.iter().any(|item| item["address"] == json!(from)), "the sender is warm anyway");
    // The list is what its own run needs, so asking with it changes nothing; and the gas is what a trace tells.
    request["accessList"] = made["accessList"].clone();
    assert_eq!(world.get("eth_createAccessList", json!([request])).await, made);
    let trace = world.get("debug_traceCall", json!([request, "latest", { "tracer": "callTracer" }])).await;
    assert_eq!(trace["gasUsed"], made["gasUsed"]);
    assert_eq!(made.get("error"), None);
}

#[tokio::test]
async fn a_failing_transaction_has_a_list_and_an_error() {
    let world = World::dev().await;
    let contract = world.deploy(0, &STORE_CODE).await;
    let made = world.get("eth_createAccessList", json!([{ "to": REVERTER, "input": reason() }])).await;
    assert_eq!((&made["accessList"], &made["error"]), (&json!([]), &json!("execution reverted: too late")));
    let data = [B256::with_last_byte(3), B256::with_last_byte(4)].concat();
    let starved = json!({ "to": contract, "input": alloy::primitives::Bytes::from(data), "gas": "0x6800" });
    let made: Value = world.get("eth_createAccessList", json!([starved])).await;
    assert_eq!(made["error"], "out of gas");
    assert_eq!(number(&made["gasUsed"]), 0x6800);
}
