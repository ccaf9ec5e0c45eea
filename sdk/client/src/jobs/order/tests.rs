use super::*;
use crate::{DISPUTABLE, INFERENCE};
use alloy::primitives::keccak256;
use edgeloom_edge_proof::Blob;

fn order(count: u32, inputs: &'static [u8]) -> Order {
    let hashes: Vec<_> = inputs.chunks(inputs.len() / count as usize).map(keccak256).collect();
    let terms = Terms { kind: INFERENCE, count, inputRoot: inputs::root(&hashes), ..Default::default() };
    Order { number: U256::from(5), terms, inputs: inputs.into(), tx: B256::ZERO, block: 1, tree: Tree::default() }
}

/// A dispute opens the input, so that its requester commits to it as the dispute does.
#[test]
fn inputs_of_what_is_disputed_are_committed_to_by_blake3() {
    let mut whole = order(1, b"whole");
    whole.terms.kind = DISPUTABLE;
    assert!(whole.committed_input(whole.number).is_err(), "that is its Keccak hash");
    whole.terms.inputRoot = Blob::of(b"whole").root.into();
    assert_eq!(whole.committed_input(whole.number).expect("the one committed to")[..], b"whole"[..]);
    let nothing = whole.decided(whole.number).expect("a ticket");
    assert_eq!((nothing.ticket.inputHash, nothing.output.len(), nothing.proof.len()), (whole.terms.inputRoot, 0, 0));
}

#[test]
fn each_job_has_its_part_of_the_inputs() {
    let three = order(3, b"aabbcc");
    assert_eq!(three.jobs().collect::<Vec<_>>(), [5, 6, 7].map(U256::from));
    assert_eq!(three.input(U256::from(6)), Some(Bytes::from_static(b"bb")));
    assert!([4, 8].into_iter().all(|job| three.input(U256::from(job)).is_none()));
    let answer = three.answer(U256::from(7), Bytes::from_static(b"x")).expect("published");
    assert_eq!((&answer.proof[..], answer.ticket.inputHash), (&b"cc"[..], keccak256(b"cc")));
    let one = order(1, b"whole");
    let ticket = one.ticket(U256::from(5)).expect("published");
    assert_eq!((ticket.inputHash, ticket.path.len()), (keccak256(b"whole"), 0));
}

#[test]
fn what_was_published_has_to_be_what_was_committed_to() {
    let mut lied = order(2, b"aabb");
    lied.inputs = Bytes::from_static(b"aabc");
    assert!(lied.ticket(U256::from(5)).is_err());
    lied.inputs = Bytes::from_static(b"aab");
    assert!(lied.ticket(U256::from(5)).is_err() && lied.input(U256::from(5)).is_none());
    // Also where a path was asked for before.
    let mut late = order(2, b"aabb");
    let six = U256::from(6);
    assert_eq!(late.ticket(six).expect("published").inputHash, keccak256(b"bb"));
    late.inputs = Bytes::from_static(b"aabc");
    assert!(late.ticket(six).is_err());
    late.inputs = Bytes::from_static(b"aabb");
    assert!(late.ticket(six).is_ok());
    late.terms.count = 4;
    assert!(late.ticket(six).is_err(), "that is the root over two");
    late.terms.inputRoot = order(4, b"aabb").terms.inputRoot;
    assert_eq!(late.ticket(six).expect("published").inputHash, keccak256(b"a"));
    let mut one = order(1, b"a");
    one.inputs = Bytes::from_static(b"b");
    assert!(one.answer(U256::from(5), Bytes::new()).is_err());
}
