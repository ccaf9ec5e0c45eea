use crate::{
    project::{
        Contradiction,
        creation::tests::{contradiction, project},
    },
    testing::{
        WORKER,
        nft::{COLLECTION, CREATOR, gate_opened, nfts, quorum, wrote},
    },
};
use edgeloom_bindings::addresses::MEDIA_GATE;

#[test]
fn a_gate_has_the_last_quorum_and_content() {
    let row = project(&nfts()).expect("consistent").nft.gates[&1].row();
    let text = |address: alloy::primitives::Address| address.to_string().to_lowercase();
    assert_eq!((row.owner, row.collection), (text(CREATOR), text(COLLECTION)));
    assert_eq!((row.first.as_str(), row.last.as_str(), row.start, row.epoch_seconds), ("1", "9", 1_700_000_000, 3600));
    assert_eq!((row.quorum_version, row.threshold, row.nodes.len()), (2, 2, 2));
    assert_eq!((row.nodes[0].clone(), row.commitments.len()), (text(WORKER), 2 + 2 * 96));
    assert_eq!(
        (row.content_root, row.content_uri.as_deref()),
        (Some(format!("0x{}", "99".repeat(32))), Some("ipfs://m"))
    );
    assert_eq!((row.opened_block, row.changed_block), (5, 8));
}

#[test]
fn what_has_no_beginning_or_two_is_a_contradiction() {
    assert!(matches!(contradiction(vec![gate_opened(1), gate_opened(1)]), Contradiction::GateKnown(1)));
    let set = wrote(MEDIA_GATE, &quorum(2, 1, &[WORKER]));
    assert!(matches!(contradiction(vec![set]), Contradiction::GateUnknown(_)));
}
