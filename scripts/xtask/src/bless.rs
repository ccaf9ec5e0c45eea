//! `cargo xtask bless`: the one writer of golden data. It runs the tests that hold insta's snapshots with insta's own
//! switch, which those that hold a simulated network's vectors take as well, then forge's gas tests so that they write theirs.

use crate::{
    cargo,
    forge::{self, Gas},
};
use edgeloom_tests::repository;
use eyre::{Result, WrapErr, ensure};
use std::process::Command;

pub(crate) fn run() -> Result<()> {
    cargo::build_binaries()?;
    let status = Command::new("cargo")
        .args(["nextest", "run", "--locked", "--workspace", "--no-fail-fast"])
        .env("INSTA_UPDATE", "always")
        .current_dir(repository())
        .status()
        .wrap_err("cargo-nextest is needed: cargo install --locked cargo-nextest")?;
    forge::run(Gas::Accept)?;
    let golden = ["diff", "--stat", "--", "*.snap", "contracts/snapshots", "contracts/test/vectors"];
    let diff = Command::new("git").args(golden).current_dir(repository()).output()?;
    print!("{}", String::from_utf8_lossy(&diff.stdout));
    ensure!(status.success(), "some tests failed for other reasons than snapshots");
    Ok(())
}
