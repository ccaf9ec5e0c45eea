use super::*;
use alloy::primitives::{address, hex};

const AT: Address = address!("0x00000000000000000000000000000000000000aa");

/// A trailer as solc 0.8.37 writes it, around a digest of `seed`.
fn trailer(seed: u8) -> Vec<u8> {
    let mut cbor = hex!("a2646970667358221220").to_vec();
    cbor.extend([seed; 32]);
    cbor.extend(hex!("64736f6c63430008250033"));
    cbor
}

fn with(body: &[u8], trailer: &[u8]) -> Vec<u8> {
    [body, trailer].concat()
}

fn code(body: &[u8]) -> Code {
    Code { bytes: with(body, &trailer(1)), has_trailer: true, ..Code::default() }
}

/// 64 bytes none of which is zero.
fn body() -> Vec<u8> {
    (1..=64).collect()
}

#[test]
fn the_very_code_is_exact() {
    let code = code(&body());
    assert_eq!(runtime(&code, &code.bytes, AT).unwrap().verdict, Match::ExactMatch);
}

#[test]
fn one_byte_off_is_refused_and_named() {
    let code = code(&body());
    for at in [0, 31, 63] {
        let mut chain = code.bytes.clone();
        chain[at] ^= 1;
        assert_eq!(runtime(&code, &chain, AT), Err(Mismatch::Byte(at)));
    }
    let longer = with(&with(&body(), &[0xfe]), &trailer(1));
    assert_eq!(
        runtime(&code, &longer, AT),
        Err(Mismatch::Length { compiled: code.bytes.len(), chain: code.bytes.len() + 1 })
    );
    assert!(matches!(runtime(&code, &[], AT), Err(Mismatch::Length { chain: 0, .. })));
}

#[test]
fn another_metadata_hash_is_a_match() {
    let code = code(&body());
    assert_eq!(runtime(&code, &with(&body(), &trailer(2)), AT).unwrap().verdict, Match::Match);
    // Swarm's trailer is as good, though it has another length.
    let mut swarm = hex!("a265627a7a72315820").to_vec();
    swarm.extend([7; 32]);
    swarm.extend(hex!("64736f6c63430005110032"));
    assert_eq!(runtime(&code, &with(&body(), &swarm), AT).unwrap().verdict, Match::Match);
}

#[test]
fn code_without_a_hash_is_never_exact() {
    let none = Code { bytes: body(), ..Code::default() };
    assert_eq!(runtime(&none, &body(), AT).unwrap().verdict, Match::Match);
    let version_only = with(&body(), &hex!("a164736f6c6343000825000a"));
    let code = Code { bytes: version_only.clone(), has_trailer: true, ..Code::default() };
    assert_eq!(runtime(&code, &version_only, AT).unwrap().verdict, Match::Match);
}

#[test]
fn a_literal_at_the_end_is_no_trailer_when_the_compiler_appends_none() {
    let code = Code { has_trailer: false, ..code(&body()) };
    let chain = with(&body(), &trailer(2));
    assert!(matches!(runtime(&code, &chain, AT), Err(Mismatch::Byte(_))));
}

#[test]
fn immutables_take_the_values_of_the_chain() {
    let mut code = code(&with(&body(), &[0; 64]));
    code.immutables.insert("7".into(), vec![64..96, 96..128]);
    let mut chain = code.bytes.clone();
    chain[64..96].fill(5);
    chain[96..128].fill(5);
    let found = runtime(&code, &chain, AT).unwrap();
    assert_eq!((found.verdict, found.immutables["7"].as_ref()), (Match::ExactMatch, &[5; 32][..]));
    chain[127] = 6;
    assert_eq!(runtime(&code, &chain, AT), Err(Mismatch::TwoValues("7".into())));
    chain[127] = 5;
    chain[3] ^= 1;
    assert_eq!(runtime(&code, &chain, AT), Err(Mismatch::Byte(3)));
}

#[test]
fn libraries_take_the_addresses_of_the_chain() {
    let mut code = code(&with(&body(), &[0; 20]));
    code.libraries.insert("a.sol:L".into(), std::iter::once(64..84).collect());
    let mut chain = code.bytes.clone();
    chain[64..84].copy_from_slice(AT.as_slice());
    let found = runtime(&code, &chain, AT).unwrap();
    assert_eq!((found.verdict, found.libraries["a.sol:L"]), (Match::ExactMatch, AT));
    let created = creation(&code, &chain, None).unwrap();
    assert_eq!(created.verdict, Match::ExactMatch);
}

#[test]
fn a_library_starts_with_its_own_address_and_no_other() {
    let library = with(&[0x73], &with(&[0; 20], &body()));
    let code = code(&library);
    let mut chain = code.bytes.clone();
    chain[1..21].copy_from_slice(AT.as_slice());
    assert_eq!(runtime(&code, &chain, AT).unwrap().verdict, Match::ExactMatch);
    assert_eq!(runtime(&code, &chain, Address::repeat_byte(9)), Err(Mismatch::Byte(20)));
}

#[test]
fn hashes_inside_may_differ_only_once_they_are_known_as_such() {
    let (inner, literal) = (trailer(3), trailer(4));
    let outer = |inner: &[u8], literal: &[u8]| [&body(), inner, literal, &body()].concat();
    let mut compiled = code(&outer(&inner, &literal));
    let chain = with(&outer(&trailer(8), &literal), &trailer(9));
    assert!(compiled.may_hold_hashes());
    assert!(matches!(runtime(&compiled, &chain, AT), Err(Mismatch::Byte(_))));
    // The same sources with another comment: both hashes move, the literal does not.
    let edited = Code { bytes: with(&outer(&trailer(5), &literal), &trailer(6)), ..Code::default() };
    compiled.learn_hashes(&edited);
    assert_eq!(runtime(&compiled, &chain, AT).unwrap().verdict, Match::Match);
    let forged = with(&outer(&trailer(8), &trailer(8)), &trailer(9));
    assert!(matches!(runtime(&compiled, &forged, AT), Err(Mismatch::Byte(_))), "a literal is no hash");
}

#[test]
fn creation_code_is_followed_by_arguments_that_the_constructor_takes() {
    let constructor = Constructor::parse("constructor(uint256,string)").unwrap();
    let code = code(&body());
    let arguments = hex!(
        "0000000000000000000000000000000000000000000000000000000000000007"
        "0000000000000000000000000000000000000000000000000000000000000040"
        "0000000000000000000000000000000000000000000000000000000000000002"
        "6869000000000000000000000000000000000000000000000000000000000000"
    );
    let input = with(&code.bytes, &arguments);
    let found = creation(&code, &input, Some(&constructor)).unwrap();
    assert_eq!((found.verdict, found.arguments.as_ref()), (Match::ExactMatch, &arguments[..]));
    assert_eq!(creation(&code, &input, None), Err(Mismatch::Arguments));
    assert_eq!(creation(&code, &code.bytes, Some(&constructor)), Err(Mismatch::Arguments));
    assert_eq!(creation(&code, &with(&input, &[0]), Some(&constructor)), Err(Mismatch::Arguments));
    let other = with(&with(&body(), &trailer(2)), &arguments);
    assert_eq!(creation(&code, &other, Some(&constructor)).unwrap().verdict, Match::Match);
    let mut wrong = input.clone();
    wrong[5] ^= 1;
    assert_eq!(creation(&code, &wrong, Some(&constructor)), Err(Mismatch::Byte(5)));
}
