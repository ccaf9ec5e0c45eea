//! The contracts of genesis have their sources listed without anybody submitting them. Nothing is compiled for it: the program
//! carries the sources with the code that they compile to, and whether the chain has that code is compared.

use super::{
    compare::{Code, runtime},
    metadata::standard_json,
};
use crate::{
    clock::now_ms,
    nodes::{NodeError, Nodes},
    progress::Progress,
    record::{Contract, Links, Sources},
    store::{Store, StoreError},
};
use alloy::primitives::keccak256;
use edgeloom_bindings::{Published, published, sources};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::{sync::watch, time::sleep};

/// Between two attempts to reach a node.
const RETRY: Duration = Duration::from_secs(1);

/// Lists the contracts of genesis whose code on the chain is that of their sources; ends when each was compared.
///
/// # Errors
/// [`StoreError`] when the database cannot be used.
pub async fn list(
    store: Store,
    nodes: Nodes,
    progress: Progress,
    mut ended: watch::Receiver<bool>,
) -> Result<(), StoreError> {
    let (texts, mut states) = (json!(sources()), progress.subscribe());
    tokio::select! {
        // A node that is of the chain was reached.
        _ = states.wait_for(|state| state.identity.is_some()) => {}
        _ = ended.wait_for(|ended| *ended) => return Ok(()),
    }
    for contract in published() {
        let listed = async {
            while let Err(unlisted) = one(&store, &nodes, &contract, &texts).await {
                match unlisted {
                    Unlisted::Store(error) => return Err(error),
                    Unlisted::Again => {}
                    Unlisted::Node(error) => {
                        tracing::debug!(name = contract.name, %error, "a contract of genesis waits to be listed");
                        sleep(RETRY).await;
                    }
                }
            }
            Ok(())
        };
        tokio::select! {
            listed = listed => listed?,
            _ = ended.wait_for(|ended| *ended) => return Ok(()),
        }
    }
    Ok(())
}

#[derive(Debug, thiserror::Error)]
enum Unlisted {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Node(#[from] NodeError),
    #[error("the chain went back meanwhile")]
    Again,
}

async fn one(store: &Store, nodes: &Nodes, contract: &Published, texts: &Value) -> Result<(), Unlisted> {
    let (begun, name) = (store.rewinds(), contract.name);
    let chain = nodes.code(contract.address).await?;
    let code = Code { bytes: contract.code.to_vec(), ..Code::default() };
    let found = match runtime(&code, &chain, contract.address) {
        Ok(found) => found,
        Err(mismatch) => {
            // An upgrade of the protocol may have replaced it.
            tracing::info!(name, %mismatch, "the chain has other code than this program has sources of");
            return Ok(());
        }
    };
    let metadata: Value = serde_json::from_str(contract.metadata).map_err(damaged)?;
    let (input, compiler, [file, name]) = standard_json(&metadata, texts).map_err(damaged)?;
    let listed = Contract {
        number: 0,
        address: contract.address,
        file,
        name,
        compiler,
        runtime: found.verdict,
        creation: None,
        created: None,
        code_hash: Some(keccak256(&chain)),
        verified_ms: 0,
    };
    let sources = Sources {
        abi: metadata["output"]["abi"].to_string(),
        metadata: contract.metadata.to_owned(),
        input: input.to_string(),
        links: Links { libraries: found.libraries, immutables: found.immutables },
    };
    if store.publish(begun, &(listed, sources), now_ms()).await? { Ok(()) } else { Err(Unlisted::Again) }
}

/// What this program carries is not what its tests saw.
fn damaged(error: impl std::fmt::Display) -> StoreError {
    StoreError::Damaged { table: "contract_sources", reason: error.to_string() }
}
