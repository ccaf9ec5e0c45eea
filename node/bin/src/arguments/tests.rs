use super::*;
use alloy::primitives::B256;
use clap::CommandFactory as _;

#[test]
fn the_commands_of_the_readme_parse() {
    Arguments::command().debug_assert();
    let id = B256::repeat_byte(7);
    let peers = format!("{id}@127.0.0.1:1,{id}@[::1]:2");
    let run = [
        "run",
        "--data",
        "d",
        "--genesis",
        "g",
        "--keys",
        "k",
        "--listen",
        "0.0.0.0:9",
        "--peers",
        &peers,
        "--rpc",
        "127.0.0.1:0",
    ];
    let Command::Run(run) = parse(&run).expect("valid") else { panic!("not run") };
    let peer = |address: &str| Peer { identity: id, address: address.parse().expect("an address") };
    assert_eq!(run.peers, [peer("127.0.0.1:1"), peer("[::1]:2")]);
    assert_eq!(run.storage.history, None);
    let Command::Dev(dev) = parse(&["dev", "--history", "64", "--cache", "100"]).expect("valid") else {
        panic!("not dev")
    };
    assert_eq!((dev.storage.history.map(NonZeroU64::get), dev.storage.cache), (Some(64), Some(100)));
    let fund = format!("{}=1.5", Address::repeat_byte(1));
    let Command::Devnet(devnet) =
        parse(&["devnet", "--validators", "7", "--history", "64", "--fund", &fund]).expect("valid")
    else {
        panic!("not devnet")
    };
    assert_eq!(devnet.storage.history.map(NonZeroU64::get), Some(64));
    assert_eq!(devnet.funds.fund, [(Address::repeat_byte(1), U256::from(1_500_000_000_000_000_000u64))]);
    assert!(matches!(
        parse(&["dev", "--port", "0"]).expect("valid"),
        Command::Dev(Dev { data: None, block_time: None, .. })
    ));
}

#[test]
fn what_cannot_be_meant_is_refused() {
    for arguments in [
        &["devnet", "--validators", "0"][..],
        &["devnet", "--validators", "32"],
        &["dev", "--block-time", "0"],
        &["dev", "--accounts", "0"],
        &["genesis", "--out", "o", "--fund", "0x01=1"],
        &["genesis", "--out", "o", "--fund", "0x0101010101010101010101010101010101010101=-1"],
        &["run", "--data", "d", "--genesis", "g", "--keys", "k", "--peers", "127.0.0.1:1"],
        &["run", "--data", "d", "--genesis", "g", "--keys", "k", "--history", "63"],
        &["dev", "--history", "all"],
        &["dev", "--cache", "7"],
    ] {
        assert!(parse(arguments).is_err(), "{arguments:?}");
    }
}

fn parse(arguments: &[&str]) -> Result<Command, clap::Error> {
    Arguments::try_parse_from(["edgeloom"].iter().chain(arguments)).map(|arguments| arguments.command)
}
