//! A small market for tests: one validator, the indexer, and the digits model registered by its requester.

use crate::{Digits, Net, NetConfig, dev_signer};
use alloy::primitives::B256;
use edgeloom_sdk::Client;
use eyre::Result;
use tempfile::TempDir;

/// Requester is dev account 0. Workers are not started.
#[derive(Debug)]
pub struct Market {
    pub net: Net,
    pub requester: Client,
    pub digits: Digits,
    pub model: B256,
    _folder: TempDir,
}

impl Market {
    /// # Errors
    /// When a process does not come up or the model is refused.
    pub async fn start(workers: u16) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut net = Net::start(NetConfig::on_free_ports(folder.path().join("net"), 1, workers)?).await?;
        net.start_indexer().await?;
        let (requester, digits) = (net.client(0, dev_signer(0)?).await?, Digits::load()?);
        let model = requester.models().upload_and_register(&digits.model, "digits", "").await?.id;
        Ok(Self { net, requester, digits, model, _folder: folder })
    }
}
