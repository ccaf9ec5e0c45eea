//! `TrieTests`: those of secure tries, whose keys are hashed as ours always are.

use crate::{Fault, tally::Tally};
use alloy::primitives::{B256, hex};
use edgeloom_state::conformance::{Write, secure_root};
use eyre::{Result, WrapErr, bail, ensure};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

const UNHASHED: &str = "TrieTests: keys of any length, not hashed: no trie of ours has them";

#[derive(Debug, Deserialize)]
struct Trie {
    /// Pairs in order, or an object where the order does not matter.
    #[serde(rename = "in")]
    writes: Value,
    root: B256,
}

/// All tries of one file.
///
/// # Errors
/// When the file is malformed.
pub(crate) fn run(name: &str, content: &[u8], fault: Option<Fault>) -> Result<Tally> {
    if !name.to_ascii_lowercase().contains("securetrie") {
        let tests: BTreeMap<String, Value> = serde_json::from_slice(content).wrap_err_with(|| name.to_owned())?;
        return Ok(Tally::skipped(UNHASHED, tests.len() as u64));
    }
    let tests: BTreeMap<String, Trie> = serde_json::from_slice(content).wrap_err_with(|| name.to_owned())?;
    let mut tally = Tally::default();
    for (test, trie) in &tests {
        let verdict = judge(trie, fault).map_err(|report| format!("{report:#}"));
        tally += Tally::compared(&format!("{name}:{test}"), verdict);
    }
    Ok(tally)
}

fn judge(trie: &Trie, fault: Option<Fault>) -> Result<()> {
    let mut writes = writes(&trie.writes)?;
    match fault {
        Some(Fault::KeptLeaf) => writes.retain(|(_, value)| value.is_some()),
        Some(Fault::StaleRoot) => writes.truncate(writes.len() - 1),
        _ => {}
    }
    let root = secure_root(&writes)?;
    ensure!(root == trie.root, "root {root}, expected {}", trie.root);
    Ok(())
}

fn writes(given: &Value) -> Result<Vec<Write>> {
    match given {
        Value::Array(pairs) => pairs
            .iter()
            .map(|pair| match pair.as_array().map(Vec::as_slice) {
                Some([Value::String(key), value]) => write(key, value),
                _ => bail!("{pair} is not a pair"),
            })
            .collect(),
        Value::Object(pairs) => pairs.iter().map(|(key, value)| write(key, value)).collect(),
        other => bail!("{other} is no list of writes"),
    }
}

fn write(key: &str, value: &Value) -> Result<Write> {
    let value = match value {
        Value::Null => None,
        Value::String(text) => Some(bytes(text)?),
        other => bail!("{other} is no value"),
    };
    Ok((bytes(key)?, value))
}

/// Hex behind `0x`, else the text itself.
fn bytes(text: &str) -> Result<Vec<u8>> {
    match text.strip_prefix("0x") {
        Some(digits) => Ok(hex::decode(digits)?),
        None => Ok(text.as_bytes().to_vec()),
    }
}
