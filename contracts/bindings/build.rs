//! Puts the interfaces of tokens one behind the other: they take types of each other, and the macro that reads them finds those in one source
//! alone.

use std::{env, fs, path::PathBuf};

const TOKENS: [&str; 13] = [
    "interfaces/ICheckout.sol",
    "interfaces/ICreation.sol",
    "interfaces/ICollection.sol",
    "interfaces/IEditions.sol",
    "interfaces/INftFactory.sol",
    "interfaces/IExchange.sol",
    "interfaces/IAuctionHouse.sol",
    "interfaces/IRentals.sol",
    "interfaces/IMediaGate.sol",
    "interfaces/IPhases.sol",
    "interfaces/IDrops.sol",
    "types/Progress.sol",
    "interfaces/IPacks.sol",
];

fn main() {
    let sources = TOKENS.map(|name| {
        let path = format!("../src/{name}");
        println!("cargo::rerun-if-changed={path}");
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
    });
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo says where"));
    let together = out.join("tokens.sol");
    fs::write(&together, sources.concat()).expect("cargo's own folder");
    // The macro takes no path but a literal.
    let call = format!("alloy::sol!(\n    #[sol(all_derives)]\n    {together:?}\n);\n");
    fs::write(out.join("tokens.rs"), call).expect("cargo's own folder");
}
