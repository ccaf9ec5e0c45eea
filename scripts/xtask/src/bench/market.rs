//! `bench market`: jobs through the whole market on four validators of this machine, for five minutes each way: posted, taken by bonded workers, answered,
//! computed again by every validator, and paid. The answers are those of a small net, so that the market is what costs.
//!
//! *settled_jobs_per_s*: jobs that were paid, over the time that orders were posted in. *settle_lag_s_p95*: from an answer handed to a validator's RPC until a
//! final block has paid for it. *index_lag_ms_p95*: from a block at a validator's RPC until the index serves it. Once with orders of one job, once with orders of
//! a hundred that are taken and settled together. The load is offered at a fixed rate; where the chain does not keep up, jobs wait and the lag says so.
//!
//! The limit are four executions of every block, and the trie's writes of each, on the cores of one machine, which also runs the clients and the index.

use super::{actor::Actor, emit, percentile};
use alloy::{
    primitives::{B256, U256, keccak256, utils::parse_ether},
    providers::{DynProvider, Provider as _, ProviderBuilder},
    rpc::types::Filter,
    sol_types::SolEventInterface as _,
};
use edgeloom_bindings::{
    IJobMarket::{self, IJobMarketEvents, Phase},
    addresses::JOB_MARKET,
};
use edgeloom_edge_proof::{Element, GraphBuilder, Model};
use edgeloom_sdk::{Client, INFERENCE, Order, input_root};
use edgeloom_tests::{Net, NetConfig, dev_signer};
use eyre::{Result, ensure, eyre};
use futures::{FutureExt as _, StreamExt as _, future::LocalBoxFuture, stream::FuturesUnordered};
use serde_json::json;
use std::{
    collections::{HashMap, VecDeque},
    time::{Duration, Instant},
};
use tokio::time::{MissedTickBehavior, interval};

const VALIDATORS: u16 = 4;
const REQUESTERS: u32 = 4;
const WORKERS: u32 = 4;
const INPUT_BYTES: usize = 16;
/// Before the clock starts.
const WARM_UP: Duration = Duration::from_secs(10);
/// How long the last jobs have to be settled.
const REST: Duration = Duration::from_secs(60);
const PRICE: u64 = 1_000_000_000_000_000;
const LOOK: Duration = Duration::from_millis(25);

/// One of the two ways.
struct Way {
    orders: Orders,
    name: &'static str,
    /// Jobs of an order.
    jobs: u32,
    orders_per_s: u32,
    post_gas: u64,
    take_gas: u64,
    settle_gas: u64,
}

const WAYS: [Way; 2] = [
    Way {
        orders: Orders::Single,
        name: "single",
        jobs: 1,
        orders_per_s: 210,
        post_gas: 150_000,
        take_gas: 150_000,
        settle_gas: 250_000,
    },
    Way {
        orders: Orders::Batched,
        name: "batched",
        jobs: 100,
        orders_per_s: 11,
        post_gas: 600_000,
        take_gas: 5_000_000,
        settle_gas: 8_000_000,
    },
];

/// Which of them.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Orders {
    Single,
    Batched,
}

pub(super) fn run(runs: usize, offered: Duration, orders: Option<Orders>) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    for way in WAYS.iter().filter(|way| orders.is_none_or(|orders| orders == way.orders)) {
        let mut figures = Vec::new();
        for turn in 1..=runs {
            let figure = runtime.block_on(one_network(way, offered))?;
            eprintln!("{} {turn}/{runs}: {figure:?}", way.name);
            figures.push(figure);
        }
        let of = |value: fn(&Figure) -> f64| figures.iter().map(value).collect::<Vec<_>>();
        let extra = || json!({ "orders": way.name, "seconds": offered.as_secs(), "offered_per_s": way.orders_per_s * way.jobs });
        emit("market", "settled_jobs_per_s", "job/s", &of(|figure| figure.settled_per_s), extra());
        emit("market", "settle_lag_s_p95", "s", &of(|figure| figure.settle_lag_s), extra());
        emit("market", "post_to_paid_s_p95", "s", &of(|figure| figure.post_to_paid_s), extra());
        emit("market", "index_lag_ms_p95", "ms", &of(|figure| figure.index_lag_ms), extra());
    }
    Ok(())
}

#[derive(Debug)]
struct Figure {
    settled_per_s: f64,
    settle_lag_s: f64,
    post_to_paid_s: f64,
    index_lag_ms: f64,
}

/// Everybody's side of one network.
struct Floor {
    requesters: Vec<Actor>,
    workers: Vec<Actor>,
    model: Model,
    id: B256,
}

/// What is known of an order under way.
struct Running {
    order: Order,
    worker: usize,
    seen: Instant,
    answered: Option<Instant>,
    taken: u32,
}

/// When jobs were paid, and how long that took.
#[derive(Default)]
struct Log {
    settled: Vec<Instant>,
    settle_lag_s: Vec<f64>,
    post_to_paid_s: Vec<f64>,
}

async fn one_network(way: &Way, offered: Duration) -> Result<Figure> {
    let folder = tempfile::tempdir()?;
    let mut net = Net::start(NetConfig::on_free_ports(folder.path().join("net"), VALIDATORS, 0)?).await?;
    net.start_indexer().await?;
    let floor = open(&net).await?;
    let provider = ProviderBuilder::new().connect_http(net.rpc(0).parse()?).erased();
    let mut log = Log::default();
    let started = Instant::now();
    // A task of its own: what the clients compute is none of the index's time.
    let watching = tokio::spawn(index_lags(net.client(0, dev_signer(0)?).await?, provider.clone(), offered));
    work(&floor, way, offered, &provider, &mut log).await?;
    let lags = watching.await??;
    net.check_alive()?;
    let (from, to) = (started + WARM_UP, started + WARM_UP + offered);
    let settled = log.settled.iter().filter(|at| (from..to).contains(at)).count();
    let p95 = |mut samples: Vec<f64>| {
        samples.sort_by(f64::total_cmp);
        percentile(&samples, 95)
    };
    Ok(Figure {
        settled_per_s: settled as f64 / offered.as_secs_f64(),
        settle_lag_s: p95(log.settle_lag_s),
        post_to_paid_s: p95(log.post_to_paid_s),
        index_lag_ms: p95(lags),
    })
}

/// Registers the model and bonds the workers.
async fn open(net: &Net) -> Result<Floor> {
    let keeper = net.client(0, dev_signer(0)?).await?;
    let mut graph = GraphBuilder::new(INPUT_BYTES);
    let input = graph.input();
    graph.argmax(input, Element::I8);
    let image = graph.finish().map_err(|fault| eyre!("the model: {fault}"))?;
    let id = keeper.models().upload_and_register(&image, "argmax", "").await?.id;
    let model = Model::parse(&image).map_err(|fault| eyre!("the model: {fault}"))?;
    for account in 1..=WORKERS + REQUESTERS {
        keeper.transfer(dev_signer(account)?.address(), parse_ether("5000")?).await?;
    }
    for account in 1..=WORKERS {
        let client = net.client(0, dev_signer(account)?).await?;
        client.edge_staking().bond(parse_ether("12000")?).await?;
    }
    let (mut workers, mut requesters) = (Vec::new(), Vec::new());
    for account in 1..=WORKERS {
        workers.push(Actor::new(net, account).await?);
    }
    for account in WORKERS + 1..=WORKERS + REQUESTERS {
        requesters.push(Actor::new(net, account).await?);
    }
    Ok(Floor { requesters, workers, model, id })
}

/// Posts at the way's rate, and has workers do whatever final blocks say is to be done.
async fn work(floor: &Floor, way: &Way, offered: Duration, provider: &DynProvider, log: &mut Log) -> Result<()> {
    let started = Instant::now();
    let mut posting = interval(Duration::from_secs(1) / way.orders_per_s);
    posting.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut looking = interval(LOOK);
    looking.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut running = HashMap::new();
    let (mut posted, mut next) = (0_u64, provider.get_block_number().await? + 1);
    let mut sending = FuturesUnordered::new();
    loop {
        let offering = started.elapsed() < WARM_UP + offered;
        if !offering && running.is_empty() && sending.is_empty() {
            return Ok(());
        }
        ensure!(started.elapsed() < WARM_UP + offered + REST, "{} orders were not settled in time", running.len());
        tokio::select! {
            _ = posting.tick(), if offering => {
                posted += 1;
                sending.push(floor.post(way, posted).boxed_local());
            }
            Some(sent) = sending.next() => sent?,
            _ = looking.tick() => {
                let head = provider.get_block_number().await?;
                if head < next {
                    continue;
                }
                let filter = Filter::new().address(JOB_MARKET).from_block(next).to_block(head);
                for entry in provider.get_logs(&filter).await? {
                    let Ok(event) = IJobMarketEvents::decode_log(&entry.inner) else { continue };
                    if let Some(due) = floor.happened(way, &mut running, log, &entry, event.data)? {
                        sending.push(due);
                    }
                }
                next = head + 1;
            }
        }
    }
}

type Due<'a> = LocalBoxFuture<'a, Result<()>>;

impl Floor {
    async fn post(&self, way: &Way, number: u64) -> Result<()> {
        let inputs: Vec<_> = (0..way.jobs).map(|place| input(number, place)).collect();
        let hashes: Vec<_> = inputs.iter().map(keccak256).collect();
        let request = IJobMarket::Request {
            kind: INFERENCE,
            count: way.jobs,
            takeSeconds: 600,
            workSeconds: 600,
            subject: self.id,
            inputRoot: input_root(&hashes),
            ..Default::default()
        };
        let call = IJobMarket::postCall { request, inputs: inputs.concat().into() };
        let requester = &self.requesters[number as usize % self.requesters.len()];
        requester.send(JOB_MARKET, &call, U256::from(PRICE) * U256::from(way.jobs), way.post_gas).await
    }

    /// What an event makes somebody do.
    fn happened<'a>(
        &'a self,
        way: &'a Way,
        running: &mut HashMap<U256, Running>,
        log: &mut Log,
        entry: &alloy::rpc::types::Log,
        event: IJobMarketEvents,
    ) -> Result<Option<Due<'a>>> {
        match event {
            IJobMarketEvents::JobsPosted(_) => {
                let order = Order::of_log(entry)?;
                let (number, ids) = (order.number, order.jobs().collect());
                let call = IJobMarket::takeCall { order: number, terms: order.terms.clone(), jobIds: ids };
                let worker = running.len() % self.workers.len();
                let (seen, answered, taken) = (Instant::now(), None, 0);
                running.insert(number, Running { order, worker, seen, answered, taken });
                Ok(Some(
                    async move { self.workers[worker].send(JOB_MARKET, &call, U256::ZERO, way.take_gas).await }
                        .boxed_local(),
                ))
            }
            IJobMarketEvents::JobTaken(taken) => {
                let Some(found) = running.get_mut(&taken.order) else { return Ok(None) };
                found.taken += 1;
                if found.taken < way.jobs {
                    return Ok(None);
                }
                let mut results = Vec::new();
                for id in found.order.jobs() {
                    let input = found.order.input(id).ok_or_else(|| eyre!("job {id} has no input"))?;
                    let output = self.model.infer(&input).map_err(|fault| eyre!("{fault}"))?;
                    results.push(found.order.answer(id, output.into())?);
                }
                found.answered = Some(Instant::now());
                let (terms, worker) = (found.order.terms.clone(), found.worker);
                let call = IJobMarket::settleCall { order: taken.order, terms, results };
                Ok(Some(
                    async move { self.workers[worker].send(JOB_MARKET, &call, U256::ZERO, way.settle_gas).await }
                        .boxed_local(),
                ))
            }
            IJobMarketEvents::JobClosed(closed) => {
                ensure!(closed.phase == Phase::Settled, "job {} ended as {:?}", closed.jobId, closed.reason);
                let Some(found) = running.get_mut(&closed.order) else { return Ok(None) };
                let now = Instant::now();
                log.settled.push(now);
                let answered = found.answered.ok_or_else(|| eyre!("job {} was not answered", closed.jobId))?;
                log.settle_lag_s.push((now - answered).as_secs_f64());
                log.post_to_paid_s.push((now - found.seen).as_secs_f64());
                found.taken -= 1;
                if found.taken == 0 {
                    running.remove(&closed.order);
                }
                Ok(None)
            }
            _ => Ok(None),
        }
    }
}

/// Another one for each job, so that nothing is computed twice for the same.
fn input(order: u64, place: u32) -> Vec<u8> {
    let mut bytes = [0; INPUT_BYTES];
    bytes[..8].copy_from_slice(&order.to_be_bytes());
    bytes[8..12].copy_from_slice(&place.to_be_bytes());
    bytes.to_vec()
}

/// How long after a validator the index serves each block, until the load and its rest are over.
async fn index_lags(client: Client, provider: DynProvider, offered: Duration) -> Result<Vec<f64>> {
    let index = client.index()?;
    let (started, mut seen, mut lags) = (Instant::now(), VecDeque::new(), Vec::new());
    let (mut newest, mut looking) = (provider.get_block_number().await?, interval(Duration::from_millis(10)));
    looking.set_missed_tick_behavior(MissedTickBehavior::Skip);
    while started.elapsed() < WARM_UP + offered {
        looking.tick().await;
        let head = provider.get_block_number().await?;
        seen.extend((newest + 1..=head).map(|height| (height, Instant::now())));
        newest = newest.max(head);
        let indexed = index.meta().await?.block.map_or(0, |block| block.number);
        while seen.front().is_some_and(|(height, _)| *height <= indexed) {
            lags.extend(seen.pop_front().map(|(_, at)| at.elapsed().as_secs_f64() * 1000.0));
        }
    }
    Ok(lags)
}
