//! May a node that starts again vote? Its journal says what it signed, but a journal that came back from a backup, or was lost with its
//! disk, looks intact to itself. So a node that starts asks what others saw it sign, and votes only once a quorum, itself counted,
//! answered and nobody showed a vote that its journal lacks (CHAIN.md C9).
//!
//! ```text
//! ask  = 0 ‖ epoch varint
//! tell = 1 ‖ epoch varint ‖ over u8 ‖ evidence, at most 4
//! ```
//! * R1 What is told carries our own signature, so no liar can keep a node from voting. Who tells nothing has told, and f may lie by that.
//! * R2 Whose journal lacks a vote follows the rest of the epoch without one, and asks again in the next.
//! * R3 Who is past the epoch and shows nothing has not answered: of an epoch that is over a node soon hears, and asks of the next.
//! * R4 Whose journal is whole votes at once, whatever the others have come to: so a restart of everybody does not halt the chain.
//! * R5 What stays open: a backup that is younger than the last vote that any of those who answer received and remember.

use crate::{
    application::ChainApp,
    block::Digest,
    committee::Scheme,
    journal::Recalled,
    node::{SEATS_MAX, Tasks},
    witness::{EVIDENCE_MAX, Evidence, Statement, Witness},
};
use bytes::{BufMut, Bytes};
use commonware_codec::{Buf, Decode as _, Encode as _, EncodeSize, Error, RangeCfg, Read, ReadExt as _, Write};
use commonware_consensus::{simplex, types::Epoch};
use commonware_cryptography::{certificate::Scheme as _, ed25519::PublicKey};
use commonware_macros::select_loop;
use commonware_p2p::{Receiver, Recipients, Sender};
use commonware_runtime::{Clock, Metrics, Spawner};
use commonware_utils::{
    N3f1, Participant,
    channel::{mpsc, oneshot},
    ordered::Quorum as _,
};
use edgeloom_types::Height;
use rand_core::CryptoRng;
use std::{collections::BTreeSet, sync::Arc, time::Duration};

/// How often those who have not answered are asked again.
const REPEAT: Duration = Duration::from_millis(500);

/// Bytes of the largest message.
pub(crate) fn max_message(participants: u32) -> usize {
    32 + EVIDENCE_MAX * simplex::max_payload_size::<Scheme, Digest>(participants)
}

/// Whether a node may vote in an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Nobody knows of a vote that its journal lacks.
    Whole,
    /// It signed this, and its journal does not know.
    Lacking(Statement),
}

/// A node asks whether it may vote in an epoch in which it has a seat.
pub(crate) struct Question {
    pub(crate) epoch: Epoch,
    pub(crate) scheme: Arc<Scheme>,
    pub(crate) seat: Participant,
    pub(crate) recalled: Recalled,
    pub(crate) answer: oneshot::Sender<Standing>,
}

#[derive(Clone, Debug)]
enum Message {
    Ask(Epoch),
    Tell { epoch: Epoch, over: bool, evidence: Vec<Evidence> },
}

impl Write for Message {
    fn write(&self, buffer: &mut impl BufMut) {
        match self {
            Self::Ask(epoch) => {
                0u8.write(buffer);
                epoch.write(buffer);
            }
            Self::Tell { epoch, over, evidence } => {
                1u8.write(buffer);
                epoch.write(buffer);
                over.write(buffer);
                evidence.write(buffer);
            }
        }
    }
}

impl EncodeSize for Message {
    fn encode_size(&self) -> usize {
        1 + match self {
            Self::Ask(epoch) => epoch.encode_size(),
            Self::Tell { epoch, over, evidence } => epoch.encode_size() + over.encode_size() + evidence.encode_size(),
        }
    }
}

impl Read for Message {
    type Cfg = ();

    fn read_cfg(buffer: &mut impl Buf, (): &()) -> Result<Self, Error> {
        match u8::read(buffer)? {
            0 => Epoch::read(buffer).map(Self::Ask),
            1 => {
                let (epoch, over) = (Epoch::read(buffer)?, bool::read(buffer)?);
                let limits = (RangeCfg::from(..=EVIDENCE_MAX), SEATS_MAX as usize);
                Ok(Self::Tell { epoch, over, evidence: Vec::read_cfg(buffer, &limits)? })
            }
            tag => Err(Error::InvalidEnum(tag)),
        }
    }
}

/// A question that is asked.
struct Asked {
    question: Question,
    answered: BTreeSet<Participant>,
}

impl Asked {
    /// Takes one answer; `None` while there are too few.
    fn hear(
        &mut self,
        peer: &PublicKey,
        over: bool,
        evidence: &[Evidence],
        rng: &mut impl CryptoRng,
    ) -> Option<Standing> {
        let Question { epoch, scheme, seat, recalled, .. } = &self.question;
        let teller = scheme.participants().index(peer).filter(|teller| teller != seat)?;
        if self.answered.contains(&teller) {
            return None;
        }
        for item in evidence {
            let statement = item.statement();
            if item.epoch() != *epoch || !recalled.lacks(&statement) {
                continue;
            }
            if !item.is_of(*seat, scheme, rng) {
                tracing::debug!(?peer, "told of a vote of ours that is none");
                return None;
            }
            return Some(Standing::Lacking(statement));
        }
        if !over {
            self.answered.insert(teller);
        }
        self.standing()
    }

    fn standing(&self) -> Option<Standing> {
        let quorum = self.question.scheme.participants().quorum::<N3f1>();
        // Itself counted.
        (self.answered.len() + 1 >= quorum as usize).then_some(Standing::Whole)
    }

    fn unanswered(&self) -> Vec<PublicKey> {
        let seats =
            self.question.scheme.participants().iter().zip(0u32..).map(|(peer, seat)| (peer, Participant::new(seat)));
        let others = seats.filter(|(_, seat)| *seat != self.question.seat && !self.answered.contains(seat));
        others.map(|(peer, _)| peer.clone()).collect()
    }
}

/// Who is past the epoch that it was asked about, or asks about a later one.
pub(crate) type Ahead = (u64, PublicKey);

/// How many of those may wait for the driver.
const AHEAD_MAX: usize = 64;

/// Starts the task that asks for this node and answers others. Of two questions only the newer is asked. Whoever turns out to be in a
/// later epoch is told on.
pub(crate) fn start<E, S, R>(
    context: &E,
    app: ChainApp,
    witness: Witness,
    (sender, receiver): (S, R),
    tasks: &mut Tasks,
) -> (mpsc::UnboundedSender<Question>, mpsc::Receiver<Ahead>)
where
    E: Spawner + Clock + Metrics + CryptoRng,
    S: Sender<PublicKey = PublicKey>,
    R: Receiver<PublicKey = PublicKey>,
{
    let (ask, questions) = mpsc::unbounded_channel();
    let (tell_ahead, ahead) = mpsc::channel(AHEAD_MAX);
    let desk = Desk { app, witness, ahead: tell_ahead };
    let task = context.child("resume").spawn(move |context| run(context, desk, sender, receiver, questions));
    tasks.watch("resume", task);
    (ask, ahead)
}

/// What answers are made of.
struct Desk {
    app: ChainApp,
    witness: Witness,
    ahead: mpsc::Sender<Ahead>,
}

impl Desk {
    /// The epoch of the next block here.
    fn epoch(&self) -> u64 {
        let next = self.app.store.tip().map_or(Height::GENESIS, |tip| tip.height).next();
        edgeloom_types::Epoch::containing(next, self.app.genesis.config().epoch_length).get()
    }

    fn answer(&self, epoch: Epoch, peer: &PublicKey) -> Option<Message> {
        let over = self.epoch() > epoch.get();
        // Who has no seat there is told nothing; of an epoch that nobody remembers here, that it is over.
        let evidence = match self.app.committees.scheme_of(epoch) {
            Some(scheme) => self.witness.evidence_of(epoch, scheme.participants().index(peer)?),
            None if over => Vec::new(),
            None => return None,
        };
        Some(Message::Tell { epoch, over, evidence })
    }

    fn tell_ahead(&self, epoch: u64, peer: &PublicKey) {
        if epoch > self.epoch() {
            // It will be told again.
            drop(self.ahead.try_send((epoch, peer.clone())));
        }
    }
}

async fn run<E: Clock + Spawner + CryptoRng>(
    mut context: E,
    desk: Desk,
    mut sender: impl Sender<PublicKey = PublicKey>,
    mut receiver: impl Receiver<PublicKey = PublicKey>,
    mut questions: mpsc::UnboundedReceiver<Question>,
) {
    let mut asked: Option<Asked> = None;
    let mut repeat = context.current() + REPEAT;
    select_loop! {
        context,
        on_stopped => {},
        Some(question) = questions.recv() else break => {
            let epoch = question.epoch;
            asked = settle(Asked { question, answered: BTreeSet::new() }, None);
            if let Some(asked) = &asked {
                send(&mut sender, asked.unanswered(), &Message::Ask(epoch));
                repeat = context.current() + REPEAT;
            }
        },
        _ = context.sleep_until(repeat) => {
            repeat = context.current() + REPEAT;
            asked = asked.filter(|asked| !asked.question.answer.is_closed());
            if let Some(asked) = &asked {
                send(&mut sender, asked.unanswered(), &Message::Ask(asked.question.epoch));
            }
        },
        Ok((peer, message)) = receiver.recv() else break => {
            match Message::decode_cfg(Bytes::copy_from_slice(message.as_ref()), &()) {
                Ok(Message::Ask(epoch)) => {
                    desk.tell_ahead(epoch.get(), &peer);
                    if let Some(tell) = desk.answer(epoch, &peer) {
                        send(&mut sender, vec![peer], &tell);
                    }
                }
                Ok(Message::Tell { epoch, over, evidence }) => {
                    if over {
                        desk.tell_ahead(epoch.get().saturating_add(1), &peer);
                    }
                    asked = asked.and_then(|mut asked| {
                        if asked.question.epoch != epoch {
                            return Some(asked);
                        }
                        let standing = asked.hear(&peer, over, &evidence, &mut context);
                        settle(asked, standing)
                    });
                }
                Err(error) => tracing::debug!(?peer, %error, "malformed question or answer"),
            }
        },
    }
}

/// Answers the question if it can be answered; else it goes on.
fn settle(asked: Asked, standing: Option<Standing>) -> Option<Asked> {
    match standing.or_else(|| asked.standing()) {
        Some(standing) => {
            if asked.question.answer.send(standing).is_err() {
                tracing::debug!("the node went on to another epoch");
            }
            None
        }
        None => Some(asked),
    }
}

fn send(sender: &mut impl Sender<PublicKey = PublicKey>, to: Vec<PublicKey>, message: &Message) {
    // Who cannot be reached now is asked again, and asks again.
    drop(Sender::send(sender, Recipients::Some(to), message.encode(), true));
}

#[cfg(test)]
mod tests;
