//! Proofs about steps of models (K5), in batches: one model, one input, and cases of every kind that share the honest trace.

mod cheat;
mod fault;
mod mix;
mod model;
mod opening;
mod rate;
mod scene;

pub use fault::Fault;
pub use mix::Mix;
pub use rate::{Rate, rates};

use self::{cheat::Cheat, opening::Malformation, scene::Scene};
use crate::{Tally, dice::Dice};
use edgeloom_edge_proof::Verdict;
use rayon::prelude::{IntoParallelIterator, ParallelIterator};
use std::ops::Range;

/// Honest proofs of a batch; as many cheats and as many malformed proofs.
pub const BATCH: u64 = 64;
/// Tries at a change that alters a committed byte, before a byte of the trace itself is changed.
const TRIES: usize = 12;

/// What became of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    pub tally: Tally,
    pub mix: Mix,
}

impl Outcome {
    /// Both together.
    pub fn and(self, other: Self) -> Self {
        Self { tally: self.tally.and(other.tally), mix: self.mix.and(other.mix) }
    }

    pub fn honest(&self) -> u64 {
        self.count("honest")
    }

    /// Those that alter a committed byte; others are counted apart.
    pub fn cheats(&self) -> u64 {
        self.count("cheat: ")
    }

    pub fn malformed(&self) -> u64 {
        self.count("malformed: ")
    }

    fn count(&self, kind: &str) -> u64 {
        self.tally.cases.iter().filter(|(name, _)| name.starts_with(kind)).map(|(_, cases)| cases).sum()
    }

    fn add(&mut self, name: &'static str, batch: u64, verdict: Result<(), String>) {
        self.tally = std::mem::take(&mut self.tally).add(name, batch, verdict);
    }
}

/// Runs the batches `batches` of a seed on all cores. `done` is called after each.
pub fn run(seed: u64, batches: Range<u64>, fault: Option<Fault>, done: &(impl Fn() + Sync)) -> Outcome {
    let one = |batch| {
        let outcome = self::batch(seed, batch, fault);
        done();
        outcome
    };
    batches.into_par_iter().map(one).reduce(Outcome::default, Outcome::and)
}

fn batch(seed: u64, batch: u64, fault: Option<Fault>) -> Outcome {
    let mut outcome = Outcome::default();
    let mut dice = Dice::new(seed, batch);
    let made = match Scene::made(batch, &mut dice) {
        Ok(made) => made,
        Err(what) => {
            outcome.add("model", batch, Err(what));
            return outcome;
        }
    };
    let Some(scene) = made.scene(fault) else {
        outcome.add("model", batch, Err("its image has no header".to_owned()));
        return outcome;
    };
    outcome.mix.model(made.macs());
    for case in 0..BATCH {
        let malformation = Malformation::ALL[(batch.wrapping_add(case) % Malformation::ALL.len() as u64) as usize];
        // Every other malformed proof is of somebody who cheats.
        let base = honest(&mut outcome, &scene, batch, &mut dice);
        let cheated = cheat(&mut outcome, &scene, (batch, case), &mut dice);
        let Some(base) = (if case % 2 == 0 { base } else { cheated }) else { continue };
        let verdict = scene.malformed(&base, malformation, &mut dice);
        let invalid =
            if verdict == Verdict::Invalid { Ok(()) } else { Err(format!("{verdict:?} at {:?}", base.place)) };
        outcome.add(malformation.name(), batch, invalid);
    }
    outcome
}

/// An element of the honest trace, and its proof.
fn honest(outcome: &mut Outcome, scene: &Scene<'_>, batch: u64, dice: &mut Dice) -> Option<scene::Claim> {
    let place = scene.pick(dice);
    let claim = scene.honest(place);
    let verdict = match claim.as_ref().map(|claim| scene.judge(claim)) {
        Some(Verdict::Consistent { .. }) => Ok(()),
        other => Err(format!("{other:?} of {} at {place:?}", mix::name(scene.opcode(place)))),
    };
    outcome.mix.judged(scene, place);
    outcome.add("honest", batch, verdict);
    claim
}

/// A cheat of the case's kind, if one is found that alters a committed byte, and its conviction.
fn cheat(outcome: &mut Outcome, scene: &Scene<'_>, (batch, case): (u64, u64), dice: &mut Dice) -> Option<scene::Claim> {
    let wanted = Cheat::TURNS[(case % Cheat::TURNS.len() as u64) as usize];
    for attempt in 0..=TRIES {
        let kind = if attempt < TRIES { wanted } else { Cheat::Intermediate };
        let Some(trace) = scene.cheat(kind, dice) else {
            // No such bytes in this model, or none that a model may have.
            continue;
        };
        let Some(first) = scene.first_difference(&trace) else {
            outcome.add("unaltered", batch, Ok(()));
            continue;
        };
        if kind == Cheat::Input {
            outcome.add(kind.name(), batch, scene.convict_input(&trace, first));
            return None;
        }
        let Some(place) = scene.model.plan().place(first) else {
            outcome.add(kind.name(), batch, Err(format!("byte {first} differs and is nobody's")));
            return None;
        };
        outcome.mix.judged(scene, place);
        let claim = scene.claim(trace, place);
        outcome.add(kind.name(), batch, scene.convict(claim.as_ref(), place));
        return claim;
    }
    None
}

#[cfg(test)]
mod tests;
