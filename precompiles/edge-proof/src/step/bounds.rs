//! Between which values an output is, and that no sum of a graph alone leaves 32 bits (G14).

use super::{Op, Step};
use crate::{Element, Rule};

impl Step {
    /// Settles the bounds of the output's values by those of the operands'.
    pub(super) fn bound(&mut self, first: (i32, i32), second: (i32, i32)) -> Result<(), Rule> {
        let (most, other) = (magnitude(first), magnitude(second));
        let len = self.input.len as u64;
        match self.op {
            Op::Dense | Op::Conv2d(_) | Op::Embed { .. } | Op::Divide | Op::Block8(..) => {}
            Op::Add | Op::Exp { .. } => self.magnitude = most + other,
            Op::Requantise => self.magnitude = most,
            Op::Act => self.magnitude = most.max(255),
            Op::Multiply => {
                self.magnitude = most * other;
                within(u128::from(self.magnitude))?;
            }
            Op::Norm(norm) => {
                let mean = u128::from(2 * most + 1) * u128::from(len);
                if most > 1 << 29 || (norm.centred && mean >= 1 << 31) {
                    return Err(Rule::Overflow);
                }
            }
            Op::Matmul(_) => within(self.k as u128 * u128::from(most) * u128::from(other))?,
            Op::Rope { .. } => within(u128::from(most) << 16)?,
            Op::Lut | Op::Decrypt | Op::Pixel(_) => (self.lo, self.hi) = Element::I8.range(),
            Op::Visit(_) => (self.lo, self.hi) = Element::I32.range(),
            Op::MaxPool(_) | Op::Max | Op::Transpose => (self.lo, self.hi) = first,
            Op::Gather => (self.lo, self.hi) = second,
            Op::Copy if self.k > 0 => (self.lo, self.hi) = (first.0.min(second.0), first.1.max(second.1)),
            Op::Copy => (self.lo, self.hi) = first,
            Op::Sum => {
                within(u128::from(len) * u128::from(most))?;
                let times = |value: i32| (i64::from(value) * len as i64) as i32;
                (self.lo, self.hi) = (times(first.0), times(first.1));
            }
            Op::SquaredError => {
                let sum = u128::from(len) * u128::from((most + other).pow(2));
                within(sum)?;
                (self.lo, self.hi) = (0, sum as i32);
            }
            Op::Argmax => self.index()?,
            Op::Sample => {
                within(u128::from(len) * u128::from(most))?;
                self.index()?;
            }
        }
        Ok(())
    }

    /// The output is an index into a vector (G31, G43), which is at most 2^31 long by G8.
    fn index(&mut self) -> Result<(), Rule> {
        (self.lo, self.hi) = (0, (self.input.len - 1) as i32);
        if self.hi > self.out.range().1 { Err(Rule::Types) } else { Ok(()) }
    }
}

fn within(most: u128) -> Result<(), Rule> {
    if most < 1 << 31 { Ok(()) } else { Err(Rule::Overflow) }
}

fn magnitude((lo, hi): (i32, i32)) -> u64 {
    u64::from(lo.unsigned_abs().max(hi.unsigned_abs()))
}
