//! Jobs on their way to their ends.

use std::{
    collections::BTreeMap,
    fs,
    io::{IsTerminal as _, stderr},
    path::Path,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use alloy::primitives::{U256, hex, utils::format_ether};
use edgeloom_bindings::IJobMarket::{Phase, Reason};
use edgeloom_sdk::{Client, Closing, DISPUTABLE, Error, JobState, Order, decided_after};
use eyre::{Result, WrapErr, ensure, eyre};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

/// Past a job's last deadline, how long somebody may take to end it.
const GRACE_SECONDS: u64 = 60;

/// Jobs of one order, and what was last seen of them.
pub(crate) struct Watched<'a> {
    pub(crate) client: &'a Client,
    pub(crate) order: &'a Order,
    pub(crate) jobs: Vec<U256>,
    pub(crate) json: bool,
}

impl Watched<'_> {
    /// Follows them to their ends, with a line for each thing that happens, and a bar on a terminal.
    pub(crate) async fn to_the_end(&self) -> Result<Vec<Closing>> {
        let bar = self.bar();
        let mut heads = self.client.heads();
        let mut seen: BTreeMap<U256, JobState> = BTreeMap::new();
        let mut closed: BTreeMap<U256, Closing> = BTreeMap::new();
        while closed.len() < self.jobs.len() {
            for &job in self.jobs.iter().filter(|job| !closed.contains_key(*job)).collect::<Vec<_>>() {
                let state = match self.client.jobs().state(self.order, job).await {
                    Ok(state) => state,
                    Err(error) if error.is_transient() => {
                        bar.set_message(format!("the node does not answer: {error}"));
                        break;
                    }
                    Err(error) => return Err(error.into()),
                };
                if is_over(&state) {
                    let closing = self.closing(job).await?;
                    self.tell(&bar, &closed_line(&closing), &closed_json(&closing));
                    closed.insert(job, closing);
                    bar.inc(1);
                } else if state.phase == Phase::Taken
                    && seen.get(&job).is_none_or(|before| before.phase != Phase::Taken)
                {
                    let line = format!("job {job}: taken by {}", state.worker);
                    let event = json!({ "event": "taken", "job": job.to_string(), "worker": state.worker, "deadline": state.deadline });
                    self.tell(&bar, &line, &event);
                }
                seen.insert(job, state);
            }
            bar.set_message(waiting(self.order, seen.values()));
            self.check_in_time(&seen, &closed)?;
            // Blocks may be rare: times run out between them all the same.
            drop(tokio::time::timeout(Duration::from_secs(1), heads.changed()).await);
        }
        bar.finish_and_clear();
        Ok(closed.into_values().collect())
    }

    async fn closing(&self, job: U256) -> Result<Closing, Error> {
        let mut closing =
            self.client.jobs().handle(self.order, job).closed_within(Duration::from_secs(GRACE_SECONDS)).await?;
        if closing.output.is_none() && self.order.terms.kind == DISPUTABLE && closing.phase == Phase::Settled {
            closing.output = self.client.disputable().answer_of(closing.worker, job).await?;
        }
        Ok(closing)
    }

    fn check_in_time(&self, seen: &BTreeMap<U256, JobState>, closed: &BTreeMap<U256, Closing>) -> Result<()> {
        let now = unix_seconds();
        for (job, state) in seen.iter().filter(|(job, _)| !closed.contains_key(*job)) {
            let (deadline, what) = match state.phase {
                Phase::Taken => (
                    state.deadline.saturating_add(decided_after(self.order.terms.kind)),
                    "its worker was silent, and nobody said so on the chain: `edgeloom-cli job forfeit` does",
                ),
                _ => (self.order.take_by(), "nobody took it in time: `edgeloom-cli job cancel` brings its price back"),
            };
            ensure!(now <= deadline.saturating_add(GRACE_SECONDS), "job {job}: {what}");
        }
        Ok(())
    }

    fn bar(&self) -> ProgressBar {
        if self.json || !stderr().is_terminal() {
            return ProgressBar::hidden();
        }
        let bar = ProgressBar::new(self.jobs.len() as u64);
        let template = if self.jobs.len() == 1 { "{spinner} {msg}" } else { "{spinner} {bar:30} {pos}/{len} {msg}" };
        bar.set_style(ProgressStyle::with_template(template).expect("a constant template"));
        bar.enable_steady_tick(Duration::from_millis(100));
        bar
    }

    fn tell(&self, bar: &ProgressBar, line: &str, event: &serde_json::Value) {
        bar.suspend(|| if self.json { println!("{event}") } else { println!("{line}") });
    }
}

/// Writes answers one after the other, in the order of their jobs: a large job's shards are joined.
pub(crate) fn save(path: &Path, closings: &[Closing]) -> Result<()> {
    let mut joined = Vec::new();
    for closing in closings {
        let output = closing.output.as_ref();
        joined.extend_from_slice(output.ok_or_else(|| eyre!("job {} has no answer on the chain", closing.id))?);
    }
    fs::write(path, joined).wrap_err_with(|| format!("cannot write {}", path.display()))
}

pub(crate) fn is_over(state: &JobState) -> bool {
    !matches!(state.phase, Phase::Untaken | Phase::Taken)
}

fn waiting<'a>(order: &Order, states: impl Iterator<Item = &'a JobState>) -> String {
    let (mut open, mut taken) = (0, 0);
    for state in states.filter(|state| !is_over(state)) {
        *(if state.phase == Phase::Taken { &mut taken } else { &mut open }) += 1;
    }
    let left = order.take_by().saturating_sub(unix_seconds());
    match (open, taken) {
        (0, 0) => String::new(),
        (0, taken) => format!("{taken} being worked on"),
        (open, 0) => format!("{open} open, {left} s left to take"),
        (open, taken) => format!("{open} open, {taken} being worked on, {left} s left to take"),
    }
}

pub(crate) fn closed_line(closing: &Closing) -> String {
    let what = match closing.phase {
        Phase::Settled => format!("settled: {} TFUEL for {}", format_ether(closing.paid), closing.worker),
        Phase::Cancelled => "cancelled".to_owned(),
        Phase::Expired => "expired".to_owned(),
        Phase::Rejected => format!("rejected: the bond of {} is burned", closing.worker),
        _ => "not over".to_owned(),
    };
    let answer = match &closing.output {
        Some(output) if output.len() <= 64 => format!("\n  answer {output}"),
        Some(output) => format!("\n  answer of {} bytes, --output FILE writes it", output.len()),
        None => String::new(),
    };
    format!("job {}: {what} ({}){answer}", closing.id, reason(closing.reason))
}

pub(crate) fn closed_json(closing: &Closing) -> serde_json::Value {
    json!({
        "event": "closed",
        "job": closing.id.to_string(),
        "phase": phase(closing.phase),
        "reason": reason(closing.reason),
        "worker": closing.worker,
        "paidWei": closing.paid.to_string(),
        "evidence": closing.evidence,
        "answer": closing.output.as_ref().map(hex::encode_prefixed),
        "block": closing.block,
        "transaction": closing.tx,
    })
}

pub(crate) fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Untaken => "open",
        Phase::Taken => "taken",
        Phase::Settled => "settled",
        Phase::Cancelled => "cancelled",
        Phase::Expired => "expired",
        Phase::Rejected => "rejected",
        Phase::__Invalid => "unknown",
    }
}

pub(crate) fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::Running => "running",
        Reason::CorrectAnswer => "correct answer",
        Reason::CancelledByRequester => "cancelled by its requester",
        Reason::NotTaken => "nobody took it",
        Reason::NotSubmitted => "its worker was silent",
        Reason::WrongAnswer => "wrong answer",
        Reason::AcceptedByRequester => "accepted by its requester",
        Reason::Undecided => "nobody could judge it",
        Reason::__Invalid => "unknown",
    }
}

pub(crate) fn unix_seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
