//! What can be wrong with a model.

use alloy::primitives::{Address, B256};
use edgeloom_edge_proof::{InputLength, Malformed};

/// Why bytes are not the model that a caller wants.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// The image breaks a rule of the format.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// The input has the wrong length.
    #[error(transparent)]
    Input(#[from] InputLength),
    /// The image on chain commits to another id.
    #[error("the image commits to {actual}, not to {expected}")]
    Identity {
        /// Id asked for.
        expected: B256,
        /// Id that the image commits to.
        actual: B256,
    },
    /// The manifest's code is not a manifest.
    #[error("the code at {0} is no manifest")]
    Manifest(Address),
    /// A chunk of the manifest has no code.
    #[error("chunk {0} has no code")]
    Chunk(Address),
    /// An image that no manifest can hold.
    #[error("the image has {actual} bytes; a model holds 1 to {limit}")]
    Size {
        /// Bytes given.
        actual: usize,
        /// Most bytes a manifest can name.
        limit: usize,
    },
}
