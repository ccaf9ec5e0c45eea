//! The status page: for people, for programs (`/status`), for Prometheus (`/metrics`), for supervisors (`/health`). Whoever
//! owes this worker hands in vouchers (`POST /vouchers`), whoever deals secrets of media hands in shares (`POST /gates/GATE/share`), and whoever a token
//! lets in asks for parts of an epoch's key (`POST /gates/GATE/parts`).

use std::{fmt::Write, sync::Arc, time::Duration};

use alloy::primitives::{U256, utils::format_ether};
use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Path, State},
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::{get, post},
};

use edgeloom_sdk::{KeyRequest, SealedShare, Voucher};
use tower_http::timeout::TimeoutLayer;

use crate::{Status, gates, life::Bench, vouchers};

/// Of a request.
const BODY_BYTES_MAX: usize = 4096;
/// From its first byte to the answer: no voucher, share or part takes longer.
const REQUEST_MAX: Duration = Duration::from_secs(15);

pub(crate) fn routes(bench: Arc<Bench>) -> Router {
    Router::new()
        .route("/", get(|State(bench): State<Arc<Bench>>| async move { Html(html(&bench.tally.status())) }))
        .route("/status", get(|State(bench): State<Arc<Bench>>| async move { Json(bench.tally.status()) }))
        .route("/metrics", get(metrics))
        .route("/health", get(health))
        .route("/vouchers", post(take_voucher))
        .route("/gates/{gate}/share", post(take_share))
        .route("/gates/{gate}/parts", post(give_part))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, REQUEST_MAX))
        .with_state(bench)
}

async fn metrics(State(bench): State<Arc<Bench>>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], prometheus(&bench.tally.status()))
}

/// 200 while the worker can work, 503 while it cannot, with the reason.
async fn health(State(bench): State<Arc<Bench>>) -> impl IntoResponse {
    let status = bench.tally.status();
    let (code, word) = match (status.draining, status.node_ok, status.index_ok) {
        (true, ..) => (StatusCode::SERVICE_UNAVAILABLE, "draining"),
        (_, false, _) => (StatusCode::SERVICE_UNAVAILABLE, "node unreachable"),
        (.., false) => (StatusCode::SERVICE_UNAVAILABLE, "index unreachable"),
        _ => (StatusCode::OK, "ok"),
    };
    (code, Json(serde_json::json!({ "status": word })))
}

/// 200 once a voucher is in the journal, with what it pays beyond what was redeemed; else why it is not accepted.
async fn take_voucher(State(bench): State<Arc<Bench>>, Json(voucher): Json<Voucher>) -> impl IntoResponse {
    match vouchers::accept(&bench, voucher).await {
        Ok(gain) => (StatusCode::OK, Json(serde_json::json!({ "accepted": true, "gain_wei": gain.to_string() }))),
        Err(refusal) => {
            let said = serde_json::json!({ "accepted": false, "why": refusal.to_string() });
            (vouchers::status_of(&refusal), Json(said))
        }
    }
}

/// 200 once a share is on disk; else why it is not taken.
async fn take_share(
    State(bench): State<Arc<Bench>>,
    Path(gate): Path<U256>,
    Json(share): Json<SealedShare>,
) -> impl IntoResponse {
    match bench.gates.take(&bench.client, gate, &share).await {
        Ok(()) => {
            bench.tally.set(|state| state.gates = bench.gates.count());
            Json(serde_json::json!({ "taken": true })).into_response()
        }
        Err(refusal) => said(&refusal),
    }
}

/// 200 with a part that only whoever asked can read; else why there is none.
async fn give_part(
    State(bench): State<Arc<Bench>>,
    Path(gate): Path<U256>,
    Json(asked): Json<KeyRequest>,
) -> impl IntoResponse {
    match bench.gates.give(&bench.client, gate, &asked).await {
        Ok(part) => Json(part).into_response(),
        Err(refusal) => said(&refusal),
    }
}

fn said(refusal: &gates::Refusal) -> Response {
    (refusal.status(), Json(serde_json::json!({ "why": refusal.to_string() }))).into_response()
}

/// Wei as a decimal string, in TFUEL.
pub(crate) fn tfuel(wei: &str) -> String {
    let whole = format_ether(wei.parse::<U256>().unwrap_or_default());
    match whole.split_once('.') {
        Some((units, fraction)) => {
            let fraction = fraction[..fraction.len().min(6)].trim_end_matches('0');
            if fraction.is_empty() { units.to_owned() } else { format!("{units}.{fraction}") }
        }
        None => whole,
    }
}

fn prometheus(status: &Status) -> String {
    let mut text = String::new();
    let mut metric = |name: &str, kind: &str, help: &str, value: &str| {
        write!(text, "# HELP edgeloom_worker_{name} {help}\n# TYPE edgeloom_worker_{name} {kind}\nedgeloom_worker_{name} {value}\n")
            .expect("writing to a string");
    };
    metric("jobs_settled_total", "counter", "Jobs paid.", &status.jobs_settled.to_string());
    metric("jobs_failed_total", "counter", "Jobs taken and not paid.", &status.jobs_failed.to_string());
    metric("earned_tfuel_total", "counter", "TFUEL paid for jobs.", &tfuel(&status.earned_wei));
    metric("rounds_answered_total", "counter", "Rounds of capacity answered.", &status.rounds_answered.to_string());
    metric("rounds_paid_total", "counter", "Rounds of capacity paid.", &status.rounds_paid.to_string());
    metric("rewards_tfuel_total", "counter", "TFUEL the node was paid beside prices.", &tfuel(&status.rewards_wei));
    metric("bids", "gauge", "Bids that are not over.", &status.bids.to_string());
    metric("gates", "gauge", "Gates of media that there are shares of.", &status.gates.to_string());
    metric("leases", "gauge", "Leases that are not over.", &status.leases.to_string());
    metric("leased_tfuel_total", "counter", "TFUEL paid for leases.", &tfuel(&status.leased_wei));
    metric("vouchers_tfuel", "gauge", "TFUEL of vouchers that are kept.", &tfuel(&status.vouchers_wei));
    metric("redeemed_tfuel_total", "counter", "TFUEL paid by vouchers.", &tfuel(&status.redeemed_wei));
    metric("gas_tfuel_total", "counter", "TFUEL spent on gas for jobs and rounds.", &tfuel(&status.gas_wei));
    metric("balance_tfuel", "gauge", "TFUEL of the account.", &tfuel(&status.balance_wei));
    metric("stake_free_tfuel", "gauge", "Stake free for jobs.", &tfuel(&status.stake_free_wei));
    metric("exposure_tfuel", "gauge", "Stake locked by jobs under way.", &tfuel(&status.exposure_wei));
    metric("jobs_running", "gauge", "Jobs under way.", &status.running.to_string());
    metric("jobs_queued", "gauge", "Open jobs waiting for their turn.", &status.queued.to_string());
    metric("head_block", "gauge", "Newest block seen.", &status.head.to_string());
    metric("node_up", "gauge", "Whether the node answers.", &u8::from(status.node_ok).to_string());
    metric("index_up", "gauge", "Whether the index answers.", &u8::from(status.index_ok).to_string());
    metric("draining", "gauge", "Whether no new jobs are taken.", &u8::from(status.draining).to_string());
    metric("uptime_seconds", "gauge", "Since the process started.", &status.uptime_s.to_string());
    text.push_str("# HELP edgeloom_worker_refusals_total Jobs not taken, by reason.\n# TYPE edgeloom_worker_refusals_total counter\n");
    for (reason, count) in &status.refusals {
        writeln!(text, "edgeloom_worker_refusals_total{{reason=\"{reason}\"}} {count}").expect("writing to a string");
    }
    writeln!(
        text,
        "# TYPE edgeloom_worker_build_info gauge\nedgeloom_worker_build_info{{version=\"{}\"}} 1",
        status.version
    )
    .expect("writing to a string");
    text
}

/// Nothing on the page comes from outside but numbers and hex; what is said of rounds is made of those here.
fn html(status: &Status) -> String {
    let mut rows = String::new();
    for done in &status.recent {
        let (paid, gas) = (tfuel(&done.paid_wei), tfuel(&done.gas_wei));
        write!(rows, "<tr><td>{}<td>{}<td>{paid}<td>{gas}<td>{} ms", done.job, done.outcome, done.took_ms)
            .expect("writing to a string");
    }
    let mut refusals = String::new();
    for (reason, count) in &status.refusals {
        write!(refusals, "<tr><td>{reason}<td>{count}").expect("writing to a string");
    }
    let state = match (status.draining, status.node_ok, status.index_ok) {
        (true, ..) => "draining",
        (_, false, _) => "node unreachable",
        (.., false) => "index unreachable",
        _ => "working",
    };
    format!(
        "<!doctype html><html lang=en><meta charset=utf-8><meta http-equiv=refresh content=2>\
         <meta name=viewport content=\"width=device-width\"><title>Edgeloom worker</title>\
         <style>body{{font:16px system-ui;margin:2rem auto;max-width:60rem;padding:0 1rem;color-scheme:light dark}}\
         td,th{{text-align:left;padding:.2rem 1rem .2rem 0}}h1 small{{font-size:1rem;font-weight:normal}}</style>\
         <h1>Edgeloom worker <small>{state}</small></h1><p>{worker} on chain {chain}, block {head}\
         <table><tr><th>Earned<td>{earned} TFUEL<tr><th>Gas<td>{gas} TFUEL<tr><th>Jobs paid<td>{settled}\
         <tr><th>Jobs lost<td>{failed}<tr><th>Rewards<td>{rewards} TFUEL\
         <tr><th>Rounds paid<td>{rounds_paid} ({rounds_answered} answered since the start)<tr><th>Rounds<td>{rounds}<tr><th>Bids<td>{bids}<tr><th>Leases<td>{leased} TFUEL ({leases} under way)<tr><th>Vouchers<td>{redeemed} TFUEL ({vouchers} kept)<tr><th>Media<td>shares of {gates} gates<tr><th>Under way<td>{running} ({queued} queued)<tr><th>At stake now<td>{exposure} TFUEL\
         <tr><th>Free stake<td>{free} TFUEL<tr><th>Balance<td>{balance} TFUEL</table>\
         <h2>Recent jobs</h2><table><tr><th>Job<th>Outcome<th>Paid<th>Gas<th>Took{rows}</table>\
         <h2>Not taken</h2><table><tr><th>Reason<th>Jobs{refusals}</table></html>",
        worker = status.worker,
        chain = status.chain_id,
        head = status.head,
        earned = tfuel(&status.earned_wei),
        gas = tfuel(&status.gas_wei),
        settled = status.jobs_settled,
        failed = status.jobs_failed,
        rewards = tfuel(&status.rewards_wei),
        rounds_paid = status.rounds_paid,
        rounds_answered = status.rounds_answered,
        rounds = status.rounds,
        bids = status.bids,
        leases = status.leases,
        leased = tfuel(&status.leased_wei),
        vouchers = tfuel(&status.vouchers_wei),
        redeemed = tfuel(&status.redeemed_wei),
        gates = status.gates,
        running = status.running,
        queued = status.queued,
        exposure = tfuel(&status.exposure_wei),
        free = tfuel(&status.stake_free_wei),
        balance = tfuel(&status.balance_wei),
    )
}

#[cfg(test)]
mod tests;
