//! A WebSocket client that does only what a test tells it to: it reads nothing by itself.

use super::world::World;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

const TEXT: u8 = 0x81;

pub(crate) struct Socket(TcpStream);

impl Socket {
    pub(crate) async fn open(world: &World) -> Self {
        let mut stream = TcpStream::connect(world.server.address).await.expect("the server listens");
        let head = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
            Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        stream.write_all(head.as_bytes()).await.expect("the server reads");
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            answer.push(stream.read_u8().await.expect("a whole head"));
        }
        assert!(answer.starts_with(b"HTTP/1.1 101 "), "{}", String::from_utf8_lossy(&answer));
        Self(stream)
    }

    pub(crate) async fn send(&mut self, text: &str) {
        let length = text.len() as u64;
        let mut frame = match length {
            0..126 => vec![TEXT, 0x80 | length as u8],
            126..0x1_0000 => [&[TEXT, 0x80 | 126][..], &(length as u16).to_be_bytes()].concat(),
            _ => [&[TEXT, 0x80 | 127][..], &length.to_be_bytes()].concat(),
        };
        // Clients mask; this mask changes nothing.
        frame.extend([0; 4]);
        frame.extend(text.as_bytes());
        self.0.write_all(&frame).await.expect("the server is there");
    }

    /// The next text; pings go unanswered.
    pub(crate) async fn receive(&mut self) -> String {
        loop {
            let (kind, short) = (self.0.read_u8().await.expect("a frame"), self.0.read_u8().await.expect("a length"));
            let length = match short {
                126 => self.0.read_u16().await.expect("a length").into(),
                127 => self.0.read_u64().await.expect("a length"),
                length => length.into(),
            };
            let mut payload = vec![0; length as usize];
            self.0.read_exact(&mut payload).await.expect("as much as was said");
            if kind == TEXT {
                return String::from_utf8(payload).expect("text");
            }
        }
    }
}
