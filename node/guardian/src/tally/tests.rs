use super::*;
use crate::committee::tests::{committee, secret};

const MESSAGE: &[u8] = b"m";

fn sign(committee: &Committee, range: &Range<usize>, places: &[usize]) -> (Bits, Signature) {
    let mut signers = Bits::none(range.len());
    places.iter().for_each(|place| signers.insert(*place));
    let member =
        |place: &usize| committee.member(committee.position(range.start + place).expect("there")).expect("there").place;
    let signatures: Vec<_> = places.iter().map(|place| secret(member(place)).sign(MESSAGE)).collect();
    (signers, aggregate_signatures(&signatures).expect("some"))
}

/// The best part has to be what its signers signed, whatever was added.
fn assert_best(committee: &Committee, tally: &Tally, places: &[usize]) {
    let best = tally.best().expect("something");
    assert_eq!(best.signers.iter().collect::<Vec<_>>(), places);
    let (key, _) = committee.key_sum(&tally.range, &best.signers);
    assert!(best.aggregate.verify(&key.key().expect("keys"), MESSAGE), "{best:?} does not verify");
    assert_eq!(best.stake, committee.stake_in(&tally.range, &best.signers));
    assert_eq!((tally.stake(), tally.count()), (best.stake, places.len()));
}

fn add(committee: &Committee, tally: &mut Tally, places: &[usize], single: Option<usize>) {
    let (signers, aggregate) = sign(committee, &tally.range, places);
    let individual = single.map(|place| (place, sign(committee, &tally.range, &[place]).1));
    let (before, gain) = (tally.stake(), tally.gain(committee, &signers, single));
    tally.add(committee, &signers, aggregate, individual);
    assert_eq!(tally.stake() - before, gain, "what was foretold for {places:?}");
}

#[test]
fn disjoint_parts_add_up() {
    let committee = committee(16);
    let mut tally = Tally::new(8..16);
    add(&committee, &mut tally, &[0, 2], None);
    add(&committee, &mut tally, &[5, 7], None);
    assert_best(&committee, &tally, &[0, 2, 5, 7]);
}

#[test]
fn of_parts_that_overlap_the_one_with_more_stake_stays_and_singles_fill_its_gaps() {
    let committee = committee(16);
    let mut tally = Tally::new(8..16);
    add(&committee, &mut tally, &[0, 1, 2], None);
    add(&committee, &mut tally, &[2, 3], None);
    assert_best(&committee, &tally, &[0, 1, 2]);
    // Overlaps, and has the signature of a single one that the best lacks.
    add(&committee, &mut tally, &[2, 3], Some(3));
    assert_best(&committee, &tally, &[0, 1, 2, 3]);
    add(&committee, &mut tally, &[0, 1, 2, 4, 5], None);
    assert_best(&committee, &tally, &[0, 1, 2, 3, 4, 5]);
    add(&committee, &mut tally, &[0, 1], None);
    assert_best(&committee, &tally, &[0, 1, 2, 3, 4, 5]);
}

#[test]
fn stake_counts_and_not_heads() {
    let member =
        |place| crate::Member { place, key: secret(place).public_key(), stake: if place == 0 { 1_000 } else { 1 } };
    let committee = Committee::new(8, (0..8).map(member).collect(), [1; 32]).expect("a committee");
    let rich = committee.position_of(0).expect("there").index();
    let range = if rich < 4 { 0..4 } else { 4..8 };
    let rich = rich - range.start;
    let mut others: Vec<_> = (0..4).filter(|place| *place != rich).collect();
    let mut tally = Tally::new(range);
    add(&committee, &mut tally, &others, None);
    let mut few = vec![rich, others.pop().expect("three")];
    few.sort_unstable();
    add(&committee, &mut tally, &few, None);
    assert_best(&committee, &tally, &few);
}

#[test]
fn signatures_that_cancel_out_do_not_join() {
    let committee = committee(16);
    let mut tally = Tally::new(8..16);
    // The signature of minus the secret: the order less it.
    let order = [
        0x73, 0xed, 0xa7, 0x53, 0x29, 0x9d, 0x7d, 0x48, 0x33, 0x39, 0xd8, 0x08, 0x09, 0xa1, 0xd8, 0x05, 0x53, 0xbd,
        0xa4, 0x02, 0xff, 0xfe, 0x5b, 0xfe, 0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x01,
    ];
    let mut negative = order;
    negative[31] = 0;
    let minus_one = edgeloom_bls::SecretKey::from_bytes(&negative).expect("the order less one");
    let mut one = [0; 32];
    one[31] = 1;
    let one = edgeloom_bls::SecretKey::from_bytes(&one).expect("one");
    let bits = |place| {
        let mut bits = Bits::none(8);
        bits.insert(place);
        bits
    };
    tally.add(&committee, &bits(1), one.sign(MESSAGE), None);
    tally.add(&committee, &bits(0), minus_one.sign(MESSAGE), None);
    assert_eq!(tally.count(), 1, "there is no aggregate of both");
}
