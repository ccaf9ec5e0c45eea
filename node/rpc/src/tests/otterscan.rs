use super::{
    scenario::{conductor, reason},
    world::{LOGGER, REVERTER, World, number, request, signer, transfer},
};
use alloy::primitives::{Address, B256, U256};
use alloy_consensus::TxEip1559;
use serde_json::{Value, json};

#[tokio::test]
async fn contracts_and_transactions_are_found_without_an_index() {
    let (world, contract, hash) = World::conducted().await;
    let sender = signer(0).address();
    world.get("eth_sendRawTransaction", json!([transfer(1, 0)])).await;
    assert_eq!(world.get("ots_getApiLevel", json!([])).await, 8);
    assert_eq!(world.get("ots_hasCode", json!([contract])).await, true);
    assert_eq!(world.get("ots_hasCode", json!([contract, "0x0"])).await, false);
    assert_eq!(world.get("ots_getTransactionBySenderAndNonce", json!([sender, 1])).await, json!(hash));
    assert!(world.get("ots_getTransactionBySenderAndNonce", json!([sender, 2])).await.is_null());
    let create = world.get("ots_getTransactionBySenderAndNonce", json!([sender, 0])).await;
    let creator = world.get("ots_getContractCreator", json!([contract])).await;
    assert_eq!(creator, json!({ "hash": create, "creator": lower(sender) }));
    // A contract's contract; a contract of genesis; no contract at all.
    let child = contract.create(1);
    let creator = world.get("ots_getContractCreator", json!([child])).await;
    assert_eq!(creator, json!({ "hash": hash, "creator": lower(contract) }));
    for other in [LOGGER, sender] {
        assert!(world.get("ots_getContractCreator", json!([other])).await.is_null());
    }
    assert_eq!(world.get("erigon_getHeaderByNumber", json!([2])).await["number"], "0x2");
}

fn lower(address: Address) -> String {
    address.to_string().to_lowercase()
}

#[tokio::test]
async fn what_happened_inside_is_told() {
    let (world, contract, hash) = World::conducted().await;
    let operations = world.get("ots_getInternalOperations", json!([hash])).await;
    let created = json!([{ "type": 2, "from": lower(contract), "to": lower(contract.create(1)), "value": "0x0" }]);
    assert_eq!(operations, created);
    let entries = world.get("ots_traceTransaction", json!([hash])).await;
    let kinds: Vec<_> =
        entries.as_array().unwrap().iter().map(|entry| (entry["type"].clone(), entry["depth"].clone())).collect();
    let expected = [("CALL", 0), ("CALL", 1), ("CALL", 1), ("DELEGATECALL", 1), ("CREATE", 1), ("STATICCALL", 1)];
    assert_eq!(json!(kinds), json!(expected));
    assert_eq!(world.get("ots_getTransactionError", json!([hash])).await, "0x");
    let failing = TxEip1559 { input: reason(), ..request(0, REVERTER) };
    let failed = world.send(1, failing).await;
    assert_eq!(world.get("ots_getTransactionError", json!([failed])).await, json!(reason()));
    assert!(world.get("ots_traceTransaction", json!([B256::ZERO])).await.is_null());
}

#[tokio::test]
async fn blocks_have_details_and_pages() {
    let world = World::network().await;
    for nonce in 0..5 {
        world.get("eth_sendRawTransaction", json!([transfer(0, nonce)])).await;
    }
    world.sealer.seal();
    let block = world.get("eth_getBlockByNumber", json!(["0x1", false])).await;
    let receipts = world.get("eth_getBlockReceipts", json!(["0x1"])).await;
    let details = world.get("ots_getBlockDetails", json!(["0x1"])).await;
    assert_eq!(details["block"]["transactionCount"], 5);
    assert!(details["block"].get("transactions").is_none());
    let fee = |receipt: &Value| number(&receipt["gasUsed"]) * number(&receipt["effectiveGasPrice"]);
    let fees: u64 = receipts.as_array().unwrap().iter().map(fee).sum();
    assert_eq!(details["totalFees"], json!(U256::from(fees)));
    assert_eq!(world.get("ots_getBlockDetailsByHash", json!([block["hash"]])).await, details);
    let page = async |page: u64| {
        let mut page = world.get("ots_getBlockTransactions", json!(["0x1", page, 2])).await;
        let hashes = |list: &Value, name: &str| -> Vec<Value> {
            list.as_array().unwrap().iter().map(|item| item[name].clone()).collect()
        };
        let shown = hashes(&page["fullblock"]["transactions"], "hash");
        assert_eq!(hashes(&page["receipts"], "transactionHash"), shown);
        assert!(page["receipts"][0]["logs"].take().is_null());
        Value::from(shown)
    };
    let hashes = block["transactions"].as_array().unwrap();
    assert_eq!([page(0).await, page(2).await], [json!(hashes[3..5]), json!(hashes[0..1])]);
    assert_eq!(world.fail("ots_getBlockTransactions", json!(["0x1", 0, 1001])).await.0, -32602);
}

#[tokio::test]
async fn an_addresss_transactions_are_found_in_pages_of_whole_blocks() {
    let world = World::dev().await;
    let mut hashes = Vec::new();
    for nonce in 0..4 {
        hashes.push(world.get("eth_sendRawTransaction", json!([transfer(0, nonce)])).await);
        world.get("eth_sendRawTransaction", json!([transfer(1, nonce)])).await;
    }
    hashes.push(json!(world.deploy(4, &conductor()).await));
    let sender = signer(0).address();
    let search = async |method: &str, address: Address, number: u64, size: u64| {
        let found = world.get(method, json!([address, number, size])).await;
        let shown: Vec<_> = found["txs"].as_array().unwrap().iter().map(|found| found["hash"].clone()).collect();
        assert_eq!(found["receipts"].as_array().unwrap().len(), shown.len());
        (shown, found["firstPage"].as_bool().unwrap(), found["lastPage"].as_bool().unwrap())
    };
    let before = "ots_searchTransactionsBefore";
    let (newest, first, last) = search(before, sender, 0, 3).await;
    assert_eq!((newest.len(), first, last), (3, true, false));
    assert_eq!(newest[1..], [hashes[3].clone(), hashes[2].clone()]);
    // On from the oldest block on that page.
    let (rest, first, last) = search(before, sender, 5, 3).await;
    assert_eq!((rest, first, last), (vec![hashes[1].clone(), hashes[0].clone()], false, true));
    let after = "ots_searchTransactionsAfter";
    let (oldest, first, last) = search(after, sender, 0, 2).await;
    assert_eq!((oldest, first, last), (vec![hashes[1].clone(), hashes[0].clone()], false, true));
    let (rest, first, last) = search(after, sender, 3, 9).await;
    assert_eq!((rest, first, last), (newest.clone(), true, false));
    let (none, first, last) = search(before, Address::repeat_byte(0x44), 0, 3).await;
    assert_eq!((none.len(), first, last), (0, true, true));
    let contract: Address = serde_json::from_value(hashes[4].clone()).unwrap();
    assert_eq!(search(before, contract, 0, 3).await.0, newest[..1]);
    // Logs count: nobody sent to the logger but the contract.
    let call = TxEip1559 { input: reason(), gas_limit: 500_000, ..request(5, contract) };
    let called = json!(world.send(0, call).await);
    assert_eq!(search(before, LOGGER, 0, 3).await.0, [called]);
}
