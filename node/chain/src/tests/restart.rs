//! A chain continues where its store is, and only its own.

use super::world::{World, assert_conserved, signer, transfer};
use crate::{Chain, ChainError};
use alloy::primitives::Bytes;
use edgeloom_bindings::addresses::{
    BEACON, EDGE_STAKING, HISTORY_STORAGE, JOB_MARKET, KEY_REGISTRY, MODEL_REGISTRY, THETA,
};
use edgeloom_state::Store;
use edgeloom_types::Height;

#[test]
fn a_chain_on_disk_continues_at_its_tip_with_the_same_root() {
    let world = World::new();
    let directory = tempfile::tempdir().expect("a directory");
    let (mut chain, mut peer) = (world.open(Store::open(directory.path()).expect("opens")), world.chain());
    let first = world.extend(&mut chain, &[transfer(1, 0, 1)]);
    let lost = world.propose(&mut chain, &first.block, 0, &[transfer(1, 1, 1)]);
    drop(chain);

    let mut chain = world.open(Store::open(directory.path()).expect("opens again"));
    assert_eq!(chain.tip(), &first.block);
    assert_eq!(chain.pending(), 0);
    // What was executed and not final is executed again, to the same.
    chain.verify(&lost).expect("valid");
    let decided = chain.finalize(&lost, None).expect("next").expect("new");
    for block in [&first.block, &lost] {
        peer.finalize(block, None).expect("next");
    }
    assert_eq!(decided.burned, peer.store().burned(Height::new(2)).expect("committed"));
    assert_eq!(chain.store().view().root(), peer.store().view().root());
    assert_conserved(&world, &chain);
}

#[test]
fn another_genesis_is_refused_by_both_names() {
    let world = World::new();
    let chain = world.chain();
    let other =
        World::with_alloc(|alloc| alloc.into_iter().filter(|(address, _)| *address != signer(4).address()).collect());
    let refused = Chain::open(chain.store().clone(), other.genesis.clone());
    let expected = other.chain().genesis_hash();
    assert!(matches!(
        refused,
        Err(ChainError::OtherGenesis { expected: e, found }) if e == expected && found == chain.genesis_hash()
    ));
}

#[test]
fn a_genesis_without_the_history_contract_is_refused() {
    let without =
        World::with_alloc(|alloc| alloc.into_iter().filter(|(address, _)| *address != HISTORY_STORAGE).collect());
    let with_another = World::with_alloc(|mut alloc| {
        let history = alloc.iter_mut().find(|(address, _)| *address == HISTORY_STORAGE);
        history.expect("is a predeploy").1.code = Some(Bytes::from_static(&[0x00]));
        alloc
    });
    for other in [without, with_another] {
        let refused = Chain::open(Store::memory(), other.genesis);
        assert!(matches!(refused, Err(ChainError::NoHistoryContract(at)) if at == HISTORY_STORAGE));
    }
}

#[test]
fn the_genesis_root_and_hash_are_what_they_were() {
    // Without the predeploys' own code, which changes with the contracts.
    let world = World::with_alloc(|alloc| {
        let ours = |address| [BEACON, JOB_MARKET, KEY_REGISTRY, MODEL_REGISTRY, EDGE_STAKING, THETA].contains(&address);
        alloc.into_iter().filter(|(address, _)| !ours(*address)).collect()
    });
    let chain = world.chain();
    insta::assert_snapshot!(format!("root {}\nhash {}", chain.tip().header().state_root, chain.genesis_hash()));
}
