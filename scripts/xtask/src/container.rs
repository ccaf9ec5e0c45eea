//! `cargo xtask container`: the steps of the container file that `edgeloom testnet init` writes, one by one in a root that
//! debootstrap makes, and then what it runs. For machines without a container engine: it needs root, and a Debian mirror.

use crate::cargo;
use clap::Args;
use edgeloom_tests::{binary, free_ports};
use eyre::{Result, WrapErr, bail, ensure, eyre};
use rustix::process::{Pid, Signal, geteuid, kill_process};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

#[derive(Args)]
pub(crate) struct Arguments {
    /// Where Debian's packages come from
    #[arg(long, default_value = "http://deb.debian.org/debian")]
    mirror: String,
}

/// How long the node may take to be healthy, and to stop.
const START: Duration = Duration::from_secs(60);
const STOP: Duration = Duration::from_secs(15);

/// One line for each step that was done.
///
/// # Errors
/// When a step fails, or the container would not be healthy or not stop.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    ensure!(geteuid().is_root(), "the steps are done in a root of their own: run this as root");
    cargo::build_binaries()?;
    let folder = tempfile::tempdir()?;
    let network = folder.path().join("net");
    let ports = free_ports(3)?;
    let words = ["testnet", "init", "--validators", "1", "--out"];
    let mut init = Command::new(binary("edgeloom")?);
    init.args(words).arg(&network);
    for (option, port) in ["--base-port", "--rpc-port", "--metrics-port"].iter().zip(ports..) {
        init.args([option, &*port.to_string()]);
    }
    ensure!(init.stdout(Stdio::null()).status()?.success(), "edgeloom testnet init failed");
    fs::copy(binary("edgeloom")?, network.join("edgeloom"))?;

    let text = fs::read_to_string(network.join("Containerfile"))?;
    let mut image = Image::new(folder.path().join("root"), network.clone());
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        println!("{line}");
        image.step(line, &arguments.mirror).wrap_err_with(|| line.to_owned())?;
    }
    // As `podman run -v ./validator-0:/etc/edgeloom` shows it, of the owner that the file's first lines ask for.
    succeed(Command::new("cp").arg("-a").arg(network.join("validator-0")).arg(image.root.join("etc/edgeloom")))?;
    succeed(image.chroot("root").args(["chown", "-R", "edgeloom:edgeloom", "/etc/edgeloom"]))?;
    image.run(ports)
}

/// What the steps made so far.
struct Image {
    root: PathBuf,
    /// Where `COPY` takes from.
    context: PathBuf,
    user: String,
    folder: String,
    health: Vec<String>,
    entry: Vec<String>,
    words: Vec<String>,
}

impl Image {
    fn new(root: PathBuf, context: PathBuf) -> Self {
        let (user, folder) = ("root".into(), "/".into());
        Self { root, context, user, folder, health: Vec::new(), entry: Vec::new(), words: Vec::new() }
    }

    fn step(&mut self, line: &str, mirror: &str) -> Result<()> {
        let (instruction, rest) = line.split_once(' ').ok_or_else(|| eyre!("no instruction"))?;
        match instruction {
            "FROM" => {
                let suite = rest.strip_prefix("debian:").and_then(|tag| tag.strip_suffix("-slim"));
                let suite = suite.ok_or_else(|| eyre!("only debian:SUITE-slim can be made here"))?;
                let mut make = Command::new("debootstrap");
                make.args(["--variant=minbase", suite]).arg(&self.root).arg(mirror).stdout(Stdio::null());
                succeed(&mut make)
            }
            "RUN" => succeed(self.chroot(&self.user).args(["/bin/sh", "-c", rest]).stdout(Stdio::null())),
            "COPY" => {
                let (from, to) = rest.split_once(' ').ok_or_else(|| eyre!("COPY FROM TO"))?;
                fs::copy(self.context.join(from), self.root.join(to.trim_start_matches('/')))?;
                Ok(())
            }
            "USER" => self.set(|image| image.user = rest.into()),
            "WORKDIR" => self.set(|image| image.folder = rest.into()),
            "HEALTHCHECK" => {
                let command = rest.split_once("CMD ").ok_or_else(|| eyre!("HEALTHCHECK … CMD […]"))?.1;
                self.health = serde_json::from_str(command)?;
                Ok(())
            }
            "ENTRYPOINT" => self.set_words(rest, |image| &mut image.entry),
            "CMD" => self.set_words(rest, |image| &mut image.words),
            // For an engine to read.
            "VOLUME" | "EXPOSE" => Ok(()),
            other => bail!("{other} is not known here"),
        }
    }

    fn set(&mut self, change: impl FnOnce(&mut Self)) -> Result<()> {
        change(self);
        Ok(())
    }

    fn set_words(&mut self, rest: &str, place: impl FnOnce(&mut Self) -> &mut Vec<String>) -> Result<()> {
        *place(self) = serde_json::from_str(rest)?;
        Ok(())
    }

    /// A command in the root, as a user there.
    fn chroot(&self, user: &str) -> Command {
        let mut command = Command::new("chroot");
        command.arg(format!("--userspec={user}")).arg(&self.root);
        let there = self.root.join(self.folder.trim_start_matches('/')).exists();
        command.args(["/usr/bin/env", "-i", "-C", if there { &self.folder } else { "/" }]);
        command.arg("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        command.stdin(Stdio::null());
        command
    }

    /// What the container would run, until its health check passes, and then told to stop.
    fn run(&self, ports: u16) -> Result<()> {
        let mut node = self.chroot(&self.user).args(&self.entry).args(&self.words).stdout(Stdio::null()).spawn()?;
        let started = Instant::now();
        let healthy = || {
            // On this machine's network other ports are ours than a container's.
            let doors = [format!("http://127.0.0.1:{}", ports + 1), format!("http://127.0.0.1:{}/metrics", ports + 2)];
            let mut check = self.chroot(&self.user);
            check.args(&self.health).args(["--rpc", &doors[0], "--metrics", &doors[1]]).stderr(Stdio::null());
            check.output().map(|output| (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned()))
        };
        let report = loop {
            let (passed, report) = healthy()?;
            if passed {
                break report;
            }
            ensure!(node.try_wait()?.is_none(), "the node ended before it was healthy");
            ensure!(started.elapsed() < START, "not healthy after {START:?}");
            std::thread::sleep(Duration::from_millis(200));
        };
        println!("{report}");
        // chroot and env become the program: the process is the node's.
        kill_process(Pid::from_child(&node), Signal::TERM)?;
        let told = Instant::now();
        while told.elapsed() < STOP {
            if let Some(status) = node.try_wait()? {
                ensure!(status.success(), "the node ended with {status}");
                println!("healthy after {:?}, stopped after {:?}", told - started, told.elapsed());
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        node.kill()?;
        bail!("the node did not stop within {STOP:?}")
    }
}

fn succeed(command: &mut Command) -> Result<()> {
    let name = Path::new(command.get_program()).display().to_string();
    let status = command.status().wrap_err_with(|| format!("cannot run {name}"))?;
    ensure!(status.success(), "{name} ended with {status}");
    Ok(())
}
