//! The contract that benchmarks call, `contracts/test/mocks/LoadToken.sol`, as forge compiles it.

use alloy::{
    json_abi::ContractObject,
    primitives::{Address, Bytes},
    sol,
    sol_types::SolConstructor,
};
use edgeloom_tests::{foundry, npm_packages};
use eyre::{Result, WrapErr, ensure, eyre};
use std::{fs, process::Command};

sol! {
    contract LoadToken {
        event Pinged(uint256 indexed bucket, address indexed sender, uint256 number);
        constructor(address[] holders);
        function transfer(address to, uint256 value) external returns (bool);
        function balanceOf(address account) external view returns (uint256);
        function ping(uint256 first, uint256 count) external;
    }
}

/// The code that creates the token with a balance for each of `holders`.
pub(super) fn creation_code(holders: Vec<Address>) -> Result<Bytes> {
    let contracts = npm_packages("contracts")?;
    let out = tempfile::tempdir()?;
    let output = Command::new(foundry("forge")?)
        .args(["build", "test/mocks/LoadToken.sol", "--out"])
        .arg(out.path())
        .arg("--cache-path")
        .arg(out.path().join("cache"))
        .current_dir(contracts)
        .output()
        .wrap_err("forge did not start")?;
    ensure!(output.status.success(), "forge build: {}", String::from_utf8_lossy(&output.stderr));
    let artifact = fs::read_to_string(out.path().join("LoadToken.sol/LoadToken.json"))?;
    let artifact: ContractObject = serde_json::from_str(&artifact)?;
    let mut code = artifact.bytecode.ok_or_else(|| eyre!("forge wrote no code"))?.to_vec();
    code.extend(LoadToken::constructorCall { holders }.abi_encode());
    Ok(code.into())
}
