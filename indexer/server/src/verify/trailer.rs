//! What solc appends to code: a CBOR map with a hash of the metadata and the compiler's version, and its length in two bytes.

use std::ops::Range;

/// How a digest of the metadata is announced; 32 bytes follow.
const DIGEST_KEYS: [&[u8]; 3] = [b"\x64ipfs\x58\x22\x12\x20", b"\x65bzzr0\x58\x20", b"\x65bzzr1\x58\x20"];
const DIGEST: usize = 32;

/// Keys that a trailer starts with: solc sorts them by length and letter.
const FIRST_KEYS: [&[u8]; 5] = [b"\x64ipfs", b"\x65bzzr0", b"\x65bzzr1", b"\x64solc", b"\x6cexperimental"];

/// Code without its trailer, and the trailer with its length field; empty if there is none.
pub(super) fn split(code: &[u8]) -> (&[u8], &[u8]) {
    let none = (code, &code[code.len()..]);
    let Some((rest, length)) = code.split_last_chunk::<2>() else { return none };
    let Some(start) = rest.len().checked_sub(usize::from(u16::from_be_bytes(*length))) else { return none };
    let is_map = match &rest[start..] {
        // A map of one to four entries.
        [0xa1..=0xa4, keys @ ..] => FIRST_KEYS.iter().any(|key| keys.starts_with(key)),
        _ => false,
    };
    if is_map { code.split_at(start) } else { none }
}

/// Where `code` has something that looks like a digest of metadata.
pub(super) fn digests(code: &[u8]) -> Vec<Range<usize>> {
    let announced = |at: usize| DIGEST_KEYS.iter().find(|key| code[at..].starts_with(key)).map(|key| at + key.len());
    (0..code.len()).filter_map(announced).map(|at| at..at + DIGEST).filter(|digest| digest.end <= code.len()).collect()
}
