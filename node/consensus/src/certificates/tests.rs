use super::*;
use alloy_consensus::Header;
use edgeloom_types::{Block, ConsensusRecord};

fn block(height: u64, parent: B256, certificates: Vec<Bytes>) -> SealedBlock {
    let consensus = ConsensusRecord::GENESIS;
    let header =
        Header { number: height, parent_hash: parent, extra_data: consensus.commitment().into(), ..Default::default() };
    SealedBlock::new(Block { header, consensus, transactions: vec![], certificates }).expect("own record")
}

/// Something that decodes as a certificate for `block`.
fn certificate(block: B256) -> Bytes {
    let mut bytes = vec![0, 1, 0];
    bytes.extend(block);
    bytes.extend(4u64.to_be_bytes());
    bytes.push(0b0111);
    bytes.extend([0; 96]);
    Certificate::decode(&bytes).expect("well-formed");
    bytes.into()
}

fn hash(height: u64) -> B256 {
    B256::from(alloy::primitives::U256::from(height + 1))
}

/// Blocks 1 to `tip` are final and certified.
fn ledger(tip: u64) -> Ledger {
    let mut ledger = Ledger::default();
    for height in 1..=tip {
        ledger.hold(Height::new(height), hash(height), certificate(hash(height)));
    }
    ledger
}

#[test]
fn the_oldest_four_come_first_and_none_twice() {
    let mut ledger = ledger(6);
    let due = ledger.due(hash(6), Height::new(7));
    assert_eq!(due, (1..=4).map(|height| certificate(hash(height))).collect::<Vec<_>>());
    // A block that is not final carries three of them: its children leave those out, its siblings do not.
    let open = block(7, hash(6), due[..3].to_vec());
    ledger.opened(&open);
    assert_eq!(
        ledger.due(open.hash(), Height::new(8)),
        (4..=6).map(|height| certificate(hash(height))).collect::<Vec<_>>()
    );
    assert_eq!(ledger.due(hash(6), Height::new(7)), due);
    // Final, it holds for everybody.
    ledger.finalized(&open);
    assert_eq!(ledger.due(hash(6), Height::new(7)), ledger.due(open.hash(), Height::new(8)));
    assert_eq!(ledger.due(open.hash(), Height::new(8)).len(), 3);
}

#[test]
fn what_is_old_is_forgotten() {
    let mut ledger = ledger(3);
    ledger.finalized(&block(LOOK_BACK as u64 + 2, hash(0), vec![]));
    let due = |above: u64| ledger.due(hash(0), Height::new(LOOK_BACK as u64 + above));
    assert_eq!(due(2), [certificate(hash(2)), certificate(hash(3))]);
    // A child further up may not carry the older one, though nothing made it forgotten yet.
    assert_eq!(due(3), [certificate(hash(3))]);
    for view in 0..1000 {
        ledger.keep_early((0, view), hash(view), certificate(hash(view)));
    }
    assert_eq!(ledger.early.len(), EARLY_MAX);
    assert_eq!((ledger.early(hash(0)), ledger.early(hash(999))), (None, Some(certificate(hash(999)))));
}
