use super::world::{FLOOD, LOGGER, World, request, sign};
use crate::logs::STREAMED;
use alloy::{
    primitives::{B256, Bytes, U256},
    rpc::types::Filter,
};
use alloy_consensus::TxEip1559;
use serde_json::{Value, json};

fn topic(number: u64) -> B256 {
    B256::from(U256::from(number))
}

pub(crate) async fn emit(world: &World, nonce: u64, number: u64) -> Value {
    let input = Bytes::from(topic(number).to_vec());
    world.get("eth_sendRawTransaction", json!([sign(0, TxEip1559 { input, ..request(nonce, LOGGER) })])).await
}

#[tokio::test]
async fn logs_are_found_by_range_address_topic_and_block() {
    let world = World::dev().await;
    let mut hashes = Vec::new();
    for nonce in 0..4 {
        hashes.push(emit(&world, nonce, nonce % 2).await);
    }
    let all = world.get("eth_getLogs", json!([{ "fromBlock": "0x0", "toBlock": "latest", "address": LOGGER }])).await;
    let found: Vec<_> = all.as_array().unwrap().iter().map(|log| log["transactionHash"].clone()).collect();
    assert_eq!(found, hashes);
    assert_eq!((&all[2]["blockNumber"], &all[2]["logIndex"]), (&"0x3".into(), &"0x0".into()));
    assert!(all[0]["blockTimestamp"].is_string() && all[0]["removed"] == false);
    let odd = world.get("eth_getLogs", json!([{ "fromBlock": "0x1", "topics": [topic(1)] }])).await;
    assert_eq!(
        odd.as_array().unwrap().iter().map(|log| log["transactionHash"].clone()).collect::<Vec<_>>(),
        [hashes[1].clone(), hashes[3].clone()]
    );
    let block = world.get("eth_getLogs", json!([{ "blockHash": all[1]["blockHash"] }])).await;
    assert_eq!(block, json!([all[1]]));
    assert_eq!(
        world.get("eth_getLogs", json!([{ "fromBlock": "0x0", "address": B256::ZERO.to_string()[..42] }])).await,
        json!([])
    );
}

#[tokio::test]
async fn impossible_ranges_are_errors() {
    let world = World::dev().await;
    emit(&world, 0, 1).await;
    let (code, message) = world.fail("eth_getLogs", json!([{ "fromBlock": "0x1", "toBlock": "0x0" }])).await;
    assert!(code == -32602 && message.starts_with("invalid block range params"), "{message}");
    let (code, message) = world.fail("eth_getLogs", json!([{ "fromBlock": "0x0", "toBlock": "0x2" }])).await;
    assert_eq!((code, message.as_str()), (-32602, "block range extends beyond current head block"));
    let (code, message) = world.fail("eth_getLogs", json!([{ "blockHash": B256::ZERO }])).await;
    assert_eq!((code, message.as_str()), (-32000, "unknown block"));
    let topics: Vec<_> = (0..1001).map(topic).collect();
    assert_eq!(world.fail("eth_getLogs", json!([{ "topics": [topics] }])).await.0, -32602);
}

#[tokio::test]
async fn filters_report_each_thing_once() {
    let world = World::dev().await;
    let logs = world.get("eth_newFilter", json!([{ "address": LOGGER }])).await;
    let blocks = world.get("eth_newBlockFilter", json!([])).await;
    let pending = world.get("eth_newPendingTransactionFilter", json!([])).await;
    assert_eq!(world.get("eth_getFilterChanges", json!([logs])).await, json!([]));
    let hash = emit(&world, 0, 1).await;
    let found = world.get("eth_getFilterChanges", json!([logs])).await;
    assert_eq!(found[0]["transactionHash"], hash);
    assert_eq!(world.get("eth_getFilterChanges", json!([logs])).await, json!([]));
    assert_eq!(world.get("eth_getFilterChanges", json!([blocks])).await, json!([found[0]["blockHash"]]));
    assert_eq!(world.get("eth_getFilterChanges", json!([blocks])).await, json!([]));
    assert_eq!(world.get("eth_getFilterChanges", json!([pending])).await, json!([hash]));
    assert_eq!(world.get("eth_uninstallFilter", json!([logs])).await, true);
    assert_eq!(world.get("eth_uninstallFilter", json!([logs])).await, false);
    let (code, message) = world.fail("eth_getFilterChanges", json!([logs])).await;
    assert_eq!((code, message.as_str()), (-32000, "filter not found"));
}

pub(crate) async fn flood(world: &World, nonce: u64, logs: u64) {
    let input = Bytes::from(topic(logs).to_vec());
    let flood = TxEip1559 { input, gas_limit: 1 << 24, ..request(nonce, FLOOD) };
    world.get("eth_sendRawTransaction", json!([sign(0, flood)])).await;
}

#[tokio::test]
async fn too_large_an_answer_names_a_range_that_works() {
    let world = World::dev().await;
    for nonce in 0..4 {
        flood(&world, nonce, 38_000).await;
    }
    let filter = world.get("eth_newFilter", json!([{ "fromBlock": "0x0" }])).await;
    let (code, message) = world.fail("eth_getFilterLogs", json!([filter])).await;
    assert_eq!(code, -32005);
    assert!(message.ends_with("Try with this block range [0x0, 0x3]."), "{message}");
    let mut polled = Vec::new();
    for _ in 0..3 {
        polled.push(world.get("eth_getFilterChanges", json!([filter])).await.as_array().unwrap().len());
    }
    assert_eq!(polled, [114_000, 38_000, 0], "a filter goes on where it stopped");
}

#[tokio::test]
async fn a_streamed_answer_is_what_a_whole_one_is() {
    let world = World::dev().await;
    for nonce in 0..3 {
        flood(&world, 2 * nonce, 1_500).await;
        emit(&world, 2 * nonce + 1, nonce).await;
    }
    for query in [json!({ "fromBlock": "0x0" }), json!({ "fromBlock": "0x0", "address": LOGGER }), json!({})] {
        let streamed = world.get("eth_getLogs", json!([query])).await;
        let filter = world.get("eth_newFilter", json!([query])).await;
        assert_eq!(streamed, world.get("eth_getFilterLogs", json!([filter])).await);
        for log in streamed.as_array().unwrap() {
            let alloys: alloy::rpc::types::Log = serde_json::from_value(log.clone()).expect("a log");
            assert_eq!(serde_json::to_value(alloys).unwrap(), *log);
        }
    }
    assert_eq!(world.get("eth_getLogs", json!([{ "fromBlock": "0x0" }])).await.as_array().unwrap().len(), 4_503);
    assert_eq!(world.get("eth_getLogs", json!([{ "topics": [topic(9)] }])).await, json!([]));
}

#[tokio::test]
async fn a_block_whose_logs_fit_in_no_answer_is_refused_and_not_passed_over() {
    let world = World::network().await;
    let filter = world.get("eth_newFilter", json!([{ "fromBlock": "0x0" }])).await;
    for nonce in 0..5 {
        flood(&world, nonce, 38_000).await;
    }
    world.sealer.seal();
    let block = world.get("eth_getBlockByNumber", json!(["0x1", false])).await;
    assert_eq!(block["transactions"].as_array().unwrap().len(), 5);
    for (method, parameter) in [("eth_getFilterChanges", filter.clone()), ("eth_getFilterLogs", filter)] {
        let (code, message) = world.fail(method, json!([parameter])).await;
        assert!(code == -32005 && message.starts_with("block 0x1 alone has more than"), "{code} {message}");
    }
}

#[tokio::test]
async fn logs_of_the_pending_block_are_refused_as_geth_does() {
    let world = World::dev().await;
    for query in [json!({ "fromBlock": "pending" }), json!({ "fromBlock": "0x0", "toBlock": "pending" })] {
        for method in ["eth_getLogs", "eth_newFilter"] {
            let (code, message) = world.fail(method, json!([query])).await;
            assert_eq!((code, message.as_str()), (-32000, "pending logs are not supported"), "{method}");
        }
    }
}

#[tokio::test]
async fn a_filter_of_hundreds_of_kilobytes_is_not_read_on_the_spot() {
    let world = World::dev().await;
    let long = json!([{ "address": vec![LOGGER; 10_000] }]);
    assert_eq!(world.fail("eth_newFilter", long.clone()).await.0, -32602);
    assert_eq!(world.get("eth_getLogs", long).await, json!([]));
    world.get("eth_newFilter", json!([{ "topics": [(0..1000).map(topic).collect::<Vec<_>>()] }])).await;
}

/// Those of another block at the same height are not what was found.
#[tokio::test]
async fn logs_of_a_block_that_was_taken_back_are_an_error() {
    let world = World::dev().await;
    emit(&world, 0, 1).await;
    let snapshot = world.get("evm_snapshot", json!([])).await;
    emit(&world, 1, 2).await;
    let find = |from: u64| world.context.find(&Filter::new().from_block(from), STREAMED).unwrap();
    let (first, second, begun, above) = (find(0), find(2), find(0), find(0));
    // What happens above the blocks, or to the state alone, is no matter.
    world.get("hardhat_setBalance", json!([LOGGER, "0x1"])).await;
    let higher = world.get("evm_snapshot", json!([])).await;
    world.get("evm_mine", json!([])).await;
    world.get("evm_revert", json!([higher])).await;
    assert!(above.whole(&world.context).is_ok());
    let (mut begun, mut out) = (begun, Vec::new());
    assert!(begun.next(&world.context, &mut out, 1).unwrap());
    world.get("evm_revert", json!([snapshot])).await;
    let missing = first.whole(&world.context).unwrap_err().to_string();
    emit(&world, 1, 3).await;
    let other = second.whole(&world.context).unwrap_err().to_string();
    let rest = begun.next(&world.context, &mut out, usize::MAX).unwrap_err().to_string();
    for said in [missing, other, rest] {
        assert!(said.starts_with("block 2 was taken back"), "{said}");
    }
    assert!(find(0).whole(&world.context).is_ok());
}
