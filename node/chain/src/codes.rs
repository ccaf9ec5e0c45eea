//! Code ready to run. Making it so walks through all of its bytes, which takes longer than many a call; what comes of it
//! depends on the code's hash alone, so every store and every thread of the process shares what was made.

use alloy::primitives::{B256, map::B256Map};
use parking_lot::RwLock;
use revm::bytecode::Bytecode;
use std::{mem, sync::LazyLock};

/// What code takes beside its bytes: a delegation (EIP-7702) has 23 of them.
const ENTRY_BYTES: usize = 256;

/// Bytes of code after which a generation is full. There are two of them.
const GENERATION_BYTES: usize = 32 << 20;

static CODES: LazyLock<Generations> = LazyLock::new(|| Generations::new(GENERATION_BYTES));

/// The code of this hash, from `read` unless it is at hand.
pub(crate) fn ready<E>(hash: B256, read: impl FnOnce() -> Result<Bytecode, E>) -> Result<Bytecode, E> {
    CODES.get(hash, read)
}

/// What was used lately: when the young are too many they become the old, and the old are forgotten.
struct Generations {
    bytes_max: usize,
    codes: RwLock<Codes>,
}

#[derive(Default)]
struct Codes {
    young: B256Map<Bytecode>,
    bytes: usize,
    old: B256Map<Bytecode>,
}

impl Generations {
    fn new(bytes_max: usize) -> Self {
        Self { bytes_max, codes: RwLock::default() }
    }

    fn get<E>(&self, hash: B256, read: impl FnOnce() -> Result<Bytecode, E>) -> Result<Bytecode, E> {
        if let Some(code) = self.codes.read().young.get(&hash) {
            return Ok(code.clone());
        }
        let aged = self.codes.read().old.get(&hash).cloned();
        let code = aged.map_or_else(read, Ok)?;
        self.keep(hash, &code);
        Ok(code)
    }

    fn keep(&self, hash: B256, code: &Bytecode) {
        let mut codes = self.codes.write();
        if codes.young.insert(hash, code.clone()).is_none() {
            codes.bytes += code.len() + ENTRY_BYTES;
        }
        if codes.bytes > self.bytes_max {
            codes.old = mem::take(&mut codes.young);
            codes.bytes = 0;
        }
    }
}

#[cfg(test)]
mod tests;
