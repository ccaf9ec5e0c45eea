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
//! Beside them `resume` asks, after a start, whether this node may vote at once, and answers others who ask.

use crate::{
    application::ChainApp,
    block::{Digest, WireBlock},
    bounded::Bounded,
    committee::Scheme,
    driver::{Driver, Inbox, Observer, Stopped},
    gossip, metrics, resume,
    sync::{self, Synced},
    witness::Witness,
};
use commonware_consensus::{
    marshal::{self, standard::Standard},
    simplex,
    types::FixedEpocher,
};
use commonware_cryptography::{Digested, ed25519::PublicKey};
use commonware_p2p::{
    Blocker, Provider, Receiver, Sender,
    utils::mux::{self, Builder as _, Muxer},
};
use commonware_parallel::Strategy;
use commonware_runtime::{Clock, Handle, Metrics, Spawner, Storage, buffer::paged::CacheRef};
use commonware_utils::{
    NZU16, NZUsize,
    channel::{mpsc, oneshot},
};
use edgeloom_types::Committee;
use futures::{
    FutureExt as _, StreamExt as _,
    future::{BoxFuture, select},
    stream::FuturesUnordered,
};
use rand_core::CryptoRng;
use std::{future::pending, pin::pin};

/// Blocks travel whole.
pub(crate) type Variant = Standard<WireBlock>;
/// Final blocks and certificates by height.
pub(crate) type Marshal = marshal::core::Mailbox<Scheme, Variant>;
/// A node votes to notarize while it executes, and holds back only the vote to finalize. All nodes must do the same.
pub(crate) type Wrapper<E> = marshal::standard::Deferred<E, Scheme, ChainApp, WireBlock, FixedEpocher>;

/// Network channels: number, part of the wire format, and how much of each a link carries.
pub(crate) mod channel {
    use commonware_runtime::Quota;
    use commonware_utils::NZU32;

    pub(crate) const VOTES: u64 = 0;
    pub(crate) const CERTIFICATES: u64 = 1;
    pub(crate) const RESOLVER: u64 = 2;
    pub(crate) const BLOCKS: u64 = 3;
    pub(crate) const BACKFILL: u64 = 4;
    pub(crate) const TRANSACTIONS: u64 = 5;
    pub(crate) const RESUME: u64 = 6;
    /// How many there are.
    pub(crate) const COUNT: u64 = 7;

    /// What a channel carries in each direction of a link. A sender holds back what is above; a link on which more comes
    /// is read no faster. The inbox of a channel holds one burst of every peer, so bursts times the largest message
    /// bound what a flood can make this node keep: the rates are for the honest, the bursts for the memory.
    pub(crate) fn quota(channel: u64) -> Quota {
        let (per_second, burst) = match channel {
            // One per view and leader, 5 views a second as configured, and again to who kept silent.
            BLOCKS => (64, 8),
            // Catching up asks for at most `max_repair` (16) at a time, and each request has one answer.
            BACKFILL => (256, 16),
            // Batches of up to 512 come at least 10 ms apart: 51,200 transactions a second from each node.
            TRANSACTIONS => (128, 8),
            // A question and an answer each half a second, from who starts.
            RESUME => (16, 8),
            // At most three of each per view, small, and taken from the inbox at once ([`super::Bounded`]).
            _ => (1024, 64),
        };
        Quota::per_second(NZU32!(per_second)).allow_burst(NZU32!(burst))
    }
}

/// The runtime that a node's tasks need.
pub(crate) trait Runtime: Spawner + Metrics + CryptoRng + Clock + Storage {}

impl<E: Spawner + Metrics + CryptoRng + Clock + Storage> Runtime for E {}

/// Most seats of any committee.
pub(crate) const SEATS_MAX: u32 = Committee::MAX_SEATS as u32;

/// The largest payload any channel carries, in bytes. The network must admit it: a send above its limit panics.
pub(crate) fn max_payload(participants: u32) -> usize {
    let marshal = marshal::max_payload_size::<Variant, Scheme>(participants, &());
    max_vote(participants).max(marshal).max(gossip::BATCH_BYTES_MAX).max(resume::max_message(participants))
}

/// The largest payload of votes, certificates and their fetches, in bytes.
pub(crate) fn max_vote(participants: u32) -> usize {
    mux::prefixed(simplex::max_payload_size::<Scheme, Digest>(participants))
}

pub(crate) struct Config<T> {
    pub(crate) public_key: PublicKey,
    pub(crate) genesis: Digested<WireBlock>,
    pub(crate) app: ChainApp,
    pub(crate) feed: crate::Feed,
    pub(crate) heard: crate::Feed,
    pub(crate) equivocations: crate::Equivocations,
    /// Prefix of every storage partition: part of the data directory's format.
    pub(crate) partition: String,
    pub(crate) strategy: T,
    /// Told when the first engine runs.
    pub(crate) started: oneshot::Sender<()>,
    /// Whether it asks others before it votes again (D5 of the driver): no honest node goes without.
    pub(crate) asks: bool,
}

/// The node's ends of its channels, and who is at the other ends.
pub(crate) struct Channels<S, R, P, B> {
    pub(crate) votes: (S, R),
    pub(crate) certificates: (S, R),
    pub(crate) resolver: (S, R),
    pub(crate) blocks: (S, R),
    pub(crate) backfill: (S, R),
    pub(crate) transactions: (S, R),
    pub(crate) resume: (S, R),
    pub(crate) peers: P,
    pub(crate) blocker: B,
}

/// Tasks without which a node is none. Nothing else tells when one returns or is aborted.
#[derive(Default)]
pub(crate) struct Tasks(FuturesUnordered<BoxFuture<'static, &'static str>>);

impl Tasks {
    pub(crate) fn watch<O: Send + 'static>(&mut self, name: &'static str, task: Handle<O>) {
        self.0.push(task.map(move |_| name).boxed());
    }

    /// Resolves when the first of them ended.
    pub(crate) async fn ended(&mut self) -> Stopped {
        match self.0.next().await {
            Some(name) => Stopped::Task(name),
            None => pending().await,
        }
    }
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
    let mut tasks = Tasks::default();

    let sync = sync::Channels {
        blocks: channels.blocks,
        backfill: channels.backfill,
        peers: channels.peers,
        blocker: channels.blocker.clone(),
    };
    let Synced { marshal, deliveries, processed } = sync::start(&context, &config, &page_cache, sync, &mut tasks).await;
    gossip::start(&context, app.clone(), channels.transactions, &mut tasks);
    let witness = Witness::default();
    let (sender, receiver) = channels.resume;
    let receiver = Bounded { receiver, bytes_max: resume::max_message(SEATS_MAX) };
    let (questions, ahead_asked) =
        resume::start(&context, app.clone(), witness.clone(), (sender, receiver), &mut tasks);

    let wrapper = Wrapper::new(context.child("wrapper"), app.clone(), marshal.clone(), epocher.clone());
    let (hear, heard) = mpsc::unbounded_channel();
    let (accuse, accused) = mpsc::unbounded_channel();
    let [votes, certificates, resolver] = [channels.votes, channels.certificates, channels.resolver]
        .map(|(sender, receiver)| (sender, Bounded { receiver, bytes_max: max_vote(SEATS_MAX) }));
    let (mux, votes, ahead_votes) = Muxer::builder(context.child("votes"), votes.0, votes.1).with_backup().build();
    tasks.watch("votes", mux.start());
    let (mux, certificates, ahead_certificates) =
        Muxer::builder(context.child("certificates"), certificates.0, certificates.1).with_backup().build();
    tasks.watch("certificates", mux.start());
    let (mux, resolver) = Muxer::new(context.child("resolver"), resolver.0, resolver.1);
    tasks.watch("resolver", mux.start());

    let driver = Driver {
        context: context.child("driver"),
        app,
        feed: config.feed,
        blocks: metrics::Blocks::new(config.heard),
        marshal: marshal.clone(),
        wrapper,
        observer: Observer { hear, accuse, witness: witness.clone() },
        equivocations: config.equivocations,
        witness,
        questions,
        is_whole: !config.asks,
        epocher,
        page_cache,
        blocker: channels.blocker,
        votes,
        certificates,
        resolver,
        partition: config.partition,
        strategy: config.strategy,
        started: Some(config.started),
    };
    let inbox = Inbox { deliveries, heard, ahead_votes, ahead_certificates, ahead_asked, accused };
    let handle = context.child("run").spawn(move |_| async move {
        let driven = pin!(driver.run(inbox, processed));
        let ended = pin!(tasks.ended());
        select(driven, ended).await.factor_first().0
    });
    (marshal, handle)
}

#[cfg(test)]
mod tests;
