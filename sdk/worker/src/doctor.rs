//! What would keep a worker from earning, checked one by one, each with its cure.

use std::{
    fs::{self, File},
    io::Write,
    net::TcpListener,
    path::Path,
    time::Duration,
};

use alloy::primitives::{Address, U256, utils::format_ether};
use edgeloom_edge_proof::Kernel;
use edgeloom_gpu::Gpu;
use edgeloom_sdk::{Client, Deadlines, Error, keystore};
use serde::Serialize;
use tokio::task::spawn_blocking;

use crate::{Config, Device, Enrolment, card, card::CardError, life::unix_seconds, rounds::Pace};

/// Most seconds that this machine's clock may lag behind the chain's newest block.
const CLOCK_BEHIND_MAX: u64 = 2;
/// Most seconds since the newest block of a chain that is alive.
const BLOCK_AGE_MAX: u64 = 15;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    Pass,
    /// The worker can work, less well.
    Warn,
    /// The worker cannot work.
    Fail,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    pub name: &'static str,
    pub verdict: Verdict,
    pub detail: String,
    /// What to do; absent when there is nothing to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
}

impl Check {
    fn pass(name: &'static str, detail: impl Into<String>) -> Self {
        Self { name, verdict: Verdict::Pass, detail: detail.into(), fix: None }
    }

    fn warn(name: &'static str, detail: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { name, verdict: Verdict::Warn, detail: detail.into(), fix: Some(fix.into()) }
    }

    fn fail(name: &'static str, detail: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { name, verdict: Verdict::Fail, detail: detail.into(), fix: Some(fix.into()) }
    }
}

/// Runs every check that can be run; each has a deadline of a few seconds.
pub async fn examine(config: &Config) -> Vec<Check> {
    let mut checks = vec![processor()];
    let device = config.device;
    let graphics = spawn_blocking(move || graphics(device)).await;
    let (check, card) = graphics.unwrap_or_else(|panicked| {
        (Check::fail("graphics", panicked.to_string(), "repair or remove the card's driver"), None)
    });
    checks.push(check);
    let opened = keystore::open(config.keystore.as_deref(), config.password_file.as_deref());
    let worker = opened.as_ref().map(|signer| signer.address()).ok();
    checks.push(match opened {
        Ok(signer) => Check::pass("account", signer.address().to_string()),
        Err(error) => Check::fail(
            "account",
            error.to_string(),
            "make a key with `edgeloom-worker account new --keystore FILE --password-file FILE`, or name the right files",
        ),
    });
    let (data, running) = directory(&config.data);
    checks.push(data);
    checks.push(port(config, running));
    let deadlines = Deadlines { request: Duration::from_secs(3), read: Duration::from_secs(4), ..Deadlines::default() };
    let nodes = config.rpc.join(", ");
    match Client::connect(config.client().deadlines(deadlines)).await {
        Ok(client) => {
            checks.push(Check::pass("rpc", format!("{nodes}: chain {}", client.chain_id())));
            checks.push(clock(&client).await);
            checks.push(index(config, &client).await);
            checks.extend(bond(config, &client, worker).await);
            checks.push(rounds(config, &client, (worker, card)).await);
        }
        Err(error) => checks.push(Check::fail(
            "rpc",
            error.to_string(),
            format!("start a node at {nodes} (`edgeloom dev`), or give the right --rpc"),
        )),
    }
    checks
}

/// The exit code of a verdict: 0 if the worker can work.
#[must_use]
pub fn exit_code(checks: &[Check]) -> u8 {
    u8::from(checks.iter().any(|check| check.verdict == Verdict::Fail))
}

fn processor() -> Check {
    match Kernel::avx2() {
        Some(_) => Check::pass("processor", "AVX2: the fast kernel is used"),
        None => Check::warn(
            "processor",
            "no AVX2: the reference kernel is used, several times slower",
            "use a processor with AVX2 for large models",
        ),
    }
}

/// What the chosen device comes to here, and every adapter there is.
fn graphics(device: Device) -> (Check, Option<Gpu>) {
    let name = "graphics";
    let adapters: Vec<_> = Gpu::adapters().iter().map(ToString::to_string).collect();
    let list = if adapters.is_empty() { "no adapters".to_owned() } else { adapters.join(", ") };
    match card::open(device) {
        Ok(Some(gpu)) => (Check::pass(name, format!("{} computes; here are: {list}", gpu.adapter().name)), Some(gpu)),
        Ok(None) => (Check::pass(name, format!("the processor computes; here are: {list}")), None),
        Err(CardError::Open(error)) => {
            (Check::fail(name, error.to_string(), "install the card's driver, or run with --device cpu"), None)
        }
        Err(error) => {
            (Check::fail(name, error.to_string(), "update the card's driver, or run with --device cpu"), None)
        }
    }
}

/// The check, and whether a worker is running there.
fn directory(data: &Path) -> (Check, bool) {
    let name = "data";
    let shown = data.display();
    let written = fs::create_dir_all(data).and_then(|()| {
        let probe = data.join("doctor.probe");
        File::create(&probe).and_then(|mut file| file.write_all(b"probe").and_then(|()| file.sync_all()))?;
        fs::remove_file(probe)
    });
    if let Err(error) = written {
        let fix = "free disk space, change its permissions, or give another --data directory";
        return (Check::fail(name, format!("{shown} cannot be written: {error}"), fix), false);
    }
    let lock = File::options().create(true).truncate(false).write(true).open(data.join("lock"));
    match lock.map_err(|error| error.to_string()).and_then(|file| file.try_lock().map_err(|error| error.to_string())) {
        Ok(()) => (Check::pass(name, format!("{shown} can be written")), false),
        Err(_) => (Check::pass(name, format!("{shown} can be written; a worker is running there")), true),
    }
}

fn port(config: &Config, running: bool) -> Check {
    match TcpListener::bind(config.listen) {
        Ok(_) => Check::pass("listen", format!("{} is free", config.listen)),
        Err(_) if running => Check::pass("listen", format!("{} is in use while a worker is running", config.listen)),
        Err(error) => Check::fail("listen", format!("{}: {error}", config.listen), "give another --listen address"),
    }
}

async fn clock(client: &Client) -> Check {
    let name = "clock";
    let newest = match client.head_time().await {
        Ok(newest) => newest,
        Err(error) => return Check::fail(name, error.to_string(), "see rpc"),
    };
    let now = unix_seconds();
    if newest > now + CLOCK_BEHIND_MAX {
        let detail = format!("this machine is {} s behind the chain", newest - now);
        return Check::fail(name, detail, "set the clock, with NTP");
    }
    match now.saturating_sub(newest) {
        age if age > BLOCK_AGE_MAX => Check::warn(
            name,
            format!("the newest block is {age} s old"),
            "if this is no idle development chain, set the clock, with NTP, or look after the node",
        ),
        age => Check::pass(name, format!("the newest block is {age} s old")),
    }
}

async fn index(config: &Config, client: &Client) -> Check {
    let name = "index";
    let fix = format!("start `edgeloom-indexer` at {}, or give the right --index", config.index);
    let meta = match client.index() {
        Ok(index) => index.meta().await,
        Err(error) => Err(error),
    };
    match meta {
        Err(error) => Check::fail(name, error.to_string(), fix),
        Ok(meta) if meta.chain_id.is_some_and(|id| id != client.chain_id()) => {
            let other = meta.chain_id.unwrap_or_default();
            Check::fail(name, format!("it indexes chain {other}, the node serves {}", client.chain_id()), fix)
        }
        Ok(meta) if meta.has_indexing_errors => {
            Check::fail(name, "it stopped on an error", "look at the indexer's log")
        }
        Ok(meta) if meta.lag_ms > 5_000 => {
            let detail = format!("it is {} s behind", meta.lag_ms / 1000);
            Check::warn(name, detail, "wait until it has caught up: jobs are found late")
        }
        Ok(meta) => {
            let block = meta.block.map_or(0, |block| block.number);
            Check::pass(name, format!("{} is at block {block}", config.index))
        }
    }
}

async fn bond(config: &Config, client: &Client, worker: Option<Address>) -> Vec<Check> {
    let Some(worker) = worker else { return Vec::new() };
    let staking = client.edge_staking();
    let read = futures::try_join!(client.balance(worker), staking.standing_of(worker), staking.minimum());
    match read {
        Ok((balance, stake, minimum)) => {
            let active = stake.free + stake.locked;
            funds(Money { balance, active, free: stake.free, minimum, target: config.bond })
        }
        Err(error) => vec![unreadable(&error)],
    }
}

/// Whether this machine keeps up with rounds of capacity, and what there is to be claimed.
async fn rounds(config: &Config, client: &Client, (worker, card): (Option<Address>, Option<Gpu>)) -> Check {
    let name = "rounds";
    let read = async {
        let pace = Pace::of_next_epoch(client, card).await?;
        let Some(worker) = worker else { return Ok((pace, U256::ZERO)) };
        let staking = client.edge_staking();
        let node = staking.standing_of(worker).await?.node;
        let reward = match node {
            0 => U256::ZERO,
            node => staking.book().position_of(node, worker).await?.reward,
        };
        Ok::<_, Error>((pace, reward))
    };
    let (pace, reward) = match read.await {
        Ok(read) => read,
        Err(error) => {
            return Check::warn(
                name,
                error.to_string(),
                "see rpc; jobs do not need rounds: --rounds off leaves them out",
            );
        }
    };
    let Pace { size, links, takes, may_take } = &pace;
    let detail = format!(
        "{links} products of {size} rows take about {:.1} s here and may take {:.1} s; {} TFUEL to claim",
        takes.as_secs_f64(),
        may_take.as_secs_f64(),
        format_ether(reward)
    );
    match config.rounds {
        Enrolment::Off => Check::pass(name, format!("off; {detail}")),
        _ if pace.keeps_up() => Check::pass(name, detail),
        Enrolment::Auto => {
            Check::warn(name, format!("{detail}: the node does not enrol"), "use a faster machine, or --rounds off")
        }
        Enrolment::On => {
            Check::warn(name, format!("{detail}: answers will be late"), "use a faster machine, or --rounds off")
        }
    }
}

fn unreadable(error: &Error) -> Check {
    Check::fail("bond", error.to_string(), "is this an Edgeloom chain? The staking contract does not answer")
}

struct Money {
    balance: U256,
    /// Free and locked.
    active: U256,
    free: U256,
    minimum: U256,
    target: Option<U256>,
}

fn funds(money: Money) -> Vec<Check> {
    let one = U256::from(10).pow(U256::from(18));
    let needed = money.target.unwrap_or(money.minimum).max(money.minimum).saturating_sub(money.active);
    let (has, stake) = (format_ether(money.balance), format_ether(money.active));
    let balance = if money.balance >= needed + one {
        Check::pass("balance", format!("{has} TFUEL"))
    } else if needed.is_zero() {
        Check::warn("balance", format!("{has} TFUEL"), "send the account a few TFUEL for gas")
    } else {
        let fix = format!("send the account {} TFUEL", format_ether(needed + one - money.balance));
        Check::fail("balance", format!("{has} TFUEL; bonding needs {} and 1 for gas", format_ether(needed)), fix)
    };
    let bond = if money.active < money.minimum {
        let detail = format!("{stake} TFUEL; the least stake is {}", format_ether(money.minimum));
        Check::warn("bond", detail, "`edgeloom-worker run` bonds what is missing")
    } else if money.free.is_zero() {
        Check::warn("bond", format!("{stake} TFUEL, all of it locked"), "bond more with a higher --bond")
    } else {
        Check::pass("bond", format!("{stake} TFUEL, {} free", format_ether(money.free)))
    };
    vec![balance, bond]
}

#[cfg(test)]
mod tests;
