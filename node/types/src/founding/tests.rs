use super::*;
use alloy::primitives::{Address, FixedBytes};

fn founding() -> Founding {
    let seat = |number: u8| Seat {
        identity: B256::repeat_byte(number),
        voting_key: FixedBytes::repeat_byte(number + 1),
        beneficiary: Address::repeat_byte(number + 2),
    };
    Founding {
        chain_id: 1,
        block_time_ms: 2,
        heartbeat_ms: 3,
        leader_timeout_ms: 4,
        epoch_length: NonZeroU64::new(5).unwrap(),
        seats: vec![seat(1), seat(4)],
    }
}

#[test]
fn it_survives_its_bytes() {
    let bytes = founding().encode();
    assert_eq!(bytes.len(), 48 + 2 * 100);
    assert_eq!(Founding::decode(&bytes), Some(founding()));
    assert_eq!(founding().commitment(), keccak256(bytes));
}

#[test]
fn other_bytes_are_none() {
    let bytes = founding().encode();
    for length in 0..bytes.len() {
        assert_eq!(Founding::decode(&bytes[..length]), None, "{length}");
    }
    assert_eq!(Founding::decode(&[&bytes[..], &[0]].concat()), None);
    let with = |at: usize, value: u8| {
        let mut changed = bytes.clone();
        changed[at] = value;
        Founding::decode(&changed)
    };
    assert_eq!(with(39, 0), None, "epochs of no blocks");
    assert_eq!(with(47, 1), None, "one seat, where there are two");
    let crowd = Founding { seats: vec![founding().seats[0].clone(); 32], ..founding() };
    assert_eq!(Founding::decode(&crowd.encode()), None);
}
