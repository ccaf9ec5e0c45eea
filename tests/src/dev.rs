//! One `edgeloom dev` process on a free port.

use crate::{Process, binary, free_port};
use eyre::Result;
use serde::Deserialize;
use std::{path::Path, time::Duration};
use tempfile::TempDir;

/// A development chain with durable data. Dropping it kills the process and deletes the data.
#[derive(Debug)]
pub struct Dev {
    process: Option<Process>,
    folder: TempDir,
    port: u16,
}

#[derive(Debug, Deserialize)]
struct RpcReady {
    rpc: String,
}

impl Dev {
    /// # Errors
    /// When it does not come up within half a minute.
    pub fn start() -> Result<Self> {
        let mut dev = Self { process: None, folder: tempfile::tempdir()?, port: free_port()? };
        dev.launch()?;
        Ok(dev)
    }

    /// kill -9, then the same data again.
    ///
    /// # Errors
    /// When it does not come up again.
    pub fn kill_9_and_restart(&mut self) -> Result<()> {
        if let Some(process) = self.process.take() {
            process.kill_9()?;
        }
        self.launch()
    }

    /// What a process with its own port on the same data prints before it gives up, and whether it gave up.
    ///
    /// # Errors
    /// When it neither serves nor ends.
    pub fn second_on_same_data(&self) -> Result<(bool, String)> {
        let port = free_port()?.to_string();
        let data = self.data();
        let arguments = ["dev", "--data", &data, "--json", "--port", &port];
        let mut second = Process::spawn("second", &binary("edgeloom")?, &arguments, self.folder.path())?;
        let status = second.wait(Duration::from_secs(20))?;
        Ok((status.success(), second.tail()))
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn data(&self) -> String {
        self.folder.path().join("data").display().to_string()
    }

    fn launch(&mut self) -> Result<()> {
        let (data, port) = (self.data(), self.port.to_string());
        let arguments = ["dev", "--data", &data, "--json", "--port", &port];
        let mut process = Process::spawn("dev", &binary("edgeloom")?, &arguments, self.folder.path())?;
        process.ready::<RpcReady>(Duration::from_secs(30)).map(|ready| drop(ready.rpc))?;
        self.process = Some(process);
        Ok(())
    }
}
