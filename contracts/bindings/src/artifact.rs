//! A compiled contract as `cargo xtask bindings` commits it.

use alloy::primitives::Bytes;
use serde::Deserialize;

/// The part of `artifacts/<Name>.json` that genesis needs. The files also hold the ABI and the storage layout.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Artifact {
    deployed_bytecode: Bytes,
}

pub(crate) const AUDITS: &str = include_str!("../artifacts/Audits.json");
pub(crate) const BEACON: &str = include_str!("../artifacts/Beacon.json");
pub(crate) const DISPUTES: &str = include_str!("../artifacts/Disputes.json");
pub(crate) const EDGE_STAKING: &str = include_str!("../artifacts/EdgeStaking.json");
pub(crate) const JOB_MARKET: &str = include_str!("../artifacts/JobMarket.json");
pub(crate) const KEY_REGISTRY: &str = include_str!("../artifacts/KeyRegistry.json");
pub(crate) const MODEL_REGISTRY: &str = include_str!("../artifacts/ModelRegistry.json");
pub(crate) const THETA: &str = include_str!("../artifacts/Theta.json");

/// The runtime code in a committed artifact.
pub(crate) fn runtime_code(artifact: &str) -> Bytes {
    let artifact: Artifact =
        serde_json::from_str(artifact).expect("the artifacts are part of this crate, and its tests parse each of them");
    artifact.deployed_bytecode
}
