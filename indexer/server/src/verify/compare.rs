//! Whether code on the chain is what a compiler made of sources. Bytes in, verdict out.
//!
//! M1 A library that was not given has 20 bytes wherever it is referred to: whatever the chain has there, the same everywhere.
//! M2 An immutable has the value that its constructor wrote: whatever the chain has there, the same everywhere.
//! M3 A deployed library starts by pushing its own address, which the compiler left zero.
//! M4 Equal in every other byte, and with a hash of the metadata among them: exact, these are the very sources. Equal but for
//!    hashes of metadata: a match, the sources mean the same. Only bytes that are known to be such hashes may differ: the
//!    trailer, and what a second compilation of changed comments moved (a literal that looks like a hash does not move).
//! M5 Creation code is followed by constructor arguments that decode by the ABI and encode to the same bytes.
//! M6 All else is refused, naming the first byte that differs.

use super::trailer::{digests, split};
use alloy::{
    dyn_abi::JsonAbiExt,
    json_abi::Constructor,
    primitives::{Address, Bytes},
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, ops::Range};

/// M3 when compiled via IR: the name of the immutable in which a library keeps its own address.
const OWN_ADDRESS: &str = "library_deploy_address";

/// How well sources and chain agree; ordered from worse to better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Match {
    /// All but hashes of metadata.
    Match,
    /// Everything.
    ExactMatch,
}

/// Compiled code with the places that compilation leaves open, which are zero in `bytes`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Code {
    pub bytes: Vec<u8>,
    /// By `file:name` of the library.
    pub libraries: BTreeMap<String, Vec<Range<usize>>>,
    /// By the syntax tree id of the variable.
    pub immutables: BTreeMap<String, Vec<Range<usize>>>,
    /// Whether the compiler was to append a trailer.
    pub has_trailer: bool,
    /// Hashes of metadata inside the code, of contracts that it creates.
    pub hashes: Vec<Range<usize>>,
}

/// What the chain's code has in the open places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Runtime {
    pub verdict: Match,
    pub libraries: BTreeMap<String, Address>,
    pub immutables: BTreeMap<String, Bytes>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Creation {
    pub verdict: Match,
    pub arguments: Bytes,
}

/// Why code is not what was compiled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    #[error("there are {chain} bytes of code on the chain and {compiled} from the compiler")]
    Length { compiled: usize, chain: usize },
    #[error("byte {0} differs")]
    Byte(usize),
    #[error("{0} has two different values in the code on the chain")]
    TwoValues(String),
    #[error("what follows the creation code are not arguments of the constructor")]
    Arguments,
}

impl Code {
    /// Marks as hashes of metadata what differs in `other`, which is the same code from sources with other comments (M4).
    pub fn learn_hashes(&mut self, other: &Self) {
        if other.bytes.len() == self.bytes.len() {
            self.hashes = digests(&self.bytes);
            self.hashes.retain(|digest| self.bytes[digest.clone()] != other.bytes[digest.clone()]);
        }
    }

    /// Whether there may be something to learn: more than the trailer's own hash.
    pub fn may_hold_hashes(&self) -> bool {
        let (body, _) = self.parts(&self.bytes);
        !digests(body).is_empty()
    }

    fn parts<'c>(&self, code: &'c [u8]) -> (&'c [u8], &'c [u8]) {
        if self.has_trailer { split(code) } else { (code, &[]) }
    }

    /// Whether the sources are pinned by a hash in the trailer.
    fn is_pinned(&self) -> bool {
        !digests(self.parts(&self.bytes).1).is_empty()
    }

    /// M4 for code of which `body` and `trailer` are the chain's.
    fn judge(&self, body: &[u8], trailer: &[u8]) -> Result<Match, Mismatch> {
        let (own_body, own_trailer) = self.parts(&self.bytes);
        if own_body.len() != body.len() {
            return Err(Mismatch::Length { compiled: self.bytes.len(), chain: body.len() + trailer.len() });
        }
        let is_hash = |at: usize| self.hashes.iter().any(|digest| digest.contains(&at));
        let mut differing = (0..body.len()).filter(|at| own_body[*at] != body[*at]).peekable();
        let equal = differing.peek().is_none() && own_trailer == trailer;
        match differing.find(|at| !is_hash(*at)) {
            Some(at) => Err(Mismatch::Byte(at)),
            None if equal && self.is_pinned() => Ok(Match::ExactMatch),
            None => Ok(Match::Match),
        }
    }
}

/// Compares runtime code at `address` (M1 to M4).
///
/// # Errors
/// [`Mismatch`].
pub fn runtime(code: &Code, chain: &[u8], address: Address) -> Result<Runtime, Mismatch> {
    const PUSH20: u8 = 0x73;
    let mut filled = code.clone();
    let own: Vec<u8> = [&[PUSH20], address.as_slice()].concat();
    let unset: Vec<u8> = [&[PUSH20], Address::ZERO.as_slice()].concat();
    if code.bytes.starts_with(&unset) && chain.starts_with(&own) {
        filled.bytes[..own.len()].copy_from_slice(&own);
    }
    let values =
        |places: &BTreeMap<String, Vec<Range<usize>>>, bytes: &mut [u8]| -> Result<BTreeMap<String, Bytes>, Mismatch> {
            places.iter().map(|(name, spans)| Ok((name.clone(), fill(name, spans, chain, bytes)?))).collect()
        };
    let libraries = values(&code.libraries, &mut filled.bytes)?;
    let immutables = values(&code.immutables, &mut filled.bytes)?;
    let elsewhere = |value: &Bytes| value[..] != address.into_word()[..];
    if immutables.get(OWN_ADDRESS).is_some_and(elsewhere) {
        return Err(Mismatch::Byte(code.immutables[OWN_ADDRESS].first().map_or(0, |span| span.start)));
    }
    let (body, trailer) = code.parts(chain);
    let verdict = filled.judge(body, trailer)?;
    let libraries = libraries.into_iter().map(|(name, value)| (name, Address::from_slice(&value))).collect();
    Ok(Runtime { verdict, libraries, immutables })
}

/// Compares the input of the transaction that created a contract (M1, M4, M5). `libraries` are those of its runtime code.
///
/// # Errors
/// [`Mismatch`].
pub fn creation(code: &Code, input: &[u8], constructor: Option<&Constructor>) -> Result<Creation, Mismatch> {
    let length = code.bytes.len();
    let Some((chain, tail)) = input.split_at_checked(length) else {
        return Err(Mismatch::Length { compiled: length, chain: input.len() });
    };
    let mut filled = code.clone();
    for (name, spans) in &code.libraries {
        fill(name, spans, chain, &mut filled.bytes)?;
    }
    // The trailer's length is that of the compiled one: else arguments could not be told from it.
    let (body, trailer) = chain.split_at(code.parts(&code.bytes).0.len());
    let has_one = code.parts(chain).1.len() == trailer.len();
    if !has_one {
        return Err(Mismatch::Byte(body.len()));
    }
    let verdict = filled.judge(body, trailer)?;
    if !are_arguments(tail, constructor) {
        return Err(Mismatch::Arguments);
    }
    Ok(Creation { verdict, arguments: Bytes::copy_from_slice(tail) })
}

/// M5.
fn are_arguments(tail: &[u8], constructor: Option<&Constructor>) -> bool {
    match constructor {
        None => tail.is_empty(),
        Some(constructor) => {
            let decoded = constructor.abi_decode_input(tail);
            decoded.and_then(|values| constructor.abi_encode_input(&values)).is_ok_and(|encoded| encoded == tail)
        }
    }
}

/// Copies what the chain has in all places of one name, which must be the same in each.
fn fill(name: &str, spans: &[Range<usize>], chain: &[u8], bytes: &mut [u8]) -> Result<Bytes, Mismatch> {
    let length = || Mismatch::Length { compiled: bytes.len(), chain: chain.len() };
    let values = spans.iter().map(|span| chain.get(span.clone()).ok_or_else(length));
    let values = values.collect::<Result<Vec<_>, _>>()?;
    let first = values.first().copied().unwrap_or_default();
    if values.iter().any(|value| *value != first) {
        return Err(Mismatch::TwoValues(name.to_owned()));
    }
    for span in spans {
        bytes[span.clone()].copy_from_slice(first);
    }
    Ok(Bytes::copy_from_slice(first))
}

#[cfg(test)]
mod tests;
