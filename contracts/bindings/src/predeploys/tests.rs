use super::{Predeploy, THETA_SUPPLY, predeploys};
use crate::{addresses, artifact::COMPILED};
use alloy::primitives::{Address, B256, KECCAK256_EMPTY, U256, address, b256, keccak256};
use serde::Deserialize;
use std::{collections::BTreeSet, num::NonZeroU64};

const HOLDER: Address = address!("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266");

fn all(holder: Address) -> Vec<Predeploy> {
    predeploys(holder, NonZeroU64::new(10_000).unwrap())
}

fn named(name: &str) -> Predeploy {
    all(HOLDER).into_iter().find(|predeploy| predeploy.name == name).expect("a predeploy of that name")
}

#[test]
fn every_predeploy_has_code_and_an_address_of_its_own() {
    let all = all(HOLDER);
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
    let elsewhere = all(Address::ZERO).into_iter().find(|predeploy| predeploy.name == "Theta").unwrap().storage;
    assert_eq!(elsewhere.len(), 1);
    assert!(!elsewhere.contains_key(&slot));
}

/// The tests of `contracts/test` plant the same slot.
#[test]
fn an_epochs_length_is_planted_and_nothing_else() {
    let length = B256::from(U256::from(10_000));
    assert_eq!(named("Epochs").storage.into_iter().collect::<Vec<_>>(), [(B256::ZERO, length)]);
    let planted = all(HOLDER).into_iter().filter(|predeploy| !predeploy.storage.is_empty());
    assert_eq!(planted.map(|predeploy| predeploy.name).collect::<Vec<_>>(), ["Theta", "Epochs"]);
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
            ("ATTESTED", addresses::ATTESTED),
            ("AUCTIONS", addresses::AUCTIONS),
            ("AUCTION_HOUSE", addresses::AUCTION_HOUSE),
            ("AUDITS", addresses::AUDITS),
            ("BEACON", addresses::BEACON),
            ("BLS", addresses::BLS),
            ("BURN", addresses::BURN),
            ("CHECKPOINTS", addresses::CHECKPOINTS),
            ("COLLECTION", addresses::COLLECTION),
            ("COMMITTEE", addresses::COMMITTEE),
            ("DELIVERIES", addresses::DELIVERIES),
            ("DISPUTABLE", addresses::DISPUTABLE),
            ("DISPUTES", addresses::DISPUTES),
            ("DROPS", addresses::DROPS),
            ("EDGE_PROOF", addresses::EDGE_PROOF),
            ("EDGE_REWARDS", addresses::EDGE_REWARDS),
            ("EDGE_STAKING", addresses::EDGE_STAKING),
            ("EDITIONS", addresses::EDITIONS),
            ("EMISSION", addresses::EMISSION),
            ("EPOCHS", addresses::EPOCHS),
            ("EXCHANGE", addresses::EXCHANGE),
            ("GOVERNOR", addresses::GOVERNOR),
            ("HISTORY_STORAGE", addresses::HISTORY_STORAGE),
            ("INFERENCE", addresses::INFERENCE),
            ("JOB_MARKET", addresses::JOB_MARKET),
            ("KEY_REGISTRY", addresses::KEY_REGISTRY),
            ("KINDS", addresses::KINDS),
            ("LEASES", addresses::LEASES),
            ("MEDIA_GATE", addresses::MEDIA_GATE),
            ("MODEL_REGISTRY", addresses::MODEL_REGISTRY),
            ("NFT_FACTORY", addresses::NFT_FACTORY),
            ("PACKS", addresses::PACKS),
            ("PARAMETERS", addresses::PARAMETERS),
            ("PAYMENT_POOL", addresses::PAYMENT_POOL),
            ("POSSESSION", addresses::POSSESSION),
            ("PROFILES", addresses::PROFILES),
            ("RENTALS", addresses::RENTALS),
            ("REWARDS", addresses::REWARDS),
            ("SEALED", addresses::SEALED),
            ("STAKING", addresses::STAKING),
            ("SYSTEM", addresses::SYSTEM),
            ("THETA", addresses::THETA),
            ("TIMELOCK", addresses::TIMELOCK),
            ("UPGRADES", addresses::UPGRADES),
            ("WTFUEL", addresses::WTFUEL),
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
    let report: Vec<String> = COMPILED
        .iter()
        .map(|contract| {
            let compiled: Compiled = serde_json::from_str(contract.json).expect("a committed artifact");
            let size = compiled.deployed_bytecode.len();
            format!("{} ({size} bytes)\n{}\n", compiled.contract_name, compiled.storage_layout.join("\n"))
        })
        .collect();
    insta::assert_snapshot!(report.join("\n"));
}
