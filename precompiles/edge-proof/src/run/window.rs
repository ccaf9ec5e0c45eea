//! G26.

use super::Scene;
use crate::step::Geometry;

/// Per pixel and channel, the largest element of the window inside the image.
#[inline(always)]
pub(super) fn max_pool(scene: Scene<'_>, g: &Geometry, out: &mut [u8]) {
    let image = scene.step.input.row(scene.trace, 0);
    for (i, out) in out.chunks_exact_mut(g.channels).enumerate() {
        let (y, x) = (i / g.out_width * g.stride_y, i % g.out_width * g.stride_x);
        let rows = y.saturating_sub(g.pad_top)..g.height.min(y + g.kernel_h - g.pad_top);
        let columns = x.saturating_sub(g.pad_left)..g.width.min(x + g.kernel_w - g.pad_left);
        out.fill(i8::MIN.cast_unsigned());
        for row in rows {
            let start = (row * g.width + columns.start) * g.channels;
            let run = &image[start..start + columns.len() * g.channels];
            for pixel in run.chunks_exact(g.channels) {
                for (out, value) in out.iter_mut().zip(pixel) {
                    *out = out.cast_signed().max(value.cast_signed()).cast_unsigned();
                }
            }
        }
    }
}
