use alloy::primitives::b256;

use super::*;

/// Of `@openzeppelin/merkle-tree` 1.0.8: `StandardMerkleTree.of` of 3, 4, 7, 12 and on (i² + 3), as `uint256`.
const ID_ROOTS: [(u64, B256); 5] = [
    (1, b256!("0x2584db4a68aa8b172f70bc04e2e74541617c003374de6eb4b295e823e5beab01")),
    (2, b256!("0x4ade9dd0b7697e91d2ea0b16f6c27805fc07b11e169a931b0d5457ccb32eb77c")),
    (3, b256!("0x39633630cf5c96db54592e307f6c1bcd1bc748bedc280b6444e19b860bcb0a2f")),
    (5, b256!("0x5162b0d9f1cf5b1413e3078215e8ab74a94eb20a225fe288157a2e1bbd55b899")),
    (7, b256!("0xeed8776312a0eca61f75c72ee1d591bd84125b34785af38c8bb5dd1c8f086f42")),
];

/// Of the same: accounts of n times the byte i + 1, and 10i + 1, as `address` and `uint256`.
const LIST_ROOTS: [(u8, B256); 4] = [
    (1, b256!("0xaef8a80cc195b3bd3f5f2d3aeb667d2104ac59eff5161c5936c939a0b89772e2")),
    (2, b256!("0xef4c9568cad8245882654ebbabc4d3696bad11ee2e3f191269136ed2cf07ee80")),
    (3, b256!("0x5a3ba813ed5035251b5cee2f2d9e40c3c51987cf2495f49e1be93eb4463521c5")),
    (6, b256!("0x6a924f9608cc2c8a5612615815dee5823435f9b616eb4f3ad4c105ae3fc04fd2")),
];

fn ids(count: u64) -> Vec<U256> {
    (0..count).map(|i| U256::from(i * i + 3)).collect()
}

fn list(count: u8) -> Vec<(Address, U256)> {
    (0..count).map(|i| (Address::repeat_byte(i + 1), U256::from(10 * u64::from(i) + 1))).collect()
}

#[test]
fn roots_are_openzeppelins() {
    for (count, root) in ID_ROOTS {
        assert_eq!(IdSet::new(ids(count)).expect("some").root(), root, "{count} ids");
    }
    for (count, root) in LIST_ROOTS {
        assert_eq!(Allowlist::new(list(count)).expect("some").root(), root, "{count} accounts");
    }
    assert!(IdSet::new([]).is_err());
}

#[test]
fn proofs_are_openzeppelins() {
    let set = IdSet::new(ids(7)).expect("some");
    let expected = [
        b256!("0x51dff6ef5208989cbd6116f9d80f3c7d16c4eb5dd06392b4661213dc990ae4eb"),
        b256!("0x3aac1a9fc917d070690920ff881e130e311d4f85383d89536a52d9159a289df0"),
    ];
    assert_eq!(set.proof(&U256::from(4)).expect("a member"), expected);
    let expected = [
        b256!("0x842d38995d2aa22afe54440fc6cbd34a764b0347bf607c48ae1ac538de9b6730"),
        b256!("0xce0059973e6db16dc8190b9e33f0d952739e6e608a35d91c545d5ac2ccf4d5f9"),
        b256!("0x777820ca3b822f756e56071a68f168ec9b2f25ac29d844e5bf4174284e5930eb"),
    ];
    let listed = Allowlist::new(list(6)).expect("some");
    let (most, proof) = listed.allowance(Address::repeat_byte(6)).expect("on the list");
    assert_eq!((most, proof.as_slice()), (U256::from(51), expected.as_slice()));
    assert_eq!(listed.allowance(Address::repeat_byte(7)), None);
}

#[test]
fn each_member_is_shown_and_nothing_else() {
    for count in 1..40 {
        let set = IdSet::new(ids(count)).expect("some");
        for id in ids(count) {
            let proof = set.proof(&id).expect("a member");
            assert!(is_in(set.root(), &id, &proof), "{id} of {count}");
            assert!(!is_in(set.root(), &(id + U256::from(1)), &proof));
        }
        assert_eq!(set.proof(&U256::from(5)), None);
    }
}

#[test]
fn the_order_of_values_does_not_matter() {
    let mut turned = ids(7);
    turned.reverse();
    assert_eq!(IdSet::new(turned).expect("some"), IdSet::new(ids(7)).expect("some"));
}

#[test]
fn of_two_numbers_for_one_account_the_larger_counts() {
    let account = Address::repeat_byte(1);
    let listed = Allowlist::new([(account, U256::from(2)), (account, U256::from(9))]).expect("some");
    let (most, proof) = listed.allowance(account).expect("on the list");
    assert_eq!(most, U256::from(9));
    assert!(is_in(listed.root(), &(account, most), &proof));
}
