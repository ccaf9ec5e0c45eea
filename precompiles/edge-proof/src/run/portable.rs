//! The reference kernel: G24 and G25 as written.

use super::{SUM_BYTES, Scene, elementwise::write, simple, vectors::gather};
use crate::{
    capacity,
    scale::{SCALE_BYTES, Scale},
    step::Op,
};

pub(super) fn step(scene: Scene<'_>, out: &mut [u8]) {
    match scene.step.op {
        Op::Dense | Op::Conv2d(_) => linear(scene, out),
        _ => simple(scene, out),
    }
}

fn linear(scene: Scene<'_>, out: &mut [u8]) {
    let Scene { image, step, .. } = scene;
    let weights = &image[step.weights..step.weights + step.n * step.k];
    let (scales, _) = image[step.scales..step.scales + step.n * SCALE_BYTES].as_chunks::<SCALE_BYTES>();
    let mut vector = vec![0; step.k];
    for (i, out) in out.chunks_exact_mut(step.n * step.out.bytes()).enumerate() {
        gather(scene, i, &mut vector);
        for (r, (row, scale)) in weights.chunks_exact(step.k).zip(scales).enumerate() {
            let scale = Scale::decode(scale);
            let sum = scale.bias.wrapping_add(dot(row, &vector));
            write(out, step.out, r, &[scale.requantise(sum, step.lo, step.hi)]);
        }
    }
}

/// Sum of products. G14 keeps every partial sum in 32 bits, so wrapping never happens; it only spares the check.
#[inline(always)]
pub(super) fn dot(row: &[u8], vector: &[i16]) -> i32 {
    row.iter().zip(vector).fold(0_i32, |sum, (w, x)| sum.wrapping_add(i32::from(w.cast_signed()) * i32::from(*x)))
}

/// [`Kernel::products`](super::Kernel::products) as written.
pub(super) fn products(rows: &[u8], columns: &[u8], k: usize, out: &mut [u8]) {
    let pairs = rows.chunks_exact(k).flat_map(|row| columns.chunks_exact(k).map(move |column| (row, column)));
    for (out, (row, column)) in out.chunks_exact_mut(SUM_BYTES).zip(pairs) {
        out.copy_from_slice(&capacity::dot(row, column).to_le_bytes());
    }
}
