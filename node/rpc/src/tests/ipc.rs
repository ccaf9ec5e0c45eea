//! The Unix socket.

use super::world::{World, local, transfer};
use crate::{
    RpcConfig, ServeError,
    ipc::{self, Ipc},
    server::CONNECTIONS_MAX,
};
use serde_json::{Value, json};
use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::UnixStream,
};

async fn listening(path: &Path) -> World {
    World::listening(RpcConfig { ipc: Some(path.to_owned()), ..local() }).await
}

async fn line(stream: &mut BufReader<UnixStream>) -> Value {
    let mut line = String::new();
    stream.read_line(&mut line).await.unwrap();
    serde_json::from_str(&line).unwrap()
}

#[tokio::test]
async fn calls_batches_and_subscriptions_go_over_the_socket() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("edgeloom.ipc");
    let world = listening(&path).await;
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let mut stream = BufReader::new(UnixStream::connect(&path).await.unwrap());
    let call = |id: u64, method: &str, params: Value| json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
    // Two without anything between, then one in two halves.
    let two = format!("{}{}", call(1, "eth_chainId", json!([])), json!([call(2, "net_version", json!([]))]));
    stream.write_all(two.as_bytes()).await.unwrap();
    let mut answers = [line(&mut stream).await, line(&mut stream).await];
    answers.sort_by_key(Value::is_array);
    assert_eq!((&answers[0]["result"], &answers[1][0]["result"]), (&json!("0x7a69"), &json!("31337")));
    let subscribe = call(3, "eth_subscribe", json!(["newHeads"])).to_string();
    let (half, rest) = subscribe.split_at(20);
    stream.write_all(half.as_bytes()).await.unwrap();
    stream.write_all(rest.as_bytes()).await.unwrap();
    let id = line(&mut stream).await["result"].clone();
    world.get("eth_sendRawTransaction", json!([transfer(0, 0)])).await;
    let head = line(&mut stream).await;
    assert_eq!((&head["params"]["subscription"], &head["params"]["result"]["number"]), (&id, &json!("0x1")));
    stream.write_all(b"no json").await.unwrap();
    assert_eq!(line(&mut stream).await["error"]["code"], -32700);
    assert_eq!(stream.read_u8().await.unwrap_err().kind(), std::io::ErrorKind::UnexpectedEof, "the connection ends");
    world.server.stop().await;
    assert!(!path.exists());
}

#[tokio::test]
async fn a_socket_that_was_left_is_replaced_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("edgeloom.ipc");
    // A process that was killed leaves its socket behind.
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    let world = listening(&path).await;
    let taken = Ipc::bind(path.clone()).unwrap_err();
    assert!(matches!(&taken, ServeError::Ipc { reason, .. } if reason.contains("another process")), "{taken}");
    world.server.stop().await;
    fs::write(&path, "precious").unwrap();
    assert!(Ipc::bind(path.clone()).unwrap_err().to_string().contains("no socket"));
    assert_eq!(fs::read_to_string(&path).unwrap(), "precious");
    let long = folder.path().join("x".repeat(200));
    assert!(Ipc::bind(long).is_err());
}

#[tokio::test]
async fn whoever_fills_the_port_keeps_nobody_from_the_socket() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("edgeloom.ipc");
    let world = listening(&path).await;
    let port = world.server.front.permits.clone().acquire_many_owned(CONNECTIONS_MAX).await.unwrap();
    let mut stream = BufReader::new(UnixStream::connect(&path).await.unwrap());
    stream.write_all(br#"{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}"#).await.unwrap();
    assert_eq!(line(&mut stream).await["result"], "0x7a69");
    drop(port);
    // Nor are there ever so many of its own that it costs the port descriptors.
    let mut open = vec![stream];
    for _ in 1..ipc::CONNECTIONS_MAX {
        let mut stream = BufReader::new(UnixStream::connect(&path).await.unwrap());
        stream.write_all(b"{}").await.unwrap();
        line(&mut stream).await;
        open.push(stream);
    }
    let mut beyond = UnixStream::connect(&path).await.unwrap();
    assert!(!matches!(beyond.read(&mut [0]).await, Ok(1..)));
}
