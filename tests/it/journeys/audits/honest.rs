//! An honest worker, who is challenged, answers, and earns half of what the challenger put up; on a development chain, where an hour
//! and a day pass at once.

use super::{PATIENCE, dispute};
use alloy::{
    primitives::{Address, B256, U256, keccak256, utils::parse_ether},
    providers::Provider as _,
};
use edgeloom_bindings::IDisputes::{IDisputesErrors, IDisputesEvents, Phase, Reason, Tree};
use edgeloom_edge_proof::{Node, Place, prove_step};
use edgeloom_sdk::{Client, ClientBuilder, Error, LocalModel, Refutation};
use edgeloom_tests::{Dev, Digits, Process, binary, dev_signer, wait_for};
use eyre::{OptionExt as _, Result, ensure};
use serde::Deserialize;
use std::{borrow::Cow, fs, path::Path, process::Command};

const JOB: &str = "what is this digit";

#[derive(Debug, Deserialize)]
struct Made {
    address: Address,
}

#[derive(Debug, Deserialize)]
pub(super) struct Status {
    pub(super) claim: B256,
    pub(super) phase: String,
}

pub(crate) async fn client(dev: &Dev, account: u32) -> Result<Client> {
    Ok(Client::connect(ClientBuilder::new(dev.url()).signer(dev_signer(account)?)).await?)
}

async fn cheat(client: &Client, method: &'static str, seconds: u64) -> Result<()> {
    let arguments: Vec<u64> = if seconds > 0 { vec![seconds] } else { Vec::new() };
    client.provider().raw_request::<_, serde_json::Value>(Cow::Borrowed(method), arguments).await?;
    Ok(())
}

/// So much time passes, and a block.
pub(crate) async fn later(client: &Client, seconds: u64) -> Result<()> {
    cheat(client, "evm_increaseTime", seconds).await?;
    cheat(client, "evm_mine", 0).await
}

/// The account, in `folder`, of a worker that is yet to be paid anything.
pub(crate) async fn account(folder: &Path) -> Result<Address> {
    fs::write(folder.join("password"), "honest")?;
    let path = |name: &str| folder.join(name).display().to_string();
    let arguments = ["account", "new", "--keystore", &path("key.json"), "--password-file", &path("password"), "--json"];
    let mut process = Process::spawn("account", &binary("edgeloom-worker")?, &arguments, folder)?;
    Ok(process.ready::<Made>(PATIENCE).await?.address)
}

/// `edgeloom-worker claim` with these arguments.
pub(super) fn worker(dev: &Dev, folder: &Path, arguments: &[&str]) -> Result<Command> {
    let mut command = Command::new(binary("edgeloom-worker")?);
    command.arg("claim").args(arguments).args(["--rpc", &dev.url(), "--json"]);
    for (option, file) in [("--keystore", "key.json"), ("--password-file", "password"), ("--data", "data")] {
        command.arg(option).arg(folder.join(file));
    }
    Ok(command)
}

#[tokio::test]
async fn an_honest_worker_answers_and_is_paid_by_who_doubted_it() -> Result<()> {
    let (dev, folder) = (Dev::start().await?, tempfile::tempdir()?);
    let (folder, digits) = (folder.path(), Digits::load()?);
    let requester = client(&dev, 0).await?;
    // The chain has the model both ways: with its weights, and as something to dispute about.
    let model = LocalModel::from_image(digits.model.clone())?;
    requester.models().upload_and_register(model.image(), "digits", "").await?;
    requester.models().register_graph(&model, "digits", "").await?;
    let honest = account(folder).await?;
    requester.transfer(honest, parse_ether("101")?).await?;
    fs::write(folder.join("pixels"), &digits.samples[0].pixels)?;
    let (pixels, id) = (folder.join("pixels").display().to_string(), model.id().to_string());
    let order = ["--model", &id, "--input", &pixels, "--job", JOB, "--publish-input"];

    // Aborted before and after it is sent, it is made once. What was only meant to be made cannot be defended.
    let claim = requester.disputes().claim_id_of(honest, keccak256(JOB)).await?;
    for step in ["claiming", "claim-sent"] {
        let mut command = worker(&dev, folder, &order)?;
        command.env("EDGELOOM_WORKER_CRASH_AT", step);
        let mut process = Process::start("crashing", command, folder)?;
        ensure!(!process.wait(PATIENCE).await?.success(), "it was to abort at {step}:\n{}", process.tail());
        if step == "claiming" {
            let refused = worker(&dev, folder, &["defend", &claim.to_string()])?.output()?;
            let said = String::from_utf8_lossy(&refused.stderr);
            ensure!(!refused.status.success() && said.contains("was never made"), "{said}");
        }
    }
    let made = requester.disputes().get(claim).await?;
    assert_eq!((made.phase, made.worker, made.traceRoot), (Phase::Open, honest, B256::ZERO));
    assert_eq!(requester.provider().get_transaction_count(honest).await?, 1);

    let mut process = Process::start("defending", worker(&dev, folder, &["defend", &claim.to_string()])?, folder)?;
    let doubter = client(&dev, 3).await?;
    doubted(&doubter, &model, claim).await?;
    later(&requester, 3_601).await?;
    let forfeited = async || Ok((requester.disputes().get(claim).await?.threads == 0).then_some(()));
    let stuck = |error: eyre::Report| error.wrap_err(process.tail());
    wait_for("the doubter's thread to be forfeited", PATIENCE, forfeited).await.map_err(stuck)?;
    later(&requester, 86_400).await?;
    assert!(process.wait(PATIENCE).await?.success(), "{}", process.tail());
    let status: Status = process.ready(PATIENCE).await?;
    assert_eq!((status.claim, status.phase.as_str()), (claim, "upheld"));

    let record = requester.disputes().get(claim).await?;
    assert_eq!((record.phase, record.reason, record.bond), (Phase::Upheld, Reason::Unrefuted, 0));
    let balance = requester.balance(honest).await?;
    let gained = balance.saturating_sub(parse_ether("101")?);
    assert!(gained > parse_ether("49")? && gained < parse_ether("50")?, "{gained} wei, after gas");
    let closed = requester.disputes().proceedings(claim, 0).await?;
    let paid = closed.events().iter().find_map(|event| match &event.event {
        IDisputesEvents::ThreadClosed(ended) => Some((ended.returned, ended.paid)),
        _ => None,
    });
    assert_eq!(paid, Some((U256::ZERO, parse_ether("50")?)));
    assert_eq!(requester.disputes().balances().await?, (U256::ZERO, U256::ZERO), "nothing is left over");
    let story = dispute("replay", &dev.url(), claim, &[])?;
    for words in
        ["opened thread 1 about the trace", "node 3/0 of the trace was answered", "50 paid to the worker", "upheld"]
    {
        ensure!(story.contains(words), "{words:?} is not in\n{story}");
    }
    Ok(())
}

/// Somebody challenges, is answered, cannot show anything wrong, and leaves.
async fn doubted(doubter: &Client, model: &LocalModel, claim: B256) -> Result<()> {
    let disputes = doubter.disputes();
    disputes.challenge(claim, Tree::Trace).await?;
    let root = Node { level: 3, index: 0 };
    let answered = async || {
        let proceedings = disputes.proceedings(claim, 0).await?;
        let asked = proceedings.asked(Tree::Trace, root).ok_or_eyre("the whole trace fits into one node")?;
        Ok(asked.answer.is_some().then(|| proceedings.trace_root()))
    };
    let trace_root = wait_for("the worker's answer", PATIENCE, answered).await?;
    let input = disputes.proceedings(claim, 0).await?.claimed().ok_or_eyre("it was made")?.input.clone();
    let trace = model.trace(&input)?;
    assert_eq!(trace_root, B256::from(edgeloom_edge_proof::Blob::of(&trace).root));
    let place = Place { op: 0, element: 0 };
    let proof = prove_step(model.image(), &trace, place).ok_or_eyre("a place")?;
    let model = model.model().commitment().encode().to_vec();
    let refutation = Refutation { model: model.into(), place, proof: proof.into() };
    let refused = disputes.refute(claim, &refutation).await;
    ensure!(matches!(refused, Err(Error::Disputes(IDisputesErrors::NotFraud(_)))), "{refused:?}");
    Ok(())
}
