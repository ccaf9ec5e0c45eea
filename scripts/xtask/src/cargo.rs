//! cargo, called by the commands that must not run a stale binary, and for the lints.

use edgeloom_tests::repository;
use eyre::{Result, WrapErr, ensure, eyre};
use std::{env, ffi::OsStr, process::Command};

/// Builds every binary of the workspace where this one lies, so that what is run or measured is the source as it is.
pub(crate) fn build_binaries() -> Result<()> {
    cargo(&["build", "--locked", "--workspace", "--bins"])
}

/// `cargo xtask lint`: clippy over everything, warnings are errors. Its first run checks every dependency.
pub(crate) fn lint() -> Result<()> {
    cargo(&["clippy", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"])
}

fn cargo(arguments: &[&str]) -> Result<()> {
    let me = env::current_exe()?;
    let target = me.ancestors().nth(2).ok_or_else(|| eyre!("{} lies in no target folder", me.display()))?;
    let mut command = Command::new("cargo");
    // What `cargo run` tells this program about its own package would look to build scripts like a change.
    for (name, _) in env::vars_os().filter(|(name, _)| about_a_package(name)) {
        command.env_remove(name);
    }
    let status = command
        .args(arguments)
        .env("CARGO_TARGET_DIR", target)
        .current_dir(repository())
        .status()
        .wrap_err("cargo did not start")?;
    ensure!(status.success(), "`cargo {}` ended with {status}", arguments.join(" "));
    Ok(())
}

fn about_a_package(name: &OsStr) -> bool {
    let name = name.as_encoded_bytes();
    name.starts_with(b"CARGO_PKG_") || name.starts_with(b"CARGO_MANIFEST_")
}
