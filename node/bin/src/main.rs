//! The `edgeloom` binary: arguments, configuration, wiring. It knows no rule of the chain: what is decided is decided
//! in the crates that it wires together.

mod arguments;
mod dev;
mod devnet;
mod durable;
mod genesis;
mod keys;
mod open;
mod ready;
mod run;
mod signals;

use arguments::{Arguments, Command};
use clap::Parser as _;
use eyre::Result;
use open::Closed;
use std::{
    io::{IsTerminal as _, Write as _, stderr},
    process::ExitCode,
    time::Duration,
};
use tracing_subscriber::EnvFilter;

/// A request allocates often and little; a fifth of a short call's time was the system's allocator. It is RocksDB's as well:
/// a large block's batch then finds memory that is in use already, not pages that the kernel has to clear.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,edgeloom=info"));
    // Standard error may be closed before this process ends: then there is nobody to complain to.
    let log = tracing_subscriber::fmt().with_env_filter(filter).log_internal_errors(false);
    log.with_ansi(stderr().is_terminal()).with_writer(stderr).init();
    let done = match Arguments::parse().command {
        Command::Dev(arguments) => block_on(dev::command(arguments)),
        Command::Devnet(arguments) => devnet::command(arguments),
        Command::Genesis(arguments) => genesis::command(&arguments),
        Command::Init(arguments) => open::init(&arguments),
        Command::Run(arguments) => block_on(run::command(arguments)),
    };
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

/// How long a blocking call may go on after its command ended.
const LEFT_OVER: Duration = Duration::from_secs(1);

fn block_on(command: impl Future<Output = Result<()>>) -> Result<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    let done = runtime.block_on(command);
    runtime.shutdown_timeout(LEFT_OVER);
    done
}
