//! Hardhat's plugins for deployment and verification, and the contracts of genesis, which are verified from the start.

use super::Index;
use crate::journeys::projects::Hardhat;
use edgeloom_bindings::{addresses, published};
use edgeloom_tests::{Dev, npm_packages};
use eyre::{Result, ensure, eyre};
use serde_json::{Value, json};
use std::{fs, time::Duration};

async fn index(dev: Dev) -> Result<Index> {
    let compilers = npm_packages("contracts")?.display().to_string();
    Index::start(dev, vec!["--solc-dir".into(), compilers]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn hardhat_ignition_deploys_and_hardhat_verify_verifies() -> Result<()> {
    // Hardhat verifies nothing on the ids of development chains.
    let index = index(Dev::start_with(&["--chain-id", "366000"]).await?).await?;
    let hardhat = Hardhat::new(&index.dev)?.with("EDGELOOM_INDEX", &index.url(""));
    let deploy = ["ignition", "deploy", "ignition/modules/Counting.ts", "--deployment-id", "first"];
    let said = hardhat.run(&[&deploy[..], &["--network", "signing"]].concat())?;
    ensure!(said.contains("successfully deployed"), "{said}");
    let deployed = fs::read_to_string(hardhat.folder().join("ignition/deployments/first/deployed_addresses.json"))?;
    let deployed: Value = serde_json::from_str(&deployed)?;
    let address = |name: &str| deployed[name].as_str().ok_or_else(|| eyre!("{name} is not in {deployed}"));
    let (counter, second) = (address("Counting#Counter")?, address("Counting#Second")?);
    for (provider, address, argument) in [("sourcify", counter, "7"), ("etherscan", second, "8")] {
        let said = hardhat.run(&["verify", provider, "--network", "signing", address, argument])?;
        ensure!(said.contains("Contract verified successfully"), "{provider}: {said}");
        let (_, row) = index.get(&format!("/api/contracts/{address}")).await?;
        assert_eq!((&row["name"], &row["match"]), (&json!("Counter"), &json!("exact_match")), "{row}");
    }
    let said = hardhat.run(&["verify", "etherscan", "--network", "signing", counter, "7"])?;
    ensure!(said.contains("already been verified"), "{said}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_contracts_of_genesis_are_verified_from_the_start() -> Result<()> {
    let index = index(Dev::start().await?).await?;
    let all = async || {
        let (_, listed) = index.get("/api/contracts").await?;
        Ok((listed["totalCount"] == published().len()).then_some(()))
    };
    edgeloom_tests::wait_for("the contracts of genesis", Duration::from_secs(10), all).await?;
    for contract in published() {
        let (status, sourcify) = index.get(&format!("/v2/contract/31337/{}?fields=all", contract.address)).await?;
        assert_eq!((status, &sourcify["runtimeMatch"]), (200, &json!("match")));
        let form = |action: &str| format!("/api?module=contract&action={action}&address={}", contract.address);
        let (_, source) = index.get(&form("getsourcecode")).await?;
        assert_eq!(source["result"][0]["ContractName"], contract.name);
        let (_, abi) = index.get(&form("getabi")).await?;
        assert!(
            serde_json::from_str::<Value>(abi["result"].as_str().unwrap_or_default()).is_ok_and(|abi| abi.is_array())
        );
    }
    // What is listed is what a compiler makes of it: submitted as it is told, it is found to be verified already.
    let (_, told) =
        index.get(&format!("/v2/contract/31337/{}?fields=stdJsonInput,compilation", addresses::JOB_MARKET)).await?;
    let body = json!({
        "stdJsonInput": told["stdJsonInput"],
        "compilerVersion": told["compilation"]["compilerVersion"],
        "contractIdentifier": told["compilation"]["fullyQualifiedName"],
    });
    let answer = index.post(&format!("/v2/verify/31337/{}", addresses::JOB_MARKET), &body).await?;
    let taken: Value = answer.json().await?;
    let id = taken["verificationId"].as_str().ok_or_else(|| eyre!("{taken}"))?;
    let ended = async || {
        let (_, job) = index.get(&format!("/v2/verify/{id}")).await?;
        Ok((job["isJobCompleted"] == true).then_some(job))
    };
    let job = edgeloom_tests::wait_for("the verification", Duration::from_secs(60), ended).await?;
    assert_eq!(job["error"]["customCode"], "already_verified", "{job}");
    Ok(())
}
