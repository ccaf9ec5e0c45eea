use alloy::{
    primitives::{U256, address, b256, keccak256},
    signers::{SignerSync as _, local::PrivateKeySigner},
};

use super::{collection::permit_digest, *};

const CHAIN: u64 = 31_337;
/// Where the factory of the tests below put them.
const COLLECTION: Address = address!("0xF506680c4F198ABa2eB15f668Ba0a0EFeEAECd57");
const EDITIONS: Address = address!("0x1Cf87350db8e54f7316811BA0ad9864776009574");

fn voucher() -> MintVoucher {
    MintVoucher {
        id: U256::from(5),
        to: Address::repeat_byte(0x22),
        amount: U256::from(3),
        content: keccak256("content"),
        until: 1_800_002_592,
        counter: 4,
    }
}

fn signed(kind: CreationKind) -> (PrivateKeySigner, SignedMint) {
    let creator = PrivateKeySigner::from_bytes(&B256::repeat_byte(1)).expect("a key");
    let digest = voucher().digest(CHAIN, kind, COLLECTION).expect("fits");
    let signature = creator.sign_hash_sync(&digest).expect("signed").as_bytes().into();
    (creator, SignedMint { creation: COLLECTION, kind, voucher: voucher(), signature })
}

/// What `ICreation.voucherDigest` of the contracts' code answers at these addresses on chain 31337.
#[test]
fn digests_of_vouchers_are_the_contracts() {
    let digest = |kind, at| voucher().digest(CHAIN, kind, at).expect("fits");
    assert_eq!(
        digest(CreationKind::Collection, COLLECTION),
        b256!("0x944f7907a3903ded7a0a77e7b8b91929163ecb702912f468df163e4f8a160514")
    );
    assert_eq!(
        digest(CreationKind::Editions, EDITIONS),
        b256!("0x43f2754ccca981bbe21d654cfdad3e0757fe548e5373e31f975ad118f6f1cd54")
    );
}

/// Of a signature that `ICollection.permit` took there.
#[test]
fn the_digest_of_a_permit_is_the_contracts() {
    assert_eq!(
        permit_digest((CHAIN, COLLECTION), (Address::repeat_byte(0x33), U256::from(5)), (0, 1_800_002_592)),
        b256!("0xc10dc3f30296dcbf7cbe7f10015a7a39e67246fd167c47817f9007e78345de2a")
    );
}

#[test]
fn a_voucher_says_who_signed_it_for_which_creation() {
    for kind in [CreationKind::Collection, CreationKind::Editions] {
        let (creator, mint) = signed(kind);
        assert_eq!(mint.signer(CHAIN), Some(creator.address()));
        assert_ne!(mint.signer(CHAIN + 1), Some(creator.address()));
        assert_ne!(SignedMint { creation: EDITIONS, ..mint.clone() }.signer(CHAIN), Some(creator.address()));
        let more = MintVoucher { amount: U256::from(4), ..mint.voucher };
        assert_ne!(SignedMint { voucher: more, ..mint.clone() }.signer(CHAIN), Some(creator.address()));
        let short = alloy::primitives::Signature::from_raw(&mint.signature).expect("a signature").as_erc2098();
        let short = SignedMint { signature: short.into(), ..mint.clone() };
        assert_eq!(short.signer(CHAIN), Some(creator.address()), "as in EIP-2098");
        let cut = SignedMint { signature: mint.signature[..63].to_vec().into(), ..mint };
        assert_eq!(cut.signer(CHAIN), None);
    }
}

#[test]
fn a_voucher_survives_json_and_too_much_is_refused() {
    let (_, mint) = signed(CreationKind::Editions);
    let text = serde_json::to_string(&mint).expect("JSON");
    assert!(text.contains(r#""kind":"editions","voucher":{"id":"5","#), "{text}");
    assert_eq!(serde_json::from_str::<SignedMint>(&text).expect("a voucher"), mint);
    let wide = MintVoucher { amount: U256::from(1) << 128, ..voucher() };
    assert!(wide.digest(CHAIN, CreationKind::Editions, EDITIONS).is_err());
    let far = MintVoucher { until: 1 << 40, ..voucher() };
    assert!(far.digest(CHAIN, CreationKind::Editions, EDITIONS).is_err());
}

#[test]
fn content_is_named_by_its_blake3() {
    // Of no bytes, from BLAKE3's own test vectors.
    let empty = b256!("0xaf1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262");
    assert_eq!(content_of(b""), empty);
}
