//! Where the encrypted pieces are. Nothing of it is trusted: the chain names the manifest, the manifest every piece.

use alloy::primitives::U256;
use edgeloom_bindings::IMediaGate::Content;
use edgeloom_media::{ContentKey, MANIFEST_BYTES_MAX, Manifest, PIECE_BYTES, WRAP_BYTES};
use serde::{Deserialize, Serialize};
use url::Url;

use super::{http, malformed};
use crate::Error;

/// Of a cipher's tag.
const TAG_BYTES: usize = 16;
/// Of the list of nodes.
const NODES_BYTES_MAX: usize = 16 * 1024;

/// The media of a gate, at an address.
#[derive(Clone, Debug)]
pub struct Origin {
    url: Url,
    manifest: Manifest,
}

/// An epoch's content key, as an origin has it: encrypted to the epoch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Show {
    /// Which epoch.
    pub epoch: U256,
    /// For whoever has the nodes' signature of it.
    #[serde(with = "hex_bytes")]
    pub wrapped: [u8; WRAP_BYTES],
}

impl Origin {
    /// Reads the manifest that a gate's content names.
    ///
    /// # Errors
    /// [`Error::Settings`] for an address that is none, [`Error::Answer`] for what is not the manifest, [`Error::Transport`].
    pub async fn open(content: &Content) -> Result<Self, Error> {
        let url = Url::parse(&content.uri).map_err(|error| Error::Settings(format!("{:?}: {error}", content.uri)))?;
        let json = http::get(&http::join(&url, "manifest.json")?, MANIFEST_BYTES_MAX).await?;
        Ok(Self { manifest: Manifest::parse(&json, &content.root.0).map_err(malformed)?, url })
    }

    /// What the media are.
    #[must_use]
    pub const fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The addresses of nodes that have shares, as far as the origin knows.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn nodes(&self) -> Result<Vec<Url>, Error> {
        self.read("nodes.json", NODES_BYTES_MAX).await
    }

    /// The encrypted key of the epoch that the origin shows.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn show(&self) -> Result<Show, Error> {
        self.read("show.json", NODES_BYTES_MAX).await
    }

    /// A piece of an epoch's, decrypted and checked.
    ///
    /// # Errors
    /// As [`Self::open`]; [`Error::Answer`] where it is not what the manifest says, or the epoch is over.
    pub async fn piece(&self, epoch: U256, key: &ContentKey, piece: usize) -> Result<Vec<u8>, Error> {
        let url = http::join(&self.url, &format!("{epoch}/{piece}"))?;
        let cipher = http::get(&url, PIECE_BYTES + TAG_BYTES).await?;
        self.manifest.decrypt(key, piece, &cipher).map_err(malformed)
    }

    async fn read<T: for<'a> Deserialize<'a>>(&self, path: &str, most: usize) -> Result<T, Error> {
        let url = http::join(&self.url, path)?;
        serde_json::from_slice(&http::get(&url, most).await?).map_err(|error| Error::Answer(format!("{url}: {error}")))
    }
}

/// Hexadecimal digits in JSON.
mod hex_bytes {
    use alloy::primitives::Bytes;
    use edgeloom_media::WRAP_BYTES;
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer, de::Error as _};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8; WRAP_BYTES], to: S) -> Result<S::Ok, S::Error> {
        Bytes::copy_from_slice(bytes).serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<[u8; WRAP_BYTES], D::Error> {
        let bytes = Bytes::deserialize(from)?;
        bytes.as_ref().try_into().map_err(|_| D::Error::custom(format!("expected {WRAP_BYTES} bytes")))
    }
}
