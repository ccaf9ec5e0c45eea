use super::{
    socket::Socket,
    world::{REVERTER, World},
};
use crate::calls::LONG;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tokio::{io::AsyncWriteExt, net::TcpStream, time::timeout};

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
async fn the_filter_that_nobody_polled_for_longest_makes_room_for_a_new_one() {
    let world = World::dev().await;
    let (kept, forgotten) =
        (world.get("eth_newBlockFilter", json!([])).await, world.get("eth_newBlockFilter", json!([])).await);
    world.get("eth_getFilterChanges", json!([kept])).await;
    let call = |id: u64| json!({ "jsonrpc": "2.0", "id": id, "method": "eth_newBlockFilter", "params": [] });
    for count in [1000, 23] {
        let batch: Vec<_> = (0..count).map(call).collect();
        let (_, answer) = world.post(json!(batch).to_string().as_bytes()).await;
        let answers: Vec<Value> = serde_json::from_str(&answer).unwrap();
        assert!(answers.iter().all(|answer| answer["result"].is_string()), "{answer}");
    }
    world.get("eth_getFilterChanges", json!([kept])).await;
    let (code, message) = world.fail("eth_getFilterChanges", json!([forgotten])).await;
    assert_eq!((code, message.as_str()), (-32000, "filter not found"));
}

#[tokio::test]
async fn every_long_method_exists() {
    let world = World::dev().await;
    for method in LONG {
        assert_ne!(world.ask(method, json!([])).await["error"]["code"], -32601, "{method}");
    }
}

#[tokio::test]
async fn nothing_more_is_read_from_a_websocket_that_reads_nothing() {
    let world = World::dev().await;
    let mut socket = Socket::open(&world).await;
    // Each answers with 2 MiB and asks with 100 kB: more than the system's buffers hold, either way.
    let code = json!({ REVERTER.to_string(): { "code": "0x621000005ff3" } });
    let padding = "0".repeat(100_000);
    let call = |id: u64| {
        let params = json!([{ "to": REVERTER, "input": format!("0x{padding}") }, "latest", code]);
        json!({ "jsonrpc": "2.0", "id": id, "method": "eth_call", "params": params }).to_string()
    };
    let mut sent = 0;
    while let Ok(()) = timeout(Duration::from_secs(3), socket.send(&call(sent))).await {
        sent += 1;
        assert!(sent < 1000, "100 MB of calls were read while no answer was taken");
    }
    // The node is there for others, and the one that could not be sent was only half written.
    assert_eq!(world.get("eth_blockNumber", json!([])).await, "0x0");
    let mut answered = std::collections::HashSet::new();
    while answered.len() < sent as usize {
        let answer: Value = serde_json::from_str(&socket.receive().await).unwrap();
        assert!(answer["result"].is_string() || answer["error"]["code"] == -32005, "{answer}");
        answered.insert(answer["id"].as_u64().unwrap());
    }
}

#[tokio::test]
async fn batches_and_pipelined_calls_are_answered_over_a_websocket() {
    let world = World::dev().await;
    let mut socket = Socket::open(&world).await;
    let call = |id: u64, method: &str| json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": [] });
    for id in 0..200 {
        socket.send(&call(id, "eth_chainId").to_string()).await;
    }
    let mut ids = Vec::new();
    for _ in 0..200 {
        ids.push(serde_json::from_str::<Value>(&socket.receive().await).unwrap()["id"].as_u64().unwrap());
    }
    ids.sort_unstable();
    assert_eq!(ids, (0..200).collect::<Vec<_>>());
    socket.send(&json!([call(1, "eth_chainId"), call(2, "eth_nothing")]).to_string()).await;
    let answers: Value = serde_json::from_str(&socket.receive().await).unwrap();
    assert_eq!((&answers[0]["result"], &answers[1]["error"]["code"]), (&"0x7a69".into(), &json!(-32601)));
    socket.send("{").await;
    assert!(socket.receive().await.contains("-32700"));
}

#[tokio::test]
async fn stopping_waits_for_nobody_for_long() {
    let world = World::dev().await;
    let mut half = TcpStream::connect(world.server.address).await.unwrap();
    half.write_all(b"POST / HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{").await.unwrap();
    let mut socket = Socket::open(&world).await;
    socket.send(r#"{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}"#).await;
    socket.receive().await;
    let (address, began) = (world.server.address, Instant::now());
    world.server.stop().await;
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    assert!(TcpStream::connect(address).await.is_err());
    // Without such a caller it does not wait at all.
    let world = World::dev().await;
    let mut socket = Socket::open(&world).await;
    socket.send(r#"{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}"#).await;
    socket.receive().await;
    let began = Instant::now();
    world.server.stop().await;
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
}
