//! `bench rpc`: what an answer costs, ours (`edgeloom dev`, durable on disk) against anvil in turns (A B A B …), with the
//! same bytes over the same client, one connection each.
//!
//! * `receipt_ms_p50`, `_p99`: from sending a signed transfer to holding its receipt, one after the other. Ours is
//!   synced to the disk in between: the limit is one synced write.
//! * `get_balance_over_floor`: time of `eth_getBalance` over that of a method of a bare jsonrpsee server that reads the
//!   same parameters and answers a constant: the limit is 1.
//! * `eth_call_cpu_us`, `eth_call_batch_cpu_us`: the server's CPU time for a token's `balanceOf`, alone and in batches.
//!   Their `floor_us` is the bare server's for the same bytes.
//! * `get_logs_full_ms`, `_1pct_ms`, `_none_ms`: a query over 100,000 events that matches all, one in a hundred, none. The
//!   limit of the full one is writing 50 MB of JSON.

mod floor;
mod logs;

use super::{
    client::{Client, batch, body},
    load::{self, Call},
    pairs::{Pairs, sorted_median},
    percentile,
    server::{Kind, Server},
    token::LoadToken,
};
use alloy::{
    consensus::TxEnvelope,
    eips::Encodable2718 as _,
    primitives::{Address, Bytes, U256, hex},
    sol_types::SolCall as _,
};
use edgeloom_tests::dev_signer;
use eyre::{Result, ensure};
use floor::Floor;
use serde_json::{Value, json};
use std::time::Instant;
use tokio::runtime::Runtime;

const RECEIPTS: u64 = 300;
const BALANCES: usize = 3_000;
const CALLS: usize = 3_000;
/// Calls in a batch, and batches.
const BATCHES: (usize, usize) = (100, 100);

/// A server with the token and its events on it.
struct Side {
    server: Server,
    client: Client,
    token: Address,
    nonce: u64,
}

/// Figures of one turn.
#[derive(Clone, Debug, Default)]
struct Figures {
    /// Sorted milliseconds.
    receipts: Vec<f64>,
    balance_us: f64,
    call_cpu_us: f64,
    call_batch_cpu_us: f64,
    logs: logs::Times,
}

pub(super) fn run(runs: usize) -> Result<()> {
    let runtime = Runtime::new()?;
    let floor = Floor::start()?;
    let peer = Kind::anvil();
    let flags = peer.as_ref().map(Kind::flags);
    let mut ours = runtime.block_on(Side::start(&Kind::edgeloom()))?;
    let mut theirs = peer.map(|anvil| runtime.block_on(Side::start(&anvil))).transpose()?;
    let bare = Client::new(floor.url())?;
    let (mut of_ours, mut of_theirs, mut floors) = (Vec::new(), Vec::new(), Vec::new());
    let (mut call_floors, mut batch_floors) = (Vec::new(), Vec::new());
    for turn in 1..=runs {
        of_ours.push(runtime.block_on(ours.measure())?);
        floors.push(runtime.block_on(balance_us(&bare))?);
        let asked = Asked { client: &bare, cpu_seconds: &|| floor.cpu_seconds(), token: ours.token };
        call_floors.push(runtime.block_on(asked.call_us())?);
        batch_floors.push(runtime.block_on(asked.batch_us())?);
        if let Some(theirs) = &mut theirs {
            of_theirs.push(runtime.block_on(theirs.measure())?);
        }
        eprintln!("turn {turn}/{runs} done");
    }
    let figure_with = |metric: &str, unit: &str, of: &dyn Fn(&Figures) -> f64, mut extra: Value| {
        let pairs = Pairs { ours: of_ours.iter().map(of).collect(), theirs: of_theirs.iter().map(of).collect() };
        extra["peer_flags"] = json!(flags);
        pairs.emit(("rpc", metric, unit), "anvil", extra);
    };
    let figure = |metric: &str, unit: &str, of: &dyn Fn(&Figures) -> f64| figure_with(metric, unit, of, json!({}));
    let floored = |metric: &str, of: &dyn Fn(&Figures) -> f64, floors: &[f64]| {
        figure_with(metric, "us", of, json!({"floor_us": sorted_median(floors)}));
    };
    figure("receipt_ms_p50", "ms", &|figures| percentile(&figures.receipts, 50));
    figure("receipt_ms_p99", "ms", &|figures| percentile(&figures.receipts, 99));
    floored("eth_call_cpu_us", &|figures| figures.call_cpu_us, &call_floors);
    floored("eth_call_batch_cpu_us", &|figures| figures.call_batch_cpu_us, &batch_floors);
    figure("get_logs_full_ms", "ms", &|figures| figures.logs.full);
    figure("get_logs_1pct_ms", "ms", &|figures| figures.logs.one_percent);
    figure("get_logs_none_ms", "ms", &|figures| figures.logs.none);
    let balances = Pairs { ours: of_ours.iter().map(|figures| figures.balance_us).collect(), theirs: floors };
    balances.emit(("rpc", "get_balance_over_floor", "us"), "bare jsonrpsee", json!({}));
    super::emit("rpc", "rss_mib", "MiB", &[ours.server.rss_mib()?], json!({}));
    Ok(())
}

impl Side {
    async fn start(kind: &Kind) -> Result<Self> {
        let server = Server::start(kind)?;
        let client = Client::new(server.url())?;
        let (deployment, token) = load::deployment(1)?;
        load::send(&client, &deployment).await?;
        let mut side = Self { server, client, token, nonce: 0 };
        for input in logs::events() {
            let ping = side.next(Call { to: token, value: U256::ZERO, input, gas: 16_000_000 })?;
            load::send(&side.client, &ping).await?;
        }
        Ok(side)
    }

    fn next(&mut self, call: Call) -> Result<TxEnvelope> {
        self.nonce += 1;
        call.sign(&dev_signer(0)?, self.nonce - 1)
    }

    fn asked<'a>(&'a self, cpu_seconds: &'a dyn Fn() -> Result<f64>) -> Asked<'a> {
        Asked { client: &self.client, cpu_seconds, token: self.token }
    }

    async fn measure(&mut self) -> Result<Figures> {
        let receipts = self.receipts().await?;
        let cpu_seconds = || self.server.cpu_seconds();
        Ok(Figures {
            receipts,
            balance_us: balance_us(&self.client).await?,
            call_cpu_us: self.asked(&cpu_seconds).call_us().await?,
            call_batch_cpu_us: self.asked(&cpu_seconds).batch_us().await?,
            logs: logs::measure(&self.client, self.token).await?,
        })
    }

    async fn receipts(&mut self) -> Result<Vec<f64>> {
        let to = Address::repeat_byte(0x42);
        let transfers = (0..RECEIPTS)
            .map(|_| self.next(Call { to, value: U256::from(1), input: Bytes::new(), gas: 21_000 }))
            .collect::<Result<Vec<_>>>()?;
        let mut times = Vec::new();
        for transfer in &transfers {
            let raw = hex::encode_prefixed(transfer.encoded_2718());
            let started = Instant::now();
            let hash: String = self.client.call("eth_sendRawTransaction", json!([raw])).await?;
            self.client.receipt(&hash).await?;
            times.push(started.elapsed().as_secs_f64() * 1e3);
        }
        times.sort_by(f64::total_cmp);
        Ok(times)
    }
}

/// A server that is asked for the balance of a token, and the CPU time that it has taken so far.
struct Asked<'a> {
    client: &'a Client,
    cpu_seconds: &'a dyn Fn() -> Result<f64>,
    token: Address,
}

impl Asked<'_> {
    fn question(&self) -> Result<Value> {
        let input = LoadToken::balanceOfCall { account: dev_signer(0)?.address() }.abi_encode();
        Ok(json!([{"to": self.token, "data": hex::encode_prefixed(input)}, "latest"]))
    }

    async fn call_us(&self) -> Result<f64> {
        let (body, cpu) = (body("eth_call", &self.question()?), (self.cpu_seconds)()?);
        for _ in 0..CALLS {
            let answer = self.client.post(body.clone()).await?;
            ensure!(answer["result"].is_string(), "eth_call: {answer}");
        }
        Ok(((self.cpu_seconds)()? - cpu) * 1e6 / CALLS as f64)
    }

    async fn batch_us(&self) -> Result<f64> {
        let (size, batches) = BATCHES;
        let question = self.question()?;
        let (body, cpu) = (batch("eth_call", std::iter::repeat_n(question, size)), (self.cpu_seconds)()?);
        for _ in 0..batches {
            let answers = self.client.post(body.clone()).await?;
            let right = answers.as_array().is_some_and(|answers| {
                answers.len() == size && answers.iter().all(|answer| answer["result"].is_string())
            });
            ensure!(right, "a batch of eth_call: {answers}");
        }
        Ok(((self.cpu_seconds)()? - cpu) * 1e6 / (size * batches) as f64)
    }
}

/// Mean time of one `eth_getBalance`, microseconds.
async fn balance_us(client: &Client) -> Result<f64> {
    let body = body("eth_getBalance", &json!([dev_signer(0)?.address(), "latest"]));
    let answer = client.post(body.clone()).await?;
    ensure!(answer["result"].is_string(), "eth_getBalance: {answer}");
    let started = Instant::now();
    for _ in 0..BALANCES {
        client.bytes(body.clone()).await?;
    }
    Ok(started.elapsed().as_secs_f64() * 1e6 / BALANCES as f64)
}
