use alloy::{
    primitives::{Address, B256, U256, keccak256},
    signers::{SignerSync as _, local::PrivateKeySigner},
    sol_types::SolValue as _,
};
use edgeloom_bindings::addresses::PAYMENT_POOL;

use super::{Pair, Voucher, gwei, voucher::bundles};

const CHAIN: u64 = 31_337;

fn pair(session: u8, payee: u8) -> Pair {
    Pair { pool: U256::from(7), session: Address::repeat_byte(session), payee: Address::repeat_byte(payee) }
}

fn signed(by: &PrivateKeySigner, pair: Pair, total: u64) -> Voucher {
    let digest = pair.digest(CHAIN, U256::from(total)).expect("below 2^96");
    Voucher::new(pair, U256::from(total), &by.sign_hash_sync(&digest).expect("signed"))
}

/// As `payments/Vouchers.sol` has it, word by word.
#[test]
fn the_digest_is_the_contracts() {
    let words = |text: &str| keccak256(text);
    let domain = (
        words("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
        words("Edgeloom PaymentPool"),
        words("1"),
        U256::from(CHAIN),
        PAYMENT_POOL,
    );
    let pair = pair(3, 5);
    let total = U256::from(1_234_567);
    let content = (
        words("Voucher(uint256 pool,address session,address payee,uint128 total)"),
        pair.pool,
        pair.session,
        pair.payee,
        total,
    );
    let (domain, content) = (keccak256(domain.abi_encode()), keccak256(content.abi_encode()));
    let digest = keccak256([&[0x19, 0x01][..], domain.as_slice(), content.as_slice()].concat());
    assert_eq!(pair.digest(CHAIN, total).expect("below 2^96"), digest);
    assert_ne!(pair.digest(CHAIN + 1, total).expect("below 2^96"), digest, "another chain");
    assert!(pair.digest(CHAIN, U256::from(1) << 96).is_err(), "more than a pool can hold");
}

#[test]
fn a_voucher_says_who_signed_it_for_which_chain_and_total() {
    let payer = PrivateKeySigner::from_bytes(&B256::repeat_byte(1)).expect("a key");
    // Several, so that both parities are among them.
    for total in 1..9 {
        let voucher = signed(&payer, pair(0, 5), total);
        assert_eq!(voucher.signer(CHAIN), Some(payer.address()));
        assert_ne!(voucher.signer(CHAIN + 1), Some(payer.address()));
        assert_ne!(Voucher { total: voucher.total + U256::from(1), ..voucher }.signer(CHAIN), Some(payer.address()));
        let other = Pair { payee: Address::repeat_byte(6), ..voucher.pair };
        assert_ne!(Voucher { pair: other, ..voucher }.signer(CHAIN), Some(payer.address()));
    }
    assert_eq!(Voucher { r: B256::ZERO, ..signed(&payer, pair(0, 5), 1) }.signer(CHAIN), None);
}

#[test]
fn a_voucher_survives_json() {
    let payer = PrivateKeySigner::from_bytes(&B256::repeat_byte(1)).expect("a key");
    let voucher = signed(&payer, pair(2, 5), u64::MAX);
    let text = serde_json::to_string(&voucher).expect("JSON");
    assert_eq!(serde_json::from_str::<Voucher>(&text).expect("a voucher"), voucher);
    assert!(text.contains("\"pool\":\"0x7\""), "{text}");
}

#[test]
fn bundles_are_in_order_with_the_highest_voucher_of_each_pair() {
    let payer = PrivateKeySigner::from_bytes(&B256::repeat_byte(1)).expect("a key");
    let given = [(2, 9, 5), (0, 4, 1), (2, 3, 8), (0, 4, 7), (0, 4, 2)];
    let vouchers: Vec<_> =
        given.iter().map(|&(session, payee, total)| signed(&payer, pair(session, payee), total)).collect();
    let bundles = bundles(&vouchers).expect("below 2^96");
    let found: Vec<_> = bundles
        .iter()
        .map(|bundle| {
            (bundle.session[0], bundle.vouchers.iter().map(|one| (one.payee[0], one.total)).collect::<Vec<_>>())
        })
        .collect();
    assert_eq!(found, [(0, vec![(4, 7)]), (2, vec![(3, 8), (9, 5)])]);
}

#[test]
fn ceilings_are_whole_gwei() {
    assert_eq!(gwei(U256::from(3_000_000_000_u64)).expect("whole"), 3);
    assert!(gwei(U256::from(3_000_000_001_u64)).is_err());
    assert!(gwei(U256::MAX).is_err());
}
