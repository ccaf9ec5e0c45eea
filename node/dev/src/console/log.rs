//! The words of `console.sol`: which selector stands for which types. Hardhat's and foundry's libraries have `log` of up
//! to four of `uint256`, `string`, `bool` and `address` in every combination, the signed and byte types alone or behind
//! a string, and `logT` for each type; older ones hashed `uint` and `int` without their width.

use super::line::format;
use alloy::{
    dyn_abi::DynSolType,
    primitives::{hex, keccak256},
};
use std::{collections::HashMap, sync::LazyLock};

type Selectors = HashMap<[u8; 4], Vec<DynSolType>>;

static SELECTORS: LazyLock<Selectors> = LazyLock::new(selectors);

const WORDS: [&str; 4] = ["uint256", "string", "bool", "address"];

/// The line that a call to the console asks for.
pub(super) fn decode(input: &[u8]) -> String {
    let known = input.split_first_chunk::<4>().and_then(|(selector, rest)| Some((SELECTORS.get(selector)?, rest)));
    let decoded = known.and_then(|(types, rest)| DynSolType::Tuple(types.clone()).abi_decode_params(rest).ok());
    match decoded.as_ref().and_then(|values| values.as_tuple()) {
        Some(values) => format(values),
        None => format!("(unknown to this console: {})", hex::encode_prefixed(input)),
    }
}

fn selectors() -> Selectors {
    let mut all = Selectors::new();
    let mut add = |name: &str, types: &[&str]| {
        let parsed = types.iter().map(|name| DynSolType::parse(name).expect("a type of Solidity")).collect::<Vec<_>>();
        let canonical = format!("{name}({})", types.join(","));
        let narrow = canonical.replace("int256", "int");
        for signature in [canonical, narrow] {
            let hash = keccak256(signature);
            all.insert(*hash.first_chunk().expect("32 bytes"), parsed.clone());
        }
    };
    add("log", &[]);
    let mut combinations: Vec<Vec<&str>> = vec![Vec::new()];
    for _ in 0..4 {
        let longer = |types: &Vec<&'static str>| WORDS.map(|word| [types.as_slice(), &[word]].concat());
        combinations = combinations.iter().flat_map(longer).collect();
        combinations.iter().for_each(|types| add("log", types));
    }
    let fixed: Vec<String> = (1..=32).map(|length| format!("bytes{length}")).collect();
    let more = ["int256", "bytes"].into_iter().chain(fixed.iter().map(String::as_str));
    for word in WORDS.into_iter().chain(more) {
        add("log", &[word]);
        add("log", &["string", word]);
        let capital = word.trim_end_matches("256");
        add(&format!("log{}{}", capital[..1].to_uppercase(), &capital[1..]), &[word]);
    }
    all
}
