//! Jobs whose answers the chain does not compute, with the real precompiles: claimed by a worker's process that is killed after each of its steps, refuted
//! from a requester's terminal, sealed for the requester alone, and found again by a committee. On a development chain, where a day passes at once.

mod attested;
mod refuted;
mod sealed;

use super::audits::{
    honest::{account, client, later},
    paid::{auditor, draw},
};
use alloy::{
    primitives::{Address, B256, U256, keccak256, utils::parse_ether},
    providers::Provider as _,
    sol_types::SolValue as _,
};
use edgeloom_bindings::{
    IDisputes::{Phase as ClaimPhase, Tree},
    IJobMarket::Phase,
    addresses::DISPUTABLE as DISPUTABLE_AT,
};
use edgeloom_edge_proof::Node;
use edgeloom_sdk::{Client, DISPUTABLE, LocalModel, Offer};
use edgeloom_tests::{Dev, Digits, Process, binary, wait_for};
use eyre::{Result, ensure};
use serde::Deserialize;
use std::{borrow::Cow, fs, path::Path, process::Command, time::Duration};
use tempfile::TempDir;

pub(super) const PATIENCE: Duration = Duration::from_secs(90);
/// What an edge node has at stake here, TFUEL.
const STAKE: &str = "1000";
/// Of a worker's steps, in the order in which they come; before it enters, and once it is drawn.
const STEPS: [&str; 10] = [
    "taking",
    "take-sent",
    "taken",
    "claiming",
    "claim-sent",
    "entered",
    "drawn",
    "upheld",
    "settle-sent",
    "claim-ended",
];

#[derive(Deserialize)]
struct IndexReady {
    indexer: String,
}

/// A chain, its index, and a model that the chain knows as something to dispute about.
struct Scene {
    dev: Dev,
    folder: TempDir,
    index: String,
    requester: Client,
    model: LocalModel,
    _indexer: Process,
    auditor: Process,
}

impl Scene {
    async fn start(model: LocalModel) -> Result<Self> {
        let dev = Dev::start_with(&["--set", &format!("EdgeStakeMin={}", parse_ether(STAKE)?)]).await?;
        let folder = tempfile::tempdir()?;
        let database = folder.path().join("index.db").display().to_string();
        let arguments = ["--rpc", &dev.url(), "--db", &database, "--listen", "127.0.0.1:0", "--json"];
        let mut indexer = Process::spawn("indexer", &binary("edgeloom-indexer")?, &arguments, folder.path())?;
        let IndexReady { indexer: index } = indexer.ready(PATIENCE).await?;
        let requester = client(&dev, 0).await?;
        requester.models().register_graph(&model, "", "").await?;
        requester.models().upload_and_register(model.image(), "", "").await.ok();
        // Somebody has to be there who could audit.
        let watcher = folder.path().join("watcher");
        fs::create_dir(&watcher)?;
        requester.transfer(account(&watcher).await?, parse_ether("1010")?).await?;
        fs::create_dir(folder.path().join("models"))?;
        fs::write(folder.path().join("models").join(format!("{:x}.eig", model.id())), model.image())?;
        let mut command = auditor(&dev, &watcher)?;
        command.arg("--models").arg(folder.path().join("models"));
        let mut auditor = Process::start("auditor", command, &watcher)?;
        auditor.ready::<serde_json::Value>(PATIENCE).await?;
        let sealed = async || Ok((requester.audits().epoch().await? == 1).then_some(()));
        wait_for("the auditors to be sealed", PATIENCE, sealed).await?;
        Ok(Self { dev, folder, index, requester, model, _indexer: indexer, auditor })
    }

    /// A development account of so many TFUEL.
    async fn rich(&self, account: u32, tfuel: &str) -> Result<Client> {
        let client = client(&self.dev, account).await?;
        let balance = (client.address()?, parse_ether(tfuel)?);
        let set = Cow::Borrowed("hardhat_setBalance");
        client.provider().raw_request::<_, serde_json::Value>(set, balance).await?;
        Ok(client)
    }

    /// A worker's folder and account, with its stake and what claims take.
    async fn worker(&self) -> Result<(std::path::PathBuf, Address)> {
        let folder = self.folder.path().join("worker");
        fs::create_dir(&folder)?;
        let worker = account(&folder).await?;
        self.requester.transfer(worker, parse_ether("1300")?).await?;
        fs::create_dir_all(folder.join("data/models"))?;
        fs::write(folder.join("data/models").join(format!("{:x}.eig", self.model.id())), self.model.image())?;
        Ok((folder, worker))
    }

    fn run(&self, folder: &Path) -> Result<Command> {
        let mut command = Command::new(binary("edgeloom-worker")?);
        command.args(["run", "--rpc", &self.dev.url(), "--index", &self.index, "--listen", "127.0.0.1:0", "--json"]);
        command.args(["--rounds", "off"]);
        for (option, file) in [("--keystore", "key.json"), ("--password-file", "password"), ("--data", "data")] {
            command.arg(option).arg(folder.join(file));
        }
        Ok(command)
    }

    /// Starts the worker, which aborts right after this step, and waits until it did.
    async fn aborted(&self, folder: &Path, step: &str) -> Result<()> {
        let mut command = self.run(folder)?;
        command.env("EDGELOOM_WORKER_CRASH_AT", step);
        let mut process = Process::start("crashing", command, folder)?;
        let ended = process.wait(PATIENCE).await;
        let status = ended.map_err(|error| error.wrap_err(format!("at {step}:\n{}", process.tail())))?;
        let said = process.lines()?.join("\n");
        ensure!(!status.success() && said.contains(&format!("after step {step}")), "not at {step}:\n{said}");
        Ok(())
    }
}

/// Blocks until the one that draws a worker's claim about a job has come, with a mix by which it is audited.
async fn drawn_for_audit(requester: &Client, (worker, job): (Address, U256)) -> Result<()> {
    let claim = requester.disputes().claim_id_of(worker, job.into()).await?;
    let entered = requester.disputable().entry_of(worker, job).await?.height;
    let height = requester.disputable().drawn_at(entered).await?;
    while requester.provider().get_block_number().await? + 1 < height {
        later(requester, 1).await?;
    }
    let seed = |mix: &B256| {
        let chain = U256::from(requester.chain_id());
        U256::from_be_bytes(keccak256((chain, DISPUTABLE_AT, claim, U256::from(height), *mix).abi_encode()).0)
    };
    let mixes = (1_u64..).map(|number| keccak256(number.to_be_bytes()));
    let mix = mixes.into_iter().find(|mix| seed(mix) % U256::from(10_000) < U256::from(2000));
    let set = Cow::Borrowed("hardhat_setPrevRandao");
    requester.provider().raw_request::<_, serde_json::Value>(set, [mix]).await?;
    later(requester, 1).await?;
    later(requester, 1).await
}

fn digits() -> Result<(Digits, LocalModel)> {
    let digits = Digits::load()?;
    let model = LocalModel::disputed(digits.model.clone())?;
    Ok((digits, model))
}

#[tokio::test]
async fn a_claimed_answer_is_audited_upheld_and_paid_once_whenever_its_worker_is_killed() -> Result<()> {
    let (digits, model) = digits()?;
    let scene = Scene::start(model).await?;
    let (requester, price) = (&scene.requester, parse_ether("10")?);
    let (folder, worker) = scene.worker().await?;
    let pixels = digits.samples[0].pixels.clone();
    let posted =
        requester.jobs().offer(Offer::new(scene.model.id(), pixels.clone(), price).of_kind(DISPUTABLE)).await?;
    for step in &STEPS[..6] {
        scene.aborted(&folder, step).await?;
    }
    let entry = requester.disputable().entry_of(worker, posted.id).await?;
    assert_eq!((U256::from(entry.price), entry.shown, entry.drawn), (price, true, false));
    let answer = requester.disputable().answer_of(worker, posted.id).await?;
    assert_eq!(answer, Some(scene.model.infer(&pixels)?.into()), "published with the entry");

    // Chance draws it. The pot has what was entered for it, and its worker makes up the rest.
    let claim = requester.disputes().claim_id_of(worker, posted.id.into()).await?;
    drawn_for_audit(requester, (worker, posted.id)).await?;
    scene.aborted(&folder, STEPS[6]).await?;
    let entry = requester.disputable().entry_of(worker, posted.id).await?;
    assert!(entry.drawn && entry.audited);
    assert_eq!(U256::from(requester.audits().get(claim).await?.fee), parse_ether("18")?);
    // The auditor finds the input with the order.
    draw(requester).await?;
    let attested = async || Ok((requester.audits().get(claim).await?.members == 1).then_some(()));
    let unaudited = |error: eyre::Report| error.wrap_err(scene.auditor.tail());
    wait_for("the auditor to find it right", PATIENCE, attested).await.map_err(unaudited)?;

    later(requester, 86_401).await?;
    for step in &STEPS[7..] {
        scene.aborted(&folder, step).await?;
    }
    let process = Process::start("worker", scene.run(&folder)?, &folder)?;
    let result = posted.result_within(PATIENCE).await.map_err(|error| eyre::eyre!("{error}\n{}", process.tail()))?;
    assert_eq!((result.worker, result.output.to_vec()), (worker, scene.model.infer(&pixels)?));
    assert_eq!(result.paid, price - requester.jobs().fee_for(price).await?);
    assert_eq!(requester.disputes().get(claim).await?.phase, ClaimPhase::Upheld);
    let state = requester.jobs().state(&posted.order, posted.id).await?;
    assert_eq!((state.phase, state.worker), (Phase::Settled, worker));
    assert_eq!(requester.edge_staking().standing_of(worker).await?.locked, U256::ZERO);
    // 1300, the price less its fee and the entry, the claim's bond again: the rest is at stake, or was gas.
    let entry_fee = requester.disputable().entry_fee(price).await?;
    let made_up = parse_ether("18")? - entry_fee;
    let expected = parse_ether("300")? + result.paid - entry_fee - made_up;
    let left = requester.balance(worker).await? + requester.disputes().credit_of(worker).await?;
    ensure!(left <= expected && expected - left < parse_ether("0.1")?, "{left} wei are left of {expected}");
    assert!(requester.node().supply().await?.conserved);
    Ok(())
}

#[tokio::test]
async fn a_job_that_is_accepted_early_leaves_its_claim_to_be_upheld() -> Result<()> {
    let (digits, model) = digits()?;
    let scene = Scene::start(model).await?;
    let (requester, price) = (&scene.requester, parse_ether("10")?);
    let (folder, worker) = scene.worker().await?;
    let offer = Offer::new(scene.model.id(), digits.samples[1].pixels.clone(), price).of_kind(DISPUTABLE);
    let posted = requester.jobs().offer(offer).await?;
    let process = Process::start("worker", scene.run(&folder)?, &folder)?;
    let stuck = |error: eyre::Report| error.wrap_err(process.tail());
    let entered = async || Ok((requester.disputable().entry_of(worker, posted.id).await?.height != 0).then_some(()));
    wait_for("the worker to enter its claim", PATIENCE, entered).await.map_err(stuck)?;
    requester.jobs().accept(&posted.order, &[posted.id]).await?;
    let claim = requester.disputes().claim_id_of(worker, posted.id.into()).await?;
    assert_eq!(requester.disputes().get(claim).await?.phase, ClaimPhase::Open);
    later(requester, 86_401).await?;
    let upheld = async || Ok((requester.disputes().get(claim).await?.phase == ClaimPhase::Upheld).then_some(()));
    wait_for("the claim to be upheld", PATIENCE, upheld).await.map_err(stuck)?;
    let collected = async || Ok(requester.disputes().credit_of(worker).await?.is_zero().then_some(()));
    wait_for("its bond to be collected", PATIENCE, collected).await.map_err(stuck)?;
    let left = requester.balance(worker).await? + requester.jobs().credit_of(worker).await?;
    ensure!(left > parse_ether("304")?, "{left} wei: the claim's bond is among them");
    Ok(())
}

/// Somebody pays for a cheap audit, and the worker is away until nothing can be added to it: the claim is never drawn, its job never paid. Its bond is
/// another matter.
#[tokio::test]
async fn a_claim_that_cannot_be_drawn_any_more_is_defended_all_the_same() -> Result<()> {
    let (digits, model) = digits()?;
    let scene = Scene::start(model).await?;
    let (requester, price) = (&scene.requester, parse_ether("10")?);
    let (folder, worker) = scene.worker().await?;
    let offer = Offer::new(scene.model.id(), digits.samples[1].pixels.clone(), price).of_kind(DISPUTABLE);
    let posted = requester.jobs().offer(offer).await?;
    scene.aborted(&folder, "entered").await?;
    let claim = requester.disputes().claim_id_of(worker, posted.id.into()).await?;
    requester.audits().request(claim, parse_ether("4")?).await?;
    drawn_for_audit(requester, (worker, posted.id)).await?;
    // Three hours before it cannot be challenged any more.
    later(requester, 75_601).await?;
    let (doubter, root) = (scene.rich(3, "1000").await?, Node { level: 3, index: 0 });
    let thread = doubter.disputes().challenge(claim, Tree::Trace).await?;
    let process = Process::start("worker", scene.run(&folder)?, &folder)?;
    let stuck = |error: eyre::Report| error.wrap_err(process.tail());
    let answered =
        async || Ok((requester.disputes().node(claim, Tree::Trace, root).await?.answeredAt != 0).then_some(()));
    wait_for("the worker to answer", PATIENCE, answered).await.map_err(stuck)?;
    later(requester, 3_601).await?;
    let forfeited = async || Ok(requester.disputes().thread(thread).await?.ended.then_some(()));
    wait_for("the doubter's thread to be forfeited", PATIENCE, forfeited).await.map_err(stuck)?;
    later(requester, 86_401).await?;
    let upheld = async || Ok((requester.disputes().get(claim).await?.phase == ClaimPhase::Upheld).then_some(()));
    wait_for("the claim to be upheld", PATIENCE, upheld).await.map_err(stuck)?;
    assert!(!requester.disputable().entry_of(worker, posted.id).await?.drawn, "four TFUEL are not what an audit takes");
    Ok(())
}

/// Who challenges at once and then idles would keep the worker busy until the block that draws is out of the beacon's reach.
#[tokio::test]
async fn a_challenge_before_the_draw_does_not_keep_the_worker_from_it() -> Result<()> {
    let (digits, model) = digits()?;
    let scene = Scene::start(model).await?;
    let requester = &scene.requester;
    let (folder, worker) = scene.worker().await?;
    let offer = Offer::new(scene.model.id(), digits.samples[1].pixels.clone(), parse_ether("10")?).of_kind(DISPUTABLE);
    let posted = requester.jobs().offer(offer).await?;
    scene.aborted(&folder, "entered").await?;
    let claim = requester.disputes().claim_id_of(worker, posted.id.into()).await?;
    let doubter = scene.rich(3, "1000").await?;
    let thread = doubter.disputes().challenge(claim, Tree::Trace).await?;
    let process = Process::start("worker", scene.run(&folder)?, &folder)?;
    let stuck = |error: eyre::Report| error.wrap_err(process.tail());
    let root = Node { level: 3, index: 0 };
    let answered =
        async || Ok((requester.disputes().node(claim, Tree::Trace, root).await?.answeredAt != 0).then_some(()));
    wait_for("the worker to answer", PATIENCE, answered).await.map_err(stuck)?;
    drawn_for_audit(requester, (worker, posted.id)).await?;
    let drawn = async || Ok(requester.disputable().entry_of(worker, posted.id).await?.drawn.then_some(()));
    wait_for("the claim to be drawn", PATIENCE, drawn).await.map_err(stuck)?;
    assert!(!requester.disputes().thread(thread).await?.ended, "the challenger idles");
    Ok(())
}
