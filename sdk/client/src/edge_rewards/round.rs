//! The formats C1 to C4 of `IEdgeRewards`: what a round's products are, and what commits to them.

use alloy::{
    primitives::{B256, U256, keccak256},
    sol_types::SolValue as _,
};
use edgeloom_bindings::IEdgeRewards::{Draw, Opening};
use edgeloom_edge_proof::Product;

use super::opening;

/// Entries of each drawn product that a proof opens.
const SAMPLES: usize = 8;

/// A chain of products of one node. Who has the roots of some of them knows what the next is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Round {
    /// Of the first product.
    pub seed: B256,
    /// Rows of a product.
    pub size: u32,
    /// Products.
    pub links: u32,
}

impl Round {
    /// The product after those with these roots. `None` after the last.
    #[must_use]
    pub fn next(&self, roots: &[B256]) -> Option<Product> {
        (roots.len() < self.links as usize).then(|| self.product(roots, roots.len())).flatten()
    }

    /// The product that a draw fell on, of a round with these roots. `None` where it has fewer.
    #[must_use]
    pub fn drawn(&self, draw: &Draw, roots: &[B256]) -> Option<Product> {
        let link = usize::try_from(draw.link).ok().filter(|link| *link < roots.len())?;
        self.product(roots, link)
    }

    /// Shows a drawn product to whoever has the roots. `None` where `product` is not the one with the root that was answered with, or is
    /// wrong where it is asked for: a broken machine's.
    #[must_use]
    pub fn open(&self, draw: &Draw, roots: &[B256], product: &[u8]) -> Option<Opening> {
        let asked = self.drawn(draw, roots)?;
        let root = roots.get(usize::try_from(draw.link).ok()?)?;
        let proof = asked.prove(product, &draw.challenge.0, SAMPLES);
        let proves = asked.proves(&root.0, (&draw.challenge.0, SAMPLES), &proof);
        proves.then(|| opening(roots, proof))
    }

    fn product(&self, roots: &[B256], link: usize) -> Option<Product> {
        let seed = match link.checked_sub(1) {
            None => self.seed,
            Some(before) => keccak256((self.seed, *roots.get(before)?).abi_encode()),
        };
        Some(Product { seed: seed.0, size: self.size })
    }
}

/// What a round is answered with: the digest of the roots of all its products (C3).
#[must_use]
pub fn digest_of(roots: &[B256]) -> B256 {
    keccak256(roots.iter().map(|root| root.0).collect::<Vec<_>>().as_flattened())
}

/// A node's chain of answers, after one more (C1). It begins with zero.
#[must_use]
pub fn chain_after(chain: B256, round: u8, digest: B256) -> B256 {
    keccak256((chain, U256::from(round), digest).abi_encode())
}
