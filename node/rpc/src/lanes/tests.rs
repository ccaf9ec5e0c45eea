use super::{Lane, deal};
use crate::server::IDLE_MAX;
use edgeloom_listener::Listener;
use std::{future::pending, sync::Arc};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::mpsc,
};

#[tokio::test]
async fn a_connection_goes_where_fewest_are() {
    let tcp = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = tcp.local_addr().unwrap();
    let (lanes, mut dealt): (Vec<_>, Vec<_>) = (0..2)
        .map(|_| {
            let (connections, receiver) = mpsc::unbounded_channel();
            (Lane { connections, load: Arc::default() }, receiver)
        })
        .unzip();
    let listener = Listener::new(tcp, 8, IDLE_MAX);
    let dealing = tokio::spawn(deal(listener, lanes, pending()));
    let (mut clients, mut held) = (Vec::new(), [Vec::new(), Vec::new()]);
    for _ in 0..2 {
        for (lane, held) in dealt.iter_mut().zip(&mut held) {
            clients.push(TcpStream::connect(address).await.unwrap());
            held.push(lane.recv().await.unwrap());
        }
    }
    held[1].clear();
    for _ in 0..2 {
        clients.push(TcpStream::connect(address).await.unwrap());
        held[1].push(dealt[1].recv().await.unwrap());
    }
    assert!(dealt[0].is_empty());
    dealing.abort();
}
