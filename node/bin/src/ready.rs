//! What is printed once a node serves.

use alloy::primitives::B256;
use eyre::Result;
use serde::{Deserialize, Serialize};
use std::io::Write as _;

/// The one line of `--json`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Ready {
    /// URL of the JSON-RPC server; the same with `ws://` serves subscriptions.
    pub(crate) rpc: String,
    pub(crate) chain_id: u64,
    pub(crate) genesis: B256,
    /// RPC URLs of a devnet's validators, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) validators: Vec<String>,
    /// Where metrics are served: the node's, or those of a devnet's validators, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) metrics: Vec<String>,
}

impl Ready {
    /// Prints the line, or `text`, and flushes it: somebody may wait for it at the other end of a pipe.
    ///
    /// # Errors
    /// When standard output is closed.
    pub(crate) fn print(&self, json: bool, text: &str) -> Result<()> {
        let line = if json { serde_json::to_string(self)? } else { text.to_owned() };
        let mut out = std::io::stdout().lock();
        writeln!(out, "{line}")?;
        Ok(out.flush()?)
    }
}
