//! Canonical integer inference: the kernel that worker, SDK and precompile share. It turns the bytes of a model into a
//! checked graph, runs it bit for bit the same on every machine, and says what that costs before it does any work; and it makes
//! and judges proofs about bytes and results that somebody committed to.
//! It does not know the EVM, gas, ABI encodings, keccak, the chain, clocks or threads.
//!
//! # EIG/1, as implemented
//!
//! A **model image** is one byte string: a header record, one descriptor record per operation, then the weights
//! section. All integers are little-endian; every record has 128 bytes, so that no record straddles a 1,024-byte
//! BLAKE3 chunk. Header and descriptors together are the *graph*. A graph is well formed when it keeps rules G1–G19;
//! [`Malformed`] names the first broken rule and the operation.
//!
//! * **G1** The header is `"EIG1"`, version u16 = 1, zero u16, specification u32 = [`SPEC_ID`], operation count u32,
//!   input bytes u64, weights bytes u64; the rest is zero.
//! * **G2** The image is as long as the header says, and at most [`MAX_IMAGE_BYTES`] ([`Limits`] has the larger profile's).
//! * **G3** There are 1 to [`MAX_OPS`] operations.
//! * **G4** The input has 1 to [`MAX_TRACE_BYTES`] bytes.
//! * **G5** The opcode is one of those of G24–G54.
//! * **G6** Fields that an operation does not use, and reserved bytes, are zero, so that later uses can be told apart.
//! * **G7** Element types are 1 (i8), 2 (i16) or 4 (i32), their size in bytes, and fit the operation.
//! * **G8** No dimension is zero; `k` of DENSE, CONV2D and MATMUL and `n` of NORM are at most [`MAX_K`], other vectors and tables
//!   have at most 2^31 elements or rows, and `k` of COPY may be zero (G32); windows fit their geometry (G25), heads their
//!   vectors (G35, G38, G41); shifts are 1 to 15 (G34) or 20 (G52).
//! * **G9** Each operand lies inside the input, as elements of any type, or inside the output of one *earlier* operation, of the
//!   same type, and in step with its elements. (So the order is topological, and cycles cannot be written down.)
//! * **G10** The *trace* is one address space: the input at 0, then each operation's output in order, each starting
//!   at the next multiple of 64. An output is written once, densely. The last output is the answer.
//! * **G11** The trace has at most [`MAX_TRACE_BYTES`] bytes.
//! * **G12** Weights, scale records and tables lie inside the weights section.
//! * **G13** In a scale record `2^14 <= m < 2^15` and bit 7 of the shift byte is zero.
//! * **G14** No 32-bit value can overflow. For a weight row: `(128 * sum|w| + |bias|) << pre < 2^31`. For element-wise
//!   operations: `(magnitude + |bias|) << pre < 2^31`, where `magnitude` is the operand's largest by its producer's
//!   clamp; the sum of both operands' for ADD and EXP; their product for MULTIPLY; and for ACT at least 255, the largest entry
//!   of a table. Below 2^31 are also `k * a * b` for MATMUL, `len * a` for SUM and SAMPLE, `len * (a + b)^2` for SQUARED_ERROR,
//!   `a * 2^16` for ROPE and, where NORM is centred, `len * (2 a + 1)`, with `a <= 2^29` for any NORM; `a` and `b` being the
//!   magnitudes of the operands.
//! * **G15** `lo <= hi`, and both fit the output's type, where an operation has a clamp.
//! * **G16** At most [`MAX_MACS`] multiply-accumulates in all.
//! * **G17** At most [`MAX_WORK`] units of work in all ([`Cost::work`]).
//! * **G18** At most [`MAX_WEIGHTS`] bytes of weights are read in all, those that operations share each time.
//! * **G19** The proof of any one element (J2) has at most [`MAX_PROOF_BYTES`], in the larger profile alone ([`Limits`]), and by a
//!   bound that takes no more than the record and the lengths of graph, weights and trace (L1–L4, `adjudicate::length`).
//!
//! **Meaning.** Operands are signed. Sums are exact in 32 bits by G14, so their order does not matter. (Number 23 is
//! not in use.)
//!
//! * **G20** A *scale record* has 8 bytes: `bias i32 | m u16 | shift u8 | zp i8`, with `s = 16 + (shift & 15)` and
//!   `pre = shift >> 4` (0 to 7). Row or channel `c` uses record `c`, or record 0 with flag 1 (*one scale*) where an
//!   operation takes that flag: ADD, REQUANTISE, ACT, MULTIPLY.
//! * **G21** `rq(acc)`: `a = acc << pre; t = (a >> 16) * m + (((a & 0xffff) * m + 0x8000) >> 16);
//!   y = clamp(((t + r) >> (s - 16)) + zp, lo, hi)` with `r = s > 16 ? 1 << (s - 17) : 0`; `>>` on signed values is
//!   arithmetic, the low half is unsigned. `lo` and `hi` come from the descriptor; a ReLU is a clamp with `lo = zp`.
//!   (`m = 2^14, s = 16, pre = 2` is the identity.)
//! * **G22** Vector `i` of an operand starts at `base + i * stride` bytes; strides may be zero or overlap.
//! * **G24** DENSE (1): for `i < count`, `r < n`: `out[i][r] = rq_r(bias_r + sum_{j<k} w[r*k + j] * x[i][j])`, i8 operands.
//! * **G25** CONV2D (2): input `[height][width][channels]`, weights `[n][kernelH][kernelW][channels]`,
//!   `k = kernelH * kernelW * channels`, output `[outHeight][outWidth][n]`; the window of `(y, x)` starts at
//!   `(y * strideY - padTop, x * strideX - padLeft)`, positions outside the input read `padValue`. Every window
//!   overlaps the input: `padTop < kernelH`, `(outHeight - 1) * strideY - padTop < height`, likewise across.
//! * **G26** MAXPOOL (3): the same geometry per channel (`n = channels`), i8; positions outside are left out.
//! * **G27** ADD (4): `out[i][c] = rq_c(a[i][c] + b[i][c] + bias_c)`.
//! * **G28** REQUANTISE (5): `out[i][c] = rq_c(x[i][c] + bias_c)`.
//! * **G29** LUT (6): `out[i][c] = table[x[i][c] + 128]`, 256 entries i8.
//! * **G30** ACT (7): `x` i16; `out[i][c] = rq_c(max(x, 0) - table[min(|x| >> 1, 4095)] + bias_c)`, 4,096 entries u8.
//! * **G31** ARGMAX (8): `out[i]` = index of the largest of `x[i][0..n]`, the lowest such index.
//! * **G32** COPY (9): `out[i] = x[i][0..n]` followed, when `k > 0`, by `y[i][0..k]` (concatenation).
//!
//! Transformers. `clamp` is to `lo..=hi`; records of tables are little-endian.
//!
//! * **G33** EMBED (16): weights `[k][n]` i8, table `k` multipliers u16; `out[i][c] = clamp((w[id][c] * m[id] + 128) >> 8)`, with
//!   `id = clamp(x[i], 0, k - 1)`, or `min(i, k - 1)` with flag 2 (*counted*; there is no operand then).
//! * **G34** NORM (17): `d = x[i]`, with flag 2 (*centred*) less its mean `floor((2 sum + n) / 2n)`; `u` its unit vector:
//!   `M = max|d|; b = max(0, bits(M) - 15); d' = (d + 2^(b-1)) >> b` where `b > 0`; `S = sum d'^2` (exact, up to 46 bits);
//!   `e = floor((bits(S) - 31) / 2); q = floor(sqrt(floor(S * 2^(-2e)))); v = min(floor(2^31 / q), 65535)`;
//!   `u = sign(d') * min((((|d'| * v) >> (15 + e)) + 1) >> 1, 32767)`, and 0 where `S = 0`. `out[i][c] = clamp(u)` with flag 4
//!   (*plain*), else `clamp(((u * gain_c + 2^(shift-1)) >> shift) + bias_c)` from a table of `gain i16 | bias i16`.
//! * **G35** MATMUL (18): `heads` of `k` elements side by side in `x[i]`; of those in `y`, `group` of them share one, side by side
//!   in its vectors, or with flag 2 (*stacked*) in blocks of `n` vectors of `k` elements. `out[i][h][r] = clamp(sum_{j<k}
//!   x[i][h][j] * y[h / group][r][j])` for `r < n`, i8 or i16 operands; with flag 4 (*causal*; `count <= n`) `lo` where
//!   `r > i + n - count`.
//! * **G36** MAX (19): `out[i]` = the largest of `x[i][0..n]`.
//! * **G37** SUM (20): `out[i]` = the sum of `x[i][0..n]`, i32.
//! * **G38** EXP (21): `out[i][c] = clamp(table[rq(y[i] - x[i][c] + bias)])`, the record being that of head `i mod heads`, and `rq`
//!   clamped to 0..=4095; 4,096 entries i16.
//! * **G39** DIVIDE (22): `Z = max(y[i], 2^14); b = bits(Z) - 16; v = min(floor(2^30 / floor(Z * 2^-b)), 32767)`;
//!   `out[i][c] = clamp(rq(x[i][c]))` with `m = v, s = 22 + b, pre = zp = bias = 0`: 256 times the quotient.
//! * **G40** MULTIPLY (23): `out[i][c] = rq_c(a[i][c] * b[i][c] + bias_c)`.
//! * **G41** ROPE (24): for each of `heads` parts of `x[i]` and `p` below half its length `h`, with `cos i16 | sin i16` of vector `i`
//!   and `p` from the table: `clamp((x_p cos - x_{h+p} sin + 2^14) >> 15)` and `clamp((x_{h+p} cos + x_p sin + 2^14) >> 15)`.
//! * **G42** TRANSPOSE (25): `out[i][j] = x[j][i]`.
//! * **G43** SAMPLE (26): `w_j = max(x[i][j], 0)`; `t = (chance * sum w) >> 32`, the chance being the first word of ChaCha20's block
//!   `i` under the 32 bytes of `y` and the nonce `outBase u64 | 0 u32`; `out[i]` = the least `j` with `w_0 + … + w_j > t`, or 0.
//! * **G44** GATHER (27): `out[i] = y[clamp(x[i], 0, k - 1)]`, of `k` vectors.
//!
//! Other work.
//!
//! * **G50** DECRYPT (64): the output's bytes are those of `x`, vector after vector, XOR the keystream of ChaCha20 (RFC 8439) from
//!   block 0, under `key 32 | nonce 12` bytes of `y`.
//! * **G51** SQUARED_ERROR (65): `out[i] = sum_c (a[i][c] - b[i][c])^2` over `n` elements, i32.
//! * **G52** BLOCK8 (66): of an image `[height][width]` i8, whose last row and column are repeated to fill blocks of 8 by 8, each
//!   block's transform by ITU-T H.265's cosine matrix `D`: `T = (D X + 2) >> 2; C = (T D' + 256) >> 9`; in zigzag order
//!   `out[block][z] = clamp(sign(C) * ((|C| * table_z + 2^(shift-1)) >> shift))`, 64 entries u16.
//! * **G53** PIXEL (67): red, green, blue and 255 of every pixel of a picture `[height][width]`, from a scene of 64 + 24 `k` bytes:
//!   `origin, forward, right, up, toLight` (i16 x 3 each), `ambient, diffuse` u8, background u8 x 3, 29 bytes of no meaning; then
//!   triangles: three points (i16 x 3), colour u8 x 3, 3 bytes of no meaning. `shift` samples down and across each, one ray
//!   and where it meets a triangle one to the light; the arithmetic is that of `picture` and `ray`. `height` and `width` times
//!   `shift` are below 2^15; `shift^2 * (2 k + 16)` is at most 5,016.
//! * **G54** VISIT (68): `shift` visits of each ray to a tree of `k` nodes of 32 bytes. A ray's state is nine i32: `origin,
//!   direction` (x 3 each), `node, depth, met`. A node is either a box (`low, high`) or, where byte 18 is 1, a triangle (three
//!   points), i16 x 3 each, with `beyond i32` at byte 24 and `name i32` at 28. A box that the ray enters nearer than `depth` leads to
//!   the node after it, any other to `beyond`; a triangle that it meets nearer sets `depth` and `met`, and leads to `beyond`. A
//!   state whose node is not one of the `k` stays as it is.
//!
//! **Commitment.** `weightsRoot` and `graphRoot` are BLAKE3 of the two sections; `weightsTRoot` is BLAKE3 of the
//! transposed (k x n) weight matrices of DENSE and CONV2D operations in operation order, concatenated. See [`Commitment`].
//!
//! **Proofs.** What is committed to opens by rules O1–O4 (`opening`). On them stand possession (H1, H2), capacity (W1–W3), the
//! judgement of one element of a trace (J1–J8, `adjudicate`), descents to one (D1–D3, `descent`) and, without openings, Freivalds' check of a layer (F1–F5); each
//! module's header has its rules.
//!
//! **Profiles.** The limits above are those of execution on chain ([`Limits::EXECUTED`]). Graphs that only have to be judged, one
//! element at a time, have larger ones ([`Limits::DISPUTED`]), and G19 besides. A graph that keeps those can be registered without
//! anyone seeing its weights; sums that then break G14 are taken modulo 2^32, by every kernel and by the judge, so that any bytes
//! have one meaning.

// Bounds of products of a descriptor's fields are argued in 64 bits.
#[cfg(not(target_pointer_width = "64"))]
compile_error!("edgeloom-edge-proof needs a target with 64-bit pointers");

mod adjudicate;
mod block8;
mod builder;
mod capacity;
mod commitment;
mod cost;
mod descent;
mod divide;
mod freivalds;
mod keystream;
mod layout;
mod limits;
mod model;
mod opening;
mod operation;
mod outline;
mod picture;
mod plan;
mod possession;
#[cfg(any(test, feature = "random"))]
pub mod random;
mod ray;
mod rule;
mod run;
mod sample;
mod scale;
mod step;
mod trace;
mod unit;

pub use adjudicate::{
    Evidence, Explanation, Formula, Opened, Operand, Place, Reading, Role, Section, Subject, Term, Verdict, Work,
    adjudicate, explain, prove_step,
};
pub use builder::{Affine, Clamp, Decay, Filter, Gain, GraphBuilder, HeadProduct, Quantisation, Rows, Tensor, Window};
pub use capacity::{Product, SIZE_MAX, WORK_MAX};
pub use commitment::Commitment;
pub use cost::Cost;
pub use descent::{Node, Shown};
pub use freivalds::{CHALLENGES_MAX, Layer, MalformedLayer, ROWS_MAX, project, project_modulo};
pub use layout::Element;
pub use limits::Limits;
pub use model::{InputLength, Model};
pub use opening::{Blob, CHUNK_BYTES, FOLD_MAX, RootHasher, Tree, VALUE_BYTES, fold, values_beside};
pub use operation::Operation;
pub use outline::Outline;
pub use plan::Plan;
pub use possession::{SAMPLES_MAX, asked, possesses, prove_possession};
pub use rule::{HEADER_OP, Malformed, Rule};
pub use run::Kernel;
pub use scale::Scale;

/// Number of this specification, hashed into every model id.
pub const SPEC_ID: u32 = 1;
/// Longest model image, in bytes: what 64 code chunks hold, each a byte short of EIP-170's limit. (1,024² weights with
/// their scale records do not fit 1 MiB.)
pub const MAX_IMAGE_BYTES: usize = 64 * 24_575;
/// Most operations of a graph.
pub const MAX_OPS: usize = 1024;
/// Most bytes of input and intermediate results together.
pub const MAX_TRACE_BYTES: usize = 1 << 20;
/// Most multiply-accumulates of one inference.
pub const MAX_MACS: u64 = 1 << 24;
/// Most work of one inference: what a core with AVX2 does in 5 ms.
pub const MAX_WORK: u64 = 500_000;
/// Most weight bytes of one inference: what an image can hold, and some that are shared.
pub const MAX_WEIGHTS: u64 = 1 << 21;
/// Longest proof of one element of a graph that is judged: it goes into one transaction. Nodes take none of more than 131,072 bytes,
/// and beside the proof it carries the 116 bytes of the model's commitment and some words.
pub const MAX_PROOF_BYTES: u64 = 120 << 10;
/// Longest weight row.
pub const MAX_K: usize = 1 << 16;

#[cfg(test)]
mod tests;
