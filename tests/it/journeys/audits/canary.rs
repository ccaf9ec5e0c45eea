//! Planted claims: one that nobody finds, which who planted it refutes itself, and one that is found by asking; on a development
//! chain, where a day passes at once.

use super::{
    PATIENCE, dispute,
    honest::{Status, account, client, later, worker},
};
use alloy::primitives::{Address, B256, U256, keccak256, utils::parse_ether};
use edgeloom_bindings::IDisputes::{IDisputesErrors, Phase, Reason};
use edgeloom_edge_proof::Place;
use edgeloom_sdk::{Challenge, Client, Error, LocalModel, Move};
use edgeloom_tests::{Dev, Digits, Process, wait_for};
use eyre::{OptionExt as _, Result, bail, ensure};
use std::{fs, path::Path};

const JOB: &str = "a canary";

/// A planted claim that a process answers for, and somebody who may find it.
struct Planted {
    dev: Dev,
    model: LocalModel,
    pixels: Vec<u8>,
    planter: Address,
    process: Process,
    claim: B256,
    catcher: Client,
}

impl Planted {
    async fn in_folder(folder: &Path) -> Result<Self> {
        let (dev, digits) = (Dev::start().await?, Digits::load()?);
        let catcher = client(&dev, 3).await?;
        let (model, pixels) = (LocalModel::from_image(digits.model)?, digits.samples[1].pixels.clone());
        catcher.models().register_graph(&model, "digits", "").await?;
        let planter = account(folder).await?;
        client(&dev, 0).await?.transfer(planter, parse_ether("101")?).await?;
        fs::write(folder.join("model.eig"), model.image())?;
        fs::write(folder.join("pixels"), &pixels)?;
        let path = |name: &str| folder.join(name).display().to_string();
        let (image, input) = (path("model.eig"), path("pixels"));
        let order = ["--model", &image, "--input", &input, "--job", JOB, "--planted"];
        let process = Process::start("planter", worker(&dev, folder, &order)?, folder)?;
        let claim = catcher.disputes().claim_id_of(planter, keccak256(JOB)).await?;
        let made = async || match catcher.disputes().get(claim).await {
            Ok(record) => Ok(Some(record)),
            Err(Error::Disputes(IDisputesErrors::ClaimUnknown(_))) => Ok(None),
            Err(error) => Err(error.into()),
        };
        let made = wait_for("the claim to be made", PATIENCE, made).await;
        let record = made.map_err(|error| error.wrap_err(process.tail()))?;
        assert_eq!((record.phase, record.traceRoot), (Phase::Open, B256::ZERO));
        Ok(Self { dev, model, pixels, planter, process, claim, catcher })
    }

    /// Asks until the claim is refuted.
    async fn find(&self) -> Result<()> {
        let (disputes, claim, me) = (self.catcher.disputes(), self.claim, self.catcher.address()?);
        let trace = self.model.trace(&self.pixels)?;
        let challenge = Challenge::of(self.model.model(), &trace).ok_or_eyre("its length")?;
        let refuted = async || {
            match challenge.next(&disputes.proceedings(claim, 0).await?, me) {
                Move::Open(tree) => drop(disputes.challenge(claim, tree).await?),
                Move::Turn { thread } => drop(disputes.turn_to_answer(thread).await?),
                Move::Descend { thread, values, child } => drop(disputes.descend(thread, values, child).await?),
                Move::Await { .. } => {}
                Move::Refute(refutation) => match disputes.refute(claim, &refutation).await {
                    Ok(_) => return Ok(Some(())),
                    // The thread came just now.
                    Err(Error::Disputes(IDisputesErrors::NotAnnounced(_))) => later(&self.catcher, 1).await?,
                    Err(error) => return Err(error.into()),
                },
                Move::Nothing => bail!("a canary that nothing is wrong with"),
            }
            Ok(None)
        };
        let found = wait_for("the canary to be refuted", PATIENCE, refuted).await;
        found.map_err(|error| error.wrap_err(self.process.tail()))
    }

    /// Waits until the process has shown what it planted, and gives what is left to the planter.
    async fn shown(&mut self) -> Result<U256> {
        let (catcher, claim) = (&self.catcher, self.claim);
        let shown = async || {
            later(catcher, 5).await?;
            Ok((catcher.disputes().get(claim).await?.phase == Phase::Canary).then_some(()))
        };
        let shown = wait_for("the canary to be shown", PATIENCE, shown).await;
        shown.map_err(|error| error.wrap_err(self.process.tail()))?;
        ensure!(self.process.wait(PATIENCE).await?.success(), "{}", self.process.tail());
        let status: Status = self.process.ready(PATIENCE).await?;
        assert_eq!((status.claim, status.phase.as_str()), (claim, "canary"));
        let record = catcher.disputes().get(claim).await?;
        assert_eq!((record.phase, record.reason, record.bond), (Phase::Canary, Reason::WrongElement, 0));
        let proceedings = catcher.disputes().proceedings(claim, 0).await?;
        let refuted = proceedings.refuted().ok_or_eyre("it was refuted")?;
        assert_eq!((refuted.op, refuted.element), (Place::OUTPUT, 0), "only the answer was made to be wrong");
        Ok(catcher.balance(self.planter).await?)
    }
}

#[tokio::test]
async fn a_canary_that_nobody_finds_is_refuted_by_who_planted_it_and_shown() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut planted = Planted::in_folder(folder.path()).await?;
    later(&planted.catcher, 86_401).await?;
    let left = planted.shown().await?;
    ensure!(left > parse_ether("100")? && left < parse_ether("101")?, "{left} wei: nothing but gas was lost");
    assert_eq!(planted.catcher.disputes().balances().await?, (U256::ZERO, U256::ZERO));
    Ok(())
}

#[tokio::test]
async fn a_canary_that_somebody_finds_costs_its_planter_the_reward() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut planted = Planted::in_folder(folder.path()).await?;
    planted.find().await?;
    let left = planted.shown().await?;
    ensure!(left > parse_ether("90")? && left < parse_ether("91")?, "{left} wei");
    let (disputes, catcher) = (planted.catcher.disputes(), planted.catcher.address()?);
    let credit = disputes.credit_of(catcher).await?;
    assert_eq!(credit, parse_ether("110")?, "its bond, and a tenth of the other");
    assert_eq!(disputes.balances().await?, (credit, U256::ZERO), "nothing else is left");
    let story = dispute("replay", &planted.dev.url(), planted.claim, &[])?;
    for words in
        ["convicted: an element of it is wrong", "gets 10 TFUEL of the bond", "canary: an element of it is wrong"]
    {
        ensure!(story.contains(words), "{words:?} is not in\n{story}");
    }
    Ok(())
}
