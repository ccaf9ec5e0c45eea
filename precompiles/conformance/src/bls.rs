//! Claims about keys, signatures and sets of them.

mod claim;
mod crew;
mod encoding;

use self::{
    claim::{Claim, Kind},
    crew::Crew,
};
use crate::{Class, Fault, Peer, Tally, dice::Dice};
use edgeloom_bls::{Domain, KeySet, MESSAGE_BYTES, PossessionProof, Signature, Signers, Tally as Count};
use eyre::Result;
use rayon::prelude::{IntoParallelIterator, ParallelIterator};
use std::ops::Range;

/// Runs the false claims `cases` of a seed on all cores, their classes in turn. `done` is called after each.
pub fn negatives(seed: u64, cases: Range<u64>, fault: Option<Fault>, done: &(impl Fn() + Sync)) -> Tally {
    let crew = Crew::new();
    let run = |tally: Tally, case: u64| {
        let class = Class::ALL[(case % Class::ALL.len() as u64) as usize];
        let verdict = Case { crew: &crew, dice: Dice::new(seed, case), fault }.run(class);
        done();
        tally.add(class.name(), case, verdict)
    };
    cases.into_par_iter().fold(Tally::default, run).reduce(Tally::default, Tally::and)
}

/// Asks the peers about claims, of which about half are true.
///
/// # Errors
/// When a peer ends or says what is no verdict.
pub fn compare(
    peers: &mut [Peer],
    (seed, cases): (u64, Range<u64>),
    fault: Option<Fault>,
    done: &impl Fn(),
) -> Result<Tally> {
    let crew = Crew::new();
    let mut tally = Tally::default();
    for case in cases {
        let mut dice = Dice::new(!seed, case);
        let kind = [Kind::One, Kind::Aggregate, Kind::Possession][dice.below(3)];
        let claim = Claim::new(kind, &crew, &mut dice);
        let ours = claim.holds() ^ (fault == Some(Fault::WrongVerdict));
        let question = serde_json::to_string(&claim)?;
        for peer in &mut *peers {
            peer.ask(&question)?;
        }
        for peer in &mut *peers {
            let theirs: bool = peer.answer()?;
            let verdict = (theirs == ours).then_some(());
            let verdict = verdict.ok_or_else(|| format!("{} says {theirs}, we {ours}: {claim:?}", peer.name()));
            tally = tally.add(if ours { "true, compared" } else { "false, compared" }, case, verdict);
        }
        done();
    }
    Ok(tally)
}

struct Case<'a> {
    crew: &'a Crew,
    dice: Dice,
    fault: Option<Fault>,
}

impl Case<'_> {
    fn run(mut self, class: Class) -> Result<(), String> {
        match class {
            Class::NonCanonical | Class::OffCurve | Class::Subgroup | Class::Infinity => self.encoding(class),
            Class::TrailingBits => self.trailing_bits(),
            Class::Duplicate => self.duplicate(),
            Class::StaleSnapshot => self.stale_snapshot(),
            Class::CopiedProof => self.copied_proof(),
            Class::OtherDomain => self.other_domain(),
        }
    }

    fn encoding(&mut self, class: Class) -> Result<(), String> {
        let point = encoding::Point::pick(&mut self.dice);
        let right = point.right(self.crew, &mut self.dice);
        self.holds(point.decodes(&right), || format!("{point:?} {right:02x?} is refused"))?;
        let Some(wrong) = point.wrong(class, &right, &mut self.dice) else {
            return Err(format!("no {point:?} of its class was found"));
        };
        self.fails(Fault::AcceptedEncoding, point.decodes(&wrong), || format!("{point:?} {wrong:02x?} is accepted"))
    }

    fn trailing_bits(&mut self) -> Result<(), String> {
        let places = 1 + self.dice.below(600);
        let stakes: Vec<_> = (0..places).map(|_| (self.dice.below(4) as u64).saturating_sub(1)).collect();
        let mut bitmap = vec![0; places.div_ceil(8)];
        let mut multiplicities = vec![0; places * 2];
        for place in (0..places).filter(|place| stakes[*place] > 0) {
            if self.dice.one_of(2) {
                bitmap[place / 8] |= 1 << (place % 8);
                multiplicities[place * 2 + self.dice.below(2)] = 1 + self.dice.below(255) as u8;
            }
        }
        let of_bitmap = |bytes: &[u8]| Count::of(&Signers::bitmap(bytes, places)?, &stakes);
        let of_weights = |bytes: &[u8]| Count::of(&Signers::multiplicities(bytes, places)?, &stakes);
        let accepted = of_bitmap(&bitmap).is_ok() && of_weights(&multiplicities).is_ok();
        self.holds(accepted, || format!("signers of {stakes:?} are refused: {bitmap:02x?}"))?;

        let nobody: Vec<_> = (0..bitmap.len() * 8).filter(|place| stakes.get(*place).is_none_or(|s| *s == 0)).collect();
        if nobody.is_empty() {
            // Every bit is a member's: one byte more, or less.
            if self.dice.one_of(2) {
                bitmap.push(0)
            } else {
                bitmap.truncate(bitmap.len() - 1)
            }
            multiplicities.extend([0; 2]);
        } else {
            let place = nobody[self.dice.below(nobody.len())];
            bitmap[place / 8] |= 1 << (place % 8);
            match multiplicities.get_mut(place * 2 + self.dice.below(2)) {
                Some(byte) => *byte |= 1 << self.dice.below(8),
                None => multiplicities.extend([0; 2]),
            }
        }
        let accepted = of_bitmap(&bitmap).is_ok() || of_weights(&multiplicities).is_ok();
        self.fails(Fault::AcceptedBit, accepted, || format!("signers of {stakes:?} are accepted: {bitmap:02x?}"))
    }

    fn duplicate(&mut self) -> Result<(), String> {
        let (places, at) = (self.places(), self.dice.below(crew::DOMAINS));
        let set = KeySet::new(places.iter().map(|place| self.crew.key(*place)).collect());
        let mut counts: Vec<u16> = places.iter().map(|_| self.dice.below(4) as u16).collect();
        let signer = self.dice.below(counts.len());
        counts[signer] = counts[signer].max(1);
        let votes =
            places.iter().zip(&counts).flat_map(|(place, count)| vec![self.crew.vote(at, *place); (*count).into()]);
        let signature = crew::sum(votes);
        let verify = |counts: &[u16]| {
            set.weighted_sum(counts).key().is_some_and(|key| signature.verify(&key, self.crew.message(at)))
        };
        if self.dice.one_of(8) && !self.judge(verify(&counts)) {
            return Err(format!("{counts:?} times {places:?} does not verify"));
        }
        let changed = self.dice.below(counts.len());
        counts[changed] = if self.dice.one_of(2) { counts[changed] + 1 } else { counts[changed].wrapping_sub(1) };
        let accepted = verify(&counts);
        self.fails(Fault::AcceptedSignature, accepted, || format!("{counts:?} times {places:?} verifies"))
    }

    fn stale_snapshot(&mut self) -> Result<(), String> {
        let (old, at) = (self.places(), self.dice.below(crew::DOMAINS));
        let mut new = old.clone();
        let replaced = self.dice.below(new.len());
        new[replaced] = (0..crew::SIZE).find(|place| !old.contains(place)).unwrap_or_default();
        let present: Vec<_> = (0..new.len()).filter(|place| *place == replaced || self.dice.one_of(2)).collect();
        let signature = crew::sum(present.iter().map(|place| self.crew.vote(at, new[*place])));
        let verify = |members: &[usize]| {
            let set = KeySet::new(members.iter().map(|place| self.crew.key(*place)).collect());
            let key = set.sum(|place| present.contains(&place)).key();
            key.is_some_and(|key| signature.verify(&key, self.crew.message(at)))
        };
        if self.dice.one_of(8) && !self.judge(verify(&new)) {
            return Err(format!("{present:?} of {new:?} does not verify"));
        }
        let accepted = verify(&old);
        self.fails(Fault::AcceptedSignature, accepted, || format!("{present:?} of {new:?} verifies as of {old:?}"))
    }

    fn copied_proof(&mut self) -> Result<(), String> {
        let (own, other) = self.two();
        let check_truth = self.dice.one_of(8);
        if self.dice.one_of(2) {
            let proof = PossessionProof::from_bytes(self.crew.proof(own)).map_err(|error| error.to_string())?;
            if check_truth && !self.judge(proof.verify(&self.crew.key(own))) {
                return Err(format!("the proof of {own} does not verify"));
            }
            let accepted = proof.verify(&self.crew.key(other));
            return self
                .fails(Fault::AcceptedSignature, accepted, || format!("the proof of {own} verifies for {other}"));
        }
        let consent = self.crew.consent(own);
        let verify = |operator| consent.verify(&self.crew.key(own), &crew::consent_message(operator));
        if check_truth && !self.judge(verify(own)) {
            return Err(format!("the consent of {own} does not verify"));
        }
        let accepted = verify(other);
        self.fails(Fault::AcceptedSignature, accepted, || format!("the consent of {own} verifies for {other}"))
    }

    fn other_domain(&mut self) -> Result<(), String> {
        let (at, signer) = (self.dice.below(crew::DOMAINS), self.dice.below(crew::SIZE));
        let vote: Signature = self.crew.vote(at, signer);
        let verify = |message: &[u8; MESSAGE_BYTES]| vote.verify(&self.crew.key(signer), message);
        if self.dice.one_of(8) && !self.judge(verify(self.crew.message(at))) {
            return Err(format!("{signer}'s vote {at} does not verify"));
        }
        let (mut domain, mut payload) = (crew::domain(at), crew::payload(at));
        let bit = 1 << self.dice.below(8);
        match self.dice.below(5) {
            0 => domain.chain_id ^= u64::from(bit),
            1 => domain.owner[self.dice.below(20)] ^= bit,
            2 => domain.role ^= bit,
            3 => domain.epoch ^= u64::from(bit) << (8 * self.dice.below(8)),
            _ => payload[self.dice.below(32)] ^= bit,
        }
        let accepted = verify(&Domain::message(&domain, &payload));
        self.fails(Fault::AcceptedSignature, accepted, || format!("{signer}'s vote {at} verifies as {domain:?}"))
    }

    /// Two to eight of the crew.
    fn places(&mut self) -> Vec<usize> {
        let (first, step) = (self.dice.below(crew::SIZE), 1 + 2 * self.dice.below(8));
        (0..2 + self.dice.below(7)).map(|index| (first + index * step) % crew::SIZE).collect()
    }

    fn two(&mut self) -> (usize, usize) {
        let own = self.dice.below(crew::SIZE);
        (own, (own + 1 + self.dice.below(crew::SIZE - 1)) % crew::SIZE)
    }

    /// What the kernel says of a true claim.
    fn judge(&self, verdict: bool) -> bool {
        verdict && self.fault != Some(Fault::RefusedTruth)
    }

    fn holds(&self, verdict: bool, what: impl FnOnce() -> String) -> Result<(), String> {
        if self.judge(verdict) { Ok(()) } else { Err(what()) }
    }

    fn fails(&self, planted: Fault, accepted: bool, what: impl FnOnce() -> String) -> Result<(), String> {
        if accepted || self.fault == Some(planted) { Err(what()) } else { Ok(()) }
    }
}
