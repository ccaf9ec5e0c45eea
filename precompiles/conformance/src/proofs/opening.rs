//! Bytes that are no proof of a place, made of those that are.

use super::scene::{Claim, Scene};
use crate::dice::Dice;
use edgeloom_edge_proof::{Blob, CHUNK_BYTES, Place, VALUE_BYTES, Verdict};

/// Tries at something that is not by chance the same.
const TRIES: usize = 16;

/// What is wrong with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Malformation {
    Cut,
    Surplus,
    Changed,
    OtherPlace,
    OtherRoot,
    OtherLength,
    Swapped,
}

impl Malformation {
    pub(super) const ALL: [Self; 7] =
        [Self::Cut, Self::Surplus, Self::Changed, Self::OtherPlace, Self::OtherRoot, Self::OtherLength, Self::Swapped];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Cut => "malformed: cut",
            Self::Surplus => "malformed: surplus",
            Self::Changed => "malformed: changed",
            Self::OtherPlace => "malformed: other place",
            Self::OtherRoot => "malformed: other root",
            Self::OtherLength => "malformed: other length",
            Self::Swapped => "malformed: swapped",
        }
    }
}

impl Scene<'_> {
    /// What the judge says of a claim that is malformed in this way.
    pub(super) fn malformed(&self, claim: &Claim, malformation: Malformation, dice: &mut Dice) -> Verdict {
        let mut claim = claim.clone();
        let mut commitment = self.commitment;
        match malformation {
            Malformation::Cut => claim.proof.truncate(dice.below(claim.proof.len())),
            Malformation::Surplus => {
                let more = 1 + dice.below(2 * VALUE_BYTES);
                claim.proof.extend(dice.many(more));
            }
            Malformation::Changed => {
                let at = dice.below(claim.proof.len());
                claim.proof[at] ^= 1 << dice.below(8);
            }
            Malformation::OtherPlace => claim.place = self.other_place(&claim, dice),
            Malformation::OtherRoot => {
                // Every proof opens these two.
                let root = if dice.one_of(2) { &mut commitment.graph_root } else { &mut claim.trace.root };
                root[dice.below(32)] ^= 1 << dice.below(8);
            }
            Malformation::OtherLength => claim.trace.bytes = self.other_length(&claim, dice),
            Malformation::Swapped => swap(&mut claim.proof, dice),
        }
        self.judge_as(&commitment, &claim)
    }

    /// A place whose proof has other bytes: neighbours often share theirs.
    fn other_place(&self, claim: &Claim, dice: &mut Dice) -> Place {
        let other = |place: &Place| self.proof_beside(claim, *place).is_some_and(|proof| proof != claim.proof);
        let found = (0..TRIES).map(|_| self.pick(dice)).find(other);
        found.unwrap_or(Place { op: self.operations.len() as u32, element: 0 })
    }

    /// A length by which the tree has one level more, or ends before the element does. Others may have the same openings (O1).
    fn other_length(&self, claim: &Claim, dice: &mut Dice) -> u64 {
        let Blob { bytes, .. } = claim.trace;
        let end = self.bytes(claim.place).end as u64;
        if dice.one_of(2) {
            bytes.div_ceil(CHUNK_BYTES).next_power_of_two() * CHUNK_BYTES + 1 + dice.below(4096) as u64
        } else {
            dice.below(end as usize) as u64
        }
    }
}

/// Exchanges two values' lengths of bytes that differ.
fn swap(proof: &mut Vec<u8>, dice: &mut Dice) {
    let words = proof.len() / VALUE_BYTES;
    for _ in 0..TRIES {
        let (one, other) = (dice.below(words) * VALUE_BYTES, dice.below(words) * VALUE_BYTES);
        if proof[one..one + VALUE_BYTES] != proof[other..other + VALUE_BYTES] {
            for at in 0..VALUE_BYTES {
                proof.swap(one + at, other + at);
            }
            return;
        }
    }
    // All the same: the order cannot be wrong, the number can.
    proof.truncate(words / 2 * VALUE_BYTES);
}
