//! The chain's own precompiles as revm sees them: addresses, ABI, gas, and the reading of code through the journal. This
//! is the only crate of the folder that knows revm. It knows no blocks and no consensus, and it decides nothing about
//! proofs and signatures: the kernels in `edge-proof` and `bls` do, the same ones that workers and validators run.
//!
//! Rules: a call that is malformed reverts with a custom error of the interface that names the fault; only running out of
//! gas halts. Gas is charged before the work that it pays for, in stages (calldata, manifest, chunks, graph, weights,
//! inference), and depends on nothing that a node may have cached. DELEGATECALL and CALLCODE revert.

mod bls;
mod code;
mod edge_proof;
mod entry;
mod gas;
mod image;
mod meter;
mod snapshot;

use alloy_evm::precompiles::{DynPrecompile, PrecompilesMap};
use edgeloom_bindings::addresses;
use revm::precompile::PrecompileId;

/// Adds the chain's precompiles to Ethereum's.
pub fn install(precompiles: &mut PrecompilesMap) {
    precompiles.apply_precompile(&addresses::EDGE_PROOF, |_| {
        Some(DynPrecompile::new_stateful(PrecompileId::custom("edge-proof"), edge_proof::run))
    });
    precompiles.apply_precompile(&addresses::BLS, |_| {
        Some(DynPrecompile::new_stateful(PrecompileId::custom("bls"), bls::run))
    });
}

#[cfg(test)]
mod tests;
