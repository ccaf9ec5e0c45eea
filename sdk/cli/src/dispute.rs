//! What a requester does about an answer that it doubts: compute it again and refute it, or decrypt it and complain.

use std::{fs, io::Write as _, path::PathBuf, process::ExitCode, time::Duration};

use alloy::primitives::{Address, B256, Bytes, U256, utils::format_ether};
use edgeloom_bindings::IDisputes::{IDisputesErrors, Phase as ClaimPhase};
use edgeloom_sdk::{
    Challenge, Client, DISPUTABLE, Error, Finding, LocalModel, Move, Opened, Order, Proceedings, SEALED,
};
use eyre::{Result, WrapErr, bail, ensure};
use serde_json::json;

use crate::{settings::Settings, watch::unix_seconds};

/// Between two looks at the chain.
const LOOK: Duration = Duration::from_secs(1);

/// A job whose answer is doubted.
#[derive(Debug, clap::Args)]
pub(crate) struct Dispute {
    /// The job's number
    job: U256,
    /// The model's image [default: as the chain has it]
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Say whether the answer is right, and leave it at that
    #[arg(long)]
    check: bool,
}

/// A sealed answer.
#[derive(Debug, clap::Args)]
pub(crate) struct Open {
    /// The job's number
    job: U256,
    /// The ciphertext, as the worker handed it over [default: as it was published on the chain]
    #[arg(long, value_name = "FILE")]
    ciphertext: Option<PathBuf>,
    /// Have the worker publish the ciphertext on the chain, for a deposit of which what the gas does not take comes back
    #[arg(long, conflicts_with = "ciphertext")]
    demand: bool,
    /// Write the answer there
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// A claim about a job, and whose.
struct Doubted {
    client: Client,
    order: Order,
    job: U256,
    worker: Address,
    claim: B256,
}

impl Doubted {
    async fn of(client: Client, job: U256) -> Result<Self> {
        let (order, state) = client.jobs().get(job).await?;
        let claimed = matches!(order.terms.kind, DISPUTABLE | SEALED);
        ensure!(
            claimed,
            "job {job} is of a kind that leaves nothing to dispute: the chain itself tells what becomes of it"
        );
        ensure!(!state.worker.is_zero(), "nobody took job {job} yet");
        let claim = client.disputes().claim_id_of(state.worker, job.into()).await?;
        match client.disputes().get(claim).await {
            Ok(_) => Ok(Self { client, order, job, worker: state.worker, claim }),
            Err(Error::Disputes(IDisputesErrors::ClaimUnknown(_))) => {
                bail!("{} has not claimed an answer to job {job} yet", state.worker)
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn model(&self) -> Result<B256> {
        if self.order.terms.kind != SEALED {
            return Ok(self.order.terms.subject);
        }
        let subject = self.client.seals().subject(self.order.terms.subject).await?;
        Ok(subject.map(|subject| subject.inner).unwrap_or_default())
    }
}

/// Computes what was claimed, and refutes it if it is something else.
pub(crate) async fn disputed(settings: &Settings, dispute: Dispute) -> Result<ExitCode> {
    let client = if dispute.check { settings.reader().await? } else { settings.signer().await? };
    let doubted = Doubted::of(client, dispute.job).await?;
    let id = doubted.model().await?;
    let model = match &dispute.model {
        Some(path) => {
            let image = fs::read(path).wrap_err_with(|| format!("cannot read the model {}", path.display()))?;
            let model = LocalModel::disputed(image).wrap_err_with(|| format!("{} is no model", path.display()))?;
            ensure!(
                model.id() == id,
                "{} is model {}, and job {} is about {id}",
                path.display(),
                model.id(),
                dispute.job
            );
            model
        }
        None => {
            doubted.client.models().load(id).await.wrap_err("the chain does not have the model: give --model FILE")?
        }
    };
    let input = doubted.order.committed_input(dispute.job)?;
    let trace = model.trace(&input)?;
    let Some(challenge) = Challenge::of(model.model(), &trace) else { bail!("the model computes no trace") };
    let mut proceedings = doubted.client.disputes().proceedings(doubted.claim, doubted.order.block).await?;
    let finding: Finding = challenge.finding();
    let wrong = finding.dispute(&proceedings).is_some();
    if settings.json {
        println!(
            "{}",
            json!({ "event": "checked", "job": dispute.job.to_string(), "claim": doubted.claim, "right": !wrong })
        );
    } else if wrong {
        println!("job {}: the answer is WRONG: it is {}", dispute.job, finding.output_root);
    } else {
        println!("job {}: the answer is right, there is nothing to dispute", dispute.job);
    }
    if dispute.check || !wrong {
        return Ok(if wrong { ExitCode::FAILURE } else { ExitCode::SUCCESS });
    }
    let me = doubted.client.address()?;
    let terms = doubted.client.disputes().terms().await?;
    let mut announced = None;
    loop {
        let disputes = doubted.client.disputes();
        let read = async {
            disputes.follow(&mut proceedings).await?;
            futures::try_join!(disputes.get(doubted.claim), doubted.client.head_time())
        };
        let (record, head) = match read.await {
            // There is an hour for each move: a connection that fails for a moment ends nothing.
            Err(error) if error.is_transient() => {
                eprintln!("the node does not answer: {error}");
                tokio::time::sleep(LOOK).await;
                continue;
            }
            read => read?,
        };
        if record.phase != ClaimPhase::Open {
            return ended(settings, &doubted, record.phase, &proceedings).await;
        }
        let next = challenge.next(&proceedings, me);
        let opens = matches!(next, Move::Open(_));
        ensure!(
            !opens || head <= record.claimedAt.saturating_add(terms.window),
            "the claim is wrong, and cannot be challenged any more"
        );
        if !moved(settings, &doubted, next, (head, &mut announced)).await? {
            tokio::time::sleep(LOOK).await;
        }
    }
}

/// Makes a move; false where there is only to wait.
async fn moved(
    settings: &Settings,
    doubted: &Doubted,
    next: Move,
    (head, announced): (u64, &mut Option<B256>),
) -> Result<bool> {
    let (disputes, claim) = (doubted.client.disputes(), doubted.claim);
    match next {
        Move::Nothing => return Ok(false),
        Move::Await { deadline, .. } if head.max(unix_seconds()) <= deadline => return Ok(false),
        Move::Await { tree, node, .. } => {
            tell(settings, "its worker is silent: convicting it", "convicting");
            disputes.convict_silent(claim, (tree, node)).await?;
        }
        Move::Open(tree) => {
            let bond = disputes.challenge_bond(claim).await?;
            tell(settings, &format!("challenging it, with a bond of {} TFUEL", format_ether(bond)), "challenging");
            disputes.challenge(claim, tree).await?;
        }
        Move::Descend { thread, values, child } => {
            tell(
                settings,
                &format!("what differs first is in part {child} of {}: asking on", values.len()),
                "descending",
            );
            disputes.descend(thread, values, child).await?;
        }
        Move::Turn { thread } => {
            tell(settings, "the trace is right, the answer is another: asking for that", "turning");
            disputes.turn_to_answer(thread).await?;
        }
        Move::Refute(refutation) => match disputes.refute(claim, &refutation).await {
            Ok(_) => tell(settings, "refuted: the chain finds it wrong, too", "refuted"),
            Err(Error::Disputes(IDisputesErrors::NotAnnounced(missing)))
                if *announced != Some(missing.announcement) =>
            {
                disputes.announce(claim, &refutation).await?;
                *announced = Some(missing.announcement);
            }
            // It has to stand for a few seconds, by the clock of blocks, which stands still where nobody sends anything.
            Err(Error::Disputes(IDisputesErrors::NotAnnounced(_))) => {
                tokio::time::sleep(LOOK).await;
                doubted.client.transfer(doubted.client.address()?, U256::ZERO).await?;
            }
            Err(error) => return Err(error.into()),
        },
    }
    Ok(true)
}

async fn ended(
    settings: &Settings,
    doubted: &Doubted,
    phase: ClaimPhase,
    proceedings: &Proceedings,
) -> Result<ExitCode> {
    let (disputes, me) = (doubted.client.disputes(), doubted.client.address()?);
    // A bond that was put up for nothing comes back.
    for (thread, _) in proceedings.running(me) {
        disputes.release(thread).await?;
    }
    let credit = disputes.credit_of(me).await?;
    if !credit.is_zero() {
        disputes.withdraw().await?;
    }
    // Whoever planted it to be found wrong has delivered nothing either.
    let won = matches!(phase, ClaimPhase::Convicted | ClaimPhase::Canary);
    let mut words = match phase {
        ClaimPhase::Convicted => "its worker is convicted",
        ClaimPhase::Canary => "it was planted to be found wrong",
        _ => "it was upheld",
    }
    .to_owned();
    if won && let Ok(delivery) = doubted.order.decided(doubted.job) {
        // The price goes back, and the worker's bond is burned.
        match doubted.client.jobs().settle(&doubted.order, vec![delivery]).await {
            Ok(_) => words += ", and the price is credited to you (`edgeloom-cli job withdraw`)",
            Err(error) if error.is_revert() => {
                words += "; once its deadline is over, `edgeloom-cli job forfeit` brings the price back"
            }
            Err(error) => return Err(error.into()),
        }
    }
    tell(settings, &format!("{words}; {} TFUEL came back to you", format_ether(credit)), "ended");
    Ok(if won { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Decrypts a sealed answer, or complains of what is none.
pub(crate) async fn opened(settings: &Settings, open: Open) -> Result<ExitCode> {
    let client = settings.signer().await?;
    let doubted = Doubted::of(client, open.job).await?;
    ensure!(
        doubted.order.terms.kind == SEALED,
        "the answer of job {} is not sealed: `edgeloom-cli job watch`",
        open.job
    );
    let (seals, about) = (doubted.client.seals(), (doubted.worker, open.job));
    let seal = seals.get(doubted.worker, open.job).await?;
    ensure!(seal.releasedAt != 0, "{} has not released the key of job {} yet", doubted.worker, open.job);
    let share =
        seals.share_with_worker(doubted.worker, (doubted.model().await?, doubted.order.terms.inputRoot)).await?;
    let cipher = match &open.ciphertext {
        Some(path) => fs::read(path).wrap_err_with(|| format!("cannot read {}", path.display()))?,
        None => published(settings, &doubted, open.demand).await?,
    };
    match seals.open(about, share, &cipher).await? {
        Opened::Answer(answer) => given(settings, &open, &answer),
        Opened::Wrong(fault) => {
            seals.complain(about, share, *fault).await?;
            tell(
                settings,
                "what comes out is not the answer that was claimed: its worker is not paid, and loses its bond",
                "complained",
            );
            Ok(ExitCode::FAILURE)
        }
    }
}

async fn published(settings: &Settings, doubted: &Doubted, demand: bool) -> Result<Vec<u8>> {
    let (seals, worker, job) = (doubted.client.seals(), doubted.worker, doubted.job);
    if let Some(cipher) = seals.published(worker, job).await? {
        return Ok(cipher);
    }
    let mut asked = seals.demand_of(worker, job).await?;
    if asked.payer.is_zero() {
        ensure!(
            demand,
            "the ciphertext of job {job} is not on the chain: give --ciphertext FILE, or have it published with --demand"
        );
        seals.demand(worker, job).await?;
        asked = seals.demand_of(worker, job).await?;
        tell(settings, &format!("asked {worker} to publish {} pieces of ciphertext", asked.pieces), "demanded");
    }
    loop {
        if let Some(cipher) = seals.published(worker, job).await? {
            return Ok(cipher);
        }
        let late = doubted.client.head_time().await? > asked.answerBy;
        ensure!(!late, "{worker} did not publish the ciphertext in time: it is not paid, and loses its bond");
        tokio::time::sleep(LOOK).await;
    }
}

fn given(settings: &Settings, open: &Open, answer: &Bytes) -> Result<ExitCode> {
    if let Some(path) = &open.output {
        fs::write(path, answer).wrap_err_with(|| format!("cannot write {}", path.display()))?;
    }
    if settings.json {
        println!("{}", json!({ "event": "opened", "job": open.job.to_string(), "answer": answer }));
    } else if open.output.is_none() && answer.len() > 64 {
        println!("job {}: an answer of {} bytes, --output FILE writes it", open.job, answer.len());
    } else if open.output.is_none() {
        println!("job {}: answer {answer}", open.job);
    }
    std::io::stdout().flush()?;
    Ok(ExitCode::SUCCESS)
}

fn tell(settings: &Settings, line: &str, event: &str) {
    match settings.json {
        true => println!("{}", json!({ "event": event })),
        false => println!("{line}"),
    }
}
