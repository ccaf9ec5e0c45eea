//! `soak rpc`: one run.

use crate::{
    attack::Attack,
    catalogue::{Catalogue, Range},
    fault::Fault,
    findings::Findings,
    honest::{ATTACK, Honest, OVER, QUIET, SETTLING, p99},
    node::Node,
};
use eyre::{Result, WrapErr as _, eyre};
use serde_json::{Value, json};
use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU8, AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};
use tokio::runtime;

/// R4.
const GROWTH_MIB_MAX: f64 = 64.0;
const GROWTH_PART_MAX: f64 = 0.1;

/// After each change of turns nothing is measured for so long: what was asked before is being answered.
const SETTLE: Duration = Duration::from_millis(500);

/// Fewer waits than this say nothing about one in a hundred.
const WAITS_MIN: usize = 50;

/// What a run is.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    pub seed: u64,
    /// Requests of the attacker, beside the heavy ones.
    pub requests: u64,
    /// No turn begins later.
    pub time_max: Duration,
    /// Requests a second while the attack is on.
    pub rate: u64,
    /// Expensive requests a second while the attack is on.
    pub heavy: f64,
    /// Of quiet, and of attack.
    pub turns: (Duration, Duration),
    /// Connections of the attacker: HTTP, WebSocket, Unix socket.
    pub connections: (usize, usize, usize),
    pub answer_max: Duration,
    /// R5.
    pub ratio_max: f64,
    pub fault: Option<Fault>,
}

/// What it found.
#[derive(Clone, Debug)]
pub struct Report {
    pub violations: u64,
    pub sentences: Vec<String>,
    /// The run's one line.
    pub line: Value,
}

/// Attacks a node of its own.
///
/// # Errors
/// When the node does not start, or cannot be looked at.
pub fn rpc(settings: Settings) -> Result<Report> {
    let own = runtime::Builder::new_current_thread().enable_all().build()?;
    let mut node = own.block_on(Node::start(settings.fault))?;
    let findings = Arc::<Findings>::default();
    let mut honest = own.block_on(Honest::connect(node.port, settings.answer_max))?;
    let catalogue = own.block_on(describe(&mut honest, Range::Public))?;
    let attack = Arc::new(Attack::new(settings, node.port, catalogue, findings.clone()));
    let time = Arc::new(AtomicU8::new(SETTLING));
    let started = Instant::now();
    let mut memory = Vec::new();
    let attacked = thread::scope(|scope| -> Result<Duration> {
        let ended = Over(&attack, &time);
        scope.spawn(|| own.block_on(honest.live(&time, &findings)));
        let attackers = attack.clone();
        let ipc = node.ipc.clone();
        scope.spawn(move || in_idle_time(settings, attackers, ipc));
        let attacked = turns(settings, (&attack, &time), &mut node, &mut memory);
        drop(ended);
        attacked
    })?;
    for alarm in node.alarms()? {
        findings.cause(alarm);
    }
    if node.is_running()?
        && let Err(report) = own.block_on(honest.verify())
    {
        findings.cause(format!("afterwards: {report:#}"));
    }
    judge_memory(&memory, &findings);
    judge_waits(settings, &honest, &findings);
    Ok(report(settings, (started.elapsed(), attacked), &memory, &honest, &findings))
}

/// Ends everything that runs beside the turns, however these end.
struct Over<'a>(&'a Attack, &'a AtomicU8);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.over.store(true, Ordering::Relaxed);
        self.1.store(OVER, Ordering::Relaxed);
    }
}

pub(crate) async fn describe(honest: &mut Honest, range: Range) -> Result<Catalogue> {
    let document = honest.ask("rpc.discover", json!([])).await?;
    let account = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8";
    let transaction = json!([{ "from": account, "to": account, "value": "0x1" }]);
    let hash = honest.ask("eth_sendTransaction", transaction).await.wrap_err("a transaction to ask about")?;
    let block = honest.ask("eth_getBlockByNumber", json!(["latest", false])).await?;
    Catalogue::read(&document, vec![hash, block["hash"].clone()], range)
}

/// The attacker's threads, with the lowest priority that there is.
pub(crate) fn in_idle_time(settings: Settings, attack: Arc<Attack>, socket: PathBuf) -> Result<()> {
    let yielding = || {
        rustix::process::nice(19).ok();
    };
    yielding();
    let threads =
        runtime::Builder::new_multi_thread().worker_threads(2).on_thread_start(yielding).enable_all().build()?;
    threads.block_on(async {
        let (http, websocket, ipc) = settings.connections;
        let mut tasks = vec![tokio::spawn(attack.clone().pace(settings.rate))];
        tasks.extend((0..http).map(|_| tokio::spawn(attack.clone().over_http())));
        tasks.extend((0..websocket).map(|_| tokio::spawn(attack.clone().over_websocket())));
        tasks.extend((0..ipc).map(|_| tokio::spawn(attack.clone().over_ipc(socket.clone()))));
        if settings.heavy > 0.0 {
            tasks.push(tokio::spawn(attack.clone().heavily(settings.heavy)));
        }
        for task in tasks {
            task.await.map_err(|error| eyre!("an attacker's task ended: {error}"))?;
        }
        Ok(())
    })
}

/// Quiet, attack, quiet, attack, and so on: how long was attacked.
fn turns(
    settings: Settings,
    (attack, time): (&Attack, &AtomicU8),
    node: &mut Node,
    memory: &mut Vec<f64>,
) -> Result<Duration> {
    let (started, mut attacked) = (Instant::now(), Duration::ZERO);
    while started.elapsed() < settings.time_max && !attack.is_over() && node.is_running()? {
        for (phase, length) in [(QUIET, settings.turns.0), (ATTACK, settings.turns.1)] {
            attack.on.store(phase == ATTACK, Ordering::Relaxed);
            thread::sleep(SETTLE);
            time.store(phase, Ordering::Relaxed);
            let began = Instant::now();
            while began.elapsed() < length && !(phase == ATTACK && attack.is_over()) {
                thread::sleep(Duration::from_millis(100));
                // A process that is gone has no memory: that it is gone is found below.
                memory.extend(node.rss_mib());
            }
            attacked += if phase == ATTACK { SETTLE + began.elapsed() } else { Duration::ZERO };
            time.store(SETTLING, Ordering::Relaxed);
        }
        let sent = attack.findings.sent.load(Ordering::Relaxed);
        let (violations, rss) = (attack.findings.violations(), memory.last().copied().unwrap_or_default());
        eprintln!("{sent} requests, {violations} violations, {rss:.0} MiB after {:?}", started.elapsed());
    }
    Ok(attacked)
}

fn median(samples: &[f64]) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(0.0)
}

/// R4: the median of the middle third, and of the last.
pub(crate) fn thirds(memory: &[f64]) -> (f64, f64) {
    let third = memory.len() / 3;
    (median(&memory[third..2 * third]), median(&memory[2 * third..]))
}

pub(crate) fn judge_memory(memory: &[f64], findings: &Findings) {
    let (middle, last) = thirds(memory);
    if last - middle > GROWTH_MIB_MAX.max(GROWTH_PART_MAX * middle) {
        findings.cause(format!("memory grew from {middle:.0} MiB in the middle third to {last:.0} in the last"));
    }
}

fn judge_waits(settings: Settings, honest: &Honest, findings: &Findings) {
    let (quiet, attacked) = (honest.quiet.p99(), honest.attacked.p99());
    for (name, waits) in [("quiet", &honest.quiet), ("the attack", &honest.attacked)] {
        let count = waits.reads.len() + waits.sends.len();
        if count < WAITS_MIN {
            findings.violation(format!(
                "honest traffic got {count} answers in {name}: {WAITS_MIN} are the least to judge by"
            ));
        }
    }
    if attacked >= settings.ratio_max * quiet {
        let most = settings.ratio_max;
        findings.cause(format!(
            "honest traffic's p99 is {attacked:.1} ms in the attack, {quiet:.1} in quiet: not below {most} times"
        ));
    }
}

fn report(
    settings: Settings,
    (all, attacked): (Duration, Duration),
    memory: &[f64],
    honest: &Honest,
    findings: &Findings,
) -> Report {
    let load = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    let (middle, last) = thirds(memory);
    let (sent, round) = (load(&findings.sent), |value: f64| (value * 100.0).round() / 100.0);
    let line = json!({
        "soak": "rpc",
        "seed": settings.seed,
        "seconds": all.as_secs(),
        "requests": sent,
        "requests_per_second": (sent as f64 / attacked.as_secs_f64().max(0.001)).round(),
        "answered": load(&findings.answered),
        "refused_4xx": load(&findings.refused),
        "hung_up": load(&findings.hung_up),
        "violations": findings.violations(),
        "honest_p99_ms": { "quiet": round(honest.quiet.p99()), "attack": round(honest.attacked.p99()) },
        "honest_reads_p99_ms": { "quiet": round(p99(honest.quiet.reads.clone())), "attack": round(p99(honest.attacked.reads.clone())) },
        "honest_sends_p99_ms": { "quiet": round(p99(honest.quiet.sends.clone())), "attack": round(p99(honest.attacked.sends.clone())) },
        "rss_mib": { "middle": round(middle), "last": round(last) },
    });
    Report { violations: findings.violations(), sentences: findings.sentences(), line }
}

#[cfg(test)]
mod tests;
