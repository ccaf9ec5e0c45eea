//! F1: a compiler as a child process that gets standard JSON and little else.

use super::compilers::Compiler;
use nix::sys::{
    prctl,
    resource::{Resource, setrlimit},
};
use std::{io, process::Stdio, time::Duration};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    process::Command,
    time::timeout,
};

/// What a compilation may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// From start to end; the processor's time is bounded by it, too.
    pub time: Duration,
    /// Bytes of memory that the process can write to.
    pub memory: u64,
    /// Bytes of the answer.
    pub output: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { time: Duration::from_secs(120), memory: 3 << 30, output: 64 << 20 }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum CompileError {
    #[error("the compiler cannot be started: {0}")]
    Start(io::Error),
    #[error("the compiler did not finish within {} s", .0.as_secs())]
    TooSlow(Duration),
    #[error("the compiler answers more than {0} bytes")]
    TooLong(u64),
    #[error("the compiler ended with {0} (out of memory?): {1}")]
    Failed(std::process::ExitStatus, String),
    #[error("the compiler's answer cannot be read: {0}")]
    Io(io::Error),
}

/// For solc-js: no callback for imports, so that it reads no file.
const JS: &str = "const solc = require(process.argv[1]); \
    process.stdout.write(solc.compile(require('fs').readFileSync(0, 'utf8')));";

/// Files that a compiler may write: it has no reason to.
const FILE_MAX: u64 = 1 << 20;
/// Bytes of a failed compiler's complaint that are kept.
const COMPLAINT_MAX: u64 = 2_000;

/// What the compiler answers to `input`.
///
/// # Errors
/// [`CompileError`]: all but [`CompileError::Start`] are the fault of the sources.
pub async fn compile(compiler: &Compiler, input: &str, limits: Limits) -> Result<String, CompileError> {
    let folder = tempfile::tempdir().map_err(CompileError::Start)?;
    let mut command = command(compiler);
    command
        .env_clear()
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    // SAFETY: between fork and exec only system calls are made, each of which is async-signal-safe.
    unsafe {
        command.pre_exec(move || confine(limits));
    }
    let mut child = command.spawn().map_err(CompileError::Start)?;
    let (Some(mut stdin), Some(stdout), Some(stderr)) = (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
        return Err(CompileError::Start(io::ErrorKind::BrokenPipe.into()));
    };
    let talk = async {
        let (mut answer, mut complaint) = (Vec::new(), Vec::new());
        let (mut stdout, mut stderr) = (stdout.take(limits.output + 1), stderr.take(COMPLAINT_MAX));
        let write = async {
            // A compiler that ends early has said why in another way.
            drop(stdin.write_all(input.as_bytes()).await);
            drop(stdin);
            Ok(())
        };
        let read = async {
            stdout.read_to_end(&mut answer).await.map_err(CompileError::Io)?;
            // The first failure ends the others: nobody waits for a compiler that is still writing.
            if answer.len() as u64 > limits.output { Err(CompileError::TooLong(limits.output)) } else { Ok(()) }
        };
        let listen = async { stderr.read_to_end(&mut complaint).await.map(drop).map_err(CompileError::Io) };
        tokio::try_join!(write, read, listen)?;
        let status = child.wait().await.map_err(CompileError::Io)?;
        if !status.success() {
            return Err(CompileError::Failed(status, String::from_utf8_lossy(&complaint).trim().to_owned()));
        }
        String::from_utf8(answer).map_err(|error| CompileError::Io(io::Error::other(error)))
    };
    timeout(limits.time, talk).await.unwrap_or(Err(CompileError::TooSlow(limits.time)))
}

fn command(compiler: &Compiler) -> Command {
    match compiler {
        Compiler::Native(path) => {
            let mut command = Command::new(path);
            command.arg("--standard-json");
            command
        }
        Compiler::Js(package) => {
            // Looked up before the environment is cleared.
            let mut command = Command::new(in_path("node"));
            command.args(["--eval", JS, "--"]).arg(package);
            command
        }
    }
}

/// The full path of a program, or its bare name, which then is not found, as the error says.
fn in_path(program: &str) -> std::path::PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|folder| folder.join(program)).find(|path| path.is_file());
    found.unwrap_or_else(|| program.into())
}

/// Runs in the child. Limits must hold; of network and privileges it gives up what the system lets it.
fn confine(limits: Limits) -> io::Result<()> {
    use nix::sched::{CloneFlags, unshare};
    let seconds = limits.time.as_secs() + 1;
    let bounds = [
        (Resource::RLIMIT_DATA, limits.memory),
        (Resource::RLIMIT_CPU, seconds),
        (Resource::RLIMIT_FSIZE, FILE_MAX),
        (Resource::RLIMIT_CORE, 0),
        (Resource::RLIMIT_NOFILE, 256),
    ];
    for (resource, bound) in bounds {
        setrlimit(resource, bound, bound)?;
    }
    prctl::set_no_new_privs()?;
    // A user namespace of its own takes root's powers away and permits an empty network; some systems forbid both.
    if unshare(CloneFlags::CLONE_NEWUSER | CloneFlags::CLONE_NEWNET).is_err() {
        let _with_network = unshare(CloneFlags::CLONE_NEWNET);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
