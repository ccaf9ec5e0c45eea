//! `soak rpc --cheats`: everything that a development chain lets its users do, done at random.

use crate::{
    Report, Settings,
    attack::Attack,
    catalogue::Range,
    findings::Findings,
    honest::Honest,
    node::Node,
    rpc::{describe, in_idle_time, judge_memory, thirds},
};
use eyre::{Result, ensure};
use serde_json::{Value, json};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};
use tokio::runtime;

/// Attacks a node of its own, with the methods that drive a development chain too.
///
/// # Errors
/// When the node does not start, or cannot be looked at.
pub fn cheats(settings: Settings) -> Result<Report> {
    let own = runtime::Builder::new_current_thread().enable_all().build()?;
    let mut node = own.block_on(Node::start(settings.fault))?;
    let findings = Arc::<Findings>::default();
    let mut asker = own.block_on(Honest::connect(node.port, settings.answer_max))?;
    let catalogue = own.block_on(describe(&mut asker, Range::All))?;
    let attack = Arc::new(Attack::new(settings, node.port, catalogue, findings.clone()));
    attack.on.store(true, Ordering::Relaxed);
    let started = Instant::now();
    let (attackers, socket) = (attack.clone(), node.ipc.clone());
    let attacking = thread::spawn(move || in_idle_time(settings, attackers, socket));
    let mut memory = Vec::new();
    while started.elapsed() < settings.time_max && !attack.is_over() && node.is_running()? {
        thread::sleep(Duration::from_millis(100));
        // A process that is gone has no memory: that it is gone is found below.
        memory.extend(node.rss_mib());
    }
    attack.over.store(true, Ordering::Relaxed);
    attacking.join().map_err(|_| eyre::eyre!("the attacker's thread panicked"))??;
    for alarm in node.alarms()? {
        findings.cause(alarm);
    }
    if node.is_running()?
        && let Err(report) = own.block_on(begin_again(&node, settings))
    {
        findings.cause(format!("afterwards: {report:#}"));
    }
    judge_memory(&memory, &findings);
    Ok(report(settings, started.elapsed(), &memory, &findings))
}

/// Whatever was done to it, a chain that is reset is as new.
async fn begin_again(node: &Node, settings: Settings) -> Result<()> {
    let mut asker = Honest::connect(node.port, settings.answer_max).await?;
    asker.ask("evm_setAutomine", json!([true])).await?;
    asker.ask("hardhat_reset", json!([])).await?;
    let height = asker.ask("eth_blockNumber", json!([])).await?;
    ensure!(height == "0x0", "after a reset the height is {height}");
    asker.verify().await?;
    let supply = asker.ask("edge_supply", json!([])).await?;
    ensure!(supply["conserved"] == true, "the supply does not add up: {supply}");
    Ok(())
}

fn report(settings: Settings, all: Duration, memory: &[f64], findings: &Findings) -> Report {
    let load = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    let (middle, last) = thirds(memory);
    let line: Value = json!({
        "soak": "rpc --cheats",
        "seed": settings.seed,
        "seconds": all.as_secs(),
        "requests": load(&findings.sent),
        "answered": load(&findings.answered),
        "refused_4xx": load(&findings.refused),
        "hung_up": load(&findings.hung_up),
        "violations": findings.violations(),
        "rss_mib": { "middle": middle.round(), "last": last.round() },
    });
    Report { violations: findings.violations(), sentences: findings.sentences(), line }
}
