//! What a connection may be.

use super::{
    socket::Socket,
    world::{World, transfer},
};
use serde_json::json;
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

/// RFC 9113, section 3.4, and an empty SETTINGS frame.
const HTTP_2: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

/// Its streams would multiply whatever is bounded for each connection.
#[tokio::test]
async fn a_connection_is_of_http_1_or_ends() {
    let world = World::dev().await;
    let mut stream = TcpStream::connect(world.server.address).await.unwrap();
    stream.write_all(HTTP_2).await.unwrap();
    let mut said = Vec::new();
    // How it ends is the system's: there may be bytes that nobody read.
    drop(timeout(Duration::from_secs(10), stream.read_to_end(&mut said)).await.expect("the connection ends"));
    assert!(said.is_empty() || said.starts_with(b"HTTP/1.1 "), "{said:?}");
    assert_eq!(world.get("eth_blockNumber", json!([])).await, "0x0");
    let mut socket = Socket::open(&world).await;
    socket.send(r#"{"jsonrpc":"2.0","id":1,"method":"eth_blockNumber"}"#).await;
    assert!(socket.receive().await.contains("0x0"));
}

#[tokio::test]
async fn calls_follow_each_other_on_a_connection() {
    let world = World::dev().await;
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "eth_sendRawTransaction", "params": [transfer(0, 0)] });
    let (body, last) = (body.to_string(), r#"{"jsonrpc":"2.0","id":2,"method":"eth_blockNumber"}"#);
    let post = |body: &str, connection: &str| {
        let head = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
        format!("{head}Connection: {connection}\r\nContent-Length: {}\r\n\r\n{body}", body.len())
    };
    let answers = world.raw(&format!("{}{}", post(&body, "keep-alive"), post(last, "close"))).await;
    assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), 2, "{answers}");
    assert!(answers.ends_with(r#""result":"0x1"}"#), "{answers}");
}

/// A call with parameters of so many bytes, to which the answer is short.
fn long(bytes: usize) -> String {
    format!(r#"{{"jsonrpc":"2.0","id":1,"method":"web3_sha3","params":["0x{}"]}}"#, "00".repeat(bytes / 2))
}

#[tokio::test]
async fn a_long_request_needs_room_and_a_short_one_does_not() {
    let world = World::dev().await;
    let intake = &world.server.front.intake;
    let all = intake.take_all().await;
    let (status, answer) = world.post(long(3_000_000).as_bytes()).await;
    assert!(status == 200 && answer.contains("-32005") && answer.contains("ask again"), "{status} {answer}");
    assert!(world.post(long(60_000).as_bytes()).await.1.contains("result"));
    drop(all);
    assert!(world.post(long(3_000_000).as_bytes()).await.1.contains("result"));
    // Nothing of it is kept.
    drop(intake.take_all().await);
}
