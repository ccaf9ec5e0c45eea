//! Block sync: broadcast of new blocks, backfill of old ones (both as client and as server), and marshal, which orders
//! what is final and keeps it, by height, for good.

use crate::{
    application::ChainApp,
    archive,
    block::{Digest, WireBlock},
    committee::{Committees, Scheme},
    driver::Deliveries,
    node::{Config, Marshal, Runtime, Tasks, Variant},
};
use commonware_broadcast::buffered;
use commonware_consensus::{
    marshal::{self, Start, Update, core::Actor, resolver::p2p as backfill},
    simplex,
    types::{Epoch, FixedEpocher, Height, ViewDelta},
};
use commonware_cryptography::{Digested, certificate::Verifier as _, ed25519::PublicKey};
use commonware_p2p::{Blocker, Provider, Receiver, Sender};
use commonware_parallel::Strategy;
use commonware_runtime::buffer::paged::CacheRef;
use commonware_storage::archive::immutable;
use commonware_utils::{NZDuration, NZU64, NZUsize, channel::mpsc};
use std::{num::NonZeroUsize, sync::Arc, time::Duration};

const MAILBOX_SIZE: NonZeroUsize = NZUsize!(1024);

/// Most blocks that marshal delivers ahead of their acknowledgements.
pub(crate) const DELIVERIES_MAX: usize = 16;

/// The two channels of block sync, and who is at their other ends.
pub(crate) struct Channels<S, R, P, B> {
    pub(crate) blocks: (S, R),
    pub(crate) backfill: (S, R),
    pub(crate) peers: P,
    pub(crate) blocker: B,
}

/// Block sync that runs.
pub(crate) struct Synced {
    pub(crate) marshal: Marshal,
    /// Final blocks, in order, at least once.
    pub(crate) deliveries: mpsc::UnboundedReceiver<Update<WireBlock>>,
    /// Up to where an earlier run acknowledged them.
    pub(crate) processed: Height,
}

/// Starts block sync below `context`. The backfill engine's handle is out of reach; marshal ends when that ends.
pub(crate) async fn start<E, S, R, P, B, T>(
    context: &E,
    config: &Config<T>,
    page_cache: &CacheRef,
    channels: Channels<S, R, P, B>,
    tasks: &mut Tasks,
) -> Synced
where
    E: Runtime,
    S: Sender<PublicKey = PublicKey>,
    R: Receiver<PublicKey = PublicKey>,
    P: Provider<PublicKey = PublicKey>,
    B: Blocker<PublicKey = PublicKey>,
    T: Strategy,
{
    let (broadcast, buffer) = buffered::Engine::new(
        context.child("broadcast"),
        buffered::Config {
            public_key: config.public_key.clone(),
            mailbox_size: MAILBOX_SIZE,
            deque_size: 16,
            priority: true,
            codec_config: (),
            peer_provider: channels.peers.clone(),
            strategy: config.strategy.clone(),
        },
    );
    tasks.watch("block broadcast", broadcast.start(channels.blocks));

    let resolver = backfill::init(
        context.child("backfill"),
        backfill::Config {
            public_key: config.public_key.clone(),
            peer_provider: channels.peers.clone(),
            blocker: channels.blocker.clone(),
            mailbox_size: MAILBOX_SIZE,
            fetch_timeout: NZDuration!(Duration::from_secs(2)),
            fetch_retry_delay: Duration::from_millis(100),
            priority_requests: false,
            priority_responses: false,
        },
        channels.backfill,
    );

    let stores = archives(context, &config.partition, page_cache).await;
    let (actor, marshal, floor) = Actor::<E, Variant, _, _, _, _, _>::init(
        context.child("marshal"),
        stores.0,
        stores.1,
        marshal_config(config, page_cache.clone()),
    )
    .await;
    let (deliver, deliveries) = mpsc::unbounded_channel();
    let processed = floor.processed().map_or(Height::zero(), |processed| processed.height());
    register_epochs(&config.app, processed);
    tasks.watch("marshal", actor.start(Deliveries { deliver, heard: config.heard.clone() }, buffer, resolver));
    Synced { marshal, deliveries, processed }
}

/// Committees from what marshal may still deliver up to the next block, before anything checks a certificate. The chain
/// is ahead of `processed` when acknowledgements were lost, and behind it when its database was: then committees come to be
/// known as blocks are taken from marshal's archive again.
fn register_epochs(app: &ChainApp, processed: Height) {
    let processed = edgeloom_types::Height::new(processed.get());
    let newest = app.chain.lock().tip().height().max(processed);
    let epoch = |height| edgeloom_types::Epoch::containing(height, app.genesis.config().epoch_length).get();
    for epoch in epoch(processed)..=epoch(newest.next()) {
        app.register(Epoch::new(epoch));
    }
}

type Certificates<E> = immutable::Archive<E, Digest, simplex::types::Finalization<Scheme, Digest>>;
type Blocks<E> = immutable::Archive<E, Digest, Arc<WireBlock>>;

/// Final blocks and their certificates, by height, for good.
async fn archives<E: Runtime>(context: &E, partition: &str, page_cache: &CacheRef) -> (Certificates<E>, Blocks<E>) {
    let codec = Scheme::certificate_codec_config_unbounded();
    let certificates = archive::config(&format!("{partition}-certificates"), codec, page_cache.clone());
    let certificates = immutable::Archive::init(context.child("certificates"), certificates).await;
    let blocks = archive::config(&format!("{partition}-blocks"), (), page_cache.clone());
    let blocks = immutable::Archive::init(context.child("blocks"), blocks).await;
    // A disk that cannot be read at start leaves nothing to run: the runner reports the panic.
    (certificates.expect("the certificate archive is readable"), blocks.expect("the block archive is readable"))
}

fn marshal_config<T: Strategy>(
    config: &Config<T>,
    page_cache: CacheRef,
) -> marshal::Config<Committees, FixedEpocher, T, WireBlock, Digested<WireBlock>> {
    marshal::Config {
        provider: config.app.committees.clone(),
        epocher: FixedEpocher::new(config.app.genesis.config().epoch_length),
        start: Start::Genesis(config.genesis.clone()),
        partition_prefix: format!("{}-marshal", config.partition),
        mailbox_size: MAILBOX_SIZE,
        view_retention: ViewDelta::new(64),
        prunable_items_per_section: NZU64!(256),
        page_cache,
        replay_buffer: NZUsize!(1024 * 1024),
        key_write_buffer: NZUsize!(64 * 1024),
        value_write_buffer: NZUsize!(1024 * 1024),
        block_codec_config: (),
        max_repair: NZUsize!(16),
        max_pending_acks: NZUsize!(DELIVERIES_MAX),
        strategy: config.strategy.clone(),
    }
}
