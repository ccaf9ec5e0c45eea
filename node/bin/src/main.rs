//! The `edgeloom` binary: arguments, configuration, wiring. It knows no rule of the chain: what is decided is decided
//! in the crates that it wires together.

mod arguments;
mod database;
mod dev;
mod devnet;
mod durable;
mod genesis;
mod keys;
mod keystore;
mod log;
mod metrics;
mod open;
mod ready;
mod run;
mod secrets;
mod signals;
mod status;
mod testnet;

use arguments::{Arguments, Command, Testnet};
use clap::Parser as _;
use eyre::Result;
use open::Closed;
use std::{
    io::{Write as _, stderr},
    process::ExitCode,
    time::Duration,
};

/// A request allocates often and little; a fifth of a short call's time was the system's allocator. It is RocksDB's as well:
/// a large block's batch then finds memory that is in use already, not pages that the kernel has to clear.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let done = command(Arguments::parse());
    // What went wrong is said last.
    let closed = open::wait_closed();
    if let Err(report) = &done {
        drop(writeln!(stderr(), "error: {report:#}"));
    }
    let code = u8::from(done.is_err());
    match closed {
        Closed::Whole => ExitCode::from(code),
        Closed::StillUsed => open::end_at_once(code.into()),
    }
}

fn command(Arguments { command, mut log }: Arguments) -> Result<()> {
    // Its file may say how to log.
    if let Command::Run(arguments) = command {
        let settings = arguments.settings(&mut log)?;
        log::start(&log)?;
        return block_on(run::command(settings));
    }
    log::start(&log)?;
    match command {
        Command::Dev(arguments) => block_on(dev::command(arguments)),
        Command::Devnet(arguments) => devnet::command(arguments),
        Command::Genesis(arguments) => genesis::command(&arguments),
        Command::Init(arguments) => open::init(&arguments),
        Command::Run(_) => unreachable!("it was run above"),
        Command::Status(arguments) => block_on(status::command(arguments)),
        Command::Testnet(Testnet::Init(arguments)) => testnet::init(&arguments),
        Command::Db(command) => database::command(&command),
        Command::Keys(command) => keys::command(&command),
    }
}

/// How long a blocking call may go on after its command ended.
const LEFT_OVER: Duration = Duration::from_secs(1);

fn block_on(command: impl Future<Output = Result<()>>) -> Result<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    let done = runtime.block_on(command);
    runtime.shutdown_timeout(LEFT_OVER);
    done
}
