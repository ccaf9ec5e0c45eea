//! Canonical integer inference: the kernel that worker, SDK and precompile share. It turns the bytes of a model into a
//! checked graph, runs it bit for bit the same on every machine, and says what that costs before it does any work; and it makes
//! and judges proofs about bytes and results that somebody committed to.
//! It does not know the EVM, gas, ABI encodings, keccak, the chain, clocks or threads.
//!
//! # EIG/1, as implemented
//!
//! A **model image** is one byte string: a header record, one descriptor record per operation, then the weights
//! section. All integers are little-endian; every record has 128 bytes, so that no record straddles a 1,024-byte
//! BLAKE3 chunk. Header and descriptors together are the *graph*. A graph is well formed when it keeps rules G1–G17;
//! [`Malformed`] names the first broken rule and the operation.
//!
//! * **G1** The header is `"EIG1"`, version u16 = 1, zero u16, specification u32 = [`SPEC_ID`], operation count u32,
//!   input bytes u64, weights bytes u64; the rest is zero.
//! * **G2** The image is as long as the header says, and at most [`MAX_IMAGE_BYTES`].
//! * **G3** There are 1 to [`MAX_OPS`] operations.
//! * **G4** The input has 1 to [`MAX_TRACE_BYTES`] bytes.
//! * **G5** The opcode is one of those of G24–G32. (Codes 16–63 are set aside for the transformer operations.)
//! * **G6** Fields that an operation does not use, and reserved bytes, are zero, so that later uses can be told apart.
//! * **G7** Element types are 1 (i8), 2 (i16) or 4 (i32), their size in bytes, and fit the operation.
//! * **G8** No dimension is zero; `k` of DENSE and CONV2D is at most [`MAX_K`], and that of COPY may be zero (G32);
//!   windows fit their geometry (G25).
//! * **G9** Each operand lies inside the input or inside the output of one *earlier* operation, of the same type and
//!   in step with its elements. (So the order is topological, and cycles cannot be written down.)
//! * **G10** The *trace* is one address space: the input at 0, then each operation's output in order, each starting
//!   at the next multiple of 64. An output is written once, densely. The last output is the answer.
//! * **G11** The trace has at most [`MAX_TRACE_BYTES`] bytes.
//! * **G12** Weights, scale records and tables lie inside the weights section.
//! * **G13** In a scale record `2^14 <= m < 2^15` and bit 7 of the shift byte is zero.
//! * **G14** No 32-bit value can overflow. For a weight row: `(128 * sum|w| + |bias|) << pre < 2^31`. For element-wise
//!   operations: `(magnitude + |bias|) << pre < 2^31`, where `magnitude` is the operand's largest by its producer's
//!   clamp; the sum of both operands' for ADD; and for ACT at least 255, the largest entry of a table.
//! * **G15** `lo <= hi`, and both fit the output's type.
//! * **G16** At most [`MAX_MACS`] multiply-accumulates in all.
//! * **G17** At most [`MAX_READS`] operand reads in all ([`Cost::reads`]).
//!
//! **Meaning.** Operands are signed. Sums are exact in 32 bits by G14, so their order does not matter. (Numbers 18, 19
//! and 23 are not in use.)
//!
//! * **G20** A *scale record* has 8 bytes: `bias i32 | m u16 | shift u8 | zp i8`, with `s = 16 + (shift & 15)` and
//!   `pre = shift >> 4` (0 to 7). Row or channel `c` uses record `c`, or record 0 with flag 1 (*one scale*) where an
//!   operation takes that flag.
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
//! **Commitment.** `weightsRoot` and `graphRoot` are BLAKE3 of the two sections; `weightsTRoot` is BLAKE3 of the
//! transposed (k x n) weight matrices of DENSE and CONV2D operations in operation order, concatenated. See [`Commitment`].
//!
//! **Proofs.** What is committed to opens by rules O1–O4 (`opening`). On them stand possession (H1, H2), capacity (W1–W3), the
//! judgement of one element of a trace (J1–J4, `adjudicate`) and, without openings, Freivalds' check of a layer (F1–F5); each
//! module's header has its rules.
//!
//! Limits are those of on-chain execution; larger models in the same format need another profile, not another version.

// Bounds of products of a descriptor's fields are argued in 64 bits.
#[cfg(not(target_pointer_width = "64"))]
compile_error!("edgeloom-edge-proof needs a target with 64-bit pointers");

mod adjudicate;
mod builder;
mod capacity;
mod commitment;
mod cost;
mod freivalds;
mod layout;
mod model;
mod opening;
mod outline;
mod possession;
mod rule;
mod run;
mod sample;
mod scale;
mod step;
mod trace;

pub use adjudicate::{Evidence, Place, Verdict, adjudicate, prove_step};
pub use builder::{Affine, Filter, GraphBuilder, Tensor, Window};
pub use capacity::{Product, SIZE_MAX, WORK_MAX};
pub use commitment::Commitment;
pub use cost::Cost;
pub use freivalds::{CHALLENGES_MAX, Layer, MalformedLayer, ROWS_MAX, project, project_modulo};
pub use layout::Element;
pub use model::{InputLength, Model, Operation};
pub use opening::{Blob, CHUNK_BYTES, FOLD_MAX, Tree, VALUE_BYTES, fold, values_beside};
pub use outline::Outline;
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
/// Most operand reads of one inference, as [`Cost::reads`] counts them.
pub const MAX_READS: u64 = 1 << 24;
/// Longest weight row.
pub const MAX_K: usize = 1 << 16;

#[cfg(test)]
mod tests;
