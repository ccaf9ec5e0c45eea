use super::world::{World, number, request, sign, signer, transfer};
use alloy::primitives::{Address, Bytes, TxKind, U256, bytes};
use alloy_consensus::TxEip1559;
use serde_json::json;

#[tokio::test]
async fn a_hash_comes_back_when_the_transaction_is_final() {
    let world = World::dev().await;
    let hash = world.get("eth_sendRawTransaction", json!([transfer(0, 0)])).await;
    let receipt = world.get("eth_getTransactionReceipt", json!([hash])).await;
    assert_eq!(
        (&receipt["status"], &receipt["blockNumber"], &receipt["type"]),
        (&"0x1".into(), &"0x1".into(), &"0x2".into())
    );
    assert_eq!((number(&receipt["gasUsed"]), &receipt["transactionIndex"]), (21_000, &"0x0".into()));
    assert_eq!(world.get("eth_getBalance", json!([Address::repeat_byte(0x70), "latest"])).await, "0x5");
    let transaction = world.get("eth_getTransactionByHash", json!([hash])).await;
    assert_eq!(transaction["blockHash"], receipt["blockHash"]);
    assert_eq!(transaction["from"], json!(signer(0).address()));
    let sync = world.get("eth_sendRawTransactionSync", json!([transfer(0, 1)])).await;
    assert_eq!((&sync["blockNumber"], &sync["status"]), (&"0x2".into(), &"0x1".into()));
}

#[tokio::test]
async fn a_gap_waits_in_the_pool_and_is_filled() {
    let world = World::dev().await;
    let later = world.get("eth_sendRawTransaction", json!([transfer(0, 1)])).await;
    assert!(world.get("eth_getTransactionReceipt", json!([later])).await.is_null());
    assert!(world.get("eth_getTransactionByHash", json!([later])).await["blockNumber"].is_null());
    let first = world.get("eth_sendRawTransaction", json!([transfer(0, 0)])).await;
    for hash in [first, later] {
        assert!(world.get("eth_getTransactionReceipt", json!([hash])).await.is_object());
    }
}

#[tokio::test]
async fn a_batch_of_sends_shares_a_block_and_reads_keep_their_place() {
    let world = World::dev().await;
    let call =
        |id: u64, method: &str, params| json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
    let mut batch: Vec<_> =
        (0..50).map(|nonce| call(nonce, "eth_sendRawTransaction", json!([transfer(0, nonce)]))).collect();
    batch.push(call(50, "eth_blockNumber", json!([])));
    batch.push(call(51, "eth_sendRawTransaction", json!([transfer(0, 50)])));
    batch.push(call(52, "eth_getTransactionCount", json!([signer(0).address(), "latest"])));
    let (status, answer) = world.post(json!(batch).to_string().as_bytes()).await;
    assert_eq!(status, 200);
    let answers: Vec<serde_json::Value> = serde_json::from_str(&answer).unwrap();
    assert_eq!(
        answers.iter().map(|answer| answer["id"].as_u64().unwrap()).collect::<Vec<_>>(),
        (0..53).collect::<Vec<_>>()
    );
    assert!(answers[..50].iter().all(|answer| answer["result"].is_string()));
    assert!(number(&answers[50]["result"]) <= 2, "{}", answers[50]);
    assert_eq!(answers[52]["result"], "0x33");
}

#[tokio::test]
async fn refusals_carry_geths_phrases() {
    let world = World::dev().await;
    let refuse = async |bytes: Bytes| {
        let (code, message) = world.fail("eth_sendRawTransaction", json!([bytes])).await;
        assert_eq!(code, -32000, "{message}");
        message
    };
    let to = Address::ZERO;
    world.get("eth_sendRawTransaction", json!([transfer(0, 0)])).await;
    assert!(refuse(transfer(0, 0)).await.starts_with("nonce too low"));
    let dear = sign(1, TxEip1559 { value: U256::from(10).pow(U256::from(23)), ..request(0, to) });
    assert!(refuse(dear).await.starts_with("insufficient funds for gas * price + value"));
    assert!(
        refuse(sign(1, TxEip1559 { gas_limit: 20_000, ..request(0, to) })).await.starts_with("intrinsic gas too low")
    );
    let cheap = sign(1, TxEip1559 { max_fee_per_gas: 8, ..request(0, to) });
    assert!(refuse(cheap).await.starts_with("max fee per gas less than block base fee"));
    world.get("eth_sendRawTransaction", json!([transfer(1, 9)])).await;
    assert_eq!(refuse(transfer(1, 9)).await, "already known");
    assert_eq!(refuse(sign(1, request(9, to))).await, "replacement transaction underpriced");
    let foreign = sign(1, TxEip1559 { chain_id: 1, ..request(0, to) });
    assert_eq!(refuse(foreign).await, "invalid chain id for signer: have 1 want 31337");
}

#[tokio::test]
async fn truncated_and_mutated_transactions_are_refused_and_nothing_breaks() {
    let world = World::network().await;
    let good = transfer(0, 0).to_vec();
    for length in 0..good.len() {
        let (code, _) = world.fail("eth_sendRawTransaction", json!([Bytes::copy_from_slice(&good[..length])])).await;
        assert_eq!(code, -32000, "{length} bytes");
    }
    for position in 0..good.len() {
        let mut mutated = good.clone();
        mutated[position] ^= 0x41;
        // Another byte is another signer, or no transaction: never an internal error, never this account's.
        let answer = world.ask("eth_sendRawTransaction", json!([Bytes::from(mutated)])).await;
        assert_ne!(answer["error"]["code"], -32603, "byte {position}: {answer}");
    }
    assert_eq!(world.pool.next_nonce(signer(0).address()), None);
    let huge =
        sign(0, TxEip1559 { input: vec![0; 140_000].into(), gas_limit: 16_000_000, ..request(0, Address::ZERO) });
    let (code, message) = world.fail("eth_sendRawTransaction", json!([huge])).await;
    assert!(code == -32000 && message.starts_with("oversized data"), "{message}");
}

#[tokio::test]
async fn the_node_signs_for_its_own_accounts_and_no_others() {
    let world = World::dev().await;
    let accounts = world.get("eth_accounts", json!([])).await;
    assert_eq!(accounts, json!([signer(0).address(), signer(1).address()]));
    let to = Address::repeat_byte(0x71);
    let hash = world.get("eth_sendTransaction", json!([{ "from": accounts[0], "to": to, "value": "0x9" }])).await;
    let receipt = world.get("eth_getTransactionReceipt", json!([hash])).await;
    assert_eq!((&receipt["status"], number(&receipt["gasUsed"])), (&"0x1".into(), 21_000));
    // Stores its own code: 0x5f5ff3 returns nothing, 0x60015f5360015ff3 returns one byte.
    let create = json!([{ "from": accounts[1], "data": "0x60005f5360015ff3" }]);
    let hash = world.get("eth_sendTransaction", create).await;
    let receipt = world.get("eth_getTransactionReceipt", json!([hash])).await;
    let address = signer(1).address().create(0);
    assert_eq!(receipt["contractAddress"], json!(address));
    assert_eq!(world.get("eth_getCode", json!([address, "latest"])).await, "0x00");
    let (code, message) = world.fail("eth_sendTransaction", json!([{ "from": signer(5).address(), "to": to }])).await;
    assert_eq!((code, message.as_str()), (-32000, "unknown account"));
}

#[tokio::test]
async fn parallel_requests_to_sign_never_share_a_nonce() {
    let world = World::dev().await;
    let request = json!([{ "from": signer(0).address(), "to": Address::ZERO, "value": "0x1" }]);
    let sends = (0..20).map(|_| world.get("eth_sendTransaction", request.clone()));
    let hashes = futures::future::join_all(sends).await;
    assert_eq!(hashes.iter().collect::<std::collections::HashSet<_>>().len(), 20);
    assert_eq!(world.get("eth_getTransactionCount", json!([signer(0).address(), "latest"])).await, "0x14");
}

#[tokio::test]
async fn pending_counts_what_waits() {
    let world = World::network().await;
    let hash = world.get("eth_sendRawTransaction", json!([transfer(0, 0)])).await;
    let account = signer(0).address();
    assert_eq!(world.get("eth_getTransactionCount", json!([account, "pending"])).await, "0x1");
    assert_eq!(world.get("eth_getTransactionCount", json!([account])).await, "0x0");
    assert!(world.get("eth_getTransactionByHash", json!([hash])).await["blockHash"].is_null());
    let (code, message) = world.fail("eth_sendRawTransactionSync", json!([transfer(1, 0), "0x5"])).await;
    assert!(code == 4 && message.contains("wasn't processed in time"), "{message}");
    world.sealer.seal();
    assert_eq!(world.get("eth_getTransactionCount", json!([account])).await, "0x1");
}

#[tokio::test]
async fn a_deployment_that_reverts_has_a_receipt_that_says_so() {
    let world = World::dev().await;
    let deploy = TxEip1559 { to: TxKind::Create, input: bytes!("5f5ffd"), ..request(0, Address::ZERO) };
    let hash = world.get("eth_sendRawTransaction", json!([sign(0, deploy)])).await;
    let receipt = world.get("eth_getTransactionReceipt", json!([hash])).await;
    assert_eq!((&receipt["status"], &receipt["logs"]), (&"0x0".into(), &json!([])));
}

#[tokio::test]
async fn the_largest_tip_is_refused_like_any_that_cannot_be_paid() {
    let world = World::dev().await;
    let send =
        json!([{ "from": signer(0).address(), "to": Address::ZERO, "maxPriorityFeePerGas": U256::from(u128::MAX) }]);
    let (code, message) = world.fail("eth_sendTransaction", send).await;
    assert!(code == -32000 && message.starts_with("insufficient funds"), "{code} {message}");
}
