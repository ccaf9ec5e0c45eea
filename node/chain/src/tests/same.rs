//! The same block gives the same everywhere.

use super::world::{World, assert_conserved, call, sign, signer, transfer};
use crate::ahead::fitting;
use alloy::primitives::{TxKind, U256};
use alloy_consensus::TxEip1559;
use proptest::prelude::{ProptestConfig, Strategy, prop, prop_assert_eq, proptest};

type Move = (u8, u8, u64);

fn blocks() -> impl Strategy<Value = Vec<Vec<Move>>> {
    let transfers = (1u8..=4, 1u8..=8, 0u64..u64::MAX / 8);
    prop::collection::vec(prop::collection::vec(transfers, 0..8), 1..4)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn what_one_node_proposes_another_verifies_to_the_same_root(plan in blocks()) {
        let world = World::new();
        let (mut proposer, mut node) = (world.chain(), world.chain());
        let mut parent = proposer.tip().clone();
        let mut nonces = [0u64; 5];
        let mut made = Vec::new();
        for moves in plan {
            let transactions: Vec<_> = moves.into_iter().map(|(from, to, value)| {
                let nonce = nonces[from as usize];
                nonces[from as usize] += 1;
                let to = TxKind::Call(signer(to).address());
                sign(from, TxEip1559 { value: U256::from(value), gas_limit: 21_000, ..call(nonce, to) })
            }).collect();
            parent = world.propose(&mut proposer, &parent, 0, &transactions);
            node.verify(&parent).expect("valid");
            made.push(parent.clone());
        }
        for block in &made {
            let ours = proposer.finalize(block, None).expect("next").expect("new");
            let theirs = node.finalize(block, None).expect("next").expect("new");
            prop_assert_eq!(&ours.receipts, &theirs.receipts);
            prop_assert_eq!(&ours.senders, &theirs.senders);
            prop_assert_eq!(ours.burned, theirs.burned);
            prop_assert_eq!(proposer.store().view().root(), block.header().state_root);
        }
        prop_assert_eq!(proposer.store().view().root(), node.store().view().root());
        assert_conserved(&world, &node);
    }
}

/// Enough for several threads, which list transactions and read accounts before anybody knows that one cannot run.
#[test]
fn a_large_block_is_the_same_elsewhere_though_one_of_its_candidates_cannot_run() {
    for unfit in [0, 70, 200] {
        let world = World::new();
        let (mut proposer, mut node) = (world.chain(), world.chain());
        let mut candidates: Vec<_> = (0..200).map(|index| transfer(1 + index % 4, u64::from(index / 4), 1)).collect();
        let expected: Vec<_> = candidates.iter().map(|transaction| *transaction.tx_hash()).collect();
        // An account that has nothing.
        let poor = transfer(5, 0, 1);
        candidates.splice(unfit..unfit, [poor.clone()]);
        let proposal = world.proposal(&proposer, &proposer.tip().clone(), 0);
        let (block, rejected) = proposer.propose(proposal, candidates.into_iter()).expect("proposes");
        let listed: Vec<_> = block.block().transactions.iter().map(|transaction| *transaction.tx_hash()).collect();
        assert_eq!((listed, rejected), (expected, vec![*poor.tx_hash()]));
        node.verify(&block).expect("valid");
        let theirs = node.finalize(&block, None).expect("next").expect("new");
        assert_eq!(theirs.receipts, proposer.finalize(&block, None).expect("next").expect("new").receipts);
        assert_conserved(&world, &node);
    }
}

/// What is listed and read ahead is bounded by the block, however much waits.
#[test]
fn no_more_is_foreseen_than_surely_fits() {
    let large = |nonce, bytes: usize| {
        let input = vec![1; bytes].into();
        sign(1, TxEip1559 { input, ..call(nonce, TxKind::Call(signer(2).address())) })
    };
    let candidates: Vec<_> = (0..10).map(|nonce| large(nonce, 1_000)).collect();
    let of = |gas, bytes| fitting(&candidates, gas, bytes).len();
    assert_eq!(of(u64::MAX, usize::MAX), 10);
    assert_eq!((of(0, usize::MAX), of(u64::MAX, 0)), (0, 0));
    assert_eq!((of(1_499_999, usize::MAX), of(1_500_000, usize::MAX)), (2, 3));
    assert_eq!((of(u64::MAX, 3_000), of(u64::MAX, 4_500)), (2, 4));
}
