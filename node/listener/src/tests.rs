use super::{Listener, Socket};
use std::{io::ErrorKind, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};

async fn listen(connections: usize, idle_max: Duration) -> Listener {
    let tcp = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    Listener::new(tcp, connections, idle_max)
}

async fn accept(listener: &mut Listener) -> (Socket, TcpStream) {
    let client = TcpStream::connect(listener.tcp.local_addr().unwrap()).await.unwrap();
    (listener.accept().await.open(Arc::default()).unwrap(), client)
}

#[tokio::test]
async fn connections_are_bounded_until_one_ends() {
    let mut listener = listen(2, Duration::from_secs(60)).await;
    let (first, _client) = accept(&mut listener).await;
    let (_second, _other) = accept(&mut listener).await;
    let third = TcpStream::connect(listener.tcp.local_addr().unwrap()).await.unwrap();
    assert!(timeout(Duration::from_millis(100), listener.accept()).await.is_err());
    drop(first);
    let accepted = timeout(Duration::from_secs(10), listener.accept()).await.unwrap();
    assert_eq!(accepted.stream.peer_addr().unwrap(), third.local_addr().unwrap());
}

#[tokio::test]
async fn a_socket_that_nothing_moves_through_fails() {
    let mut listener = listen(1, Duration::from_millis(200)).await;
    let (mut socket, mut client) = accept(&mut listener).await;
    let mut byte = [0];
    // What moves, however slowly, lives on.
    for _ in 0..4 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        client.write_all(&[7]).await.unwrap();
        socket.read_exact(&mut byte).await.unwrap();
    }
    let read = timeout(Duration::from_secs(10), socket.read_exact(&mut byte)).await.unwrap();
    assert_eq!(read.unwrap_err().kind(), ErrorKind::TimedOut);
    // A reader that takes nothing is as idle.
    let written = timeout(Duration::from_secs(10), socket.write_all(&vec![0; 64 << 20])).await.unwrap();
    assert_eq!(written.unwrap_err().kind(), ErrorKind::TimedOut);
}

#[tokio::test]
async fn servers_have_as_few_and_as_lively_connections() {
    let mut listener = listen(1, Duration::from_millis(200)).await;
    let mut client = TcpStream::connect(listener.tcp.local_addr().unwrap()).await.unwrap();
    let (mut socket, address) = axum::serve::Listener::accept(&mut listener).await;
    assert_eq!(address, client.local_addr().unwrap());
    let _other = TcpStream::connect(listener.tcp.local_addr().unwrap()).await.unwrap();
    let next = timeout(Duration::from_millis(100), axum::serve::Listener::accept(&mut listener)).await;
    assert!(next.is_err(), "there is one already");
    client.write_all(&[7]).await.unwrap();
    let mut bytes = [0; 2];
    let read = timeout(Duration::from_secs(10), socket.read_exact(&mut bytes)).await.unwrap();
    assert_eq!(read.unwrap_err().kind(), ErrorKind::TimedOut, "half of what was waited for");
}
