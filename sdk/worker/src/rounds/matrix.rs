//! Products on a graphics card: a matrix is a dense layer without scaling, which the card's shaders run as those of any model.

use std::ops::Range;

use edgeloom_edge_proof::{Affine, Element, GraphBuilder, Limits, Malformed, Model, Product, Scale};
use edgeloom_gpu::{Gpu, LoadError, Program, RunError};
use thiserror::Error;

/// Rows that are sent at once.
const ROWS: u32 = 512;

/// Why a card does not make a product.
#[derive(Debug, Error)]
pub(super) enum MatrixError {
    /// Sums of so many products are more than a layer without scaling holds.
    #[error(transparent)]
    TooLarge(#[from] Malformed),
    #[error(transparent)]
    Load(#[from] LoadError),
    #[error(transparent)]
    Run(#[from] RunError),
    #[error("it computes wrong: entry {column} of row {row}")]
    Wrong { row: u32, column: u64 },
}

/// A product's second matrix on a card.
pub(super) struct Matrix {
    product: Product,
    program: Program,
    rows: u32,
}

impl Matrix {
    /// Uploads the columns.
    pub(super) fn load(gpu: &Gpu, product: Product, columns: &[u8]) -> Result<Self, MatrixError> {
        let (side, rows) = (product.size as usize, product.size.min(ROWS));
        let mut graph = GraphBuilder::new(side * rows as usize);
        let x = graph.input().vectors(rows as usize, side, side);
        let weights: Vec<_> = columns.iter().map(|byte| byte.cast_signed()).collect();
        let scales = vec![Scale::IDENTITY; side];
        graph.dense(x, &weights, &Affine { scales: &scales, out: Element::I32, lo: i32::MIN, hi: i32::MAX });
        let model = Model::within(graph.within(&Limits::DISPUTED)?, &Limits::DISPUTED)?;
        Ok(Self { product, program: gpu.load(&model)?, rows })
    }

    /// Rows that one call makes.
    pub(super) const fn rows_at_once(&self) -> u32 {
        self.rows
    }

    /// As [`Product::rows`], of these lines, one entry of which is held to the reference's: a card that goes bad costs an epoch.
    pub(super) fn rows(&mut self, range: Range<u32>, lines: &[Vec<u8>]) -> Result<Vec<u8>, MatrixError> {
        let mut input = lines.concat();
        let wanted = input.len() * size_of::<i32>();
        input.resize(self.rows as usize * self.product.size as usize, 0);
        let mut sums = self.program.infer(&input)?;
        sums.truncate(wanted);
        // Another column in each stripe.
        let column = u64::from(range.start).wrapping_mul(7_919) % u64::from(self.product.size);
        let at = column as usize * size_of::<i32>();
        let found = sums.get(at..).and_then(|rest| rest.first_chunk()).map(|bytes| i32::from_le_bytes(*bytes));
        let expected = self.product.entry(u64::from(range.start) * u64::from(self.product.size) + column);
        if found != Some(expected) {
            return Err(MatrixError::Wrong { row: range.start, column });
        }
        Ok(sums)
    }
}
