use super::{
    scenario::{conductor, reason},
    world::{LOGGER, World, number, request, sign, transfer},
};
use alloy::primitives::{Address, B256, Bytes, TxKind};
use alloy_consensus::TxEip1559;
use serde_json::{Value, json};

/// Without what changes with every change of a header.
fn stable(mut value: Value) -> Value {
    if let Value::Object(fields) = &mut value {
        fields.retain(|name, _| name != "blockHash" && name != "transactionHash");
        fields.values_mut().for_each(|field| *field = stable(field.take()));
    }
    if let Value::Array(items) = &mut value {
        items.iter_mut().for_each(|item| *item = stable(item.take()));
    }
    value
}

async fn golden(name: &str, options: Value) {
    let (world, _, hash) = World::conducted().await;
    let trace = world.get("debug_traceTransaction", json!([hash, options])).await;
    let text = serde_json::to_string_pretty(&stable(trace)).expect("JSON");
    insta::assert_snapshot!(name, text);
}

#[tokio::test]
async fn calls_are_a_tree_with_reasons_logs_and_precompiles_by_name() {
    golden("call_tracer", json!({ "tracer": "callTracer", "tracerConfig": { "withLog": true } })).await;
}

#[tokio::test]
async fn calls_are_a_list_in_parity_style() {
    golden("flat_call_tracer", json!({ "tracer": "flatCallTracer", "tracerConfig": { "includePrecompiles": true } }))
        .await;
}

#[tokio::test]
async fn the_state_before_is_all_that_the_transaction_needs() {
    golden("prestate_tracer", json!({ "tracer": "prestateTracer" })).await;
}

#[tokio::test]
async fn the_difference_is_what_the_transaction_changes() {
    golden("prestate_diff", json!({ "tracer": "prestateTracer", "tracerConfig": { "diffMode": true } })).await;
}

#[tokio::test]
async fn selectors_are_counted() {
    let (world, _, hash) = World::conducted().await;
    let trace = world.get("debug_traceTransaction", json!([hash, { "tracer": "4byteTracer" }])).await;
    // The conductor, and three contracts with the same input; the precompile does not count.
    assert_eq!(trace, json!({ "0x08c379a0-96": 4 }));
}

#[tokio::test]
async fn one_run_serves_several_tracers() {
    let (world, _, hash) = World::conducted().await;
    let several = json!({ "callTracer": {}, "flatCallTracer": null, "4byteTracer": null, "noopTracer": null,
        "prestateTracer": { "diffMode": true } });
    let options = json!({ "tracer": "muxTracer", "tracerConfig": several });
    let trace = world.get("debug_traceTransaction", json!([hash, options])).await;
    for (tracer, config) in several.as_object().unwrap() {
        let options = json!({ "tracer": tracer, "tracerConfig": config });
        assert_eq!(trace[tracer], world.get("debug_traceTransaction", json!([hash, options])).await, "{tracer}");
    }
}

#[tokio::test]
async fn steps_have_stack_memory_and_storage() {
    let (world, contract, hash) = World::conducted().await;
    let trace = world.get("debug_traceTransaction", json!([hash, { "enableMemory": true }])).await;
    let steps = trace["structLogs"].as_array().unwrap();
    assert_eq!((&trace["failed"], &trace["returnValue"]), (&json!(false), &json!("0x")));
    let first = json!({ "pc": 0, "op": "CALLDATASIZE", "gas": steps[0]["gas"], "gasCost": 2, "depth": 1, "stack": [],
        "memory": [] });
    assert_eq!(steps[0], first);
    assert_eq!(steps[1]["stack"], json!(["0x64"]));
    let slot = |number: u8| B256::with_last_byte(number);
    let write = steps.iter().find(|step| step["op"] == "SSTORE").unwrap();
    assert_eq!((&write["storage"], &write["gasCost"]), (&json!({ slot(1).to_string(): slot(7) }), &json!(22_100)));
    let read = steps.iter().find(|step| step["op"] == "SLOAD").unwrap();
    assert_eq!((&read["storage"], &read["gasCost"]), (&write["storage"], &json!(100)));
    assert!(steps.iter().any(|step| step["depth"] == 2 && step["op"] == "LOG1"));
    assert!(steps.iter().any(|step| step["memory"].as_array().is_some_and(|words| words.len() > 18)));
    // Between two steps of one frame that make no call, gas falls by what the first costs.
    for pair in steps.windows(2).filter(|pair| pair[0]["depth"] == pair[1]["depth"] && pair[0]["depth"] == 2) {
        if pair[0]["op"] != "STOP" && pair[0]["op"] != "REVERT" {
            assert_eq!(pair[0]["gas"].as_u64().unwrap() - pair[0]["gasCost"].as_u64().unwrap(), pair[1]["gas"]);
        }
    }
    let options = json!({ "limit": 3, "disableStack": true, "disableStorage": true });
    let few = world.get("debug_traceTransaction", json!([hash, options])).await;
    assert_eq!(few["structLogs"].as_array().unwrap().len(), 3);
    assert_eq!((&few["structLogs"][0]["stack"], &few["gas"]), (&Value::Null, &trace["gas"]));
    let call = json!([{ "to": contract, "input": reason() }, "latest", {}]);
    let question = world.get("debug_traceCall", call).await;
    assert_eq!(question["structLogs"].as_array().unwrap().len(), steps.len());
}

#[tokio::test]
async fn every_tracer_tells_the_receipts_gas_for_every_transaction_of_a_block() {
    let world = World::network().await;
    let create = TxEip1559 {
        to: TxKind::Create,
        input: super::scenario::init(&conductor()),
        gas_limit: 1_000_000,
        ..request(0, LOGGER)
    };
    let contract = super::world::signer(0).address().create(0);
    let call = TxEip1559 { input: reason(), gas_limit: 500_000, ..request(1, contract) };
    let failing = TxEip1559 { input: Bytes::from(vec![1; 40]), ..request(1, super::world::REVERTER) };
    let starved = TxEip1559 { input: Bytes::from(vec![1; 40]), gas_limit: 22_600, ..request(2, LOGGER) };
    for bytes in [sign(0, create), sign(0, call), transfer(1, 0), sign(1, failing), sign(1, starved)] {
        world.get("eth_sendRawTransaction", json!([bytes])).await;
    }
    world.sealer.seal();
    let receipts = world.get("eth_getBlockReceipts", json!(["latest"])).await;
    let gas: Vec<u64> = receipts.as_array().unwrap().iter().map(|receipt| number(&receipt["gasUsed"])).collect();
    assert_eq!(gas.len(), 5);
    let statuses: Vec<_> = receipts.as_array().unwrap().iter().map(|receipt| receipt["status"].clone()).collect();
    assert_eq!(statuses.iter().filter(|status| **status == "0x0").count(), 2, "{receipts}");
    let traced = async |tracer: &str| {
        let block = world.get("debug_traceBlockByNumber", json!(["latest", { "tracer": tracer }])).await;
        let hashes: Vec<_> = receipts.as_array().unwrap().iter().map(|receipt| &receipt["transactionHash"]).collect();
        let block = block.as_array().unwrap().clone();
        assert_eq!(block.iter().map(|trace| &trace["txHash"]).collect::<Vec<_>>(), hashes);
        block.into_iter().map(|mut trace| trace["result"].take()).collect::<Vec<_>>()
    };
    let steps: Vec<_> = traced("").await.iter().map(|trace| trace["gas"].as_u64().unwrap()).collect();
    let calls: Vec<_> = traced("callTracer").await.iter().map(|trace| number(&trace["gasUsed"])).collect();
    assert_eq!((&steps, &calls), (&gas, &gas));
    for (flat, gas) in traced("flatCallTracer").await.iter().zip(&gas) {
        // A failed frame has no result.
        if !flat[0]["result"].is_null() {
            assert_eq!(number(&flat[0]["result"]["gasUsed"]), *gas);
        }
    }
    let by_hash = json!([receipts[0]["blockHash"], { "tracer": "callTracer" }]);
    let raw = world.get("debug_getRawBlock", json!(["latest"])).await;
    let by_number = world.get("debug_traceBlockByNumber", json!(["0x1", { "tracer": "callTracer" }])).await;
    assert_eq!(world.get("debug_traceBlockByHash", by_hash).await, by_number);
    assert_eq!(world.get("debug_traceBlock", json!([raw, { "tracer": "callTracer" }])).await, by_number);
}

#[tokio::test]
async fn a_question_is_traced_with_overrides() {
    let world = World::dev().await;
    let target = Address::repeat_byte(0x99);
    let options = json!({
        "tracer": "callTracer",
        "stateOverrides": { target.to_string(): { "code": "0x435f524760205260405ff3", "balance": "0x2a" } },
        "blockOverrides": { "number": "0x64" },
    });
    let trace = world.get("debug_traceCall", json!([{ "to": target, "gas": "0xffff" }, "latest", options])).await;
    let words: Bytes = serde_json::from_value(trace["output"].clone()).unwrap();
    assert_eq!((words[31], words[63], &trace["gas"]), (0x64, 0x2a, &json!("0xffff")));
    let within = json!([{ "to": target }, "latest", { "txIndex": "0x0" }]);
    assert_eq!(world.fail("debug_traceCall", within).await.0, -32004);
}

#[tokio::test]
async fn blocks_transactions_and_receipts_are_given_as_bytes() {
    let world = World::dev().await;
    let signed = transfer(0, 0);
    let hash = world.get("eth_sendRawTransaction", json!([signed])).await;
    let block = world.get("eth_getBlockByNumber", json!(["latest", false])).await;
    assert_eq!(world.get("debug_getRawTransaction", json!([hash])).await, json!(signed));
    assert_eq!(world.get("debug_getRawTransaction", json!([B256::ZERO])).await, "0x");
    let header: Bytes = serde_json::from_value(world.get("debug_getRawHeader", json!(["latest"])).await).unwrap();
    assert_eq!(json!(alloy::primitives::keccak256(&header)), block["hash"]);
    let raw: Bytes = serde_json::from_value(world.get("debug_getRawBlock", json!([block["hash"]])).await).unwrap();
    assert_eq!(raw.len() as u64, number(&block["size"]));
    let receipts = world.get("debug_getRawReceipts", json!(["0x1"])).await;
    assert!(receipts[0].as_str().unwrap().starts_with("0x02f9"), "{receipts}");
    assert_eq!(world.get("debug_chainConfig", json!([])).await["chainId"], 31_337);
    assert_eq!(world.fail("debug_getRawBlock", json!(["0x9"])).await, (-32000, "block 0x9 not found".into()));
}

#[tokio::test]
async fn what_cannot_be_traced_is_refused_in_words() {
    let (world, _, hash) = World::conducted().await;
    for (tracer, start) in [
        ("{ step: function() {}, fault: function() {}, result: function() { return 1 } }", "JavaScript tracers are"),
        ("evmTracer", "there is no tracer \"evmTracer\""),
    ] {
        let (code, message) = world.fail("debug_traceTransaction", json!([hash, { "tracer": tracer }])).await;
        assert!(
            code == -32602 && message.starts_with(start) && message.contains("callTracer, prestateTracer"),
            "{message}"
        );
    }
    let (_, message) = world.fail("debug_traceTransaction", json!([B256::ZERO])).await;
    assert_eq!(message, "transaction not found");
    let (_, message) = world.fail("debug_traceBlockByNumber", json!(["0x0"])).await;
    assert_eq!(message, "genesis is not traceable");
    let bad = json!([hash, { "tracer": "callTracer", "tracerConfig": { "withLog": 7 } }]);
    assert_eq!(world.fail("debug_traceTransaction", bad).await.0, -32602);
    assert_eq!(world.fail("debug_traceTransaction", json!([hash, { "timeout": "soon" }])).await.0, -32602);
    let (code, message) = world.fail("debug_traceBlock", json!(["0xc0"])).await;
    assert!(code == -32602 && message.starts_with("could not decode block"), "{message}");
}
