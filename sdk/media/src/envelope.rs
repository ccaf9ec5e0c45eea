//! Bytes for one account: whoever has the key of a point of secp256k1 can read them (ECIES: an ephemeral key, ECDH, ChaCha20-Poly1305).

use crate::MediaError;
use chacha20poly1305::{
    ChaCha20Poly1305, Nonce,
    aead::{Aead as _, KeyInit as _, Payload},
};
use k256::{
    ProjectivePoint, PublicKey, SecretKey,
    elliptic_curve::{rand_core::OsRng, sec1::ToEncodedPoint as _},
};
use zeroize::Zeroizing;

/// Of a compressed point.
const KEY_BYTES: usize = 33;
const CONTEXT: &str = "edgeloom 2026-11-23 media envelope";

/// An ephemeral point, and what is encrypted to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope(Vec<u8>);

impl Envelope {
    /// Encrypts bytes to a key, about something that whoever opens it has to name, too.
    pub fn seal(to: &PublicKey, plain: &[u8], about: &[u8]) -> Self {
        let own = SecretKey::random(&mut OsRng);
        let mut bytes = own.public_key().to_encoded_point(true).as_bytes().to_vec();
        let payload = Payload { msg: plain, aad: about };
        // A key is used once.
        let cipher = cipher(&own, to, &bytes).encrypt(&Nonce::default(), payload);
        bytes.extend(cipher.expect("no longer than the cipher takes"));
        Self(bytes)
    }

    /// # Errors
    /// [`MediaError::Envelope`].
    pub fn open(&self, own: &SecretKey, about: &[u8]) -> Result<Zeroizing<Vec<u8>>, MediaError> {
        let (ephemeral, cipher_text) = self.0.split_at_checked(KEY_BYTES).ok_or(MediaError::Envelope)?;
        let from = PublicKey::from_sec1_bytes(ephemeral).map_err(|_| MediaError::Envelope)?;
        let payload = Payload { msg: cipher_text, aad: about };
        let plain = cipher(own, &from, ephemeral).decrypt(&Nonce::default(), payload);
        plain.map(Zeroizing::new).map_err(|_| MediaError::Envelope)
    }

    pub const fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

fn cipher(own: &SecretKey, other: &PublicKey, ephemeral: &[u8]) -> ChaCha20Poly1305 {
    let shared = ProjectivePoint::from(*other.as_affine()) * *own.to_nonzero_scalar();
    let shared = Zeroizing::new(shared.to_affine().to_encoded_point(true).as_bytes().to_vec());
    let mut deriving = blake3::Hasher::new_derive_key(CONTEXT);
    deriving.update(ephemeral).update(&shared);
    let key = Zeroizing::new(*deriving.finalize().as_bytes());
    ChaCha20Poly1305::new(&(*key).into())
}
