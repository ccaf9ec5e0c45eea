//! forge and hardhat, as they come from npm, deploy contracts and have their sources verified by the indexer; the indexer
//! follows a development chain back; and its faucet pays on a real chain.

mod back;
mod faucet;
mod forge;
mod hardhat;

use edgeloom_tests::{Dev, Process, binary, dev_signer, free_ports};
use eyre::{Result, ensure, eyre};
use serde_json::Value;
use std::{
    fs,
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::PathBuf,
    time::Duration,
};
use tempfile::TempDir;

/// An indexer of a development chain, with the arguments of its test.
struct Index {
    dev: Dev,
    folder: TempDir,
    port: u16,
    arguments: Vec<String>,
    process: Option<Process>,
}

impl Index {
    async fn start(dev: Dev, arguments: Vec<String>) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut index = Self { dev, folder, port: free_ports(1)?, arguments, process: None };
        index.launch().await?;
        Ok(index)
    }

    async fn launch(&mut self) -> Result<()> {
        let database = self.folder.path().join("index.db").display().to_string();
        let (rpc, listen) = (self.dev.url(), format!("127.0.0.1:{}", self.port));
        let fixed = ["--rpc", &rpc, "--db", &database, "--listen", &listen, "--json"];
        let arguments: Vec<_> = fixed.into_iter().chain(self.arguments.iter().map(String::as_str)).collect();
        let mut process = Process::spawn("indexer", &binary("edgeloom-indexer")?, &arguments, self.folder.path())?;
        process.ready::<Value>(Duration::from_secs(30)).await?;
        self.process = Some(process);
        let ready = async || Ok((self.get("/ready").await?.0 == 200).then_some(()));
        edgeloom_tests::wait_for("the index to be ready", Duration::from_secs(30), ready).await
    }

    fn kill_9(&mut self) -> Result<()> {
        self.process.take().ok_or_else(|| eyre!("the indexer does not run"))?.kill_9()
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    async fn get(&self, path: &str) -> Result<(u16, Value)> {
        let answer = reqwest::get(self.url(path)).await?;
        Ok((answer.status().as_u16(), answer.json().await?))
    }

    async fn post(&self, path: &str, body: &Value) -> Result<reqwest::Response> {
        Ok(reqwest::Client::new().post(self.url(path)).json(body).send().await?)
    }
}

/// A file that only its owner reads, with the key of a development account.
fn key_file(folder: &TempDir, account: u32) -> Result<PathBuf> {
    use std::io::Write as _;
    let path = folder.path().join(format!("key-{account}"));
    let mut file = fs::OpenOptions::new().create_new(true).write(true).mode(0o600).open(&path)?;
    writeln!(file, "{}", dev_signer(account)?.to_bytes())?;
    ensure!(fs::metadata(&path)?.permissions().mode() & 0o077 == 0, "the key is public");
    Ok(path)
}
