//! `cargo xtask bless`: the one writer of golden data. It runs the tests that hold snapshots with insta's own switch.

use edgeloom_tests::repository;
use eyre::{Result, WrapErr, ensure};
use std::process::Command;

pub(crate) fn run() -> Result<()> {
    let status = Command::new("cargo")
        .args(["nextest", "run", "--locked", "--workspace", "--no-fail-fast"])
        .env("INSTA_UPDATE", "always")
        .current_dir(repository())
        .status()
        .wrap_err("cargo-nextest is needed: cargo install --locked cargo-nextest")?;
    ensure!(status.success(), "some tests failed for other reasons than snapshots");
    let diff = Command::new("git").args(["diff", "--stat", "--", "*.snap"]).current_dir(repository()).output()?;
    print!("{}", String::from_utf8_lossy(&diff.stdout));
    Ok(())
}
