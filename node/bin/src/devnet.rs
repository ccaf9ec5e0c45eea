//! `edgeloom devnet`: a network of validators on this machine. Each is a process of this same program with `run`, with
//! its own data, keys and ports; they meet over loopback and nowhere else. None outlives this process.

use crate::{
    arguments::{Devnet, Storage},
    genesis::{self, Start},
    ready::Ready,
    signals::Signals,
};
use eyre::{Result, WrapErr, bail, ensure, eyre};
use futures::{StreamExt as _, stream::FuturesUnordered};
use nix::{
    sys::{
        prctl,
        signal::{Signal, kill},
    },
    unistd::Pid,
};
use std::{
    fs::{self, File},
    net::TcpListener,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
    time::timeout,
};

/// How long a validator may take to serve.
const START: Duration = Duration::from_secs(60);
/// How long it may take to stop before it is killed.
const STOP: Duration = Duration::from_secs(15);

/// Runs until it is told to stop, or until too few validators are left to go on.
///
/// # Errors
/// When a port is taken, the directory is not a devnet's, a validator does not come up, or no quorum is left. The
/// directory is kept then, for its logs.
// One thread: the kernel kills the children when the thread that started them ends.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn command(arguments: Devnet) -> Result<()> {
    let signals = Signals::catch()?;
    check_ports(&arguments)?;
    if let Some(folder) = &arguments.data {
        return run(&arguments, folder.clone(), signals).await;
    }
    let temporary = tempfile::Builder::new().prefix("edgeloom-devnet-").tempdir()?;
    let ended = run(&arguments, temporary.path().to_owned(), signals).await;
    ended.map_err(|error| error.wrap_err(format!("logs and data are in {}", temporary.keep().display())))
}

async fn run(arguments: &Devnet, folder: PathBuf, mut signals: Signals) -> Result<()> {
    prepare(arguments, &folder)?;
    let network = Network::describe(arguments, folder)?;
    let mut children = Vec::new();
    let up = tokio::select! {
        up = network.start(&mut children) => up,
        () = signals.stop() => Err(eyre!("stopped before the network was up")),
    };
    let ended = match up {
        Ok(ready) => {
            ready.print(arguments.json, &text(&ready, &network.folder))?;
            tokio::select! {
                () = signals.stop() => Ok(()),
                error = quorum_lost(&mut children) => Err(error),
            }
        }
        Err(error) => Err(error),
    };
    signals.exit_on_next();
    stop(children).await;
    ended
}

fn check_ports(arguments: &Devnet) -> Result<()> {
    for (what, first, option) in [
        ("peers", arguments.base_port, "--base-port"),
        ("JSON-RPC", arguments.rpc_port, "--rpc-port"),
        ("metrics", arguments.metrics_port, "--metrics-port"),
    ] {
        for validator in 0..arguments.validators {
            let port = first
                .checked_add(validator)
                .ok_or_else(|| eyre!("{option} {first} leaves no room for {} ports", arguments.validators))?;
            TcpListener::bind(("127.0.0.1", port)).map(drop).wrap_err_with(|| {
                format!("port {port} (validator {validator}, {what}) is in use: stop what listens there or choose others with {option}")
            })?;
        }
    }
    Ok(())
}

/// Makes keys and genesis in an empty folder; in one that has them, goes on with what is there.
fn prepare(arguments: &Devnet, folder: &Path) -> Result<()> {
    let path = folder.join("genesis.json");
    if !path.exists() {
        let empty = !folder.exists() || fs::read_dir(folder)?.next().is_none();
        ensure!(empty, "{} is not empty and holds no devnet: choose another directory", folder.display());
        let start = Start::of(&arguments.epochs, &arguments.voted);
        return genesis::write(&genesis::devnet(arguments.validators, &arguments.funds.fund, start)?, folder);
    }
    let there = genesis::read(&path)?.committee().len();
    let asked = usize::from(arguments.validators);
    ensure!(
        there == asked,
        "{} holds a devnet of {there} validators, not {asked}: delete it or choose another directory",
        folder.display()
    );
    let funds = arguments.funds.fund.is_empty();
    ensure!(funds, "{} holds a devnet whose genesis is fixed: --fund needs a new directory", folder.display());
    Ok(())
}

/// Names and places of everything.
struct Network {
    folder: PathBuf,
    program: PathBuf,
    peers: String,
    base_port: u16,
    rpc_port: u16,
    metrics_port: u16,
    validators: u16,
    storage: Storage,
}

impl Network {
    fn describe(arguments: &Devnet, folder: PathBuf) -> Result<Self> {
        let Devnet { base_port, rpc_port, metrics_port, validators, .. } = *arguments;
        let mut peers = Vec::new();
        for validator in 0..validators {
            let identity = crate::keys::read(&genesis::keys_path(&folder, validator.into()), None)?.identity();
            peers.push(format!("{identity}@127.0.0.1:{}", base_port + validator));
        }
        let program = std::env::current_exe().wrap_err("cannot find this program's own file")?;
        let storage = arguments.storage;
        Ok(Self { folder, program, peers: peers.join(","), base_port, rpc_port, metrics_port, validators, storage })
    }

    /// Starts all, then waits for each.
    async fn start(&self, children: &mut Vec<Validator>) -> Result<Ready> {
        for validator in 0..self.validators {
            children.push(self.spawn(validator)?);
        }
        let mut served = Vec::new();
        for child in children {
            served.push(child.ready().await?);
        }
        let first = served.first().ok_or_else(|| eyre!("a devnet has at least one validator"))?;
        let validators = served.iter().map(|ready| ready.rpc.clone()).collect();
        let metrics = served.iter().flat_map(|ready| ready.metrics.clone()).collect();
        Ok(Ready { rpc: first.rpc.clone(), chain_id: first.chain_id, genesis: first.genesis, validators, metrics })
    }

    fn spawn(&self, validator: u16) -> Result<Validator> {
        let log = self.folder.join(format!("validator-{validator}.log"));
        let errors = File::options().create(true).append(true).open(&log);
        let mut command = self.command(validator);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
        command.stderr(errors.wrap_err_with(|| format!("cannot write {}", log.display()))?);
        // A group of its own: a terminal's Ctrl-C is for us, who then tell the validators, once.
        command.process_group(0);
        die_with_us(&mut command);
        let child = command.spawn().wrap_err("cannot start a validator")?;
        Ok(Validator { index: validator, child, log })
    }

    /// The program and its arguments.
    fn command(&self, validator: u16) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("run").arg("--json");
        command.arg("--data").arg(self.folder.join(format!("validator-{validator}")));
        command.arg("--genesis").arg(self.folder.join("genesis.json"));
        command.arg("--keys").arg(genesis::keys_path(&self.folder, validator.into()));
        command.arg("--listen").arg(format!("127.0.0.1:{}", self.base_port + validator));
        command.arg("--rpc").arg(format!("127.0.0.1:{}", self.rpc_port + validator));
        command.arg("--metrics").arg(format!("127.0.0.1:{}", self.metrics_port + validator));
        command.arg("--peers").arg(&self.peers);
        if let Some(blocks) = self.storage.history {
            command.arg("--history").arg(blocks.to_string());
        }
        if let Some(mib) = self.storage.cache {
            command.arg("--cache").arg(mib.to_string());
        }
        command
    }
}

/// Has the kernel kill the child when this process ends, however that happens.
fn die_with_us(command: &mut Command) {
    let parent = Pid::this();
    // SAFETY: between fork and exec only system calls that are safe after fork are made.
    unsafe {
        command.pre_exec(move || {
            prctl::set_pdeathsig(Signal::SIGKILL)?;
            // The parent may have ended before the line above took effect.
            if Pid::parent() == parent { Ok(()) } else { Err(std::io::ErrorKind::BrokenPipe.into()) }
        });
    }
}

struct Validator {
    index: u16,
    child: Child,
    log: PathBuf,
}

impl Validator {
    async fn ready(&mut self) -> Result<Ready> {
        let output = self.child.stdout.take().ok_or_else(|| eyre!("a validator's output is piped"))?;
        let mut lines = BufReader::new(output).lines();
        let line = timeout(START, lines.next_line()).await;
        match line.map_err(|_| eyre!("validator {} did not serve within {START:?}", self.index))?? {
            Some(line) => {
                serde_json::from_str(&line).wrap_err_with(|| format!("validator {} said {line:?}", self.index))
            }
            None => bail!("validator {} ended before it served: {}", self.index, self.last_words()),
        }
    }

    /// The last line of its log.
    fn last_words(&self) -> String {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        log.lines().last().unwrap_or("it said nothing").to_owned()
    }
}

/// Resolves when fewer validators are left than have to agree. The network goes on without a few: it is made for that.
async fn quorum_lost(children: &mut [Validator]) -> eyre::Report {
    let (all, mut left) = (children.len(), children.len());
    let quorum = all - (all - 1) / 3;
    let ends = children.iter_mut().map(|Validator { index, child, log }| async move {
        let status = child.wait().await.map_or_else(|error| error.to_string(), |status| status.to_string());
        tracing::warn!(validator = *index, status, log = %log.display(), "a validator ended");
    });
    let mut ends: FuturesUnordered<_> = ends.collect();
    while left >= quorum {
        ends.next().await;
        left -= 1;
    }
    eyre!("{left} of {all} validators are left, and {quorum} have to agree on a block")
}

async fn stop(mut children: Vec<Validator>) {
    for Validator { child, .. } in &children {
        if let Some(id) = child.id().and_then(|id| i32::try_from(id).ok())
            && let Err(error) = kill(Pid::from_raw(id), Signal::SIGTERM)
        {
            tracing::debug!(id, %error, "had ended before");
        }
    }
    let deadline = tokio::time::Instant::now() + STOP;
    for Validator { child, index, .. } in &mut children {
        if tokio::time::timeout_at(deadline, child.wait()).await.is_err() {
            tracing::warn!(validator = *index, "did not stop in time and is killed");
            drop(child.kill().await);
        }
    }
}

fn text(ready: &Ready, folder: &Path) -> String {
    let mut out =
        format!("Chain id   {}\nGenesis    {}\nData       {}", ready.chain_id, ready.genesis, folder.display());
    for (validator, rpc) in ready.validators.iter().enumerate() {
        out.push_str(&format!("\nListening  {rpc} (validator {validator}, HTTP and WebSocket)"));
    }
    for (validator, metrics) in ready.metrics.iter().enumerate() {
        out.push_str(&format!("\nMetrics    {metrics} (validator {validator})"));
    }
    out
}

#[cfg(test)]
mod tests;
