//! `RLPTests` on the codec that blocks, transactions and trie nodes use.

use crate::{Fault, tally::Tally};
use alloy::primitives::{Bytes, U256, U512};
use alloy_rlp::{Encodable, Error, Header};
use eyre::{Result, WrapErr, bail, ensure, eyre};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// Deepest nesting that is read.
const DEPTH_MAX: usize = 64;

#[derive(Debug, Deserialize)]
struct Document {
    #[serde(rename = "in")]
    given: Value,
    out: Bytes,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Item {
    String(Vec<u8>),
    List(Vec<Self>),
}

/// All documents of one file.
///
/// # Errors
/// When the file is malformed.
pub(crate) fn run(name: &str, content: &[u8], fault: Option<Fault>) -> Result<Tally> {
    let documents: BTreeMap<String, Document> = serde_json::from_slice(content).wrap_err_with(|| name.to_owned())?;
    let mut tally = Tally::default();
    for (test, document) in &documents {
        let verdict = judge(document, fault).map_err(|report| format!("{report:#}"));
        tally += Tally::compared(&format!("{name}:{test}"), verdict);
    }
    Ok(tally)
}

fn judge(document: &Document, fault: Option<Fault>) -> Result<()> {
    let mut rest = document.out.as_ref();
    let decoded = decode(&mut rest, DEPTH_MAX).map_err(|error| eyre!("{error}"));
    let decoded = decoded.and_then(|item| if rest.is_empty() { Ok(item) } else { Err(eyre!("surplus bytes")) });
    match &document.given {
        Value::String(verdict) if verdict == "INVALID" => ensure!(decoded.is_err(), "an invalid document decodes"),
        Value::String(verdict) if verdict == "VALID" => ensure!(encode(&decoded?) == document.out, "changed"),
        given => {
            let mut item = item(given)?;
            if let (Some(Fault::ShortString), Item::String(text)) = (fault, &mut item) {
                text.pop();
            }
            ensure!(encode(&item) == document.out, "encodes as {}", Bytes::from(encode(&item)));
            ensure!(decoded? == item, "decodes to something else");
        }
    }
    Ok(())
}

/// A number is a string of its bytes; `#` is before one that JSON cannot hold.
fn item(given: &Value) -> Result<Item> {
    Ok(match given {
        Value::Array(items) => Item::List(items.iter().map(item).collect::<Result<_>>()?),
        Value::Number(number) => {
            Item::String(U256::from(number.as_u64().unwrap_or_default()).to_be_bytes_trimmed_vec())
        }
        Value::String(text) => Item::String(match text.strip_prefix('#') {
            Some(digits) => digits.parse::<U512>()?.to_be_bytes_trimmed_vec(),
            None => text.as_bytes().to_vec(),
        }),
        other => bail!("{other} has no RLP"),
    })
}

fn encode(item: &Item) -> Vec<u8> {
    let mut out = Vec::new();
    match item {
        Item::String(text) => text.as_slice().encode(&mut out),
        Item::List(items) => {
            let payload: Vec<u8> = items.iter().flat_map(encode).collect();
            Header { list: true, payload_length: payload.len() }.encode(&mut out);
            out.extend(payload);
        }
    }
    out
}

/// The first item of `rest`, which is moved behind it.
///
/// # Errors
/// When it is not canonical RLP, or nests deeper than `depth` lists.
pub(crate) fn decode(rest: &mut &[u8], depth: usize) -> Result<Item, Error> {
    let header = Header::decode(rest)?;
    let (mut payload, after) = rest.split_at_checked(header.payload_length).ok_or(Error::InputTooShort)?;
    *rest = after;
    if !header.list {
        return Ok(Item::String(payload.to_vec()));
    }
    let depth = depth.checked_sub(1).ok_or(Error::Custom("too deep"))?;
    let mut items = Vec::new();
    while !payload.is_empty() {
        items.push(decode(&mut payload, depth)?);
    }
    Ok(Item::List(items))
}
