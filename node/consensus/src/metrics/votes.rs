//! Counts what the engine tells of its work: votes it sees and casts, certificates it makes or hears, and contradictions.

use crate::{application::ChainApp, block::Digest, committee::Scheme};
use alloy::primitives::B256;
use commonware_actor::Feedback;
use commonware_consensus::{
    Reporter,
    simplex::types::{Activity, Attributable as _},
};
use commonware_cryptography::certificate::Scheme as _;
use commonware_utils::Participant;
use metrics::{counter, gauge};

/// A reporter that is also counted.
#[derive(Clone)]
pub(crate) struct Watched<R> {
    reporter: R,
    app: ChainApp,
    /// This node's, where it has one.
    seat: Option<Participant>,
}

impl<R> Watched<R> {
    pub(crate) fn new(reporter: R, app: ChainApp, scheme: &Scheme) -> Self {
        Self { reporter, app, seat: scheme.me().and_then(|me| me.signer()) }
    }

    fn note(&self, activity: &Activity<Scheme, Digest>) {
        match activity {
            Activity::Notarize(vote) => self.vote("notarize", vote.signer(), Some(&vote.proposal.payload)),
            Activity::Nullify(vote) => self.vote("nullify", vote.signer(), None),
            Activity::Finalize(vote) => self.vote("finalize", vote.signer(), Some(&vote.proposal.payload)),
            Activity::Notarization(_) => certificate("notarization"),
            Activity::Nullification(_) => certificate("nullification"),
            Activity::Finalization(_) => certificate("finalization"),
            Activity::ConflictingNotarize(_) => equivocation("notarize"),
            Activity::ConflictingFinalize(_) => equivocation("finalize"),
            Activity::NullifyFinalize(_) => equivocation("nullify_finalize"),
            Activity::Certification(_) => {}
        }
    }

    fn vote(&self, kind: &'static str, signer: Participant, block: Option<&Digest>) {
        counter!("edgeloom_consensus_votes_seen_total", "kind" => kind).increment(1);
        if self.seat != Some(signer) {
            return;
        }
        counter!("edgeloom_consensus_votes_signed_total", "kind" => kind).increment(1);
        if let Some(height) = block.and_then(|block| self.height_of(B256::from_slice(block.as_ref()))) {
            gauge!("edgeloom_consensus_last_signed_height").set(height as f64);
        }
    }

    fn height_of(&self, block: B256) -> Option<u64> {
        let open = self.app.ledger.lock().height_of(&block);
        open.or_else(|| self.app.store.height_of(block).ok().flatten()).map(edgeloom_types::Height::get)
    }
}

impl<R: Reporter<Activity = Activity<Scheme, Digest>>> Reporter for Watched<R> {
    type Activity = Activity<Scheme, Digest>;

    fn report(&mut self, activity: Self::Activity) -> Feedback {
        self.note(&activity);
        self.reporter.report(activity)
    }
}

fn certificate(kind: &'static str) {
    counter!("edgeloom_consensus_certificates_total", "kind" => kind).increment(1);
}

fn equivocation(kind: &'static str) {
    tracing::warn!(kind, "a validator signed two contradictory votes");
    counter!("edgeloom_consensus_equivocations_total", "kind" => kind).increment(1);
}
