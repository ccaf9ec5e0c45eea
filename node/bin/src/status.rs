//! `edgeloom status`: how a node is, asked at its own doors as anybody can.

mod exposition;
mod live;
mod report;

use crate::arguments::Status;
use eyre::{Result, WrapErr, bail, eyre};
use report::Report;
use serde_json::{Value, json};
use std::{
    io::{IsTerminal as _, Write as _, stdout},
    time::Duration,
};

/// A node that works answers in milliseconds.
const ANSWER_MAX: Duration = Duration::from_secs(5);
/// Longest answer of either door, bytes.
const ANSWER_BYTES_MAX: usize = 8 << 20;

/// One report, or one every second for as long as somebody looks.
///
/// # Errors
/// When no node answers at all.
pub(crate) async fn command(arguments: Status) -> Result<()> {
    let doors = Doors::new(&arguments)?;
    if !arguments.json && !arguments.once && stdout().is_terminal() {
        return live::show(doors).await;
    }
    let report = doors.ask().await?;
    let text = if arguments.json { serde_json::to_string_pretty(&report)? } else { report.to_string() };
    let mut out = stdout().lock();
    writeln!(out, "{text}")?;
    Ok(out.flush()?)
}

/// Where a node answers.
#[derive(Clone, Debug)]
struct Doors {
    client: reqwest::Client,
    rpc: String,
    metrics: String,
}

impl Doors {
    fn new(arguments: &Status) -> Result<Self> {
        let client = reqwest::Client::builder().timeout(ANSWER_MAX).build()?;
        Ok(Self { client, rpc: arguments.rpc.clone(), metrics: arguments.metrics.clone() })
    }

    /// What the node says; what only its metrics tell is left out where those are not served.
    async fn ask(&self) -> Result<Report> {
        let (answers, metrics) = tokio::join!(self.ask_rpc(), self.ask_metrics());
        let answers = answers.wrap_err_with(|| {
            format!(
                "no node answers at {}: start it (edgeloom run), or say where it serves JSON-RPC with --rpc URL",
                self.rpc
            )
        })?;
        let metrics = metrics.map_err(|error| format!("{error:#}"));
        Report::of(&answers, metrics)
    }

    /// The results of [`report::METHODS`], in their order.
    async fn ask_rpc(&self) -> Result<Vec<Value>> {
        let calls = report::METHODS.iter().zip(0..);
        let calls = calls.map(|((method, params), id)| {
            let params: Value = serde_json::from_str(params)?;
            Ok(json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }))
        });
        let calls = calls.collect::<Result<Vec<_>>>()?;
        let response = self.client.post(&self.rpc).json(&calls).send().await?.error_for_status()?;
        let answers: Vec<Value> =
            serde_json::from_slice(&bytes(response).await?).wrap_err("the answer is not JSON-RPC")?;
        let mut results = Vec::new();
        for ((method, _), answer) in report::METHODS.iter().zip(answers) {
            match answer.get("result") {
                Some(result) => results.push(result.clone()),
                None => bail!("{method}: {}", answer.get("error").unwrap_or(&answer)),
            }
        }
        if results.len() == report::METHODS.len() { Ok(results) } else { Err(eyre!("not every call was answered")) }
    }

    async fn ask_metrics(&self) -> Result<String> {
        let asked = self.client.get(&self.metrics).send().await;
        let response = asked.wrap_err_with(|| {
            format!("no metrics at {}: run the node with --metrics, or say where with --metrics URL", self.metrics)
        })?;
        let text = bytes(response.error_for_status()?).await?;
        String::from_utf8(text).wrap_err("metrics are text")
    }
}

/// A body, as long as it may be.
async fn bytes(mut response: reqwest::Response) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > ANSWER_BYTES_MAX {
            bail!("the answer has more than {ANSWER_BYTES_MAX} bytes");
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
