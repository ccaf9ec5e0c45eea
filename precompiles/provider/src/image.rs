//! A model's image, joined from immutable code through the journal.
//!
//! A manifest's code is `0x00 ‖ "EIG1" ‖ n × 20-byte addresses`, a chunk's `0x00 ‖ data`: the leading STOP keeps either from
//! being run. Gas is charged chunk by chunk, before each is joined.

use crate::{
    code::code,
    meter::{Exit, Meter},
};
use alloy::primitives::Address;
use alloy_evm::EvmInternals;
use edgeloom_bindings::IEdgeProof;
use edgeloom_edge_proof::MAX_IMAGE_BYTES;

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
