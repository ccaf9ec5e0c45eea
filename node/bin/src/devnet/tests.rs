use super::Network;
use crate::arguments::Pruning;

#[test]
fn every_validator_keeps_as_much_history_as_the_devnet_was_asked_to() {
    let network = |history| Network {
        folder: "net".into(),
        program: "edgeloom".into(),
        peers: String::new(),
        base_port: 1,
        rpc_port: 2,
        validators: 4,
        history,
    };
    let words = |network: Network| {
        let command = network.command(3);
        let words = command.as_std().get_args().map(|word| word.to_string_lossy().into_owned());
        words.collect::<Vec<_>>().join(" ")
    };
    assert!(words(network(std::num::NonZeroU64::new(64))).ends_with("--history 64"));
    assert!(!words(network(Pruning::default().history)).contains("--history"));
}
