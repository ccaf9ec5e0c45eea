//! What nodes are seen to sign. Votes say who signed what; so do certificates, by their signers' bits. Each statement carries its own
//! proof, so nobody can put a vote into another's mouth.

use crate::{block::Digest, committee::Scheme};
use bytes::BufMut;
use commonware_codec::{Buf, EncodeSize, Error, Read, ReadExt as _, Write};
use commonware_consensus::{
    Epochable as _, Viewable as _,
    simplex::types::{Activity, Attributable as _, Certificate, Vote},
    types::{Epoch, View},
};
use commonware_parallel::Sequential;
use commonware_utils::Participant;
use parking_lot::Mutex;
use rand_core::CryptoRng;
use std::{collections::BTreeMap, sync::Arc};

/// How many epochs are remembered: the newest, and the one that some still end.
const EPOCHS: usize = 2;
/// Most that is told of one node: its votes of one view, and a certificate.
pub(crate) const EVIDENCE_MAX: usize = 4;

/// What a vote says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Says {
    Notarize(Digest),
    Nullify,
    Finalize(Digest),
}

/// A vote of one node in one view, without its signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Statement {
    pub(crate) view: View,
    pub(crate) says: Says,
}

/// A statement with its proof.
#[derive(Clone, Debug)]
pub(crate) enum Evidence {
    Vote(Arc<Vote<Scheme, Digest>>),
    Certificate(Arc<Certificate<Scheme, Digest>>),
}

impl Evidence {
    pub(crate) fn epoch(&self) -> Epoch {
        match self {
            Self::Vote(vote) => vote.epoch(),
            Self::Certificate(certificate) => certificate.epoch(),
        }
    }

    pub(crate) fn statement(&self) -> Statement {
        match self {
            Self::Vote(vote) => statement(vote),
            Self::Certificate(certificate) => {
                let says = match certificate.as_ref() {
                    Certificate::Notarization(of) => Says::Notarize(of.proposal.payload),
                    Certificate::Nullification(_) => Says::Nullify,
                    Certificate::Finalization(of) => Says::Finalize(of.proposal.payload),
                };
                Statement { view: certificate.view(), says }
            }
        }
    }

    /// Whether it proves that the node in `seat` signed its statement.
    pub(crate) fn is_of(&self, seat: Participant, scheme: &Scheme, rng: &mut impl CryptoRng) -> bool {
        match self {
            Self::Vote(vote) => {
                signer(vote) == seat
                    && match vote.as_ref() {
                        Vote::Notarize(vote) => vote.verify(rng, scheme, &Sequential),
                        Vote::Nullify(vote) => vote.verify::<_, Digest>(rng, scheme, &Sequential),
                        Vote::Finalize(vote) => vote.verify(rng, scheme, &Sequential),
                    }
            }
            Self::Certificate(certificate) => {
                signers(certificate).any(|signer| signer == seat) && certificate.verify(rng, scheme, &Sequential)
            }
        }
    }
}

pub(crate) fn statement(vote: &Vote<Scheme, Digest>) -> Statement {
    let says = match vote {
        Vote::Notarize(vote) => Says::Notarize(vote.proposal.payload),
        Vote::Nullify(_) => Says::Nullify,
        Vote::Finalize(vote) => Says::Finalize(vote.proposal.payload),
    };
    Statement { view: vote.view(), says }
}

fn signer(vote: &Vote<Scheme, Digest>) -> Participant {
    match vote {
        Vote::Notarize(vote) => vote.signer(),
        Vote::Nullify(vote) => vote.signer(),
        Vote::Finalize(vote) => vote.signer(),
    }
}

fn signers(certificate: &Certificate<Scheme, Digest>) -> impl Iterator<Item = Participant> {
    let certificate = match certificate {
        Certificate::Notarization(of) => &of.certificate,
        Certificate::Nullification(of) => &of.certificate,
        Certificate::Finalization(of) => &of.certificate,
    };
    certificate.signers.iter()
}

impl Write for Evidence {
    fn write(&self, buffer: &mut impl BufMut) {
        match self {
            Self::Vote(vote) => {
                0u8.write(buffer);
                vote.as_ref().write(buffer);
            }
            Self::Certificate(certificate) => {
                1u8.write(buffer);
                certificate.as_ref().write(buffer);
            }
        }
    }
}

impl EncodeSize for Evidence {
    fn encode_size(&self) -> usize {
        1 + match self {
            Self::Vote(vote) => vote.as_ref().encode_size(),
            Self::Certificate(certificate) => certificate.as_ref().encode_size(),
        }
    }
}

impl Read for Evidence {
    /// Most seats of a committee.
    type Cfg = usize;

    fn read_cfg(buffer: &mut impl Buf, seats: &usize) -> Result<Self, Error> {
        match u8::read(buffer)? {
            0 => Vote::read(buffer).map(|vote| Self::Vote(Arc::new(vote))),
            1 => Certificate::read_cfg(buffer, seats).map(|certificate| Self::Certificate(Arc::new(certificate))),
            tag => Err(Error::InvalidEnum(tag)),
        }
    }
}

/// The newest that one node is known to have signed.
#[derive(Debug, Default)]
struct Newest {
    /// Of one view.
    votes: Vec<Arc<Vote<Scheme, Digest>>>,
    certificate: Option<Arc<Certificate<Scheme, Digest>>>,
}

impl Newest {
    fn note_vote(&mut self, vote: Arc<Vote<Scheme, Digest>>) {
        let (view, newest) = (vote.view(), self.votes.first().map(|vote| vote.view()));
        if newest.is_some_and(|newest| view < newest) {
            return;
        }
        if newest.is_some_and(|newest| view > newest) {
            self.votes.clear();
        }
        // One of each kind: of two that contradict each other either will do.
        if self.votes.len() + 1 < EVIDENCE_MAX {
            self.votes.push(vote);
        }
    }

    fn note_certificate(&mut self, certificate: &Arc<Certificate<Scheme, Digest>>) {
        // A finalization follows the notarization of its view.
        if self.certificate.as_ref().is_none_or(|newest| certificate.view() >= newest.view()) {
            self.certificate = Some(certificate.clone());
        }
    }
}

type Epochs = BTreeMap<Epoch, BTreeMap<Participant, Newest>>;

/// What this node saw others sign in the newest epochs: some hundred bytes of each.
#[derive(Clone, Debug, Default)]
pub(crate) struct Witness(Arc<Mutex<Epochs>>);

impl Witness {
    /// Notes what the engine reports. A vote comes from its signer's own link; a certificate was verified.
    pub(crate) fn note(&self, activity: &Activity<Scheme, Digest>) {
        match activity {
            Activity::Notarize(vote) => self.note_vote(Vote::Notarize(vote.clone())),
            Activity::Nullify(vote) => self.note_vote(Vote::Nullify(vote.clone())),
            Activity::Finalize(vote) => self.note_vote(Vote::Finalize(vote.clone())),
            Activity::Notarization(of) => self.note_certificate(Certificate::Notarization(of.clone())),
            Activity::Nullification(of) => self.note_certificate(Certificate::Nullification(of.clone())),
            Activity::Finalization(of) => self.note_certificate(Certificate::Finalization(of.clone())),
            Activity::Certification(_)
            | Activity::ConflictingNotarize(_)
            | Activity::ConflictingFinalize(_)
            | Activity::NullifyFinalize(_) => {}
        }
    }

    fn note_vote(&self, vote: Vote<Scheme, Digest>) {
        self.with(vote.epoch(), |seats| seats.entry(signer(&vote)).or_default().note_vote(Arc::new(vote)));
    }

    pub(crate) fn note_certificate(&self, certificate: Certificate<Scheme, Digest>) {
        let certificate = Arc::new(certificate);
        self.with(certificate.epoch(), |seats| {
            for signer in signers(&certificate) {
                seats.entry(signer).or_default().note_certificate(&certificate);
            }
        });
    }

    fn with(&self, epoch: Epoch, note: impl FnOnce(&mut BTreeMap<Participant, Newest>)) {
        let mut epochs = self.0.lock();
        note(epochs.entry(epoch).or_default());
        while epochs.len() > EPOCHS {
            epochs.pop_first();
        }
    }

    /// The newest that the node in `seat` of an epoch's committee is known to have signed: at most [`EVIDENCE_MAX`].
    pub(crate) fn evidence_of(&self, epoch: Epoch, seat: Participant) -> Vec<Evidence> {
        let epochs = self.0.lock();
        let Some(newest) = epochs.get(&epoch).and_then(|seats| seats.get(&seat)) else { return Vec::new() };
        let votes = newest.votes.iter().cloned().map(Evidence::Vote);
        votes.chain(newest.certificate.clone().map(Evidence::Certificate)).collect()
    }
}
