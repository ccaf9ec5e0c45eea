//! Ids that are numbers, but not such as jsonrpsee knows.

use super::{socket::Socket, world::World};
use serde_json::{Value, json};

#[tokio::test]
async fn who_asks_with_an_unusual_number_is_answered_with_it() {
    let world = World::dev().await;
    let call =
        |id: Value, method: &str| json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": ["newHeads"] });
    let (status, answer) = world.post(call(json!(-1), "eth_blockNumber").to_string().as_bytes()).await;
    assert_eq!((status, answer.as_str()), (200, r#"{"jsonrpc":"2.0","id":-1,"result":"0x0"}"#));
    let mut socket = Socket::open(&world).await;
    socket.send(&call(json!(1.5), "eth_blockNumber").to_string()).await;
    assert_eq!(socket.receive().await, r#"{"jsonrpc":"2.0","id":1.5,"result":"0x0"}"#);
    // What answers them is jsonrpsee's.
    socket.send(&call(json!(-1), "eth_subscribe").to_string()).await;
    let answer: Value = serde_json::from_str(&socket.receive().await).unwrap();
    assert_eq!((&answer["id"], &answer["error"]["code"]), (&json!(-1), &json!(-32602)), "{answer}");
    socket.send(&call(json!(7), "eth_subscribe").to_string()).await;
    let answer: Value = serde_json::from_str(&socket.receive().await).unwrap();
    assert!(answer["id"] == 7 && answer["result"].is_string(), "{answer}");
}
