//! The shapes of Sourcify's answers.

use crate::record::{Contract, Sources};
use alloy::primitives::{Address, B128, hex};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Which parts of a contract are wanted.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Fields {
    /// With commas, such as `abi,compilation.language`; or `all`.
    fields: Option<String>,
    /// All but these.
    omit: Option<String>,
}

/// `summary` with the wanted parts of `all`, or a sentence about what is wrong with the wish.
pub(super) fn chosen(summary: Value, all: Value, wanted: &Fields) -> Result<Value, String> {
    let mut answer = summary;
    match (wanted.fields.as_deref(), wanted.omit.as_deref()) {
        (Some(_), Some(_)) => return Err("give `fields` or `omit`, not both".into()),
        (None, None) => {}
        (Some("all"), None) => merge(&mut answer, all),
        (Some(fields), None) => {
            for field in fields.split(',') {
                pick(&all, field, &mut answer)?;
            }
        }
        (None, Some(omitted)) => {
            merge(&mut answer, all);
            for field in omitted.split(',') {
                let path = pointer(field);
                let (parent, key) = path.rsplit_once('/').unwrap_or_default();
                if let Some(parent) = answer.pointer_mut(parent).and_then(Value::as_object_mut) {
                    parent.remove(key);
                }
            }
        }
    }
    Ok(answer)
}

fn pointer(field: &str) -> String {
    format!("/{}", field.trim().replace('~', "~0").replace('/', "~1").replace('.', "/"))
}

/// Copies `field`, such as `compilation.compilerVersion`, to the same place of `answer`.
fn pick(all: &Value, field: &str, answer: &mut Value) -> Result<(), String> {
    let known = all.as_object().into_iter().flat_map(|all| all.keys().cloned()).collect::<Vec<_>>();
    let unknown = || format!("there is no field `{field}`; there are {}", known.join(", "));
    // The summary has everything of this kind already.
    if answer.pointer(&pointer(field)).is_some() {
        return Ok(());
    }
    let value = all.pointer(&pointer(field)).ok_or_else(unknown)?.clone();
    let mut names: Vec<&str> = field.trim().split('.').collect();
    let last = names.pop().ok_or_else(unknown)?;
    let mut place = answer;
    for name in names {
        place = &mut place[name];
    }
    place[last] = value;
    Ok(())
}

fn merge(answer: &mut Value, all: Value) {
    if let (Value::Object(answer), Value::Object(all)) = (answer, all) {
        answer.extend(all);
    }
}

pub(super) fn none(chain: u64, address: Address) -> Value {
    json!({
        "match": null, "creationMatch": null, "runtimeMatch": null,
        "chainId": chain.to_string(), "address": address.to_checksum(None),
    })
}

pub(super) fn summary(chain: u64, contract: &Contract) -> Value {
    json!({
        "match": contract.verdict(),
        "creationMatch": contract.creation,
        "runtimeMatch": contract.runtime,
        "chainId": chain.to_string(),
        "address": contract.address.to_checksum(None),
        "verifiedAt": time(contract.verified_ms),
        "matchId": contract.number.to_string(),
    })
}

pub(super) fn whole(contract: &Contract, sources: &Sources) -> Value {
    let json = |text: &str| serde_json::from_str(text).unwrap_or(Value::Null);
    let input = sources.input();
    let files: BTreeMap<_, _> =
        sources.files().into_iter().map(|file| (file.path, json!({ "content": file.content }))).collect();
    let created = contract.created.as_ref();
    json!({
        "abi": json(&sources.abi),
        "metadata": json(&sources.metadata),
        "sources": files,
        "compilation": {
            "language": input["language"],
            "compiler": "solc",
            "compilerVersion": contract.compiler,
            "compilerSettings": input["settings"],
            "name": contract.name,
            "fullyQualifiedName": format!("{}:{}", contract.file, contract.name),
        },
        "stdJsonInput": input,
        "deployment": {
            "transactionHash": created.map(|created| created.tx),
            "blockNumber": created.map(|created| created.block.to_string()),
            "transactionIndex": created.map(|created| created.index.to_string()),
            "deployer": created.map(|created| created.deployer.to_checksum(None)),
        },
        "runtimeBytecode": { "transformationValues": {
            "libraries": sources.links.libraries,
            "immutables": sources.links.immutables,
        } },
        "creationBytecode": { "transformationValues": {
            "constructorArguments": created.map(|created| hex::encode_prefixed(&created.arguments)),
        } },
    })
}

pub(super) fn time(ms: u64) -> String {
    jiff::Timestamp::from_millisecond(ms.cast_signed()).map(|time| time.to_string()).unwrap_or_default()
}

/// The usual form of 16 bytes.
pub(in crate::serve) fn uuid(id: B128) -> String {
    let digits = hex::encode(id);
    [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]].join("-")
}

pub(in crate::serve) fn parse_uuid(text: &str) -> Option<B128> {
    (text.len() == 36 && text.is_ascii()).then(|| text.replace('-', "").parse().ok()).flatten()
}
