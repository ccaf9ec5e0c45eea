//! The `edgeloom-worker` command.

use std::{
    io::{IsTerminal, stderr},
    process::ExitCode,
};

use alloy::primitives::B256;
use clap::{Args, Parser, Subcommand};
use edgeloom_sdk::keystore;
use edgeloom_worker::{Audit, AuditOrder, Replay, Settings, Worker, claim, doctor, status_line};
use eyre::WrapErr;
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::watch,
};
use tracing_subscriber::EnvFilter;

/// Earns TFUEL by running models for others.
#[derive(Debug, Parser)]
#[command(name = "edgeloom-worker", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Machine-readable output: JSON on stdout, logs as JSON on stderr
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Take jobs and do them until Ctrl-C
    Run(#[command(flatten)] Box<Settings>),
    /// Make or show the worker's key
    Account {
        #[command(subcommand)]
        command: Account,
    },
    /// Check everything a worker needs, and say what to do; exits 1 if it cannot work
    Doctor(#[command(flatten)] Box<Settings>),
    /// Claim an answer with a bond, and answer for it until its time is over
    #[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
    Claim(Box<ClaimCommand>),
    /// Check others' claims with a seat among the auditors, until Ctrl-C
    Audit {
        #[command(flatten)]
        order: AuditOrder,
        #[command(flatten)]
        settings: Box<Settings>,
    },
    /// Look at a claim and what became of it
    Dispute {
        #[command(subcommand)]
        command: Box<Dispute>,
    },
}

#[derive(Debug, Args)]
struct ClaimCommand {
    #[command(subcommand)]
    command: Option<Defend>,
    #[command(flatten)]
    order: claim::ClaimOrder,
    #[command(flatten)]
    settings: Settings,
}

#[derive(Debug, Subcommand)]
enum Defend {
    /// Go on with a claim of this data directory
    Defend {
        /// The claim's id
        claim: B256,
        #[command(flatten)]
        settings: Box<Settings>,
    },
}

#[derive(Debug, Subcommand)]
enum Dispute {
    /// Tell the whole story, with the numbers of the element at fault
    Replay(#[command(flatten)] Look),
    /// Say where the claim stands and whose move it is
    Status(#[command(flatten)] Look),
}

#[derive(Debug, Args)]
struct Look {
    /// The claim's id
    claim: B256,
    #[command(flatten)]
    settings: Box<Settings>,
}

#[derive(Debug, Subcommand)]
enum Account {
    /// Make a new key, encrypted with the password
    New(#[command(flatten)] Box<Settings>),
    /// Show the key's address
    Show(#[command(flatten)] Box<Settings>),
}

#[tokio::main]
async fn main() -> eyre::Result<ExitCode> {
    color_eyre::install()?;
    let cli = Cli::parse();
    log(cli.json, matches!(cli.command, Command::Run(_)));
    let done = match cli.command {
        Command::Run(settings) => run(*settings, cli.json).await,
        Command::Account { command } => show_account(command, cli.json),
        Command::Doctor(settings) => examine(*settings, cli.json).await,
        Command::Claim(command) => make_claim(*command, cli.json).await,
        Command::Audit { order, settings } => audit(&order, *settings, cli.json).await,
        Command::Dispute { command } => look(*command, cli.json).await,
    };
    // An operator's mistake deserves a sentence, not a backtrace.
    Ok(done.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    }))
}

/// On a terminal a status line says what goes well, where there is one, so that only trouble is logged.
fn log(json: bool, status_line: bool) {
    let quiet = status_line && !json && stderr().is_terminal();
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new(if quiet { "warn" } else { "info,hyper=warn,alloy=warn" }));
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(stderr);
    if json { logs.json().init() } else { logs.init() }
}

async fn run(settings: Settings, json: bool) -> eyre::Result<ExitCode> {
    let config = settings.resolve()?;
    let signer = keystore::open(config.keystore.as_deref(), config.password_file.as_deref())?;
    let worker = Worker::start(&config, signer).await.wrap_err("the worker cannot start")?;
    let watch = worker.watch();
    let status = watch.status();
    if json {
        let ready = serde_json::json!({ "event": "ready", "worker": status.worker, "listen": worker.listen() });
        println!("{ready}");
    } else {
        println!("worker {} on chain {}, status page http://{}", status.worker, status.chain_id, worker.listen());
    }
    let line = (!json && stderr().is_terminal()).then(|| tokio::spawn(status_line::draw(watch.clone())));
    let (stop, stopped) = watch::channel(false);
    let signals = tokio::spawn(signals(stop));
    let ended = worker.run(stopped).await;
    signals.abort();
    if let Some(line) = line {
        line.abort();
    }
    let status = watch.status();
    if json {
        println!("{}", serde_json::json!({ "event": "stopped", "status": status }));
    } else {
        println!("stopped: {} jobs paid, {} under way in the journal", status.jobs_settled, status.running);
    }
    ended?;
    Ok(ExitCode::SUCCESS)
}

async fn make_claim(command: ClaimCommand, json: bool) -> eyre::Result<ExitCode> {
    let settings = match &command.command {
        Some(Defend::Defend { settings, .. }) => Settings::clone(settings),
        None => command.settings,
    };
    let config = settings.resolve()?;
    let signer = keystore::open(config.keystore.as_deref(), config.password_file.as_deref())?;
    let status = match command.command {
        Some(Defend::Defend { claim, .. }) => claim::defend(&config, claim, signer).await?,
        None => claim::make(&config, &command.order, signer).await?,
    };
    match json {
        true => println!("{}", serde_json::to_string(&status)?),
        false => println!("claim {}: {} ({})", status.claim, status.phase, status.reason),
    }
    Ok(if status.phase == "convicted" { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

async fn audit(order: &AuditOrder, settings: Settings, json: bool) -> eyre::Result<ExitCode> {
    let config = settings.resolve()?;
    let signer = keystore::open(config.keystore.as_deref(), config.password_file.as_deref())?;
    let audit = Audit::start(&config, order, signer).await.wrap_err("the auditor cannot start")?;
    let seated = audit.seated();
    if json {
        println!("{}", serde_json::json!({ "event": "ready", "seated": seated }));
    } else {
        println!("auditor {} with key {} at place {}", seated.auditor, seated.key, seated.place);
    }
    let (stop, stopped) = watch::channel(false);
    let signals = tokio::spawn(signals(stop));
    let ended = audit.run(stopped).await;
    signals.abort();
    ended?;
    Ok(ExitCode::SUCCESS)
}

async fn look(command: Dispute, json: bool) -> eyre::Result<ExitCode> {
    let (Dispute::Replay(ref asked) | Dispute::Status(ref asked)) = command;
    let replay = Replay::read(&Settings::clone(&asked.settings).resolve()?, asked.claim).await?;
    match (json, &command) {
        (true, _) => println!("{}", replay.json()),
        (false, Dispute::Replay(_)) => print!("{}", replay.text()),
        (false, Dispute::Status(_)) => println!("{}", replay.status()),
    }
    Ok(ExitCode::SUCCESS)
}

/// The first signal drains, the second leaves at once: the journal makes that safe.
async fn signals(stop: watch::Sender<bool>) -> eyre::Result<()> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    for turn in 0.. {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        if turn > 0 {
            std::process::exit(130);
        }
        stop.send_replace(true);
    }
    Ok(())
}

fn show_account(command: Account, json: bool) -> eyre::Result<ExitCode> {
    let (settings, new) = match command {
        Account::New(settings) => (*settings, true),
        Account::Show(settings) => (*settings, false),
    };
    let config = settings.resolve()?;
    let signer = if new {
        let keystore = config.keystore.as_deref().ok_or_else(|| eyre::eyre!("no --keystore is given"))?;
        let password = config.password_file.as_deref().ok_or_else(|| eyre::eyre!("no --password-file is given"))?;
        keystore::create(keystore, password)?
    } else {
        keystore::open(config.keystore.as_deref(), config.password_file.as_deref())?
    };
    match json {
        true => println!("{}", serde_json::json!({ "address": signer.address() })),
        false => println!("{}", signer.address()),
    }
    Ok(ExitCode::SUCCESS)
}

async fn examine(settings: Settings, json: bool) -> eyre::Result<ExitCode> {
    let checks = doctor::examine(&settings.resolve()?).await;
    let code = doctor::exit_code(&checks);
    if json {
        println!("{}", serde_json::json!({ "ok": code == 0, "checks": checks }));
        return Ok(ExitCode::from(code));
    }
    for check in checks {
        let mark = match check.verdict {
            doctor::Verdict::Pass => "ok  ",
            doctor::Verdict::Warn => "warn",
            doctor::Verdict::Fail => "FAIL",
        };
        println!("{mark} {:<10} {}", check.name, check.detail);
        if let Some(fix) = check.fix {
            println!("     {:<10} -> {fix}", "");
        }
    }
    Ok(ExitCode::from(code))
}
