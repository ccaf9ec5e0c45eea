//! How an image lies in code: chunks with a leading STOP, listed by a manifest with a leading STOP.

use alloy::primitives::Address;

use crate::error::ModelError;

/// Most bytes of one chunk: the limit of contract code, less the leading STOP.
pub const CHUNK_BYTES_MAX: usize = 24_575;
/// Most bytes of an image.
pub const IMAGE_BYTES_MAX: usize = edgeloom_edge_proof::MAX_IMAGE_BYTES;

const STOP: u8 = 0;
const MAGIC: &[u8] = b"EIG1";
const CHUNKS_MAX: usize = 64;

// An image of any permitted length fits a manifest.
const _: () = assert!(IMAGE_BYTES_MAX <= CHUNKS_MAX * CHUNK_BYTES_MAX);

/// Cuts an image into chunks, all but the last of them full.
pub(super) fn chunks(image: &[u8]) -> Result<Vec<&[u8]>, ModelError> {
    match image.len() {
        1..=IMAGE_BYTES_MAX => Ok(image.chunks(CHUNK_BYTES_MAX).collect()),
        actual => Err(ModelError::Size { actual, limit: IMAGE_BYTES_MAX }),
    }
}

/// The chunk addresses in a manifest's code, 1 to 64 of them.
pub(super) fn decode_manifest(code: &[u8]) -> Option<Vec<Address>> {
    let list = code.strip_prefix(&[STOP])?.strip_prefix(MAGIC)?;
    let (addresses, rest) = list.as_chunks::<20>();
    let fits = rest.is_empty() && (1..=CHUNKS_MAX).contains(&addresses.len());
    fits.then(|| addresses.iter().map(Address::from).collect())
}

/// The content of a chunk's code, at least one byte.
pub(super) fn chunk_content(code: &[u8]) -> Option<&[u8]> {
    code.strip_prefix(&[STOP]).filter(|content| !content.is_empty())
}

#[cfg(test)]
mod tests;
