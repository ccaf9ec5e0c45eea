use super::*;
use alloy::primitives::{Address, B256};
use curve25519_dalek::{Scalar, constants::ED25519_BASEPOINT_POINT};
use edgeloom_bls::SecretKey;

fn seat(number: u8) -> Seat {
    let key = SecretKey::from_seed(&[number; 32]).expect("32 bytes are enough");
    let points = [1_u64, 2].map(|times| ED25519_BASEPOINT_POINT * Scalar::from(times));
    let mut identities = points.map(|point| B256::from(point.compress().to_bytes()));
    identities.sort_unstable();
    Seat {
        identity: identities[usize::from(number)],
        voting_key: key.public_key().to_bytes().into(),
        beneficiary: Address::repeat_byte(number),
    }
}

#[test]
fn what_is_encoded_is_decoded_and_nothing_else() {
    let rules = EpochRules { gas_limit: 1, block_time_ms: 2, heartbeat_ms: 3, base_fee_floor: u64::MAX };
    let committee = Committee::elected([seat(0), seat(1)]).expect("a committee");
    let bytes = Term { committee: Arc::new(committee), rules }.encode();
    assert_eq!(bytes.len(), 4 * 8 + 2 * 100);
    let decoded = Term::decode(&bytes).expect("ours");
    assert_eq!((decoded.rules, decoded.committee.len()), (rules, 2));
    assert!(decoded.committee.seats().eq([&seat(0), &seat(1)]));
    for wrong in [&bytes[..bytes.len() - 1], &bytes[..32], &bytes[..31], &[&bytes[..], &[0]].concat()] {
        assert!(Term::decode(wrong).is_none(), "{} bytes", wrong.len());
    }
}
