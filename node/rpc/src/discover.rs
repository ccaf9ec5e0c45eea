//! `rpc.discover` and `rpc_modules`: what this server answers, in an OpenRPC document. The table of methods is made from
//! the RPC traits when this crate is built; schemas are given for the words of Ethereum, other types by their names.

use jsonrpsee::{core::RpcResult, proc_macros::rpc};
use serde_json::{
    Value, json,
    value::{RawValue, to_raw_value},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, OnceLock},
};

#[rpc(server, namespace = "rpc")]
pub(crate) trait ModulesApi {
    /// The namespaces that this server answers, and their versions.
    #[method(name = "modules")]
    fn modules(&self) -> RpcResult<BTreeMap<String, String>>;
}

#[rpc(server, namespace = "rpc", namespace_separator = ".")]
pub(crate) trait DiscoverApi {
    /// This document: every method that this server answers.
    #[method(name = "discover")]
    fn discover(&self) -> RpcResult<Box<RawValue>>;
}

/// A method as its trait declares it.
#[derive(Debug)]
pub(crate) struct Method {
    pub(crate) name: &'static str,
    summary: &'static str,
    /// Name and Rust type of each.
    parameters: &'static [(&'static str, &'static str)],
    /// Rust type.
    result: &'static str,
}

pub(crate) const METHODS: &[Method] = include!(concat!(env!("OUT_DIR"), "/methods.rs"));

#[derive(Clone, Debug, Default)]
pub(crate) struct Discovery(Arc<OnceLock<Described>>);

#[derive(Debug)]
struct Described {
    modules: BTreeMap<String, String>,
    document: Box<RawValue>,
}

impl Discovery {
    /// Describes the methods with these names.
    pub(crate) fn describe(&self, registered: impl Iterator<Item = &'static str>) {
        let names: BTreeSet<&str> = registered.collect();
        let namespace = |name: &&str| name.split(['_', '.']).next().unwrap_or_default().to_owned();
        let modules = names.iter().map(|name| (namespace(name), "1.0".to_owned())).collect();
        let methods = METHODS.iter().filter(|method| names.contains(method.name));
        let methods: BTreeMap<&str, Value> = methods.map(|method| (method.name, describe(method))).collect();
        let document = json!({
            "openrpc": "1.2.6",
            "info": { "title": "Edgeloom JSON-RPC", "version": env!("CARGO_PKG_VERSION") },
            "methods": methods.into_values().collect::<Vec<_>>(),
        });
        let document = to_raw_value(&document).expect("a document of text is JSON");
        self.0.get_or_init(|| Described { modules, document });
    }

    fn described(&self) -> &Described {
        self.0.get().expect("a server describes itself before it serves")
    }
}

impl ModulesApiServer for Discovery {
    fn modules(&self) -> RpcResult<BTreeMap<String, String>> {
        Ok(self.described().modules.clone())
    }
}

impl DiscoverApiServer for Discovery {
    fn discover(&self) -> RpcResult<Box<RawValue>> {
        Ok(self.described().document.clone())
    }
}

fn describe(method: &Method) -> Value {
    let parameter = |(name, kind): &(&str, &str)| {
        let (kind, required) = option(kind).map_or((*kind, true), |inner| (inner, false));
        json!({ "name": name, "required": required, "schema": schema(kind) })
    };
    json!({
        "name": method.name,
        "summary": method.summary,
        "paramStructure": "by-position",
        "params": method.parameters.iter().map(parameter).collect::<Vec<_>>(),
        "result": { "name": "result", "schema": schema(method.result) },
    })
}

fn option(kind: &str) -> Option<&str> {
    inside(kind, "Option<")
}

fn inside<'a>(kind: &'a str, outer: &str) -> Option<&'a str> {
    kind.strip_prefix(outer)?.strip_suffix('>')
}

/// JSON schema of a Rust type by its name.
fn schema(kind: &str) -> Value {
    if let Some(inner) = option(kind) {
        return json!({ "oneOf": [{ "type": "null" }, schema(inner)] });
    }
    if let Some(inner) = inside(kind, "Box<").or_else(|| inside(kind, "Short<")) {
        return schema(inner);
    }
    if let Some(inner) = inside(kind, "Vec<") {
        return json!({ "type": "array", "items": schema(inner) });
    }
    let hex =
        |title: &str, digits: &str| json!({ "title": title, "type": "string", "pattern": format!("^0x{digits}$") });
    match kind {
        "()" => json!({ "type": "null" }),
        "bool" => json!({ "type": "boolean" }),
        "String" | "SubscriptionId" => json!({ "title": kind, "type": "string" }),
        "u64" | "usize" | "f64" => json!({ "title": kind, "type": "number" }),
        "Address" => hex("address", "[0-9a-fA-F]{40}"),
        "B256" => hex("hash", "[0-9a-f]{64}"),
        "B64" => hex("nonce", "[0-9a-f]{16}"),
        "Bytes" => hex("bytes", "([0-9a-f]{2})*"),
        "U64" | "U256" | "Index" => hex("quantity", "(0|[1-9a-f][0-9a-f]*)"),
        "JsonStorageKey" => hex("storage key", "[0-9a-f]{0,64}"),
        "BlockNumberOrTag" => json!({ "oneOf": [schema("U64"), tag()] }),
        "BlockId" => {
            json!({ "oneOf": [schema("U64"), tag(), schema("B256"), { "title": "EIP-1898", "type": "object" }] })
        }
        // Whatever has a name of its own.
        named => json!({ "title": named }),
    }
}

fn tag() -> Value {
    json!({ "title": "tag", "enum": ["earliest", "finalized", "safe", "latest", "pending"] })
}
