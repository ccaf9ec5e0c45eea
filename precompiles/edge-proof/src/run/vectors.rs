//! The vectors that a linear step multiplies, widened to i16: rows of a tensor, or patches of an image.

use super::Scene;
use crate::step::{Geometry, Op};

/// Writes vector `i` of the step into `to`, which has room for `k` elements; what is beyond `k` is left alone.
#[inline(always)]
pub(super) fn gather(scene: Scene<'_>, i: usize, to: &mut [i16]) {
    match scene.step.op {
        Op::Conv2d(geometry) => patch(scene, &geometry, i, to),
        _ => widen(scene.step.input.row(scene.trace, i), to),
    }
}

#[inline(always)]
fn widen(from: &[u8], to: &mut [i16]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = i16::from(from.cast_signed());
    }
}

/// The window of output pixel `i`, in the order of the weights: kernel rows of `kernel_w * channels` elements.
#[inline(always)]
fn patch(scene: Scene<'_>, g: &Geometry, i: usize, to: &mut [i16]) {
    let image = scene.step.input.row(scene.trace, 0);
    let (y, x) = (i / g.out_width * g.stride_y, i % g.out_width * g.stride_x);
    let row_len = g.kernel_w * g.channels;
    // Columns [from, to) of the window are inside the image; G8 makes both non-empty somewhere.
    let left = g.pad_left.saturating_sub(x);
    let right = g.kernel_w.min(g.width + g.pad_left - x);
    for (ky, to) in to[..g.kernel_h * row_len].chunks_exact_mut(row_len).enumerate() {
        let inside = (y + ky).checked_sub(g.pad_top).filter(|row| *row < g.height);
        let Some(row) = inside else {
            to.fill(i16::from(g.pad_value));
            continue;
        };
        let start = (row * g.width + x + left - g.pad_left) * g.channels;
        let run = (right - left) * g.channels;
        if run == row_len {
            widen(&image[start..start + run], to);
            continue;
        }
        to[..left * g.channels].fill(i16::from(g.pad_value));
        to[right * g.channels..].fill(i16::from(g.pad_value));
        widen(&image[start..start + run], &mut to[left * g.channels..right * g.channels]);
    }
}
