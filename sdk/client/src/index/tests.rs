use edgeloom_index_api::JobOrder;
use futures::StreamExt;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::*;

#[test]
fn a_query_names_only_what_was_asked() {
    let query = JobQuery {
        phase: Some("open,taken".to_owned()),
        order_by: Some(JobOrder::PriceWei),
        limit: Some(7),
        after: Some("a b&c".to_owned()),
        ..JobQuery::default()
    };
    let mut parts: Vec<_> = query_string(&query).expect("flat").split('&').map(str::to_owned).collect();
    parts.sort();
    assert_eq!(parts, ["after=a+b%26c", "limit=7", "orderBy=priceWei", "phase=open%2Ctaken"]);
    assert_eq!(query_string(&JobQuery::default()).expect("flat"), "");
    assert_eq!(query_string(&()).expect("nothing"), "");
}

#[test]
fn a_problem_keeps_its_words_and_a_bounded_length() {
    let said = br#"{"error":{"code":"bad_request","message":"limit is 1 to 1000"}}"#;
    let error = problem(StatusCode::BAD_REQUEST, said);
    assert!(matches!(&error, Error::Index { status: 400, message } if message == "limit is 1 to 1000"));
    assert!(!error.is_transient());
    let page = problem(StatusCode::BAD_GATEWAY, "x".repeat(5000).as_bytes());
    assert!(matches!(&page, Error::Index { status: 502, message } if message.len() == MESSAGE_CHARS_MAX));
    assert!(page.is_transient());
}

/// Answers each connection with the next of `bodies`, over a real socket, and returns the request lines.
async fn serve(listener: TcpListener, answers: Vec<(u16, &'static str)>) -> Vec<String> {
    let mut lines = Vec::new();
    for (status, body) in answers {
        let (mut socket, _) = listener.accept().await.expect("connection");
        let mut request = vec![0; 8192];
        let read = socket.read(&mut request).await.expect("request");
        lines.push(String::from_utf8_lossy(&request[..read]).lines().next().unwrap_or_default().to_owned());
        let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
        socket.write_all(format!("{head}{body}").as_bytes()).await.expect("answer");
    }
    lines
}

#[tokio::test]
async fn pages_are_joined_and_a_busy_index_is_asked_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("port");
    let url = format!("http://{}", listener.local_addr().expect("address")).parse().expect("url");
    let server = tokio::spawn(serve(
        listener,
        vec![
            (503, "starting"),
            (200, r#"{"items":[],"pageInfo":{"endCursor":"c1","hasNextPage":true},"totalCount":9}"#),
            (200, r#"{"items":[],"pageInfo":{"endCursor":null,"hasNextPage":false},"totalCount":9}"#),
        ],
    ));
    let index = Index::new(url, crate::rpc::http(Duration::from_secs(5)).expect("client"), Duration::from_secs(5));
    let rows: Vec<_> = index.all_jobs(JobQuery::default()).collect().await;
    assert!(rows.is_empty());
    let lines = server.await.expect("served");
    assert_eq!(lines, ["GET /api/jobs HTTP/1.1", "GET /api/jobs HTTP/1.1", "GET /api/jobs?after=c1 HTTP/1.1"]);
}
