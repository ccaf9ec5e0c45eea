//! What readers and writers keep at hand.

use super::world::{address, commit};
use crate::Store;
use alloy::primitives::{U256, keccak256};
use alloy_trie::Nibbles;
use edgeloom_types::{Account, AccountDelta, StateDelta};

fn one(who: u8, change: AccountDelta) -> StateDelta {
    StateDelta { accounts: [(address(who), change)].into(), ..StateDelta::default() }
}

#[test]
fn only_storage_that_was_there_empties_the_cache_when_it_goes() {
    let store = Store::memory();
    let extend = |delta| commit(&store, &store.view().extend(delta).expect("extends"));
    let rich = Some(Account { balance: U256::from(1), ..Account::default() });
    let storage: std::collections::BTreeMap<_, _> = (1..40).map(|slot| (U256::from(slot), U256::from(7))).collect();
    let kept = || store.nodes().storage_node(&keccak256(address(1)), &Nibbles::new()).is_some();
    extend(one(1, AccountDelta { account: rich, storage, storage_cleared: false }));
    assert!(kept());
    let fresh = AccountDelta { account: rich, storage_cleared: true, ..AccountDelta::default() };
    extend(one(2, fresh.clone()));
    extend(one(2, AccountDelta { storage_cleared: true, ..AccountDelta::default() }));
    assert!(kept(), "an account without storage was made and destroyed");
    extend(one(1, fresh));
    assert!(!kept());
    assert_eq!(store.view().storage(address(1), U256::from(3)).expect("reads"), U256::ZERO);
}

#[test]
fn a_commit_is_told_from_before_its_rows_until_its_tip() {
    let store = Store::memory();
    assert_eq!(store.commits(), Some(0));
    commit(&store, &store.view().extend(StateDelta::default()).expect("extends"));
    assert_eq!(store.commits(), Some(1));
    store.while_committing(|| assert_eq!(store.commits(), None));
    assert_eq!(store.commits(), Some(2));
}
