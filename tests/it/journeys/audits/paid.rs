//! An audit of an honest claim: the worker commits to its trace, the auditor reads the model from the chain, finds the claim right,
//! answers for it when the worker does not, and is paid when the claim is upheld; on a development chain, where hours pass at once.

use super::{
    PATIENCE, Ready,
    honest::{Status, account, client, later, worker},
};
use alloy::primitives::{B256, utils::parse_ether};
use edgeloom_bindings::IDisputes::{Phase, Tree};
use edgeloom_edge_proof::Node;
use edgeloom_sdk::{Client, LocalModel};
use edgeloom_tests::{Dev, Digits, Process, binary, wait_for};
use eyre::{Result, ensure};
use std::{fs, path::Path, process::Command};

/// An auditor with an account in `folder`, and no models beside those on chain.
pub(crate) fn auditor(dev: &Dev, folder: &Path) -> Result<Command> {
    let mut command = Command::new(binary("edgeloom-worker")?);
    command.args(["audit", "--enlist", "--json", "--rpc", &dev.url()]);
    for (option, file) in
        [("--keystore", "key.json"), ("--password-file", "password"), ("--data", "audit"), ("--bls-key", "bls.key")]
    {
        command.arg(option).arg(folder.join(file));
    }
    Ok(command)
}

/// Blocks until the one that draws has come, and one more.
pub(crate) async fn draw(requester: &Client) -> Result<()> {
    for _ in 0..=requester.beacon().delay().await? {
        later(requester, 1).await?;
    }
    Ok(())
}

#[tokio::test]
async fn an_auditor_reads_the_model_from_the_chain_and_is_paid_for_what_it_found() -> Result<()> {
    let (dev, folder) = (Dev::start().await?, tempfile::tempdir()?);
    let (claimant, watcher) = (folder.path().join("claimant"), folder.path().join("watcher"));
    let digits = Digits::load()?;
    let requester = client(&dev, 0).await?;
    let model = LocalModel::from_image(digits.model.clone())?;
    requester.models().upload_and_register(model.image(), "digits", "").await?;
    requester.models().register_graph(&model, "digits", "").await?;
    for folder in [&claimant, &watcher] {
        fs::create_dir(folder)?;
        requester.transfer(account(folder).await?, parse_ether("1010")?).await?;
    }
    // Killed after each of the steps that it takes, it takes each once.
    let aborting = |step: &str| -> Result<_> {
        let mut command = auditor(&dev, &watcher)?;
        command.env("EDGELOOM_WORKER_CRASH_AT", step);
        Process::start("crashing", command, &watcher)
    };
    let mut process = aborting("commit-sent")?;
    let Ready { seated } = process.ready(PATIENCE).await?;
    assert_eq!((seated.place, requester.audits().epoch().await?), (0, 1));

    fs::write(claimant.join("pixels"), &digits.samples[2].pixels)?;
    let (pixels, id) = (claimant.join("pixels").display().to_string(), model.id().to_string());
    let order = ["--model", &id, "--input", &pixels, "--job", "a digit", "--publish-input", "--detach"];
    let made: Status = serde_json::from_slice(&worker(&dev, &claimant, &order)?.output()?.stdout)?;
    assert_eq!(requester.disputes().get(made.claim).await?.traceRoot, B256::ZERO);
    requester.audits().request(made.claim, parse_ether("4")?).await?;
    let made_id = made.claim.to_string();
    let defend = ["defend", &made_id];
    let defending = Process::start("defending", worker(&dev, &claimant, &defend)?, &claimant)?;
    let committed = async || Ok((!requester.disputes().get(made.claim).await?.traceRoot.is_zero()).then_some(()));
    let stuck = |error: eyre::Report| error.wrap_err(defending.tail());
    wait_for("the worker to commit to its trace", PATIENCE, committed).await.map_err(stuck)?;
    draw(&requester).await?;
    for next in [Some("attest-sent"), None] {
        ensure!(!process.wait(PATIENCE).await?.success(), "it was to abort:\n{}", process.tail());
        process = next.map_or_else(|| Process::start("auditor", auditor(&dev, &watcher)?, &watcher), aborting)?;
    }
    let attested = async || {
        let vote = requester.audits().vote_of(made.claim, seated.place).await?;
        Ok((!vote.traceRoot.is_zero()).then_some(vote))
    };
    let stuck = |error: eyre::Report| error.wrap_err(process.tail());
    let vote = wait_for("the auditor to attest", PATIENCE, attested).await.map_err(stuck)?;
    let claim = requester.disputes().get(made.claim).await?;
    assert_eq!((vote.outputRoot, vote.traceRoot), (claim.outputRoot, claim.traceRoot), "the claim is right");
    assert_eq!((claim.phase, claim.threads), (Phase::Open, 0));
    // From now on the worker is silent.
    defending.kill_9()?;
    let answered = answered(&client(&dev, 3).await?, made.claim).await;
    answered.map_err(|error| error.wrap_err(process.tail()))?;

    later(&requester, 86_400).await?;
    let upheld = worker(&dev, &claimant, &defend)?.output()?;
    ensure!(upheld.status.success(), "{}", String::from_utf8_lossy(&upheld.stderr));
    later(&requester, 1).await?;
    let paid = async || {
        let (audits, account) = (requester.audits(), seated.auditor);
        Ok((audits.get(made.claim).await?.closed && audits.credit_of(account).await?.is_zero()).then_some(()))
    };
    wait_for("the auditor to be paid", PATIENCE, paid).await.map_err(stuck)?;
    // A share for each of four, of whom one was there; its deposit is still held.
    let left = requester.balance(seated.auditor).await?;
    ensure!(left > parse_ether("10.9")? && left < parse_ether("11")?, "{left} wei after gas");
    assert_eq!(requester.audits().credit_of(requester.address()?).await?, parse_ether("3")?);
    assert!(!requester.audits().vote_of(made.claim, seated.place).await?.slashed, "nobody was silent");
    Ok(())
}

/// Somebody asks, finds nothing, and loses the thread: within an hour the auditor has answered for the worker.
async fn answered(doubter: &Client, claim: B256) -> Result<()> {
    let (disputes, root) = (doubter.disputes(), Node { level: 3, index: 0 });
    let thread = disputes.challenge(claim, Tree::Trace).await?;
    later(doubter, 1_700).await?;
    assert_eq!(disputes.node(claim, Tree::Trace, root).await?.answeredAt, 0, "the worker has half of its time");
    later(doubter, 200).await?;
    let answered = async || Ok((disputes.node(claim, Tree::Trace, root).await?.answeredAt != 0).then_some(()));
    wait_for("the auditor to answer", PATIENCE, answered).await?;
    later(doubter, 3_601).await?;
    disputes.forfeit(thread).await?;
    assert_eq!(disputes.get(claim).await?.threads, 0);
    Ok(())
}
