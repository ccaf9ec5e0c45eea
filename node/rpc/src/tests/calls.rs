use super::world::{FLOOD, LOGGER, REVERTER, World, number, signer, transfer};
use alloy::{
    primitives::{Address, Bytes, U256},
    sol_types::{Revert, SolError},
};
use serde_json::json;

#[tokio::test]
async fn a_revert_is_code_3_with_reason_and_data() {
    let world = World::dev().await;
    let data = Bytes::from(Revert::from("too late").abi_encode());
    for method in ["eth_call", "eth_estimateGas"] {
        let answer = world.ask(method, json!([{ "to": REVERTER, "data": data }])).await;
        assert_eq!(answer["error"]["code"], 3, "{answer}");
        assert_eq!(answer["error"]["message"], "execution reverted: too late");
        assert_eq!(answer["error"]["data"], json!(data));
    }
}

#[tokio::test]
async fn overrides_change_state_and_block_for_the_call_only() {
    let world = World::dev().await;
    let target = Address::repeat_byte(0x99);
    // Returns `balance ‖ storage[1] ‖ number ‖ timestamp`.
    let code = "0x475f526001546020524360405242606052608080f3".replace("608080f3", "60805ff3");
    let state = json!({ target.to_string(): { "code": code, "balance": "0x2a", "stateDiff": {
        format!("{:#066x}", 1): format!("{:#066x}", 7) } } });
    let environment = json!({ "number": "0x64", "time": "0x65" });
    let output = world.get("eth_call", json!([{ "to": target }, "latest", state, environment])).await;
    let output: Bytes = serde_json::from_value(output).unwrap();
    let words: Vec<U256> = output.chunks(32).map(U256::from_be_slice).collect();
    assert_eq!(words, [42, 7, 100, 101].map(U256::from));
    assert_eq!(world.get("eth_getCode", json!([target])).await, "0x");
}

#[tokio::test]
async fn calls_read_the_block_they_name() {
    let world = World::dev().await;
    world.get("eth_sendRawTransaction", json!([transfer(0, 0)])).await;
    let to = Address::repeat_byte(0x70);
    assert_eq!(world.get("eth_getBalance", json!([to, "0x0"])).await, "0x0");
    assert_eq!(world.get("eth_getBalance", json!([to])).await, "0x5");
    let genesis = world.get("eth_getBlockByNumber", json!(["earliest", false])).await["hash"].clone();
    assert_eq!(world.get("eth_getBalance", json!([to, { "blockHash": genesis }])).await, "0x0");
    let (code, message) = world.fail("eth_getBalance", json!([to, "0x2"])).await;
    assert_eq!((code, message.as_str()), (-32000, "header not found"));
}

#[tokio::test]
async fn an_estimate_is_enough_and_not_much_more() {
    let world = World::dev().await;
    let from = signer(0).address();
    let estimate = world.get("eth_estimateGas", json!([{ "from": from, "to": Address::ZERO, "value": "0x1" }])).await;
    assert_eq!(number(&estimate), 21_000);
    let request = json!({ "from": from, "to": LOGGER, "data": Bytes::from(vec![1; 100]) });
    let estimate = world.get("eth_estimateGas", json!([request])).await;
    let mut send = request.clone();
    send["gas"] = estimate.clone();
    let hash = world.get("eth_sendTransaction", json!([send])).await;
    let receipt = world.get("eth_getTransactionReceipt", json!([hash])).await;
    assert_eq!(receipt["status"], "0x1");
    assert!(number(&estimate) * 100 <= number(&receipt["gasUsed"]) * 102, "{estimate} for {receipt}");
    let (code, message) = world.fail("eth_estimateGas", json!([{ "from": from, "to": LOGGER, "gas": "0x5300" }])).await;
    assert!(code == -32000 && message == "gas required exceeds allowance (21248)", "{message}");
    let poor = json!([{ "from": Address::repeat_byte(0x33), "to": Address::ZERO, "value": "0x1" }]);
    let (_, message) = world.fail("eth_estimateGas", poor).await;
    assert!(message.starts_with("insufficient funds for gas * price + value"), "{message}");
}

#[tokio::test]
async fn an_endless_call_ends() {
    let world = World::dev().await;
    let code = json!({ REVERTER.to_string(): { "code": "0x5b5f56" } });
    let (code, message) = world.fail("eth_call", json!([{ "to": REVERTER }, "latest", code])).await;
    assert_eq!((code, message.as_str()), (-32000, "out of gas"));
}

#[tokio::test]
async fn an_override_with_half_a_delegation_is_refused() {
    let world = World::dev().await;
    for code in ["0xef01", "0xef0100", "0xef010011"] {
        let state = json!({ REVERTER.to_string(): { "code": code } });
        let answer = world.ask("eth_call", json!([{ "to": REVERTER }, "latest", state])).await;
        assert_eq!((&answer["id"], &answer["error"]["code"]), (&json!(1), &json!(-32602)), "{answer}");
    }
}

#[tokio::test]
async fn a_call_too_long_to_answer_at_once_takes_a_turn() {
    let world = World::dev().await;
    // A short one, and 10,000 logs.
    for count in [1_u64, 10_000] {
        let data = Bytes::from(U256::from(count).to_be_bytes_vec());
        assert_eq!(world.get("eth_call", json!([{ "to": FLOOD, "data": data }])).await, "0x");
    }
    // SHA-256, a precompile.
    let hash = world.get("eth_call", json!([{ "to": Address::with_last_byte(2) }])).await;
    assert_eq!(hash, "0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

#[tokio::test]
async fn calls_see_the_newest_block_and_its_state() {
    let world = World::dev().await;
    let target = Address::repeat_byte(0x99);
    // Returns `number ‖ balance of the account that transfers go to`.
    let code = format!("0x435f5273{}3160205260405ff3", "70".repeat(20));
    let state = json!({ target.to_string(): { "code": code } });
    for nonce in 0..3_u64 {
        for block in [json!("latest"), json!(format!("{nonce:#x}"))] {
            let output = world.get("eth_call", json!([{ "to": target }, block, state])).await;
            let output: Bytes = serde_json::from_value(output).unwrap();
            let words: Vec<U256> = output.chunks(32).map(U256::from_be_slice).collect();
            assert_eq!(words, [nonce, 5 * nonce].map(U256::from), "{block}");
        }
        world.get("eth_sendRawTransaction", json!([transfer(0, nonce)])).await;
    }
}
