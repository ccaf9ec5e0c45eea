use super::*;
use crate::simulation::world::{World, validator_keys};
use alloy::primitives::B256;
use alloy_consensus::{Header, TxEnvelope};
use commonware_codec::{DecodeExt as _, Encode as _};
use edgeloom_types::{BlockError, ConsensusRecord};

fn transactions(count: u64) -> Vec<TxEnvelope> {
    let world = World::new(1, 100);
    (0..count).map(|nonce| world.transfer(0, nonce).inner().clone()).collect()
}

fn block(transactions: Vec<TxEnvelope>, certificates: Vec<alloy::primitives::Bytes>) -> Block {
    let consensus = ConsensusRecord {
        epoch: 3,
        view: 17,
        parent_view: 15,
        leader: validator_keys(0).identity(),
        certificates_hash: certificates_hash(&certificates),
        ..ConsensusRecord::GENESIS
    };
    let header = Header {
        number: 300,
        parent_hash: B256::repeat_byte(7),
        transactions_root: calculate_transaction_root(&transactions),
        extra_data: consensus.commitment().into(),
        ..Default::default()
    };
    Block { header, consensus, transactions, certificates }
}

fn wire(block: Block) -> WireBlock {
    WireBlock::new(Arc::new(SealedBlock::new(block).expect("own record"))).expect("fits")
}

/// What a peer would send, whatever it holds.
fn message(block: &Block) -> Bytes {
    Bytes::from(block.encode()).encode()
}

#[test]
fn travels_and_keeps_hash_and_context() {
    let sent = wire(block(transactions(3), vec![vec![1, 2, 3].into()]));
    let received = WireBlock::decode(sent.encode()).expect("well-formed");
    assert_eq!(received.sealed, sent.sealed);
    assert_eq!(received.digest().as_ref(), sent.sealed.hash().as_slice());
    let context = received.context();
    assert_eq!(context.round, Round::new(Epoch::new(3), View::new(17)));
    assert_eq!(context.parent, (View::new(15), Digest::from([7; 32])));
    assert_eq!(context.leader.as_ref(), validator_keys(0).identity().as_slice());
    assert!(sent.encode_size() <= WireBlock::max_encode_size(&()));
}

#[test]
fn a_header_with_another_body_is_not_the_block() {
    let honest = block(transactions(2), vec![vec![9].into()]);
    assert!(WireBlock::decode(message(&honest)).is_ok());
    let fewer = Block { transactions: transactions(1), ..honest.clone() };
    let swapped = Block { transactions: honest.transactions.iter().rev().cloned().collect(), ..honest.clone() };
    let certified = Block { certificates: vec![vec![8].into()], ..honest.clone() };
    let stripped = Block { certificates: vec![], ..honest };
    for forged in [fewer, swapped, certified, stripped] {
        assert!(WireBlock::decode(message(&forged)).is_err());
    }
}

#[test]
fn a_header_with_another_record_is_not_the_block() {
    let honest = block(transactions(1), vec![vec![9].into()]);
    let ours = honest.consensus;
    let forgeries = [
        ConsensusRecord { milliseconds: 1, ..ours },
        ConsensusRecord { reveal: [1; 96], ..ours },
        ConsensusRecord { view: 18, ..ours },
        ConsensusRecord { parent_view: 16, ..ours },
        ConsensusRecord { epoch: 4, ..ours },
        ConsensusRecord { leader: validator_keys(1).identity(), ..ours },
        ConsensusRecord { certificates_hash: B256::ZERO, ..ours },
    ];
    for consensus in forgeries {
        let refused = WireBlock::decode(message(&Block { consensus, ..honest.clone() })).expect_err("forged");
        let Error::Wrapped(_, cause) = refused else { panic!("{refused}") };
        assert!(matches!(cause.downcast_ref(), Some(BlockError::Commitment(_))), "{cause}");
    }
}

#[test]
fn garbage_is_refused() {
    let honest = block(transactions(1), vec![]);
    let bytes = message(&honest);
    for cut in 0..bytes.len() {
        assert!(WireBlock::decode(bytes.slice(..cut)).is_err(), "{cut} bytes");
    }
    let mut no_leader = honest.clone();
    // No point of the curve has this y.
    let leader = B256::from([2; 32]);
    assert!(identity_key(&leader).is_none());
    no_leader.consensus.leader = leader;
    no_leader.header.extra_data = no_leader.consensus.commitment().into();
    assert!(WireBlock::decode(message(&no_leader)).is_err());
    assert!(WireBlock::decode(Bytes::from(vec![0xff; 9])).is_err(), "a length beyond the limit");
}

#[test]
fn genesis_fits() {
    let genesis = World::new(4, 100).genesis.block(B256::ZERO).expect("own record");
    let wire = WireBlock::new(Arc::new(genesis)).expect("fits");
    assert_eq!(WireBlock::decode(wire.encode()).expect("well-formed").height(), Height::zero());
}
