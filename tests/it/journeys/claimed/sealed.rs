//! Answers that only their requester can read: an honest worker's, and two ciphertexts that are something else.

use super::{PATIENCE, Scene, digits, refuted::terminal};
use crate::journeys::audits::{
    honest::{client, later},
    net,
};
use alloy::primitives::{B256, U256, utils::parse_ether};
use edgeloom_bindings::IJobMarket::Phase;
use edgeloom_edge_proof::{Affine, Blob, Element, Filter, GraphBuilder, Limits, Scale, Window, Work};
use edgeloom_sdk::{
    Client, Defence, Disputes, Envelope, Fault, LocalModel, Offer, Opened, PostedJob, Statement, seed_of,
};
use edgeloom_tests::{Process, wait_for};
use eyre::{OptionExt as _, Result, ensure};
use std::fs;

const KEY: B256 = B256::repeat_byte(0x6b);
const SALT: B256 = B256::repeat_byte(0x5a);

#[tokio::test]
async fn a_sealed_answer_is_read_by_its_requester_alone_and_paid() -> Result<()> {
    let (digits, model) = digits()?;
    let scene = Scene::start(model).await?;
    let requester = &scene.requester;
    let (folder, worker) = scene.worker().await?;
    // It has to have a node whose key can be had, before it is offered anything.
    let mut process = Process::start("worker", scene.run(&folder)?, &folder)?;
    process.ready::<serde_json::Value>(PATIENCE).await?;
    let bonded = async || Ok(requester.edge_staking().is_bonded(worker).await?.then_some(()));
    wait_for("the worker to be bonded", PATIENCE, bonded).await?;
    process.kill_9()?;

    let pixels = scene.folder.path().join("pixels");
    fs::write(&pixels, &digits.samples[3].pixels)?;
    let (pixels, id, worker_text) = (pixels.display().to_string(), scene.model.id().to_string(), worker.to_string());
    let mut post = terminal(
        &scene,
        &["post", "--model", &id, "--input", &pixels, "--price", "10", "--check", "sealed", "--worker", &worker_text],
    )?;
    ensure!(post.wait(PATIENCE).await?.success(), "{}", post.tail());
    let job = requester.jobs().count().await?;
    for step in ["claim-sent", "sealed", "entered", "released"] {
        scene.aborted(&folder, step).await?;
    }
    assert_eq!(requester.disputable().answer_of(worker, job).await?, None, "nothing is published of the answer");

    let process = Process::start("worker", scene.run(&folder)?, &folder)?;
    let (number, answer) = (job.to_string(), scene.folder.path().join("answer"));
    let path = answer.display().to_string();
    let mut open = terminal(&scene, &["open", &number, "--demand", "--output", &path])?;
    let opened = open.wait(PATIENCE).await?;
    ensure!(opened.success(), "{}\n{}", open.lines()?.join("\n"), process.tail());
    assert_eq!(fs::read(&answer)?, scene.model.infer(&digits.samples[3].pixels)?);
    // A stranger has the ciphertext and the key, and not what the two share.
    let cipher = requester.seals().published(worker, job).await?.ok_or_eyre("it was demanded")?;
    let stranger = client(&scene.dev, 5).await?;
    let order = requester.jobs().order_of(job).await?;
    let guess = stranger.seals().share_with_worker(worker, (scene.model.id(), order.terms.inputRoot)).await?;
    let seen = stranger.seals().open((worker, job), guess, &cipher).await?;
    ensure!(matches!(seen, Opened::Wrong(_)), "{seen:?}");
    assert!(stranger.seals().complain((worker, job), guess, wrong(seen)?).await.is_err(), "nor can it complain");

    super::draw(requester).await?;
    let drawn = async || Ok(requester.disputable().entry_of(worker, job).await?.drawn.then_some(()));
    wait_for("the claim to be drawn", PATIENCE, drawn).await.map_err(|error| error.wrap_err(process.tail()))?;
    later(requester, 86_401).await?;
    let settled = requester.jobs().handle(&order, job).closed_within(PATIENCE).await;
    let closing = settled.map_err(|error| eyre::eyre!("{error}\n{}", process.tail()))?;
    assert_eq!((closing.phase, closing.worker), (Phase::Settled, worker));
    Ok(())
}

#[tokio::test]
async fn a_ciphertext_that_is_not_the_answer_costs_its_workers_bond() -> Result<()> {
    let model = LocalModel::disputed(edges()?)?;
    let scene = Scene::start(model).await?;
    let requester = &scene.requester;
    let worker = scene.rich(1, "10000").await?;
    worker.edge_staking().bond(parse_ether("2000")?).await?;
    // A chunk is another; the list of chunks is, too.
    for (slashed, spots) in [("200", vec![40_000]), ("400", vec![40_000, 66_000])] {
        let (posted, share) = offered(&scene, &worker).await?;
        let cipher = deliver(&scene, &worker, &posted, &spots).await?;
        let about = (worker.address()?, posted.id);
        let opened = requester.seals().open(about, share, &cipher).await?;
        let fault = wrong(opened)?;
        assert_eq!(matches!(fault, Fault::List(_)), spots.len() == 2, "{spots:?}");
        requester.seals().complain(about, share, fault).await?;
        let decided = posted.order.decided(posted.id)?;
        requester.jobs().settle(&posted.order, vec![decided]).await?;
        let state = requester.jobs().state(&posted.order, posted.id).await?;
        assert_eq!(state.phase, Phase::Rejected, "{spots:?}");
        assert_eq!(requester.edge_staking().total_slashed().await?, parse_ether(slashed)?);
    }
    // What is right leaves nothing to complain of.
    let (posted, share) = offered(&scene, &worker).await?;
    let cipher = deliver(&scene, &worker, &posted, &[]).await?;
    let about = (worker.address()?, posted.id);
    assert_eq!(
        requester.seals().open(about, share, &cipher).await?,
        Opened::Answer(scene.model.infer(&net::picture())?.into())
    );
    assert_eq!(requester.jobs().credit_of(requester.address()?).await?, parse_ether("10")?);
    assert_eq!(requester.jobs().escrowed().await?, parse_ether("5")?);
    Ok(())
}

fn wrong(opened: Opened) -> Result<Fault> {
    match opened {
        Opened::Wrong(fault) => Ok(*fault),
        Opened::Answer(_) => Err(eyre::eyre!("it opened")),
    }
}

async fn offered(scene: &Scene, worker: &Client) -> Result<(PostedJob, B256)> {
    let offer = Offer::new(scene.model.id(), net::picture(), parse_ether("5")?);
    Ok(scene.requester.seals().offer(offer, worker.address()?).await?)
}

/// A right claim, and a ciphertext with other bytes at some places of what is decrypted.
async fn deliver(scene: &Scene, worker: &Client, posted: &PostedJob, spots: &[usize]) -> Result<Vec<u8>> {
    let (me, job, picture) = (worker.address()?, posted.id, net::picture());
    worker.jobs().take(&posted.order, &[job]).await?;
    let trace = scene.model.trace(&picture)?;
    let plan = scene.model.model().plan();
    let output = trace[plan.output()].to_vec();
    let roots = Defence::of(Work { input: &picture[..], trace: &trace[..], output: &output[..] }).commitments();
    let statement = Statement {
        job: job.into(),
        model: scene.model.id(),
        input_root: roots.input.root.into(),
        output_root: roots.output.root.into(),
        trace_root: roots.trace.root.into(),
        seal: Disputes::seal_of(me, job.into(), false, SALT),
        input: Vec::new().into(),
        bond: parse_ether("100")?,
    };
    worker.disputes().claim(statement).await?;
    let share = worker.seals().share_with_requester(&posted.order, scene.model.id()).await?;
    let seed = seed_of(worker.chain_id(), (me, job), KEY, share);
    let mut cipher = Envelope::encrypt(&output, seed).ok_or_eyre("its length is right")?;
    for spot in spots {
        cipher[*spot] ^= 1;
    }
    let subject = posted.order.terms.subject;
    let sealed = (Blob::of(&output), B256::from(Blob::of(&cipher).root));
    worker.seals().seal((job, subject), sealed, KEY).await?;
    worker.disputable().enter(job, U256::from(posted.order.terms.price), Vec::new().into()).await?;
    let state = worker.jobs().state(&posted.order, job).await?;
    worker.seals().release(&posted.order, (job, &state), KEY).await?;
    Ok(cipher)
}

/// Differences in four directions: an answer of 64 KiB.
fn edges() -> Result<Vec<u8>> {
    const SIDE: usize = 128;
    let mut graph = GraphBuilder::new(SIDE * SIDE);
    let picture = graph.input();
    let window = Window {
        height: SIDE,
        width: SIDE,
        channels: 1,
        kernel: (3, 3),
        stride: (1, 1),
        pad: (1, 1),
        out: (SIDE, SIDE),
    };
    let weights: Vec<i8> = (0..36).map(|at| (at * 5 % 7) as i8 - 3).collect();
    let affine = Affine { scales: &[Scale { s: 18, ..Scale::IDENTITY }; 4], out: Element::I8, lo: -128, hi: 127 };
    graph.conv2d(picture, &window, &Filter { weights: &weights, pad_value: 0 }, &affine);
    Ok(graph.within(&Limits::DISPUTED)?)
}
