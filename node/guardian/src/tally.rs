//! What is known of one range of positions: some who signed, and their aggregate.

use crate::{Bits, Committee};
use edgeloom_bls::{Signature, aggregate_signatures};
use std::{collections::BTreeMap, ops::Range};

/// Signers of a range and the aggregate of their signatures, which was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub signers: Bits,
    pub aggregate: Signature,
    /// What the signers have at stake, gwei.
    pub stake: u128,
}

/// The best part of a range so far. It only ever gains stake.
#[derive(Clone, Debug)]
pub struct Tally {
    range: Range<usize>,
    best: Option<Part>,
    /// Signatures of single positions: they fill gaps of parts that could not be added up because they overlap. As many at most as the
    /// caller has contacts.
    singles: BTreeMap<usize, Signature>,
}

impl Tally {
    pub const fn new(range: Range<usize>) -> Self {
        Self { range, best: None, singles: BTreeMap::new() }
    }

    pub const fn best(&self) -> Option<&Part> {
        self.best.as_ref()
    }

    /// How many are in the best part.
    pub fn count(&self) -> usize {
        self.best.as_ref().map_or(0, |best| best.signers.count())
    }

    pub fn stake(&self) -> u128 {
        self.best.as_ref().map_or(0, |best| best.stake)
    }

    /// Stake that is gained by a contribution if it is valid: of these signers, with the own signature of one at `individual`, numbered
    /// in the range.
    pub fn gain(&self, committee: &Committee, signers: &Bits, individual: Option<usize>) -> u128 {
        let single = individual.filter(|index| !self.singles.contains_key(index));
        let singles = || self.singles.keys().copied().chain(single);
        let filled = |bits: &Bits| {
            let gaps = singles().filter(|index| !bits.contains(*index));
            gaps.map(|index| u128::from(committee.stake(self.range.start + index))).sum::<u128>()
        };
        let theirs = committee.stake_in(&self.range, signers) + filled(signers);
        let Some(best) = &self.best else { return theirs };
        if best.signers.is_disjoint(signers) {
            return theirs;
        }
        theirs.max(best.stake + filled(&best.signers)).saturating_sub(best.stake)
    }

    /// Takes what was checked. Disjoint parts are added up; of two that overlap the one with more stake stays, once single signatures
    /// have filled the gaps of both.
    pub fn add(
        &mut self,
        committee: &Committee,
        signers: &Bits,
        aggregate: Signature,
        individual: Option<(usize, Signature)>,
    ) {
        self.singles.extend(individual);
        let stake = committee.stake_in(&self.range, signers);
        let part = Part { signers: signers.clone(), aggregate, stake };
        let rivals = match self.best.take() {
            None => vec![part],
            Some(best) => match Self::joined(&best, &part) {
                Some(sum) => vec![sum, best],
                None => vec![best, part],
            },
        };
        let filled = rivals.into_iter().map(|rival| self.filled(committee, rival));
        // The first of equals, so that what is known does not change for nothing.
        self.best = filled.reduce(|best, rival| if rival.stake > best.stake { rival } else { best });
    }

    fn filled(&self, committee: &Committee, part: Part) -> Part {
        self.singles.iter().fold(part, |part, (index, signature)| {
            let mut signers = Bits::none(self.range.len());
            signers.insert(*index);
            let stake = committee.stake_in(&self.range, &signers);
            Self::joined(&part, &Part { signers, aggregate: *signature, stake }).unwrap_or(part)
        })
    }

    /// `None` where they overlap. Or where their signatures cancel out: keys can be chosen such that they do, and then there is no
    /// aggregate of both.
    fn joined(left: &Part, right: &Part) -> Option<Part> {
        if !left.signers.is_disjoint(&right.signers) {
            return None;
        }
        let aggregate = aggregate_signatures(&[left.aggregate, right.aggregate]).ok()?;
        let mut signers = left.signers.clone();
        signers.unite(&right.signers);
        Some(Part { signers, aggregate, stake: left.stake + right.stake })
    }
}

#[cfg(test)]
mod tests;
