use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

use super::*;

#[tokio::test]
async fn nobody_is_sent_elsewhere() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("port");
    let url: Url = format!("http://{}/here", listener.local_addr().expect("address")).parse().expect("URL");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = vec![0; 4096];
            let read = stream.read(&mut request).await.expect("a request");
            let answer: &[u8] = match request[..read].starts_with(b"GET /here") {
                true => b"HTTP/1.1 302 Found\r\nlocation: /there\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
                false => b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nhi",
            };
            stream.write_all(answer).await.expect("answers");
        }
    });
    let there = join(&url, "../there").expect("URL");
    assert_eq!(get(&there, 2).await.expect("an answer"), b"hi");
    assert!(matches!(get(&there, 1).await, Err(Error::Answer(_))), "longer than was said");
    let sent = get(&url, 2).await;
    assert!(matches!(&sent, Err(Error::Answer(words)) if words.contains("302")), "{sent:?}");
}
