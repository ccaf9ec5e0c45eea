//! The servers under load, each fresh for every run, and what the kernel accounts to them.

use edgeloom_tests::{Process, binary, free_ports};
use eyre::{Result, WrapErr, ensure, eyre};
use std::{
    fs,
    net::TcpStream,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// anvil's default pool stalls on large batches; the rest gives it our accounts and silences it.
const ANVIL_FLAGS: [&str; 5] = ["--max-transactions", "50000", "--accounts", "20", "--silent"];

/// Which server, and with which options beside those that it always gets.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    /// `edgeloom dev`, durable on disk.
    Edgeloom(Vec<String>),
    Anvil(PathBuf, Vec<String>),
}

impl Kind {
    pub(super) const fn edgeloom() -> Self {
        Self::Edgeloom(Vec::new())
    }

    /// anvil as npm carries it; a peer that is missing is said, never guessed.
    pub(super) fn anvil() -> Option<Self> {
        let path = edgeloom_tests::foundry("anvil");
        path.inspect_err(|missing| eprintln!("no peer: {missing}")).ok().map(|path| Self::Anvil(path, Vec::new()))
    }

    pub(super) fn with(mut self, options: &[&str]) -> Self {
        let (Self::Edgeloom(own) | Self::Anvil(_, own)) = &mut self;
        own.extend(options.iter().map(ToString::to_string));
        self
    }

    /// As the figures' lines show them.
    pub(super) fn flags(&self) -> String {
        match self {
            Self::Edgeloom(own) => own.join(" "),
            Self::Anvil(_, own) => {
                ANVIL_FLAGS.iter().map(ToString::to_string).chain(own.clone()).collect::<Vec<_>>().join(" ")
            }
        }
    }
}

pub(super) struct Server {
    process: Process,
    url: String,
    /// Ours only: where its database lies.
    data: Option<PathBuf>,
    _folder: TempDir,
}

impl Server {
    pub(super) fn start(kind: &Kind) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let port = free_ports(1)?;
        let (program, mut arguments, data) = match kind {
            Kind::Edgeloom(own) => {
                let data = folder.path().join("data");
                let mut arguments =
                    vec!["dev".to_owned(), "--data".into(), data.display().to_string(), "--json".into()];
                arguments.extend(own.iter().cloned());
                (binary("edgeloom")?, arguments, Some(data))
            }
            Kind::Anvil(path, own) => {
                let flags = ANVIL_FLAGS.map(str::to_owned).into_iter();
                (path.clone(), flags.chain(own.iter().cloned()).collect(), None)
            }
        };
        arguments.extend(["--port".into(), port.to_string()]);
        let process = Process::spawn("server", &program, &arguments, folder.path())?;
        let server = Self { process, url: format!("http://127.0.0.1:{port}"), data, _folder: folder };
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            ensure!(
                started.elapsed() < Duration::from_secs(30),
                "{} does not listen:\n{}",
                program.display(),
                server.process.tail()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(server)
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// User and system time of all its threads so far.
    pub(super) fn cpu_seconds(&self) -> Result<f64> {
        cpu_seconds(&self.process.id().to_string())
    }

    pub(super) fn rss_mib(&self) -> Result<f64> {
        let status = self.proc("status")?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
        kib.map(|kib| kib / 1024.0).ok_or_else(|| eyre!("no VmRSS in /proc status"))
    }

    /// Bytes of its database; `None` for a server that keeps none.
    pub(super) fn disk_bytes(&self) -> Result<Option<u64>> {
        let Some(data) = &self.data else { return Ok(None) };
        let (mut bytes, mut folders) = (0, vec![data.clone()]);
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder)? {
                let entry = entry?;
                let metadata = entry.metadata()?;
                if metadata.is_dir() { folders.push(entry.path()) } else { bytes += metadata.len() }
            }
        }
        Ok(Some(bytes))
    }

    fn proc(&self, file: &str) -> Result<String> {
        let path = format!("/proc/{}/{file}", self.process.id());
        fs::read_to_string(&path).wrap_err(path)
    }
}

/// User and system time of all threads so far of a process: a number, or `self`.
pub(super) fn cpu_seconds(process: &str) -> Result<f64> {
    stat_cpu_seconds(&PathBuf::from(format!("/proc/{process}/stat")))
}

/// The same for this process's threads of one name.
pub(super) fn thread_cpu_seconds(name: &str) -> Result<f64> {
    let mut seconds = 0.0;
    for thread in fs::read_dir("/proc/self/task")? {
        let thread = thread?.path();
        if fs::read_to_string(thread.join("comm"))?.trim_end() == name {
            seconds += stat_cpu_seconds(&thread.join("stat"))?;
        }
    }
    Ok(seconds)
}

fn stat_cpu_seconds(path: &Path) -> Result<f64> {
    let stat = fs::read_to_string(path).wrap_err_with(|| path.display().to_string())?;
    // After the name in parentheses: state is field 3, utime 14, stime 15, in ticks of 10 ms.
    let fields = stat.rsplit_once(')').ok_or_else(|| eyre!("unexpected /proc stat"))?.1;
    let fields: Vec<_> = fields.split_whitespace().collect();
    let ticks = fields.get(11..13).ok_or_else(|| eyre!("unexpected /proc stat"))?;
    Ok(ticks.iter().map(|ticks| ticks.parse::<f64>()).sum::<Result<f64, _>>()? / 100.0)
}
