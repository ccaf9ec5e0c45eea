//! Reads the RPC traits of this crate and of `edgeloom-node-api` and writes one table of every method: what
//! `rpc.discover` answers is what the code says, whoever adds a method.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use std::{env, fmt::Write, fs, path::Path};
use syn::{Attribute, Expr, FnArg, Item, ItemTrait, Lit, Meta, Pat, ReturnType, TraitItem, TraitItemFn, Type};

fn main() {
    let mut table = String::from("&[\n");
    for folder in ["src", "../api/src"] {
        println!("cargo:rerun-if-changed={folder}");
        read(Path::new(folder), &mut table);
    }
    table.push_str("]\n");
    let out = env::var_os("OUT_DIR").expect("cargo sets it");
    fs::write(Path::new(&out).join("methods.rs"), table).expect("the build folder can be written");
}

fn read(folder: &Path, table: &mut String) {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("readable").path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            read(&path, table);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = fs::read_to_string(&path).expect("text");
            let file = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let traits =
                file.items.iter().filter_map(|item| if let Item::Trait(found) = item { Some(found) } else { None });
            traits.for_each(|found| list(found, table));
        }
    }
}

/// The methods of an `#[rpc(…)]` trait.
fn list(found: &ItemTrait, table: &mut String) {
    let Some(rpc) = arguments(&found.attrs, "rpc") else { return };
    let separator = text(&rpc, "namespace_separator").unwrap_or_else(|| "_".into());
    let prefix = text(&rpc, "namespace").map_or(String::new(), |namespace| namespace + &separator);
    for item in &found.items {
        let TraitItem::Fn(method) = item else { continue };
        let summary = docs(&method.attrs);
        if let Some(named) = arguments(&method.attrs, "method") {
            let name = text(&named, "name").expect("a method has a name");
            let names = [name].into_iter().chain(aliases(&named));
            for (index, name) in names.enumerate() {
                // Aliases are whole names.
                let name = if index == 0 { format!("{prefix}{name}") } else { name };
                row(table, &name, &summary, &parameters(method), &result(method));
            }
        }
        if let Some(named) = arguments(&method.attrs, "subscription") {
            let name = text(&named, "name").expect("a subscription has a name");
            row(table, &format!("{prefix}{name}"), &summary, &parameters(method), "SubscriptionId");
            let end = text(&named, "unsubscribe").expect("a subscription has an end");
            let id = [("id".into(), "SubscriptionId".into())];
            row(table, &format!("{prefix}{end}"), "Ends a subscription.", &id, "bool");
        }
    }
}

fn row(table: &mut String, name: &str, summary: &str, parameters: &[(String, String)], result: &str) {
    writeln!(
        table,
        "Method {{ name: {name:?}, summary: {summary:?}, parameters: &{parameters:?}, result: {result:?} }},"
    )
    .expect("memory takes it");
}

/// What is in the brackets of an attribute.
fn arguments(attributes: &[Attribute], name: &str) -> Option<TokenStream> {
    let found = attributes.iter().find(|attribute| attribute.path().is_ident(name))?;
    match &found.meta {
        Meta::List(list) => Some(list.tokens.clone()),
        Meta::Path(_) | Meta::NameValue(_) => None,
    }
}

/// The token after `key =`.
fn value(tokens: &TokenStream, key: &str) -> Option<TokenTree> {
    let mut tokens = tokens.clone().into_iter();
    tokens.find(|token| matches!(token, TokenTree::Ident(ident) if ident == key))?;
    tokens.next()?;
    tokens.next()
}

fn text(tokens: &TokenStream, key: &str) -> Option<String> {
    let literal: Lit = syn::parse2(value(tokens, key)?.into()).ok()?;
    if let Lit::Str(text) = literal { Some(text.value()) } else { None }
}

fn aliases(tokens: &TokenStream) -> Vec<String> {
    let Some(TokenTree::Group(group)) = value(tokens, "aliases") else { return Vec::new() };
    let literals = group.stream().into_iter().filter_map(|token| syn::parse2::<syn::LitStr>(token.into()).ok());
    literals.map(|literal| literal.value()).collect()
}

fn docs(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Str(text) => Some(text.value().trim().to_owned()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    });
    lines.collect::<Vec<_>>().join(" ").replace("[`", "`").replace("`]", "`")
}

/// Name and type of each.
fn parameters(method: &TraitItemFn) -> Vec<(String, String)> {
    let typed =
        method.sig.inputs.iter().filter_map(|input| if let FnArg::Typed(typed) = input { Some(typed) } else { None });
    let named = typed.map(|typed| {
        let Pat::Ident(name) = &*typed.pat else { panic!("a parameter of {} has no name", method.sig.ident) };
        (camel(&name.ident.to_string()), spelled(&typed.ty))
    });
    named.collect()
}

/// `T` of `RpcResult<T>`.
fn result(method: &TraitItemFn) -> String {
    let ReturnType::Type(_, returned) = &method.sig.output else { return "()".into() };
    let spelled = spelled(returned);
    let inner = spelled.strip_prefix("RpcResult<").and_then(|rest| rest.strip_suffix('>'));
    inner.unwrap_or(&spelled).to_owned()
}

fn spelled(found: &Type) -> String {
    let text: String = found.to_token_stream().to_string().chars().filter(|sign| !sign.is_whitespace()).collect();
    // Wherever it comes from, a type has one name.
    let mut out = String::new();
    for part in text.split_inclusive(['<', '>', ',', '[', ']', ';', '(', ')']) {
        out.push_str(part.rsplit("::").next().unwrap_or(part));
    }
    out
}

fn camel(name: &str) -> String {
    let mut parts = name.trim_start_matches('_').split('_');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (first, rest) = part.split_at(1);
        out.push_str(&first.to_uppercase());
        out.push_str(rest);
    }
    out
}
