//! What is submitted for verification, parsed and bounded: standard JSON, a compiler's version, a contract's name.

use alloy::primitives::{Address, B256, Bytes};
use semver::Version;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// Bytes of standard JSON: several times what the largest published projects have.
pub const INPUT_MAX: usize = 4 << 20;
/// Source files of one submission.
const FILES_MAX: usize = 2_000;
/// Bytes of a contract's name with its file.
const NAME_MAX: usize = 512;

/// Something to verify. What it says is not checked yet, but has a shape that the compiler takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    pub address: Address,
    pub compiler: Version,
    /// Absent when the form names the contract only.
    pub file: Option<String>,
    pub name: String,
    /// Standard JSON.
    pub input: String,
    pub creation_tx: Option<B256>,
    /// What the submitter says that the constructor was given.
    pub arguments: Option<Bytes>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InputError {
    #[error("the sources have {0} bytes, more than {INPUT_MAX}")]
    TooLarge(usize),
    #[error("this is not standard JSON of solc: {0}")]
    NotStandard(String),
    #[error("`{0}` is not supported: only Solidity and Yul are")]
    Language(String),
    #[error("there are more than {FILES_MAX} source files")]
    TooManyFiles,
    #[error("source `{0}` needs `content`: URLs and files are not fetched")]
    NoContent(String),
    #[error("`settings.{0}` is not supported here")]
    Setting(&'static str),
    #[error("`{0}` is not a version of a released compiler, such as 0.8.37 or v0.8.37+commit.f401782d")]
    Version(String),
    #[error("name the contract as path/File.sol:Name, in at most {NAME_MAX} bytes")]
    Name,
}

/// `v0.8.37+commit.f401782d` or less of it: a release has one build, so that three numbers name it.
///
/// # Errors
/// [`InputError::Version`], for nightly builds, too.
pub fn version(text: &str) -> Result<Version, InputError> {
    let wrong = || InputError::Version(text.chars().take(64).collect());
    let mut version: Version = text.trim().trim_start_matches('v').parse().map_err(|_| wrong())?;
    version.build = semver::BuildMetadata::EMPTY;
    if version.pre.is_empty() { Ok(version) } else { Err(wrong()) }
}

/// `path/File.sol:Name`, or `Name` alone.
///
/// # Errors
/// [`InputError::Name`].
pub fn identifier(text: &str) -> Result<(Option<String>, String), InputError> {
    let (file, name) = text.rsplit_once(':').map_or((None, text), |(file, name)| (Some(file), name));
    let is_name =
        !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric() || "_$".contains(letter));
    if text.len() > NAME_MAX || !is_name {
        Err(InputError::Name)
    } else {
        Ok((file.map(str::to_owned), name.to_owned()))
    }
}

/// Standard JSON with nothing in it that the compiler would have to look for.
///
/// # Errors
/// [`InputError`] naming what is wrong.
pub fn standard(input: Value) -> Result<Value, InputError> {
    let not = |what: &str| InputError::NotStandard(what.to_owned());
    let language = input["language"].as_str().ok_or_else(|| not("`language` is missing"))?;
    if !matches!(language, "Solidity" | "Yul") {
        return Err(InputError::Language(language.chars().take(32).collect()));
    }
    let sources = input["sources"].as_object().ok_or_else(|| not("`sources` is missing"))?;
    if sources.is_empty() {
        return Err(not("`sources` is empty"));
    }
    if sources.len() > FILES_MAX {
        return Err(InputError::TooManyFiles);
    }
    if let Some((path, _)) = sources.iter().find(|(_, source)| !source["content"].is_string()) {
        return Err(InputError::NoContent(path.chars().take(200).collect()));
    }
    let settings = match &input["settings"] {
        Value::Null => Map::new(),
        Value::Object(settings) => settings.clone(),
        _ => return Err(not("`settings` is not an object")),
    };
    // These start other programs or stop before there is code.
    if let Some(setting) = ["modelChecker", "stopAfter"].into_iter().find(|name| settings.contains_key(*name)) {
        return Err(InputError::Setting(setting));
    }
    let sources: Map<String, Value> =
        sources.iter().map(|(path, source)| (path.clone(), json!({ "content": source["content"] }))).collect();
    Ok(json!({ "language": language, "sources": sources, "settings": settings }))
}

/// What the compiler gets: the submitted input, and which outputs are wanted, which changes no code.
pub(super) fn selected(input: &Value) -> Value {
    let outputs = [
        "abi",
        "metadata",
        "evm.bytecode.object",
        "evm.bytecode.linkReferences",
        "evm.deployedBytecode.object",
        "evm.deployedBytecode.linkReferences",
        "evm.deployedBytecode.immutableReferences",
    ];
    let mut input = input.clone();
    input["settings"]["outputSelection"] = json!({ "*": { "*": outputs } });
    input
}

/// The same program with another comment, so with other hashes of metadata.
pub(super) fn with_other_comments(input: &Value) -> Value {
    let mut input = input.clone();
    if let Some(sources) = input["sources"].as_object_mut() {
        for source in sources.values_mut() {
            if let Some(text) = source["content"].as_str() {
                source["content"] = format!("{text}\n").into();
            }
        }
    }
    input
}

/// Whether the compiler is told to append metadata to code, which it does unless told otherwise.
pub(super) fn appends_trailer(input: &Value) -> bool {
    input["settings"]["metadata"]["appendCBOR"] != Value::Bool(false)
}

#[cfg(test)]
mod tests;
