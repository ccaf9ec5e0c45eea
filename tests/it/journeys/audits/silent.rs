//! A worker who does not answer: convicted, and its bond burned, even where it says that it meant to be wrong; on a development chain,
//! where an hour passes at once.

use super::{
    PATIENCE, dispute,
    honest::{Status, account, client, later, worker},
};
use alloy::primitives::{U256, keccak256, utils::parse_ether};
use edgeloom_bindings::IDisputes::{IDisputesErrors, Phase, Reason, Tree};
use edgeloom_edge_proof::Node;
use edgeloom_sdk::{Error, LocalModel};
use edgeloom_tests::{Dev, Digits, Process};
use eyre::{Result, ensure};
use std::fs;

const JOB: &str = "a canary that is silent";

#[tokio::test]
async fn who_is_silent_is_convicted_and_loses_the_bond_even_of_a_canary() -> Result<()> {
    let (dev, folder) = (Dev::start().await?, tempfile::tempdir()?);
    let (folder, digits) = (folder.path(), Digits::load()?);
    let requester = client(&dev, 0).await?;
    let model = LocalModel::from_image(digits.model.clone())?;
    fs::write(folder.join("model.eig"), model.image())?;
    fs::write(folder.join("pixels"), &digits.samples[1].pixels)?;
    let path = |name: &str| folder.join(name).display().to_string();
    let (image, pixels) = (path("model.eig"), path("pixels"));
    let planter = account(folder).await?;
    requester.transfer(planter, parse_ether("101")?).await?;
    let order = ["--model", &image, "--input", &pixels, "--job", JOB, "--planted", "--eager-trace", "--detach"];
    let run = |arguments: &[&str]| -> Result<_> { Ok(worker(&dev, folder, arguments)?.output()?) };
    let early = run(&order)?;
    ensure!(!early.status.success(), "nobody registered the graph");
    let said = String::from_utf8_lossy(&early.stderr).into_owned();
    ensure!(said.contains("nobody registered the graph"), "{said}");
    requester.models().register_graph(&model, "digits", "").await?;
    let made: Status = serde_json::from_slice(&run(&order)?.stdout)?;
    let claim = requester.disputes().claim_id_of(planter, keccak256(JOB)).await?;
    assert_eq!((made.claim, made.phase.as_str()), (claim, "open"));

    let catcher = client(&dev, 3).await?;
    catcher.disputes().challenge(claim, Tree::Output).await?;
    let node = Node { level: 3, index: 0 };
    let early = catcher.disputes().convict_silent(claim, (Tree::Output, node)).await;
    ensure!(matches!(early, Err(Error::Disputes(IDisputesErrors::TooEarly(_)))), "{early:?}");
    let status = dispute("status", &dev.url(), claim, &[])?;
    ensure!(
        status.contains("open (running), 1 threads running; the worker owes node 3/0 of the answer until"),
        "{status}"
    );
    later(&requester, 3_601).await?;
    requester.disputes().convict_silent(claim, (Tree::Output, node)).await?;
    let record = requester.disputes().get(claim).await?;
    assert_eq!((record.phase, record.reason), (Phase::Convicted, Reason::Silence));
    let catcher_s = catcher.disputes().credit_of(catcher.address()?).await?;
    assert_eq!(catcher_s, parse_ether("110")?, "its bond, and a tenth of the other");
    let story = dispute("replay", &dev.url(), claim, &[])?;
    for words in ["convicted: its worker was silent", "node 3/0 of the answer was due by", "gets 10 TFUEL of the bond"]
    {
        ensure!(story.contains(words), "{words:?} is not in\n{story}");
    }

    // Nothing shows that it was wrong, so that it cannot be shown to have been meant so.
    let mut process = Process::start("returning", worker(&dev, folder, &["defend", &claim.to_string()])?, folder)?;
    ensure!(!process.wait(PATIENCE).await?.success(), "it was convicted:\n{}", process.tail());
    assert_eq!(process.ready::<Status>(PATIENCE).await?.phase, "convicted");
    let early = requester.disputes().burn(claim).await;
    ensure!(matches!(early, Err(Error::Disputes(IDisputesErrors::TooEarly(_)))), "{early:?}");
    later(&requester, 3_601).await?;
    requester.disputes().burn(claim).await?;
    assert_eq!(requester.disputes().get(claim).await?.bond, 0);
    let left = requester.balance(planter).await?;
    ensure!(left < parse_ether("1")?, "{left} wei");
    assert_eq!(requester.disputes().balances().await?, (catcher_s, U256::ZERO), "nothing else is left");
    Ok(())
}
