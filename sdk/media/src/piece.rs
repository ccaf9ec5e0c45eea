//! Media in pieces: what the chain names is the manifest, which has the hash of every piece as it is; what is sent is encrypted, for each epoch
//! by another key.

use crate::MediaError;
use chacha20poly1305::{
    ChaCha20Poly1305, Nonce,
    aead::{Aead as _, KeyInit as _, Payload},
};
use getrandom::fill;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// Of a piece; the last may be shorter.
pub const PIECE_BYTES: usize = 256 * 1024;
/// Of a manifest: of media of some 60 GiB.
pub const MANIFEST_BYTES_MAX: usize = 16 * 1024 * 1024;

/// The key of one gate's media in one epoch.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct ContentKey([u8; 32]);

/// A manifest that is being made.
#[derive(Debug)]
pub struct Making {
    bytes: u64,
    pieces: Vec<String>,
}

/// What media are made of. The chain names it by the BLAKE3 of its JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Manifest {
    mime: String,
    bytes: u64,
    /// BLAKE3 of every piece, unencrypted, as hexadecimal digits.
    pieces: Vec<String>,
    #[serde(skip)]
    root: [u8; 32],
}

impl ContentKey {
    /// # Panics
    /// Where the operating system has no randomness.
    pub fn random() -> Self {
        let mut key = [0; 32];
        fill(&mut key).expect("the operating system's randomness");
        Self(key)
    }

    pub const fn from_bytes(key: [u8; 32]) -> Self {
        Self(key)
    }

    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    fn cipher(&self) -> ChaCha20Poly1305 {
        ChaCha20Poly1305::new(&self.0.into())
    }

    /// A key encrypts one gate's media, so that the piece's number is used once.
    fn nonce(piece: usize) -> Nonce {
        let mut nonce = [0; 12];
        nonce[..8].copy_from_slice(&(piece as u64).to_le_bytes());
        nonce.into()
    }
}

impl std::fmt::Debug for ContentKey {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str("ContentKey(..)")
    }
}

impl Making {
    /// The next piece, of [`PIECE_BYTES`]; only the last is shorter.
    pub fn add(&mut self, piece: &[u8]) {
        self.bytes += piece.len() as u64;
        self.pieces.push(blake3::hash(piece).to_hex().to_string());
    }

    /// # Errors
    /// [`MediaError::Manifest`] of nothing at all, of pieces of other lengths, or where the type is none.
    pub fn done(self, mime: &str) -> Result<Manifest, MediaError> {
        let Self { bytes, pieces } = self;
        let mut manifest = Manifest { mime: mime.to_owned(), bytes, pieces, root: [0; 32] };
        manifest.check()?;
        manifest.root = *blake3::hash(&manifest.to_json()).as_bytes();
        Ok(manifest)
    }
}

impl Manifest {
    /// Of media that are read piece by piece.
    pub const fn making() -> Making {
        Making { bytes: 0, pieces: Vec::new() }
    }

    /// Reads the JSON that the chain names by its hash.
    ///
    /// # Errors
    /// [`MediaError::WrongRoot`], [`MediaError::Manifest`].
    pub fn parse(json: &[u8], root: &[u8; 32]) -> Result<Self, MediaError> {
        if json.len() > MANIFEST_BYTES_MAX {
            return Err(MediaError::Manifest("it is too long"));
        }
        if blake3::hash(json).as_bytes() != root {
            return Err(MediaError::WrongRoot);
        }
        let manifest: Self = serde_json::from_slice(json).map_err(|_| MediaError::Manifest("no such JSON"))?;
        manifest.check()?;
        Ok(Self { root: *root, ..manifest })
    }

    fn check(&self) -> Result<(), MediaError> {
        if self.bytes == 0 {
            return Err(MediaError::Manifest("it is of nothing"));
        }
        if self.bytes.div_ceil(PIECE_BYTES as u64) != self.pieces.len() as u64 {
            return Err(MediaError::Manifest("it has not as many pieces as its bytes make"));
        }
        let is_type = |byte: u8| byte.is_ascii_alphanumeric() || b"/+-.;= ".contains(&byte);
        if self.mime.len() > 127 || !self.mime.bytes().all(is_type) || !is_shown(&self.mime) {
            return Err(MediaError::Manifest("its media type is no sound, film or picture"));
        }
        Ok(())
    }

    /// The JSON that [`Self::root`] names.
    ///
    /// # Panics
    /// Never: it is a manifest.
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("strings and a number")
    }

    pub const fn root(&self) -> &[u8; 32] {
        &self.root
    }

    /// Media type, as of RFC 6838: `video/mp4`. Always of audio, video or image, and nothing that runs.
    pub fn mime(&self) -> &str {
        &self.mime
    }

    /// Of all pieces.
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    pub const fn pieces(&self) -> usize {
        self.pieces.len()
    }

    /// Encrypts a piece for whoever has the epoch's key. Nothing else is ever encrypted in its place: a key and a number make one stream, and two texts
    /// under one stream tell each other.
    ///
    /// # Errors
    /// [`MediaError::Piece`] where it is not what the manifest says.
    ///
    /// # Panics
    /// Never: a piece is no longer than the cipher takes.
    pub fn encrypt(&self, key: &ContentKey, piece: usize, plain: &[u8]) -> Result<Vec<u8>, MediaError> {
        if !self.is_piece(piece, plain) {
            return Err(MediaError::Piece(piece));
        }
        let payload = Payload { msg: plain, aad: &self.root };
        let cipher = key.cipher().encrypt(&ContentKey::nonce(piece), payload);
        Ok(cipher.expect("a piece is no longer than the cipher takes"))
    }

    /// A piece, if it is what the manifest says.
    ///
    /// # Errors
    /// [`MediaError::Piece`].
    pub fn decrypt(&self, key: &ContentKey, piece: usize, cipher: &[u8]) -> Result<Vec<u8>, MediaError> {
        let wrong = MediaError::Piece(piece);
        let payload = Payload { msg: cipher, aad: &self.root };
        let plain = key.cipher().decrypt(&ContentKey::nonce(piece), payload).map_err(|_| wrong)?;
        if self.is_piece(piece, &plain) { Ok(plain) } else { Err(wrong) }
    }

    /// The length is asked, too: readers cut ranges of the media by it.
    fn is_piece(&self, piece: usize, plain: &[u8]) -> bool {
        let range = self.range(piece);
        let named = self.pieces.get(piece);
        plain.len() as u64 == range.end - range.start
            && named.is_some_and(|named| blake3::hash(plain).to_hex().as_str() == named)
    }

    /// Which bytes of the media a piece is.
    pub fn range(&self, piece: usize) -> std::ops::Range<u64> {
        let from = (piece as u64).saturating_mul(PIECE_BYTES as u64).min(self.bytes);
        from..from.saturating_add(PIECE_BYTES as u64).min(self.bytes)
    }
}

/// What a page plays or shows. Whatever ends in `+xml`, as SVG does, is a document: it could run scripts where it is opened.
fn is_shown(mime: &str) -> bool {
    let (kind, rest) = mime.split_once('/').unwrap_or_default();
    let rest = rest.to_ascii_lowercase();
    ["audio", "video", "image"].contains(&kind) && !rest.is_empty() && !rest.contains("svg") && !rest.contains("xml")
}
