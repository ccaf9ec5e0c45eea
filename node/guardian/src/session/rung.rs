//! One level of a session.

use crate::{Committee, Contribution, Level, Position, Tally, check::Candidate};
use edgeloom_bls::Signature;
use std::{collections::BTreeMap, sync::Arc};

/// What is known of the other half of a level, and who is told of the own one.
#[derive(Debug)]
pub(super) struct Rung {
    pub(super) level: Level,
    pub(super) contacts: Vec<Position>,
    pub(super) relays: Vec<Position>,
    /// Whose turn it is.
    pub(super) next_contact: usize,
    pub(super) next_relay: usize,
    pub(super) tally: Tally,
    pub(super) waiting: BTreeMap<Position, Candidate>,
    /// What was last made of the own half; none where that has changed since.
    pub(super) said: Option<Arc<Contribution<Signature>>>,
}

impl Rung {
    /// The one that gains most. Those that gain nothing are forgotten.
    pub(super) fn next_candidate(&mut self, committee: &Committee) -> Option<Candidate> {
        let mut best: Option<(u128, Position)> = None;
        let (tally, start) = (&self.tally, self.level.theirs.start);
        self.waiting.retain(|from, candidate| {
            let individual = candidate.individual.and_then(|_| from.index().checked_sub(start));
            let gain = tally.gain(committee, &candidate.signers, individual);
            if gain > best.map_or(0, |(most, _)| most) {
                best = Some((gain, *from));
            }
            gain > 0
        });
        best.and_then(|(_, from)| self.waiting.remove(&from))
    }
}
