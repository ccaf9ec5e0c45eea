use super::*;
use crate::{
    arguments::{Arguments, Command, Testnet},
    keys,
};
use clap::Parser as _;

fn asked(words: &[&str]) -> TestnetInit {
    let given = ["edgeloom", "testnet", "init", "--out", "unused"];
    let arguments = Arguments::try_parse_from(given.iter().chain(words)).expect("valid");
    let Command::Testnet(Testnet::Init(asked)) = arguments.command else { panic!("not testnet init") };
    asked
}

/// Everything below `folder` with its permissions.
fn files(folder: &Path) -> Vec<(String, u32)> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).expect("a folder") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let mode = fs::metadata(&path).expect("there").permissions().mode() & 0o777;
                found.push((path.strip_prefix(folder).expect("below").display().to_string(), mode));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn each_folder_has_what_its_machine_needs_and_no_secret_lies_open() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let out = folder.path().join("net");
    let hosts = ["--validators", "2", "--guardians", "1", "--hosts", "10.0.0.1,10.0.0.2", "--chain-id", "77"];
    let arguments = TestnetInit { out: out.clone(), ..asked(&hosts) };
    init(&arguments).expect("written");

    let found = files(&out);
    let private = ["keys.json", "password", "operator.json", "account.json", "bls.json"];
    for (path, mode) in &found {
        let secret = private.iter().any(|name| path.ends_with(name));
        let expected = if secret {
            0o600
        } else if path.ends_with(".sh") {
            0o755
        } else {
            0o644
        };
        assert_eq!(*mode, expected, "{path}");
    }
    let has = |path: &str| assert!(found.iter().any(|(found, _)| found == path), "{path} is not in {found:?}");
    for path in ["genesis.json", "Containerfile", "README.md", "monitoring/prometheus.yml", "monitoring/alerts.yml"] {
        has(path);
    }
    for file in
        ["config.toml", "genesis.json", "keys.json", "password", "operator.json", "start.sh", "edgeloom.service"]
    {
        has(&format!("validator-1/{file}"));
    }
    ["guardian-0/account.json", "guardian-0/bls.json", "treasury/account.json"].into_iter().for_each(has);
    assert!(!out.join("start-all.sh").exists(), "the machines are not this one");

    let genesis = genesis::read(&out.join("genesis.json")).expect("ours");
    assert_eq!((genesis.chain_id(), genesis.committee().len()), (77, 2));
    let known = keys::test_account(0).expect("an account").address();
    assert!(!genesis.file().alloc.contains_key(&known), "everybody knows the test mnemonic");
    for index in 0..2 {
        let node = out.join(format!("validator-{index}"));
        let keys = keys::read(&node.join("keys.json"), Some(&node.join("password"))).expect("ours");
        let seat = genesis.committee().seat_of(&keys.identity()).expect("a seat");
        let password = fs::read_to_string(node.join("password")).expect("text");
        let operator = PrivateKeySigner::decrypt_keystore(node.join("operator.json"), password.trim()).expect("ours");
        assert_eq!(seat.beneficiary, operator.address());
        assert_eq!(genesis.file().alloc[&operator.address()].balance, genesis::tfuel(GAS_TFUEL));
        let config = fs::read_to_string(node.join("config.toml")).expect("text");
        assert!(config.contains(&format!("{}@10.0.0.{}:30400", keys.identity(), index + 1)), "{config}");
        assert!(
            config.contains("listen = \"0.0.0.0:30400\"") && config.contains("rpc = \"127.0.0.1:8545\""),
            "{config}"
        );
    }
    let refused = init(&arguments).expect_err("there is one").to_string();
    assert!(refused.contains("is not empty"), "{refused}");
}

#[test]
fn a_guardian_s_keys_open_with_its_password() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let out = folder.path().join("net");
    init(&TestnetInit { out: out.clone(), ..asked(&["--validators", "1", "--guardians", "1"]) }).expect("written");
    let guardian = out.join("guardian-0");
    let password = fs::read_to_string(guardian.join("password")).expect("text");
    let file: BlsKeystore =
        serde_json::from_str(&fs::read_to_string(guardian.join("bls.json")).expect("text")).expect("a keystore");
    let secret = file.crypto.decrypt(password.trim().as_bytes()).expect("the password");
    let key = SecretKey::from_bytes(secret.as_slice().try_into().expect("32 bytes")).expect("a key");
    assert_eq!(file.pubkey, hex::encode(key.public_key().to_bytes()));
    assert!(out.join("start-all.sh").exists());
}

#[test]
fn machines_and_ports_are_told_apart() {
    let places_of = |words: &[&str]| places(&asked(words));
    let here = places_of(&["--validators", "2", "--base-port", "100", "--rpc-port", "200", "--metrics-port", "300"])
        .expect("places");
    assert_eq!((here[1].peer, here[1].listen), ("127.0.0.1:101".parse().expect("an address"), here[1].peer));
    assert_eq!((here[1].rpc, here[1].metrics), (201, 301));
    let apart = places_of(&["--validators", "2", "--hosts", "10.0.0.1,fd00::2"]).expect("places");
    assert_eq!(apart[1].listen, "[::]:30400".parse().expect("an address"));
    assert_eq!(apart[1].peer, "[fd00::2]:30400".parse().expect("an address"));
    assert!(scrapes(&apart).contains("[\"[fd00::2]:9545\"]"), "{}", scrapes(&apart));
    let refused = places_of(&["--validators", "3", "--hosts", "10.0.0.1"]).expect_err("too few").to_string();
    assert!(refused.contains("1 machines for 3 validators"), "{refused}");
    assert!(places_of(&["--validators", "2", "--rpc-port", "65535"]).is_err());
}

/// What an operator reads and no program checks.
#[test]
fn nothing_is_left_to_fill_in() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let out = folder.path().join("net");
    init(&TestnetInit { out: out.clone(), ..asked(&["--validators", "1"]) }).expect("written");
    for (path, _) in files(&out) {
        let text = fs::read_to_string(out.join(&path)).expect("text");
        for place in ["{chain}", "{index}", "{name}", "{validators}", "{guardians}"] {
            assert!(!text.contains(place), "{path} has {place}");
        }
    }
}
