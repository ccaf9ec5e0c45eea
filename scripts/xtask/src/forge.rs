//! `cargo xtask forge`: the contracts' own tests, run by forge from npm with the compiler from npm, without a network
//! once the packages are there; beside them the real Seaport for its gas, and an independent suite that says what the token standards are.

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

/// Runs every forge test, the gas tests behind the others, and then the suite of the token standards.
pub(crate) fn run(gas: Gas) -> Result<()> {
    let contracts = npm_packages("contracts")?;
    if !contracts.join("cache/seaport.json").is_file() {
        node("contracts/test/seaport", "node", &["build.mjs"])?;
    }
    forge(&["test", "--no-match-contract", "GasTest"], gas)?;
    // Isolated, each call is a transaction of its own: calldata, the intrinsic cost and cold access are counted.
    forge(&["test", "--isolate", "--match-contract", "GasTest"], gas)
        .wrap_err("if the gas of a verb changed on purpose, accept it with `cargo xtask bless`")?;
    // Of what forge just compiled.
    node("contracts/test/conformance", "npm", &["test", "--silent"])
}

/// A program of node's in a folder of the repository, with the packages that it locks.
fn node(folder: &str, program: &str, arguments: &[&str]) -> Result<()> {
    let folder = npm_packages(folder)?;
    let status = Command::new(program).args(arguments).current_dir(&folder).status();
    let status = status.wrap_err("npm is needed: install Node.js")?;
    ensure!(status.success(), "`{program} {}` in {} ended with {status}", arguments.join(" "), folder.display());
    Ok(())
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
