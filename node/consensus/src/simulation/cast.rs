//! The nodes of a simulation, honest and Byzantine. A Byzantine node is the same program: what makes it one is what becomes of
//! its messages, a second copy of it with the same keys, or a state that is not the chain's.

use super::{Plant, audit::Audit, world::World};
use crate::{
    journal,
    network::{Shared, prepare},
    node::{self, Channels, Config, SEATS_MAX, channel, max_payload},
};
use alloy::primitives::{Address, U256};
use commonware_consensus::types::Epoch;
use commonware_cryptography::{Signer as _, ed25519::PublicKey};
use commonware_p2p::{
    Recipients,
    simulated::{self, Oracle, Receiver, Sender, SplitForwarder, SplitOrigin, SplitTarget},
};
use commonware_parallel::Sequential;
use commonware_runtime::{
    Blob as _, Handle, IoBuf, ReadOptions, Spawner as _, Storage as _, Supervisor as _, WriteOptions,
    deterministic::Context,
};
use commonware_utils::{NZUsize, channel::oneshot};
use edgeloom_state::Store;
use edgeloom_types::{AccountDelta, Height, SealedBlock, StateDelta};
use parking_lot::Mutex;
use std::sync::Arc;

pub(super) type Net = Oracle<PublicKey, Context>;

/// Epochs that a run may come to.
const EPOCHS_MAX: u64 = 64;

/// How a node is Byzantine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Two nodes with its keys, each of which talks to some of the others: it equivocates whenever it leads or votes.
    Twin,
    /// It sends no votes.
    Silent,
    /// It sends its proposals to no one, nor any block that somebody asks for.
    Withholding,
    /// Its state is another, so that its blocks are wrong and it finds others' wrong.
    Corrupt,
    /// What it sends comes seconds late.
    Late,
}

impl Fault {
    pub(super) const ALL: [Self; 5] = [Self::Twin, Self::Silent, Self::Withholding, Self::Corrupt, Self::Late];
}

/// One process of a node, until it crashes.
struct Life {
    handle: Handle<()>,
    shared: Shared,
    ended: Arc<Mutex<Option<String>>>,
}

/// Partition, name and bytes of each file.
#[derive(Debug, Default)]
pub(super) struct Backup(Vec<(String, Vec<u8>, Vec<u8>)>);

/// A node through all of its lives.
pub(super) struct Actor {
    seat: usize,
    pub(super) fault: Option<Fault>,
    /// Whom each of its halves talks to: every node for one that has no twin.
    circles: [Vec<PublicKey>; 2],
    /// What outlives a crash: the database of each half.
    stores: [Store; 2],
    lives: Vec<Life>,
    runs: usize,
}

/// What a node needs to live.
pub(super) struct Stage {
    pub(super) oracle: Net,
    pub(super) world: Arc<World>,
    pub(super) audit: Arc<Mutex<Audit>>,
    /// Whether a node that comes back has its journal of votes no more.
    pub(super) amnesia: bool,
    /// Whether nobody asks others before it votes again.
    pub(super) trusting: bool,
}

impl Stage {
    pub(super) async fn open(
        context: &Context,
        world: Arc<World>,
        audit: Arc<Mutex<Audit>>,
        plant: Option<Plant>,
    ) -> Self {
        let peers: Vec<_> = world.keys.iter().map(|keys| keys.identity.public_key()).collect();
        let config = simulated::Config {
            max_size: u32::try_from(max_payload(SEATS_MAX)).expect("some MiB"),
            max_peers_per_set: NZUsize!(peers.len()),
            disconnect_on_block: true,
            tracked_peer_sets: NZUsize!(1),
        };
        let context = context.child("network");
        let (network, oracle) = simulated::Network::new_with_split_peers(context, config, peers, Vec::new()).await;
        network.start();
        let (amnesia, trusting) = (plant == Some(Plant::Amnesia), plant == Some(Plant::Trust));
        Self { oracle, world, audit, amnesia, trusting }
    }

    pub(super) fn peer(&self, seat: usize) -> PublicKey {
        self.world.keys[seat].identity.public_key()
    }
}

impl Actor {
    pub(super) fn new(seat: usize, fault: Option<Fault>, circles: [Vec<PublicKey>; 2]) -> Self {
        Self { seat, fault, circles, stores: [Store::memory(), Store::memory()], lives: Vec::new(), runs: 0 }
    }

    pub(super) const fn is_honest(&self) -> bool {
        self.fault.is_none()
    }

    pub(super) fn is_alive(&self) -> bool {
        !self.lives.is_empty() && self.fallen().is_none()
    }

    /// Why it stopped of itself.
    pub(super) fn fallen(&self) -> Option<String> {
        self.lives.iter().find_map(|life| life.ended.lock().clone())
    }

    pub(super) fn shared(&self) -> Option<&Shared> {
        self.lives.first().map(|life| &life.shared)
    }

    pub(super) const fn store(&self) -> &Store {
        &self.stores[0]
    }

    pub(super) fn height(&self) -> u64 {
        self.store().tip().map_or(0, |tip| tip.height.get())
    }

    /// Of an account, by its newest final block.
    pub(super) fn nonce(&self, account: Address) -> u64 {
        self.store().view().account(account).expect("readable").unwrap_or_default().nonce
    }

    pub(super) fn block(&self, height: u64) -> SealedBlock {
        self.store().block(Height::new(height)).expect("readable").expect("final")
    }

    /// What each half of it shares with the rest of its process: two for a twin.
    pub(super) fn halves(&self) -> impl Iterator<Item = &Shared> {
        self.lives.iter().map(|life| &life.shared)
    }

    /// As `kill -9` does: nothing is said to anybody.
    pub(super) fn crash(&mut self) {
        self.lives.drain(..).for_each(|life| life.handle.abort());
    }

    /// Changes the state of this node alone.
    pub(super) fn corrupt(&self, world: &World) {
        if let Some(shared) = self.shared() {
            corrupt(world, shared);
        }
    }

    /// A copy of its journals of votes.
    pub(super) async fn back_up(&self, context: &Context) -> Backup {
        let mut backup = Backup::default();
        for partition in self.journals() {
            // Most epochs have none.
            for name in context.scan(&partition).await.unwrap_or_default() {
                let (blob, size) = context.open(&partition, &name).await.expect("readable");
                let size = usize::try_from(size).expect("small");
                let bytes = blob.read_at(0, size, ReadOptions::default()).await.expect("readable");
                backup.0.push((partition.clone(), name, bytes.coalesce().as_ref().to_vec()));
            }
        }
        backup
    }

    /// Puts journals where the present ones are; an empty backup is a disk that was lost.
    pub(super) async fn restore(&self, context: &Context, backup: &Backup) {
        for partition in self.journals() {
            // There may be none.
            drop(context.remove(&partition, None).await);
        }
        for (partition, name, bytes) in &backup.0 {
            let (blob, _) = context.open(partition, name).await.expect("writable");
            blob.write_at(0, bytes.clone(), WriteOptions::default()).await.expect("writable");
            blob.sync().await.expect("writable");
        }
    }

    fn journals(&self) -> impl Iterator<Item = String> {
        let prefix = self.partition(0);
        (0..EPOCHS_MAX).map(move |epoch| journal::partition(&prefix, Epoch::new(epoch)))
    }

    fn partition(&self, half: usize) -> String {
        format!("node-{}-{half}", self.seat)
    }

    pub(super) async fn launch(&mut self, context: &Context, stage: &Stage) {
        self.crash();
        let [first, second] = self.wires(context, stage).await;
        self.lives.push(self.start(context, stage, first, 0).await);
        if self.fault == Some(Fault::Twin) {
            self.lives.push(self.start(context, stage, second, 1).await);
        }
        self.runs += 1;
    }

    /// The node's ends of its channels, once for each half of a twin.
    async fn wires(
        &self,
        context: &Context,
        stage: &Stage,
    ) -> [Vec<(impl commonware_p2p::Sender<PublicKey = PublicKey>, Receiver<PublicKey>)>; 2] {
        let control = stage.oracle.control(stage.peer(self.seat));
        let (mut first, mut second) = (Vec::new(), Vec::new());
        for id in 0..channel::COUNT {
            let (sender, receiver) = control.register(id, channel::quota(id)).await.expect("channel");
            let (one, other) = Sender::split_with(sender, self.forwarder(stage, id));
            let circles = self.circles.clone();
            let context = context.child("split").with_attribute("seat", self.seat).with_attribute("channel", id);
            let (here, there) = receiver.split_with(context.with_attribute("run", self.runs), move |(peer, _)| {
                match circles.each_ref().map(|circle| circle.contains(peer)) {
                    [true, true] => SplitTarget::Both,
                    [true, false] => SplitTarget::Primary,
                    [false, true] => SplitTarget::Secondary,
                    [false, false] => SplitTarget::None,
                }
            });
            first.push((one, here));
            second.push((other, there));
        }
        [first, second]
    }

    /// What becomes of a message of this node: votes are noted, and a Byzantine node's messages may go to few or nobody.
    fn forwarder(&self, stage: &Stage, id: u64) -> impl SplitForwarder<PublicKey> {
        let (seat, fault, circles, audit) = (self.seat, self.fault, self.circles.clone(), stage.audit.clone());
        move |origin: SplitOrigin, recipients: &Recipients<PublicKey>, message: &IoBuf| {
            if id == channel::VOTES {
                audit.lock().note(seat, fault.is_none(), message);
            }
            match fault {
                Some(Fault::Silent) if id == channel::VOTES => return None,
                Some(Fault::Withholding) if id == channel::BLOCKS || id == channel::BACKFILL => return None,
                Some(Fault::Twin) => {
                    let circle = &circles[usize::from(origin == SplitOrigin::Secondary)];
                    return Some(Recipients::Some(match recipients {
                        Recipients::All => circle.clone(),
                        Recipients::Some(peers) => peers.iter().filter(|peer| circle.contains(peer)).cloned().collect(),
                        Recipients::One(peer) => circle.iter().filter(|other| *other == peer).cloned().collect(),
                    }));
                }
                _ => {}
            }
            Some(recipients.clone())
        }
    }

    async fn start(
        &self,
        context: &Context,
        stage: &Stage,
        wires: Vec<(impl commonware_p2p::Sender<PublicKey = PublicKey>, Receiver<PublicKey>)>,
        half: usize,
    ) -> Life {
        let keys = &stage.world.keys[self.seat];
        let control = stage.oracle.control(stage.peer(self.seat));
        let [votes, certificates, resolver, blocks, backfill, transactions, resume] =
            wires.try_into().unwrap_or_else(|_| unreachable!("one for each channel"));
        let channels = Channels {
            votes,
            certificates,
            resolver,
            blocks,
            backfill,
            transactions,
            resume,
            peers: stage.oracle.manager(),
            blocker: control,
        };
        let shared = stage.world.shared(self.stores[half].clone());
        if self.fault == Some(Fault::Corrupt) && self.runs == 0 {
            corrupt(&stage.world, &shared);
        }
        let (app, genesis) = prepare(stage.world.genesis.clone(), Some(keys.clone()), &shared).expect("our own chain");
        let (feed, heard) = (shared.feed.clone(), shared.heard.clone());
        let (started, running) = oneshot::channel();
        if stage.amnesia {
            self.restore(context, &Backup::default()).await;
        }
        let config = Config {
            public_key: keys.identity.public_key(),
            genesis,
            app,
            feed,
            heard,
            equivocations: shared.equivocations.clone(),
            partition: self.partition(half),
            strategy: Sequential,
            started,
            // Whoever means to sign twice does not ask whether it did.
            asks: self.fault != Some(Fault::Twin) && !stage.trusting,
        };
        let ended = Arc::new(Mutex::new(None));
        let context = context.child("node").with_attribute("seat", self.seat).with_attribute("run", self.runs);
        let handle = context.with_attribute("half", half).spawn({
            let ended = ended.clone();
            move |context| async move {
                let (_marshal, node) = node::start(context, config, channels).await;
                let why = node.await.map_or_else(|error| error.to_string(), |stopped| stopped.to_string());
                *ended.lock() = Some(why);
            }
        });
        // An error says that it ended before, which `fallen` tells.
        drop(running.await);
        Life { handle, shared, ended }
    }
}

/// A wei more for somebody than the chain says.
fn corrupt(world: &World, shared: &Shared) {
    let address = world.accounts[0].address();
    let mut chain = shared.chain.lock();
    let mut account = chain.store().view().account(address).expect("readable").unwrap_or_default();
    account.balance += U256::ONE;
    let change = AccountDelta { account: Some(account), ..Default::default() };
    chain.amend(StateDelta { accounts: [(address, change)].into(), ..Default::default() }).expect("in memory");
}
