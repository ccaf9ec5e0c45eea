//! A claim of one's own: made, answered for, and seen to its end. What is needed after a crash is on disk before the claim is sent:
//! its salt in the journal, input and model beside it; the rest is computed again.

mod canary;
mod plan;

use std::{path::PathBuf, sync::Arc};

use alloy::{
    primitives::{B256, Bytes, U256, keccak256, utils::format_ether, utils::parse_ether},
    signers::local::PrivateKeySigner,
};
use canary::Refutal;
use edgeloom_bindings::{
    IAudits::IAuditsErrors,
    IDisputes::{Claim, IDisputesErrors, Phase},
};
use edgeloom_edge_proof::{Blob, Work};
use edgeloom_sdk::{
    Client, Defence, DisputeTerms, Disputes, Duty, Error, LocalModel, ModelError, Proceedings, Statement,
};
use plan::{Standing, Step};
use tokio::task::spawn_blocking;

use crate::{
    Config, crash,
    desk::{CaseError, Desk, keep, pause_for, read, salt},
    journal::{Claiming, Record},
};

/// What to claim.
#[derive(Clone, Debug, clap::Args)]
pub struct ClaimOrder {
    /// Model's image, or the id of a model that is on chain or in the data directory
    #[arg(long, value_name = "FILE|ID", required = true)]
    pub model: Option<String>,
    /// What to compute the answer to
    #[arg(long, value_name = "FILE", required = true)]
    pub input: Option<PathBuf>,
    /// What the claim is about, once for each account: 0x and 64 digits, or any text, which is hashed
    #[arg(long, value_name = "JOB", required = true)]
    pub job: Option<String>,
    /// Bond of the claim [default: the contract's minimum]
    #[arg(long, value_name = "TFUEL")]
    pub bond: Option<String>,
    /// Publish the input with the claim, so that anybody can check
    #[arg(long)]
    pub publish_input: bool,
    /// Commit to the whole trace at once, not only when somebody asks or pays for an audit
    #[arg(long)]
    pub eager_trace: bool,
    /// Make it a canary: a wrong answer, for auditors to find; refuted in the end, by whoever finds it or by this command, and revealed
    #[arg(long)]
    pub planted: bool,
    /// Claim and leave; `claim defend` goes on
    #[arg(long)]
    pub detach: bool,
}

/// Where a claim stands.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ClaimStatus {
    pub claim: B256,
    pub phase: &'static str,
    pub reason: &'static str,
}

impl ClaimStatus {
    fn of(id: B256, claim: &Claim) -> Self {
        let (phase, reason) = crate::dispute::words(claim.phase, claim.reason);
        Self { claim: id, phase, reason }
    }
}

/// Computes and claims; then answers whatever is asked, until the claim's end, unless `detach`.
///
/// # Errors
/// [`CaseError`] says what is missing; nothing is lost by calling again.
pub async fn make(config: &Config, order: &ClaimOrder, signer: PrivateKeySigner) -> Result<ClaimStatus, CaseError> {
    let (desk, ledger) = Desk::open(config, signer).await?;
    let name = order.model.as_deref().unwrap_or_default();
    let model = desk.shelf.named(&desk.client, name).await?;
    let input_file = order.input.clone().unwrap_or_default();
    let input = read(&input_file)?;
    if input.len() != model.input_bytes() {
        let (expected, actual) = (model.input_bytes(), input.len());
        return Err(CaseError::InputLength { path: input_file, expected, actual });
    }
    if !desk.client.models().has_graph(model.id()).await? {
        return Err(CaseError::GraphUnknown(model.id()));
    }
    let job = job_of(order.job.as_deref().unwrap_or_default());
    let claim = desk.client.disputes().claim_id_of(desk.me, job).await?;
    let claiming = match ledger.claims.get(&claim) {
        Some(journalled) => journalled.clone(),
        None => {
            let from_block = *desk.client.heads().borrow();
            let claiming = Claiming { job, model: model.id(), salt: salt(), planted: order.planted, from_block };
            desk.shelf.keep(&model)?;
            keep(&desk.input_path(claim), &input)?;
            desk.journal.record(Record::Claiming { claim, claiming: claiming.clone() }).await?;
            crash::after("claiming");
            claiming
        }
    };
    let work = Computed::of(&desk, claim, &claiming).await?;
    send(&desk, (claim, &claiming), order, &work).await?;
    crash::after("claim-sent");
    if order.detach {
        return Ok(ClaimStatus::of(claim, &desk.client.disputes().get(claim).await?));
    }
    see_through(&desk, claim, &claiming, &work).await
}

/// Goes on with a claim of the journal.
///
/// # Errors
/// [`CaseError::NotJournalled`] for one that this directory did not make, [`CaseError::NeverMade`] for one that it only meant to.
pub async fn defend(config: &Config, claim: B256, signer: PrivateKeySigner) -> Result<ClaimStatus, CaseError> {
    let (desk, ledger) = Desk::open(config, signer).await?;
    let missing = || CaseError::NotJournalled { claim, data: desk.data.clone() };
    let claiming = ledger.claims.get(&claim).ok_or_else(missing)?.clone();
    match desk.client.disputes().get(claim).await {
        Ok(_) => {}
        // What an earlier process sent is in a block by now, or nowhere.
        Err(Error::Disputes(IDisputesErrors::ClaimUnknown(_))) => return Err(CaseError::NeverMade(claim)),
        Err(error) => return Err(error.into()),
    }
    let work = Computed::of(&desk, claim, &claiming).await?;
    see_through(&desk, claim, &claiming, &work).await
}

/// Text is hashed, what looks like a hash is taken as it is.
fn job_of(text: &str) -> B256 {
    text.parse().unwrap_or_else(|_| keccak256(text))
}

/// Everything that a claim commits to.
pub(crate) struct Computed {
    pub(crate) model: Arc<LocalModel>,
    pub(crate) input: Vec<u8>,
    trace: Vec<u8>,
    pub(crate) output: Vec<u8>,
}

impl Computed {
    /// From what is on disk, so that it is the same after a restart.
    async fn of(desk: &Desk, claim: B256, claiming: &Claiming) -> Result<Self, CaseError> {
        let model = desk.shelf.disputed(&desk.client, claiming.model).await?;
        let input = read(&desk.input_path(claim))?;
        let planted = claiming.planted;
        let run = spawn_blocking(move || Self::run(&model, input, planted));
        let computed = run.await.map_err(|panicked| CaseError::Kernel(panicked.to_string()))?;
        computed.map_err(|fault| CaseError::Kernel(fault.to_string()))
    }

    /// With a wrong answer where it is planted. It takes as long as the model does.
    pub(crate) fn run(model: &Arc<LocalModel>, input: Vec<u8>, planted: bool) -> Result<Self, ModelError> {
        let trace = model.trace(&input)?;
        let mut output = trace[model.model().plan().output()].to_vec();
        if planted && let Some(first) = output.first_mut() {
            *first ^= 1;
        }
        Ok(Self { model: Arc::clone(model), input, trace, output })
    }

    pub(crate) fn work(&self) -> Work<&[u8]> {
        Work { input: &self.input, trace: &self.trace, output: &self.output }
    }
}

/// Sends the claim, unless the chain has it: it takes one for each account and job, so that sending again does no harm.
async fn send(
    desk: &Desk,
    (claim, claiming): (B256, &Claiming),
    order: &ClaimOrder,
    work: &Computed,
) -> Result<(), CaseError> {
    let disputes = desk.client.disputes();
    match disputes.get(claim).await {
        Ok(_) => return Ok(()),
        Err(Error::Disputes(IDisputesErrors::ClaimUnknown(_))) => {}
        Err(error) => return Err(error.into()),
    }
    let bond = match &order.bond {
        Some(text) => parse_ether(text).map_err(|_| CaseError::Bond(text.clone()))?,
        None => disputes.terms().await?.claim_min,
    };
    let roots = work.work().map(|bytes| B256::from(Blob::of(bytes).root));
    let statement = Statement {
        job: claiming.job,
        model: claiming.model,
        input_root: roots.input,
        output_root: roots.output,
        trace_root: if order.eager_trace { roots.trace } else { B256::ZERO },
        seal: Disputes::seal_of(desk.me, claiming.job, claiming.planted, claiming.salt),
        input: if order.publish_input { Bytes::copy_from_slice(&work.input) } else { Bytes::new() },
        bond,
    };
    let made = match disputes.claim(statement).await {
        Err(error @ Error::Unconfirmed { .. }) => desk.decided(Err(error)).await.map(drop),
        made => made.map(drop),
    };
    match made {
        Ok(()) | Err(Error::Disputes(IDisputesErrors::ClaimExists(_))) => {}
        Err(error) => return Err(error.into()),
    }
    tracing::info!(%claim, model = %claiming.model, answer = %roots.output, bond = %format_ether(bond), "claimed");
    Ok(())
}

/// Answers, ends what others let lie, and upholds; until the claim is closed.
async fn see_through(desk: &Desk, claim: B256, claiming: &Claiming, work: &Computed) -> Result<ClaimStatus, CaseError> {
    let disputes = desk.client.disputes();
    let terms = loop {
        match disputes.terms().await {
            Ok(terms) => break terms,
            Err(error) => pause_for(claim, "defending", &error).await,
        }
    };
    let mut proceedings = Proceedings::new(claim, claiming.from_block);
    let (defence, mut refutal) = (Defence::of(work.work()), Refutal::default());
    loop {
        let step = async {
            disputes.follow(&mut proceedings).await?;
            let (record, clock) = futures::try_join!(disputes.get(claim), desk.clock())?;
            let audited = record.traceRoot.is_zero() && is_audited(&desk.client, claim).await?;
            let idle = idle(&desk.client, &proceedings, (clock.now, &terms)).await?;
            let duty = defence.next(&proceedings, clock.head);
            let (planted, trace_root) = (claiming.planted, defence.trace_root());
            let standing = Standing { claim: &record, clock, terms, planted, trace_root, audited, duty, idle };
            Ok::<_, Error>((plan::next(standing), record))
        };
        let done = match step.await {
            Ok((Step::Over, record)) => return end(desk, claim, &record).await,
            Ok((Step::Wait, _)) => {
                desk.next_block().await;
                Ok(())
            }
            Ok((Step::Refute, _)) => refutal.step(desk, &proceedings, (work, terms.hold)).await,
            Ok((step, _)) => perform(&disputes, (claim, claiming), step).await,
            Err(error) => Err(error),
        };
        if let Err(error) = done {
            pause_for(claim, "defending", &error).await;
        }
    }
}

/// Answers whoever challenges a claim that is no canary, until nobody does.
pub(crate) async fn defended(desk: &Desk, claim: B256, claiming: &Claiming, work: &Computed) -> Result<(), Error> {
    let disputes = desk.client.disputes();
    let terms = disputes.terms().await?;
    let mut proceedings = Proceedings::new(claim, claiming.from_block);
    let defence = Defence::of(work.work());
    loop {
        disputes.follow(&mut proceedings).await?;
        let (record, clock) = futures::try_join!(disputes.get(claim), desk.clock())?;
        if record.phase != Phase::Open || record.threads == 0 {
            return Ok(());
        }
        let step = match (
            defence.next(&proceedings, clock.head),
            idle(&desk.client, &proceedings, (clock.now, &terms)).await?,
        ) {
            (Some(duty), _) => Step::Perform(duty),
            (None, Some(thread)) => Step::Forfeit(thread),
            (None, None) => Step::Wait,
        };
        if step == Step::Wait {
            desk.next_block().await;
        } else if let Err(error) = perform(&disputes, (claim, claiming), step).await {
            pause_for(claim, "defending", &error).await;
        }
    }
}

/// Whether somebody paid for an audit of a claim.
async fn is_audited(client: &Client, claim: B256) -> Result<bool, Error> {
    match client.audits().get(claim).await {
        Ok(_) => Ok(true),
        Err(Error::Audits(IAuditsErrors::AuditUnknown(_))) => Ok(false),
        Err(error) => Err(error),
    }
}

async fn perform(disputes: &Disputes, (claim, claiming): (B256, &Claiming), step: Step) -> Result<(), Error> {
    match step {
        Step::Perform(Duty::CommitTrace(root)) => {
            tracing::info!(%claim, %root, "somebody asks about the trace: committing to it");
            disputes.commit_trace(claim, root).await?;
        }
        Step::Perform(Duty::Answer { tree, node, answer, .. }) => {
            tracing::info!(%claim, ?tree, level = node.level, index = node.index, "somebody asks: answering");
            disputes.answer(claim, (tree, node), &answer).await?;
        }
        Step::Forfeit(thread) => {
            tracing::info!(%claim, %thread, "the challenger let its time pass: half of its bond is this account's");
            disputes.forfeit(thread).await?;
        }
        Step::Uphold => drop(disputes.uphold(claim, claiming.salt).await?),
        Step::Reveal => {
            tracing::info!(%claim, "showing that the claim was planted");
            disputes.reveal(claim, claiming.salt).await?;
        }
        Step::Refute | Step::Wait | Step::Over => {}
    }
    Ok(())
}

/// The thread that its challenger left lying for longest: its node is answered, and its time is over.
async fn idle(
    client: &Client,
    proceedings: &Proceedings,
    (now, terms): (u64, &DisputeTerms),
) -> Result<Option<U256>, Error> {
    let (disputes, mut longest) = (client.disputes(), None::<(u64, U256)>);
    for (thread, line) in proceedings.lines().iter().filter(|(_, line)| !line.ended) {
        let Some(node) = line.node else { continue };
        if proceedings.asked(line.tree, node).is_none_or(|asked| asked.answer.is_none()) {
            continue;
        }
        let (record, node) =
            futures::try_join!(disputes.thread(*thread), disputes.node(proceedings.claim(), line.tree, node))?;
        let since = record.movedAt.max(node.answeredAt);
        let idle = !record.ended && node.answeredAt != 0 && now > since.saturating_add(terms.turn);
        if idle && longest.is_none_or(|(before, _)| since < before) {
            longest = Some((since, *thread));
        }
    }
    Ok(longest.map(|(_, thread)| thread))
}

async fn end(desk: &Desk, claim: B256, record: &Claim) -> Result<ClaimStatus, CaseError> {
    match record.phase {
        Phase::Convicted => tracing::error!(%claim, reason = ?record.reason, "convicted: the bond is lost"),
        phase => tracing::info!(%claim, ?phase, "over: the bond is this account's again"),
    }
    while let Err(error) = desk.collect().await {
        pause_for(claim, "collecting what is credited", &error).await;
    }
    desk.journal.record(Record::ClaimEnded { claim }).await?;
    desk.discard_input(claim);
    Ok(ClaimStatus::of(claim, record))
}

/// The model of a file.
pub(crate) fn model_of_file(path: PathBuf) -> Result<LocalModel, CaseError> {
    LocalModel::disputed(read(&path)?).map_err(|source| CaseError::Model { path, source })
}
