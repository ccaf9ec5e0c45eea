//! The honest client (R5, R6): reads, calls, sends and waits for receipts, one after the other on one connection.

use crate::{
    catalogue::MULTICALL,
    findings::Findings,
    http::{Connection, post},
};
use alloy::{
    consensus::{SignableTransaction as _, TxEip1559, TxEnvelope},
    eips::Encodable2718 as _,
    primitives::{Address, TxKind, U256, address, hex},
    signers::{SignerSync as _, local::PrivateKeySigner},
};
use edgeloom_tests::dev_signer;
use eyre::{OptionExt as _, Result, WrapErr as _, ensure};
use serde_json::{Value, json};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::time::timeout;

/// Gets one wei of every transfer.
pub(crate) const RECIPIENT: Address = address!("0x00000000000000000000000000005a5a5a5a5a5a");
/// The dev account that pays.
const PAYER: u32 = 19;
/// Between two requests.
const PACE: Duration = Duration::from_millis(5);
/// What is going on, as the honest client is told.
pub(crate) const SETTLING: u8 = 0;
pub(crate) const QUIET: u8 = 1;
pub(crate) const ATTACK: u8 = 2;
pub(crate) const OVER: u8 = 3;

/// Milliseconds waited: reads and calls, and sending until the receipt is there.
#[derive(Clone, Debug, Default)]
pub(crate) struct Waits {
    pub(crate) reads: Vec<f64>,
    pub(crate) sends: Vec<f64>,
}

impl Waits {
    /// Of both together.
    pub(crate) fn p99(&self) -> f64 {
        p99(self.reads.iter().chain(&self.sends).copied().collect())
    }
}

/// By nearest rank; 0 of nothing.
pub(crate) fn p99(mut samples: Vec<f64>) -> f64 {
    samples.sort_by(f64::total_cmp);
    let rank = (samples.len() * 99).div_ceil(100);
    samples.get(rank.wrapping_sub(1)).copied().unwrap_or(0.0)
}

pub(crate) struct Honest {
    port: u16,
    /// How long anything may take.
    deadline: Duration,
    connection: Connection,
    payer: PrivateKeySigner,
    sent: u64,
    pub(crate) quiet: Waits,
    pub(crate) attacked: Waits,
}

impl Honest {
    pub(crate) async fn connect(port: u16, deadline: Duration) -> Result<Self> {
        let connection = Connection::open(port).await?;
        let (quiet, attacked) = (Waits::default(), Waits::default());
        Ok(Self { port, deadline, connection, payer: dev_signer(PAYER)?, sent: 0, quiet, attacked })
    }

    /// Goes on until the time is [`OVER`]; what goes wrong is a finding.
    pub(crate) async fn live(&mut self, time: &Arc<AtomicU8>, findings: &Findings) {
        for turn in 0_u64.. {
            let phase = time.load(Ordering::Relaxed);
            if phase == OVER {
                return;
            }
            let began = Instant::now();
            let done = self.act(turn).await;
            let ms = began.elapsed().as_secs_f64() * 1000.0;
            if let Err(report) = done {
                findings.violation(format!("honest traffic, in turn {turn}: {report:#}"));
                // A connection that broke would fail for ever.
                tokio::time::sleep(Duration::from_millis(200)).await;
                if let Ok(connection) = Connection::open(self.port).await {
                    self.connection = connection;
                }
                continue;
            }
            let waits = match (phase, time.load(Ordering::Relaxed)) {
                (QUIET, QUIET) => Some(&mut self.quiet),
                // What began in an attack waited for it, even if that is over.
                (ATTACK, _) => Some(&mut self.attacked),
                _ => None,
            };
            if let Some(waits) = waits {
                if turn % 4 == 3 { waits.sends.push(ms) } else { waits.reads.push(ms) }
            }
            tokio::time::sleep(PACE).await;
        }
    }

    async fn act(&mut self, turn: u64) -> Result<()> {
        match turn % 4 {
            0 => self.ask("eth_blockNumber", json!([])).await.map(drop),
            1 => self.ask("eth_getBalance", json!([RECIPIENT, "latest"])).await.map(drop),
            2 => {
                let block = self.ask("eth_call", json!([{ "to": MULTICALL, "input": "0x42cbb15c" }, "latest"])).await?;
                ensure!(block.as_str().is_some_and(|word| word.len() == 66), "eth_call answers {block}");
                Ok(())
            }
            _ => self.send().await,
        }
    }

    async fn send(&mut self) -> Result<()> {
        let transaction = TxEip1559 {
            chain_id: 31_337,
            nonce: self.sent,
            gas_limit: 21_000,
            max_fee_per_gas: 100_000_000_000,
            max_priority_fee_per_gas: 1_000_000_000,
            to: TxKind::Call(RECIPIENT),
            value: U256::from(1),
            ..Default::default()
        };
        let signature = self.payer.sign_hash_sync(&transaction.signature_hash())?;
        let transaction = TxEnvelope::from(transaction.into_signed(signature));
        let raw = hex::encode_prefixed(transaction.encoded_2718());
        let hash = self.ask("eth_sendRawTransaction", json!([raw])).await?;
        ensure!(hash == transaction.tx_hash().to_string(), "sending answers {hash}");
        let began = Instant::now();
        loop {
            let receipt = self.ask("eth_getTransactionReceipt", json!([hash])).await?;
            if receipt["status"] == "0x1" {
                self.sent += 1;
                return Ok(());
            }
            ensure!(receipt.is_null(), "a transfer failed: {receipt}");
            ensure!(began.elapsed() < self.deadline, "{hash} has no receipt after {:?}", self.deadline);
        }
    }

    pub(crate) async fn ask(&mut self, method: &str, params: Value) -> Result<Value> {
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string();
        self.connection.write(&post(body.as_bytes())).await;
        let response =
            timeout(self.deadline, self.connection.read()).await.wrap_err_with(|| format!("{method} hangs"))??;
        let response = response.ok_or_eyre("the node hung up")?;
        ensure!(response.status == 200, "{method}: status {}", response.status);
        let mut answer: Value = serde_json::from_slice(&response.body).wrap_err_with(|| method.to_owned())?;
        ensure!(answer.get("error").is_none(), "{method}: {}", answer["error"]);
        Ok(answer["result"].take())
    }

    /// R6, over a connection of its own.
    ///
    /// # Errors
    /// What is not as it should be.
    pub(crate) async fn verify(&mut self) -> Result<()> {
        self.connection = Connection::open(self.port).await?;
        let before = self.ask("eth_blockNumber", json!([])).await?;
        self.send().await.wrap_err("the chain does not go on")?;
        let after = self.ask("eth_blockNumber", json!([])).await?;
        ensure!(quantity(&after)? > quantity(&before)?, "no block above {before}");
        let balance = self.ask("eth_getBalance", json!([RECIPIENT, "latest"])).await?;
        let nonce = self.ask("eth_getTransactionCount", json!([self.payer.address(), "latest"])).await?;
        let sent = U256::from(self.sent);
        ensure!(quantity(&nonce)? == sent, "{} transfers were made and the nonce is {nonce}", self.sent);
        ensure!(quantity(&balance)? == sent, "{} wei were sent and {balance} are there", self.sent);
        Ok(())
    }
}

fn quantity(value: &Value) -> Result<U256> {
    Ok(value.as_str().ok_or_eyre("not a quantity")?.parse()?)
}
