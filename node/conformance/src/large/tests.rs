use super::{BROUGHT, LargeChain, Writes, roster, set_balance};
use alloy::{
    eips::eip2935::{HISTORY_STORAGE_ADDRESS, HISTORY_STORAGE_CODE},
    genesis::{ChainConfig, Genesis as GenesisFile, GenesisAccount},
    primitives::{Address, B256, U256, keccak256},
};
use edgeloom_bindings::addresses::EMISSION;
use edgeloom_bls::SecretKey;
use edgeloom_chain::Chain;
use edgeloom_state::Store;
use edgeloom_types::{Account, AccountDelta, Genesis, StateDelta, Validator};
use std::{fs, path::Path, sync::Arc};

fn tfuel(amount: u64) -> U256 {
    U256::from(amount) * U256::from(10).pow(U256::from(18))
}

/// What `edgeloom dev` would have written, with nothing but what a block needs.
fn genesis() -> GenesisFile {
    let voting = SecretKey::from_seed(&[7; 32]).expect("a key");
    let seat = Validator {
        identity: [1; 32].into(),
        voting_key: voting.public_key().to_bytes().into(),
        possession: voting.prove_possession().to_bytes().into(),
        beneficiary: Address::repeat_byte(9),
    };
    let mut config = ChainConfig { chain_id: 31_337, ..Default::default() };
    config.extra_fields.insert_value("edgeloom".into(), serde_json::json!({ "validators": [seat] })).expect("JSON");
    let history = GenesisAccount { nonce: Some(1), code: Some(HISTORY_STORAGE_CODE.clone()), ..Default::default() };
    let reserve = GenesisAccount { balance: tfuel(45_000_000_000), ..Default::default() };
    let alloc = [(HISTORY_STORAGE_ADDRESS, history), (EMISSION, reserve)].into();
    GenesisFile { config, gas_limit: 90_000_000, alloc, ..Default::default() }
}

fn directory(data: &Path) {
    fs::create_dir_all(data).expect("a directory");
    fs::write(data.join("genesis.json"), serde_json::to_string(&genesis()).expect("JSON")).expect("a file");
}

/// The state root of `store`, had its blocks left no hashes in the history contract.
fn without_history(store: &Store) -> B256 {
    let bare = Account { nonce: 1, code_hash: keccak256(&HISTORY_STORAGE_CODE), ..Account::default() };
    let change = AccountDelta { account: Some(bare), storage_cleared: true, ..AccountDelta::default() };
    let delta = StateDelta { accounts: [(HISTORY_STORAGE_ADDRESS, change)].into(), ..StateDelta::default() };
    store.view().extend(delta).expect("a fresh view").root()
}

/// The state root when all accounts come in one change over genesis.
fn at_once(accounts: u64) -> B256 {
    let mut chain = Chain::open(Store::memory(), Arc::new(Genesis::new(genesis()).expect("valid"))).expect("a chain");
    let mut delta = StateDelta::default();
    for index in 0..accounts {
        set_balance(&mut delta, roster::address(index), Account { balance: tfuel(1_000), ..Account::default() });
    }
    let left = tfuel(45_000_000_000) - tfuel(1_000) * U256::from(accounts);
    set_balance(&mut delta, EMISSION, Account { balance: left, ..Account::default() });
    chain.amend(delta).expect("the store takes it").state_root
}

#[test]
fn accounts_in_parts_are_the_trie_of_all_at_once() {
    let accounts = BROUGHT + 500;
    let folder = tempfile::tempdir().expect("a folder");
    directory(folder.path());
    let mut made = 0;
    let mut chain = LargeChain::open(folder.path(), Writes::AtTheEnd).expect("a chain");
    chain.grow(accounts, 0, &mut || made += 1).expect("it grows");
    assert_eq!((made, chain.height()), (2, 2));

    let (tip, recomputed) = chain.store().recompute_root().expect("whole");
    assert_eq!(tip.state_root, recomputed);
    let block = chain.store().header(tip.height).expect("a disk").expect("a block");
    assert_eq!(block.state_root, recomputed, "the newest header names the state with every account");
    assert_eq!(chain.store().scan_supply().expect("whole").1, tfuel(45_000_000_000), "the reserve paid");
    assert_eq!(without_history(chain.store()), at_once(accounts), "the trie of one update over all of them");
    drop(chain);
    let mut again = LargeChain::open(folder.path(), Writes::Synced).expect("the same chain");
    assert_eq!(again.store().tip(), Some(tip));
    assert!(again.grow(accounts + 1, 0, &mut || ()).is_err(), "it has fewer accounts than that");
}

#[test]
fn a_chain_whose_making_was_cut_short_becomes_the_same_one() {
    let (whole, cut) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let mut tips = Vec::new();
    for (folder, stops) in [(&whole, &[40][..]), (&cut, &[0, 7, 40])] {
        directory(folder.path());
        for stop in stops {
            let mut chain = LargeChain::open(folder.path(), Writes::AtTheEnd).expect("a chain");
            chain.grow(300, *stop, &mut || ()).expect("it grows");
        }
        let chain = LargeChain::open(folder.path(), Writes::Synced).expect("a chain");
        assert_eq!(chain.store().recompute_root().expect("whole").1, chain.store().tip().expect("a tip").state_root);
        tips.push(chain.store().tip());
    }
    assert_eq!(tips[0], tips[1]);
    assert_eq!(tips[0].expect("a tip").height.get(), 40);
}

#[test]
fn every_account_sends_once_before_one_sends_twice() {
    let folder = tempfile::tempdir().expect("a folder");
    directory(folder.path());
    let mut chain = LargeChain::open(folder.path(), Writes::AtTheEnd).expect("a chain");
    chain.grow(100, 0, &mut || ()).expect("it grows");
    let spent = chain.run(100, 0, (3, 50)).expect("transfers run");
    assert_eq!(spent.transfers, 150);
    assert!(spent.cpu_us > 0.0 && spent.wall_us > 0.0 && spent.rss_mib > 0.0);
    let nonces = (0..100).map(|index| chain.store().view().account(roster::address(index)).expect("a disk"));
    let nonces: Vec<_> = nonces.map(|account| account.expect("brought").nonce).collect();
    assert!(nonces.iter().all(|nonce| [1, 2].contains(nonce)), "{nonces:?}");
    assert_eq!(nonces.iter().sum::<u64>(), 150);
    assert!(chain.run(100, 0, (1, 1)).is_err(), "the first transfer runs once");
}
