//! G53 and G54.

use super::{
    Scene,
    elementwise::{read, store},
};
use crate::picture::{NODE_BYTES, Picture, STATE, next, visit};

#[inline(always)]
pub(super) fn pixels(scene: Scene<'_>, picture: &Picture, out: &mut [u8]) {
    let content = scene.step.input.row(scene.trace, 0);
    for (i, out) in out.chunks_exact_mut(4).enumerate() {
        out.copy_from_slice(&picture.pixel(content, i));
    }
}

#[inline(always)]
pub(super) fn visits(scene: Scene<'_>, visits: usize, out: &mut [u8]) {
    let Scene { trace, step, .. } = scene;
    for (i, out) in out.chunks_exact_mut(STATE * step.out.bytes()).enumerate() {
        let mut state = [0; STATE];
        read(step.input.row(trace, i), step.input.element, 0, &mut state);
        for _ in 0..visits {
            let Some(node) = next(&state, step.k) else { break };
            let row = step.second.row(trace, node);
            let node: [u8; NODE_BYTES] = std::array::from_fn(|at| row[at]);
            state = visit(state, &node);
        }
        store(out, step.out, &state);
    }
}
