use super::world::World;
use serde_json::{Value, json};

#[tokio::test]
async fn a_body_above_10_mib_is_refused() {
    let world = World::dev().await;
    let body = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"web3_sha3","params":["0x{}"]}}"#, "00".repeat(5_300_000));
    let (status, answer) = world.post(body.as_bytes()).await;
    assert_eq!(status, 413, "{answer}");
    assert_eq!(world.get("eth_blockNumber", json!([])).await, "0x0");
}

#[tokio::test]
async fn a_batch_above_1000_is_refused_and_one_of_1000_is_not() {
    let world = World::dev().await;
    let batch = |count: u64| -> Vec<Value> {
        (0..count).map(|id| json!({ "jsonrpc": "2.0", "id": id, "method": "eth_chainId", "params": [] })).collect()
    };
    let (_, answer) = world.post(json!(batch(1001)).to_string().as_bytes()).await;
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(answer["error"]["code"], -32010, "{answer}");
    assert!(answer["error"]["data"].as_str().unwrap().contains("1000"), "{answer}");
    let (_, answer) = world.post(json!(batch(1000)).to_string().as_bytes()).await;
    assert_eq!(serde_json::from_str::<Vec<Value>>(&answer).unwrap().len(), 1000);
}

#[tokio::test]
async fn deep_nesting_and_garbage_are_errors_and_the_server_lives() {
    let world = World::dev().await;
    let nested = format!("{}{}", "[".repeat(1_000_000), "]".repeat(1_000_000));
    let parameter = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"eth_call","params":{nested}}}"#);
    let object = format!("{}1{}", r#"{"a":"#.repeat(200_000), "}".repeat(200_000));
    let overrides = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{{}},"latest",{object}]}}"#);
    for body in [nested, parameter, overrides, "{".into(), "\u{0}".into(), "[]".into()] {
        let (_, answer) = world.post(body.as_bytes()).await;
        let answer: Value = serde_json::from_str(&answer).unwrap();
        // What begins as an array is answered as a batch.
        let answer = answer.get(0).unwrap_or(&answer);
        let code = answer["error"]["code"].as_i64().unwrap_or_else(|| panic!("no error: {answer}"));
        assert!([-32700, -32600, -32602].contains(&code), "{answer}");
    }
    assert_eq!(world.get("eth_blockNumber", json!([])).await, "0x0");
}

#[tokio::test]
async fn filters_are_bounded() {
    let world = World::dev().await;
    let call = |id: u64| json!({ "jsonrpc": "2.0", "id": id, "method": "eth_newBlockFilter", "params": [] });
    let mut failed = 0;
    for _ in 0..2 {
        let batch: Vec<_> = (0..1000).map(call).collect();
        let (_, answer) = world.post(json!(batch).to_string().as_bytes()).await;
        let answers: Vec<Value> = serde_json::from_str(&answer).unwrap();
        failed += answers.iter().filter(|answer| answer["error"]["code"] == -32005).count();
    }
    assert_eq!(failed, 2000 - 1024);
}
