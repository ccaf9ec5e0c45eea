//! Snapshots from bytes, and bytes that are none.

use super::key;
use crate::{CHUNK_PLACES, Manifest, PLACES_MAX, Signers, SignersError, SnapshotError, Tally};

fn manifest(places: usize, chunks: usize) -> Vec<u8> {
    let mut code = b"\0BLS1".to_vec();
    code.extend((places as u32).to_be_bytes());
    code.extend(key(1).public_key().to_stored());
    for chunk in 0..chunks {
        code.extend([chunk as u8; 20]);
        code.extend([chunk as u8 + 100; 20]);
    }
    code
}

#[test]
fn a_manifest_names_as_many_chunks_as_its_places_take() {
    let parsed = Manifest::parse(&manifest(CHUNK_PLACES + 1, 2)).expect("well formed");
    assert_eq!(parsed.places(), CHUNK_PLACES + 1);
    assert_eq!(parsed.aggregate().key(), Some(key(1).public_key()));
    let chunks: Vec<_> = parsed.chunks().iter().map(|chunk| (chunk.keys_at, chunk.stakes_at, chunk.places)).collect();
    assert_eq!(chunks, [([0; 20], [100; 20], CHUNK_PLACES), ([1; 20], [101; 20], 1)]);
    assert_eq!(Manifest::parse(&manifest(0, 0)).expect("nobody").chunks(), []);
    assert_eq!(Manifest::parse(&manifest(PLACES_MAX, 64)).expect("the most").chunks().len(), 64);
    for (places, chunks) in [(0, 1), (1, 0), (CHUNK_PLACES, 2), (CHUNK_PLACES + 1, 1), (PLACES_MAX + 1, 65)] {
        assert_eq!(Manifest::parse(&manifest(places, chunks)), Err(SnapshotError::Manifest), "{places}, {chunks}");
    }
}

#[test]
fn nothing_else_is_a_manifest() {
    let right = manifest(3, 1);
    let cut = (0..right.len()).map(|length| right[..length].to_vec());
    let longer = [&right[..], &[0]].concat();
    let magic = (0..5).map(|index| {
        let mut wrong = right.clone();
        wrong[index] ^= 1;
        wrong
    });
    for wrong in cut.chain(magic).chain([longer]) {
        assert_eq!(Manifest::parse(&wrong), Err(SnapshotError::Manifest));
    }
    let mut infinity = right;
    infinity[9..105].fill(0);
    assert_eq!(Manifest::parse(&infinity).expect("nobody has stake").aggregate().key(), None);
}

#[test]
fn chunks_have_a_record_for_each_place() {
    let chunk = Manifest::parse(&manifest(2, 1)).expect("well formed").chunks()[0];
    let stakes = [&[0][..], &7u64.to_be_bytes(), &u64::MAX.to_be_bytes()].concat();
    assert_eq!(chunk.stakes(&stakes).expect("two").collect::<Vec<_>>(), [7, u64::MAX]);
    let keys = [&[0][..], &key(1).public_key().to_stored(), &[0; 96]].concat();
    assert_eq!(chunk.keys(&keys, [0, 0]), Ok(vec![key(1).public_key(); 2]));
    for place in [1, 2] {
        assert_eq!(chunk.keys(&keys, [0, place]), Err(SnapshotError::Key { place }));
    }
    let wrong = Err(SnapshotError::Chunk { places: 2 });
    for code in [&[][..], &stakes[1..], &stakes[..16], &[&stakes[..], &[0]].concat(), &keys] {
        assert_eq!(chunk.stakes(code).map(|_| ()), wrong.clone());
    }
    assert_eq!(chunk.keys(&stakes, [0]).map(|_| ()), wrong);
}

#[test]
fn a_tally_counts_members_by_place() {
    let stakes = [5, 0, u64::MAX, 1, 0, 0, 0, 0, 2];
    let tally = |bytes: &[u8]| Tally::of(&Signers::bitmap(bytes, stakes.len())?, &stakes);
    let counted = tally(&[0b101, 1]).expect("members");
    assert_eq!(counted.present, [(0, 1), (2, 1), (8, 1)]);
    assert_eq!(counted.absent, [3]);
    assert_eq!(counted.signed_stake, 5 + u128::from(u64::MAX) + 2);
    assert_eq!(counted.total_stake, counted.signed_stake + 1);
    for (bytes, place) in [([0b10, 0], 1), ([0, 0b10], 9), ([0, 0x80], 15)] {
        assert_eq!(tally(&bytes), Err(SignersError::NotAMember { place }));
    }
    for bytes in [&[][..], &[1], &[1, 0, 0]] {
        assert_eq!(tally(bytes), Err(SignersError::Length { expected: 2, actual: bytes.len() }));
    }
}

#[test]
fn multiplicities_are_two_bytes_a_place() {
    let stakes = [5, 0, 7];
    let tally = |bytes: &[u8]| Tally::of(&Signers::multiplicities(bytes, stakes.len())?, &stakes);
    let counted = tally(&[1, 2, 0, 0, 0, 0]).expect("members");
    assert_eq!((counted.present, counted.absent, counted.signed_stake), (vec![(0, 0x102)], vec![2], 5));
    assert_eq!(tally(&[0, 0, 0, 1, 0, 0]), Err(SignersError::NotAMember { place: 1 }));
    assert_eq!(tally(&[0; 5]), Err(SignersError::Length { expected: 6, actual: 5 }));
}
