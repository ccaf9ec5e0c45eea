//! A child process that cannot outlive its parent, with its output in a log file.

use eyre::{Result, WrapErr, bail, ensure, eyre};
use nix::{
    sys::{
        prctl,
        signal::{Signal, kill},
    },
    unistd::Pid,
};
use serde::de::DeserializeOwned;
use std::{
    ffi::OsStr,
    fs::{File, OpenOptions},
    io::{BufRead as _, BufReader, Seek as _, SeekFrom},
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

/// How often a child is looked at.
const POLL: Duration = Duration::from_millis(20);

/// A running child. Dropping it kills it.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    log: PathBuf,
    /// Where this run's output starts in the log.
    start: u64,
}

impl Process {
    /// Starts `program` with arguments. See [`Process::start`].
    ///
    /// # Errors
    /// When the log cannot be written or the program cannot be started.
    pub fn spawn<A: AsRef<OsStr>>(name: &str, program: &Path, args: &[A], folder: &Path) -> Result<Self> {
        let mut command = Command::new(program);
        command.args(args);
        Self::start(name, command, folder)
    }

    /// Starts a command. Both of its outputs are appended to `<folder>/<name>.log`. The kernel kills it when the thread
    /// that calls this ends, however that happens.
    ///
    /// # Errors
    /// When the log cannot be written or the program cannot be started.
    pub fn start(name: &str, mut command: Command, folder: &Path) -> Result<Self> {
        let log = folder.join(format!("{name}.log"));
        let open = || OpenOptions::new().create(true).append(true).open(&log);
        let output = open().wrap_err_with(|| format!("cannot write {}", log.display()))?;
        let start = output.metadata()?.len();
        command.stdin(Stdio::null()).stdout(output).stderr(open()?);
        let parent = Pid::this();
        // SAFETY: between fork and exec only async-signal-safe system calls are made.
        unsafe {
            command.pre_exec(move || {
                prctl::set_pdeathsig(Signal::SIGKILL)?;
                // The parent may have ended before the line above took effect.
                if Pid::parent() == parent { Ok(()) } else { Err(std::io::ErrorKind::BrokenPipe.into()) }
            });
        }
        let child = command.spawn().wrap_err_with(|| format!("cannot start {name}"))?;
        Ok(Self { name: name.to_owned(), child, log, start })
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for the one line of JSON that a service prints when it serves.
    ///
    /// # Errors
    /// When the process ends first or the deadline passes; the last lines of its log are in the message.
    pub async fn ready<T: DeserializeOwned>(&mut self, deadline: Duration) -> Result<T> {
        let started = Instant::now();
        loop {
            if let Some(ready) = self.lines()?.iter().find_map(|line| serde_json::from_str(line).ok()) {
                return Ok(ready);
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("{} ended with {status} before it was ready; its log ends:\n{}", self.name, self.tail());
            }
            if started.elapsed() > deadline {
                bail!("{} was not ready within {deadline:?}; its log ends:\n{}", self.name, self.tail());
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// What this run printed so far, line by line.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn lines(&self) -> Result<Vec<String>> {
        let mut file = File::open(&self.log)?;
        file.seek(SeekFrom::Start(self.start))?;
        BufReader::new(file).lines().collect::<Result<_, _>>().wrap_err("log is not text")
    }

    /// The end of this run's output, for messages.
    pub fn tail(&self) -> String {
        let lines = self.lines().unwrap_or_default();
        lines[lines.len().saturating_sub(12)..].join("\n")
    }

    /// Whether it still runs.
    ///
    /// # Errors
    /// When its status cannot be asked for.
    pub fn is_running(&mut self) -> Result<bool> {
        Ok(self.child.try_wait()?.is_none())
    }

    /// kill -9, then waits until it is gone.
    ///
    /// # Errors
    /// When the signal cannot be sent.
    pub fn kill_9(mut self) -> Result<()> {
        self.child.kill().wrap_err_with(|| format!("cannot kill {}", self.name))?;
        self.child.wait()?;
        Ok(())
    }

    /// SIGTERM, then waits for the end.
    ///
    /// # Errors
    /// When it is still there at the deadline.
    pub async fn stop(&mut self, deadline: Duration) -> Result<ExitStatus> {
        self.signal(Signal::SIGTERM)?;
        self.wait(deadline).await
    }

    /// # Errors
    /// When the signal cannot be sent.
    pub fn signal(&self, signal: Signal) -> Result<()> {
        let id = i32::try_from(self.child.id()).map_err(|_| eyre!("process id out of range"))?;
        kill(Pid::from_raw(id), signal).wrap_err_with(|| format!("cannot signal {}", self.name))
    }

    /// Waits for the end.
    ///
    /// # Errors
    /// When it is still there at the deadline.
    pub async fn wait(&mut self, deadline: Duration) -> Result<ExitStatus> {
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            ensure!(started.elapsed() < deadline, "{} did not end within {deadline:?}", self.name);
            tokio::time::sleep(POLL).await;
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself: then both calls fail and that is fine.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
