//! `cargo xtask forge`: the contracts' own tests, run by forge from npm with the compiler from npm, without a network
//! once the packages are there.

use edgeloom_tests::{foundry, npm_packages};
use eyre::{Result, WrapErr, ensure};
use std::process::Command;

/// What becomes of the gas of each verb, `contracts/snapshots`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gas {
    Compare,
    /// Under `cargo xtask bless` only.
    Accept,
}

/// Runs every forge test, the gas tests last.
pub(crate) fn run(gas: Gas) -> Result<()> {
    npm_packages("contracts")?;
    forge(&["test", "--no-match-contract", "GasTest"], gas)?;
    // Isolated, each call is a transaction of its own: calldata, the intrinsic cost and cold access are counted.
    forge(&["test", "--isolate", "--match-contract", "GasTest"], gas)
        .wrap_err("if the gas of a verb changed on purpose, accept it with `cargo xtask bless`")
}

fn forge(arguments: &[&str], gas: Gas) -> Result<()> {
    let isolated = arguments.contains(&"--isolate");
    let status = Command::new(foundry("forge")?)
        .args(arguments)
        .current_dir(npm_packages("contracts")?)
        .env("FORGE_SNAPSHOT_CHECK", (isolated && gas == Gas::Compare).to_string())
        .status()
        .wrap_err("forge did not start")?;
    ensure!(status.success(), "`forge {}` ended with {status}", arguments.join(" "));
    Ok(())
}
