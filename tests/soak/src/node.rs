//! The node under attack, and with a fault planted the proxy in front of it.

use crate::fault::Fault;
use edgeloom_tests::{Process, binary, free_ports};
use eyre::{OptionExt as _, Result, WrapErr as _};
use serde_json::Value;
use std::{fs, path::PathBuf, time::Duration};
use tempfile::TempDir;

const START: Duration = Duration::from_secs(60);

/// Words of a log that nobody wants to read in it.
const ALARMS: [&str; 4] = ["panicked at", "ERROR", "stack overflow", "memory allocation of"];

pub(crate) struct Node {
    processes: Vec<Process>,
    /// Where callers go.
    pub(crate) port: u16,
    pub(crate) ipc: PathBuf,
    _folder: TempDir,
}

impl Node {
    pub(crate) async fn start(fault: Option<Fault>) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let port = free_ports(2)?;
        let data = folder.path().join("data").display().to_string();
        let served = port.to_string();
        let (ipc, front_ipc) = (folder.path().join("node.ipc"), folder.path().join("front.ipc"));
        let [own, front_own] = [&ipc, &front_ipc].map(|path| path.display().to_string());
        // R4 is about what grows without a bound: a cache that the chain never fills would look like it.
        let arguments = ["dev", "--data", &data, "--cache", "32", "--json", "--port", &served, "--ipc", &own];
        let mut node = Process::spawn("node", &binary("edgeloom")?, &arguments, folder.path())?;
        node.ready::<Value>(START).await?;
        let Some(fault) = fault else { return Ok(Self { processes: vec![node], port, ipc, _folder: folder }) };
        let front = port + 1;
        let arguments = ["proxy", &front.to_string(), &served, &fault.name(), &front_own, &own].map(str::to_owned);
        let mut proxy = Process::spawn("proxy", &binary("edgeloom-soak")?, &arguments, folder.path())?;
        proxy.ready::<Value>(START).await?;
        Ok(Self { processes: vec![node, proxy], port: front, ipc: front_ipc, _folder: folder })
    }

    /// R2: what is wrong with the processes, if anything.
    ///
    /// # Errors
    /// When a log cannot be read.
    pub(crate) fn alarms(&mut self) -> Result<Vec<String>> {
        let mut alarms = Vec::new();
        for process in &mut self.processes {
            if !process.is_running()? {
                alarms.push(format!("{} ended by itself; its log ends:\n{}", process.name(), process.tail()));
            }
            let alarming = |line: &&String| ALARMS.iter().any(|alarm| line.contains(alarm));
            let lines = process.lines()?;
            alarms
                .extend(lines.iter().filter(alarming).map(|line| format!("in the log of {}: {line}", process.name())));
        }
        Ok(alarms)
    }

    pub(crate) fn is_running(&mut self) -> Result<bool> {
        Ok(self.processes.iter_mut().map(Process::is_running).collect::<Result<Vec<_>>>()?.iter().all(|runs| *runs))
    }

    /// Resident memory of all its processes.
    ///
    /// # Errors
    /// When one is gone.
    pub(crate) fn rss_mib(&self) -> Result<f64> {
        self.processes.iter().map(|process| rss_mib(process.id())).sum()
    }
}

fn rss_mib(process: u32) -> Result<f64> {
    let path = format!("/proc/{process}/status");
    let status = fs::read_to_string(&path).wrap_err(path)?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
    Ok(kib.ok_or_eyre("no VmRSS in /proc status")? / 1024.0)
}
