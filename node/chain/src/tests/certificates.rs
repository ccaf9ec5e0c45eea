//! K1, and C2: which certificates a body carries.

use super::world::{World, certificate, invalid};
use crate::{CertificateFault, Chain, Invalid, LOOK_BACK, Proposal};
use alloy::primitives::Bytes;
use edgeloom_types::{CertificateError, MAX_CERTIFICATES, SealedBlock, certificates_hash};
use std::sync::Arc;

const QUORUM: [u8; 3] = [0, 1, 3];

/// A block on `parent` for which the proposer held `held`.
fn propose(world: &World, chain: &mut Chain, parent: &SealedBlock, held: Vec<Bytes>) -> Arc<SealedBlock> {
    let proposal = Proposal { certificates: held, ..world.proposal(chain, parent, 0) };
    chain.propose(proposal, std::iter::empty()).expect("proposes").0
}

/// The same block with these certificates, whatever the rules say.
fn forced(block: &SealedBlock, certificates: Vec<Bytes>) -> Arc<SealedBlock> {
    let mut changed = block.block().clone();
    changed.consensus.certificates_hash = certificates_hash(&certificates);
    changed.header.extra_data = changed.consensus.commitment().into();
    changed.certificates = certificates;
    Arc::new(SealedBlock::new(changed).expect("ours"))
}

/// What other nodes say of a child of the tip with these certificates.
fn fault(world: &World, chain: &mut Chain, certificates: Vec<Bytes>) -> (usize, CertificateFault) {
    let tip = chain.tip().clone();
    let honest = world.propose(chain, &tip, 0, &[]);
    match invalid(chain.verify(&forced(&honest, certificates))) {
        Invalid::Certificate { index, fault } => (index, fault),
        other => panic!("expected a fault of a certificate, got {other}"),
    }
}

#[test]
fn a_certificate_is_included_once_and_by_whoever_holds_it_first() {
    let world = World::new();
    let (mut chain, mut node) = (world.chain(), world.chain());
    let genesis = chain.tip().clone();
    let first = propose(&world, &mut chain, &genesis, vec![]);
    let held = certificate(&chain, &first, &QUORUM);
    let second = propose(&world, &mut chain, &first, vec![held.clone()]);
    assert_eq!(second.block().certificates, std::slice::from_ref(&held));
    // A body of the same branch has it: a child leaves it out. On another branch it may stand again.
    let third = propose(&world, &mut chain, &second, vec![held.clone()]);
    assert!(third.block().certificates.is_empty());
    for block in [&first, &second, &third] {
        node.verify(block).expect("valid");
    }
    let again = forced(&third, vec![held.clone()]);
    let repeated = CertificateFault::Repeated(first.hash());
    assert_eq!(invalid(node.verify(&again)), Invalid::Certificate { index: 0, fault: repeated.clone() });
    // The same once the two are final.
    for block in [&first, &second] {
        node.finalize(block, None).expect("next");
    }
    assert_eq!(fault(&world, &mut node, vec![held]), (0, repeated));
}

#[test]
fn faults_are_named() {
    let world = World::new();
    let mut chain = world.chain();
    let genesis = chain.tip().clone();
    let first = world.extend(&mut chain, &[]);
    let good = certificate(&chain, &first.block, &QUORUM);

    assert_eq!(
        fault(&world, &mut chain, vec![good.clone(), good.clone()]).1,
        CertificateFault::Repeated(first.block.hash())
    );
    let few = certificate(&chain, &first.block, &[0, 1]);
    let quorum = CertificateFault::Malformed(CertificateError::Quorum { signers: 2, quorum: 3 });
    assert_eq!(fault(&world, &mut chain, vec![few]), (0, quorum));
    let mut flipped = good.to_vec();
    flipped[43] ^= 1 << 2; // claims a fourth signer
    assert_eq!(
        fault(&world, &mut chain, vec![flipped.into()]).1,
        CertificateFault::Malformed(CertificateError::Signature)
    );
    let truncated = CertificateFault::Malformed(CertificateError::Malformed);
    assert_eq!(fault(&world, &mut chain, vec![good.slice(..50)]), (0, truncated));
    let of_genesis = certificate(&chain, &genesis, &QUORUM);
    assert_eq!(fault(&world, &mut chain, vec![of_genesis]).1, CertificateFault::NoAncestor(genesis.hash()));

    // A sibling of the tip is no ancestor, though a quorum signed it.
    let sibling = forced(&first.block, vec![Bytes::from_static(b"other")]);
    let of_sibling = certificate(&chain, &sibling, &QUORUM);
    assert_eq!(fault(&world, &mut chain, vec![of_sibling]).1, CertificateFault::NoAncestor(sibling.hash()));

    let mut elsewhen = first.block.block().clone();
    elsewhen.consensus.epoch = 1;
    elsewhen.header.extra_data = elsewhen.consensus.commitment().into();
    let elsewhen = certificate(&chain, &SealedBlock::new(elsewhen).expect("ours"), &QUORUM);
    // Its payload names that other header, so name ours in its place.
    let mut bytes = elsewhen.to_vec();
    bytes[3..35].copy_from_slice(first.block.hash().as_slice());
    assert!(matches!(fault(&world, &mut chain, vec![bytes.into()]).1, CertificateFault::Epoch { .. }));
}

#[test]
fn a_proposer_includes_the_admissible_at_most_four() {
    let world = World::new();
    let mut chain = world.chain();
    let mut held = vec![Bytes::from_static(b"no certificate")];
    for _ in 0..6 {
        let decided = world.extend(&mut chain, &[]);
        held.push(certificate(&chain, &decided.block, &QUORUM));
    }
    let tip = chain.tip().clone();
    let block = propose(&world, &mut chain, &tip, held.clone());
    assert_eq!(block.block().certificates, held[1..=MAX_CERTIFICATES]);
    let next = propose(&world, &mut chain, &block, held.clone());
    assert_eq!(next.block().certificates, held[MAX_CERTIFICATES + 1..]);
}

#[test]
fn certificates_reach_back_as_far_as_the_rule_says_also_after_a_restart() {
    let world = World::new();
    let mut chain = world.chain();
    let oldest = world.extend(&mut chain, &[]);
    let held = certificate(&chain, &oldest.block, &QUORUM);
    for _ in 1..LOOK_BACK {
        world.extend(&mut chain, &[]);
    }
    assert_eq!(chain.tip().height().get() as usize, LOOK_BACK);
    let mut reopened = world.open(chain.store().clone());
    let last_chance = propose(&world, &mut reopened, &chain.tip().clone(), vec![held.clone()]);
    assert_eq!(last_chance.block().certificates, std::slice::from_ref(&held));
    world.extend(&mut chain, &[]);
    assert_eq!(fault(&world, &mut chain, vec![held]).1, CertificateFault::NoAncestor(oldest.block.hash()));
}
