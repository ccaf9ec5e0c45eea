//! What a node that catches up says of itself.

use super::{
    socket::Socket,
    world::{World, transfer},
};
use edgeloom_types::Height;
use serde_json::{Value, json};

#[tokio::test]
async fn a_node_that_is_behind_says_how_far() {
    let world = World::network().await;
    let mut socket = Socket::open(&world).await;
    let next = async |socket: &mut Socket| -> Value {
        let text: Value = serde_json::from_str(&socket.receive().await).expect("JSON");
        text["params"]["result"].clone()
    };
    socket
        .send(&json!({ "jsonrpc": "2.0", "id": 1, "method": "eth_subscribe", "params": ["syncing"] }).to_string())
        .await;
    next(&mut socket).await;
    assert_eq!(next(&mut socket).await, false);
    assert_eq!(world.get("eth_syncing", json!([])).await, false);

    world.heard.send_replace(Height::new(9));
    let progress = json!({ "startingBlock": "0x0", "currentBlock": "0x0", "highestBlock": "0x9" });
    assert_eq!(world.get("eth_syncing", json!([])).await, progress);
    assert_eq!(next(&mut socket).await, json!({ "syncing": true, "status": progress }));

    for nonce in 0..2 {
        world.get("eth_sendRawTransaction", json!([transfer(0, nonce)])).await;
        world.sealer.seal();
    }
    assert_eq!(next(&mut socket).await, false);
    assert_eq!(world.get("eth_syncing", json!([])).await, false);
}
