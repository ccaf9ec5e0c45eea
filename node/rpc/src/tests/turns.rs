//! What a thread that serves connections does itself, and what takes its caller's turn on another.

use super::world::{CHAIN_ID, World, request, sign, signer, transfer};
use crate::{
    calls::{Asked, Calls, PENDING},
    room::Room,
    server::methods,
    turns::Turns,
};
use alloy::{
    eips::{eip2718::Encodable2718, eip7702::Authorization},
    primitives::{Address, B256, Bytes, TxKind, U256, bytes},
    signers::SignerSync,
};
use alloy_consensus::{SignableTransaction, TxEip1559, TxEip7702, TxEnvelope};
use serde_json::{Value, json};
use std::time::Duration;

/// As the server's, for callers for whom no turn is ever free.
fn crowded(world: &World) -> Calls {
    let methods = methods(world.context.clone()).expect("each once");
    Calls::new(methods.into(), Turns::new(0, Duration::from_millis(10)))
}

async fn ask(calls: &Calls, method: &str, params: Value) -> Value {
    let call = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string();
    let answer = calls.answer(Asked::parse(call.as_bytes()), None, &Room::default()).await.expect("an answer");
    serde_json::from_slice(answer.as_ref()).expect("JSON")
}

async fn waits(calls: &Calls, method: &str, params: Value) {
    let answer = ask(calls, method, params.clone()).await;
    let said = answer["error"]["message"].as_str().unwrap_or_default();
    assert!(said.starts_with("the node is busy"), "{method} {params}: {answer}");
}

async fn at_once(calls: &Calls, method: &str, params: Value) -> Value {
    let mut answer = ask(calls, method, params.clone()).await;
    assert!(answer.get("error").is_none(), "{method} {params}: {answer}");
    answer["result"].take()
}

/// Of `signer(from)`, with a delegation of `signer(9)`.
fn delegation(from: u8, nonce: u64) -> Bytes {
    let grant = Authorization { chain_id: U256::from(CHAIN_ID), address: Address::repeat_byte(9), nonce: 0 };
    let granted = signer(9).sign_hash_sync(&grant.signature_hash()).expect("a local key signs");
    let transaction = TxEip7702 {
        chain_id: CHAIN_ID,
        nonce,
        gas_limit: 100_000,
        max_fee_per_gas: 10_000_000_000,
        max_priority_fee_per_gas: 7,
        to: Address::repeat_byte(0x70),
        authorization_list: vec![grant.into_signed(granted)],
        ..TxEip7702::default()
    };
    let signature = signer(from).sign_hash_sync(&transaction.signature_hash()).expect("a local key signs");
    TxEnvelope::from(transaction.into_signed(signature)).encoded_2718().into()
}

/// Uses 600,000 gas in few bytes.
fn endless(from: u8, nonce: u64) -> Bytes {
    let deploy = TxEip1559 { to: TxKind::Create, input: bytes!("5b5f56"), ..request(nonce, Address::ZERO) };
    sign(from, TxEip1559 { gas_limit: 600_000, ..deploy })
}

#[tokio::test]
async fn a_transaction_of_many_signatures_or_bytes_is_admitted_in_a_turn() {
    let world = World::dev().await;
    let calls = crowded(&world);
    let input = Bytes::from(vec![0; 20_000]);
    let long = sign(2, TxEip1559 { input, gas_limit: 1_000_000, ..request(0, Address::ZERO) });
    for bytes in [delegation(2, 0), long.clone()] {
        waits(&calls, "eth_sendRawTransaction", json!([bytes])).await;
        waits(&calls, "eth_sendRawTransactionSync", json!([bytes])).await;
    }
    let fees =
        json!({ "maxFeePerGas": "0x2540be400", "maxPriorityFeePerGas": "0x7", "gas": "0x186a0", "nonce": "0x0" });
    let mut send = json!({ "from": signer(0).address(), "to": Address::ZERO });
    send.as_object_mut().unwrap().extend(fees.as_object().unwrap().clone());
    let mut delegating = send.clone();
    delegating["authorizationList"] = json!([{
        "chainId": "0x1", "address": Address::ZERO, "nonce": "0x0", "yParity": "0x0", "r": "0x1", "s": "0x1" }]);
    waits(&calls, "eth_sendTransaction", json!([delegating])).await;
    assert!(world.pool.next_nonce(signer(2).address()).is_none());
    at_once(&calls, "eth_sendTransaction", json!([send])).await;
    at_once(&calls, "eth_sendRawTransaction", json!([transfer(2, 0)])).await;
    // Where turns are free they are sent like any other.
    assert!(world.get("eth_sendRawTransaction", json!([delegation(2, 1)])).await.is_string());
    assert_eq!(world.get("eth_sendRawTransactionSync", json!([delegation(3, 0)])).await["status"], "0x1");
}

#[tokio::test]
async fn a_request_is_completed_in_the_turns_of_its_caller() {
    let world = World::dev().await;
    let calls = crowded(&world);
    let without = |field: &str| {
        let mut request = json!({ "from": signer(0).address(), "to": Address::ZERO,
            "gas": "0x5208", "nonce": "0x0", "maxFeePerGas": "0x2540be400", "maxPriorityFeePerGas": "0x7" });
        request.as_object_mut().unwrap().remove(field);
        json!([request])
    };
    for method in ["eth_fillTransaction", "eth_signTransaction", "eth_sendTransaction", "eth_sendUnsignedTransaction"] {
        for open in ["gas", "maxPriorityFeePerGas"] {
            waits(&calls, method, without(open)).await;
        }
    }
    at_once(&calls, "eth_fillTransaction", without("nonce")).await;
}

#[tokio::test]
async fn a_block_of_much_gas_is_decoded_in_a_turn() {
    let world = World::dev().await;
    let large = world.get("eth_sendRawTransaction", json!([endless(0, 0)])).await;
    let small = world.get("eth_sendRawTransaction", json!([transfer(0, 1)])).await;
    let calls = crowded(&world);
    for method in ["eth_getTransactionReceipt", "eth_getTransactionByHash"] {
        waits(&calls, method, json!([large])).await;
        assert!(at_once(&calls, method, json!([small])).await.is_object());
    }
    waits(&calls, "eth_sendRawTransactionSync", json!([endless(0, 2)])).await;
    assert_eq!(at_once(&calls, "eth_sendRawTransactionSync", json!([transfer(0, 3)])).await["status"], "0x1");
    let hash = world.get("eth_getBlockByNumber", json!(["0x1", false])).await["hash"].clone();
    waits(&calls, "eth_getBlockTransactionCountByHash", json!([hash])).await;
    waits(&calls, "eth_getBlockTransactionCountByNumber", json!(["0x1"])).await;
    waits(&calls, "edge_consensus", json!([1])).await;
    waits(&calls, "edge_finality", json!([1])).await;
    waits(&calls, "anvil_nodeInfo", json!([])).await;
}

#[tokio::test]
async fn the_pending_block_is_made_in_a_turn() {
    let world = World::dev().await;
    world.get("evm_setAutomine", json!([false])).await;
    world.get("eth_sendRawTransaction", json!([transfer(0, 0)])).await;
    let calls = crowded(&world);
    let (account, slot) = (signer(0).address(), B256::ZERO);
    let params = |method: &str, tag: &str| match method {
        "eth_getStorageAt" => json!([account, slot, tag]),
        "eth_getHeaderByNumber" => json!([tag]),
        _ => json!([account, tag]),
    };
    for method in PENDING {
        for tag in ["pending", "PENDING"] {
            waits(&calls, method, params(method, tag)).await;
        }
        for tag in ["latest", "safe", "finalized", "earliest", "0x0"] {
            at_once(&calls, method, params(method, tag)).await;
        }
    }
    let escaped =
        format!(r#"{{"jsonrpc":"2.0","id":1,"method":"eth_getBalance","params":["{account}","\\u0070ending"]}}"#);
    let answer = calls.answer(Asked::parse(escaped.as_bytes()), None, &Room::default()).await.expect("an answer");
    assert!(std::str::from_utf8(answer.as_ref()).unwrap().contains("the node is busy"));
    assert_eq!(at_once(&calls, "eth_getTransactionCount", json!([account, "pending"])).await, "0x1");
}

#[tokio::test]
async fn the_supply_is_added_up_beside_the_turns_of_all_others() {
    let world = World::dev().await;
    assert_eq!(at_once(&crowded(&world), "edge_supply", json!([])).await["conserved"], true);
}
