//! One `edgeloom dev` process on a free port.

use crate::{Process, binary, free_ports};
use eyre::{Result, ensure};
use serde::Deserialize;
use std::time::Duration;
use tempfile::TempDir;

/// A development chain with durable data. Dropping it kills the process and deletes the data.
#[derive(Debug)]
pub struct Dev {
    process: Option<Process>,
    folder: TempDir,
    port: u16,
    arguments: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct RpcReady {
    rpc: String,
}

impl Dev {
    /// # Errors
    /// When it does not come up within half a minute.
    pub async fn start() -> Result<Self> {
        Self::start_with(&[]).await
    }

    /// With more arguments of `edgeloom dev`, which a restart has, too.
    ///
    /// # Errors
    /// When it does not come up within half a minute.
    pub async fn start_with(arguments: &[&str]) -> Result<Self> {
        let arguments = arguments.iter().map(|&argument| argument.to_owned()).collect();
        let mut dev = Self { process: None, folder: tempfile::tempdir()?, port: free_ports(1)?, arguments };
        dev.launch().await?;
        Ok(dev)
    }

    /// kill -9, then the same data again.
    ///
    /// # Errors
    /// When it does not come up again.
    pub async fn kill_9_and_restart(&mut self) -> Result<()> {
        if let Some(process) = self.process.take() {
            process.kill_9()?;
        }
        self.launch().await
    }

    /// As an operator restarts it: SIGTERM, then the same data again.
    ///
    /// # Errors
    /// When it does not end with success, or does not come up again.
    pub async fn stop_and_restart(&mut self) -> Result<()> {
        if let Some(mut process) = self.process.take() {
            let status = process.stop(Duration::from_secs(20)).await?;
            ensure!(status.success(), "SIGTERM ended it with {status}:\n{}", process.tail());
        }
        self.launch().await
    }

    /// What a process with its own port on the same data prints before it gives up, and whether it gave up.
    ///
    /// # Errors
    /// When it neither serves nor ends.
    pub async fn second_on_same_data(&self) -> Result<(bool, String)> {
        let port = free_ports(1)?.to_string();
        let data = self.data();
        let arguments = ["dev", "--data", &data, "--json", "--port", &port];
        let mut second = Process::spawn("second", &binary("edgeloom")?, &arguments, self.folder.path())?;
        let status = second.wait(Duration::from_secs(20)).await?;
        Ok((status.success(), second.tail()))
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn data(&self) -> String {
        self.folder.path().join("data").display().to_string()
    }

    async fn launch(&mut self) -> Result<()> {
        let (data, port) = (self.data(), self.port.to_string());
        let fixed = ["dev", "--data", &data, "--json", "--port", &port];
        let arguments: Vec<_> = fixed.into_iter().chain(self.arguments.iter().map(String::as_str)).collect();
        let mut process = Process::spawn("dev", &binary("edgeloom")?, &arguments, self.folder.path())?;
        let ready: RpcReady = process.ready(Duration::from_secs(30)).await?;
        ensure!(ready.rpc == self.url(), "dev serves at {}", ready.rpc);
        self.process = Some(process);
        Ok(())
    }
}
