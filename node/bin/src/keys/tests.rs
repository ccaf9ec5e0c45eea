use super::*;
use alloy::signers::local::MnemonicBuilder;
use std::os::unix::fs::PermissionsExt as _;

#[test]
fn a_key_file_is_private_and_comes_back() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let path = folder.path().join("keys.json");
    let secrets = derive(B256::repeat_byte(5)).expect("a seed");
    secrets.write(&path).expect("written");
    assert_eq!(fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
    assert_eq!(read(&path, None).expect("ours").identity(), secrets.keys.identity());
    assert!(secrets.write(&path).is_err(), "keys are never overwritten");

    let text = fs::read_to_string(&path).expect("readable");
    let other = derive(B256::repeat_byte(6)).expect("a seed").keys.identity();
    fs::write(&path, text.replace(&secrets.keys.identity().to_string(), &other.to_string())).expect("written");
    assert!(read(&path, None).expect_err("mixed up").to_string().contains("not those of the public ones"));
    fs::write(&path, "{}").expect("written");
    assert!(read(&path, None).is_err());
}

#[test]
fn an_encrypted_key_file_opens_with_its_password() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let (path, password) = (folder.path().join("keys.json"), folder.path().join("password"));
    let secrets = derive(B256::repeat_byte(5)).expect("a seed");
    secrets.write_encrypted(&path, "right", Password::Random).expect("written");
    let text = fs::read_to_string(&path).expect("readable");
    for secret in [secrets.identity, secrets.voting] {
        assert!(!text.contains(&alloy::primitives::hex::encode(secret)), "{text}");
    }
    write_private(&password, "right\n").expect("written");
    assert_eq!(read(&path, Some(&password)).expect("ours").identity(), secrets.keys.identity());

    fs::write(&password, "wrong\n").expect("written");
    let refused = format!("{:#}", read(&path, Some(&password)).expect_err("wrong"));
    assert!(refused.contains("keys.json") && refused.contains("password is not the right one"), "{refused}");
    let refused = format!("{:#}", read(&path, None).expect_err("no password"));
    assert!(refused.contains("--password-file"), "{refused}");

    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("ours");
    let refused = format!("{:#}", read(&path, Some(&password)).expect_err("others read it"));
    assert!(refused.contains("chmod 600"), "{refused}");
}

#[test]
fn the_test_mnemonic_is_the_one_everybody_knows() {
    let first = test_account(0).expect("an account").address();
    assert_eq!(first.to_string(), "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266");
}

/// Whatever the mnemonic, as alloy's own builder has them.
#[test]
fn a_wallet_has_the_accounts_that_other_wallets_have() {
    let other = "legal winner thank year wave sausage worth useful legal winner thank yellow";
    for mnemonic in [TEST_MNEMONIC, other] {
        for index in [0, 1, 19] {
            let theirs = MnemonicBuilder::<English>::default().phrase(mnemonic).index(index).expect("an index").build();
            let ours = Wallet::of(mnemonic).expect("a mnemonic").account(index).expect("an account");
            assert_eq!(ours.to_bytes(), theirs.expect("an account").to_bytes());
        }
    }
    assert!(Wallet::of("test test test").is_err());
}
