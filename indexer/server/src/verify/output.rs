//! What the compiler answered, in foundry's types where they keep everything: code with its open places, ABI, metadata.

use super::compare::Code;
use alloy::{json_abi::Constructor, primitives::hex};
use foundry_compilers::artifacts::{Bytecode, BytecodeObject, DeployedBytecode, Error as Diagnostic, Offsets};
use serde::Deserialize;
use serde_json::Value;
use std::{collections::BTreeMap, ops::Range};

/// The part of the output that is selected.
#[derive(Debug, Deserialize)]
pub struct Output {
    #[serde(default)]
    errors: Vec<Diagnostic>,
    #[serde(default)]
    contracts: BTreeMap<String, BTreeMap<String, Contract>>,
}

#[derive(Debug, Deserialize)]
pub struct Contract {
    /// As solc wrote it: foundry's own type would sort it.
    #[serde(default)]
    pub abi: Value,
    #[serde(default)]
    pub metadata: String,
    evm: Evm,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Evm {
    bytecode: Bytecode,
    deployed_bytecode: DeployedBytecode,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutputError {
    #[error("the compiler's answer is not standard JSON: {0}")]
    NotJson(String),
    #[error("the sources do not compile:\n{0}")]
    Errors(String),
    #[error("there is no contract `{name}` in the sources; there are: {}", there.join(", "))]
    NoContract { name: String, there: Vec<String> },
    #[error("`{name}` is in several files: name one of {}", there.join(", "))]
    Ambiguous { name: String, there: Vec<String> },
    #[error("the compiler's code is malformed")]
    Malformed,
}

/// Errors and names that a message shows; more would only make it long.
const SHOWN: usize = 10;

impl Output {
    /// # Errors
    /// [`OutputError::Errors`] with what the compiler said.
    pub fn parse(text: &str) -> Result<Self, OutputError> {
        let output: Self = serde_json::from_str(text).map_err(|error| OutputError::NotJson(error.to_string()))?;
        let errors = output.errors.iter().filter(|error| error.is_error());
        let said: Vec<_> =
            errors.map(|error| error.formatted_message.as_ref().unwrap_or(&error.message).trim()).take(SHOWN).collect();
        if said.is_empty() { Ok(output) } else { Err(OutputError::Errors(said.join("\n"))) }
    }

    /// The contract `name` in `file`, or in the only file that has it, with that file's name.
    ///
    /// # Errors
    /// [`OutputError::NoContract`], [`OutputError::Ambiguous`].
    pub fn contract(&self, file: Option<&str>, name: &str) -> Result<(&str, &Contract), OutputError> {
        let in_file = |path: &str| file.is_none_or(|file| file == path);
        let all = || self.contracts.iter().flat_map(|(path, contracts)| contracts.iter().map(move |it| (path, it)));
        let found: Vec<_> = all().filter(|(path, (other, _))| in_file(path) && *other == name).collect();
        let names = |list: Vec<(&String, (&String, &Contract))>| {
            list.iter().take(SHOWN).map(|(path, (name, _))| format!("{path}:{name}")).collect()
        };
        match found[..] {
            [] => Err(OutputError::NoContract { name: name.to_owned(), there: names(all().collect()) }),
            [(path, (_, contract))] => Ok((path.as_str(), contract)),
            _ => Err(OutputError::Ambiguous { name: name.to_owned(), there: names(found) }),
        }
    }
}

impl Contract {
    /// # Errors
    /// [`OutputError::Malformed`] when places lie outside the code.
    pub fn runtime(&self, has_trailer: bool) -> Result<Code, OutputError> {
        let deployed = &self.evm.deployed_bytecode;
        let mut code = code(deployed.bytecode.as_ref().ok_or(OutputError::Malformed)?, has_trailer)?;
        for (id, offsets) in &deployed.immutable_references {
            code.immutables.insert(id.clone(), spans(offsets, code.bytes.len())?);
        }
        Ok(code)
    }

    /// # Errors
    /// [`OutputError::Malformed`] when places lie outside the code.
    pub fn creation(&self, has_trailer: bool) -> Result<Code, OutputError> {
        code(&self.evm.bytecode, has_trailer)
    }

    /// Of the ABI, if there is one.
    pub fn constructor(&self) -> Option<Constructor> {
        let items = self.abi.as_array()?;
        let constructor = items.iter().find(|item| item["type"] == "constructor")?;
        serde_json::from_value(constructor.clone()).ok()
    }
}

fn code(bytecode: &Bytecode, has_trailer: bool) -> Result<Code, OutputError> {
    let bytes = match &bytecode.object {
        BytecodeObject::Bytecode(bytes) => bytes.to_vec(),
        BytecodeObject::Unlinked(text) => hex::decode(zeroed(text)).map_err(|_| OutputError::Malformed)?,
    };
    let mut code = Code { bytes, has_trailer, ..Code::default() };
    for (file, libraries) in &bytecode.link_references {
        for (library, offsets) in libraries {
            let spans = spans(offsets, code.bytes.len())?;
            if spans.iter().any(|span| span.len() != 20) {
                return Err(OutputError::Malformed);
            }
            code.libraries.insert(format!("{file}:{library}"), spans);
        }
    }
    Ok(code)
}

/// A placeholder is 40 characters, of which the first two are `__`.
fn zeroed(text: &str) -> String {
    let mut digits = text.trim_start_matches("0x").to_owned();
    while let Some(at) = digits.find("__") {
        let end = (at + 40).min(digits.len());
        if !digits.is_char_boundary(end) {
            break;
        }
        digits.replace_range(at..end, &"0".repeat(end - at));
    }
    digits
}

fn spans(offsets: &[Offsets], length: usize) -> Result<Vec<Range<usize>>, OutputError> {
    let span = |offset: &Offsets| {
        let (start, size) = (offset.start as usize, offset.length as usize);
        (start + size <= length).then_some(start..start + size).ok_or(OutputError::Malformed)
    };
    offsets.iter().map(span).collect()
}
