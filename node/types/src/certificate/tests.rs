use super::*;
use crate::Validator;
use alloy::primitives::Address;
use edgeloom_bls::{SecretKey, aggregate_signatures};

mod votes;

fn keys() -> Vec<SecretKey> {
    (0..4u8).map(|seed| SecretKey::from_seed(&[seed + 1; 32]).expect("32 bytes are enough")).collect()
}

fn committee() -> Committee {
    let keys = keys();
    let validators = keys.iter().enumerate().map(|(seat, key)| Validator {
        identity: B256::with_last_byte(seat as u8),
        voting_key: key.public_key().to_bytes().into(),
        possession: key.prove_possession().to_bytes().into(),
        beneficiary: Address::ZERO,
    });
    Committee::new(validators.collect()).expect("keys are proved")
}

fn certificate(genesis: B256, signers: &[usize]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for field in [0, 300, 299] {
        write_varint(&mut bytes, field);
    }
    bytes.extend([0xab; 32]);
    let message = Namespace::new(genesis, Epoch::new(0)).message(VoteKind::Finalize, &bytes);
    let signatures: Vec<_> = signers.iter().map(|seat| keys()[*seat].sign(&message)).collect();
    bytes.extend(4u64.to_be_bytes());
    bytes.push(signers.iter().fold(0, |bits, seat| bits | 1 << seat));
    bytes.extend(aggregate_signatures(&signatures).expect("not empty").to_bytes());
    bytes
}

#[test]
fn a_quorum_verifies_and_fewer_do_not() {
    let genesis = B256::repeat_byte(1);
    let full = Certificate::decode(&certificate(genesis, &[0, 2, 3])).expect("well-formed");
    assert_eq!((full.view, full.parent_view, full.block_hash), (300, 299, B256::repeat_byte(0xab)));
    assert_eq!(full.verify(genesis, &committee()), Ok(()));
    assert_eq!(full.verify(B256::repeat_byte(2), &committee()), Err(CertificateError::Signature));
    let few = Certificate::decode(&certificate(genesis, &[0, 2])).expect("well-formed");
    assert_eq!(few.verify(genesis, &committee()), Err(CertificateError::Quorum { signers: 2, quorum: 3 }));
}

#[test]
fn every_flipped_bit_and_every_truncation_is_rejected() {
    let genesis = B256::repeat_byte(1);
    let (bytes, committee) = (certificate(genesis, &[0, 1, 2]), committee());
    let accepted = |bytes: &[u8]| {
        Certificate::decode(bytes).is_ok_and(|certificate| certificate.verify(genesis, &committee).is_ok())
    };
    assert!(accepted(&bytes));
    for cut in 0..bytes.len() {
        assert!(!accepted(&bytes[..cut]), "accepted {cut} bytes");
    }
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(!accepted(&flipped), "accepted with bit {bit} flipped");
    }
}

#[test]
fn a_possession_proof_of_another_key_makes_no_committee() {
    let [a, b]: [SecretKey; 2] = [1, 2].map(|seed| SecretKey::from_seed(&[seed; 32]).expect("enough bytes"));
    let copied = Validator {
        identity: B256::ZERO,
        voting_key: a.public_key().to_bytes().into(),
        possession: b.prove_possession().to_bytes().into(),
        beneficiary: Address::ZERO,
    };
    let refused = Committee::new(vec![copied]).map(|_| ());
    assert_eq!(refused, Err(crate::CommitteeError::Possession(B256::ZERO)));
}

#[test]
fn quorums() {
    assert_eq!([1, 2, 3, 4, 7, 31].map(quorum), [1, 2, 3, 3, 5, 21]);
}
