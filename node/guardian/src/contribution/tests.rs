use super::*;
use crate::committee::tests::secret;
use proptest::prelude::*;

fn contribution(length: usize, scope: Scope) -> Contribution<Signature> {
    let mut signers = Bits::none(length);
    (0..length).step_by(3).for_each(|place| signers.insert(place));
    let individual = (scope == Scope::Own).then(|| secret(2).sign(b"m"));
    let (height, block_hash) = (101, [7; 32]);
    let aggregate = secret(1).sign(b"m");
    Contribution { role: Role::Headers, level: 3, scope, height, block_hash, held: 515, signers, aggregate, individual }
}

/// Ranges of 3 and 11 positions, on level 3 alone.
fn range(level: u8, scope: Scope) -> Option<usize> {
    (level == 3).then_some(if scope == Scope::Own { 11 } else { 3 })
}

#[test]
fn what_was_said_is_what_is_heard() {
    for (scope, length) in [(Scope::Own, 11), (Scope::Relayed, 3)] {
        let said = contribution(length, scope);
        let bytes = said.encode();
        assert_eq!(height_of(&bytes), Some(101));
        let heard = Contribution::decode(&bytes, range).expect("well formed");
        assert_eq!(heard.aggregate, said.aggregate.to_bytes());
        assert_eq!(heard.individual, said.individual.map(|signature| signature.to_bytes()));
        let heard = Contribution { aggregate: said.aggregate, individual: said.individual, ..said.clone() };
        assert_eq!(heard, said);
        let sent = Contribution::decode(&bytes, range).expect("well formed");
        assert_eq!((sent.role, sent.level, sent.scope, sent.held), (Role::Headers, 3, scope, 515));
        assert_eq!((sent.height, sent.block_hash, sent.signers), (101, [7; 32], said.signers));
    }
}

#[test]
fn the_bytes_are_those_of_the_rule() {
    let bytes = contribution(11, Scope::Own).encode();
    assert_eq!(bytes[..4], [1, 1, 3, 1]);
    assert_eq!(bytes[4..12], 101u64.to_be_bytes());
    assert_eq!(bytes[12..44], [7; 32]);
    assert_eq!(bytes[44..46], [2, 3]);
    assert_eq!(bytes[46..142], secret(1).sign(b"m").to_bytes());
    assert_eq!(bytes[142..238], secret(2).sign(b"m").to_bytes());
    assert_eq!(bytes[238..], [0b0100_1001, 0b0000_0010]);
}

#[test]
fn what_is_malformed_is_named() {
    let bytes = contribution(11, Scope::Own).encode();
    let with = |at: usize, byte| {
        let mut bytes = bytes.clone();
        bytes[at] = byte;
        Contribution::decode(&bytes, range).expect_err("malformed")
    };
    assert_eq!(with(0, 2), Malformed::Version(2));
    assert_eq!(with(1, 2), Malformed::Role(2));
    assert_eq!(with(2, 4), Malformed::Level(4));
    assert_eq!(with(3, 3), Malformed::Flags(3), "relayed with an individual signature");
    assert_eq!(with(3, 4), Malformed::Flags(4));
    assert_eq!(with(3, 0), Malformed::Length { expected: 144, actual: 240 });
    assert_eq!(with(239, 0b1000_0000), Malformed::Signers);
    let mut none = bytes.clone();
    none[238..].fill(0);
    assert_eq!(Contribution::decode(&none, range), Err(Malformed::Signers));
    for end in 0..bytes.len() {
        let error = Contribution::decode(&bytes[..end], range).expect_err("cut short");
        assert!(matches!(error, Malformed::Length { actual, .. } if actual == end), "{error}");
    }
    let longer = [&bytes[..], &[0]].concat();
    assert_eq!(Contribution::decode(&longer, range), Err(Malformed::Length { expected: 240, actual: 241 }));
}

#[test]
fn contributions_are_about_a_block() {
    let domain = edgeloom_bls::Domain { chain_id: 1, owner: [2; 20], role: 2, epoch: 4 };
    let heard = Contribution::decode(&contribution(11, Scope::Own).encode(), range).expect("well formed");
    assert!(heard.is_about(&Subject::new(&domain, 101, [7; 32])));
    assert!(!heard.is_about(&Subject::new(&domain, 201, [7; 32])));
    assert!(!heard.is_about(&Subject::new(&domain, 101, [8; 32])));
}

proptest! {
    /// Whatever comes, nothing panics, and what is taken is said again in the same bytes but for its signatures, which nobody looked at.
    #[test]
    fn any_bytes_are_a_contribution_or_an_error(
        mut bytes in prop::collection::vec(any::<u8>(), 0..300),
        shaped in any::<bool>(),
        flags in 0u8..4,
    ) {
        if shaped && bytes.len() > 4 {
            bytes[..4].copy_from_slice(&[1, flags & 1, 3, flags]);
            bytes.truncate(if flags & INDIVIDUAL == 0 { 144 } else { 240 });
        }
        prop_assert!(height_of(&bytes).is_none() || bytes.len() >= 12);
        if let Ok(heard) = Contribution::decode(&bytes, range) {
            prop_assert!(!heard.signers.is_empty() && heard.signers.length() <= 11);
            prop_assert_eq!(height_of(&bytes), Some(heard.height));
            prop_assert!(bytes.ends_with(&heard.signers.to_bytes()));
        }
    }
}
