use super::*;

fn sample() -> ExtraData {
    ExtraData {
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
    assert_eq!(encoded.len(), ExtraData::LEN);
    assert_eq!(ExtraData::decode(&encoded), Ok(sample()));
    assert_eq!(ExtraData::decode(&ExtraData::GENESIS.encode()), Ok(ExtraData::GENESIS));
}

#[test]
fn every_other_length_version_and_second_is_refused() {
    let encoded = sample().encode().to_vec();
    assert_eq!(ExtraData::decode(&encoded[..186]), Err(ExtraDataError::Length(186)));
    assert_eq!(ExtraData::decode(&[encoded.clone(), vec![0]].concat()), Err(ExtraDataError::Length(188)));
    let mut wrong = encoded.clone();
    wrong[0] = 2;
    assert_eq!(ExtraData::decode(&wrong), Err(ExtraDataError::Version(2)));
    let mut wrong = encoded;
    wrong[1..3].copy_from_slice(&1000u16.to_be_bytes());
    assert_eq!(ExtraData::decode(&wrong), Err(ExtraDataError::Milliseconds(1000)));
}
