use super::{LUT_TABLE, Op, Step, WIDE_TABLE};
use crate::Cost;

/// Runs that one keystream block is counted as: making it costs as much as finding them.
const KEYSTREAM_ROWS: u64 = 8;

/// Multiply-accumulates that a ray's meeting with a triangle or a box is counted as.
const TRY_MACS: u64 = 128;

impl Step {
    /// The step's share of [`Cost`], without the trace.
    pub(crate) fn cost(&self) -> Cost {
        let (count, n, k) = (self.count as u64, self.n as u64, self.k as u64);
        let outputs = count * n;
        // Vectors may overlap, so that all of them together can be longer than any trace.
        let read = count.saturating_mul(self.input.len as u64);
        let base = Cost { ops: 1, outputs, scales: self.records as u64, ..Cost::default() };
        match self.op {
            Op::Dense => {
                Cost { macs: outputs * k, dots: outputs, weights: n * k, reads: count * k, rows: count, ..base }
            }
            Op::Conv2d(g) => {
                let rows = count * (1 + g.kernel_h as u64);
                Cost { macs: outputs * k, dots: outputs, weights: n * k, reads: count * k, rows, ..base }
            }
            Op::MaxPool(g) => {
                let positions = count * (g.kernel_h * g.kernel_w) as u64;
                Cost { reads: positions * n, rows: count + positions, ..base }
            }
            Op::Add | Op::Multiply => Cost { reads: 2 * outputs, rows: 2 * count, ..base },
            Op::Requantise => Cost { reads: outputs, rows: count, ..base },
            Op::Lut => Cost { reads: outputs, rows: count, weights: LUT_TABLE as u64, ..base },
            Op::Act => Cost { reads: outputs, rows: count, weights: WIDE_TABLE as u64, ..base },
            Op::Argmax | Op::Max | Op::Sum => Cost { reads: read, rows: count, ..base },
            Op::SquaredError => Cost { reads: read.saturating_mul(2), rows: 2 * count, ..base },
            Op::Copy => Cost { reads: outputs, rows: count * if k > 0 { 2 } else { 1 }, ..base },
            Op::Embed { .. } => Cost { reads: 2 * outputs + count, rows: 2 * count, weights: count * (n + 2), ..base },
            // The mean, the largest, the squares, and what is made of them; a division and a root.
            Op::Norm(_) => Cost { reads: 4 * outputs, rows: 4 * count, scales: n, ..base },
            Op::Matmul(heads) => {
                let second = self.second.count as u64 * self.second.len as u64;
                let rows = count * heads.heads as u64 + second / k.max(1);
                Cost { macs: outputs * k, dots: outputs, reads: read.saturating_add(second), rows, ..base }
            }
            Op::Exp { .. } => Cost { reads: 2 * outputs, rows: 2 * count, weights: 2 * WIDE_TABLE as u64, ..base },
            Op::Divide => Cost { reads: 2 * outputs, rows: 3 * count, ..base },
            Op::Rope { heads } => {
                let weights = 2 * outputs / heads as u64;
                Cost { reads: 2 * outputs, rows: count * (1 + heads as u64), weights, ..base }
            }
            // Each element lies in a line of its own.
            Op::Transpose => Cost { reads: 8 * outputs, rows: count, ..base },
            Op::Sample => Cost { reads: read.saturating_mul(2), rows: count * KEYSTREAM_ROWS, ..base },
            Op::Gather => Cost { reads: outputs + count, rows: 2 * count, ..base },
            Op::Decrypt => Cost { reads: 2 * outputs, rows: count + KEYSTREAM_ROWS, ..base },
            Op::Pixel(picture) => {
                let tries = count * picture.tries(k);
                let reads = count.saturating_mul(self.input.len as u64) / 8;
                Cost { macs: tries * TRY_MACS, reads, rows: 8 * count, ..base }
            }
            Op::Visit(visits) => {
                let visits = count * visits as u64;
                Cost { macs: visits * TRY_MACS, reads: outputs, rows: count + 2 * visits, ..base }
            }
            Op::Block8(..) => Cost { macs: 16 * outputs, reads: 8 * outputs, rows: 8 * count, ..base },
        }
    }
}
