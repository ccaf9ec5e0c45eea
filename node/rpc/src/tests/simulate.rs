use super::world::{LOGGER, REVERTER, World, number, signer, transfer};
use alloy::primitives::{B256, Bytes, U256, keccak256};
use serde_json::{Value, json};

const RICH: &str = "0x00000000000000000000000000000000000000c0";
const POOR: &str = "0x00000000000000000000000000000000000000c1";
/// Gives 1000 wei to [`RICH`].
fn rich() -> Value {
    json!({ RICH: { "balance": "0x3e8" } })
}

async fn simulate(world: &World, payload: Value) -> Value {
    world.get("eth_simulateV1", json!([payload, "latest"])).await
}

async fn refused(world: &World, blocks: Value) -> i64 {
    world.fail("eth_simulateV1", json!([{ "blockStateCalls": blocks }])).await.0
}

#[tokio::test]
async fn blocks_follow_each_other_and_see_what_was_done_before() {
    let world = World::dev().await;
    world.get("eth_sendRawTransaction", json!([transfer(0, 0)])).await;
    let send = |from: &str, to: &str, value: &str| json!({ "from": from, "to": to, "value": value });
    let blocks = json!([
        { "stateOverrides": rich(), "calls": [send(RICH, POOR, "0x3e8"), send(POOR, RICH, "0x1")] },
        { "blockOverrides": { "number": "0x5", "time": "0x7fffffff", "feeRecipient": POOR }, "calls": [send(POOR, RICH, "0x3e7")] },
    ]);
    let out = simulate(&world, json!({ "blockStateCalls": blocks, "returnFullTransactions": true })).await;
    let heights: Vec<u64> = out.as_array().unwrap().iter().map(|block| number(&block["number"])).collect();
    assert_eq!(heights, [2, 3, 4, 5], "what is left out is there, and empty");
    let tip = world.get("eth_getBlockByNumber", json!(["latest", false])).await;
    assert_eq!(out[0]["parentHash"], tip["hash"]);
    for pair in out.as_array().unwrap().windows(2) {
        assert_eq!(pair[1]["parentHash"], pair[0]["hash"]);
        assert!(number(&pair[0]["timestamp"]) < number(&pair[1]["timestamp"]));
    }
    assert_eq!(
        (&out[3]["timestamp"], &out[3]["miner"], &out[3]["baseFeePerGas"]),
        (&json!("0x7fffffff"), &json!(POOR), &json!("0x0"))
    );
    assert_eq!((&out[0]["calls"][1]["status"], &out[0]["calls"][1]["gasUsed"]), (&json!("0x1"), &json!("0x5208")));
    assert_eq!((&out[0]["gasUsed"], &out[0]["transactions"][1]["nonce"]), (&json!("0xa410"), &json!("0x0")));
    assert_eq!(out[0]["transactions"][1]["from"], POOR);
    assert_eq!(out[3]["calls"][0]["status"], "0x1");
    let header: alloy::rpc::types::Block = serde_json::from_value(out[3].clone()).unwrap();
    assert_eq!(header.header.inner.hash_slow(), header.header.hash);
    assert_eq!(world.get("eth_getBalance", json!([RICH])).await, "0x0", "nothing stays");
}

#[tokio::test]
async fn block_hashes_are_those_of_the_simulated_blocks() {
    let world = World::dev().await;
    // BLOCKHASH(NUMBER - 1).
    let code = json!({ POOR: { "code": "0x60014303405f5260205ff3" } });
    let blocks = json!([{ "calls": [] }, { "stateOverrides": code, "calls": [{ "to": POOR }] }]);
    let out = simulate(&world, json!({ "blockStateCalls": blocks })).await;
    assert_eq!(out[1]["calls"][0]["returnData"], out[0]["hash"]);
}

#[tokio::test]
async fn reverts_and_halts_are_results_and_logs_have_their_places() {
    let world = World::dev().await;
    let calls = json!([
        { "to": LOGGER, "data": B256::with_last_byte(7) },
        { "to": REVERTER, "data": "0x1234" },
        { "to": RICH, "gas": "0x10000" },
        { "to": LOGGER, "data": B256::with_last_byte(9) },
    ]);
    let endless = json!({ RICH: { "code": "0x5b5f56" } });
    let out = simulate(&world, json!({ "blockStateCalls": [{ "stateOverrides": endless, "calls": calls }] })).await;
    let calls = &out[0]["calls"];
    assert_eq!(
        (&calls[1]["error"]["code"], &calls[1]["returnData"], &calls[1]["status"]),
        (&json!(3), &json!("0x1234"), &json!("0x0"))
    );
    assert_eq!((&calls[2]["error"]["code"], &calls[2]["gasUsed"]), (&json!(-32015), &json!("0x10000")));
    let log = &calls[3]["logs"][0];
    assert_eq!(
        (&log["logIndex"], &log["transactionIndex"], &log["blockHash"]),
        (&json!("0x1"), &json!("0x3"), &out[0]["hash"])
    );
    assert_eq!((&log["transactionHash"], &log["address"]), (&out[0]["transactions"][3], &json!(LOGGER)));
    assert!(number(&calls[0]["maxUsedGas"]) >= number(&calls[0]["gasUsed"]));
    assert_ne!(out[0]["logsBloom"], json!(alloy::primitives::Bloom::ZERO));
}

#[tokio::test]
async fn transfers_that_stand_are_logged_and_no_others() {
    let world = World::dev().await;
    // Sends 1 wei to an account that reverts and 2 wei to one that does not, then destroys itself in favour of POOR.
    let call = |value: &str, to: &str| format!("5f5f5f5f{value}73{}5af150", &to[2..]);
    let code = format!("0x{}{}73{}ff", call("6001", &REVERTER.to_string()), call("6002", POOR), &POOR[2..]);
    let state = json!({ RICH: { "balance": "0x3e8" }, "0x00000000000000000000000000000000000000d0": { "code": code } });
    let send = json!({ "from": RICH, "to": "0x00000000000000000000000000000000000000d0", "value": "0x9" });
    let blocks = json!([{ "stateOverrides": state, "calls": [send] }]);
    let traced = simulate(&world, json!({ "blockStateCalls": blocks, "traceTransfers": true })).await;
    let logs = traced[0]["calls"][0]["logs"].as_array().unwrap();
    let values: Vec<u64> = logs.iter().map(|log| number(&log["data"])).collect();
    assert_eq!(values, [9, 2, 7], "{traced}");
    assert!(logs.iter().all(|log| log["address"] == "0xeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"));
    assert_eq!(logs[0]["topics"][0], json!(keccak256("Transfer(address,address,uint256)")));
    let plain = simulate(&world, json!({ "blockStateCalls": blocks })).await;
    assert_eq!(plain[0]["calls"][0]["logs"], json!([]));
    assert_eq!(plain[0]["hash"], traced[0]["hash"], "what no contract wrote is not part of the block");
}

#[tokio::test]
async fn precompiles_move_for_one_block() {
    let world = World::dev().await;
    let identity = "0x0000000000000000000000000000000000000004";
    let moved = json!({ identity: { "movePrecompileToAddress": POOR, "code": "0x60015f5260205ff3" } });
    let ask = |to: &str| json!({ "to": to, "data": "0xabcd" });
    let blocks = json!([{ "stateOverrides": moved, "calls": [ask(POOR), ask(identity)] }, { "calls": [ask(identity), ask(POOR)] }]);
    let out = simulate(&world, json!({ "blockStateCalls": blocks })).await;
    assert_eq!(out[0]["calls"][0]["returnData"], "0xabcd");
    assert_eq!(out[0]["calls"][1]["returnData"], json!(B256::with_last_byte(1)));
    assert_eq!(
        (&out[1]["calls"][0]["returnData"], &out[1]["calls"][1]["returnData"]),
        (&json!("0xabcd"), &json!("0x"))
    );
    let to = |from: &str, to: &str| json!([{ "stateOverrides": { from: { "movePrecompileToAddress": to } } }]);
    assert_eq!(refused(&world, to(identity, identity)).await, -38022);
    assert_eq!(refused(&world, to(POOR, RICH)).await, -32000, "it is no precompile");
    let twice = json!([{ "stateOverrides": { identity: { "movePrecompileToAddress": POOR },
        "0x0000000000000000000000000000000000000003": { "movePrecompileToAddress": POOR } } }]);
    assert_eq!(refused(&world, twice).await, -38023);
}

#[tokio::test]
async fn what_cannot_start_fails_with_the_specs_code() {
    let world = World::dev().await;
    let owner = signer(0).address();
    let call = |call: Value| json!([{ "calls": [call] }]);
    assert_eq!(refused(&world, json!([])).await, -32602);
    assert_eq!(refused(&world, call(json!({ "from": POOR, "to": RICH, "value": "0x1" }))).await, -38014);
    assert_eq!(refused(&world, call(json!({ "from": owner, "to": RICH, "gas": "0x5207" }))).await, -38013);
    assert_eq!(refused(&world, call(json!({ "from": owner, "gas": "0xffffffff" }))).await, -38015);
    let initcode = Bytes::from(vec![0; 49_153]);
    assert_eq!(refused(&world, call(json!({ "from": owner, "data": initcode }))).await, -38025);
    let number = |number: &str| json!({ "blockOverrides": { "number": number } });
    assert_eq!(refused(&world, json!([number("0x5"), number("0x5")])).await, -38020);
    let time = |time: &str| json!({ "blockOverrides": { "time": time } });
    assert_eq!(refused(&world, json!([time("0x7fffffff"), time("0x7fffffff")])).await, -38021);
    assert_eq!(refused(&world, json!([number("0x101")])).await, -38026);
    assert_eq!(refused(&world, json!([number(&U256::MAX.to_string())])).await, -38026);
    // Signed by nobody, but checked: nonce, fee, and who sends.
    let strict = async |call: Value, state: Value| {
        let payload = json!({ "validation": true, "blockStateCalls": [{ "stateOverrides": state, "calls": [call] }] });
        world.fail("eth_simulateV1", json!([payload])).await.0
    };
    let paid = |nonce: &str| json!({ "from": owner, "to": RICH, "nonce": nonce, "maxFeePerGas": "0xffffffff" });
    assert_eq!(strict(paid("0x1"), json!({})).await, -38011);
    assert_eq!(strict(paid("0x0"), json!({ owner.to_string(): { "nonce": "0x5" } })).await, -38010);
    assert_eq!(strict(json!({ "from": owner, "to": RICH }), json!({})).await, -38012);
    assert_eq!(strict(paid("0x0"), json!({ owner.to_string(): { "code": "0x00" } })).await, -38024);
    let valid = json!({ "validation": true, "blockStateCalls": [{ "calls": [paid("0x0")] }] });
    let out = simulate(&world, valid).await;
    assert_eq!(out[0]["calls"][0]["status"], "0x1");
    assert_eq!(out[0]["baseFeePerGas"], world.get("eth_baseFee", json!([])).await);
}

#[tokio::test]
async fn work_and_answers_are_bounded() {
    let world = World::dev().await;
    let endless = json!({ RICH: { "code": "0x5b5f56" } });
    // Each takes all that its block has; four blocks' worth are there.
    let block = json!({ "calls": [{ "to": RICH }] });
    let mut blocks = vec![block; 5];
    blocks[0]["stateOverrides"] = endless;
    assert_eq!(refused(&world, json!(blocks)).await, -38026);
    blocks.pop();
    let out = simulate(&world, json!({ "blockStateCalls": blocks })).await;
    assert_eq!(out[3]["calls"][0]["error"]["code"], -32015);
    // Returns 100,000 bytes for little gas, often.
    let large = json!({ RICH: { "code": "0x620186a05ff3" } });
    let calls = vec![json!({ "to": RICH, "gas": "0x186a0" }); 600];
    assert_eq!(refused(&world, json!([{ "stateOverrides": large, "calls": calls }])).await, -38026);
    let blobs = json!([{ "calls": [{ "to": RICH, "blobVersionedHashes": [B256::ZERO], "maxFeePerBlobGas": "0x1" }] }]);
    assert_eq!(refused(&world, blobs).await, -32000);
}
