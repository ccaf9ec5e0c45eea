//! Answers that the chain does not compute: claimed with a bond, audited by whom chance draws, disputed until one element is left,
//! which the chain judges.
//!
//! Whoever is silent loses after an hour. Validators with consensus take no block that is ahead of their clocks, so that no test can
//! wait for that there: what needs the hour runs on a development chain, whose clock moves as it is told, with the same contracts and
//! the same precompiles; everything else runs on four validators.

mod canary;
pub(super) mod honest;
pub(super) mod liar;
mod member;
pub(super) mod net;
pub(super) mod paid;
mod silent;

use alloy::primitives::{Address, B256, utils::parse_ether};
use edgeloom_bindings::IDisputes::{IDisputesEvents, Phase, Reason};
use edgeloom_sdk::{Client, LocalModel};
use edgeloom_tests::{Net, NetConfig, Process, binary, dev_signer, wait_for};
use eyre::{OptionExt as _, Result, ensure};
use liar::Liar;
use member::Member;
use serde::Deserialize;
use serde_json::Value;
use std::{fs, path::Path, process::Command, time::Duration};

const PATIENCE: Duration = Duration::from_secs(120);
const CLAIMANT: u32 = 1;

#[derive(Debug, Deserialize)]
struct Ready {
    seated: Seated,
}

#[derive(Debug, Deserialize)]
struct Seated {
    auditor: Address,
    key: B256,
    place: usize,
}

/// The command line of an auditor with a key of its own.
fn auditor(net: &Net, models: &Path) -> Result<Command> {
    let folder = net.config().folder.join("worker-0");
    let mut command = Command::new(binary("edgeloom-worker")?);
    command.args(["audit", "--enlist", "--json", "--rpc", &net.rpc(1)]).arg("--models").arg(models);
    for (option, file) in
        [("--keystore", "key.json"), ("--password-file", "password"), ("--data", "audit"), ("--bls-key", "bls.key")]
    {
        command.arg(option).arg(folder.join(file));
    }
    Ok(command)
}

/// What `edgeloom-worker dispute` prints.
fn dispute(verb: &str, rpc: &str, claim: B256, options: &[&str]) -> Result<String> {
    let mut command = Command::new(binary("edgeloom-worker")?);
    command.args(["dispute", verb, &claim.to_string(), "--rpc", rpc]).args(options);
    let output = command.output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?)
}

/// Three members by hand, two of them honest and one who says whatever the liar says.
async fn members(net: &Net) -> Result<[Member; 3]> {
    Ok([Member::seat(net, 2).await?, Member::seat(net, 3).await?, Member::seat(net, 4).await?])
}

#[tokio::test]
async fn one_weight_convicts_its_worker_and_the_auditor_who_agreed() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let chain = Net::start(NetConfig::on_free_ports(folder.path().join("net"), 4, 1)?).await?;
    let requester = chain.client(0, dev_signer(0)?).await?;
    let (model, flawed) = (LocalModel::disputed(net::image(0)?)?, LocalModel::disputed(net::image(1)?)?);
    let models = folder.path().join("models");
    fs::create_dir(&models)?;
    fs::write(models.join(format!("{:x}.eig", model.id())), model.image())?;
    assert_eq!(requester.models().register_graph(&model, "edges", "").await?, model.id());
    let graph = requester.models().graph(model.id()).await?;
    assert_eq!((graph.name.as_str(), graph.commitment), ("edges", model.model().commitment()));

    let [first, second, friend] = members(&chain).await?;
    // The last seat is the process's, which has the set sealed: so all four are drawn. It aborts with what it found on disk.
    let mut command = auditor(&chain, &models)?;
    command.env("EDGELOOM_WORKER_CRASH_AT", "testifying");
    let mut process = Process::start("auditor-crashing", command, &chain.config().folder)?;
    let Ready { seated } = process.ready(PATIENCE).await?;
    assert_eq!(seated.auditor, chain.accounts()[0]);
    wait_for("the set to be sealed", PATIENCE, async || Ok((requester.audits().epoch().await? == 1).then_some(())))
        .await?;

    let picture = net::picture();
    let claimant = chain.client(0, dev_signer(CLAIMANT)?).await?;
    let liar = Liar::claim(claimant, (B256::repeat_byte(0x10), model.id(), &flawed), &picture).await?;
    let claim = liar.claim;
    requester.audits().request(claim, parse_ether("4")?).await?;
    liar.commit().await?;
    let status = process.wait(PATIENCE).await?;
    ensure!(!status.success(), "the auditor was to abort:\n{}", process.tail());
    drop(process);
    let process = Process::start("auditor", auditor(&chain, &models)?, &chain.config().folder)?;

    let committee = member::committee(&requester, claim).await?;
    assert_eq!(committee.len(), 4);
    ensure!(committee.contains(&seated.place), "{committee:?} lacks {seated:?}");
    let (right, wrong) = (member::finding(&model, &picture)?, member::finding(&flawed, &picture)?);
    let said = [first.commit(claim, &right).await?, second.commit(claim, &right).await?];
    let agreed = friend.commit(claim, &wrong).await?;
    let all = async || Ok((requester.audits().get(claim).await?.committed == 4).then_some(()));
    let stuck = |error: eyre::Report| error.wrap_err(process.tail());
    wait_for("every member to commit", PATIENCE, all).await.map_err(stuck)?;
    // Two say the same with one signature.
    first.client.audits().attest(claim, &right, &said).await?;
    friend.client.audits().attest(claim, &wrong, &[agreed]).await?;

    let over = async || Ok((requester.disputes().get(claim).await?.phase != Phase::Open).then_some(()));
    tokio::select! {
        // Who lies answers as well as anybody.
        failed = liar.defend() => failed?,
        over = wait_for("the claim to be refuted", PATIENCE, over) => over.map_err(stuck)?,
    }
    convicted(&requester, &seated, claim).await?;
    let slashed = async || Ok(requester.audits().vote_of(claim, friend.place).await?.slashed.then_some(()));
    wait_for("the member who agreed to be slashed", PATIENCE, slashed).await.map_err(stuck)?;
    for honest in [first.place, second.place, seated.place] {
        assert!(!requester.audits().vote_of(claim, honest).await?.slashed, "place {honest}");
    }
    told(&chain.rpc(1), claim, (&model, &flawed, &picture))?;
    assert!(requester.node().supply().await?.conserved);
    Ok(())
}

/// What the chain says of the claim, and of how it came to that.
async fn convicted(chain: &Client, seated: &Seated, claim: B256) -> Result<()> {
    let record = chain.disputes().get(claim).await?;
    assert_eq!((record.phase, record.reason), (Phase::Convicted, Reason::WrongElement));
    assert_eq!(record.bond, parse_ether("90")?.to::<u128>(), "a tenth went to who found it");
    let proceedings = chain.disputes().proceedings(claim, 0).await?;
    let closed = proceedings.closed().ok_or_eyre("it was closed")?;
    assert_eq!((closed.winner, closed.reward), (seated.auditor, parse_ether("10")?));
    let rounds = proceedings.events().iter().filter(|event| matches!(event.event, IDisputesEvents::Named(_))).count();
    assert!((2..=6).contains(&rounds), "{rounds} rounds");
    let seat = chain.audits().seat_of(seated.key).await?;
    assert_eq!((seat.operator, seat.withdrawableAt), (seated.auditor, 0));
    Ok(())
}

/// From the chain's data alone the story names the convolution, and its operands are those of the picture.
fn told(rpc: &str, claim: B256, (model, flawed, picture): (&LocalModel, &LocalModel, &[u8])) -> Result<()> {
    let status = dispute("status", rpc, claim, &[])?;
    ensure!(status.contains("convicted (an element of it is wrong)"), "{status}");
    let text = dispute("replay", rpc, claim, &[])?;
    for words in
        ["operation 0 of 4: CONV2D (G25)", "kernel 3 x 3", "operand, image row", "weights, from byte", "scale record"]
    {
        ensure!(text.contains(words), "{words:?} is not in\n{text}");
    }
    let story: Value = serde_json::from_str(&dispute("replay", rpc, claim, &["--json"])?)?;
    let element = &story["element"];
    let (own, theirs) = (model.trace(picture)?, flawed.trace(picture)?);
    let first = own.iter().zip(&theirs).position(|(own, theirs)| own != theirs).ok_or_eyre("they differ")?;
    assert_eq!(element["position"].as_u64(), Some(first as u64));
    let as_number = |trace: &[u8]| i64::from(trace[first].cast_signed());
    assert_eq!(element["expected"].as_i64(), Some(as_number(&own)));
    assert_eq!(element["found"].as_i64(), Some(as_number(&theirs)));
    let products = element["products"].as_array().ok_or_eyre("a convolution has products")?;
    assert_eq!(products.len(), 9);
    let sum = products.iter().map(|pair| pair[0].as_i64().unwrap_or(0) * pair[1].as_i64().unwrap_or(0)).sum::<i64>();
    assert_eq!(element["sum"].as_i64(), Some(sum));
    let weights: Vec<_> = products.iter().map(|pair| pair[0].as_i64().unwrap_or(0) as i8).collect();
    let channel = element["channel"].as_u64().ok_or_eyre("a channel")? as usize;
    let row = &model.model().weights()[channel * 9..(channel + 1) * 9];
    assert_eq!(weights, row.iter().map(|weight| weight.cast_signed()).collect::<Vec<_>>());
    Ok(())
}
