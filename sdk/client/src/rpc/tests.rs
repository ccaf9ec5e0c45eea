use std::cell::Cell;

use alloy::primitives::U64;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::*;

fn lost() -> Error {
    Error::Timeout { what: "a test".to_owned(), after: Duration::ZERO }
}

#[tokio::test]
async fn lost_answers_are_asked_for_again() {
    let asked = Cell::new(0);
    let answer = retried(Duration::from_secs(5), || {
        asked.set(asked.get() + 1);
        let fails = asked.get() < 4;
        async move { if fails { Err(lost()) } else { Ok(7) } }
    })
    .await;
    assert_eq!((answer.ok(), asked.get()), (Some(7), 4));
}

#[tokio::test]
async fn the_deadline_ends_it() {
    let start = Instant::now();
    let asked = Cell::new(0);
    let answer: Result<(), Error> = retried(Duration::from_millis(300), || {
        asked.set(asked.get() + 1);
        async { Err(lost()) }
    })
    .await;
    assert!(matches!(answer, Err(Error::Timeout { .. })));
    // At 0, 50 and 150 ms; the next would be at 350. Fewer on a machine that stalls.
    assert!((1..=3).contains(&asked.get()), "{}", asked.get());
    assert!(start.elapsed() >= Duration::from_millis(50));
}

#[tokio::test]
async fn a_refusal_is_final() {
    let asked = Cell::new(0);
    let answer: Result<(), Error> = retried(Duration::from_secs(5), || {
        asked.set(asked.get() + 1);
        async { Err(Error::Missing("a test")) }
    })
    .await;
    assert!(matches!(answer, Err(Error::Missing(_))));
    assert_eq!(asked.get(), 1);
}

/// A port that answers every request with the same JSON-RPC result, or never.
async fn node(result: Option<&'static str>) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("port");
    let url = format!("http://{}", listener.local_addr().expect("address")).parse().expect("url");
    tokio::spawn(async move {
        let mut silent = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            let Some(result) = result else {
                silent.push(stream);
                continue;
            };
            let mut request = vec![0; 4096];
            let read = stream.read(&mut request).await.expect("a request");
            let text = String::from_utf8_lossy(&request[..read]).into_owned();
            let id = text.split("\"id\":").nth(1).and_then(|rest| rest.split([',', '}']).next()).expect("an id");
            let body = format!(r#"{{"jsonrpc":"2.0","id":{id},"result":"{result}"}}"#);
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close";
            let answer = format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
            stream.write_all(answer.as_bytes()).await.expect("answers");
        }
    });
    url
}

fn patience() -> Deadlines {
    Deadlines { request: Duration::from_millis(300), read: Duration::from_secs(5), ..Deadlines::default() }
}

#[tokio::test]
async fn the_next_node_is_asked_when_one_is_gone_or_silent() {
    let gone = "http://127.0.0.1:1".parse().expect("url");
    let rpc = Rpc::new(&[gone, node(None).await, node(Some("0x7")).await], patience()).expect("client");
    assert_eq!(rpc.read::<_, U64>("eth_blockNumber", ()).await.expect("answers"), U64::from(7));
    assert_eq!(rpc.turn.now(), 2, "one turn passed for each that failed");
    assert_eq!(rpc.once::<_, U64>("eth_blockNumber", (), None).await.expect("answers"), U64::from(7));
    assert_eq!(rpc.turn.now(), 2, "and it stays with the one that answers");
}

#[tokio::test]
async fn requests_that_fail_together_pass_one_node_over() {
    let gone = || "http://127.0.0.1:1".parse().expect("url");
    let rpc = Rpc::new(&[gone(), node(Some("0x7")).await, gone()], patience()).expect("client");
    let ask = || rpc.read::<_, U64>("eth_blockNumber", ());
    futures::try_join!(ask(), ask(), ask(), ask()).expect("answers");
    assert_eq!(rpc.turn.now(), 1);
}
