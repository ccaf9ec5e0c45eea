//! Rounds of computing capacity on a development chain with the real contracts and the real precompile: a worker's process, killed after
//! each of its steps, enrols, computes, answers, shows what is drawn, and is paid once; who makes its answers up, or gives none, is not.
//!
//! Rounds are of three products of 256 rows, and epochs are short; blocks come as the test says.

mod idle;
mod lifted;

use super::audits::honest::{account, client};
use alloy::{
    primitives::{Address, U256, utils::parse_ether},
    providers::Provider as _,
    rpc::types::{Filter, Log},
    sol_types::SolEvent,
};
use edgeloom_bindings::{
    IBeacon::MixRecorded,
    IEdgeRewards::{CapacityOpened, Enrolled, NodePaid, RoundAnswered},
    addresses::EDGE_REWARDS,
};
use edgeloom_sdk::{Client, Due, Entrant, Schedule};
use edgeloom_tests::{Dev, Process, binary, wait_for};
use eyre::{OptionExt as _, Result, ensure};
use serde::Deserialize;
use std::{borrow::Cow, path::Path, process::Command, time::Duration};

const PATIENCE: Duration = Duration::from_secs(60);
const LENGTH: u64 = 700;
const STAKE: &str = "1000";
/// The one whose rounds are watched. They are answered in it, shown in the next, and settled in the one after that.
const EPOCH: u32 = 1;

async fn chain() -> Result<Dev> {
    let (length, stake) = (LENGTH.to_string(), format!("EdgeStakeMin={}", parse_ether(STAKE)?));
    let arguments =
        ["--epoch-length", &length, "--set", &stake, "--set", "CapacitySize=256", "--set", "CapacityLinks=3"];
    Dev::start_with(&arguments).await
}

/// A worker with an account and a directory of its own in `folder`; nobody indexes the chain.
fn worker(dev: &Dev, folder: &Path) -> Result<Command> {
    let mut command = Command::new(binary("edgeloom-worker")?);
    command.args(["run", "--rpc", &dev.url(), "--index", "http://127.0.0.1:1", "--listen", "127.0.0.1:0", "--json"]);
    for (option, file) in [("--keystore", "key.json"), ("--password-file", "password"), ("--data", "data")] {
        command.arg(option).arg(folder.join(file));
    }
    Ok(command)
}

/// What a worker said that aborts right after a step, and did.
async fn aborted(dev: &Dev, folder: &Path, step: &str) -> Result<String> {
    let mut command = worker(dev, folder)?;
    command.env("EDGELOOM_WORKER_CRASH_AT", step);
    let mut process = Process::start("crashing", command, folder)?;
    let ended = process.wait(PATIENCE).await;
    let status = ended.map_err(|error| error.wrap_err(format!("at {step}:\n{}", process.tail())))?;
    ensure!(!status.success(), "it was to abort at {step}:\n{}", process.tail());
    let said = process.lines()?.join("\n");
    ensure!(said.contains(&format!("after step {step}")), "it ended for another reason than {step}:\n{said}");
    Ok(said)
}

/// Mines up to this height. The next transaction's block is above it.
async fn reach(client: &Client, height: u64) -> Result<()> {
    let head = client.provider().get_block_number().await?;
    let blocks = height.checked_sub(head).ok_or_eyre("that height is gone")?;
    if blocks > 0 {
        let mine = Cow::Borrowed("hardhat_mine");
        client.provider().raw_request::<_, serde_json::Value>(mine, [U256::from(blocks)]).await?;
    }
    let mut heads = client.heads();
    heads.wait_for(|head| *head >= height).await?;
    Ok(())
}

/// A node of a development account's, enrolled for `EPOCH`.
async fn enrolled(dev: &Dev, account: u32) -> Result<(Client, Entrant)> {
    let client = client(dev, account).await?;
    client.edge_staking().bond(parse_ether(STAKE)?).await?;
    let node = client.edge_staking().standing_of(client.address()?).await?.node;
    let entrant = edgeloom_sdk::EdgeRewards::enrolled(&client.edge_rewards().enrol().await?)?;
    assert_eq!(entrant, Entrant { epoch: EPOCH, node });
    Ok((client, entrant))
}

/// Every event of one kind.
async fn events<E: SolEvent>(client: &Client) -> Result<Vec<E>> {
    let decoded = logs::<E>(client).await?.into_iter().map(|log| E::decode_log(&log.inner).map(|log| log.data));
    Ok(decoded.collect::<Result<_, _>>()?)
}

async fn logs<E: SolEvent>(client: &Client) -> Result<Vec<Log>> {
    Ok(client.provider().get_logs(&Filter::new().from_block(0).event_signature(E::SIGNATURE_HASH)).await?)
}

#[derive(Debug, Deserialize)]
struct Ready {
    worker: Address,
    listen: std::net::SocketAddr,
}

#[derive(Debug, Deserialize)]
struct Status {
    rounds: String,
    rounds_paid: u64,
    rewards_wei: String,
}

async fn status(ready: &Ready) -> Result<Status> {
    Ok(reqwest::get(format!("http://{}/status", ready.listen)).await?.json().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_after_each_step_a_node_that_computes_is_paid_once_and_no_other() -> Result<()> {
    let (dev, folder) = (chain().await?, tempfile::tempdir()?);
    let (folder, watcher) = (folder.path(), client(&dev, 0).await?);
    let me = account(folder).await?;
    watcher.transfer(me, parse_ether("1010")?).await?;
    let (liar, lies) = lifted::enrolled(&dev).await?;
    let (idle, idles) = idle::enrolled(&dev).await?;

    for step in ["round-enrolling", "round-enrolled"] {
        aborted(&dev, folder, step).await?;
    }
    let node = watcher.edge_staking().standing_of(me).await?.node;
    let entrant = Entrant { epoch: EPOCH, node };
    let rewards = watcher.edge_rewards();
    assert_eq!(rewards.due(entrant).await?, None, "the epoch is to come");
    let schedule = rewards.schedule(EPOCH).await?;
    assert_eq!(schedule.rounds[0].height, u64::from(EPOCH) * LENGTH + 15);

    reach(&watcher, schedule.rounds[0].height + 1).await?;
    assert_eq!(rewards.due(entrant).await?, Some(Due::Answer { round: 0, until: schedule.rounds[0].until }));
    aborted(&dev, folder, "round-computed").await?;
    let said = aborted(&dev, folder, "round-answered").await?;
    ensure!(said.contains("\"known\":1"), "it goes on with the second product:\n{said}");
    lifted::answer(&liar, lies).await?;
    reach(&watcher, schedule.rounds[1].height + 1).await?;
    aborted(&dev, folder, "round-recorded").await?;
    let mut process = Process::start("worker", worker(&dev, folder)?, folder)?;
    for (round, answered) in [(2, 0b0111), (3, 0b1111)] {
        reach(&watcher, schedule.rounds[round].height + 1).await?;
        let done = async || Ok((rewards.tally(entrant).await?.answered == answered).then_some(()));
        let stuck = |error: eyre::Report| error.wrap_err(process.tail());
        wait_for("the worker to answer a round", PATIENCE, done).await.map_err(stuck)?;
    }
    process.stop(PATIENCE).await?;

    reach(&watcher, schedule.opening.height + 1).await?;
    aborted(&dev, folder, "round-opened").await?;
    let gas = gas_of_opening(&watcher).await?;
    println!("open: {gas} gas, of three products of 256 rows");
    lifted::refused(&liar, lies).await?;

    reach(&watcher, schedule.settled_from).await?;
    assert_eq!(rewards.due(entrant).await?, Some(Due::Settle { until: schedule.settled_until }));
    for step in ["round-settling", "round-settled"] {
        aborted(&dev, folder, step).await?;
    }
    let (work, capacity) = rewards.share(entrant).await?;
    let pot = rewards.pot(EPOCH).await?;
    let half = U256::from(pot.amount) - U256::from(pot.amount) / U256::from(2);
    ensure!(work.is_zero() && capacity > U256::ZERO, "{work}, {capacity} of {pot:?}");
    assert_eq!(capacity, half / U256::from(3), "three enrolled with the same stake");
    let before = watcher.balance(me).await?;
    for step in ["round-ended", "round-claimed"] {
        aborted(&dev, folder, step).await?;
    }
    let gained = watcher.balance(me).await?.saturating_sub(before);
    ensure!(gained > capacity - parse_ether("0.01")? && gained <= capacity, "{gained} of {capacity}");

    // It goes on with the next epoch, and finds nothing more to do in this.
    let mut process = Process::start("worker", worker(&dev, folder)?, folder)?;
    let ready: Ready = process.ready(PATIENCE).await?;
    assert_eq!(ready.worker, me);
    let next = Entrant { epoch: watcher.checkpoints().epoch().await? + 1, node };
    let enrolled = async || Ok((!rewards.tally(next).await?.stake.is_zero()).then_some(()));
    wait_for("the worker to enrol again", PATIENCE, enrolled).await.map_err(|error| error.wrap_err(process.tail()))?;
    let shown = async || Ok(Some(status(&ready).await?).filter(|status| status.rounds.starts_with("enrolled")));
    let status = wait_for("its page to say so", PATIENCE, shown).await?;
    assert_eq!((status.rounds_paid, status.rewards_wei), (4, capacity.to_string()), "counted once");
    process.stop(PATIENCE).await?;

    idle::unpaid(&watcher, [idles, lies], [&idle, &liar]).await?;
    once(&watcher, me, entrant).await
}

/// Nothing was sent twice: each transaction of the account left the event that it was for.
async fn once(watcher: &Client, me: Address, Entrant { epoch, node }: Entrant) -> Result<()> {
    let enrolled = events::<Enrolled>(watcher).await?.iter().filter(|event| event.node == node).count();
    let answered = events::<RoundAnswered>(watcher).await?;
    let answered: Vec<_> = answered.iter().filter(|event| event.node == node).map(|event| event.round).collect();
    assert_eq!(answered, [0, 1, 2, 3].map(U256::from));
    let opened: Vec<_> = events::<CapacityOpened>(watcher).await?;
    assert_eq!(opened, [CapacityOpened { epoch, node }]);
    let paid = events::<NodePaid>(watcher).await?.into_iter().filter(|event| event.node == node).collect::<Vec<_>>();
    assert_eq!(paid.len(), 1, "{paid:?}");
    let mut mixes = 0;
    for log in logs::<MixRecorded>(watcher).await? {
        let receipt = watcher.receipt(log.transaction_hash.ok_or_eyre("mined")?).await?;
        mixes += usize::from(receipt.ok_or_eyre("a receipt")?.from == me);
    }
    // The bond, the settlement and the claim come on top.
    let nonce = watcher.provider().get_transaction_count(me).await?;
    assert_eq!(nonce, (enrolled + answered.len() + mixes + opened.len() + 3) as u64);
    Ok(())
}

/// What the transaction took that showed what was drawn.
async fn gas_of_opening(watcher: &Client) -> Result<u64> {
    let opened = logs::<CapacityOpened>(watcher).await?;
    let tx = opened.last().and_then(|log| log.transaction_hash).ok_or_eyre("nothing was opened")?;
    Ok(watcher.receipt(tx).await?.ok_or_eyre("no receipt")?.gas_used)
}

/// What a killed process sent may still get into a block.
#[tokio::test(flavor = "multi_thread")]
async fn killed_with_a_transaction_on_its_way_it_sends_no_second() -> Result<()> {
    let (dev, folder) = (chain().await?, tempfile::tempdir()?);
    let (folder, watcher) = (folder.path(), client(&dev, 0).await?);
    let me = account(folder).await?;
    watcher.transfer(me, parse_ether("1010")?).await?;
    aborted(&dev, folder, "round-enrolling").await?;
    let provider = watcher.provider();
    let automine = Cow::Borrowed("evm_setAutomine");
    provider.raw_request::<_, serde_json::Value>(automine.clone(), [false]).await?;
    let process = Process::start("worker", worker(&dev, folder)?, folder)?;
    let sent = async || Ok((provider.get_transaction_count(me).pending().await? == 2).then_some(()));
    wait_for("the worker to enrol", PATIENCE, sent).await.map_err(|error| error.wrap_err(process.tail()))?;
    process.kill_9()?;
    assert_eq!(provider.get_transaction_count(me).await?, 1, "its stake alone is in a block");
    let process = Process::start("worker", worker(&dev, folder)?, folder)?;
    provider.raw_request::<_, serde_json::Value>(automine, [true]).await?;
    reach(&watcher, provider.get_block_number().await? + 1).await?;
    // From then on it would send another.
    let ready = async || Ok(process.lines()?.iter().any(|line| line.contains("\"ready\"")).then_some(()));
    wait_for("the worker to be back", PATIENCE, ready).await.map_err(|error| error.wrap_err(process.tail()))?;
    let schedule = watcher.edge_rewards().schedule(EPOCH).await?;
    reach(&watcher, schedule.rounds[0].height + 1).await?;
    let node = watcher.edge_staking().standing_of(me).await?.node;
    let entrant = Entrant { epoch: EPOCH, node };
    let answered = async || Ok((watcher.edge_rewards().tally(entrant).await?.answered == 1).then_some(()));
    wait_for("its answer", PATIENCE, answered).await.map_err(|error| error.wrap_err(process.tail()))?;
    let epochs = events::<Enrolled>(&watcher).await?.into_iter().map(|event| event.epoch).collect::<Vec<_>>();
    assert_eq!(epochs.iter().filter(|epoch| **epoch == EPOCH).count(), 1, "{epochs:?}");
    let blocks = provider.get_block_number().await?;
    for height in 0..=blocks {
        for receipt in provider.get_block_receipts(height.into()).await?.unwrap_or_default() {
            ensure!(receipt.from != me || receipt.status(), "a transaction was sent for nothing: {receipt:?}");
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn switched_off_a_worker_does_not_enrol_and_the_chain_has_four_rounds() -> Result<()> {
    let (dev, folder) = (chain().await?, tempfile::tempdir()?);
    let (folder, watcher) = (folder.path(), client(&dev, 0).await?);
    let me = account(folder).await?;
    watcher.transfer(me, parse_ether("1010")?).await?;
    let mut command = worker(&dev, folder)?;
    command.args(["--rounds", "off"]);
    let mut process = Process::start("worker", command, folder)?;
    process.ready::<Ready>(PATIENCE).await?;
    // By then one that enrols has.
    let on = tempfile::tempdir()?;
    let other = account(on.path()).await?;
    watcher.transfer(other, parse_ether("1010")?).await?;
    let second = Process::start("second", worker(&dev, on.path())?, on.path())?;
    let enrolled = async || Ok((!events::<Enrolled>(&watcher).await?.is_empty()).then_some(()));
    wait_for("the other worker to enrol", PATIENCE, enrolled).await.map_err(|error| error.wrap_err(second.tail()))?;
    let node = watcher.edge_staking().standing_of(me).await?.node;
    assert!(node != 0, "it bonds for jobs");
    assert!(watcher.edge_rewards().tally(Entrant { epoch: EPOCH, node }).await?.stake.is_zero());
    process.stop(PATIENCE).await?;
    // What the SDK takes for granted.
    let unknown = U256::from(Schedule::ROUNDS);
    let call = edgeloom_bindings::IEdgeRewards::roundOfCall { epoch: EPOCH, round: unknown };
    let request = alloy::rpc::types::TransactionRequest::default().to(EDGE_REWARDS);
    let call = alloy::sol_types::SolCall::abi_encode(&call);
    let refused = watcher.provider().call(request.input(alloy::primitives::Bytes::from(call).into())).await;
    ensure!(refused.is_err_and(|error| error.to_string().contains("revert")), "a fifth round");
    Ok(())
}
