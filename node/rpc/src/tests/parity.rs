use super::{
    scenario::reason,
    world::{LOGGER, REVERTER, World, number, request, sign, signer, transfer},
};
use alloy::primitives::{Address, B256};
use alloy_consensus::TxEip1559;
use serde_json::{Value, json};

fn count(traces: &Value) -> usize {
    traces.as_array().unwrap_or_else(|| panic!("{traces} is no list")).len()
}

#[tokio::test]
async fn a_transactions_traces_are_its_blocks() {
    let (world, contract, hash) = World::conducted().await;
    let traces = world.get("trace_transaction", json!([hash])).await;
    let places: Vec<_> = traces.as_array().unwrap().iter().map(|trace| trace["traceAddress"].clone()).collect();
    // Precompiles are no traces of their own.
    assert_eq!(json!(places), json!([[], [0], [1], [2], [3]]));
    assert_eq!((&traces[0]["action"]["to"], &traces[0]["subtraces"]), (&json!(lower(contract)), &json!(4)));
    assert_eq!(traces[0]["result"]["gasUsed"], world.gas_used(hash).await);
    assert_eq!((&traces[2]["error"], &traces[2]["action"]["to"]), (&json!("Reverted"), &json!(lower(REVERTER))));
    assert_eq!(traces[3]["action"]["callType"], "delegatecall");
    assert_eq!(traces[4]["type"], "create");
    assert_eq!(world.get("trace_block", json!(["0x2"])).await, traces);
    assert_eq!(world.get("trace_get", json!([hash, ["0x2"]])).await, traces[3]);
    assert!(world.get("trace_get", json!([hash, ["0x7"]])).await.is_null());
    assert_eq!(world.get("trace_block", json!(["0x0"])).await, json!([]));
    assert!(world.get("trace_block", json!(["0x9"])).await.is_null());
    assert!(world.get("trace_transaction", json!([B256::ZERO])).await.is_null());
}

fn lower(address: Address) -> String {
    address.to_string().to_lowercase()
}

#[tokio::test]
async fn a_filter_finds_by_address_and_in_pages() {
    let (world, contract, _) = World::conducted().await;
    world.get("eth_sendRawTransaction", json!([transfer(1, 0)])).await;
    let filter = async |filter: Value| world.get("trace_filter", json!([filter])).await;
    let all = filter(json!({ "fromBlock": "0x0", "toBlock": "latest" })).await;
    assert_eq!(count(&all), 1 + 5 + 1);
    let page = filter(json!({ "fromBlock": "0x1", "after": 2, "count": 3 })).await;
    assert_eq!(page.as_array().unwrap(), &all.as_array().unwrap()[2..5]);
    let to = filter(json!({ "toAddress": [LOGGER] })).await;
    assert_eq!(count(&to), 2, "a call and a delegated one: {to}");
    let from = filter(json!({ "fromAddress": [signer(1).address()] })).await;
    assert_eq!((count(&from), &from[0]["blockNumber"]), (1, &json!(3)));
    let both = json!({ "fromAddress": [signer(1).address()], "toAddress": [LOGGER], "mode": "union" });
    assert_eq!(count(&filter(both).await), 3);
    let neither = json!({ "fromAddress": [signer(1).address()], "toAddress": [contract] });
    assert_eq!(filter(neither).await, json!([]));
    let (code, message) = world.fail("trace_filter", json!([{ "fromBlock": "0x2", "toBlock": "0x1" }])).await;
    assert!(code == -32602 && message.starts_with("invalid block range params"), "{message}");
    let (code, message) = world.fail("trace_filter", json!([{ "fromBlock": "0x2", "toBlock": "0x9" }])).await;
    assert_eq!((code, message.as_str()), (-32602, "block range extends beyond current head block"));
}

#[tokio::test]
async fn replays_tell_traces_changes_and_steps() {
    let (world, contract, hash) = World::conducted().await;
    let types = json!(["trace", "stateDiff", "vmTrace"]);
    let replay = world.get("trace_replayTransaction", json!([hash, types])).await;
    assert_eq!(replay["output"], "0x");
    assert_eq!(count(&replay["trace"]), 5);
    let slot = &replay["stateDiff"][lower(contract)]["storage"][B256::with_last_byte(1).to_string()];
    assert_eq!(slot["*"]["to"], json!(B256::with_last_byte(7)));
    assert_eq!(replay["stateDiff"][lower(signer(0).address())]["nonce"]["*"]["to"], "0x2");
    let ops = replay["vmTrace"]["ops"].as_array().unwrap();
    assert_eq!(ops.iter().filter(|op| op["sub"].is_object()).count(), 5);
    let mut block = world.get("trace_replayBlockTransactions", json!(["0x2", types])).await;
    assert_eq!(block[0]["transactionHash"], json!(hash));
    block[0].as_object_mut().unwrap().remove("transactionHash");
    assert_eq!(block[0], replay);
    let only = world.get("trace_replayTransaction", json!([hash, ["trace"]])).await;
    assert!(only["stateDiff"].is_null() && only["vmTrace"].is_null());
}

#[tokio::test]
async fn questions_and_unsent_transactions_are_traced() {
    let (world, contract, _) = World::conducted().await;
    let call = json!({ "to": contract, "input": reason() });
    let trace = world.get("trace_call", json!([call, ["trace"]])).await;
    assert_eq!(count(&trace["trace"]), 5);
    let signed = transfer(1, 0);
    let raw = world.get("trace_rawTransaction", json!([signed, ["trace", "stateDiff"]])).await;
    assert_eq!(number(&raw["trace"][0]["result"]["gasUsed"]), 21_000);
    let to = lower(Address::repeat_byte(0x70));
    assert_eq!(raw["stateDiff"][&to]["balance"]["+"], "0x5");
    // The second call of many sees what the first has done.
    let pay = json!([{ "from": signer(1).address(), "to": to, "value": "0x5" }, ["stateDiff"]]);
    let many = world.get("trace_callMany", json!([[pay, pay]])).await;
    assert_eq!(many[0]["stateDiff"][&to]["balance"]["+"], "0x5");
    assert_eq!(many[1]["stateDiff"][&to]["balance"]["*"], json!({ "from": "0x5", "to": "0xa" }));
    let pays = vec![pay; 257];
    assert_eq!(world.fail("trace_callMany", json!([pays])).await.0, -32005);
    let (_, message) = world.fail("trace_rawTransaction", json!(["0x02", ["trace"]])).await;
    assert!(message.starts_with("malformed transaction"), "{message}");
}

#[tokio::test]
async fn a_filter_that_runs_too_much_names_a_range_that_works() {
    let world = World::network().await;
    world
        .get(
            "eth_sendRawTransaction",
            json!([sign(
                0,
                TxEip1559 {
                    to: alloy::primitives::TxKind::Create,
                    input: super::scenario::init(&[0x5b, 0x5f, 0x56]),
                    ..request(0, LOGGER)
                }
            )]),
        )
        .await;
    world.sealer.seal();
    let spin = signer(0).address().create(0);
    for block in 0..7 {
        for from in 1..6 {
            let bytes = sign(from, TxEip1559 { gas_limit: 1 << 24, ..request(block, spin) });
            world.get("eth_sendRawTransaction", json!([bytes])).await;
        }
        world.sealer.seal();
    }
    let (code, message) = world.fail("trace_filter", json!([{ "fromBlock": "0x2" }])).await;
    assert!(code == -32005 && message.contains("Try with this block range [0x2, 0x"), "{message}");
    let found = world.get("trace_filter", json!([{ "fromBlock": "0x2", "toBlock": "0x3" }])).await;
    assert_eq!((count(&found), &found[0]["error"]), (10, &json!("Out of gas")));
}

#[tokio::test]
async fn a_filter_over_too_many_blocks_is_told_which_it_may_ask_for() {
    let world = World::dev().await;
    world.get("hardhat_mine", json!(["0x2710"])).await;
    let (code, said) = world.fail("trace_filter", json!([{ "fromBlock": "0x0", "toBlock": "0x2710" }])).await;
    assert!(code == -32005 && said.contains("[0x0, 0x270f]"), "{code}: {said}");
    assert_eq!(world.get("trace_filter", json!([{ "fromBlock": "0x1", "toBlock": "0x2710" }])).await, json!([]));
    let account = Address::ZERO;
    for method in ["ots_searchTransactionsBefore", "ots_searchTransactionsAfter"] {
        let (code, said) = world.fail(method, json!([account, 0, 1001])).await;
        assert!(code == -32602 && said.contains("at most 1000"), "{method}: {said}");
        assert!(world.get(method, json!([account, 0, 1000])).await["txs"].is_array(), "{method}");
    }
}
