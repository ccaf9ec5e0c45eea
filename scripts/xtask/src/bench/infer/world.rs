//! Models in accounts, and the precompile that runs them.

use super::{super::precompile::Machine, corpus::Question};
use alloy::{
    primitives::{Address, Bytes, keccak256},
    sol_types::SolCall as _,
};
use edgeloom_bindings::{IEdgeProof, addresses};
use eyre::Result;

/// Image bytes of a code chunk.
const CHUNK: usize = 24_575;

pub(super) struct World(Machine);

impl World {
    /// Model `i` has its manifest at `manifest(i)`.
    pub(super) fn with_models(images: &[Vec<u8>]) -> Self {
        let mut accounts = Vec::new();
        for (index, image) in images.iter().enumerate() {
            let mut list = b"\0EIG1".to_vec();
            for (part, chunk) in image.chunks(CHUNK).enumerate() {
                let at = Address::from_word(keccak256([index.to_be_bytes(), part.to_be_bytes()].concat()));
                accounts.push((at, [&[0], chunk].concat()));
                list.extend_from_slice(at.as_slice());
            }
            accounts.push((manifest(index), list));
        }
        Self(Machine::new(accounts))
    }

    /// Calldata for model `index`.
    pub(super) fn call(&self, index: usize, question: &Question, input: &[u8]) -> Bytes {
        let manifest = manifest(index);
        match question {
            Question::Infer => IEdgeProof::inferCall { manifest, input: input.to_vec().into() }.abi_encode().into(),
            Question::Describe => IEdgeProof::describeCall { manifest }.abi_encode().into(),
        }
    }

    /// Calls the precompile and gives the gas it charged.
    ///
    /// # Errors
    /// When it does not answer.
    pub(super) fn answer(&mut self, call: &Bytes) -> Result<u64> {
        self.0.answer(addresses::EDGE_PROOF, call)
    }
}

fn manifest(index: usize) -> Address {
    Address::from_word(keccak256(index.to_be_bytes()))
}
