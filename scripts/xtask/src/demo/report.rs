//! What the demo found, as a table, as JSON, and as a verdict.

use super::{
    WORKERS,
    jobs::{Finished, Outcome, Recovery},
    wait_for_index,
};
use crate::bench::percentile;
use alloy::{
    primitives::{Address, B256, U256, utils::format_ether},
    providers::Provider as _,
};
use edgeloom_index_api::{WorkerQuery, WorkerRow};
use edgeloom_sdk::Client;
use edgeloom_tests::{Net, dev_signer, wait_for};
use eyre::{Result, ensure};
use serde_json::json;
use std::time::{Duration, Instant};

struct Earner {
    address: Address,
    jobs: usize,
    earned: U256,
    /// What the index says it earned.
    indexed: U256,
}

pub(crate) struct Report {
    validators: u16,
    blocks: u64,
    posted: usize,
    settled: usize,
    correct: usize,
    same_as_local: usize,
    gas_per_inference: u64,
    /// Sorted, ms.
    latencies: Vec<f64>,
    workers: Vec<Earner>,
    supply_conserved: bool,
    /// One per validator, at the same height.
    roots: Vec<B256>,
    elapsed: Duration,
    confusion: [[u32; 10]; 10],
    recovery: Recovery,
    /// Jobs that the killed worker was paid for after its return.
    paid_after_return: usize,
}

impl Report {
    pub(crate) async fn collect(net: &Net, client: &Client, outcome: Outcome, started: Instant) -> Result<Self> {
        let Outcome { finished: jobs, recovery } = outcome;
        let height = client.node().status().await?.height;
        let roots = roots(net, height).await?;
        wait_for_index(client, height).await?;
        let supply = client.node().supply().await?;
        let rows = client.index()?.workers(&WorkerQuery::default()).await?.items;
        let mut workers = Vec::new();
        for address in net.accounts() {
            let mine = || jobs.iter().filter(|job| job.worker == *address);
            workers.push(Earner {
                address: *address,
                jobs: mine().count(),
                earned: mine().map(|job| job.paid).sum(),
                indexed: indexed(&rows, address)?,
            });
        }
        let mut latencies: Vec<_> = jobs.iter().map(|job| job.post_to_paid.as_secs_f64() * 1000.0).collect();
        latencies.sort_by(f64::total_cmp);
        let victim = net.accounts()[usize::from(recovery.victims.worker)];
        let after = |job: &&Finished| job.worker == victim && job.block > recovery.worker_away_until;
        Ok(Self {
            validators: net.config().validators,
            blocks: height,
            posted: jobs.len(),
            settled: jobs.iter().filter(|job| !job.paid.is_zero()).count(),
            correct: jobs.iter().filter(|job| job.answer == job.label).count(),
            same_as_local: jobs.iter().filter(|job| job.same_as_local).count(),
            gas_per_inference: jobs.iter().map(|job| job.gas).sum::<u64>() / jobs.len().max(1) as u64,
            latencies,
            workers,
            supply_conserved: supply.conserved,
            roots,
            elapsed: started.elapsed(),
            confusion: confusion(&jobs),
            paid_after_return: jobs.iter().filter(after).count(),
            recovery,
        })
    }

    fn accuracy(&self) -> f64 {
        self.correct as f64 / self.posted.max(1) as f64
    }

    pub(crate) fn print(&self) {
        println!("\n  predicted →  0   1   2   3   4   5   6   7   8   9");
        for (label, row) in self.confusion.iter().enumerate() {
            let cells: String = row.iter().map(|n| if *n == 0 { "   ·".into() } else { format!("{n:4}") }).collect();
            println!("  labelled {label} {cells}");
        }
        println!("\n  accuracy           {}/{} = {:.1} %", self.correct, self.posted, self.accuracy() * 100.0);
        println!(
            "  jobs paid          {}/{}, {} equal to the local run bit for bit",
            self.settled, self.posted, self.same_as_local
        );
        println!("  gas an inference   {} (run, compare and pay)", self.gas_per_inference);
        let [p50, p99] = [50, 99].map(|p| percentile(&self.latencies, p));
        println!("  post to paid       p50 {p50:.0} ms, p99 {p99:.0} ms");
        for worker in &self.workers {
            println!("  worker {}  {} jobs, {} TFUEL", worker.address, worker.jobs, format_ether(worker.earned));
        }
        println!("  supply             {}", if self.supply_conserved { "conserved" } else { "NOT CONSERVED" });
        println!(
            "  state root         {} on {} of {} validators at height {}",
            self.roots[0],
            self.agreeing(),
            self.validators,
            self.blocks
        );
        let Recovery { victims, killed_at, back_at, .. } = &self.recovery;
        println!("  validator {}        killed at height {killed_at}, back at {back_at}", victims.validator);
        println!("  worker {}           paid for {} jobs after its return", victims.worker, self.paid_after_return);
    }

    fn agreeing(&self) -> usize {
        self.roots.iter().filter(|root| **root == self.roots[0]).count()
    }

    pub(crate) fn to_json(&self) -> Result<String> {
        let workers: Vec<_> = self
            .workers
            .iter()
            .map(|worker| json!({"address": worker.address, "jobs": worker.jobs, "earned_wei": worker.earned.to_string()}))
            .collect();
        Ok(serde_json::to_string_pretty(&json!({
            "validators": self.validators,
            "blocks": self.blocks,
            "jobs_posted": self.posted,
            "jobs_settled": self.settled,
            "correct": self.correct,
            "accuracy": self.accuracy(),
            "gas_per_inference": self.gas_per_inference,
            "post_to_paid_ms": {"p50": percentile(&self.latencies, 50), "p99": percentile(&self.latencies, 99)},
            "workers": workers,
            "supply_conserved": self.supply_conserved,
            "state_root": self.roots[0],
            "elapsed_s": self.elapsed.as_secs_f64(),
        }))?)
    }

    /// # Errors
    /// The first thing that does not hold, in one sentence.
    pub(crate) fn check(&self) -> Result<()> {
        ensure!(self.settled == self.posted, "{} of {} jobs were not paid", self.posted - self.settled, self.posted);
        ensure!(
            self.same_as_local == self.posted,
            "{} answers differ from the local run of the same net",
            self.posted - self.same_as_local
        );
        ensure!(self.supply_conserved, "the supply is not conserved");
        ensure!(
            self.agreeing() == self.roots.len(),
            "validators have different state roots at height {}: {:?}",
            self.blocks,
            self.roots
        );
        for worker in &self.workers {
            ensure!(
                worker.earned == worker.indexed,
                "the index says worker {} earned {} wei, the chain says {}",
                worker.address,
                worker.indexed,
                worker.earned
            );
        }
        let Recovery { victims, killed_at, back_at, .. } = &self.recovery;
        ensure!(
            back_at >= killed_at,
            "validator {} was killed at height {killed_at} and came back at {back_at}",
            victims.validator
        );
        ensure!(self.paid_after_return > 0, "worker {} was paid for nothing after its return", victims.worker);
        let known: usize = self.workers.iter().map(|worker| worker.jobs).sum();
        ensure!(known == self.posted && self.workers.len() == usize::from(WORKERS), "a stranger was paid");
        Ok(())
    }
}

fn confusion(jobs: &[Finished]) -> [[u32; 10]; 10] {
    let mut confusion = [[0; 10]; 10];
    for job in jobs {
        let row = confusion.get_mut(usize::from(job.label));
        if let Some(cell) = row.and_then(|row| row.get_mut(usize::from(job.answer))) {
            *cell += 1;
        }
    }
    confusion
}

fn indexed(rows: &[WorkerRow], address: &Address) -> Result<U256> {
    let row = rows.iter().find(|row| row.address.parse::<Address>().is_ok_and(|found| found == *address));
    row.map_or(Ok(U256::ZERO), |row| Ok(row.earned_wei.parse()?))
}

/// The state root at `height` on every validator; waits for those that are behind (one was killed).
async fn roots(net: &Net, height: u64) -> Result<Vec<B256>> {
    let mut roots = Vec::new();
    for validator in 0..net.config().validators {
        let client = net.client(validator, dev_signer(0)?).await?;
        let what = format!("validator {validator} to reach height {height}");
        let root = async || {
            let block = client.provider().get_block_by_number(height.into()).await?;
            Ok(block.map(|block| block.header.state_root))
        };
        roots.push(wait_for(&what, Duration::from_secs(60), root).await?);
    }
    Ok(roots)
}

#[cfg(test)]
mod tests;
