//! One node's tasks and what is wired to what. Generic over runtime and network, so that the same wiring runs on TCP
//! and in the deterministic simulator.
//!
//! ```text
//!              votes, certificates, certificate fetches (one subchannel per epoch)
//!   network  <----------------------------------------------------->  simplex engine (epoch e)
//!      ^  ^                                                             |         ^
//!      |  |  blocks (buffered broadcast)                    activity    |         | propose, verify
//!      |  +----------------------------> marshal actor <----------------+         |
//!      |  |  backfill (resolver)              |  ^                                |
//!      |  +-----------------------------------+  |  reads blocks     wrapper -----+
//!      |                                      |  +------------------ (Deferred) -----> application
//!      |  transactions      final blocks,     |
//!      +----> gossip        in order          v
//!               |                           driver: chain.finalize, feed, then the next epoch's engine
//!               +--> pool
//! ```

use crate::{
    application::ChainApp,
    block::{Digest, WireBlock},
    committee::Scheme,
    driver::{Driver, Inbox, Observer, Stopped},
    gossip,
    sync::{self, Synced},
};
use commonware_consensus::{
    marshal::{self, standard::Standard},
    simplex,
    types::{Epoch, FixedEpocher},
};
use commonware_cryptography::{Digested, ed25519::PublicKey};
use commonware_p2p::{
    Blocker, Provider, Receiver, Sender,
    utils::mux::{self, Builder as _, Muxer},
};
use commonware_parallel::Strategy;
use commonware_runtime::{Clock, Handle, Metrics, Spawner, Storage, buffer::paged::CacheRef};
use commonware_utils::{NZU16, NZUsize, channel::mpsc};
use rand_core::CryptoRng;

/// Blocks travel whole.
pub(crate) type Variant = Standard<WireBlock>;
/// Final blocks and certificates by height.
pub(crate) type Marshal = marshal::core::Mailbox<Scheme, Variant>;
/// A node votes to notarize while it executes, and holds back only the vote to finalize. All nodes must do the same.
pub(crate) type Wrapper<E> = marshal::standard::Deferred<E, Scheme, ChainApp, WireBlock, FixedEpocher>;

/// Network channel numbers: part of the wire format.
pub(crate) mod channel {
    pub(crate) const VOTES: u64 = 0;
    pub(crate) const CERTIFICATES: u64 = 1;
    pub(crate) const RESOLVER: u64 = 2;
    pub(crate) const BLOCKS: u64 = 3;
    pub(crate) const BACKFILL: u64 = 4;
    pub(crate) const TRANSACTIONS: u64 = 5;
}

/// The runtime that a node's tasks need.
pub(crate) trait Runtime: Spawner + Metrics + CryptoRng + Clock + Storage {}

impl<E: Spawner + Metrics + CryptoRng + Clock + Storage> Runtime for E {}

/// The largest payload any channel carries, in bytes. The network must admit it: a send above its limit panics.
pub(crate) fn max_payload(participants: u32) -> usize {
    let simplex = simplex::max_payload_size::<Scheme, Digest>(participants);
    let marshal = marshal::max_payload_size::<Variant, Scheme>(participants, &());
    mux::prefixed(simplex).max(marshal).max(gossip::BATCH_BYTES_MAX)
}

pub(crate) struct Config<T> {
    pub(crate) public_key: PublicKey,
    pub(crate) genesis: Digested<WireBlock>,
    pub(crate) app: ChainApp,
    pub(crate) feed: crate::Feed,
    /// Prefix of every storage partition: part of the data directory's format.
    pub(crate) partition: String,
    pub(crate) strategy: T,
}

/// The node's ends of its six channels, and who is at the other ends.
pub(crate) struct Channels<S, R, P, B> {
    pub(crate) votes: (S, R),
    pub(crate) certificates: (S, R),
    pub(crate) resolver: (S, R),
    pub(crate) blocks: (S, R),
    pub(crate) backfill: (S, R),
    pub(crate) transactions: (S, R),
    pub(crate) peers: P,
    pub(crate) blocker: B,
}

/// Starts a node below `context`: when the task that owns `context` ends, so do all of its tasks. The handle resolves
/// when the node stops of itself, which is always a fault.
pub(crate) async fn start<E, S, R, P, B, T>(
    context: E,
    config: Config<T>,
    channels: Channels<S, R, P, B>,
) -> (Marshal, Handle<Stopped>)
where
    E: Runtime,
    S: Sender<PublicKey = PublicKey>,
    R: Receiver<PublicKey = PublicKey>,
    P: Provider<PublicKey = PublicKey>,
    B: Blocker<PublicKey = PublicKey>,
    T: Strategy,
{
    let app = config.app.clone();
    let epocher = FixedEpocher::new(app.genesis.config().epoch_length);
    let page_cache = CacheRef::new(NZU16!(4096), NZUsize!(256));
    register_epochs(&app);

    let sync = sync::Channels {
        blocks: channels.blocks,
        backfill: channels.backfill,
        peers: channels.peers,
        blocker: channels.blocker.clone(),
    };
    let Synced { marshal, deliveries, processed } = sync::start(&context, &config, &page_cache, sync).await;
    gossip::start(&context, app.clone(), channels.transactions);

    let wrapper = Wrapper::new(context.child("wrapper"), app.clone(), marshal.clone(), epocher.clone());
    let (hear, heard) = mpsc::unbounded_channel();
    let (votes, certificates, resolver) = (channels.votes, channels.certificates, channels.resolver);
    let (mux, votes, ahead_votes) = Muxer::builder(context.child("votes"), votes.0, votes.1).with_backup().build();
    mux.start();
    let (mux, certificates, ahead_certificates) =
        Muxer::builder(context.child("certificates"), certificates.0, certificates.1).with_backup().build();
    mux.start();
    let (mux, resolver) = Muxer::new(context.child("resolver"), resolver.0, resolver.1);
    mux.start();

    let driver = Driver {
        context: context.child("driver"),
        app,
        feed: config.feed,
        marshal: marshal.clone(),
        wrapper,
        observer: Observer(hear),
        epocher,
        page_cache,
        blocker: channels.blocker,
        votes,
        certificates,
        resolver,
        partition: config.partition,
        strategy: config.strategy,
    };
    let inbox = Inbox { deliveries, heard, ahead_votes, ahead_certificates };
    let handle = context.child("run").spawn(move |_| driver.run(inbox, processed));
    (marshal, handle)
}

/// Committees up to the epoch of the next block, before anything checks a certificate.
fn register_epochs(app: &ChainApp) {
    let next = app.chain.lock().tip().height().next();
    let epoch = edgeloom_types::Epoch::containing(next, app.genesis.config().epoch_length);
    for epoch in 0..=epoch.get() {
        app.committees.register(Epoch::new(epoch), app.genesis.committee());
    }
}

#[cfg(test)]
mod tests;
