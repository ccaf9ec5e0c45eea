//! Receipts: what clients sign, what a settlement of many of them says, and what it does not.

use super::key;
use crate::{
    Amounts, AmountsError, BlsError, DIGITS, Domain, PublicKey, SecretKey, Signature, Terms, UNITS_MAX,
    aggregate_signatures, hash_to_g1,
};
use std::collections::BTreeSet;

const TERMS: Terms = Terms {
    clients: Domain { chain_id: 7, owner: [0xaa; 20], role: 5, epoch: 3 },
    server: [0xbb; 20],
    content_root: [0xcc; 32],
    unit_bytes: 1 << 20,
    serial: 9,
};

/// Any function of the bytes serves, as long as it is one that tells them apart: the curve's is here already.
fn hash(bytes: &[u8]) -> [u8; 32] {
    *hash_to_g1(bytes, b"test").expect("a short tag").last_chunk().expect("128 bytes")
}

fn receipt(client: u8, units: u8) -> Signature {
    TERMS.sign(&key(client), units, hash).expect("1 to 31 units")
}

/// What a settlement of these amounts, at places that are the clients' numbers, says of the receipts.
fn settles(terms: &Terms, amounts: &[u8], receipts: &[Signature]) -> bool {
    let amounts = Amounts::of(amounts, &vec![1; amounts.len()]).expect("members");
    let keys: Vec<_> = amounts.places().map(|place| key(place as u8).public_key()).collect();
    terms.verify(&amounts, &keys, &aggregate_signatures(receipts).expect("receipts"), hash)
}

#[test]
fn a_message_names_everything_that_the_receipt_is_of() {
    let other = |change: fn(&mut Terms)| {
        let mut terms = TERMS;
        change(&mut terms);
        terms
    };
    let terms = [
        TERMS,
        other(|terms| terms.clients.chain_id = 8),
        other(|terms| terms.clients.owner[0] ^= 1),
        other(|terms| terms.clients.role = 6),
        other(|terms| terms.clients.epoch = 4),
        other(|terms| terms.server[19] ^= 1),
        other(|terms| terms.content_root[31] ^= 1),
        other(|terms| terms.unit_bytes += 1),
        other(|terms| terms.serial = 10),
    ];
    let messages = terms.iter().flat_map(|terms| (0..DIGITS).map(|digit| terms.message(digit, hash)));
    assert_eq!(messages.collect::<BTreeSet<_>>().len(), terms.len() * DIGITS as usize);
    let receipts = [receipt(1, 5), receipt(2, 3)];
    for (index, terms) in terms.iter().enumerate() {
        assert_eq!(settles(terms, &[0, 5, 3], &receipts), index == 0, "{terms:?}");
    }
}

#[test]
fn the_payload_is_the_hash_of_six_words() {
    let mut expected = b"edgeloom/receipt/1".to_vec();
    expected.resize(32 + 12, 0);
    expected.extend([0xbb; 20]);
    expected.extend([0xcc; 32]);
    for word in [1u64 << 20, 9, 4] {
        expected.extend([0; 24]);
        expected.extend(word.to_be_bytes());
    }
    let hashed = TERMS.message(4, |bytes| {
        assert_eq!(bytes, expected);
        [0xdd; 32]
    });
    assert_eq!(hashed, TERMS.clients.message(&[0xdd; 32]));
}

#[test]
fn one_aggregate_settles_exactly_the_amounts_that_were_signed() {
    // Every digit, none in common, all in common, and a client in the midst who took no part.
    let amounts = [UNITS_MAX, 1, 0, 16, 10, 21, UNITS_MAX];
    let receipts: Vec<_> = amounts
        .iter()
        .zip(0..)
        .filter(|(units, _)| **units > 0)
        .map(|(units, client)| receipt(client, *units))
        .collect();
    assert!(settles(&TERMS, &amounts, &receipts));
    for place in 0..amounts.len() {
        for units in (0..=UNITS_MAX).filter(|units| *units != amounts[place]).step_by(5) {
            let mut wrong = amounts;
            wrong[place] = units;
            assert!(!settles(&TERMS, &wrong, &receipts), "{units} units at place {place}");
        }
    }
    let mut swapped = amounts;
    swapped.swap(1, 3);
    assert!(!settles(&TERMS, &swapped, &receipts));
    assert!(!settles(&TERMS, &amounts, &receipts[1..]), "a receipt is missing");
    let twice = [&receipts[..], &receipts[..1]].concat();
    assert!(!settles(&TERMS, &amounts, &twice), "a receipt is there twice");
}

#[test]
fn every_single_amount_settles() {
    for units in 1..=UNITS_MAX {
        assert!(settles(&TERMS, &[0, units], &[receipt(1, units)]), "{units}");
    }
}

/// Why a client signs once under the same terms (R3).
#[test]
fn two_receipts_under_the_same_terms_are_one_of_both() {
    assert!(settles(&TERMS, &[0, 3], &[receipt(1, 1), receipt(1, 2)]));
    let next = Terms { serial: 10, ..TERMS };
    let later = next.sign(&key(1), 2, hash).expect("two units");
    assert!(!settles(&TERMS, &[0, 3], &[receipt(1, 1), later]));
    assert!(settles(&next, &[0, 2], &[later]));
}

#[test]
fn amounts_are_a_byte_for_each_place_and_of_members_alone() {
    let stakes = [5, 0, u64::MAX];
    let amounts = Amounts::of(&[3, 0, UNITS_MAX], &stakes).expect("members");
    assert_eq!((amounts.places().collect::<Vec<_>>(), amounts.units(), amounts.digits()), (vec![0, 2], 34, DIGITS));
    let nobody = Amounts::of(&[0; 3], &stakes).expect("nobody");
    assert_eq!((nobody.places().len(), nobody.units(), nobody.digits()), (0, 0, 0));
    assert_eq!(Amounts::of(&[0, 8, 8], &[1; 3]).expect("members").digits(), 1);
    for actual in [0, 2, 4] {
        let length = AmountsError::Length { expected: 3, actual };
        assert_eq!(Amounts::of(&vec![0; actual], &stakes), Err(length));
    }
    assert_eq!(Amounts::of(&[0, 1, 0], &stakes), Err(AmountsError::NotAMember { place: 1 }));
    for units in [UNITS_MAX + 1, u8::MAX] {
        assert_eq!(Amounts::of(&[0, 0, units], &stakes), Err(AmountsError::Units { place: 2, units }));
    }
}

#[test]
fn nobodys_receipt_and_too_large_a_one_are_not_signed() {
    assert_eq!(TERMS.sign(&key(1), 0, hash), Err(BlsError::Empty));
    assert_eq!(TERMS.sign(&key(1), UNITS_MAX + 1, hash), Err(BlsError::Units(UNITS_MAX + 1)));
}

#[test]
fn a_settlement_without_clients_or_without_their_keys_is_wrong() {
    assert!(!settles(&TERMS, &[], &[receipt(1, 1)]));
    assert!(!settles(&TERMS, &[0; 3], &[receipt(1, 1)]));
    let amounts = Amounts::of(&[1, 1], &[1, 1]).expect("members");
    let signature = aggregate_signatures(&[receipt(0, 1), receipt(1, 1)]).expect("two");
    let keys = [0, 1, 2].map(|client| key(client).public_key());
    assert!(TERMS.verify(&amounts, &keys[..2], &signature, hash));
    assert!(!TERMS.verify(&amounts, &keys[..1], &signature, hash));
    assert!(!TERMS.verify(&amounts, &keys, &signature, hash));
}

/// The key whose secret is the other's negated: y is p - y.
fn negated(secret: &SecretKey) -> PublicKey {
    let mut bytes = secret.public_key().to_bytes();
    bytes[0] ^= 0x20;
    PublicKey::from_bytes(&bytes).expect("a point of the subgroup")
}

#[test]
fn keys_that_cancel_out_in_a_digit_settle_nothing() {
    let keys = [key(1).public_key(), negated(&key(1)), key(2).public_key()];
    let settle = |amounts: &[u8], receipt: &Signature| {
        let amounts = Amounts::of(amounts, &[1; 3]).expect("members");
        TERMS.verify(&amounts, &keys, receipt, hash)
    };
    // Digit 0 is nobody's in the sum, and everything verifies with infinity.
    assert!(!settle(&[1, 1, 2], &receipt(2, 2)));
    assert!(!settle(&[3, 3, 2], &receipt(2, 2)));
    // Who takes part beside them signs for itself.
    assert!(settle(&[1, 1, 1], &receipt(2, 1)));
    assert!(!settle(&[1, 1, 1], &receipt(2, 2)));
}

#[test]
fn a_set_is_named_in_one_way_and_has_a_role() {
    let mut set = [0; 32];
    set[..20].fill(0xaa);
    assert_eq!(Domain::of_set(7, &set, 3), None, "role 0");
    set[31] = 5;
    assert_eq!(Domain::of_set(7, &set, 3), Some(TERMS.clients));
    for place in 20..31 {
        let mut wrong = set;
        wrong[place] = 1;
        assert_eq!(Domain::of_set(7, &wrong, 3), None, "byte {place}");
    }
}
