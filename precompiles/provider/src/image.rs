//! A model's image, joined from immutable code through the journal.
//!
//! A manifest's code is `0x00 ‖ "EIG1" ‖ n × 20-byte addresses`, a chunk's `0x00 ‖ data`: the leading STOP keeps either from
//! being run. Chunk by chunk, gas is charged before the account is loaded and before its bytes are copied.

use crate::{
    gas::{CODE_WORD, COLD_ACCOUNT, WARM_ACCOUNT, words},
    meter::{Exit, Meter},
};
use alloy::primitives::{Address, Bytes};
use alloy_evm::EvmInternals;
use edgeloom_bindings::IEdgeProof;
use edgeloom_edge_proof::MAX_IMAGE_BYTES;
use revm::precompile::PrecompileError;

const MAGIC: &[u8] = b"\0EIG1";
const MAX_CHUNKS: usize = 64;

/// # Errors
/// [`Exit::Revert`] with `MalformedManifest` when the manifest or a chunk is not of its format.
pub(crate) fn load(internals: &mut EvmInternals<'_>, manifest: Address, meter: &mut Meter) -> Result<Vec<u8>, Exit> {
    let malformed = || Exit::revert(&IEdgeProof::MalformedManifest { manifest });
    let list = code(internals, manifest, meter)?;
    let list = list.strip_prefix(MAGIC).ok_or_else(malformed)?;
    let (chunks, rest) = list.as_chunks::<20>();
    if chunks.is_empty() || chunks.len() > MAX_CHUNKS || !rest.is_empty() {
        return Err(malformed());
    }
    let mut image = Vec::new();
    for chunk in chunks {
        let data = code(internals, Address::from(*chunk), meter)?;
        let data = data.strip_prefix(&[0]).ok_or_else(malformed)?;
        if image.len() + data.len() > MAX_IMAGE_BYTES {
            return Err(malformed());
        }
        image.extend_from_slice(data);
    }
    Ok(image)
}

/// The code of an account, for the gas of its first access in this transaction or a later one.
fn code(internals: &mut EvmInternals<'_>, address: Address, meter: &mut Meter) -> Result<Bytes, Exit> {
    meter.charge(COLD_ACCOUNT)?;
    let failed = |error: &dyn std::fmt::Display| Exit::Fatal(PrecompileError::Fatal(error.to_string()));
    let loaded = internals.load_account_code(address).map_err(|error| failed(&error))?;
    if !loaded.is_cold {
        meter.give_back(COLD_ACCOUNT - WARM_ACCOUNT);
    }
    let code = loaded.data.account().info.code.as_ref().map(|code| code.original_bytes());
    let code = code.ok_or_else(|| failed(&format_args!("the journal loaded {address} without its code")))?;
    meter.charge(words(code.len()) * CODE_WORD)?;
    Ok(code)
}
