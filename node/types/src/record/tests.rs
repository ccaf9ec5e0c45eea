use super::*;

fn sample() -> ConsensusRecord {
    ConsensusRecord {
        milliseconds: 999,
        reveal: [7; 96],
        certificates_hash: B256::repeat_byte(3),
        epoch: 1,
        view: 2,
        parent_view: 3,
        leader: B256::repeat_byte(9),
    }
}

#[test]
fn round_trips() {
    let encoded = sample().encode();
    assert_eq!(encoded.len(), ConsensusRecord::LEN);
    assert_eq!(ConsensusRecord::decode(&encoded), Ok(sample()));
    assert_eq!(ConsensusRecord::decode(&ConsensusRecord::GENESIS.encode()), Ok(ConsensusRecord::GENESIS));
}

#[test]
fn every_other_length_version_and_second_is_refused() {
    let encoded = sample().encode();
    assert_eq!(ConsensusRecord::decode(&encoded[..186]), Err(RecordError::Length(186)));
    assert_eq!(ConsensusRecord::decode(&[&encoded[..], &[0]].concat()), Err(RecordError::Length(188)));
    let mut wrong = encoded;
    wrong[0] = 2;
    assert_eq!(ConsensusRecord::decode(&wrong), Err(RecordError::Version(2)));
    let mut wrong = encoded;
    wrong[1..3].copy_from_slice(&1000u16.to_be_bytes());
    assert_eq!(ConsensusRecord::decode(&wrong), Err(RecordError::Milliseconds(1000)));
}

#[test]
fn the_commitment_covers_every_bit_of_the_encoding() {
    let encoded = sample().encode();
    assert_eq!(sample().commitment(), keccak256(encoded));
    for bit in 0..ConsensusRecord::LEN * 8 {
        let mut flipped = encoded;
        flipped[bit / 8] ^= 1 << (bit % 8);
        let other = ConsensusRecord::decode(&flipped);
        assert!(other.is_err() || other.is_ok_and(|other| other.commitment() != sample().commitment()), "bit {bit}");
    }
}
