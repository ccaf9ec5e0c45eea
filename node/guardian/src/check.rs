//! Checking contributions, many at once, and finding those that are invalid by halves.

use crate::{Bits, Committee, Position, Scope, Subject};
use edgeloom_bls::{Claim, Signature, batch_verify};
use std::{num::NonZeroU64, ops::Range, sync::Arc};

/// A contribution that waits for its check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub(crate) from: Position,
    pub(crate) level: u8,
    pub(crate) scope: Scope,
    pub(crate) range: Range<usize>,
    pub(crate) signers: Bits,
    pub(crate) aggregate: [u8; 96],
    pub(crate) individual: Option<[u8; 96]>,
}

/// Contributions to check, as a session gives them out. It holds all that this takes, so that it can be run on any thread.
#[derive(Clone, Debug)]
pub struct Check {
    pub(crate) committee: Arc<Committee>,
    pub(crate) subject: Arc<Subject>,
    pub(crate) candidates: Vec<Candidate>,
}

/// That these of a range signed, and this is their aggregate.
#[derive(Clone, Debug)]
pub struct Statement {
    pub range: Range<usize>,
    pub signers: Bits,
    pub signature: Signature,
}

/// A contribution that was valid.
#[derive(Clone, Debug)]
pub struct Checked {
    pub(crate) level: u8,
    pub(crate) signers: Bits,
    pub(crate) aggregate: Signature,
    /// By number in the range.
    pub(crate) individual: Option<(usize, Signature)>,
}

/// What came of a check.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    pub(crate) valid: Vec<Checked>,
    /// Who sent something invalid.
    pub(crate) invalid: Vec<Position>,
    pub(crate) work: Work,
}

/// What a check took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Signatures decoded, with the check that they are in the subgroup.
    pub decodings: u64,
    /// Keys added up.
    pub additions: u64,
    /// Statements multiplied by a number: none where one is checked alone.
    pub multiplications: u64,
    /// Checks of a pairing.
    pub pairings: u64,
}

/// Who says whether statements hold: [`Pairings`], or somebody who knows all secrets. It adds what it did to the work.
pub trait Judge {
    /// The signature with this encoding; `None` where it is none.
    fn decode(&mut self, bytes: &[u8; 96], work: &mut Work) -> Option<Signature>;

    /// Whether each of the statements about `message` holds; there is at least one.
    fn hold(&mut self, committee: &Committee, message: &[u8], statements: &[&Statement], work: &mut Work) -> bool;
}

/// By pairings, as everybody can who knows no secrets. Holds 32 bytes that nobody else knows: numbers that a liar cannot foresee come of them.
#[derive(Clone)]
pub struct Pairings([u8; 32]);

impl Pairings {
    pub const fn new(salt: [u8; 32]) -> Self {
        Self(salt)
    }
}

impl std::fmt::Debug for Pairings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pairings(..)")
    }
}

impl Judge for Pairings {
    fn decode(&mut self, bytes: &[u8; 96], work: &mut Work) -> Option<Signature> {
        work.decodings += 1;
        Signature::from_bytes(bytes).ok()
    }

    fn hold(&mut self, committee: &Committee, message: &[u8], statements: &[&Statement], work: &mut Work) -> bool {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        for statement in statements {
            hasher.update(&(statement.range.start as u64).to_be_bytes());
            hasher.update(&(statement.range.end as u64).to_be_bytes());
            hasher.update(&statement.signers.to_bytes());
            hasher.update(&statement.signature.to_bytes());
        }
        let mut numbers = hasher.finalize_xof();
        let mut claims = Vec::with_capacity(statements.len());
        for statement in statements {
            let (sum, added) = committee.key_sum(&statement.range, &statement.signers);
            work.additions += added as u64;
            // Keys that cancel out would make anything valid.
            let Some(key) = sum.key() else { return false };
            let mut number = [0; 8];
            numbers.fill(&mut number);
            let coefficient = NonZeroU64::new(u64::from_le_bytes(number)).unwrap_or(NonZeroU64::MIN);
            claims.push(Claim { key, signature: statement.signature, coefficient });
        }
        work.pairings += 1;
        work.multiplications += if claims.len() > 1 { claims.len() as u64 } else { 0 };
        batch_verify(&claims, message)
    }
}

impl Verdict {
    pub const fn work(&self) -> &Work {
        &self.work
    }

    /// Who sent something invalid.
    pub fn invalid(&self) -> &[Position] {
        &self.invalid
    }
}

/// What a contribution says: the aggregate, and the sender's own signature where it comes with it.
struct Decoded {
    candidate: Candidate,
    aggregate: Statement,
    individual: Option<Statement>,
}

impl Check {
    /// How many contributions are in it.
    pub const fn len(&self) -> usize {
        self.candidates.len()
    }

    pub const fn is_empty(&self) -> bool {
        self.candidates.is_empty()
    }

    /// The contributions' verdicts. What a sender got wrong is found to be that sender's: others in the same check lose nothing.
    pub fn run(self, judge: &mut impl Judge) -> Verdict {
        let mut verdict = Verdict::default();
        let mut decoded = Vec::with_capacity(self.candidates.len());
        for candidate in self.candidates {
            let from = candidate.from;
            match Decoded::of(candidate, judge, &mut verdict.work) {
                Some(candidate) => decoded.push(candidate),
                None => verdict.invalid.push(from),
            }
        }
        let trial = Trial { committee: &self.committee, message: self.subject.message() };
        trial.halve(&decoded, false, judge, &mut verdict);
        verdict
    }
}

impl Decoded {
    fn of(candidate: Candidate, judge: &mut impl Judge, work: &mut Work) -> Option<Self> {
        let signature = judge.decode(&candidate.aggregate, work)?;
        let (range, signers) = (candidate.range.clone(), candidate.signers.clone());
        let aggregate = Statement { range, signers, signature };
        let individual = match candidate.individual {
            None => None,
            Some(bytes) => {
                let mut signers = Bits::none(candidate.range.len());
                signers.insert(candidate.from.index().checked_sub(candidate.range.start)?);
                Some(Statement { range: candidate.range.clone(), signers, signature: judge.decode(&bytes, work)? })
            }
        };
        Some(Self { candidate, aggregate, individual })
    }
}

struct Trial<'a> {
    committee: &'a Committee,
    message: &'a [u8],
}

impl Trial<'_> {
    /// `broken` says that one of them is known to be invalid: of the rest once the first half held.
    fn halve(&self, candidates: &[Decoded], broken: bool, judge: &mut impl Judge, verdict: &mut Verdict) {
        let statements: Vec<_> =
            candidates.iter().flat_map(|one| [Some(&one.aggregate), one.individual.as_ref()]).flatten().collect();
        if statements.is_empty() {
            return;
        }
        let holds = !broken && judge.hold(self.committee, self.message, &statements, &mut verdict.work);
        match candidates {
            _ if holds => verdict.valid.extend(candidates.iter().map(Checked::of)),
            [only] => verdict.invalid.push(only.candidate.from),
            _ => {
                let (left, right) = candidates.split_at(candidates.len() / 2);
                let before = verdict.invalid.len();
                self.halve(left, false, judge, verdict);
                self.halve(right, verdict.invalid.len() == before, judge, verdict);
            }
        }
    }
}

impl Checked {
    fn of(decoded: &Decoded) -> Self {
        let individual = decoded.individual.as_ref().and_then(|one| Some((one.signers.iter().next()?, one.signature)));
        Self {
            level: decoded.candidate.level,
            signers: decoded.aggregate.signers.clone(),
            aggregate: decoded.aggregate.signature,
            individual,
        }
    }
}

#[cfg(test)]
mod tests;
