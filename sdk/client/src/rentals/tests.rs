use alloy::{
    primitives::b256,
    signers::{SignerSync as _, local::PrivateKeySigner},
};

use super::*;

const CHAIN: u64 = 31_337;

fn offer() -> RentalOffer {
    RentalOffer {
        owner: Address::repeat_byte(0x11),
        collection: Address::repeat_byte(0x22),
        id: U256::from(5),
        nonce: 9,
        renter: Address::repeat_byte(0x33),
        currency: Address::repeat_byte(0x44),
        price_per_second: U256::from(1_000_000_000_000_u64),
        least: 60,
        most: 86_400,
        until: 1_800_002_592,
        royalty_max: 250,
        counter: U256::from(7),
    }
}

fn signed() -> (PrivateKeySigner, SignedRental) {
    let owner = PrivateKeySigner::from_bytes(&B256::repeat_byte(1)).expect("a key");
    let offer = RentalOffer { owner: owner.address(), ..offer() };
    let signature = owner.sign_hash_sync(&offer.digest(CHAIN).expect("fits")).expect("signed");
    (owner, SignedRental::new(CHAIN, offer, signature.as_bytes().into()).expect("terms that fit"))
}

/// What `IRentals.hashOf` and `digestOf` of the contract's code answer on chain 31337.
#[test]
fn hash_and_digest_are_the_contracts() {
    let hash = b256!("0x04a9b27c57154d58078b7deae0907e46886e075e29ef24dfae9c48246dc99bc8");
    let digest = b256!("0xf34cc2a66617fbf8d85c19cc6f9b248ec077d828f0f3be90556ad66270b22929");
    assert_eq!((offer().hash().expect("fits"), offer().digest(CHAIN).expect("fits")), (hash, digest));
}

#[test]
fn an_offer_survives_json_and_says_who_signed_it() {
    let (owner, signed) = signed();
    let text = serde_json::to_string(&signed).expect("JSON");
    let read: SignedRental = serde_json::from_str(&text).expect("an offer");
    assert_eq!(read, signed);
    assert_eq!(read.signer(), Some(owner.address()));
    for (from, to) in [
        (r#""pricePerSecond":"1000000000000""#, r#""pricePerSecond":"1000000000001""#),
        (r#""least":60"#, r#""least":0"#),
        (r#""nonce":9"#, r#""nonce":9,"more":1"#),
        ("0xed6e", "0xed6f"),
        ("0xEd6e", "0xEd6f"),
    ] {
        let changed = text.replacen(from, to, 1);
        assert!(changed == text || serde_json::from_str::<SignedRental>(&changed).is_err(), "{to}");
    }
}

#[test]
fn terms_that_contradict_each_other_are_refused() {
    let refused = |offer: RentalOffer| assert!(offer.hash().is_err(), "{offer:?}");
    refused(RentalOffer { least: 0, ..offer() });
    refused(RentalOffer { least: 86_401, ..offer() });
    refused(RentalOffer { most: 365 * 86_400 + 1, ..offer() });
    refused(RentalOffer { royalty_max: 5_001, ..offer() });
    refused(RentalOffer { price_per_second: U256::ZERO, ..offer() });
    refused(RentalOffer { price_per_second: U256::from(1) << 128, ..offer() });
    refused(RentalOffer { until: 1 << 40, ..offer() });
    assert!(RentalOffer { least: 86_400, most: 365 * 86_400, royalty_max: 5_000, ..offer() }.hash().is_ok());
    assert_eq!(offer().price_for(60).expect("a price"), U256::from(60_000_000_000_000_u64));
}
