//! Two votes of one seat that exclude each other, as the engine shows them, in the form that the contract takes (`IEquivocation`).

use crate::{block::Digest, committee::Scheme};
use commonware_codec::{Encode, ReadExt as _};
use commonware_consensus::{
    Epochable as _, Viewable as _,
    simplex::types::{Activity, Attributable as _, Finalize, Notarize, Nullify},
    types::Epoch,
};
use commonware_cryptography::certificate::Attestation;
use commonware_parallel::Sequential;
use edgeloom_bindings::IEquivocation::Vote;
use rand_core::CryptoRng;

/// Most that a node keeps: each seat's first of an epoch, for as many epochs as the largest committee allows, and more of small ones.
const KEPT_MAX: usize = 256;

/// Evidence against a seat, which the committee's contract takes from anybody (`ICommittee.report`).
#[derive(Clone, Debug)]
pub struct Equivocation {
    pub epoch: u64,
    pub view: u64,
    pub seat: u32,
    pub first: Vote,
    pub second: Vote,
}

/// What this node holds, in the order in which it was seen: one of each seat and epoch. It tells who waits when there is more.
pub type Equivocations = tokio::sync::watch::Sender<Vec<Equivocation>>;

/// Keeps evidence unless there is some against that seat in that epoch already.
pub(crate) fn keep(kept: &Equivocations, found: Equivocation) {
    kept.send_if_modified(|kept| {
        let is_new = !kept.iter().any(|known| (known.epoch, known.seat) == (found.epoch, found.seat));
        if is_new {
            if kept.len() == KEPT_MAX {
                kept.remove(0);
            }
            kept.push(found);
        }
        is_new
    });
}

/// A conflict that was not checked yet: signatures are looked at when it is read.
#[derive(Clone, Debug)]
pub(crate) struct Conflict(Activity<Scheme, Digest>);

impl Conflict {
    /// `None` for what is none.
    pub(crate) fn of(activity: &Activity<Scheme, Digest>) -> Option<Self> {
        let is_conflict = matches!(
            activity,
            Activity::ConflictingNotarize(_) | Activity::ConflictingFinalize(_) | Activity::NullifyFinalize(_)
        );
        is_conflict.then(|| Self(activity.clone()))
    }

    pub(crate) fn epoch(&self) -> Epoch {
        self.0.epoch()
    }

    /// The evidence, if its seat signed both votes.
    pub(crate) fn prove(&self, scheme: &Scheme, rng: &mut impl CryptoRng) -> Option<Equivocation> {
        let [first, second] = match &self.0 {
            Activity::ConflictingNotarize(of) if of.verify(rng, scheme, &Sequential) => {
                let mut encoded = of.encode();
                [notarize(&mut encoded)?, notarize(&mut encoded)?]
            }
            Activity::ConflictingFinalize(of) if of.verify(rng, scheme, &Sequential) => {
                let mut encoded = of.encode();
                [finalize(&mut encoded)?, finalize(&mut encoded)?]
            }
            Activity::NullifyFinalize(of) if of.verify(rng, scheme, &Sequential) => {
                let mut encoded = of.encode();
                [nullify(&mut encoded)?, finalize(&mut encoded)?]
            }
            _ => return None,
        };
        let seat = match &self.0 {
            Activity::ConflictingNotarize(of) => of.signer(),
            Activity::ConflictingFinalize(of) => of.signer(),
            Activity::NullifyFinalize(of) => of.signer(),
            _ => return None,
        };
        Some(Equivocation { epoch: self.0.epoch().get(), view: self.0.view().get(), seat: seat.get(), first, second })
    }
}

/// `IEquivocation.Kind`, in its order.
#[derive(Clone, Copy)]
enum Kind {
    Notarize,
    Finalize,
    Nullify,
}

// The engine shows its evidence as bytes alone: one vote after the other.

fn notarize(encoded: &mut bytes::Bytes) -> Option<Vote> {
    let vote = Notarize::<Scheme, Digest>::read(encoded).ok()?;
    Some(signed(Kind::Notarize, &vote.proposal, &vote.attestation))
}

fn finalize(encoded: &mut bytes::Bytes) -> Option<Vote> {
    let vote = Finalize::<Scheme, Digest>::read(encoded).ok()?;
    Some(signed(Kind::Finalize, &vote.proposal, &vote.attestation))
}

fn nullify(encoded: &mut bytes::Bytes) -> Option<Vote> {
    let vote = Nullify::<Scheme>::read(encoded).ok()?;
    Some(signed(Kind::Nullify, &vote.round, &vote.attestation))
}

fn signed(kind: Kind, content: &impl Encode, attestation: &Attestation<Scheme>) -> Vote {
    let (content, signature) = (content.encode().to_vec(), attestation.signature.encode().to_vec());
    Vote { kind: kind as u8, content: content.into(), signature: signature.into() }
}
