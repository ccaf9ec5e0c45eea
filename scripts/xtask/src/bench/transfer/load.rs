//! The load: pre-signed transfers in JSON-RPC batches, and the client that sends them.

use alloy::{
    consensus::{SignableTransaction as _, TxEip1559, TxEnvelope},
    eips::Encodable2718 as _,
    primitives::{Address, B256, Signature, TxKind, U256, hex},
    signers::local::PrivateKeySigner,
};
use edgeloom_tests::dev_signer;
use eyre::{Result, WrapErr, bail, ensure, eyre};
use k256::ecdsa::SigningKey;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const CHAIN_ID: u64 = 31337;
const DEADLINE: Duration = Duration::from_secs(120);

pub(super) struct Load {
    /// Bodies of POST requests, by sender; a sender's are in nonce order.
    lanes: Vec<Vec<String>>,
    senders: Vec<Address>,
    per_sender: u64,
    hashes: Vec<B256>,
    batch: usize,
}

impl Load {
    /// Signs `per_sender` transfers of 1 wei from each of the first `senders` dev accounts to fresh accounts.
    pub(super) fn sign(senders: u32, per_sender: u64, batch: usize) -> Result<Self> {
        let mut load = Self { lanes: Vec::new(), senders: Vec::new(), per_sender, hashes: Vec::new(), batch };
        for sender in 0..senders {
            let signer = dev_signer(sender)?;
            let mut raw = Vec::new();
            for nonce in 0..per_sender {
                let transaction = transfer(&signer, sender, nonce)?;
                load.hashes.push(*transaction.tx_hash());
                raw.push(hex::encode_prefixed(transaction.encoded_2718()));
            }
            load.lanes.push(raw.chunks(batch).map(|raws| calls("eth_sendRawTransaction", raws)).collect());
            load.senders.push(signer.address());
        }
        Ok(load)
    }

    pub(super) fn len(&self) -> usize {
        self.hashes.len()
    }

    /// Sends everything over `connections` connections and waits until every sender's nonce says that all is mined.
    pub(super) async fn send(&self, url: &str, connections: usize) -> Result<()> {
        let started = Instant::now();
        let mut tasks = Vec::new();
        for connection in 0..connections {
            let lanes: Vec<_> = self.lanes.iter().skip(connection).step_by(connections).cloned().collect();
            let (client, url) = (client()?, url.to_owned());
            tasks.push(tokio::spawn(async move { send_lanes(&client, &url, &lanes).await }));
        }
        for task in tasks {
            task.await.wrap_err("a sending task ended")??;
        }
        let client = client()?;
        for sender in &self.senders {
            loop {
                let body = json!({"jsonrpc": "2.0", "id": 1, "method": "eth_getTransactionCount", "params": [sender, "latest"]});
                let answer = post(&client, url, body.to_string()).await?;
                let nonce = answer["result"]
                    .as_str()
                    .and_then(|hex| u64::from_str_radix(hex.trim_start_matches("0x"), 16).ok());
                if nonce.ok_or_else(|| eyre!("no nonce in {answer}"))? == self.per_sender {
                    break;
                }
                ensure!(
                    started.elapsed() < DEADLINE,
                    "{sender} is at nonce {nonce:?} of {} after {DEADLINE:?}",
                    self.per_sender
                );
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        }
        Ok(())
    }

    /// How many transfers have a receipt with status 1.
    pub(super) async fn count_receipts(&self, url: &str) -> Result<usize> {
        let client = client()?;
        let mut succeeded = 0;
        let hashes: Vec<_> = self.hashes.iter().map(B256::to_string).collect();
        for hashes in hashes.chunks(self.batch) {
            let answers = post(&client, url, calls("eth_getTransactionReceipt", hashes)).await?;
            let answers = answers.as_array().ok_or_else(|| eyre!("not a batch: {answers}"))?;
            succeeded += answers.iter().filter(|answer| answer["result"]["status"] == "0x1").count();
        }
        Ok(succeeded)
    }
}

fn transfer(signer: &PrivateKeySigner, sender: u32, nonce: u64) -> Result<TxEnvelope> {
    let mut to = [0x42; 20];
    to[8..12].copy_from_slice(&sender.to_be_bytes());
    to[12..].copy_from_slice(&nonce.to_be_bytes());
    let transaction = TxEip1559 {
        chain_id: CHAIN_ID,
        nonce,
        gas_limit: 21_000,
        max_fee_per_gas: 20_000_000_000,
        max_priority_fee_per_gas: 1_000_000_000,
        to: TxKind::Call(Address::from(to)),
        value: U256::from(1),
        ..Default::default()
    };
    let key: &SigningKey = signer.credential();
    let (signature, recovery) = key.sign_prehash_recoverable(transaction.signature_hash().as_slice())?;
    Ok(transaction.into_signed(Signature::from((signature, recovery))).into())
}

fn calls(method: &str, parameters: &[String]) -> String {
    let calls = parameters.iter().enumerate();
    let calls =
        calls.map(|(id, parameter)| json!({"jsonrpc": "2.0", "id": id, "method": method, "params": [parameter]}));
    Value::Array(calls.collect()).to_string()
}

/// The lanes in turn, a batch of each: nonces stay in order and every sender advances.
async fn send_lanes(client: &reqwest::Client, url: &str, lanes: &[Vec<String>]) -> Result<()> {
    let longest = lanes.iter().map(Vec::len).max().unwrap_or(0);
    for index in 0..longest {
        for body in lanes.iter().filter_map(|lane| lane.get(index)) {
            let answers = post(client, url, body.clone()).await?;
            let answers = answers.as_array().ok_or_else(|| eyre!("not a batch: {answers}"))?;
            if let Some(refused) = answers.iter().find(|answer| answer.get("error").is_some()) {
                bail!("refused: {refused}");
            }
        }
    }
    Ok(())
}

fn client() -> Result<reqwest::Client> {
    Ok(reqwest::Client::builder().timeout(DEADLINE).build()?)
}

async fn post(client: &reqwest::Client, url: &str, body: String) -> Result<Value> {
    let request = client.post(url).header("content-type", "application/json").body(body);
    Ok(request.send().await?.error_for_status()?.json().await?)
}
