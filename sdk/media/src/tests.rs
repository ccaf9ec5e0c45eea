use crate::{ContentKey, Envelope, Manifest, MediaError, PIECE_BYTES, POINT_BYTES, Part, Quorum, Share, WRAP_BYTES};
use chacha20poly1305::{
    ChaCha20Poly1305, Nonce,
    aead::{Aead as _, KeyInit as _, Payload},
};
use k256::{SecretKey, elliptic_curve::rand_core::OsRng};
use proptest::prelude::*;

const EPOCH: [u8; 32] = [7; 32];
const NEXT: [u8; 32] = [8; 32];

fn manifest(media: &[u8], mime: &str) -> Result<Manifest, MediaError> {
    let mut making = Manifest::making();
    media.chunks(PIECE_BYTES).for_each(|piece| making.add(piece));
    making.done(mime)
}

fn parts(shares: &[Share], epoch: &[u8; 32]) -> Vec<Part> {
    shares.iter().map(|share| share.sign(epoch)).collect()
}

#[test]
fn any_quorum_opens_an_epoch_and_no_other() {
    let (quorum, shares) = Quorum::deal(7).unwrap();
    assert_eq!(quorum.threshold(), 5);
    let key = ContentKey::random();
    let wrapped = quorum.wrap(&EPOCH, &key).unwrap();
    assert_eq!(wrapped.len(), WRAP_BYTES);
    for first in 0..3 {
        let signature = quorum.combine(&EPOCH, &parts(&shares[first..first + 5], &EPOCH)).unwrap();
        assert_eq!(signature.open(&wrapped).unwrap().as_bytes(), key.as_bytes());
    }
    let next = quorum.combine(&NEXT, &parts(&shares[..5], &NEXT)).unwrap();
    assert_eq!(next.open(&wrapped).unwrap_err(), MediaError::Wrap, "what opened one epoch opens no other");
}

#[test]
fn fewer_than_a_quorum_open_nothing() {
    let (quorum, shares) = Quorum::deal(4).unwrap();
    let mut some = parts(&shares[..2], &EPOCH);
    let too_few = MediaError::TooFewParts { have: 2, need: 3 };
    assert_eq!(quorum.combine(&EPOCH, &some).unwrap_err(), too_few);
    some.push(some[0].clone());
    assert_eq!(quorum.combine(&EPOCH, &some).unwrap_err(), too_few, "a node counts once");
    some.push(shares[2].sign(&NEXT));
    assert_eq!(quorum.combine(&EPOCH, &some).unwrap_err(), too_few, "a part of another epoch is none");
    let (_, others) = Quorum::deal(4).unwrap();
    some.push(others[3].sign(&EPOCH));
    assert_eq!(quorum.combine(&EPOCH, &some).unwrap_err(), too_few, "nor is one of another secret");
}

#[test]
fn a_wrong_part_is_found_and_left_out() {
    let (quorum, shares) = Quorum::deal(4).unwrap();
    let lie = Part::from_bytes(0, &shares[1].sign(&EPOCH).to_bytes()).unwrap();
    assert!(!quorum.verify(&EPOCH, &lie));
    let mut all = vec![lie];
    all.extend(parts(&shares[1..], &EPOCH));
    let key = ContentKey::random();
    let wrapped = quorum.wrap(&EPOCH, &key).unwrap();
    assert_eq!(quorum.combine(&EPOCH, &all).unwrap().open(&wrapped).unwrap().as_bytes(), key.as_bytes());
}

#[test]
fn commitments_say_what_a_share_is() {
    let (quorum, shares) = Quorum::deal(10).unwrap();
    let read = Quorum::new(&quorum.commitments(), 10).unwrap();
    assert_eq!(read, quorum);
    for share in &shares {
        assert!(read.holds(&Share::from_bytes(share.node(), &share.to_bytes()).unwrap()));
        let moved = Share::from_bytes((share.node() + 1) % 10, &share.to_bytes()).unwrap();
        assert!(!read.holds(&moved), "of another node");
    }
    assert!(!read.holds(&Share::from_bytes(10, &shares[0].to_bytes()).unwrap()), "of no node");
}

#[test]
fn what_is_no_quorum_is_refused() {
    assert_eq!(Quorum::deal(0).unwrap_err(), MediaError::Nodes(0));
    assert_eq!(Quorum::deal(33).unwrap_err(), MediaError::Nodes(33));
    let (quorum, _) = Quorum::deal(4).unwrap();
    let right = quorum.commitments();
    assert_eq!(right.len(), 3 * POINT_BYTES);
    for wrong in [&right[1..], &[][..], &[0; POINT_BYTES][..]] {
        assert_eq!(Quorum::new(wrong, 4).unwrap_err(), MediaError::Commitments);
    }
    assert_eq!(Quorum::new(&right, 2).unwrap_err(), MediaError::Commitments, "more coefficients than nodes");
    assert_eq!(Quorum::new(&right, 33).unwrap_err(), MediaError::Nodes(33));
    assert_eq!(Share::from_bytes(0, &[0; 32]).unwrap_err(), MediaError::Share);
    assert_eq!(Share::from_bytes(0, &[255; 32]).unwrap_err(), MediaError::Share);
    assert_eq!(Part::from_bytes(0, &[0; 96]).unwrap_err(), MediaError::Part);
    assert_eq!(Part::from_bytes(0, &[]).unwrap_err(), MediaError::Part);
}

#[test]
fn a_changed_wrap_opens_nothing() {
    let (quorum, shares) = Quorum::deal(1).unwrap();
    let wrapped = quorum.wrap(&EPOCH, &ContentKey::random()).unwrap();
    let signature = quorum.combine(&EPOCH, &parts(&shares, &EPOCH)).unwrap();
    for place in [0, POINT_BYTES, POINT_BYTES + 32, WRAP_BYTES - 1] {
        let mut changed = wrapped;
        changed[place] ^= 1;
        assert_eq!(signature.open(&changed).unwrap_err(), MediaError::Wrap);
    }
    assert_eq!(signature.open(&wrapped[1..]).unwrap_err(), MediaError::Wrap);
}

#[test]
fn pieces_come_back_as_they_were_and_only_by_their_key_and_place() {
    let media: Vec<u8> = (0..PIECE_BYTES * 2 + 5).map(|at| ((at * 31) >> 3) as u8).collect();
    let made = manifest(&media, "video/mp4").unwrap();
    let read = Manifest::parse(&made.to_json(), made.root()).unwrap();
    assert_eq!((read.mime(), read.bytes(), read.pieces()), ("video/mp4", media.len() as u64, 3));
    let (key, other) = (ContentKey::random(), ContentKey::random());
    let mut whole = Vec::new();
    for piece in 0..read.pieces() {
        let range = read.range(piece);
        let plain = &media[range.start as usize..range.end as usize];
        let cipher = made.encrypt(&key, piece, plain).unwrap();
        assert_eq!(read.decrypt(&other, piece, &cipher).unwrap_err(), MediaError::Piece(piece));
        assert!(read.decrypt(&key, (piece + 1) % 3, &cipher).is_err(), "at another place");
        whole.extend(read.decrypt(&key, piece, &cipher).unwrap());
    }
    assert_eq!(whole, media);
    let swapped = encrypted(&made, &key, &media[1..=PIECE_BYTES]);
    assert_eq!(read.decrypt(&key, 0, &swapped).unwrap_err(), MediaError::Piece(0), "rightly encrypted, and another");
    assert_eq!(read.decrypt(&key, 3, &swapped).unwrap_err(), MediaError::Piece(3), "there is no fourth");
}

/// As the first piece, whatever the manifest says.
fn encrypted(manifest: &Manifest, key: &ContentKey, plain: &[u8]) -> Vec<u8> {
    let payload = Payload { msg: plain, aad: manifest.root() };
    ChaCha20Poly1305::new(key.as_bytes().into()).encrypt(&Nonce::default(), payload).unwrap()
}

#[test]
fn what_the_manifest_does_not_say_is_never_encrypted() {
    let made = manifest(b"a song", "audio/ogg").unwrap();
    let key = ContentKey::random();
    made.encrypt(&key, 0, b"a song").unwrap();
    assert_eq!(made.encrypt(&key, 0, b"a sang").unwrap_err(), MediaError::Piece(0), "the file was changed");
    assert_eq!(made.encrypt(&key, 1, b"a song").unwrap_err(), MediaError::Piece(1), "there is no second");
}

#[test]
fn a_piece_is_as_long_as_its_range() {
    let mut making = Manifest::making();
    let short = vec![1; PIECE_BYTES - 1];
    making.add(&short);
    making.add(&[2; 2]);
    let made = making.done("video/mp4").unwrap();
    let key = ContentKey::random();
    let cipher = encrypted(&made, &key, &short);
    assert_eq!(made.decrypt(&key, 0, &cipher).unwrap_err(), MediaError::Piece(0), "its hash is right");
}

#[test]
fn media_are_what_a_page_shows_and_nothing_that_runs() {
    for mime in ["audio/ogg", "video/mp4; codecs=avc1", "image/png", "image/jpeg"] {
        manifest(b"a song", mime).unwrap_or_else(|error| panic!("{mime}: {error}"));
    }
    let wrong = [
        "",
        "text/html",
        "application/xhtml+xml",
        "image/svg+xml",
        "image/SVG+xml",
        "image/ svg+xml",
        "Image/svg+xml",
        "audio/x+XML",
        "audio",
        "audio/",
        "video/mp4,text/html",
        "image/png\n",
    ];
    for mime in wrong {
        assert!(matches!(manifest(b"a song", mime).unwrap_err(), MediaError::Manifest(_)), "{mime:?}");
    }
}

#[test]
fn what_is_no_manifest_is_refused() {
    let made = manifest(b"a song", "audio/ogg").unwrap();
    let json = made.to_json();
    assert_eq!(Manifest::parse(&json, &[0; 32]).unwrap_err(), MediaError::WrongRoot);
    assert_eq!(manifest(b"", "audio/ogg").unwrap_err(), MediaError::Manifest("it is of nothing"));
    assert!(manifest(b"a song", "audio/<b>").is_err());
    let parse = |text: String| Manifest::parse(text.as_bytes(), blake3::hash(text.as_bytes()).as_bytes());
    let text = String::from_utf8(json).unwrap();
    parse(text.clone()).unwrap();
    for wrong in [text.replace(":6,", ":262145,"), text.replace("mime", "name"), String::new()] {
        assert!(matches!(parse(wrong).unwrap_err(), MediaError::Manifest(_)));
    }
}

#[test]
fn an_envelope_opens_for_its_account_alone() {
    let (one, other) = (SecretKey::random(&mut OsRng), SecretKey::random(&mut OsRng));
    let sealed = Envelope::seal(&one.public_key(), b"a share", b"gate 1");
    assert_eq!(sealed.open(&one, b"gate 1").unwrap().as_slice(), b"a share");
    assert_eq!(sealed.open(&other, b"gate 1").unwrap_err(), MediaError::Envelope);
    assert_eq!(sealed.open(&one, b"gate 2").unwrap_err(), MediaError::Envelope, "about something else");
    let again = Envelope::seal(&one.public_key(), b"a share", b"gate 1");
    assert_ne!(sealed, again, "nobody sees that it is the same");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_bytes_make_anything_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), nodes in 0u32..40) {
        let _ = Quorum::new(&bytes, nodes);
        let _ = Part::from_bytes(nodes, &bytes);
        let _ = Manifest::parse(&bytes, blake3::hash(&bytes).as_bytes());
        let key = SecretKey::from_slice(&[1; 32]).unwrap();
        prop_assert!(Envelope::from_bytes(bytes.clone()).open(&key, b"").is_err());
        let (quorum, shares) = Quorum::deal(1).unwrap();
        let signature = quorum.combine(&EPOCH, &parts(&shares, &EPOCH)).unwrap();
        prop_assert!(signature.open(&bytes).is_err());
    }
}
