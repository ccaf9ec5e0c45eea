//! ChaCha20 (RFC 8439): what DECRYPT adds (G50) and where SAMPLE's chance comes from (G43).

use chacha20::{
    ChaCha20,
    cipher::{KeyIvInit as _, StreamCipher as _, StreamCipherSeek as _},
};

/// The first word of block `counter` under a seed; `stream` keeps the draws of different operations apart.
pub(crate) fn word(seed: &[u8; 32], stream: u64, counter: u32) -> u32 {
    let mut nonce = [0; 12];
    nonce[..8].copy_from_slice(&stream.to_le_bytes());
    let mut block = [0; 4];
    apply(seed, &nonce, u64::from(counter) * 64, &mut block);
    u32::from_le_bytes(block)
}

/// Adds the keystream of a key (32 bytes) and a nonce (12 bytes) from byte `at` on.
pub(crate) fn decrypt(key: &[u8; 44], at: u64, data: &mut [u8]) {
    let (key, nonce) = key.split_at(32);
    apply(&std::array::from_fn(|i| key[i]), &std::array::from_fn(|i| nonce[i]), at, data);
}

/// The stream has 2^38 bytes, more than any trace.
fn apply(key: &[u8; 32], nonce: &[u8; 12], at: u64, data: &mut [u8]) {
    let mut cipher = ChaCha20::new(key.into(), nonce.into());
    cipher.seek(at);
    cipher.apply_keystream(data);
}

/// Where a draw falls among weights with this sum: `chance * sum / 2^32`.
#[inline(always)]
pub(crate) fn threshold(chance: u32, sum: i32) -> i32 {
    ((u64::from(chance) * u64::from(sum.cast_unsigned())) >> 32) as i32
}
