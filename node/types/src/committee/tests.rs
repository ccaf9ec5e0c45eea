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
fn who_cannot_vote_has_no_seat_and_the_others_keep_their_places() {
    let no_key = Seat { voting_key: FixedBytes::ZERO, ..seat(6, 0) };
    let elected = [seat(5, 1), seat(2, 2), no_key, seat(3, 3), seat(3, 4), seat(4, 1), seat(1, 5)];
    let committee = Committee::elected(elected).expect("three can vote");
    let seats: Vec<_> = committee.seats().cloned().collect();
    assert_eq!(seats, [seat(1, 5), seat(3, 3), seat(5, 1)]);
    assert_eq!([0, 1, 2, 3].map(|seat| committee.place(seat)), [Some(6), Some(3), Some(0), None]);
    assert_eq!(committee.seat_of(&identity(3)), Some(&seat(3, 3)));
    assert_eq!(committee.seat_of(&identity(4)), None);
    assert!(Committee::elected([seat(2, 1), seat(7, 2)]).is_none());
}

#[test]
fn nobody_is_elected_beyond_the_most_seats() {
    let many = (1..=Committee::MAX_SEATS as u8 + 1).map(|y| seat(y, y));
    let committee = Committee::elected(many).expect("some can vote");
    assert!(committee.seats().all(|seat| seat.identity != identity(32)));
}
