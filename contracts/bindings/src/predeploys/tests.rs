use super::{Predeploy, THETA_SUPPLY, predeploys};
use crate::{addresses, artifact};
use alloy::primitives::{Address, B256, KECCAK256_EMPTY, address, b256, keccak256};
use serde::Deserialize;
use std::collections::BTreeSet;

const HOLDER: Address = address!("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266");

fn named(name: &str) -> Predeploy {
    predeploys(HOLDER).into_iter().find(|predeploy| predeploy.name == name).expect("a predeploy of that name")
}

#[test]
fn every_predeploy_has_code_and_an_address_of_its_own() {
    let all = predeploys(HOLDER);
    let addresses: BTreeSet<Address> = all.iter().map(|predeploy| predeploy.address).collect();
    assert_eq!(addresses.len(), all.len());
    assert!(
        all.iter().all(|predeploy| keccak256(&predeploy.code) != KECCAK256_EMPTY && predeploy.code.len() <= 24_576)
    );
}

/// The hashes that the accounts have on Ethereum.
#[test]
fn published_contracts_have_the_code_they_have_everywhere() {
    let hash = |name| keccak256(named(name).code);
    assert_eq!(hash("Multicall3"), b256!("0xd5c15df687b16f2ff992fc8d767b4216323184a2bbc6ee2f9c398c318e770891"));
    assert_eq!(hash("Create2Deployer"), b256!("0x2fa86add0aed31f33a762c9d88e807c475bd51d0f52bd0955754b2608f7e4989"));
    assert_eq!(addresses::HISTORY_STORAGE, alloy::eips::eip2935::HISTORY_STORAGE_ADDRESS);
}

/// `contracts/test/Theta.t.sol` starts from the same slot and shows what the token makes of it.
#[test]
fn the_supply_of_theta_starts_with_its_holder() {
    let slot = b256!("0x523a6896f5f8911768b8b7bb6464df9b5b7fefd3b0494de3368a2aaa2375e6c3");
    assert_eq!(named("Theta").storage.into_iter().collect::<Vec<_>>(), [(slot, B256::from(THETA_SUPPLY))]);
    let elsewhere = predeploys(Address::ZERO).into_iter().flat_map(|predeploy| predeploy.storage).collect::<Vec<_>>();
    assert_eq!(elsewhere.len(), 1);
    assert_ne!(elsewhere[0].0, slot);
}

/// Solidity's list must say what `addresses` says; Rust's knows more.
#[test]
fn solidity_and_rust_agree_on_addresses() {
    let source = include_str!("../../../src/types/Predeploys.sol");
    let mut found: Vec<(&str, Address)> = source
        .lines()
        .filter_map(|line| line.trim().strip_prefix("address internal constant ")?.strip_suffix(';')?.split_once(" = "))
        .map(|(name, address)| (name, address.parse().expect("an address")))
        .collect();
    found.sort();
    assert_eq!(
        found,
        [
            ("AUDITS", addresses::AUDITS),
            ("BEACON", addresses::BEACON),
            ("BLS", addresses::BLS),
            ("BURN", addresses::BURN),
            ("DISPUTES", addresses::DISPUTES),
            ("EDGE_PROOF", addresses::EDGE_PROOF),
            ("EDGE_STAKING", addresses::EDGE_STAKING),
            ("JOB_MARKET", addresses::JOB_MARKET),
            ("KEY_REGISTRY", addresses::KEY_REGISTRY),
            ("MODEL_REGISTRY", addresses::MODEL_REGISTRY),
            ("THETA", addresses::THETA),
        ]
    );
}

/// A predeploy's code can be replaced by a fork (C16), its storage cannot be moved: the layout is golden.
#[test]
fn storage_layout_and_code_size_are_as_reviewed() {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Compiled {
        contract_name: String,
        deployed_bytecode: alloy::primitives::Bytes,
        storage_layout: Vec<String>,
    }
    let artifacts = [
        artifact::AUDITS,
        artifact::BEACON,
        artifact::DISPUTES,
        artifact::EDGE_STAKING,
        artifact::JOB_MARKET,
        artifact::KEY_REGISTRY,
        artifact::MODEL_REGISTRY,
        artifact::THETA,
    ];
    let report: Vec<String> = artifacts
        .into_iter()
        .map(|artifact| {
            let compiled: Compiled = serde_json::from_str(artifact).expect("a committed artifact");
            let size = compiled.deployed_bytecode.len();
            format!("{} ({size} bytes)\n{}\n", compiled.contract_name, compiled.storage_layout.join("\n"))
        })
        .collect();
    insta::assert_snapshot!(report.join("\n"));
}
