//! `/metrics`, `/health` and `/ready` of a node, on a port of their own: who may ask a node for blocks need not see how it is.

mod observed;
mod series;

use axum::{
    Json, Router,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
    routing::get,
};
use edgeloom_listener::Listener;
use eyre::{Result, WrapErr};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use serde_json::json;
use std::{
    net::{SocketAddr, TcpListener},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{sync::watch, task::JoinHandle, time::timeout};
use tower_http::timeout::TimeoutLayer;

pub(crate) use observed::Observed;

/// Seconds; from a call that looks one row up to a block that takes the leader's whole time.
const SECONDS: [f64; 14] = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
/// Who scrapes are few.
const CONNECTIONS_MAX: usize = 64;
const IDLE_MAX: Duration = Duration::from_secs(30);
/// Of an answer.
const REQUEST_MAX: Duration = Duration::from_secs(10);
/// How long answers in progress hold up the end.
const STOP_MAX: Duration = Duration::from_secs(2);

/// A port that nothing is served on yet. From here on the process counts.
#[derive(Debug)]
pub(crate) struct Page {
    tcp: TcpListener,
    address: SocketAddr,
    recorder: PrometheusHandle,
}

impl Page {
    /// # Errors
    /// When the port is taken, or this process counts for somebody else.
    pub(crate) fn bind(address: SocketAddr) -> Result<Self> {
        let listen = || {
            let tcp = TcpListener::bind(address)?;
            tcp.set_nonblocking(true)?;
            tcp.local_addr().map(|address| (tcp, address))
        };
        let (tcp, address) = listen().wrap_err_with(|| format!("cannot serve metrics on {address}"))?;
        let builder = PrometheusBuilder::new().set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &SECONDS);
        let recorder = builder?.build_recorder();
        let handle = recorder.handle();
        metrics::set_global_recorder(recorder).wrap_err("another recorder of metrics is installed")?;
        series::describe();
        Ok(Self { tcp, address, recorder: handle })
    }

    /// Serves until it is stopped.
    ///
    /// # Errors
    /// The system's.
    pub(crate) fn serve(self, observed: Observed) -> Result<Served> {
        let Self { tcp, address, recorder } = self;
        let (stop, mut stopped) = watch::channel(false);
        let node = Arc::new(Node { recorder, observed, started: AtomicBool::new(false), since: Instant::now() });
        let listener = Listener::new(tokio::net::TcpListener::from_std(tcp)?, CONNECTIONS_MAX, IDLE_MAX);
        let serving = axum::serve(listener, routes(node.clone())).with_graceful_shutdown(async move {
            // An error means that `stop` is gone: the end, too.
            drop(stopped.wait_for(|stop| *stop).await);
        });
        let task = tokio::spawn(async move {
            if let Err(error) = serving.await {
                tracing::error!(%error, "metrics are not served any more");
            }
        });
        Ok(Served { address, stop, task, node })
    }
}

/// A page that is served.
#[derive(Debug)]
pub(crate) struct Served {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
    node: Arc<Node>,
}

impl Served {
    pub(crate) fn url(&self) -> String {
        format!("http://{}/metrics", self.address)
    }

    /// The engine runs: the node may be ready from now on.
    pub(crate) fn started(&self) {
        self.node.started.store(true, Ordering::Relaxed);
    }

    /// Ends within two seconds. The store is not held any more then.
    pub(crate) async fn stop(mut self) {
        self.stop.send_replace(true);
        if timeout(STOP_MAX, &mut self.task).await.is_err() {
            self.task.abort();
        }
    }
}

/// What the answers are made of.
#[derive(Debug)]
struct Node {
    recorder: PrometheusHandle,
    observed: Observed,
    started: AtomicBool,
    since: Instant,
}

fn routes(node: Arc<Node>) -> Router {
    Router::new()
        .route("/metrics", get(scrape))
        .route("/health", get(health))
        .route("/ready", get(ready))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, REQUEST_MAX))
        .with_state(node)
}

async fn scrape(State(node): State<Arc<Node>>) -> impl IntoResponse {
    // It asks the database and the pool, which may be busy.
    let rendered = tokio::task::spawn_blocking(move || {
        node.observed.read();
        node.recorder.run_upkeep();
        node.recorder.render()
    });
    match rendered.await {
        Ok(text) => ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

/// 200 while the process answers at all.
async fn health(State(node): State<Arc<Node>>) -> impl IntoResponse {
    Json(
        json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION"), "uptimeSeconds": node.since.elapsed().as_secs() }),
    )
}

/// 200 while the node takes part and is no more than a few blocks behind; else 503, with every reason.
async fn ready(State(node): State<Arc<Node>>) -> impl IntoResponse {
    let reasons = node.observed.faults(node.started.load(Ordering::Relaxed));
    let code = if reasons.is_empty() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (code, Json(json!({ "ready": reasons.is_empty(), "reasons": reasons })))
}
