//! The npm packages that a folder of the repository locks.

use crate::repository;
use eyre::{Result, WrapErr, ensure};
use std::{env::consts::ARCH, fs, path::PathBuf, process::Command};

/// npm writes this file last, so it is as new as the installation is complete.
const INSTALLED_LOCK: &str = "node_modules/.package-lock.json";

/// Installs the locked packages of `folder` (relative to the repository) when they are missing or older than the lock.
///
/// # Errors
/// When npm is missing or fails.
pub fn npm_packages(folder: &str) -> Result<PathBuf> {
    let folder = repository().join(folder);
    let modified = |path: &str| fs::metadata(folder.join(path)).and_then(|file| file.modified());
    let lock = modified("package-lock.json").wrap_err_with(|| format!("{}/package-lock.json", folder.display()))?;
    if modified(INSTALLED_LOCK).is_ok_and(|installed| installed >= lock) {
        return Ok(folder);
    }
    eprintln!("installing the npm packages of {}", folder.display());
    let status = Command::new("npm")
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"])
        .current_dir(&folder)
        .status()
        .wrap_err("npm is needed: install Node.js")?;
    ensure!(status.success(), "`npm ci` in {} ended with {status}", folder.display());
    Ok(folder)
}

/// `forge`, `cast` or `anvil` as the contracts' npm packages carry it.
///
/// # Errors
/// When it cannot be installed, or this is another architecture than that of the locked packages.
pub fn foundry(program: &str) -> Result<PathBuf> {
    ensure!(ARCH == "x86_64", "contracts/package.json locks {program} for x86-64 only, this is {ARCH}");
    let path = npm_packages("contracts")?.join(format!("node_modules/@foundry-rs/{program}-linux-amd64/bin/{program}"));
    ensure!(path.is_file(), "npm did not install {}", path.display());
    Ok(path)
}
