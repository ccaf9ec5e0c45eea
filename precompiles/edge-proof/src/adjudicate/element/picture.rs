//! Elements of pictures: G53 and G54.

use super::{Source, vector};
use crate::{
    picture::{NODE_BYTES, Picture, STATE, next, visit},
    step::Step,
};

pub(super) fn channel(source: &mut impl Source, step: &Step, picture: &Picture, (i, c): (usize, usize)) -> Option<i32> {
    let scene = source.trace(step.input.base, step.input.len)?;
    Some(i32::from(picture.pixel(&scene, i)[c].cast_signed()))
}

pub(super) fn visited(source: &mut impl Source, step: &Step, visits: usize, (i, c): (usize, usize)) -> Option<i32> {
    let numbers = vector(source, &step.input, i)?;
    let mut state: [i32; STATE] = std::array::from_fn(|at| numbers[at]);
    for _ in 0..visits {
        let Some(node) = next(&state, step.k) else { break };
        let bytes = source.trace(step.second.base + node * step.second.stride, NODE_BYTES)?;
        state = visit(state, bytes.first_chunk()?);
    }
    Some(state[c])
}
