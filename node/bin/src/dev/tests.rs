use super::*;
use crate::arguments::{Arguments, Command};
use clap::Parser as _;

fn asked(arguments: &[&str]) -> Dev {
    let arguments = ["edgeloom", "dev"].iter().chain(arguments);
    let Command::Dev(dev) = Arguments::try_parse_from(arguments).expect("valid").command else { panic!("not dev") };
    dev
}

#[test]
fn a_stored_chain_keeps_what_it_began_with() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let wishes = ["--accounts", "3", "--chain-id", "99", "--timestamp", "1700000000", "--epoch-length", "77"];
    let wishes = [&wishes[..], &["--set", "CapacitySize=256"]].concat();
    let first = stored(folder.path(), &asked(&wishes)).expect("new");
    assert_eq!((first.chain_id(), first.file().timestamp), (99, 1_700_000_000));
    for again in [&[][..], &wishes] {
        let again = stored(folder.path(), &asked(again)).expect("the same chain");
        assert_eq!(again.file(), first.file());
    }
    assert_eq!(first.config().epoch_length.get(), 77);
    let others = [["--accounts", "4"], ["--chain-id", "98"], ["--timestamp", "5"], ["--epoch-length", "78"]];
    for other in others.into_iter().chain([["--set", "CapacitySize=257"]]) {
        let refused = stored(folder.path(), &asked(&other)).expect_err("another chain").to_string();
        assert!(refused.contains("holds a chain") && refused.contains(other[0]), "{refused}");
    }
}

#[test]
fn a_mnemonic_gives_other_accounts() {
    let words = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";
    let dev = asked(&["--mnemonic", words, "--accounts", "2"]);
    let genesis = genesis::dev(wishes(&dev)).expect("a chain").genesis;
    let funded = accounts(&genesis, words).expect("a mnemonic");
    assert_eq!(funded.len(), 2);
    assert_eq!(funded[0].address().to_string(), "0x9858EfFD232B4033E47d90003D41EC34EcaEda94");
    assert!(genesis::dev(wishes(&asked(&["--mnemonic", "not a mnemonic"]))).is_err());
}

#[test]
fn how_blocks_come_is_as_asked() {
    let genesis = Arc::new(genesis::dev(wishes(&asked(&[]))).expect("a chain").genesis);
    let mode = |arguments: &[&str]| config(genesis.clone(), &asked(arguments), Store::memory()).expect("our keys").mode;
    let every = Some(Duration::from_millis(500));
    assert_eq!(mode(&[]), Mode { automine: true, interval: None });
    assert_eq!(mode(&["--no-mining"]), Mode { automine: false, interval: None });
    assert_eq!(mode(&["--block-time", "500"]), Mode { automine: false, interval: every });
    assert_eq!(mode(&["--block-time", "500", "--mixed"]), Mode { automine: true, interval: every });
}
