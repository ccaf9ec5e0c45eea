//! What a worker who cheats changes. Everything after the change is computed, as whoever wants to be believed would.

use super::scene::Scene;
use crate::dice::Dice;
use edgeloom_edge_proof::{Model, Operation};
use std::ops::Range;

/// Where the byte is that is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cheat {
    Weight,
    Scale,
    Table,
    Input,
    Intermediate,
    Answer,
}

impl Cheat {
    /// In turn; elements of every operation are changed most often.
    pub(super) const TURNS: [Self; 7] =
        [Self::Weight, Self::Scale, Self::Table, Self::Input, Self::Intermediate, Self::Answer, Self::Intermediate];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Weight => "cheat: weight",
            Self::Scale => "cheat: scale",
            Self::Table => "cheat: table",
            Self::Input => "cheat: input",
            Self::Intermediate => "cheat: intermediate",
            Self::Answer => "cheat: answer",
        }
    }
}

impl Scene<'_> {
    /// The trace of a worker who cheats in this way. `None` where the model has no such byte, or none with the change.
    pub(super) fn cheat(&self, cheat: Cheat, dice: &mut Dice) -> Option<Vec<u8>> {
        match cheat {
            Cheat::Weight => self.other_model(|operation| operation.weights.clone(), dice),
            Cheat::Scale => self.other_model(|operation| operation.scales.clone(), dice),
            Cheat::Table => self.other_table(dice),
            Cheat::Input => {
                let mut input = self.input().to_vec();
                change(&mut input, dice);
                self.model.trace(&input).ok()
            }
            Cheat::Intermediate => self.other_element(self.pick(dice).op as usize, dice),
            Cheat::Answer => self.other_element(self.operations.len() - 1, dice),
        }
    }

    /// Of a model of which one constant is another.
    fn other_model(&self, constants: impl Fn(&Operation) -> Range<usize>, dice: &mut Dice) -> Option<Vec<u8>> {
        let having = |op: &usize| !constants(&self.operations[*op]).is_empty();
        let having: Vec<_> = (0..self.operations.len()).filter(having).collect();
        let op = *having.get(dice.below(having.len().max(1)))?;
        self.with_changed(op, constants(&self.operations[op]), dice)
    }

    /// As before, of an entry that the operation looks up: most are not in use.
    fn other_table(&self, dice: &mut Dice) -> Option<Vec<u8>> {
        let having: Vec<_> = (0..self.operations.len()).filter(|op| !self.operations[*op].table.is_empty()).collect();
        let op = *having.get(dice.below(having.len().max(1)))?;
        let table = self.operations[op].table.clone();
        // Of 4,096 entries the first ones are those of small numbers, and 256 are indexed by a byte.
        let often = if table.len() > 256 { table.start..table.start + 1 + dice.below(table.len()) / 2 } else { table };
        self.with_changed(op, often, dice)
    }

    fn with_changed(&self, op: usize, constants: Range<usize>, dice: &mut Dice) -> Option<Vec<u8>> {
        let mut image = self.model.image().to_vec();
        change(&mut image[constants], dice);
        let other = Model::from_image(image).ok()?;
        other.resume(self.trace().to_vec(), op)
    }

    /// Of a worker who writes another number where operation `op` has one, and goes on from there.
    fn other_element(&self, op: usize, dice: &mut Dice) -> Option<Vec<u8>> {
        let mut trace = self.trace().to_vec();
        change(&mut trace[self.operations[op].output.clone()], dice);
        if op + 1 == self.operations.len() { Some(trace) } else { self.model.resume(trace, op + 1) }
    }
}

/// Makes one byte another.
fn change(bytes: &mut [u8], dice: &mut Dice) {
    let at = dice.below(bytes.len());
    bytes[at] = bytes[at].wrapping_add(1 + dice.below(255) as u8);
}
