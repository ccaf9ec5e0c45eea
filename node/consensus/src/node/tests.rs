//! Whole networks in the deterministic simulator: real engine, real chains, simulated links, clock and disks. A node's
//! database is the memory store, which stands for a disk: it outlives the node that crashes.

mod light;

use super::*;
use crate::{
    network::{Shared, prepare},
    simulation::world::{CHAIN_ID, World, stake, submit},
};
use alloy::primitives::B256;
use commonware_consensus::{Heightable as _, types::Height};
use commonware_cryptography::Signer as _;
use commonware_p2p::simulated::{self, Link, Oracle};
use commonware_parallel::Sequential;
use commonware_runtime::{Runner as _, Supervisor as _, deterministic};
use commonware_utils::probability;
use edgeloom_bindings::{
    ICommittee, IKeyRegistry, IStaking, ITheta,
    addresses::{COMMITTEE, KEY_REGISTRY, STAKING, THETA},
};
use edgeloom_state::Store;
use edgeloom_types::{Certificate, SealedBlock};
use std::{collections::BTreeMap, time::Duration};

const LOSSY: Link =
    Link { latency: Duration::from_millis(20), jitter: Duration::from_millis(10), success_rate: probability!(0.95) };

type Net = Oracle<PublicKey, deterministic::Context>;

struct Node {
    handle: Handle<Stopped>,
    shared: Shared,
    store: Store,
    marshal: Marshal,
}

impl Node {
    fn height(&self) -> u64 {
        self.store.tip().map_or(0, |tip| tip.height.get())
    }

    fn block(&self, height: u64) -> SealedBlock {
        self.store.block(edgeloom_types::Height::new(height)).expect("readable").expect("final")
    }

    fn chain(&self, height: u64) -> Vec<B256> {
        (0..=height).map(|height| self.block(height).hash()).collect()
    }
}

fn runner(seed: u64) -> deterministic::Runner {
    let config = deterministic::Config::new().with_seed(seed).with_timeout(Some(Duration::from_secs(900)));
    deterministic::Runner::new(config)
}

/// Links everyone to everyone.
async fn network(context: &deterministic::Context, world: &World) -> Net {
    let peers: Vec<_> = world.keys.iter().map(|keys| keys.identity.public_key()).collect();
    let seats = u32::try_from(peers.len()).expect("few");
    let config = simulated::Config {
        max_size: u32::try_from(max_payload(seats)).expect("some MiB"),
        max_peers_per_set: NZUsize!(peers.len()),
        disconnect_on_block: true,
        tracked_peer_sets: NZUsize!(1),
    };
    let context = context.child("network");
    let (network, oracle) = simulated::Network::new_with_split_peers(context, config, peers.clone(), Vec::new()).await;
    network.start();
    for from in &peers {
        for to in peers.iter().filter(|to| *to != from) {
            oracle.add_link(from.clone(), to.clone(), LOSSY).await.expect("new link");
        }
    }
    oracle
}

/// Starts validator `seat` over `store`; `run` counts its lives.
async fn launch(
    context: &deterministic::Context,
    oracle: &Net,
    world: &World,
    seat: usize,
    store: &Store,
    run: usize,
) -> Node {
    let keys = &world.keys[seat];
    let public_key = keys.identity.public_key();
    let control = oracle.control(public_key.clone());
    let open = async |id| control.register(id, channel::quota(id)).await.expect("channel");
    let channels = Channels {
        votes: open(channel::VOTES).await,
        certificates: open(channel::CERTIFICATES).await,
        resolver: open(channel::RESOLVER).await,
        blocks: open(channel::BLOCKS).await,
        backfill: open(channel::BACKFILL).await,
        transactions: open(channel::TRANSACTIONS).await,
        resume: open(channel::RESUME).await,
        peers: oracle.manager(),
        blocker: control.clone(),
    };
    let shared = world.shared(store.clone());
    let (app, genesis) = prepare(world.genesis.clone(), Some(keys.clone()), &shared).expect("our own chain");
    let (feed, heard) = (shared.feed.clone(), shared.heard.clone());
    let (start_engine, started) = oneshot::channel();
    let partition = format!("node-{seat}");
    let config = Config {
        public_key,
        genesis,
        app,
        feed,
        heard,
        equivocations: shared.equivocations.clone(),
        partition,
        strategy: Sequential,
        started: start_engine,
        asks: true,
    };
    let (ready, running) = oneshot::channel();
    let context = context.child("node").with_attribute("seat", seat).with_attribute("run", run);
    let handle = context.spawn(move |context| async move {
        let (marshal, node) = start(context, config, channels).await;
        assert!(ready.send(marshal).is_ok());
        node.await.expect("ends by itself")
    });
    let marshal = running.await.expect("node started");
    started.await.expect("the engine runs");
    Node { handle, shared, store: store.clone(), marshal }
}

async fn reach(context: &deterministic::Context, nodes: &[&Node], height: u64) {
    while nodes.iter().any(|node| node.height() < height) {
        context.sleep(Duration::from_millis(20)).await;
    }
}

/// Every node has the same blocks and the state that their roots say.
fn assert_same(nodes: &[Node], height: u64) -> Vec<B256> {
    let expected = nodes[0].chain(height);
    for node in nodes {
        assert_eq!(node.chain(height), expected, "fork");
        let (tip, root) = node.store.recompute_root().expect("readable");
        assert_eq!(tip.state_root, root);
    }
    expected
}

/// How often each transaction is in the first `height` blocks.
fn inclusions(node: &Node, height: u64) -> BTreeMap<B256, usize> {
    let mut out = BTreeMap::new();
    for height in 1..=height {
        for transaction in &node.block(height).block().transactions {
            *out.entry(*transaction.tx_hash()).or_default() += 1;
        }
    }
    out
}

/// Four validators on lossy links: one joins late, one crashes and comes back. Each transaction is given to one node.
fn lossy_run(seed: u64) -> (String, Vec<B256>) {
    runner(seed).start(|context| async move {
        let world = World::new(4, 10_000);
        let oracle = network(&context, &world).await;
        let stores: Vec<_> = (0..4).map(|_| Store::memory()).collect();
        let mut nodes = Vec::new();
        for (seat, store) in stores.iter().enumerate().take(3) {
            nodes.push(launch(&context, &oracle, &world, seat, store, 0).await);
        }
        reach(&context, &nodes.iter().collect::<Vec<_>>(), 3).await;
        let mut sent = Vec::new();
        for (account, size) in [0, 100, 60_000, 0, 0, 0].into_iter().enumerate() {
            for nonce in 0..3 {
                let transaction = world.transaction(account, nonce, vec![1; size].into());
                sent.push(*transaction.tx_hash());
                submit(&nodes[account % 3].shared, transaction);
            }
        }
        reach(&context, &nodes.iter().collect::<Vec<_>>(), 15).await;

        // The late joiner gets the blocks it never saw.
        nodes.push(launch(&context, &oracle, &world, 3, &stores[3], 0).await);
        let mut behind = 0;
        while nodes[3].height() < 15 {
            let heard = nodes[3].shared.heard.borrow().get();
            behind = behind.max(heard.saturating_sub(nodes[3].height()));
            context.sleep(Duration::from_millis(1)).await;
        }
        assert!(behind > 8, "it knows how far it has to go: {behind}");
        reach(&context, &nodes.iter().collect::<Vec<_>>(), 25).await;

        nodes[1].handle.abort();
        let crashed_at = nodes[1].height();
        reach(&context, &[&nodes[0], &nodes[2], &nodes[3]], 40).await;
        assert!(nodes[1].height() <= crashed_at + 1, "what crashed does not run");
        nodes[1] = launch(&context, &oracle, &world, 1, &stores[1], 1).await;
        reach(&context, &nodes.iter().collect::<Vec<_>>(), 60).await;

        let chain = assert_same(&nodes, 60);
        assert!(
            nodes.iter().all(|node| node.shared.heard.borrow().get() >= 60),
            "nobody decides what it has not heard of"
        );
        let included = inclusions(&nodes[0], 60);
        assert_eq!(included.len(), sent.len());
        assert!(sent.iter().all(|hash| included[hash] == 1), "each exactly once");
        assert!(nodes.iter().all(|node| node.shared.pool.get(&sent[0]).is_none()), "pools let go of what is final");
        let genesis_hash = nodes[0].block(0).hash();
        let mut carried = BTreeMap::<B256, usize>::new();
        for height in 1..=60 {
            for bytes in &nodes[0].block(height).block().certificates {
                let certificate = Certificate::decode(bytes).expect("well-formed");
                certificate.verify(genesis_hash, world.genesis.committee()).expect("a quorum signed");
                *carried.entry(certificate.block_hash).or_default() += 1;
            }
        }
        assert!(carried.len() > 40, "blocks carry the certificates of their ancestors: {}", carried.len());
        assert!(carried.values().all(|count| *count == 1), "no certificate twice");
        println!(
            "seed {seed}: 60 blocks in {} views, {:?} simulated, {} certificates carried",
            nodes[0].block(60).consensus().view,
            context.current().duration_since(std::time::UNIX_EPOCH).expect("after it"),
            carried.len(),
        );
        (context.auditor().state(), chain)
    })
}

#[test]
fn lossy_network_with_a_crash_and_a_late_joiner() {
    let first = lossy_run(7);
    assert_eq!(first, lossy_run(7), "the same seed gives the same run");
    assert_ne!(first.0, lossy_run(8).0);
}

/// The whole network loses power: writes that were not synced are gone, the databases keep what was committed.
#[test]
fn power_cut() {
    let stores: Vec<_> = (0..4).map(|_| Store::memory()).collect();
    let phase = |stores: Vec<Store>, run: usize, height: u64| {
        move |context: deterministic::Context| async move {
            let world = World::new(4, 10);
            let oracle = network(&context, &world).await;
            let mut nodes = Vec::new();
            for (seat, store) in stores.iter().enumerate() {
                nodes.push(launch(&context, &oracle, &world, seat, store, run).await);
            }
            reach(&context, &nodes.iter().collect::<Vec<_>>(), height).await;
            assert_same(&nodes, height)
        }
    };
    let (before, checkpoint) = runner(3).start_and_recover(phase(stores.clone(), 0, 15));
    let (after, _) = deterministic::Runner::from(checkpoint).start_and_recover(phase(stores, 1, 30));
    assert_eq!(before[..], after[..before.len()]);
}

/// Epoch follows epoch without a pause; who comes epochs late walks through them; a lost database is filled again.
#[test]
fn epochs_and_a_lost_database() {
    runner(11).start(|context| async move {
        let world = World::new(4, 8);
        let oracle = network(&context, &world).await;
        let mut nodes = Vec::new();
        for seat in 0..3 {
            nodes.push(launch(&context, &oracle, &world, seat, &Store::memory(), 0).await);
        }
        reach(&context, &nodes.iter().collect::<Vec<_>>(), 30).await;
        nodes.push(launch(&context, &oracle, &world, 3, &Store::memory(), 0).await);
        reach(&context, &nodes.iter().collect::<Vec<_>>(), 35).await;

        // The engine's own storage is still there, so what the new database lacks is replayed from it.
        nodes[2].handle.abort();
        nodes[2] = launch(&context, &oracle, &world, 2, &Store::memory(), 1).await;
        reach(&context, &nodes.iter().collect::<Vec<_>>(), 50).await;
        assert_same(&nodes, 50);
        for height in 1..=50 {
            let block = nodes[3].block(height);
            assert_eq!(block.consensus().epoch, height / 8);
            let known = nodes[3].marshal.get_block(Height::new(height)).await.expect("final");
            assert_eq!(known.height().get(), height);
        }
    });
}

/// The node without a seat registers and stakes, and the fourth resigns: in epoch 2 the committee is another.
async fn replace_the_fourth(context: &deterministic::Context, world: &World, nodes: &[Node]) {
    let (newcomer, treasury) = (world.accounts[4].address(), 5);
    let validator = world.keys[4].validator(newcomer);
    let key = IKeyRegistry::registerCall {
        publicKey: validator.voting_key.into(),
        possession: validator.possession.into(),
        consent: world.keys[4].consent(CHAIN_ID, KEY_REGISTRY, newcomer).into(),
    };
    let role = IStaking::Role::Validator;
    let node = IStaking::registerCall { role, owner: newcomer, commission: 0 };
    let enter = ICommittee::enterCall {
        node: 5,
        identity: validator.identity,
        publicKey: validator.voting_key.into(),
        beneficiary: newcomer,
    };
    for transaction in [
        world.call(treasury, 0, THETA, &ITheta::transferCall { to: newcomer, amount: stake() }),
        world.call(4, 0, KEY_REGISTRY, &key),
        world.call(4, 1, STAKING, &node),
        world.call(4, 2, COMMITTEE, &enter),
    ] {
        submit(&nodes[0].shared, transaction);
    }
    reach(context, &nodes.iter().collect::<Vec<_>>(), 4).await;
    for transaction in [
        world.call(4, 3, THETA, &ITheta::approveCall { spender: STAKING, amount: stake() }),
        world.call(4, 4, STAKING, &IStaking::stakeCall { node: 5, amount: stake() }),
        world.call(3, 0, COMMITTEE, &ICommittee::resignCall { node: 4 }),
    ] {
        submit(&nodes[1].shared, transaction);
    }
}

/// Of five nodes the fifth begins as a follower; it stakes, the fourth resigns, and the committee is another while the
/// chain runs. Who comes later, or has to begin again with an empty database, walks through both.
#[test]
fn committees_change_while_the_chain_runs() {
    runner(23).start(|context| async move {
        const LENGTH: u64 = 10;
        let world = World::staked(5, LENGTH);
        let oracle = network(&context, &world).await;
        let mut nodes = Vec::new();
        for seat in [0, 1, 2, 4] {
            nodes.push(launch(&context, &oracle, &world, seat, &Store::memory(), 0).await);
        }
        replace_the_fourth(&context, &world, &nodes).await;
        reach(&context, &nodes.iter().collect::<Vec<_>>(), 3 * LENGTH + 5).await;

        let identities = |epoch| {
            let term = nodes[0].shared.chain.lock().terms().of_epoch(edgeloom_types::Epoch::new(epoch));
            term.expect("decided").committee.seats().map(|seat| seat.identity).collect::<Vec<_>>()
        };
        let seated = |numbers: [usize; 4]| numbers.map(|number| world.keys[number].identity()).to_vec();
        assert_eq!(identities(1), seated([0, 1, 2, 3]));
        assert_eq!(identities(2), seated([0, 1, 2, 4]));
        let leads = |node: &Node, who: usize, epoch: u64| {
            let mut heights = epoch * LENGTH..(epoch + 1) * LENGTH;
            heights.any(|height| node.block(height).consensus().leader == world.keys[who].identity())
        };
        assert!(!leads(&nodes[0], 4, 1) && leads(&nodes[0], 4, 2), "it leads as soon as it is elected, and not before");

        nodes.push(launch(&context, &oracle, &world, 3, &Store::memory(), 0).await);
        nodes[1].handle.abort();
        nodes[1] = launch(&context, &oracle, &world, 1, &Store::memory(), 1).await;
        let last = 5 * LENGTH + 2;
        reach(&context, &nodes.iter().collect::<Vec<_>>(), last).await;
        assert_same(&nodes, last);
        assert!(!leads(&nodes[0], 3, 2) && !leads(&nodes[0], 3, 4), "who resigned leads no more");
    });
}

/// A certificate of a real run, read without the engine.
#[test]
fn certificates_verify_without_the_engine() {
    runner(5).start(|context| async move {
        let world = World::new(4, 4);
        let oracle = network(&context, &world).await;
        let mut nodes = Vec::new();
        for seat in 0..4 {
            nodes.push(launch(&context, &oracle, &world, seat, &Store::memory(), 0).await);
        }
        reach(&context, &nodes.iter().collect::<Vec<_>>(), 10).await;
        let genesis_hash = nodes[0].block(0).hash();
        let mut certified = 0;
        for height in 1..=10 {
            let Some(bytes) = nodes[0].store.certificate(edgeloom_types::Height::new(height)).expect("readable") else {
                continue;
            };
            let block = nodes[0].block(height);
            let certificate = Certificate::decode(&bytes).expect("well-formed");
            assert_eq!(certificate.block_hash, block.hash());
            assert_eq!(certificate.epoch.get(), height / 4);
            assert_eq!(certificate.verify(genesis_hash, world.genesis.committee()), Ok(()));
            assert!(certificate.verify(B256::ZERO, world.genesis.committee()).is_err(), "another chain");
            assert!(certificate.signers.len() >= 3);
            certified += 1;
        }
        assert!(certified >= 5, "{certified} of 10 heights have a certificate of their own");
    });
}

/// No quorum, so no blocks: only gossip can bring a transaction to who was away when it was first told.
#[test]
fn a_transaction_that_waits_is_told_again() {
    runner(13).start(|context| async move {
        let world = World::new(4, 100);
        let oracle = network(&context, &world).await;
        let first = launch(&context, &oracle, &world, 0, &Store::memory(), 0).await;
        let transaction = world.transfer(0, 0);
        submit(&first.shared, transaction.clone());
        context.sleep(Duration::from_secs(1)).await;
        let second = launch(&context, &oracle, &world, 1, &Store::memory(), 0).await;
        for _ in 0..20 {
            context.sleep(Duration::from_millis(500)).await;
        }
        assert!(second.shared.pool.get(transaction.tx_hash()).is_some());
        assert_eq!(first.height(), 0);
    });
}

/// Whatever task of a node ends, the node says so instead of living on without it.
#[test]
fn a_node_that_lost_a_task_stops() {
    for lost in 0..channel::COUNT {
        runner(17).start(|context| async move {
            let world = World::new(4, 100);
            let oracle = network(&context, &world).await;
            let node = launch(&context, &oracle, &world, 0, &Store::memory(), 0).await;
            let control = oracle.control(world.keys[0].identity.public_key());
            // The new receiver takes the place of the node's, which closes.
            let _receiver = control.register(lost, channel::quota(lost)).await.expect("channel");
            let stopped = node.handle.await.expect("ends by itself");
            assert!(matches!(stopped, Stopped::Task(_)), "channel {lost}: {stopped:?}");
        });
    }
}
