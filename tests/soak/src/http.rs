//! HTTP as bytes, because what is sent need not be HTTP.

use std::{io, time::Duration};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpStream,
    time::timeout,
};

const LINE_BYTES_MAX: u64 = 64 * 1024;
const BODY_BYTES_MAX: usize = 256 << 20;
/// How long the other side may take nothing of what is written.
const WRITE_MAX: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
    /// The connection serves on.
    pub(crate) keeps: bool,
}

pub(crate) struct Connection(pub(crate) BufReader<TcpStream>);

impl Connection {
    pub(crate) async fn open(port: u16) -> io::Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        Ok(Self(BufReader::new(stream)))
    }

    /// Writes as much as is taken: who refuses by the head need not read the body.
    pub(crate) async fn write(&mut self, bytes: &[u8]) {
        drop(timeout(WRITE_MAX, self.0.write_all(bytes)).await);
    }

    /// The next response; `None` when the other side hung up before one began.
    pub(crate) async fn read(&mut self) -> io::Result<Option<Response>> {
        let Some(line) = self.line().await? else { return Ok(None) };
        let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status: u16 = status.ok_or_else(|| io::Error::other(format!("no status line: {line:?}")))?;
        let (mut length, mut chunked, mut keeps) = (0, false, true);
        loop {
            let line = self.line().await?.ok_or(io::ErrorKind::UnexpectedEof)?.to_ascii_lowercase();
            let Some((name, value)) = line.split_once(':') else { break };
            match (name, value.trim()) {
                ("content-length", value) => length = value.parse().map_err(io::Error::other)?,
                ("transfer-encoding", "chunked") => chunked = true,
                ("connection", "close") => keeps = false,
                _ => {}
            }
        }
        let mut body = Vec::new();
        if chunked {
            loop {
                let size = self.line().await?.ok_or(io::ErrorKind::UnexpectedEof)?;
                let size = usize::from_str_radix(&size, 16).map_err(io::Error::other)?;
                self.take(size, &mut body).await?;
                self.line().await?;
                if size == 0 {
                    break;
                }
            }
        } else {
            self.take(length, &mut body).await?;
        }
        Ok(Some(Response { status, body, keeps }))
    }

    async fn take(&mut self, count: usize, body: &mut Vec<u8>) -> io::Result<()> {
        if body.len() + count > BODY_BYTES_MAX {
            return Err(io::Error::other("a body of more than 256 MiB"));
        }
        let begin = body.len();
        body.resize(begin + count, 0);
        self.0.read_exact(&mut body[begin..]).await.map(drop)
    }

    /// Without its end.
    async fn line(&mut self) -> io::Result<Option<String>> {
        let mut line = Vec::new();
        (&mut self.0).take(LINE_BYTES_MAX).read_until(b'\n', &mut line).await?;
        if line.is_empty() {
            return Ok(None);
        }
        Ok(Some(String::from_utf8_lossy(&line).trim_end().to_owned()))
    }
}

/// A whole request with this body.
pub(crate) fn post(body: &[u8]) -> Vec<u8> {
    let head = format!(
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}
