use super::*;
use edgeloom_bindings::{THETA_SUPPLY, addresses};

const START: Start<'_> = Start { epoch_length: NonZeroU64::new(300).expect("not zero"), parameters: &[] };

fn hash(genesis: &Genesis) -> B256 {
    genesis.block(B256::ZERO).expect("own record").hash()
}

#[test]
fn a_devnet_has_the_supply_of_the_whitepaper() {
    let account = Address::repeat_byte(9);
    let genesis =
        devnet(4, &[(account, tfuel(20_000)), (account, tfuel(1))], START).expect("the treasury has that").genesis;
    assert_eq!(genesis.supply(), tfuel(50_000_000_000));
    assert_eq!(genesis.file().alloc[&EMISSION].balance, tfuel(45_000_000_000));
    assert_eq!(genesis.file().alloc[&account].balance, tfuel(20_001));
    assert_eq!((genesis.chain_id(), genesis.committee().len()), (DEVNET_CHAIN_ID, 4));
    assert!(devnet(1, &[(account, tfuel(5_000_000_000))], START).is_err(), "more than there is");
    assert!(devnet(1, &[(account, U256::MAX), (account, U256::MAX)], START).is_err());
}

#[test]
fn every_predeploy_is_there_and_all_theta_is_someones() {
    let genesis = dev(DevGenesis::of(1)).expect("accounts").genesis;
    let holder = test_account(0).expect("an account").address();
    for predeploy in predeploys(holder, genesis.config().epoch_length) {
        let account = &genesis.file().alloc[&predeploy.address];
        assert_eq!((account.nonce, account.code.as_ref()), (Some(1), Some(&predeploy.code)), "{}", predeploy.name);
    }
    // Its validator has staked a part, which lies with the contract of stakes.
    let theta = genesis.file().alloc[&addresses::THETA].storage.as_ref().expect("balances");
    let balances = theta.values().map(|value| U256::from_be_bytes(value.0));
    assert_eq!(balances.sum::<U256>(), THETA_SUPPLY);
    assert_eq!(theta.len(), 2);
}

#[test]
fn parameters_begin_as_asked_within_their_bounds() {
    let asked = |value| [(Parameter::CheckpointInterval, U256::from(value))];
    let with = |parameters: &[(Parameter, U256)]| devnet(1, &[], Start { parameters, ..START });
    let (usual, asked_for) = (with(&[]).expect("usual"), with(&asked(20)).expect("within its bounds"));
    let storage = |network: &Network, of| network.genesis.file().alloc[&of].storage.clone().unwrap_or_default();
    assert_eq!(storage(&usual, addresses::PARAMETERS).len() + 1, storage(&asked_for, addresses::PARAMETERS).len());
    assert_eq!(asked_for.genesis.file().alloc[&addresses::TIMELOCK], usual.genesis.file().alloc[&addresses::TIMELOCK]);
    let error = with(&asked(19)).err().expect("below the least").to_string();
    assert!(error.contains("set(uint8,uint256)"), "{error}");
}

#[test]
fn the_file_says_all_that_the_hash_commits_to() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let network = devnet(2, &[], START).expect("small");
    write(&network, folder.path()).expect("written");
    let read = read(&folder.path().join("genesis.json")).expect("ours");
    assert_eq!(hash(&read), hash(&network.genesis));
    assert_eq!(read.delta(), network.genesis.delta());
    for (validator, secrets) in network.secrets.iter().enumerate() {
        let keys = keys::read(&keys_path(folder.path(), validator), None).expect("ours");
        assert_eq!(keys.identity(), secrets.keys.identity());
        assert!(read.committee().seat_of(&keys.identity()).is_some());
    }
    assert!(write(&network, folder.path()).is_err(), "a network is never overwritten");
}

#[test]
fn the_dev_chain_is_always_the_same() {
    let twice = [3, 3, 4].map(|accounts| hash(&dev(DevGenesis::of(accounts)).expect("accounts").genesis));
    assert_eq!(twice[0], twice[1]);
    let delta = |accounts| dev(DevGenesis::of(accounts)).expect("accounts").genesis.delta();
    assert_eq!(delta(3), delta(3));
    assert_ne!(delta(3), delta(4));
}
