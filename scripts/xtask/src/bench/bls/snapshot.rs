//! The largest set there can be, as code.

use alloy::primitives::{Address, address};
use edgeloom_bls::{CHUNK_PLACES, KeySum, PLACES_MAX, SecretKey};
use eyre::Result;

pub(super) const SNAPSHOT: Address = address!("0x00000000000000000000000000000000000000ff");

/// All of its accounts.
pub(super) fn accounts() -> Result<Vec<(Address, Vec<u8>)>> {
    let key = |place: usize| Ok(SecretKey::from_seed(&[place.to_be_bytes(); 4].concat())?.public_key());
    let keys = (0..PLACES_MAX).map(key).collect::<Result<Vec<_>>>()?;
    let mut manifest = b"\0BLS1".to_vec();
    manifest.extend((PLACES_MAX as u32).to_be_bytes());
    manifest.extend(KeySum::of(&keys).to_stored());
    let mut accounts = Vec::new();
    for (index, chunk) in keys.chunks(CHUNK_PLACES).enumerate() {
        let stored: Vec<u8> = [0].into_iter().chain(chunk.iter().flat_map(|key| key.to_stored())).collect();
        let stakes: Vec<u8> = [0].into_iter().chain(chunk.iter().flat_map(|_| u64::MAX.to_be_bytes())).collect();
        for (half, code) in [stored, stakes].into_iter().enumerate() {
            let at = Address::left_padding_from(&(0x1_0000 + 2 * index + half).to_be_bytes());
            manifest.extend(at);
            accounts.push((at, code));
        }
    }
    accounts.push((SNAPSHOT, manifest));
    Ok(accounts)
}

pub(super) fn bitmap(signed: fn(usize) -> bool) -> Vec<u8> {
    let byte = |first: usize| (0..8).map(|bit| u8::from(signed(8 * first + bit)) << bit).sum();
    (0..PLACES_MAX / 8).map(byte).collect()
}
