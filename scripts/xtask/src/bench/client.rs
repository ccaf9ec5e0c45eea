//! The client that every server under load gets: JSON-RPC over HTTP, one connection kept open.

use eyre::{Result, ensure, eyre};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::{
    ops::Deref,
    time::{Duration, Instant},
};

/// How long anything may take.
pub(super) const DEADLINE: Duration = Duration::from_secs(120);

#[derive(Clone)]
pub(super) struct Client {
    http: reqwest::Client,
    url: String,
}

impl Client {
    pub(super) fn new(url: &str) -> Result<Self> {
        Ok(Self { http: reqwest::Client::builder().timeout(DEADLINE).build()?, url: url.to_owned() })
    }

    /// The whole answer to `body`, which is a call or a batch.
    pub(super) async fn post(&self, body: String) -> Result<Value> {
        Ok(serde_json::from_slice(&self.bytes(body).await?)?)
    }

    /// As [`Self::post`], for answers whose parsing is not to be timed.
    pub(super) async fn bytes(&self, body: String) -> Result<impl Deref<Target = [u8]>> {
        let request = self.http.post(&self.url).header("content-type", "application/json").body(body);
        Ok(request.send().await?.error_for_status()?.bytes().await?)
    }

    pub(super) async fn call<T: DeserializeOwned>(&self, method: &str, params: Value) -> Result<T> {
        let mut answer = self.post(body(method, &params)).await?;
        ensure!(answer.get("error").is_none(), "{method}: {}", answer["error"]);
        Ok(serde_json::from_value(answer["result"].take())?)
    }

    /// Waits for the receipt of a transaction that is to succeed.
    pub(super) async fn receipt(&self, hash: &str) -> Result<Value> {
        let started = Instant::now();
        loop {
            let receipt: Value = self.call("eth_getTransactionReceipt", json!([hash])).await?;
            if !receipt.is_null() {
                ensure!(receipt["status"] == "0x1", "{hash} failed: {receipt}");
                return Ok(receipt);
            }
            ensure!(started.elapsed() < DEADLINE, "{hash} has no receipt after {DEADLINE:?}");
        }
    }

    pub(super) async fn nonce(&self, account: impl serde::Serialize) -> Result<u64> {
        let nonce: String = self.call("eth_getTransactionCount", json!([account, "latest"])).await?;
        u64::from_str_radix(nonce.trim_start_matches("0x"), 16).map_err(|_| eyre!("{nonce} is no nonce"))
    }
}

pub(super) fn body(method: &str, params: &Value) -> String {
    json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).to_string()
}

/// One call for each of `params`.
pub(super) fn batch(method: &str, params: impl Iterator<Item = Value>) -> String {
    let calls =
        params.enumerate().map(|(id, params)| json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
    Value::Array(calls.collect()).to_string()
}
