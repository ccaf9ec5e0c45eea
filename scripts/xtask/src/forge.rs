//! `cargo xtask forge`: the contracts' own tests, run by forge from npm with the compiler from npm, without a network
//! once the packages are there.

use edgeloom_tests::repository;
use eyre::{Result, WrapErr, ensure};
use std::{env, fs, path::Path, process::Command};

/// npm writes this file last, so it is as new as the installation is complete.
const INSTALLED_LOCK: &str = "node_modules/.package-lock.json";
const FORGE: &str = "node_modules/@foundry-rs/forge-linux-amd64/bin/forge";

/// Runs every forge test, then compares the gas of each verb with `contracts/snapshots`. Under `cargo xtask bless`, which
/// sets insta's switch, it writes those files instead, as every other golden test does.
pub(crate) fn forge_test() -> Result<()> {
    let contracts = repository().join("contracts");
    install_packages(&contracts)?;
    forge(&contracts, &["test", "--no-match-contract", "GasTest"], false)?;
    let accept = env::var_os("INSTA_UPDATE").is_some_and(|mode| mode == "always");
    // Isolated, each call is a transaction of its own: calldata, the intrinsic cost and cold access are counted.
    forge(&contracts, &["test", "--isolate", "--match-contract", "GasTest"], !accept)
        .wrap_err("if the gas of a verb changed on purpose, accept it with `cargo xtask bless`")
}

/// Installs the locked npm packages of the contracts when they are missing or older than the lock.
pub(crate) fn install_packages(contracts: &Path) -> Result<()> {
    let modified = |path: &str| fs::metadata(contracts.join(path)).and_then(|file| file.modified());
    let lock = modified("package-lock.json").wrap_err("contracts/package-lock.json")?;
    if modified(INSTALLED_LOCK).is_ok_and(|installed| installed >= lock) {
        return Ok(());
    }
    println!("installing the contracts' npm packages");
    let status = Command::new("npm")
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        .current_dir(contracts)
        .status()
        .wrap_err("npm is needed for solc and forge")?;
    ensure!(status.success(), "`npm ci` in contracts ended with {status}");
    Ok(())
}

fn forge(contracts: &Path, arguments: &[&str], check_gas: bool) -> Result<()> {
    let status = Command::new(contracts.join(FORGE))
        .args(arguments)
        .current_dir(contracts)
        .env("FORGE_SNAPSHOT_CHECK", check_gas.to_string())
        .status()
        .wrap_err("forge did not start")?;
    ensure!(status.success(), "`forge {}` ended with {status}", arguments.join(" "));
    Ok(())
}
