use super::*;
use edgeloom_bls::SecretKey;

fn key(seed: u8) -> FixedBytes<48> {
    SecretKey::from_seed(&[seed; 32]).expect("enough bytes").public_key().to_bytes().into()
}

/// Of y, as ed25519 encodes it. On the curve are 1, 3, 4, 5, 6 and 32; not on it 2 and 7.
fn identity(y: u8) -> B256 {
    let mut bytes = [0; 32];
    bytes[0] = y;
    B256::from(bytes)
}

fn seat(y: u8, seed: u8) -> Seat {
    Seat { identity: identity(y), voting_key: key(seed), beneficiary: Address::repeat_byte(y) }
}

#[test]
fn those_elected_can_all_vote_or_there_is_no_committee() {
    let elected = [seat(1, 5), seat(3, 3), seat(5, 1)];
    let committee = Committee::elected(elected.clone()).expect("all can vote");
    assert_eq!(committee.seats().cloned().collect::<Vec<_>>(), elected);
    assert_eq!(committee.seat_of(&identity(3)), Some(&seat(3, 3)));
    assert_eq!(committee.seat_of(&identity(4)), None);

    let no_key = Seat { voting_key: FixedBytes::ZERO, ..seat(3, 0) };
    assert!(Committee::elected([seat(1, 5), no_key, seat(5, 1)]).is_none(), "no voting key");
    assert!(Committee::elected([seat(1, 5), seat(2, 3), seat(5, 1)]).is_none(), "no ed25519 key");
    assert!(Committee::elected([seat(1, 5), seat(3, 3), seat(5, 3)]).is_none(), "a voting key twice");
    assert!(Committee::elected([seat(1, 5), seat(1, 3)]).is_none(), "an identity twice");
    assert!(Committee::elected([seat(3, 5), seat(1, 3)]).is_none(), "not in order");
    assert!(Committee::elected([]).is_none(), "nobody");
}

#[test]
fn a_certificate_says_which_seats_signed() {
    let mut bytes = vec![0x81, 1, 9, 8];
    bytes.extend([7; 32]);
    bytes.extend(31u64.to_be_bytes());
    bytes.extend([0b1000_0001, 0, 0, 0b0100_0000]);
    bytes.extend([5; 96]);
    let included = crate::Included::read(&bytes).expect("well formed");
    assert_eq!(included, crate::Included { epoch: crate::Epoch::new(129), seats: 1 | 1 << 7 | 1 << 30 });
    assert!(crate::Included::read(&bytes[..bytes.len() - 1]).is_err());
}
