//! The attacker: many connections, one pace.

use crate::{
    Settings, answer,
    catalogue::{Catalogue, heavy},
    dice::Dice,
    findings::Findings,
    http::{Connection, Response, post},
    mutation,
    websocket::Socket,
};
use serde_json::Value;
use std::{
    collections::BTreeSet,
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::Semaphore,
    time::{interval, sleep, timeout},
};

/// Ids of heavy requests begin here, far from others.
const HEAVY_IDS: u64 = 1 << 48;

/// Messages of a WebSocket or a Unix socket before it is closed.
pub(crate) const MESSAGES: usize = 40;

/// Longest message that the node reads.
pub(crate) const MESSAGE_BYTES_MAX: usize = 10 << 20;

/// How long a request that is not whole is waited for.
pub(crate) const BROKEN_MAX: Duration = Duration::from_millis(300);

/// What all connections of the attacker share.
pub(crate) struct Attack {
    pub(crate) port: u16,
    pub(crate) seed: u64,
    pub(crate) catalogue: Catalogue,
    pub(crate) findings: Arc<Findings>,
    /// The next request's number, and where they end.
    pub(crate) next: AtomicU64,
    pub(crate) end: u64,
    /// Whose turn it is.
    pub(crate) on: AtomicBool,
    pub(crate) over: AtomicBool,
    /// May be sent.
    pub(crate) permits: Semaphore,
    /// How long a whole request may go unanswered.
    pub(crate) answer_max: Duration,
}

impl Attack {
    /// Of nothing until it is on.
    pub(crate) const fn new(settings: Settings, port: u16, catalogue: Catalogue, findings: Arc<Findings>) -> Self {
        Self {
            port,
            seed: settings.seed,
            catalogue,
            findings,
            next: AtomicU64::new(0),
            end: settings.requests,
            on: AtomicBool::new(false),
            over: AtomicBool::new(false),
            permits: Semaphore::const_new(0),
            answer_max: settings.answer_max,
        }
    }

    /// Gives out `rate` permits a second while the attack is on.
    pub(crate) async fn pace(self: Arc<Self>, rate: u64) {
        const TICK: Duration = Duration::from_millis(10);
        let mut ticks = interval(TICK);
        let mut due = 0.0;
        while !self.is_over() {
            ticks.tick().await;
            if self.on.load(Ordering::Relaxed) && self.permits.available_permits() < rate as usize / 10 + 1 {
                due += rate as f64 * TICK.as_secs_f64();
                self.permits.add_permits(due as usize);
                due -= f64::floor(due);
            }
        }
        // Whoever waits sees that it is over.
        self.permits.close();
    }

    pub(crate) fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    /// The number of the next request, in its time; `None` at the end.
    pub(crate) async fn take(&self) -> Option<u64> {
        self.permits.acquire().await.ok()?.forget();
        let index = self.next.fetch_add(1, Ordering::Relaxed);
        if index >= self.end {
            self.over.store(true, Ordering::Relaxed);
            return None;
        }
        Findings::count(&self.findings.sent);
        Some(index)
    }

    pub(crate) fn blame(&self, index: u64, request: &[u8], what: &str) {
        let (seed, request) = (self.seed, answer::shown(request));
        self.findings.violation(format!("seed {seed} request {index}: {what}\n    after {request}"));
    }

    /// Whole requests over HTTP, and some that are not whole.
    pub(crate) async fn over_http(self: Arc<Self>) {
        let mut connection = None;
        while let Some(index) = self.take().await {
            let mut dice = Dice::new(self.seed, index);
            if dice.one_in(25) {
                self.broken(index, &mut dice).await;
                continue;
            }
            let body = mutation::body(&self.catalogue, &mut dice, index);
            connection = self.exchange(connection, index, &body).await;
        }
    }

    /// One whole request: the connection, if it lives on.
    async fn exchange(&self, connection: Option<Connection>, index: u64, body: &[u8]) -> Option<Connection> {
        let is_used = connection.is_some();
        let opened = match connection {
            Some(open) => Ok(open),
            None => Connection::open(self.port).await,
        };
        let Ok(mut connection) = opened else {
            self.blame(index, body, "no connection");
            sleep(Duration::from_millis(100)).await;
            return None;
        };
        connection.write(&post(body)).await;
        let response = match timeout(self.answer_max, connection.read()).await {
            Ok(Ok(Some(response))) => response,
            // It may have hung up before this request came.
            Ok(Ok(None) | Err(_)) if is_used => return Box::pin(self.exchange(None, index, body)).await,
            Ok(Ok(None)) => {
                self.blame(index, body, "the node hung up");
                return None;
            }
            Ok(Err(error)) => {
                self.blame(index, body, &format!("the answer broke off: {error}"));
                return None;
            }
            Err(_) => {
                self.blame(index, body, &format!("no answer within {:?}", self.answer_max));
                return None;
            }
        };
        if let Err(wrong) = self.judge(&response, body) {
            self.blame(index, body, &wrong);
        }
        response.keeps.then_some(connection)
    }

    /// R3.
    fn judge(&self, response: &Response, body: &[u8]) -> Result<(), String> {
        match response.status {
            200 => {
                let answer = answer::check(&response.body)?;
                Findings::count(&self.findings.answered);
                echoes(&answer, body)
            }
            204 if response.body.is_empty() => Ok(()),
            400..500 => {
                Findings::count(&self.findings.refused);
                Ok(())
            }
            status => Err(format!("status {status}: {}", answer::shown(&response.body))),
        }
    }

    /// What is no whole request: nothing need come back, but no 5xx.
    async fn broken(&self, index: u64, dice: &mut Dice) {
        let body = mutation::body(&self.catalogue, dice, index);
        let request = unlike_http(&body, dice);
        let Ok(mut connection) = Connection::open(self.port).await else { return };
        connection.write(&request).await;
        match timeout(BROKEN_MAX, connection.read()).await {
            Ok(Ok(Some(response))) if response.status >= 500 => {
                self.blame(index, &request, &format!("status {}", response.status));
            }
            Ok(Ok(Some(_))) => Findings::count(&self.findings.refused),
            _ => Findings::count(&self.findings.hung_up),
        }
    }

    pub(crate) async fn over_websocket(self: Arc<Self>) {
        while !self.is_over() {
            // Only as many connections as there is something to send.
            let Some(first) = self.take().await else { return };
            let ended = match timeout(self.answer_max, self.converse(first)).await {
                Ok(ended) => ended,
                Err(_) => Err(io::Error::other(format!("no answer within {:?}", self.answer_max))),
            };
            if let Err(error) = ended {
                let last = self.next.load(Ordering::Relaxed);
                self.blame(first, format!("a WebSocket's requests up to {last}").as_bytes(), &error.to_string());
            }
        }
    }

    /// A connection's life: messages, their answers, and at the end perhaps garbage.
    async fn converse(&self, first: u64) -> io::Result<()> {
        let mut socket = Socket::open(self.port).await?;
        let mut index = first;
        let mut awaited = BTreeSet::new();
        for _ in 0..MESSAGES {
            let mut dice = Dice::new(self.seed, index);
            let body = mutation::body(&self.catalogue, &mut dice, index);
            let id = answerable(&body);
            // Of what is neither text nor short enough a WebSocket dies, as it should.
            if std::str::from_utf8(&body).is_ok() && body.len() <= MESSAGE_BYTES_MAX {
                awaited.extend(id);
                socket.send(&body, &mut dice).await;
            }
            while awaited.len() > 8 {
                self.hear(&mut socket, &mut awaited).await?;
            }
            let Some(next) = self.take().await else { break };
            index = next;
        }
        while !awaited.is_empty() {
            self.hear(&mut socket, &mut awaited).await?;
        }
        let mut dice = Dice::new(self.seed, index);
        if dice.one_in(2) {
            socket.break_it(&mut dice).await;
            // It may still answer what came before; then it ends.
            drop(timeout(BROKEN_MAX, socket.receive()).await);
        }
        socket.hang_up().await;
        Ok(())
    }

    async fn hear(&self, socket: &mut Socket, awaited: &mut BTreeSet<u64>) -> io::Result<()> {
        let message = socket.receive().await?;
        let message =
            message.ok_or_else(|| io::Error::other(format!("ended with {} answers to come", awaited.len())))?;
        let answer = answer::check(&message).map_err(io::Error::other)?;
        if let Some(id) = answer["id"].as_u64() {
            awaited.remove(&id);
        }
        Findings::count(&self.findings.answered);
        Ok(())
    }

    /// Expensive requests, `per_second` of them.
    pub(crate) async fn heavily(self: Arc<Self>, per_second: f64) {
        let mut connection = None;
        let mut ticks = interval(Duration::from_secs_f64(1.0 / per_second));
        for index in HEAVY_IDS.. {
            ticks.tick().await;
            if self.is_over() {
                return;
            }
            if self.on.load(Ordering::Relaxed) {
                let body = heavy(&mut Dice::new(self.seed, index), index).to_string();
                Findings::count(&self.findings.sent);
                connection = self.exchange(connection, index, body.as_bytes()).await;
            }
        }
    }
}

/// A call with an id is answered with that id.
fn echoes(answer: &Value, body: &[u8]) -> Result<(), String> {
    match answerable(body) {
        Some(id) if answer["id"].as_u64() != Some(id) => Err(format!("call {id} is answered with id {}", answer["id"])),
        _ => Ok(()),
    }
}

/// The id of `body` where it is a call beyond doubt, whatever its method and parameters.
pub(crate) fn answerable(body: &[u8]) -> Option<u64> {
    let call: Value = serde_json::from_slice(body).ok()?;
    // Otherwise a key is there twice, and readers differ about which counts.
    let once = call.to_string().len() == body.len();
    let sound = call["jsonrpc"] == "2.0" && call["method"].is_string() && call["params"].is_array();
    call["id"].as_u64().filter(|_| once && sound)
}

/// A request that HTTP has no name for, or that JSON-RPC does not want.
fn unlike_http(body: &[u8], dice: &mut Dice) -> Vec<u8> {
    let head = |line: &str, fields: &str| format!("{line} HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n").into_bytes();
    let json = "Content-Type: application/json\r\n";
    let length = body.len();
    let said = match dice.below(5) {
        0 => format!("{}", length + 1 + dice.below(100)),
        1 => format!("{}", length / 2),
        2 => "-1".to_owned(),
        3 => format!("{}", u64::MAX),
        _ => "ten".to_owned(),
    };
    let head = match dice.below(9) {
        0 | 1 => head("POST /", &format!("{json}Content-Length: {said}\r\n")),
        2 => head("POST /", &format!("Content-Type: text/plain\r\nContent-Length: {length}\r\n")),
        3 => head("POST /", &format!("Content-Length: {length}\r\n")),
        4 => {
            let method = dice.pick(&["PUT", "DELETE", "GET", "HEAD", "TRACE", "PATCH", "OPTIONS", "BREW", "p\u{f8}st"]);
            head(&format!("{method} /{}", "x".repeat(dice.below(9000))), json)
        }
        5 => head("POST /", &format!("{json}Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n")),
        6 => head("POST /", &format!("{json}{}Content-Length: {length}\r\n", "X-A: b\r\n".repeat(dice.below(300)))),
        7 => head("GET /", "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 99\r\n"),
        _ => Vec::new(),
    };
    let mut request = [head.as_slice(), body].concat();
    if dice.one_in(3) {
        request.truncate(dice.below(request.len().max(1)));
    }
    request
}
