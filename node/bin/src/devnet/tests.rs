use super::Network;
use crate::arguments::Storage;

#[test]
fn every_validator_keeps_what_the_devnet_was_asked_to() {
    let network = |storage| Network {
        folder: "net".into(),
        program: "edgeloom".into(),
        peers: String::new(),
        base_port: 1,
        rpc_port: 2,
        metrics_port: 3,
        validators: 4,
        storage,
    };
    let words = |network: Network| {
        let command = network.command(3);
        let words = command.as_std().get_args().map(|word| word.to_string_lossy().into_owned());
        words.collect::<Vec<_>>().join(" ")
    };
    let asked = Storage { history: std::num::NonZeroU64::new(64), cache: Some(100) };
    assert!(words(network(asked)).ends_with("--history 64 --cache 100"));
    let silent = words(network(Storage::default()));
    assert!(!silent.contains("--history") && !silent.contains("--cache"));
}
