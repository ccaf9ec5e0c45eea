//! The AVX2 kernel, and the only `unsafe` of the crate. Weights stay as they lie in the image: a row is read 16 bytes
//! at a time, widened to i16 and multiplied with `vpmaddwd`, which sums pairs of exact 32-bit products. (`vpmaddubsw`
//! saturates at 16 bits and is never used.) Four rows share each load of the vector.

use std::{
    arch::x86_64::{
        __m128i, __m256i, _mm_add_epi32, _mm_and_si128, _mm_loadu_si128, _mm_max_epi32, _mm_min_epi32, _mm_mullo_epi32,
        _mm_set_epi64x, _mm_set1_epi32, _mm_setr_epi32, _mm_setzero_si128, _mm_shuffle_epi32, _mm_sllv_epi32,
        _mm_srai_epi32, _mm_srav_epi32, _mm_srli_epi32, _mm_unpackhi_epi64, _mm_unpacklo_epi64, _mm256_add_epi32,
        _mm256_castsi256_si128, _mm256_cvtepi8_epi16, _mm256_extracti128_si256, _mm256_hadd_epi32, _mm256_loadu_si256,
        _mm256_madd_epi16, _mm256_setzero_si256,
    },
    ops::Range,
};

use super::{
    SUM_BYTES, Scene,
    elementwise::write,
    portable::{self, dot},
    simple,
    vectors::gather,
};
use crate::{scale::SCALE_BYTES, step::Op};

/// Weights in a block: one 128-bit load.
const BLOCK: usize = 16;
/// Rows of a tile.
const ROWS: usize = 4;
/// Widened rows of a product held at a time, in bytes: half of a small second-level cache.
const GROUP_BYTES: usize = 256 << 10;
/// Widened vectors held at a time, in bytes: half of a small first-level cache.
const HELD_BYTES: usize = 16 << 10;

/// Proof that the processor has AVX2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Avx2(());

impl Avx2 {
    pub(super) fn detect() -> Option<Self> {
        is_x86_feature_detected!("avx2").then_some(Self(()))
    }

    /// Runs one step. `scratch` is memory to reuse between steps; its content does not matter.
    pub(super) fn step(self, scene: Scene<'_>, out: &mut [u8], scratch: &mut Vec<i16>) {
        // SAFETY: `self` exists only where `detect` found AVX2, the one feature that `step` needs.
        unsafe { step(scene, out, scratch) }
    }

    /// [`Kernel::products`](super::Kernel::products).
    pub(super) fn products(self, rows: &[u8], columns: &[u8], k: usize, out: &mut [u8]) {
        // Loads take whole blocks, and no zeros lie between columns.
        if !k.is_multiple_of(BLOCK) {
            return portable::products(rows, columns, k, out);
        }
        let group = (GROUP_BYTES / (2 * k)).max(2);
        let columns_each = columns.len() / k;
        if columns_each == 0 {
            return;
        }
        for (rows, out) in rows.chunks(group * k).zip(out.chunks_mut(group * columns_each * SUM_BYTES)) {
            // SAFETY: as above.
            unsafe { products(rows, columns, k, out) }
        }
    }
}

/// A group of rows meets every column once; of four columns, which stay in the first-level cache, each meets all rows of the group,
/// which stay in the second.
#[target_feature(enable = "avx2")]
fn products(rows: &[u8], columns: &[u8], k: usize, out: &mut [u8]) {
    let widened: Vec<_> = rows.iter().map(|byte| i16::from(byte.cast_signed())).collect();
    let vectors: Vec<_> = widened.chunks_exact(k).map(|row| row.as_chunks::<BLOCK>().0).collect();
    let row_bytes = columns.len() / k * SUM_BYTES;
    for (first, tile_columns) in columns.chunks(ROWS * k).enumerate() {
        let live = tile_columns.len() / k;
        let blocks: [_; ROWS] = std::array::from_fn(|r| {
            let column = r.min(live - 1) * k;
            tile_columns[column..column + k].as_chunks::<BLOCK>().0
        });
        for (pair, out) in vectors.chunks(2).zip(out.chunks_mut(2 * row_bytes)) {
            let sums = tile::<ROWS, 2>(blocks, [pair[0], pair[pair.len() - 1]]);
            for (row, sums) in out.chunks_exact_mut(row_bytes).zip(sums) {
                let row = row[first * ROWS * SUM_BYTES..].chunks_exact_mut(SUM_BYTES);
                row.zip(lanes(sums)).take(live).for_each(|(out, sum)| out.copy_from_slice(&sum.to_le_bytes()));
            }
        }
    }
}

#[target_feature(enable = "avx2")]
fn step(scene: Scene<'_>, out: &mut [u8], scratch: &mut Vec<i16>) {
    match scene.step.op {
        Op::Dense | Op::Conv2d(_) => linear(scene, out, scratch),
        _ => simple(scene, out),
    }
}

/// Works through the vectors in groups that stay in cache; each group meets every weight row once.
#[target_feature(enable = "avx2")]
fn linear(scene: Scene<'_>, out: &mut [u8], scratch: &mut Vec<i16>) {
    let step = scene.step;
    let padded = step.k.next_multiple_of(BLOCK);
    let held = (HELD_BYTES / (2 * padded)).max(2).min(step.count);
    // Zeros beyond k make the weights read there count for nothing; gather never writes them.
    scratch.clear();
    scratch.resize(held * padded, 0);
    let vector_bytes = step.n * step.out.bytes();
    for (group, out) in out.chunks_mut(held * vector_bytes).enumerate() {
        let count = out.len() / vector_bytes;
        for (i, vector) in scratch.chunks_exact_mut(padded).take(count).enumerate() {
            gather(scene, group * held + i, vector);
        }
        let vectors = Vectors { blocks: scratch.as_chunks::<BLOCK>().0, blocks_each: padded / BLOCK, count };
        for row in (0..step.n).step_by(ROWS) {
            match step.n - row {
                1 => rows::<1>(scene, row..row + 1, &vectors, out),
                left => rows::<ROWS>(scene, row..row + left.min(ROWS), &vectors, out),
            }
        }
    }
}

/// Widened, zero-padded vectors.
struct Vectors<'a> {
    blocks: &'a [[i16; BLOCK]],
    blocks_each: usize,
    count: usize,
}

impl<'a> Vectors<'a> {
    #[inline(always)]
    fn get(&self, i: usize) -> &'a [[i16; BLOCK]] {
        &self.blocks[i * self.blocks_each..(i + 1) * self.blocks_each]
    }
}

/// At most `R` rows with all vectors of a group. A tile always has `R` rows: where there are fewer, the last one stands
/// in for the missing ones and its surplus results are dropped.
#[inline]
#[target_feature(enable = "avx2")]
fn rows<const R: usize>(scene: Scene<'_>, range: Range<usize>, vectors: &Vectors<'_>, out: &mut [u8]) {
    let Scene { image, step, .. } = scene;
    let (first, live) = (range.start, range.len());
    let start = step.weights + first * step.k;
    let padded = vectors.blocks_each * BLOCK;
    let records = step.scales + first * SCALE_BYTES;
    let (records, _) = image[records..records + live * SCALE_BYTES].as_chunks::<SCALE_BYTES>();
    let scales = Scales::read(records);
    let mut store = |i: usize, sums: __m128i| {
        let ys = lanes(scales.requantise(sums, (step.lo, step.hi)));
        write(out, step.out, i * step.n + first, &ys[..live]);
    };
    // The last row's padded read may pass the image's end; then these few rows go the slow way.
    if start + (live - 1) * step.k + padded > image.len() {
        for i in 0..vectors.count {
            let vector = vectors.get(i).as_flattened();
            let mut sums = [0; ROWS];
            for (sum, row) in sums.iter_mut().zip(image[start..start + live * step.k].chunks_exact(step.k)) {
                *sum = dot(row, vector);
            }
            store(i, _mm_setr_epi32(sums[0], sums[1], sums[2], sums[3]));
        }
        return;
    }
    let weights: [&[[u8; BLOCK]]; R] = std::array::from_fn(|r| {
        let row = start + r.min(live - 1) * step.k;
        image[row..row + padded].as_chunks::<BLOCK>().0
    });
    let pairs = vectors.count / 2 * 2;
    for i in (0..pairs).step_by(2) {
        let [a, b] = tile::<R, 2>(weights, [vectors.get(i), vectors.get(i + 1)]);
        store(i, a);
        store(i + 1, b);
    }
    if pairs < vectors.count {
        let [a] = tile::<R, 1>(weights, [vectors.get(pairs)]);
        store(pairs, a);
    }
}

/// The scale records of up to four rows, a lane for each: the fields of [`Scale`](crate::Scale).
#[derive(Clone, Copy)]
struct Scales {
    bias: __m128i,
    m: __m128i,
    down: __m128i,
    half: __m128i,
    pre: __m128i,
    zp: __m128i,
}

impl Scales {
    /// Reads up to four records; the last fills the lanes that are left.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn read(records: &[[u8; SCALE_BYTES]]) -> Self {
        let record = |r: usize| i64::from_le_bytes(records[r.min(records.len() - 1)]);
        let (low, high) = (_mm_set_epi64x(record(1), record(0)), _mm_set_epi64x(record(3), record(2)));
        // Of each record, the first word (bias) and the second (m, shift, zp).
        let low = _mm_shuffle_epi32::<0b11_01_10_00>(low);
        let high = _mm_shuffle_epi32::<0b11_01_10_00>(high);
        let (bias, word) = (_mm_unpacklo_epi64(low, high), _mm_unpackhi_epi64(low, high));
        let shift = _mm_and_si128(_mm_srli_epi32::<16>(word), _mm_set1_epi32(0xff));
        let down = _mm_and_si128(shift, _mm_set1_epi32(15));
        Self {
            bias,
            m: _mm_and_si128(word, _mm_set1_epi32(0xffff)),
            down,
            half: _mm_srli_epi32::<1>(_mm_sllv_epi32(_mm_set1_epi32(1), down)),
            pre: _mm_srli_epi32::<4>(shift),
            zp: _mm_srai_epi32::<24>(word),
        }
    }

    /// [`Scale::requantise`](crate::Scale) of the bias and each sum.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn requantise(&self, sums: __m128i, (lo, hi): (i32, i32)) -> __m128i {
        let a = _mm_sllv_epi32(_mm_add_epi32(sums, self.bias), self.pre);
        let low = _mm_mullo_epi32(_mm_and_si128(a, _mm_set1_epi32(0xffff)), self.m);
        let low = _mm_srli_epi32::<16>(_mm_add_epi32(low, _mm_set1_epi32(0x8000)));
        let t = _mm_add_epi32(_mm_mullo_epi32(_mm_srai_epi32::<16>(a), self.m), low);
        let y = _mm_add_epi32(_mm_srav_epi32(_mm_add_epi32(t, self.half), self.down), self.zp);
        _mm_min_epi32(_mm_max_epi32(y, _mm_set1_epi32(lo)), _mm_set1_epi32(hi))
    }
}

/// Sums of products of `R` rows with `V` vectors, all of one length: for each vector, a lane for each row.
#[inline]
#[target_feature(enable = "avx2")]
fn tile<const R: usize, const V: usize>(rows: [&[[u8; BLOCK]]; R], vectors: [&[[i16; BLOCK]]; V]) -> [__m128i; V] {
    let blocks = vectors[0].len();
    let rows = rows.map(|row| &row[..blocks]);
    let vectors = vectors.map(|vector| &vector[..blocks]);
    let mut sums = [[_mm256_setzero_si256(); ROWS]; V];
    for block in 0..blocks {
        let mut xs = [_mm256_setzero_si256(); V];
        for v in 0..V {
            xs[v] = load_vector(&vectors[v][block]);
        }
        for r in 0..R {
            let w = load_weights(&rows[r][block]);
            for v in 0..V {
                sums[v][r] = _mm256_add_epi32(sums[v][r], _mm256_madd_epi16(w, xs[v]));
            }
        }
    }
    let mut out = [_mm_setzero_si128(); V];
    for v in 0..V {
        let low = _mm256_hadd_epi32(sums[v][0], sums[v][1]);
        let high = _mm256_hadd_epi32(sums[v][2], sums[v][3]);
        let all = _mm256_hadd_epi32(low, high);
        out[v] = _mm_add_epi32(_mm256_castsi256_si128(all), _mm256_extracti128_si256::<1>(all));
    }
    out
}

#[inline]
#[target_feature(enable = "avx2")]
fn lanes(sums: __m128i) -> [i32; 4] {
    // SAFETY: both types are 128 bits of plain integers.
    unsafe { std::mem::transmute(sums) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn load_weights(block: &[u8; BLOCK]) -> __m256i {
    // SAFETY: the reference covers the 16 bytes that are read; the load needs no alignment.
    let bytes = unsafe { _mm_loadu_si128(block.as_ptr().cast()) };
    _mm256_cvtepi8_epi16(bytes)
}

#[inline]
#[target_feature(enable = "avx2")]
fn load_vector(block: &[i16; BLOCK]) -> __m256i {
    // SAFETY: the reference covers the 32 bytes that are read; the load needs no alignment.
    unsafe { _mm256_loadu_si256(block.as_ptr().cast()) }
}
