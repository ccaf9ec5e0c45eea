//! One submission from beginning to end: code from the chain, code from the compiler, and whether they agree.

use super::{
    compare::{Creation as Compared, Mismatch, Runtime, creation, runtime},
    compile::{CompileError, Limits, compile},
    compilers::{Compiler, Compilers, NoCompiler},
    input::{Submission, appends_trailer, selected, with_other_comments},
    output::{Contract as Compiled, Output, OutputError},
};
use crate::{
    nodes::{Created, NodeError, Nodes},
    record::{Contract, Deployment, Links, Sources},
};
use alloy::primitives::{Address, keccak256};
use serde_json::Value;

/// Why a submission is refused.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error(transparent)]
    NoCompiler(#[from] NoCompiler),
    #[error("there is no contract at {0}")]
    NotDeployed(Address),
    #[error("{0} is an account that delegates to a contract: verify that contract")]
    Delegates(Address),
    #[error("the contract's code cannot be read: {0}")]
    Node(#[from] NodeError),
    #[error(transparent)]
    Compile(#[from] CompileError),
    #[error(transparent)]
    Output(#[from] OutputError),
    #[error("the code at {address} is not what the sources compile to: {mismatch}")]
    NoMatch { address: Address, mismatch: Mismatch },
    #[error("the constructor was not given these arguments")]
    Arguments,
}

impl Refusal {
    /// Sourcify's name of it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoCompiler(_) => "unsupported_compiler_version",
            Self::NotDeployed(_) | Self::Delegates(_) => "contract_not_deployed",
            Self::Node(_) => "cannot_fetch_bytecode",
            Self::Compile(CompileError::Start(_) | CompileError::Io(_)) => "internal_error",
            Self::Compile(_) | Self::Output(OutputError::Errors(_) | OutputError::NotJson(_)) => "compiler_error",
            Self::Output(_) => "contract_not_found",
            Self::NoMatch { .. } | Self::Arguments => "no_match",
        }
    }
}

/// Where submissions are judged.
#[derive(Clone, Debug)]
pub struct Court {
    pub nodes: Nodes,
    pub compilers: Compilers,
    pub limits: Limits,
}

impl Court {
    /// The contract with its sources, if they are its sources.
    ///
    /// # Errors
    /// [`Refusal`].
    pub async fn judge(&self, submission: &Submission) -> Result<(Contract, Sources), Refusal> {
        const DELEGATION: [u8; 3] = [0xef, 0x01, 0x00];
        let address = submission.address;
        let chain = self.nodes.code(address).await?;
        if chain.is_empty() {
            return Err(Refusal::NotDeployed(address));
        }
        if chain.starts_with(&DELEGATION) {
            return Err(Refusal::Delegates(address));
        }
        let compiler = self.compilers.find(&submission.compiler)?;
        let input: Value =
            serde_json::from_str(&submission.input).map_err(|error| OutputError::NotJson(error.to_string()))?;
        let output = self.compile(&compiler, &input).await?;
        let (file, compiled) = output.contract(submission.file.as_deref(), &submission.name)?;
        let has_trailer = appends_trailer(&input);
        let mut code = compiled.runtime(has_trailer)?;
        let mut creation_code = compiled.creation(has_trailer)?;
        let mut found = runtime(&code, &chain, address);
        if found.is_err() && code.may_hold_hashes() {
            let other = self.compile(&compiler, &with_other_comments(&input)).await?;
            let (_, other) = other.contract(Some(file), &submission.name)?;
            code.learn_hashes(&other.runtime(has_trailer)?);
            creation_code.learn_hashes(&other.creation(has_trailer)?);
            found = runtime(&code, &chain, address);
        }
        let found = found.map_err(|mismatch| Refusal::NoMatch { address, mismatch })?;
        let created = self.created(submission).await;
        let constructor = compiled.constructor();
        let compared =
            created.as_ref().and_then(|created| creation(&creation_code, &created.input, constructor.as_ref()).ok());
        if let (Some(given), Some(compared)) = (&submission.arguments, &compared)
            && *given != compared.arguments
        {
            return Err(Refusal::Arguments);
        }
        let contract = Contract {
            number: 0,
            address,
            file: file.to_owned(),
            name: submission.name.clone(),
            compiler: named(compiled, submission),
            runtime: found.verdict,
            creation: compared.as_ref().map(|compared| compared.verdict),
            created: created.map(|created| came_to_be(&created, compared)),
            code_hash: Some(keccak256(&chain)),
            verified_ms: 0,
        };
        Ok((contract, sources(compiled, submission, found)))
    }

    async fn compile(&self, compiler: &Compiler, input: &Value) -> Result<Output, Refusal> {
        let answer = compile(compiler, &selected(input).to_string(), self.limits).await?;
        Ok(Output::parse(&answer)?)
    }

    /// F3: what is not found (genesis made it, a contract created it, old states are pruned) refuses nothing.
    async fn created(&self, submission: &Submission) -> Option<Created> {
        let address = submission.address;
        let found = match submission.creation_tx {
            Some(tx) => self.nodes.created_by(tx, address).await,
            None => self.nodes.creation(address).await,
        };
        found.unwrap_or_else(|error| {
            tracing::debug!(%address, %error, "the creation of a contract was not found");
            None
        })
    }
}

fn came_to_be(created: &Created, compared: Option<Compared>) -> Deployment {
    Deployment {
        tx: created.tx,
        block: created.block,
        index: created.index,
        deployer: created.deployer,
        arguments: compared.map(|compared| compared.arguments).unwrap_or_default(),
    }
}

fn sources(compiled: &Compiled, submission: &Submission, found: Runtime) -> Sources {
    Sources {
        abi: compiled.abi.to_string(),
        metadata: compiled.metadata.clone(),
        input: submission.input.clone(),
        links: Links { libraries: found.libraries, immutables: found.immutables },
    }
}

/// The compiler tells its commit in the metadata.
fn named(compiled: &Compiled, submission: &Submission) -> String {
    let metadata: Value = serde_json::from_str(&compiled.metadata).unwrap_or_default();
    metadata["compiler"]["version"].as_str().map_or_else(|| submission.compiler.to_string(), str::to_owned)
}
