use super::*;
use crate::{gossip, simulation::world::World};
use edgeloom_state::Store;
use edgeloom_types::MAX_BLOCK_BYTES;

fn config(world: &World, directory: PathBuf) -> Config {
    let peers = world.keys[1..].iter().map(|keys| (keys.identity(), ([127, 0, 0, 1], 1).into()));
    Config {
        genesis: world.genesis.clone(),
        keys: world.keys[0].clone(),
        listen: ([127, 0, 0, 1], 0).into(),
        peers: peers.collect(),
        directory,
    }
}

/// What a flood can make this node keep in the inboxes of its channels, for each peer.
#[test]
fn inboxes_are_made_for_the_peers_there_are_and_bounded_in_bytes() {
    let world = World::new(4, 100);
    let shared = world.shared(Store::memory());
    let config = config(&world, PathBuf::new());
    let (app, genesis) = prepare(world.genesis.clone(), None, &shared).expect("our own chain");
    let peers = Peers::of(&config).expect("identities");
    let node = Node {
        config,
        app,
        genesis,
        peers,
        feed: shared.feed,
        heard: shared.heard,
        equivocations: shared.equivocations,
        links: shared.peers,
        started: oneshot::channel().0,
    };
    let settings = node.settings();
    assert_eq!(settings.max_peers_per_set.get() * settings.tracked_peer_sets.get(), 4);

    let burst = |channel| channel::quota(channel).burst_size().get() as usize;
    let large = (burst(channel::BLOCKS) + burst(channel::BACKFILL)) * MAX_BLOCK_BYTES;
    let batches = burst(channel::TRANSACTIONS) * gossip::BATCH_BYTES_MAX;
    assert!(large + batches <= 100 << 20, "{large} and {batches} bytes");
    let small: usize = [channel::VOTES, channel::CERTIFICATES, channel::RESOLVER].map(burst).iter().sum();
    assert!(small * node::max_vote(node::SEATS_MAX) <= 1 << 20);
    assert!(burst(channel::RESUME) * crate::resume::max_message(node::SEATS_MAX) <= 64 << 10);
}

#[tokio::test]
async fn a_node_says_when_it_runs_and_closes_its_storage() {
    let world = World::new(1, 100);
    let folder = tempfile::tempdir().expect("temporary folder");
    let (store, directory) = (Store::memory(), folder.path().to_owned());
    for _ in 0..2 {
        let shared = world.shared(store.clone());
        let mut feed = shared.feed.subscribe();
        let mut running = start(config(&world, directory.clone()), shared).expect("starts");
        running.started().await.expect("the engine runs");
        feed.changed().await.expect("a block");
        running.stop();
    }
}

#[tokio::test]
async fn whoever_waits_for_a_node_that_stopped_is_told() {
    let world = World::new(1, 100);
    let folder = tempfile::tempdir().expect("temporary folder");
    let directory = folder.path().join("file");
    std::fs::write(&directory, "not a directory").expect("writable");
    let mut running = start(config(&world, directory), world.shared(Store::memory())).expect("starts");
    assert!(matches!(running.started().await, Err(NetworkError::Stopped(_))));
}
