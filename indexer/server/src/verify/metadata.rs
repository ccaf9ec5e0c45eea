//! Sourcify's oldest form: the metadata file that solc writes, and the sources whose hashes stand in it.

use super::input::{InputError, standard};
use alloy::primitives::{B256, keccak256};
use serde_json::{Map, Value, json};

/// What `metadata` and `sources` say as standard JSON, with the compiler's version and the contract's file and name.
///
/// # Errors
/// [`InputError::NotStandard`] naming what is missing, or a source that is not there by its hash.
pub fn standard_json(metadata: &Value, sources: &Value) -> Result<(Value, String, [String; 2]), InputError> {
    let not = |what: &str| InputError::NotStandard(what.to_owned());
    let version = metadata["compiler"]["version"].as_str().ok_or_else(|| not("metadata has no `compiler.version`"))?;
    let target = metadata["settings"]["compilationTarget"].as_object().and_then(|target| target.iter().next());
    let (file, name) = target.ok_or_else(|| not("metadata has no `settings.compilationTarget`"))?;
    let name = name.as_str().ok_or_else(|| not("`settings.compilationTarget` has no name"))?;
    let listed = metadata["sources"].as_object().ok_or_else(|| not("metadata has no `sources`"))?;
    let given = sources.as_object().ok_or_else(|| not("`sources` is missing"))?;
    let by_hash: std::collections::BTreeMap<B256, &str> =
        given.values().filter_map(text).map(|text| (keccak256(text), text)).collect();
    let find = |(path, source): (&String, &Value)| {
        let hash = source["keccak256"].as_str().and_then(|hash| hash.parse::<B256>().ok());
        let content = source["content"].as_str().or_else(|| by_hash.get(&hash?).copied());
        let content =
            content.ok_or_else(|| not(&format!("source {path} is missing, or it is not the one of the metadata")));
        Ok((path.clone(), json!({ "content": content? })))
    };
    let sources: Map<String, Value> = listed.iter().map(find).collect::<Result<_, InputError>>()?;
    let mut settings = metadata["settings"].as_object().cloned().unwrap_or_default();
    settings.remove("compilationTarget");
    if let Some(libraries) = settings.get("libraries").and_then(Value::as_object) {
        let nested = nested(libraries);
        settings.insert("libraries".into(), nested);
    }
    let input = json!({ "language": metadata["language"], "sources": sources, "settings": settings });
    Ok((standard(input)?, version.to_owned(), [file.clone(), name.to_owned()]))
}

/// Sources are texts, or objects with `content`.
fn text(source: &Value) -> Option<&str> {
    source.as_str().or_else(|| source["content"].as_str())
}

/// Metadata has `{"file:Name": address}`, standard JSON `{"file": {"Name": address}}`.
fn nested(libraries: &Map<String, Value>) -> Value {
    let mut files = Map::new();
    for (key, address) in libraries {
        let (file, name) = key.rsplit_once(':').unwrap_or(("", key));
        let file = files.entry(file).or_insert_with(|| json!({}));
        file[name] = address.clone();
    }
    files.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metadata(hash: B256) -> Value {
        json!({
            "compiler": { "version": "0.8.37+commit.f401782d" },
            "language": "Solidity",
            "settings": {
                "compilationTarget": { "src/A.sol": "A" },
                "libraries": { "src/L.sol:L": "0x00000000000000000000000000000000000000aa" },
                "optimizer": { "enabled": true, "runs": 200 },
            },
            "sources": { "src/A.sol": { "keccak256": hash.to_string(), "urls": [] } },
            "version": 1,
        })
    }

    #[test]
    fn metadata_becomes_the_standard_json_that_it_came_from() {
        let source = "contract A {}";
        // Under whatever name it is sent: its hash says which file it is.
        let sources = json!({ "anything.sol": source });
        let (input, version, [file, name]) = standard_json(&metadata(keccak256(source)), &sources).unwrap();
        assert_eq!((version.as_str(), file.as_str(), name.as_str()), ("0.8.37+commit.f401782d", "src/A.sol", "A"));
        assert_eq!(input["sources"], json!({ "src/A.sol": { "content": source } }));
        assert_eq!(input["settings"]["libraries"]["src/L.sol"]["L"], "0x00000000000000000000000000000000000000aa");
        assert!(input["settings"]["compilationTarget"].is_null());
    }

    #[test]
    fn a_source_of_another_hash_is_missed() {
        let wrong = standard_json(&metadata(keccak256("contract A {}")), &json!({ "src/A.sol": "contract A { }" }));
        assert!(matches!(wrong, Err(InputError::NotStandard(said)) if said.contains("src/A.sol")));
        assert!(standard_json(&json!({}), &json!({})).is_err());
    }
}
