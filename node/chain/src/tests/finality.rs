//! F1: forks side by side, one becomes final.

use super::world::{World, assert_conserved, certificate, signer, transfer};
use crate::{ChainError, Lookup};
use alloy::primitives::U256;
use edgeloom_types::Height;

#[test]
fn two_forks_live_side_by_side_until_one_is_final() {
    let world = World::new();
    let mut chain = world.chain();
    let genesis = chain.tip().clone();
    let a1 = world.propose(&mut chain, &genesis, 0, &[transfer(1, 0, 1)]);
    let b1 = world.propose(&mut chain, &genesis, 1, &[transfer(2, 0, 2)]);
    let a2 = world.propose(&mut chain, &a1, 1, &[transfer(1, 1, 1)]);
    let b2 = world.propose(&mut chain, &b1, 2, &[transfer(1, 0, 3)]);
    let a3 = world.propose(&mut chain, &a2, 2, &[transfer(1, 2, 1)]);
    assert_eq!(chain.pending(), 5);
    assert_eq!(chain.lookup(b2.hash(), b2.height()), Lookup::Known);

    let decided = chain.finalize(&a1, None).expect("next").expect("new");
    assert_eq!(decided.block.hash(), a1.hash());
    assert_eq!(chain.pending(), 2);
    assert_eq!(chain.lookup(b1.hash(), b1.height()), Lookup::Buried);
    assert_eq!(chain.lookup(b2.hash(), b2.height()), Lookup::Unknown);
    assert!(matches!(chain.verify(&b2), Err(ChainError::UnknownParent(parent)) if parent == b1.hash()));
    assert!(matches!(chain.verify(&b1), Err(ChainError::Buried { .. })));

    // The survivors' layers still fit, and the tree keeps growing on them.
    let a4 = world.propose(&mut chain, &a3, 3, &[transfer(3, 0, 1)]);
    for block in [&a2, &a3, &a4] {
        chain.finalize(block, None).expect("next").expect("new");
    }
    assert_eq!((chain.pending(), chain.tip().hash()), (0, a4.hash()));
    assert_conserved(&world, &chain);
}

#[test]
fn attack_17_what_is_final_is_not_undone_by_another_block_of_the_height() {
    let world = World::new();
    let mut chain = world.chain();
    let genesis = chain.tip().clone();
    let a1 = world.propose(&mut chain, &genesis, 0, &[transfer(1, 0, 1)]);
    let b1 = world.propose(&mut chain, &genesis, 1, &[transfer(1, 0, 1)]);
    let proof = certificate(&chain, &a1, &[0, 1, 2]);
    chain.finalize(&a1, Some(proof.clone())).expect("next").expect("new");
    assert!(chain.finalize(&a1, None).expect("known").is_none());
    assert!(chain.finalize(&genesis, None).expect("known").is_none());
    assert_eq!(chain.store().certificate(a1.height()).expect("reads"), Some(proof));
    let conflict = chain.finalize(&b1, None);
    assert!(
        matches!(conflict, Err(ChainError::Conflict { theirs, ours, .. }) if theirs == b1.hash() && ours == a1.hash())
    );
}

#[test]
fn finality_goes_one_block_at_a_time_and_executes_what_is_unknown() {
    let world = World::new();
    let (mut proposer, mut node) = (world.chain(), world.chain());
    let first = world.extend(&mut proposer, &[transfer(1, 0, 1)]);
    let second = world.extend(&mut proposer, &[transfer(1, 1, 1), transfer(2, 0, 1)]);
    let skipped = node.finalize(&second.block, None);
    assert!(matches!(skipped, Err(ChainError::NotNext { height, .. }) if height == Height::new(2)));
    node.finalize(&first.block, None).expect("next");
    let decided = node.finalize(&second.block, None).expect("next").expect("new");
    assert_eq!(decided.senders, second.senders);
    assert_eq!(decided.receipts, second.receipts);
    assert_eq!(decided.gas_used().collect::<Vec<_>>(), [21_000, 21_000]);
    let nonce = |seed| {
        let mut changed = decided.accounts.iter().filter(|(address, _)| *address == signer(seed).address());
        changed.next().map(|(_, account)| account.nonce)
    };
    assert_eq!((nonce(1), nonce(2), nonce(3)), (Some(2), Some(1), None));
    let view = node.store().view();
    assert!(decided.accounts.iter().all(|(at, account)| view.account(*at).expect("reads") == Some(*account)));
    let fees = |block: &crate::Decided| {
        let header = block.block.header();
        U256::from(header.gas_used) * U256::from(header.base_fee_per_gas.expect("H2"))
    };
    assert_eq!(decided.burned, fees(&first) + fees(&second));
    assert_conserved(&world, &node);
}

#[test]
fn pending_transactions_are_those_of_the_branch() {
    let world = World::new();
    let mut chain = world.chain();
    let genesis = chain.tip().clone();
    let (x, y, z) = (transfer(1, 0, 1), transfer(2, 0, 1), transfer(3, 0, 1));
    let a1 = world.propose(&mut chain, &genesis, 0, std::slice::from_ref(&x));
    let a2 = world.propose(&mut chain, &a1, 0, std::slice::from_ref(&y));
    world.propose(&mut chain, &genesis, 1, &[z]);
    let pending = chain.pending_transactions(a2.hash());
    assert!(pending.len() == 2 && pending.contains(x.tx_hash()) && pending.contains(y.tx_hash()));
    chain.finalize(&a1, None).expect("next");
    assert_eq!(chain.pending_transactions(a2.hash()).len(), 1);
    assert!(chain.pending_transactions(chain.tip().hash()).is_empty());
}

#[test]
fn rejected_candidates_are_named_and_left_out() {
    let world = World::new();
    let mut chain = world.chain();
    world.extend(&mut chain, &[transfer(1, 0, 1)]);
    let (stale, good) = (transfer(1, 0, 2), transfer(1, 1, 2));
    let proposal = world.proposal(&chain, chain.tip(), 0);
    let (block, rejected) = chain.propose(proposal, [stale.clone(), good.clone()].into_iter()).expect("proposes");
    assert_eq!(rejected, [*stale.tx_hash()]);
    assert_eq!(block.block().transactions, [good.inner().clone()]);
}
