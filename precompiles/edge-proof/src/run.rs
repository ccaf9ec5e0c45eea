//! Running a checked graph. Two kernels: `portable` is written for reading, `avx2` for speed; the property tests hold
//! them to the same bytes. Element-wise operations have one source, compiled once for each.

use crate::step::{Op, Step};

mod attention;
#[cfg(target_arch = "x86_64")]
mod avx2;
mod elementwise;
mod picture;
mod portable;
mod rows;
mod vector;
mod vectors;
mod window;

pub(crate) use rows::{entry, row_of};

/// Of a sum of products.
const SUM_BYTES: usize = 4;

/// A way to run models on this machine. That a value exists proves that the machine can.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kernel(Path);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Path {
    Portable,
    #[cfg(target_arch = "x86_64")]
    Avx2(avx2::Avx2),
}

impl Kernel {
    /// The reference: no intrinsics, any processor.
    pub const PORTABLE: Self = Self(Path::Portable);

    /// The AVX2 kernel, if this processor has AVX2.
    pub fn avx2() -> Option<Self> {
        #[cfg(target_arch = "x86_64")]
        return avx2::Avx2::detect().map(|proof| Self(Path::Avx2(proof)));
        #[cfg(not(target_arch = "x86_64"))]
        None
    }

    /// The fastest kernel this processor has.
    pub fn best() -> Self {
        Self::avx2().unwrap_or(Self::PORTABLE)
    }

    /// The sum of products of each row with each column, row by row, 4 bytes little-endian each. Rows and columns have `k` signed bytes
    /// each, `k` being at most 32,768.
    pub(crate) fn products(self, rows: &[u8], columns: &[u8], k: usize) -> Vec<u8> {
        let mut out = vec![0; rows.len() / k * (columns.len() / k) * SUM_BYTES];
        match self.0 {
            Path::Portable => portable::products(rows, columns, k, &mut out),
            #[cfg(target_arch = "x86_64")]
            Path::Avx2(proof) => proof.products(rows, columns, k, &mut out),
        }
        out
    }
}

/// An input of the length that the graph's header gives, and the trace's length.
pub(crate) struct Input<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) trace_bytes: usize,
}

/// What a step computes from: constants in the image, earlier tensors in the trace.
#[derive(Clone, Copy)]
struct Scene<'a> {
    image: &'a [u8],
    trace: &'a [u8],
    step: &'a Step,
}

/// Runs all steps; the result is the whole trace.
pub(crate) fn trace(kernel: Kernel, image: &[u8], steps: &[Step], input: Input<'_>) -> Vec<u8> {
    let mut trace = vec![0; input.trace_bytes];
    trace[..input.bytes.len()].copy_from_slice(input.bytes);
    self::steps(kernel, image, steps, &mut trace);
    trace
}

/// Runs some steps of a graph over its trace, in which what they read is there.
pub(crate) fn steps(kernel: Kernel, image: &[u8], steps: &[Step], trace: &mut [u8]) {
    let mut scratch = Vec::new();
    for step in steps {
        let (earlier, later) = trace.split_at_mut(step.out_base);
        let out = &mut later[..step.out_bytes];
        let scene = Scene { image, trace: earlier, step };
        match kernel.0 {
            Path::Portable => portable::step(scene, out),
            #[cfg(target_arch = "x86_64")]
            Path::Avx2(proof) => proof.step(scene, out, &mut scratch),
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _: &mut Vec<i16> = &mut scratch;
}

/// Every operation but the linear ones, which each kernel has its own way with.
#[inline(always)]
fn simple(scene: Scene<'_>, out: &mut [u8]) {
    match scene.step.op {
        Op::Dense | Op::Conv2d(_) => unreachable!("kernels run linear steps themselves"),
        Op::MaxPool(geometry) => window::max_pool(scene, &geometry, out),
        Op::Add => elementwise::add(scene, out),
        Op::Requantise => elementwise::requantise(scene, out),
        Op::Lut => elementwise::lut(scene, out),
        Op::Act => elementwise::act(scene, out),
        Op::Argmax => elementwise::argmax(scene, out),
        Op::Copy => elementwise::copy(scene, out),
        Op::Multiply => elementwise::multiply(scene, out),
        Op::Embed { counted } => rows::embed(scene, counted, out),
        Op::Gather => rows::gather(scene, out),
        Op::Transpose => rows::transpose(scene, out),
        Op::Decrypt => rows::decrypt(scene, out),
        Op::Block8(geometry, shift) => rows::block8(scene, (&geometry, shift), out),
        Op::Pixel(of) => picture::pixels(scene, &of, out),
        Op::Visit(visits) => picture::visits(scene, visits, out),
        Op::Norm(norm) => vector::norm(scene, &norm, out),
        Op::Max => vector::max(scene, out),
        Op::Sum => vector::sum(scene, out),
        Op::SquaredError => vector::squared_error(scene, out),
        Op::Sample => vector::sample(scene, out),
        Op::Matmul(heads) => attention::matmul(scene, &heads, out),
        Op::Exp { heads } => attention::exp(scene, heads, out),
        Op::Divide => attention::divide(scene, out),
        Op::Rope { heads } => attention::rope(scene, heads, out),
    }
}
