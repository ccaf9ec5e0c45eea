//! Puts the interfaces of tokens one behind the other: they take types of each other, and the macro that reads them finds those in one source
//! alone.

use std::{env, fs, path::PathBuf};

const TOKENS: [&str; 12] = [
    "ICheckout",
    "ICreation",
    "ICollection",
    "IEditions",
    "INftFactory",
    "IExchange",
    "IAuctionHouse",
    "IRentals",
    "IMediaGate",
    "IPhases",
    "IDrops",
    "IPacks",
];

const PACKS: &str = "interface IPacks is IPhases {";

/// The struct without what Solidity does with it.
fn progress() -> String {
    let path = "../src/types/Progress.sol";
    println!("cargo::rerun-if-changed={path}");
    let source = fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let start = source.find("struct Progress {").expect("its declaration");
    let end = source[start..].find('}').expect("its end");
    source[start..=start + end].to_owned()
}

fn main() {
    let sources = TOKENS.map(|name| {
        let path = format!("../src/interfaces/{name}.sol");
        println!("cargo::rerun-if-changed={path}");
        let source = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        // The macro does not look for types in what an interface inherits, nor for those that it imports.
        let inherited =
            source.replace("Phase[] ", "IPhases.Phase[] ").replace("Allowance calldata", "IPhases.Allowance calldata");
        match name {
            "IDrops" => inherited,
            "IPacks" => inherited.replace(PACKS, &format!("{PACKS}\n{}", progress())),
            _ => source,
        }
    });
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo says where"));
    let together = out.join("tokens.sol");
    fs::write(&together, sources.concat()).expect("cargo's own folder");
    // The macro takes no path but a literal.
    let call = format!("alloy::sol!(\n    #[sol(all_derives)]\n    {together:?}\n);\n");
    fs::write(out.join("tokens.rs"), call).expect("cargo's own folder");
}
