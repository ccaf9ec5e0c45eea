//! An audit of an honest claim: the auditor reads the model from the chain, finds the claim right, and is paid when the audit's time is
//! over; on a development chain, where hours pass at once.

use super::{
    PATIENCE, Ready,
    honest::{Status, account, client, later, worker},
};
use alloy::primitives::utils::parse_ether;
use edgeloom_bindings::IDisputes::Phase;
use edgeloom_sdk::{Client, LocalModel};
use edgeloom_tests::{Dev, Digits, Process, binary, wait_for};
use eyre::{Result, ensure};
use std::{fs, path::Path, process::Command};

/// An auditor with an account in `folder`, and no models beside those on chain.
fn auditor(dev: &Dev, folder: &Path) -> Result<Command> {
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
async fn draw(requester: &Client) -> Result<()> {
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
    let mut process = Process::start("auditor", auditor(&dev, &watcher)?, &watcher)?;
    let Ready { seated } = process.ready(PATIENCE).await?;
    assert_eq!((seated.place, requester.audits().epoch().await?), (0, 1));

    fs::write(claimant.join("pixels"), &digits.samples[2].pixels)?;
    let (pixels, id) = (claimant.join("pixels").display().to_string(), model.id().to_string());
    let order = ["--model", &id, "--input", &pixels, "--job", "a digit", "--publish-input", "--detach"];
    let made: Status = serde_json::from_slice(&worker(&dev, &claimant, &order)?.output()?.stdout)?;
    requester.audits().request(made.claim, parse_ether("4")?).await?;
    draw(&requester).await?;
    let attested = async || {
        let vote = requester.audits().vote_of(made.claim, seated.place).await?;
        Ok((!vote.traceRoot.is_zero()).then_some(vote))
    };
    let stuck = |error: eyre::Report| error.wrap_err(process.tail());
    let vote = wait_for("the auditor to attest", PATIENCE, attested).await.map_err(stuck)?;
    let claim = requester.disputes().get(made.claim).await?;
    assert_eq!(vote.outputRoot, claim.outputRoot, "the claim is right");
    assert_eq!((claim.phase, claim.challenges), (Phase::Open, 0));

    later(&requester, 86_400).await?;
    let upheld = worker(&dev, &claimant, &["defend", &made.claim.to_string()])?.output()?;
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
    Ok(())
}
