//! Secrets at rest under a password, in the form of EIP-2335: scrypt makes a key of the password, AES-128 in counter mode
//! hides the secret, SHA-256 tells a wrong password from a right one.

use aes::{
    Aes128,
    cipher::{KeyIvInit as _, StreamCipher as _},
};
use alloy::primitives::{B256, hex};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fmt;
use zeroize::Zeroizing;

/// What scrypt makes of a password, bytes: one half encrypts, the other goes into the checksum.
const KEY_BYTES: usize = 32;
/// Longest secret, bytes.
const SECRET_BYTES_MAX: usize = 1024;
/// Most memory that a file may have scrypt take, bytes.
const MEMORY_MAX: u64 = 1 << 30;
/// Longest salt of a file, bytes.
const SALT_BYTES_MAX: usize = 64;
const BLOCK_SIZE: u32 = 8;
const SCRYPT: &str = "scrypt";
const SHA256: &str = "sha256";
const CIPHER: &str = "aes-128-ctr";

/// How dear a guess of the password is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Password {
    /// 32 random bytes that a machine chose: nobody guesses those.
    Random,
    /// A person's: 128 MiB and some tenths of a second each, the least that OWASP recommends.
    Chosen,
}

impl Password {
    const fn cost_log2(self) -> u8 {
        match self {
            Self::Random => 12,
            Self::Chosen => 17,
        }
    }
}

/// The `crypto` of a keystore.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Crypto {
    kdf: Module<Scrypt>,
    checksum: Module<Nothing>,
    cipher: Module<Cipher>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Module<P> {
    function: String,
    params: P,
    message: Bare,
}

#[derive(Debug, Serialize, Deserialize)]
struct Scrypt {
    dklen: usize,
    n: u64,
    p: u32,
    r: u32,
    salt: Bare,
}

#[derive(Debug, Serialize, Deserialize)]
struct Nothing {}

#[derive(Debug, Serialize, Deserialize)]
struct Cipher {
    iv: Bare,
}

/// Bytes as hex without a prefix.
#[derive(Debug)]
struct Bare(Vec<u8>);

impl Serialize for Bare {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Bare {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        hex::decode(text).map(Self).map_err(serde::de::Error::custom)
    }
}

/// Why a secret does not come out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum KeystoreError {
    #[error("the password is not the right one")]
    Password,
    #[error("{what} is {found:?}, and only {known} is known here")]
    Function { what: &'static str, found: String, known: &'static str },
    #[error("malformed keystore: {0}")]
    Malformed(&'static str),
}

/// Encrypts a secret of at most 1,024 bytes.
pub(crate) fn encrypt(secret: &[u8], password: &[u8], kind: Password) -> Crypto {
    let (salt, iv) = (B256::random(), B256::random());
    let (salt, iv) = (salt.as_slice(), &iv[..16]);
    let params = scrypt::Params::new(kind.cost_log2(), BLOCK_SIZE, 1);
    let key = derive(password, salt, &params.expect("constants that scrypt admits"));
    let mut hidden = secret.to_vec();
    apply(&key, iv, &mut hidden).expect("an iv of 16 bytes");
    Crypto {
        kdf: Module {
            function: SCRYPT.into(),
            params: Scrypt {
                dklen: KEY_BYTES,
                n: 1 << kind.cost_log2(),
                p: 1,
                r: BLOCK_SIZE,
                salt: Bare(salt.to_vec()),
            },
            message: Bare(Vec::new()),
        },
        checksum: Module { function: SHA256.into(), params: Nothing {}, message: Bare(checksum(&key, &hidden)) },
        cipher: Module { function: CIPHER.into(), params: Cipher { iv: Bare(iv.to_vec()) }, message: Bare(hidden) },
    }
}

impl Crypto {
    /// The secret.
    ///
    /// # Errors
    /// [`KeystoreError::Password`]; the other kinds for what this does not read.
    pub(crate) fn decrypt(&self, password: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeystoreError> {
        let Self { kdf, checksum: sum, cipher } = self;
        expect("the key derivation function", &kdf.function, SCRYPT)?;
        expect("the checksum", &sum.function, SHA256)?;
        expect("the cipher", &cipher.function, CIPHER)?;
        let Scrypt { dklen, n, p, r, salt } = &kdf.params;
        if *dklen != KEY_BYTES || salt.0.len() > SALT_BYTES_MAX || cipher.message.0.len() > SECRET_BYTES_MAX {
            return Err(KeystoreError::Malformed("a length is out of bounds"));
        }
        let memory = n.checked_mul(128).and_then(|bytes| bytes.checked_mul(u64::from(*r).checked_mul((*p).into())?));
        if !n.is_power_of_two() || memory.is_none_or(|bytes| bytes > MEMORY_MAX) {
            return Err(KeystoreError::Malformed("scrypt's parameters are out of bounds"));
        }
        let params = scrypt::Params::new(n.ilog2() as u8, *r, *p);
        let key = derive(password, &salt.0, &params.map_err(|_| KeystoreError::Malformed("scrypt's parameters"))?);
        let hidden = &cipher.message.0;
        if checksum(&key, hidden) != sum.message.0 {
            return Err(KeystoreError::Password);
        }
        let mut secret = Zeroizing::new(hidden.clone());
        apply(&key, &cipher.params.iv.0, &mut secret)?;
        Ok(secret)
    }
}

fn expect(what: &'static str, found: &str, known: &'static str) -> Result<(), KeystoreError> {
    if found == known { Ok(()) } else { Err(KeystoreError::Function { what, found: found.into(), known }) }
}

fn derive(password: &[u8], salt: &[u8], params: &scrypt::Params) -> Zeroizing<[u8; KEY_BYTES]> {
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    scrypt::scrypt(password, salt, params, key.as_mut_slice()).expect("a length that scrypt gives");
    key
}

fn checksum(key: &[u8; KEY_BYTES], hidden: &[u8]) -> Vec<u8> {
    Sha256::new().chain_update(&key[16..]).chain_update(hidden).finalize().to_vec()
}

fn apply(key: &[u8; KEY_BYTES], iv: &[u8], bytes: &mut [u8]) -> Result<(), KeystoreError> {
    let cipher = ctr::Ctr128BE::<Aes128>::new_from_slices(&key[..16], iv);
    cipher.map_err(|_| KeystoreError::Malformed("the iv has not 16 bytes"))?.apply_keystream(bytes);
    Ok(())
}

/// The whole file of one BLS key, which the tools of Ethereum's validators read.
#[derive(Serialize, Deserialize)]
pub(crate) struct BlsKeystore {
    pub(crate) crypto: Crypto,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) description: String,
    /// Hex without a prefix.
    pub(crate) pubkey: String,
    /// Empty: the key was not derived from another.
    pub(crate) path: String,
    pub(crate) uuid: String,
    pub(crate) version: u8,
}

impl BlsKeystore {
    /// Of EIP-2335.
    const VERSION: u8 = 4;

    pub(crate) fn new(public: &[u8; 48], crypto: Crypto, description: &str) -> Self {
        Self {
            crypto,
            description: description.into(),
            pubkey: hex::encode(public),
            path: String::new(),
            uuid: uuid(),
            version: Self::VERSION,
        }
    }
}

/// A random one (RFC 9562, version 4).
fn uuid() -> String {
    let mut bytes: [u8; 16] = B256::random()[..16].try_into().expect("16 bytes");
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let text = hex::encode(bytes);
    [&text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..]].join("-")
}

/// Nothing secret.
impl fmt::Debug for BlsKeystore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlsKeystore").field("pubkey", &self.pubkey).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
