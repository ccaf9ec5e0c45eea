//! A wrong answer, refuted from the requester's terminal.

use super::{PATIENCE, Scene};
use crate::journeys::audits::{honest::client, liar::Liar, net};
use alloy::primitives::{U256, utils::parse_ether};
use edgeloom_bindings::{IDisputes::Phase as ClaimPhase, IJobMarket::Phase};
use edgeloom_sdk::{DISPUTABLE, LocalModel, Offer};
use edgeloom_tests::{Process, binary};
use eyre::{Result, ensure};
use std::process::Command;

/// Development account 0, which posts.
pub(super) const REQUESTER: &str = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

/// `edgeloom-cli job` with these arguments, as the requester.
pub(super) fn terminal(scene: &Scene, arguments: &[&str]) -> Result<Process> {
    let mut command = Command::new(binary("edgeloom-cli")?);
    command.args(["--rpc", &scene.dev.url(), "--key", REQUESTER, "job"]).args(arguments);
    Process::start("terminal", command, scene.folder.path())
}

#[tokio::test]
async fn a_requester_refutes_a_wrong_answer_from_its_terminal_and_has_its_price_back() -> Result<()> {
    let (model, flawed) = (LocalModel::disputed(net::image(0)?)?, LocalModel::disputed(net::image(1)?)?);
    let scene = Scene::start(model).await?;
    let requester = &scene.requester;
    let (worker, price, picture) = (client(&scene.dev, 1).await?, parse_ether("5")?, net::picture());
    worker.edge_staking().bond(parse_ether(super::STAKE)?).await?;
    let offer = Offer::new(scene.model.id(), picture.clone(), price).of_kind(DISPUTABLE);
    let posted = requester.jobs().offer(offer).await?;
    worker.jobs().take(&posted.order, &[posted.id]).await?;
    let job = posted.id.to_string();
    let model = scene.folder.path().join("models").join(format!("{:x}.eig", scene.model.id())).display().to_string();

    let liar = Liar::claim(worker.clone(), (posted.id.into(), scene.model.id(), &flawed), &picture).await?;
    liar.commit().await?;
    let answer = flawed.infer(&picture)?;
    worker.disputable().enter(posted.id, price, answer.into()).await?;
    let mut check = terminal(&scene, &["dispute", &job, "--model", &model, "--check"])?;
    ensure!(!check.wait(PATIENCE).await?.success(), "{}", check.tail());
    ensure!(check.lines()?.join("\n").contains("the answer is WRONG"), "{}", check.tail());

    let before = requester.balance(requester.address()?).await?;
    let mut dispute = terminal(&scene, &["dispute", &job, "--model", &model])?;
    let status = tokio::select! {
        failed = liar.defend() => return failed,
        status = dispute.wait(PATIENCE) => status,
    };
    let status = status.map_err(|error| error.wrap_err(dispute.tail()))?;
    let said = dispute.lines()?.join("\n");
    ensure!(status.success() && said.contains("refuted: the chain finds it wrong, too"), "{said}");
    assert_eq!(requester.disputes().get(liar.claim).await?.phase, ClaimPhase::Convicted);
    let state = requester.jobs().state(&posted.order, posted.id).await?;
    assert_eq!(state.phase, Phase::Rejected);
    assert_eq!(requester.edge_staking().total_slashed().await?, parse_ether("200")?, "forty prices");
    assert_eq!(requester.jobs().credit_of(requester.address()?).await?, price);
    // A tenth of the claim's bond of a hundred, and the challenge's own; the rest was gas.
    let after = requester.balance(requester.address()?).await?;
    ensure!(after > before + parse_ether("9.9")?, "{before} before, {after} after");
    assert_ne!(state.worker, requester.address()?);
    assert_eq!(requester.jobs().escrowed().await?, U256::ZERO);
    Ok(())
}
