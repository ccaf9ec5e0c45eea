use super::{address_text, hash_text};
use crate::verify::compare::Match;
use alloy::primitives::{Address, B256, Bytes, hex};
use edgeloom_index_api::{ContractDetail, ContractRow, MatchKind, SourceFile};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// A contract whose sources are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contract {
    /// Number of the verification, from 1; 0 until it is stored. A better match gets a new one.
    pub number: u64,
    pub address: Address,
    pub file: String,
    pub name: String,
    /// As the compiler names itself, such as 0.8.37+commit.f401782d.
    pub compiler: String,
    pub runtime: Match,
    /// `None` when the creating transaction is not known or does not agree.
    pub creation: Option<Match>,
    pub created: Option<Deployment>,
    /// Keccak-256 of the code on the chain.
    pub code_hash: Option<B256>,
    pub verified_ms: u64,
}

/// What a contract was compiled from and to; much longer than the rest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    /// JSON.
    pub abi: String,
    /// JSON as the compiler wrote it; empty if it wrote none.
    pub metadata: String,
    /// Standard JSON of which the compiler made the code.
    pub input: String,
    pub links: Links,
}

/// What the code on the chain has where compilation leaves places open.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Links {
    /// By `file:name`.
    pub libraries: BTreeMap<String, Address>,
    /// By syntax tree id.
    pub immutables: BTreeMap<String, Bytes>,
}

/// How a contract came to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployment {
    pub tx: B256,
    pub block: u64,
    /// Position of the transaction in its block.
    pub index: u64,
    pub deployer: Address,
    /// What the constructor was given; empty if the creation code does not agree.
    pub arguments: Bytes,
}

impl Contract {
    /// The better of both comparisons.
    pub fn verdict(&self) -> Match {
        self.creation.map_or(self.runtime, |creation| creation.max(self.runtime))
    }

    pub fn row(&self) -> ContractRow {
        ContractRow {
            address: address_text(&self.address),
            number: self.number,
            name: self.name.clone(),
            file: self.file.clone(),
            compiler: self.compiler.clone(),
            matched: self.verdict().into(),
            runtime_match: self.runtime.into(),
            creation_match: self.creation.map(MatchKind::from),
            creation_tx: self.created.as_ref().map(|created| hash_text(&created.tx)),
            deployer: self.created.as_ref().map(|created| address_text(&created.deployer)),
            constructor_arguments: self.created.as_ref().map(|created| hex::encode_prefixed(&created.arguments)),
            verified_ms: self.verified_ms,
        }
    }
}

impl Sources {
    pub fn detail(&self, contract: &Contract) -> ContractDetail {
        ContractDetail {
            contract: contract.row(),
            abi: self.abi.clone(),
            metadata: self.metadata.clone(),
            settings: self.settings().to_string(),
            sources: self.files(),
        }
    }

    /// The standard JSON; what is stored parsed when it was stored.
    pub fn input(&self) -> Value {
        serde_json::from_str(&self.input).unwrap_or_default()
    }

    pub fn settings(&self) -> Value {
        self.input()["settings"].take()
    }

    pub fn files(&self) -> Vec<SourceFile> {
        let Value::Object(sources) = self.input()["sources"].take() else { return Vec::new() };
        let file = |(path, source): (String, Value)| SourceFile {
            path,
            content: source["content"].as_str().unwrap_or_default().to_owned(),
        };
        sources.into_iter().map(file).collect()
    }
}

impl From<Match> for MatchKind {
    fn from(verdict: Match) -> Self {
        match verdict {
            Match::Match => Self::Match,
            Match::ExactMatch => Self::ExactMatch,
        }
    }
}
