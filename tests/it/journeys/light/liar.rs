//! A node that lies: it passes requests on to an honest one, and changes what comes back.

use eyre::{Result, eyre};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// What becomes of the answer to a method.
type Lie = Box<dyn FnMut(&str, &mut Value) + Send>;
/// What becomes of the request itself.
type Twist = Box<dyn FnMut(&mut Value) + Send>;

#[derive(Default)]
struct Lies {
    lie: Option<Lie>,
    twist: Option<Twist>,
}

/// Honest until it is told otherwise.
pub(super) struct Liar {
    pub(super) url: String,
    lies: Arc<Mutex<Lies>>,
    task: JoinHandle<()>,
}

impl Drop for Liar {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Liar {
    pub(super) async fn of(node: String) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let lies = Arc::new(Mutex::new(Lies::default()));
        let shared = lies.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (node, lies) = (node.clone(), shared.clone());
                // Whoever hangs up early has what it wanted.
                tokio::spawn(async move { drop(answer(stream, &node, &lies).await) });
            }
        });
        Ok(Self { url, lies, task })
    }

    /// Changes answers to `method` from now on.
    pub(super) fn lies(&self, method: &'static str, mut change: impl FnMut(&mut Value) + Send + 'static) {
        let lie: Lie = Box::new(move |asked, answer| {
            if asked == method {
                change(answer);
            }
        });
        *self.lies.lock().unwrap_or_else(PoisonError::into_inner) = Lies { lie: Some(lie), twist: None };
    }

    /// Answers `method` as if something else was asked.
    pub(super) fn twists(&self, method: &'static str, mut change: impl FnMut(&mut Value) + Send + 'static) {
        let twist: Twist = Box::new(move |request| {
            if request["method"] == method {
                change(&mut request["params"]);
            }
        });
        *self.lies.lock().unwrap_or_else(PoisonError::into_inner) = Lies { lie: None, twist: Some(twist) };
    }
}

async fn answer(mut stream: TcpStream, node: &str, lies: &Mutex<Lies>) -> Result<()> {
    let body = body(&mut stream).await?;
    let mut request: Value = serde_json::from_slice(&body)?;
    if let Some(twist) = &mut lies.lock().unwrap_or_else(PoisonError::into_inner).twist {
        twist(&mut request);
    }
    let asked = reqwest::Client::new().post(node).header("content-type", "application/json");
    let said = asked.body(request.to_string()).send().await?.text().await?;
    let mut said: Value = serde_json::from_str(&said)?;
    let method = request["method"].as_str().unwrap_or_default();
    if let Some(lie) = &mut lies.lock().unwrap_or_else(PoisonError::into_inner).lie
        && said["result"] != json!(null)
    {
        lie(method, &mut said["result"]);
    }
    let said = said.to_string();
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        said.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(said.as_bytes()).await?;
    Ok(())
}

/// Of a request with a length.
async fn body(stream: &mut TcpStream) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
            let length: usize = length.ok_or_else(|| eyre!("no length in {head}"))?.trim().parse()?;
            let mut body = bytes.split_off(end + 4);
            let had = body.len();
            body.resize(length, 0);
            stream.read_exact(&mut body[had..]).await?;
            return Ok(body);
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(eyre!("the connection ended"));
        }
    }
}
