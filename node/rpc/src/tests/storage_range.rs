use super::{
    scenario::STORE_CODE,
    world::{World, request, transfer},
};
use alloy::primitives::{Address, B256, U256, keccak256};
use alloy_consensus::TxEip1559;
use serde_json::{Value, json};

fn words(slot: u8, value: u8) -> Vec<u8> {
    [B256::with_last_byte(slot), B256::with_last_byte(value)].concat()
}

fn write(nonce: u64, contract: Address, (slot, value): (u8, u8)) -> TxEip1559 {
    TxEip1559 { input: words(slot, value).into(), ..request(nonce, contract) }
}

fn hashed(slot: u8) -> String {
    keccak256(B256::with_last_byte(slot)).to_string()
}

fn value(page: &Value, slot: u8) -> Value {
    page["storage"][hashed(slot)]["value"].clone()
}

/// A dev chain with a contract that has slots 1 to 5, and on top a block that changes slot 2, empties slot 3 and fills
/// slot 9: its number.
async fn written() -> (World, Address, Value) {
    let world = World::dev().await;
    let contract = world.deploy(0, &STORE_CODE).await;
    for slot in 1..=5 {
        world.send(0, write(slot.into(), contract, (slot, slot))).await;
    }
    world.get("evm_setAutomine", json!([false])).await;
    for (nonce, change) in (6..).zip([(2, 22), (3, 0), (9, 99)]) {
        world.send(0, write(nonce, contract, change)).await;
    }
    world.get("evm_mine", json!([])).await;
    let block = world.get("eth_blockNumber", json!([])).await;
    (world, contract, block)
}

#[tokio::test]
async fn storage_is_shown_before_each_transaction_of_a_block() {
    let (world, contract, block) = written().await;
    let hash = world.get("eth_getBlockByNumber", json!([block, false])).await["hash"].clone();
    let at = async |index: usize| world.get("debug_storageRangeAt", json!([hash, index, contract, "0x00", 100])).await;
    let word = |value: u8| json!(B256::with_last_byte(value));
    let before = at(0).await;
    assert_eq!(before["storage"].as_object().unwrap().len(), 5);
    assert_eq!((value(&before, 2), value(&before, 3), value(&before, 9)), (word(2), word(3), Value::Null));
    assert_eq!(before["nextKey"], Value::Null);
    let second = at(1).await;
    assert_eq!((value(&second, 2), value(&second, 3)), (word(22), word(3)));
    // Who writes a slot says which it is.
    assert_eq!(second["storage"][hashed(2)]["key"], word(2));
    assert_eq!(second["storage"][hashed(1)]["key"], Value::Null);
    let third = at(2).await;
    assert_eq!((value(&third, 3), value(&third, 9)), (Value::Null, Value::Null));
    let (code, said) = world.fail("debug_storageRangeAt", json!([hash, 3, contract, "0x", 1])).await;
    assert!(code == -32000 && said.contains("transaction index 3 out of range"), "{said}");
    // The block above has the rest.
    world.get("eth_sendRawTransaction", json!([transfer(1, 0)])).await;
    world.get("evm_mine", json!([])).await;
    let above = world.get("debug_storageRangeAt", json!(["latest", 0, contract, "0x", 100])).await;
    assert_eq!((value(&above, 9), above["storage"].as_object().unwrap().len()), (word(99), 5));
}

#[tokio::test]
async fn pages_join_without_gap_or_overlap() {
    let (world, contract, block) = written().await;
    let page = async |start: &Value, limit: usize| {
        world.get("debug_storageRangeAt", json!([block, 2, contract, start, limit])).await
    };
    let whole = page(&json!("0x"), 100).await["storage"].as_object().unwrap().clone();
    assert_eq!(whole.len(), 4);
    for limit in 1..=4 {
        let (mut joined, mut start) = (serde_json::Map::new(), json!("0x"));
        while !start.is_null() {
            let mut next = page(&start, limit).await;
            assert!(next["storage"].as_object().unwrap().len() <= limit);
            joined.extend(next["storage"].as_object().unwrap().clone());
            start = next["nextKey"].take();
            assert!(joined.len() <= whole.len());
        }
        assert_eq!(joined, whole, "{limit} at a time");
    }
    let long = format!("0x{}", "00".repeat(33));
    assert_eq!(world.fail("debug_storageRangeAt", json!([block, 0, contract, long, 1])).await.0, -32602);
    assert_eq!(world.fail("debug_storageRangeAt", json!(["0x0", 0, contract, "0x", 1])).await.0, -32000);
    assert_eq!(world.fail("debug_storageRangeAt", json!(["0xffff", 0, contract, "0x", 1])).await.0, -32000);
}

/// Of a contract that was made in this block, nothing below counts.
#[tokio::test]
async fn a_contract_of_the_same_block_has_what_it_wrote_so_far() {
    let world = World::dev().await;
    world.get("evm_setAutomine", json!([false])).await;
    let contract = world.deploy(0, &STORE_CODE).await;
    world.send(0, write(1, contract, (7, 70))).await;
    world.send(0, write(2, contract, (8, 80))).await;
    world.get("evm_mine", json!([])).await;
    let page = world.get("debug_storageRangeAt", json!(["latest", 2, contract, "0x", 10])).await;
    assert_eq!(page["storage"].as_object().unwrap().len(), 1);
    assert_eq!(value(&page, 7), json!(B256::from(U256::from(70))));
}
