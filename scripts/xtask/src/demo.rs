//! `scripts/demo`: the whole system on real input. Four validators, an indexer and two workers (all processes) do real
//! inference jobs on real images; one validator and one worker are killed on the way. Everything it prints was measured.

mod jobs;
mod report;

use edgeloom_sdk::Client;
use edgeloom_tests::{
    Digits, Net, NetConfig, Signal, dev_signer, require_empty, require_free, require_space, wait_for,
};
use eyre::{Result, WrapErr, ensure};
use report::Report;
use std::{
    fs::File,
    io::{IsTerminal as _, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, Instant},
};
use tokio::signal::unix::{self, SignalKind};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Stop after success instead of staying up
    #[arg(long)]
    exit: bool,
    /// Also write the figures to this file
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Images to post as paid jobs
    #[arg(long, default_value_t = 120, value_parser = clap::value_parser!(u32).range(100..=360))]
    jobs: u32,
    /// First of the ports used: RPC from here, peers from +10, the index at +20, workers from +21
    #[arg(long, default_value_t = 8545)]
    base_port: u16,
    /// Where genesis, keys, databases and logs go; must be empty. A temporary folder by default
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

const VALIDATORS: u16 = 4;
const WORKERS: u16 = 2;
/// The validator that is killed half-way.
const VICTIM: u16 = 3;
/// What the data folder may grow to, MiB, with room to spare.
const SPACE_MIB: u64 = 1024;

/// The validator and the worker that are killed half-way.
#[derive(Clone, Copy)]
pub(crate) struct Victims {
    pub(crate) validator: u16,
    pub(crate) worker: u16,
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    // Children die with this thread, which is the main one; dropping the network reaps them.
    runtime.block_on(async {
        let mut stop = Stop::listen()?;
        let place = Folder::new(arguments.data.as_deref())?;
        let plan = Plan::check(arguments, place.folder())?;
        let (mut net, client) = tokio::select! {
            biased;
            signal = stop.signalled() => {
                eprintln!("\nerror: stopped by {signal} before anything was checked");
                return Ok(ExitCode::from(128 + signal as u8));
            }
            shown = show(plan) => match shown {
                Ok(running) => running,
                Err(report) => return Err(place.keep(report)),
            },
        };
        if arguments.exit {
            return Ok(ExitCode::SUCCESS);
        }
        tokio::select! {
            biased;
            _ = stop.signalled() => {
                eprintln!("\nStopping.");
                Ok(ExitCode::SUCCESS)
            }
            ended = stay_up(&mut net, &client) => match ended {
                Ok(never) => match never {},
                Err(report) => Err(place.keep(report)),
            },
        }
    })
}

/// Ctrl-C and SIGTERM.
struct Stop {
    interrupt: unix::Signal,
    terminate: unix::Signal,
}

impl Stop {
    fn listen() -> Result<Self> {
        let listen = |kind| unix::signal(kind).wrap_err("cannot listen for signals");
        Ok(Self { interrupt: listen(SignalKind::interrupt())?, terminate: listen(SignalKind::terminate())? })
    }

    async fn signalled(&mut self) -> Signal {
        tokio::select! {
            _ = self.interrupt.recv() => Signal::SIGINT,
            _ = self.terminate.recv() => Signal::SIGTERM,
        }
    }
}

/// Where the network lives.
enum Folder {
    Given(PathBuf),
    /// Deleted at the end, unless something went wrong.
    Temporary(tempfile::TempDir),
}

impl Folder {
    fn new(given: Option<&Path>) -> Result<Self> {
        let Some(given) = given else {
            let folder = tempfile::Builder::new().prefix("edgeloom-demo-").tempdir();
            return Ok(Self::Temporary(folder.wrap_err("no temporary folder")?));
        };
        Ok(Self::Given(given.to_owned()))
    }

    fn folder(&self) -> &Path {
        match self {
            Self::Given(folder) => folder,
            Self::Temporary(folder) => folder.path(),
        }
    }

    /// After a failure the logs say more than the error does: they stay, and the error says where.
    fn keep(self, report: eyre::Report) -> eyre::Report {
        let folder = match self {
            Self::Given(folder) => folder,
            Self::Temporary(folder) => folder.keep(),
        };
        eyre::eyre!("{report:#}\nThe logs and data are kept in {}", folder.display())
    }
}

/// What is to be done, after everything was checked that can be checked before the first process starts.
struct Plan {
    config: NetConfig,
    digits: Digits,
    jobs: usize,
    figures: Option<(PathBuf, File)>,
}

impl Plan {
    fn check(arguments: &Arguments, folder: &Path) -> Result<Self> {
        let config = configure(arguments.base_port, folder.to_owned())?;
        require_empty(folder)?;
        require_space(folder, SPACE_MIB, "--data")?;
        let figures = arguments.json.as_ref().map(|path| {
            let file = File::create(path).wrap_err_with(|| format!("cannot write {} (--json)", path.display()))?;
            eyre::Ok((path.clone(), file))
        });
        Ok(Self { config, digits: Digits::load()?, jobs: arguments.jobs as usize, figures: figures.transpose()? })
    }
}

/// Everything up to "Everything holds"; the network still runs then.
async fn show(plan: Plan) -> Result<(Net, Client)> {
    let started = Instant::now();
    step("Starting 4 validators (BFT over loopback), an indexer and 2 workers");
    let mut net = Net::start(plan.config).await?;
    net.start_indexer().await?;
    let client = net.client(0, dev_signer(0)?).await?;
    wait_for("the index to be ready", Duration::from_secs(60), async || {
        Ok(client.index()?.ready().await?.ready.then_some(()))
    })
    .await?;
    for worker in 0..WORKERS {
        net.start_worker(worker).await?;
    }

    step("Registering the model: handwritten digits, trained on UCI's 8×8 images, int8");
    let model = jobs::register(&client, &plan.digits).await?;
    println!("  model {} · {} MAC · {} gas an inference", model.id, model.macs, model.infer_gas);

    step(&format!("Posting {} images as paid jobs", plan.jobs));
    let work = jobs::Work { client: &client, digits: &plan.digits, model: &model, count: plan.jobs };
    let outcome = jobs::run(&work, &mut net, VICTIM).await?;

    step("Checking what happened");
    let report = Report::collect(&net, &client, outcome, started).await?;
    report.print();
    if let Some((path, mut file)) = plan.figures {
        let written = file.write_all(report.to_json()?.as_bytes());
        written.wrap_err_with(|| format!("cannot write {}", path.display()))?;
    }
    report.check()?;
    net.check_alive()?;
    println!("\n  Nothing was lost: every job was paid, and what was killed went on where it stopped.");
    println!("{} after {:.0} s.", green("Everything holds"), started.elapsed().as_secs_f64());
    Ok((net, client))
}

fn configure(base: u16, folder: PathBuf) -> Result<NetConfig> {
    ensure!(base <= u16::MAX - 40, "--base-port is {base}, expected at most {}", u16::MAX - 40);
    let config = NetConfig {
        folder,
        validators: VALIDATORS,
        p2p_port: base + 10,
        rpc_port: base,
        index_port: base + 20,
        worker_port: base + 21,
        workers: WORKERS,
        genesis: Vec::new(),
    };
    for validator in 0..VALIDATORS {
        require_free(config.rpc_port + validator, "RPC", "--base-port")?;
        require_free(config.p2p_port + validator, "peers", "--base-port")?;
    }
    require_free(config.index_port, "the index", "--base-port")?;
    for worker in 0..WORKERS {
        require_free(config.worker_port + worker, "a worker", "--base-port")?;
    }
    Ok(config)
}

async fn stay_up(net: &mut Net, client: &Client) -> Result<std::convert::Infallible> {
    println!("\nThe network stays up. Ctrl-C stops it.");
    println!("  RPC      {} (chain id {}; HTTP and WebSocket)", net.rpc(0), client.chain_id());
    println!("  GraphQL  {}/graphql", net.index());
    for worker in 0..WORKERS {
        println!("  worker   {}", net.worker_page(worker));
    }
    println!("  logs     {}", net.config().folder.display());
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        net.check_alive()?;
    }
}

fn step(what: &str) {
    if std::io::stdout().is_terminal() {
        println!("\n\x1b[1m▸ {what}\x1b[0m");
    } else {
        println!("\n> {what}");
    }
}

fn green(text: &str) -> String {
    if std::io::stdout().is_terminal() { format!("\x1b[32m{text}\x1b[0m") } else { text.to_owned() }
}

/// Waits until the index has seen `height`, so that what it says includes it.
async fn wait_for_index(client: &Client, height: u64) -> Result<()> {
    wait_for("the index to catch up", Duration::from_secs(30), async || {
        Ok(client.index()?.meta().await?.block.filter(|block| block.number >= height).map(drop))
    })
    .await
}
