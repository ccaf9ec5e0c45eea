//! A WebSocket as bytes: whole messages, pieces of them, and what is no WebSocket at all.

use crate::dice::Dice;
use std::io;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::http::Connection;

const MESSAGE_BYTES_MAX: u64 = 256 << 20;
const TEXT: u8 = 1;
const CLOSE: u8 = 8;
const FIN: u8 = 0x80;
const MASKED: u8 = 0x80;

pub(crate) struct Socket(Connection);

impl Socket {
    pub(crate) async fn open(port: u16) -> io::Result<Self> {
        let mut connection = Connection::open(port).await?;
        let upgrade = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
            Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        connection.write(upgrade.as_bytes()).await;
        let answer = connection.read().await?.ok_or(io::ErrorKind::UnexpectedEof)?;
        if answer.status == 101 {
            Ok(Self(connection))
        } else {
            Err(io::Error::other(format!("status {}", answer.status)))
        }
    }

    /// One text message, whole or in pieces.
    pub(crate) async fn send(&mut self, text: &[u8], dice: &mut Dice) {
        let pieces = if dice.one_in(4) { 1 + dice.below(5) } else { 1 };
        let size = text.len().div_ceil(pieces).max(1);
        let mut rest = text;
        let mut opcode = TEXT;
        loop {
            let (piece, after) = rest.split_at(size.min(rest.len()));
            let last = after.is_empty();
            self.0.write(&frame(if last { FIN | opcode } else { opcode }, piece)).await;
            if last {
                return;
            }
            (rest, opcode) = (after, 0);
        }
    }

    /// Bytes that break the protocol.
    pub(crate) async fn break_it(&mut self, dice: &mut Dice) {
        let noise: Vec<u8> = (0..1 + dice.below(64)).map(|_| dice.next() as u8).collect();
        let bytes = match dice.below(7) {
            0 => noise,
            // Without a mask; of 2^63 bytes; with reserved bits; of an unknown kind; a piece of nothing; no UTF-8.
            1 => vec![FIN | TEXT, 2, b'{', b'}'],
            2 => vec![FIN | TEXT, MASKED | 127, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0],
            3 => frame(FIN | 0x70 | TEXT, b"{}"),
            4 => frame(FIN | (0x3 + dice.below(5) as u8), &noise),
            5 => frame(FIN, &noise),
            _ => frame(FIN | TEXT, b"\xff\xfe\xfd"),
        };
        self.0.write(&bytes).await;
    }

    /// The next message; `None` when the other side ends.
    pub(crate) async fn receive(&mut self) -> io::Result<Option<Vec<u8>>> {
        let stream = &mut self.0.0;
        let mut message = Vec::new();
        loop {
            let mut head = [0; 2];
            if let Err(error) = stream.read_exact(&mut head).await {
                return if error.kind() == io::ErrorKind::UnexpectedEof { Ok(None) } else { Err(error) };
            }
            let length = match head[1] & 0x7f {
                126 => u64::from(stream.read_u16().await?),
                127 => stream.read_u64().await?,
                short => u64::from(short),
            };
            if length > MESSAGE_BYTES_MAX {
                return Err(io::Error::other("a message of more than 256 MiB"));
            }
            let mut payload = vec![0; length as usize];
            stream.read_exact(&mut payload).await?;
            match head[0] & 0xf {
                CLOSE => return Ok(None),
                // Pings: not answered for the few seconds that a socket here lives.
                9 | 10 => continue,
                _ => message.extend(payload),
            }
            if head[0] & FIN != 0 {
                return Ok(Some(message));
            }
        }
    }

    pub(crate) async fn hang_up(mut self) {
        drop(self.0.0.shutdown().await);
    }
}

/// With a mask of zeros, which changes nothing.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut out = vec![first];
    match payload.len() {
        length @ 0..126 => out.push(MASKED | length as u8),
        length @ 126..0x1_0000 => {
            out.push(MASKED | 126);
            out.extend((length as u16).to_be_bytes());
        }
        length => {
            out.push(MASKED | 127);
            out.extend((length as u64).to_be_bytes());
        }
    }
    out.extend([0; 4]);
    out.extend(payload);
    out
}
