//! What a piece of work takes of the machine, by the kernel's account of this process.

use eyre::{Result, eyre};
use nix::sys::{
    resource::{Usage, UsageWho, getrusage},
    time::{TimeVal, TimeValLike as _},
};
use serde::Serialize;
use std::time::Instant;

/// What some transfers took.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Spent {
    pub transfers: u64,
    /// CPU time of all threads, microseconds a transfer.
    pub cpu_us: f64,
    /// Time, microseconds a transfer.
    pub wall_us: f64,
    /// The most memory that the process has had at once, MiB.
    pub rss_mib: f64,
}

pub(super) struct Meter {
    cpu: TimeVal,
    started: Instant,
}

impl Meter {
    pub(super) fn start() -> Result<Self> {
        Ok(Self { cpu: cpu(&usage()?), started: Instant::now() })
    }

    pub(super) fn stop(self, transfers: u64) -> Result<Spent> {
        let (usage, wall) = (usage()?, self.started.elapsed());
        let each = |micros: f64| micros / transfers as f64;
        Ok(Spent {
            transfers,
            cpu_us: each((cpu(&usage) - self.cpu).num_microseconds() as f64),
            wall_us: each(wall.as_secs_f64() * 1e6),
            rss_mib: usage.max_rss() as f64 / 1024.0,
        })
    }
}

fn usage() -> Result<Usage> {
    getrusage(UsageWho::RUSAGE_SELF).map_err(|error| eyre!("getrusage: {error}"))
}

fn cpu(usage: &Usage) -> TimeVal {
    usage.user_time() + usage.system_time()
}
