//! `soak consensus`: networks of `consensus::simulation` by the thousand. Standard output holds the one line of a soak; what is
//! found goes to standard error.

use edgeloom_consensus::simulation::{self, Outcome, Plant};
use serde_json::json;
use std::{
    panic::catch_unwind,
    process::ExitCode,
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

#[derive(clap::Args)]
pub(crate) struct Networks {
    /// The first seed
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many
    #[arg(long, default_value_t = 20_000)]
    seeds: u64,
    /// No seed begins later
    #[arg(long, default_value_t = 24.0 * 60.0)]
    minutes: f64,
    /// Runs at once
    #[arg(long, default_value_t = thread::available_parallelism().map_or(1, usize::from))]
    threads: usize,
    /// Every so many seeds one runs twice, and has to be the same
    #[arg(long, default_value_t = 20)]
    twice: u64,
    /// A fault that must turn the run red; `list` prints them
    #[arg(long, value_name = "FAULT")]
    plant: Option<String>,
}

#[derive(Default)]
struct Sums {
    seeds: u64,
    twice: u64,
    violations: u64,
    byzantine: u64,
    crashes: u64,
    power_cuts: u64,
    restored: u64,
    convicted: u64,
    elections: u64,
    blocks: u64,
    transactions: u64,
    votes: u64,
    equivocations: u64,
    views_most: u64,
    simulated: Duration,
}

impl Sums {
    fn add(&mut self, outcome: &Outcome) {
        self.byzantine += outcome.byzantine as u64;
        self.crashes += outcome.crashes;
        self.power_cuts += u64::from(outcome.power_cut);
        self.restored += u64::from(outcome.restored);
        self.convicted += outcome.convicted as u64;
        self.elections += u64::from(outcome.elected);
        self.blocks += outcome.height;
        self.transactions += outcome.transactions;
        self.votes += outcome.votes;
        self.equivocations += outcome.equivocations;
        self.views_most = self.views_most.max(outcome.views);
        self.simulated += outcome.simulated;
    }

    fn merge(mut self, other: &Self) -> Self {
        self.seeds += other.seeds;
        self.twice += other.twice;
        self.violations += other.violations;
        self.byzantine += other.byzantine;
        self.crashes += other.crashes;
        self.power_cuts += other.power_cuts;
        self.restored += other.restored;
        self.convicted += other.convicted;
        self.elections += other.elections;
        self.blocks += other.blocks;
        self.transactions += other.transactions;
        self.votes += other.votes;
        self.equivocations += other.equivocations;
        self.views_most = self.views_most.max(other.views_most);
        self.simulated += other.simulated;
        self
    }
}

pub(crate) fn run(arguments: &Networks) -> ExitCode {
    let plant = match arguments.plant.as_deref() {
        None => None,
        Some("list") => {
            Plant::ALL.iter().for_each(|(name, _)| println!("{name}"));
            return ExitCode::SUCCESS;
        }
        Some(name) => match Plant::ALL.iter().find(|(known, _)| *known == name) {
            Some((_, plant)) => Some(*plant),
            None => {
                eprintln!("error: no fault {name}: `--plant list` prints them");
                return ExitCode::FAILURE;
            }
        },
    };
    let begun = Instant::now();
    let next = AtomicU64::new(arguments.seed);
    let sums = thread::scope(|scope| {
        let workers: Vec<_> =
            (0..arguments.threads.max(1)).map(|_| scope.spawn(|| work(arguments, plant, begun, &next))).collect();
        let done = workers.into_iter().map(|worker| worker.join().expect("a run's panic is caught"));
        done.fold(Sums::default(), |sums, more| sums.merge(&more))
    });
    let line = json!({
        "soak": "consensus", "seed": arguments.seed, "seconds": begun.elapsed().as_secs(), "seeds": sums.seeds,
        "violations": sums.violations, "twice": sums.twice, "byzantine": sums.byzantine, "crashes": sums.crashes,
        "power_cuts": sums.power_cuts, "restored": sums.restored, "convicted": sums.convicted, "elections": sums.elections, "blocks": sums.blocks,
        "transactions": sums.transactions, "votes": sums.votes, "equivocations": sums.equivocations, "views_most": sums.views_most,
        "simulated_hours": sums.simulated.as_secs() / 3600, "plant": arguments.plant,
    });
    println!("{line}");
    // A fault that was planted has to be found.
    if (sums.violations == 0) == plant.is_none() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Takes seed after seed until there are no more, or a planted fault was found.
fn work(arguments: &Networks, plant: Option<Plant>, begun: Instant, next: &AtomicU64) -> Sums {
    let mut sums = Sums::default();
    loop {
        let seed = next.fetch_add(1, Ordering::Relaxed);
        let over = seed >= arguments.seed.saturating_add(arguments.seeds);
        if over || begun.elapsed().as_secs_f64() > arguments.minutes * 60.0 {
            return sums;
        }
        sums.seeds += 1;
        let found = match judge(seed, plant) {
            Ok(outcome) => {
                sums.add(&outcome);
                let again = arguments.twice != 0 && seed.is_multiple_of(arguments.twice);
                sums.twice += u64::from(again);
                if again && judge(seed, plant) != Ok(outcome) {
                    Some("the same seed was another run".into())
                } else {
                    None
                }
            }
            Err(violation) => Some(violation),
        };
        if let Some(violation) = found {
            eprintln!("seed {seed}: {violation}");
            sums.violations += 1;
            if plant.is_some() {
                next.store(u64::MAX / 2, Ordering::Relaxed);
            }
        }
    }
}

/// A panic is a violation too.
fn judge(seed: u64, plant: Option<Plant>) -> Result<Outcome, String> {
    match catch_unwind(|| simulation::run(seed, plant)) {
        Ok(outcome) => outcome.map_err(|violation| violation.to_string()),
        Err(panic) => {
            let said = panic.downcast_ref::<String>().cloned();
            let said = said.or_else(|| panic.downcast_ref::<&str>().map(|said| (*said).into()));
            Err(format!("panicked: {}", said.unwrap_or_default()))
        }
    }
}
