//! The npm packages that a folder of the repository locks.

use crate::repository;
use alloy::primitives::{hex, keccak256};
use eyre::{OptionExt as _, Result, WrapErr, ensure};
use std::{
    env::{self, consts::ARCH},
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
};

/// npm writes this file last, so it is as new as the installation is complete.
const INSTALLED_LOCK: &str = "node_modules/.package-lock.json";

/// Installs the locked packages of `folder` (relative to the repository) when they are missing or older than the lock.
///
/// # Errors
/// When npm is missing or fails.
pub fn npm_packages(folder: &str) -> Result<PathBuf> {
    let folder = repository().join(folder);
    own_modules(&folder)?;
    let modified = |path: &str| fs::metadata(folder.join(path)).and_then(|file| file.modified());
    let lock = modified("package-lock.json").wrap_err_with(|| format!("{}/package-lock.json", folder.display()))?;
    if modified(INSTALLED_LOCK).is_ok_and(|installed| installed >= lock) {
        return Ok(folder);
    }
    eprintln!("installing the npm packages of {}", folder.display());
    install(&folder)?;
    Ok(folder)
}

/// The same outside the checkout, for packages that many checkouts should share: the folder that holds `node_modules`.
///
/// # Errors
/// When npm is missing or fails.
pub fn shared_npm_packages(folder: &str) -> Result<PathBuf> {
    let source = repository().join(folder);
    let (cache, _lock) = cache(folder)?;
    let lock = fs::read(source.join("package-lock.json")).wrap_err_with(|| source.display().to_string())?;
    // Checkouts with other locks may run at the same time, and npm empties the folder that it installs into.
    let shared = cache.join(format!("npm-{:.8}", hex::encode(keccak256(&lock))));
    own_modules(&shared)?;
    if shared.join(INSTALLED_LOCK).is_file() {
        return Ok(shared);
    }
    eprintln!("installing the npm packages of {folder} into {}", shared.display());
    fs::create_dir_all(&shared)?;
    for file in ["package.json", "package-lock.json"] {
        fs::copy(source.join(file), shared.join(file))?;
    }
    install(&shared)?;
    Ok(shared)
}

/// npm installs through a link into whatever it points at, and empties that first.
fn own_modules(folder: &Path) -> Result<()> {
    let modules = folder.join("node_modules");
    let is_link = fs::symlink_metadata(&modules).is_ok_and(|found| found.is_symlink());
    ensure!(!is_link, "{} is a link: remove it, and npm installs the locked packages there", modules.display());
    Ok(())
}

fn install(folder: &Path) -> Result<()> {
    let status = Command::new("npm")
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"])
        .current_dir(folder)
        .status()
        .wrap_err("npm is needed: install Node.js")?;
    ensure!(status.success(), "`npm ci` in {} ended with {status}", folder.display());
    Ok(())
}

/// Where packages of `folder` lie outside the checkout. As long as the file is open, no other process installs there.
pub(crate) fn cache(folder: &str) -> Result<(PathBuf, File)> {
    let home = env::var_os("HOME").ok_or_eyre("HOME is not set")?;
    let cache = PathBuf::from(home).join(".cache/edgeloom").join(folder);
    fs::create_dir_all(&cache).wrap_err_with(|| cache.display().to_string())?;
    let lock = File::create(cache.join("lock"))?;
    lock.lock()?;
    Ok((cache, lock))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_to_other_packages_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        own_modules(folder.path()).expect("nothing is there");
        std::os::unix::fs::symlink("/nowhere", folder.path().join("node_modules")).expect("a link");
        let said = own_modules(folder.path()).expect_err("a link").to_string();
        assert!(said.contains("node_modules is a link"), "{said}");
    }
}
