//! What honest nodes sign, read off their own links: two votes that contradict each other are evidence against whoever signed them,
//! whether a peer puts them together or not.

use crate::{block::Digest, committee::Scheme};
use commonware_codec::Decode as _;
use commonware_consensus::{
    Epochable as _, Viewable as _,
    simplex::types::Vote,
    types::{Epoch, View},
};
use commonware_p2p::utils::mux;
use commonware_runtime::IoBuf;
use std::collections::HashMap;

/// What one node signed in one view.
#[derive(Debug, Default)]
struct Signed {
    notarized: Option<Digest>,
    finalized: Option<Digest>,
    nullified: bool,
}

#[derive(Debug, Default)]
pub(super) struct Audit {
    signed: HashMap<(usize, Epoch, View), Signed>,
    /// The highest round that anybody honest voted in.
    pub(super) newest: (u64, u64),
    pub(super) votes: u64,
    pub(super) contradictions: Vec<String>,
    /// Votes of Byzantine nodes that contradict others of theirs.
    pub(super) equivocations: u64,
}

impl Audit {
    /// Notes what `seat` sends on the votes' channel.
    pub(super) fn note(&mut self, seat: usize, honest: bool, message: &IoBuf) {
        let Ok((_, payload)) = mux::parse(message.clone()) else { return };
        let Ok(vote) = Vote::<Scheme, Digest>::decode_cfg(payload, &()) else { return };
        let (epoch, view) = (vote.epoch(), vote.view());
        if honest {
            self.newest = self.newest.max((epoch.get(), view.get()));
            self.votes += 1;
        }
        let signed = self.signed.entry((seat, epoch, view)).or_default();
        let contradicts = match &vote {
            Vote::Notarize(vote) => *signed.notarized.get_or_insert(vote.proposal.payload) != vote.proposal.payload,
            Vote::Finalize(vote) => {
                let other = *signed.finalized.get_or_insert(vote.proposal.payload) != vote.proposal.payload;
                other || signed.nullified
            }
            Vote::Nullify(_) => {
                signed.nullified = true;
                signed.finalized.is_some()
            }
        };
        if contradicts && !honest {
            self.equivocations += 1;
        } else if contradicts {
            self.contradictions
                .push(format!("node {seat} contradicts itself in view {view} of epoch {epoch}: {vote:?}"));
        }
    }
}
