//! Proofs of computing capacity: a product of two square matrices that nobody can have made before the seed was known, opened
//! at entries that a later seed asks for.
//!
//! * W1 Row i of A is the first n bytes of BLAKE3's output stream, keyed with the seed, over `"row"` ‖ i, 4 bytes little-endian;
//!   column j of B over `"column"` ‖ j. Bytes are signed.
//! * W2 The product is the blob of its n² entries, row by row, 4 bytes little-endian each.
//! * W3 Entry k asked for is the k-th number of the stream keyed with the challenge over `"capacity"`, 8 bytes little-endian each, times
//!   n², over 2^64; its proof is the opening of the chunk that holds it, as in H2.
//!
//! A matrix of which a share f is wrong passes k samples with probability (1 − f)^k. One product is a moment's work of a large
//! GPU, so that how many claims one machine answers shows only in a chain of them: the next seed is the last root.

use crate::{
    opening::{Blob, CHUNK_BYTES, Tree},
    possession::{opened, opening},
    sample::Sample,
};

/// Rows of a matrix: no sum of products leaves 32 bits.
pub const SIZE_MAX: u32 = 32_768;
/// Samples times rows of one proof: what is made again of A and of B.
pub const WORK_MAX: u64 = 1 << 20;

const ENTRY_BYTES: u64 = 4;

/// The product that a seed asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Product {
    pub seed: [u8; 32],
    /// Rows, 1 to [`SIZE_MAX`].
    pub size: u32,
}

impl Product {
    /// All entries, row by row: n³ multiply-accumulates on one core.
    pub fn compute(&self) -> Vec<u8> {
        // Processors multiply and add pairs of 16 bits in one instruction.
        let wide = |bytes: Vec<u8>| bytes.into_iter().map(|byte| i16::from(byte.cast_signed())).collect::<Vec<_>>();
        let columns: Vec<_> = (0..self.size).map(|j| wide(self.vector(b"column", j))).collect();
        let mut product = Vec::with_capacity(self.size as usize * self.size as usize * ENTRY_BYTES as usize);
        for i in 0..self.size {
            let row = wide(self.vector(b"row", i));
            for column in &columns {
                // No sum leaves 32 bits (`SIZE_MAX`); to check each would keep the compiler from doing many at once.
                let sum =
                    row.iter().zip(column).fold(0i32, |sum, (a, b)| sum.wrapping_add(i32::from(*a) * i32::from(*b)));
                product.extend(sum.to_le_bytes());
            }
        }
        product
    }

    /// Entries that the challenge asks for.
    pub fn asked(&self, challenge: &[u8; 32], samples: usize) -> impl Iterator<Item = u64> + use<> {
        Sample::new(challenge, b"capacity", u64::from(self.size).pow(2)).take(samples)
    }

    /// What the root commits to (W2).
    pub fn blob(&self, root: &[u8; 32]) -> Blob {
        Blob { root: *root, bytes: u64::from(self.size).pow(2) * ENTRY_BYTES }
    }

    /// Whether `proof` opens the product with this root at what the challenge asks for, and every entry is right.
    pub fn proves(&self, root: &[u8; 32], (challenge, samples): (&[u8; 32], usize), proof: &[u8]) -> bool {
        let blob = self.blob(root);
        let mut rest = proof;
        let right = |entry: u64| {
            let at = entry * ENTRY_BYTES;
            let opened = opened(&blob, at / CHUNK_BYTES, &mut rest);
            // Chunks hold whole entries.
            let found = opened.and_then(|data| data[(at % CHUNK_BYTES) as usize..].first_chunk());
            found.is_some_and(|found| i32::from_le_bytes(*found) == self.entry(entry))
        };
        self.asked(challenge, samples).all(right) && rest.is_empty()
    }

    /// The proof of whoever has the product.
    pub fn prove(&self, product: &[u8], challenge: &[u8; 32], samples: usize) -> Vec<u8> {
        let tree = Tree::of(product);
        let chunks = self.asked(challenge, samples).map(|entry| entry * ENTRY_BYTES / CHUNK_BYTES);
        chunks.filter_map(|chunk| opening(&tree, chunk)).flatten().collect()
    }

    /// One entry, by its number row by row.
    pub fn entry(&self, entry: u64) -> i32 {
        let size = u64::from(self.size);
        dot(&self.vector(b"row", (entry / size) as u32), &self.vector(b"column", (entry % size) as u32))
    }

    fn vector(&self, purpose: &[u8], index: u32) -> Vec<u8> {
        let mut bytes = vec![0; self.size as usize];
        let mut hasher = blake3::Hasher::new_keyed(&self.seed);
        hasher.update(purpose).update(&index.to_le_bytes()).finalize_xof().fill(&mut bytes);
        bytes
    }
}

fn dot(row: &[u8], column: &[u8]) -> i32 {
    let product = |(a, b): (&u8, &u8)| i32::from(a.cast_signed()) * i32::from(b.cast_signed());
    row.iter().zip(column).map(product).sum()
}
