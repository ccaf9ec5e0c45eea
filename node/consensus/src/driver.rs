//! Takes final blocks in order and keeps exactly one consensus engine running: that of the epoch of the next block.
//!
//! * D1 A block is acknowledged to marshal only after its batch is durable; marshal delivers at least once.
//! * D2 The next epoch's committee is registered before its engine starts or any of its certificates is checked.
//! * D3 Each epoch has its own vote journal. Losing that of the running epoch could make this node vote twice.
//! * D4 Marshal never repeats what was acknowledged, so a store older than that is filled from marshal's archive.
//! * D5 After a start a node follows without a vote until it knows that its journal lacks none of its own ([`crate::resume`]).

use crate::{
    Feed,
    application::ChainApp,
    block::{Digest, WireBlock},
    committee::Scheme,
    decide::publish,
    equivocation::{self, Conflict, Equivocations},
    journal,
    metrics::{self, Watched},
    node::{Marshal, Runtime, Wrapper},
    resume::{self, Question, Standing},
    sync::DELIVERIES_MAX,
    witness::Witness,
};
use alloy::primitives::{B256, Bytes};
use commonware_actor::Feedback;
use commonware_codec::Encode as _;
use commonware_consensus::{
    Heightable as _, Reporter, Reporters,
    marshal::Update,
    simplex::{
        self, Floor, ForwardPolicy, SkipBudget, SkipPolicy,
        elector::RoundRobin,
        types::{Activity, Finalization},
    },
    types::{Epoch, Epocher as _, FixedEpocher, Height, ViewDelta},
};
use commonware_cryptography::{Digestible as _, certificate::Scheme as _, ed25519::PublicKey};
use commonware_macros::select_loop;
use commonware_p2p::{
    Blocker, Message, Sender,
    utils::mux::{self, MuxHandle, SubReceiver, SubSender},
};
use commonware_parallel::Strategy;
use commonware_runtime::{Clock, Handle, buffer::paged::CacheRef};
use commonware_utils::{
    Acknowledgement as _, NZDuration, NZUsize,
    channel::{mpsc, oneshot},
    vec::NonEmptyVec,
};
use edgeloom_chain::ChainError;
use edgeloom_types::SealedBlock;
use std::{
    future::pending,
    sync::Arc,
    time::{Duration, Instant},
};

/// How many epochs' journals are kept: that of the present one and the one before, whose last votes may still travel.
const JOURNALS_KEPT: u64 = 2;
/// How long an engine that was told to stop may hold its channels, looked at every so often.
const LEAVE: Duration = Duration::from_secs(5);
const LOOK: Duration = Duration::from_millis(1);

/// Why a node stopped of itself.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Stopped {
    #[error("cannot keep the final block {height}: {error}")]
    Chain { height: u64, error: ChainError },
    #[error("the engine lost block {0}, which is final")]
    Lost(u64),
    #[error("the committee of epoch {0} is not known")]
    Unknown(u64),
    #[error("cannot read the journal of this node's votes in epoch {epoch}: {error}")]
    Journal { epoch: u64, error: String },
    #[error("the task \"{0}\" ended")]
    Task(&'static str),
}

/// Passes marshal's deliveries on. It runs on marshal's own task and must not block; the queue stays short because
/// marshal waits for acknowledgements.
#[derive(Clone)]
pub(crate) struct Deliveries {
    pub(crate) deliver: mpsc::UnboundedSender<Update<WireBlock>>,
    pub(crate) heard: Feed,
}

impl Reporter for Deliveries {
    type Activity = Update<WireBlock>;

    fn report(&mut self, update: Self::Activity) -> Feedback {
        if let Update::Tip(_, height, _) = &update {
            let height = edgeloom_types::Height::new(height.get());
            self.heard.send_if_modified(|highest| height > std::mem::replace(highest, height.max(*highest)));
        }
        self.deliver.send(update).map_or(Feedback::Closed, |()| Feedback::Ok)
    }
}

type Certificate = Finalization<Scheme, Digest>;

/// Passes on the finalization certificates that the engine makes or receives: not every height gets one, and one may
/// come after its block was delivered. At most one per view. What anybody signed is noted.
#[derive(Clone)]
pub(crate) struct Observer {
    pub(crate) hear: mpsc::UnboundedSender<Certificate>,
    /// The engine drops whoever is in conflict with himself, so there are few.
    pub(crate) accuse: mpsc::UnboundedSender<Conflict>,
    pub(crate) witness: Witness,
}

impl Reporter for Observer {
    type Activity = Activity<Scheme, Digest>;

    fn report(&mut self, activity: Self::Activity) -> Feedback {
        self.witness.note(&activity);
        if let Some(conflict) = Conflict::of(&activity) {
            return self.accuse.send(conflict).map_or(Feedback::Closed, |()| Feedback::Ok);
        }
        match activity {
            Activity::Finalization(certificate) => {
                self.hear.send(certificate).map_or(Feedback::Closed, |()| Feedback::Ok)
            }
            _ => Feedback::Ok,
        }
    }
}

/// Traffic of epochs that this node has not reached.
type Ahead = mpsc::Receiver<(u64, Message<PublicKey>)>;

/// What the driver listens to.
pub(crate) struct Inbox {
    pub(crate) deliveries: mpsc::UnboundedReceiver<Update<WireBlock>>,
    pub(crate) heard: mpsc::UnboundedReceiver<Certificate>,
    pub(crate) ahead_votes: Ahead,
    pub(crate) ahead_certificates: Ahead,
    pub(crate) ahead_asked: mpsc::Receiver<resume::Ahead>,
    pub(crate) accused: mpsc::UnboundedReceiver<Conflict>,
}

pub(crate) struct Driver<E, S, B, T>
where
    E: Runtime,
    S: Sender<PublicKey = PublicKey>,
{
    pub(crate) context: E,
    pub(crate) app: ChainApp,
    pub(crate) feed: Feed,
    pub(crate) blocks: metrics::Blocks,
    pub(crate) marshal: Marshal,
    pub(crate) wrapper: Wrapper<E>,
    pub(crate) observer: Observer,
    pub(crate) epocher: FixedEpocher,
    pub(crate) page_cache: CacheRef,
    pub(crate) blocker: B,
    pub(crate) votes: MuxHandle<S>,
    pub(crate) certificates: MuxHandle<S>,
    pub(crate) resolver: MuxHandle<S>,
    pub(crate) partition: String,
    pub(crate) strategy: T,
    /// Told, once, when an engine runs.
    pub(crate) started: Option<oneshot::Sender<()>>,
    pub(crate) witness: Witness,
    pub(crate) equivocations: Equivocations,
    pub(crate) questions: mpsc::UnboundedSender<Question>,
    /// Whether it is known that no journal of this node lacks a vote (D5).
    pub(crate) is_whole: bool,
}

/// What was asked about an epoch in which this node does not vote yet.
type Asked = Option<oneshot::Receiver<Standing>>;

/// Resolves once for each question.
async fn answered(asked: &mut Asked) -> Option<Standing> {
    let Some(question) = asked else { return pending().await };
    let standing = question.await.ok();
    *asked = None;
    standing
}

impl<E, S, B, T> Driver<E, S, B, T>
where
    E: Runtime,
    S: Sender<PublicKey = PublicKey>,
    B: Blocker<PublicKey = PublicKey>,
    T: Strategy,
{
    /// Runs until something fails. `processed` is the height up to which marshal has our acknowledgement.
    pub(crate) async fn run(mut self, mut inbox: Inbox, processed: Height) -> Stopped {
        match self.drive(&mut inbox, processed).await {
            Ok(()) => Stopped::Task("driver"),
            Err(stopped) => stopped,
        }
    }

    async fn drive(&mut self, inbox: &mut Inbox, processed: Height) -> Result<(), Stopped> {
        self.replay(processed).await?;
        let mut epoch = self.epoch_after(Height::new(self.app.chain.lock().tip().height().get()));
        let (mut engine, mut asked) = self.enter(epoch).await?;
        if let Some(started) = self.started.take()
            && started.send(()).is_err()
        {
            tracing::debug!("nobody waits for the first engine");
        }
        select_loop! {
            self.context,
            on_stopped => {},
            _ = &mut engine => return Err(Stopped::Task("engine")),
            Some((theirs, (peer, _))) = inbox.ahead_votes.recv() else break => {
                self.catch_up(epoch, theirs, peer);
            },
            Some((theirs, (peer, _))) = inbox.ahead_certificates.recv() else break => {
                self.catch_up(epoch, theirs, peer);
            },
            Some((theirs, peer)) = inbox.ahead_asked.recv() else break => {
                self.catch_up(epoch, theirs, peer);
            },
            Some(certificate) = inbox.heard.recv() else break => {
                self.keep(certificate);
            },
            Some(conflict) = inbox.accused.recv() else break => {
                self.accuse(&conflict);
            },
            Some(standing) = answered(&mut asked) else return Err(Stopped::Task("resume")) => match standing {
                Standing::Whole => {
                    self.is_whole = true;
                    engine.abort();
                    (engine, asked) = self.enter(epoch).await?;
                }
                Standing::Lacking(vote) => {
                    let (epoch, view) = (epoch.get(), vote.view.get());
                    tracing::warn!(epoch, view, "others have a vote of this node that its journal lacks: no vote in this epoch");
                }
            },
            Some(update) = inbox.deliveries.recv() else break => {
                // `Update::Tip` is a hint about height; nothing is on disk yet.
                if let Update::Block(block, acknowledgement) = update {
                    let next = self.epoch_after(block.height());
                    self.decide(block.inner().sealed().clone()).await?;
                    if next > epoch {
                        // Old engine out, new engine in, at the same height on every node. The old one may stop at
                        // once: who missed the last certificate of the epoch asks marshal for it.
                        epoch = next;
                        engine.abort();
                        (engine, asked) = self.enter(epoch).await?;
                    }
                    acknowledgement.acknowledge(); // D1
                }
            },
        }
        engine.abort();
        Ok(())
    }

    /// D4.
    async fn replay(&mut self, processed: Height) -> Result<(), Stopped> {
        let mut height = Height::new(self.app.chain.lock().tip().height().get()).next();
        while height <= processed {
            let block = self.marshal.get_block(height).await.ok_or(Stopped::Lost(height.get()))?;
            self.decide(block.inner().sealed().clone()).await?;
            height = height.next();
        }
        Ok(())
    }

    /// Makes a block final and tells everybody.
    async fn decide(&mut self, block: Arc<SealedBlock>) -> Result<(), Stopped> {
        let height = block.height();
        let kept = self.app.ledger.lock().early(block.hash());
        let certificate = match kept {
            Some(certificate) => Some(certificate),
            None => {
                self.marshal.get_finalization(Height::new(height.get())).await.map(|certificate| encode(&certificate))
            }
        };
        let (child, stored, started) = (block.clone(), certificate.clone(), Instant::now());
        let decided = self.app.on_chain(&self.context, move |chain| chain.finalize(&child, stored)).await;
        let decided =
            decided.ok_or(Stopped::Task("chain"))?.map_err(|error| Stopped::Chain { height: height.get(), error })?;
        let mut ledger = self.app.ledger.lock();
        ledger.finalized(&block);
        if let Some(certificate) = certificate {
            ledger.hold(height, block.hash(), certificate);
        }
        drop(ledger);
        let next = self.epoch_after(Height::new(height.get()));
        if next.get() > block.consensus().epoch {
            self.app.register(next); // D2
            let acknowledged = height.get().saturating_sub(DELIVERIES_MAX as u64);
            self.app.committees.forget_before(self.epoch_after(Height::new(acknowledged)));
        }
        if let Some(decided) = decided {
            tracing::debug!(%height, hash = %block.hash(), transactions = block.block().transactions.len(), "final");
            publish(&decided, &self.app.terms, &self.app.pool, &self.feed);
            self.blocks.note(&decided, started, &self.app);
        }
        Ok(())
    }

    /// Stores a certificate beside its block, or keeps it until the block is final here.
    fn keep(&self, certificate: Certificate) {
        let hash = B256::from_slice(certificate.proposal.payload.as_ref());
        let round = certificate.proposal.round;
        let encoded = encode(&certificate);
        match self.app.store.height_of(hash) {
            Ok(Some(height)) => {
                if let Err(error) = self.app.store.put_certificate(hash, &encoded) {
                    tracing::error!(%error, %height, "cannot keep a certificate"); // the next block will stop us
                }
                self.app.ledger.lock().hold(height, hash, encoded);
            }
            Ok(None) => self.app.ledger.lock().keep_early((round.epoch().get(), round.view().get()), hash, encoded),
            Err(error) => tracing::error!(%error, "cannot look up a certified block"),
        }
    }

    /// Keeps evidence, for whoever makes a transaction of it.
    fn accuse(&mut self, conflict: &Conflict) {
        let Some(scheme) = self.app.committees.scheme_of(conflict.epoch()) else { return };
        match conflict.prove(&scheme, &mut self.context) {
            Some(found) => {
                tracing::warn!(epoch = found.epoch, view = found.view, seat = found.seat, "a seat signed twice");
                equivocation::keep(&self.equivocations, found);
            }
            None => tracing::debug!(?conflict, "a conflict that its seat did not sign"),
        }
    }

    /// The epoch of the block after `height`.
    fn epoch_after(&self, height: Height) -> Epoch {
        self.epocher.containing(height.next()).expect("fixed epochs cover every height").epoch()
    }

    /// A peer speaks in a later epoch, so this epoch's last block is final: fetch it. Marshal walks back from there and
    /// delivers, the driver enters the next epoch, and so on, each epoch checked against a committee already known.
    fn catch_up(&self, ours: Epoch, theirs: u64, peer: PublicKey) {
        if theirs > ours.get()
            && let Some(last) = self.epocher.last(ours)
        {
            self.marshal.hint_finalized(last, NonEmptyVec::new(peer));
        }
    }

    /// Starts the engine of `epoch`: with this node's key if it has a seat and may vote, else asking whether it may (D5).
    async fn enter(&mut self, epoch: Epoch) -> Result<(Handle<()>, Asked), Stopped> {
        if let Some(old) = epoch.get().checked_sub(JOURNALS_KEPT).map(Epoch::new) {
            for partition in [journal::partition, journal::follower_partition] {
                // There may be none.
                drop(self.context.remove(&partition(&self.partition, old), None).await);
            }
        }
        let unknown = || Stopped::Unknown(epoch.get());
        let scheme = self.app.committees.scheme_of(epoch).ok_or_else(unknown)?;
        let seat = scheme.me().and_then(|membership| membership.signer()).filter(|_| !self.is_whole);
        let Some(seat) = seat else {
            let partition = journal::partition(&self.partition, epoch); // D3
            return Ok((self.engage(epoch, &scheme, "engine", partition).await?, None));
        };
        let recalled = journal::recall(&self.context, &self.partition, epoch, self.page_cache.clone()).await;
        let recalled = recalled.map_err(|error| Stopped::Journal { epoch: epoch.get(), error })?;
        recalled.certificates.iter().for_each(|certificate| self.witness.note_certificate(certificate.clone()));
        let (answer, asked) = oneshot::channel();
        let question = Question { epoch, scheme, seat, recalled, answer };
        self.questions.send(question).map_err(|_| Stopped::Task("resume"))?;
        let follower = self.app.committees.follower_scheme_of(epoch).ok_or_else(unknown)?;
        let partition = journal::follower_partition(&self.partition, epoch);
        Ok((self.engage(epoch, &follower, "follower", partition).await?, Some(asked)))
    }

    /// Starts an engine of `epoch` on top of the last block before it.
    async fn engage(
        &mut self,
        epoch: Epoch,
        scheme: &Scheme,
        label: &'static str,
        partition: String,
    ) -> Result<Handle<()>, Stopped> {
        let boundary = epoch.previous().and_then(|previous| self.epocher.last(previous)).unwrap_or_else(Height::zero);
        let boundary = self.digest_of(boundary).await?;
        let votes = register(&self.context, &mut self.votes, epoch).await.ok_or(Stopped::Task("votes"))?;
        let certificates = register(&self.context, &mut self.certificates, epoch).await;
        let certificates = certificates.ok_or(Stopped::Task("certificates"))?;
        let resolver = register(&self.context, &mut self.resolver, epoch).await.ok_or(Stopped::Task("resolver"))?;
        let timeout = Duration::from_millis(self.app.genesis.config().leader_timeout_ms);
        metrics::entered(epoch, scheme);
        let watched = Watched::new(self.observer.clone(), self.app.clone(), scheme);
        let engine = simplex::Engine::new(
            self.context.child(label).with_attribute("epoch", epoch),
            simplex::Config {
                scheme: scheme.clone(),
                elector: <RoundRobin>::default(),
                blocker: self.blocker.clone(),
                automaton: self.wrapper.clone(),
                relay: self.wrapper.clone(),
                reporter: Reporters::from((self.wrapper.clone(), watched)),
                track_historical_votes: false,
                strategy: self.strategy.clone(),
                partition,
                mailbox_size: NZUsize!(1024),
                epoch,
                floor: Floor::Genesis(boundary),
                replay_buffer: journal::REPLAY_BUFFER,
                write_buffer: journal::WRITE_BUFFER,
                page_cache: self.page_cache.clone(),
                leader_timeout: timeout,
                certification_timeout: timeout * 2,
                timeout_retry: timeout * 2,
                view_retention: ViewDelta::new(64),
                skip: SkipPolicy::Enabled { timeout: timeout * 3, budget: SkipBudget::Participants },
                fetch_timeout: NZDuration!(Duration::from_secs(1)),
                fetch_retry_delay: Duration::from_millis(100),
                forward: ForwardPolicy::SilentVoters,
            },
        );
        Ok(engine.start(votes, certificates, resolver))
    }

    /// Of a final block. The engine's archive has none of the blocks that were imported: the chain has.
    async fn digest_of(&mut self, height: Height) -> Result<Digest, Stopped> {
        if let Some(block) = self.marshal.get_block(height).await {
            return Ok(block.digest());
        }
        let stored = self.app.store.hash_at(edgeloom_types::Height::new(height.get()));
        let stored = stored.map_err(|error| Stopped::Chain { height: height.get(), error: error.into() })?;
        stored.map(|hash| Digest::from(hash.0)).ok_or(Stopped::Lost(height.get()))
    }
}

/// An epoch's subchannel, once the engine that had it before let go of it.
async fn register<S: Sender<PublicKey = PublicKey>>(
    clock: &impl Clock,
    mux: &mut MuxHandle<S>,
    epoch: Epoch,
) -> Option<(SubSender<S>, SubReceiver<PublicKey>)> {
    let deadline = clock.current() + LEAVE;
    loop {
        match mux.register(epoch.get()).await {
            Ok(ends) => return Some(ends),
            Err(mux::Error::AlreadyRegistered(_)) if clock.current() < deadline => clock.sleep(LOOK).await,
            Err(_) => return None,
        }
    }
}

/// The format of `edgeloom_types::Certificate`.
fn encode(certificate: &Certificate) -> Bytes {
    Bytes::from(certificate.encode().to_vec())
}
