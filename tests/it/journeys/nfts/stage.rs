//! A development chain, whose clock and blocks come as they are told to, with an index.

use alloy::primitives::{B256, U256};
use alloy::providers::Provider as _;
use alloy::signers::local::PrivateKeySigner;
use edgeloom_sdk::{Client, ClientBuilder, Collection, CreationTerms};
use edgeloom_tests::{Dev, IndexReady, Process, binary, dev_signer};
use eyre::Result;
use serde_json::{Value, json};
use std::borrow::Cow;
use tempfile::TempDir;

use super::fair::{PATIENCE, ROYALTY};

pub(super) struct Stage {
    pub(super) dev: Dev,
    pub(super) folder: TempDir,
    pub(super) creator: Client,
    pub(super) seller: Client,
    pub(super) buyer: Client,
    index: String,
    _indexer: Process,
}

impl Stage {
    pub(super) async fn start() -> Result<Self> {
        let (dev, folder) = (Dev::start().await?, tempfile::tempdir()?);
        let database = folder.path().join("index.db").display().to_string();
        let arguments = ["--rpc", &dev.url(), "--db", &database, "--listen", "127.0.0.1:0", "--json"];
        let mut indexer = Process::spawn("indexer", &binary("edgeloom-indexer")?, &arguments, folder.path())?;
        let IndexReady { indexer: index, .. } = indexer.ready(PATIENCE).await?;
        let connect = async |account| connected(&dev, &index, dev_signer(account)?).await;
        let (creator, seller, buyer) = (connect(0).await?, connect(1).await?, connect(2).await?);
        Ok(Self { dev, folder, creator, seller, buyer, index, _indexer: indexer })
    }

    pub(super) async fn client(&self, signer: PrivateKeySigner) -> Result<Client> {
        connected(&self.dev, &self.index, signer).await
    }

    /// A collection of the creator's, of which the seller has `count` tokens from 1 upward.
    pub(super) async fn collection(&self, count: u64) -> Result<Collection> {
        let terms = CreationTerms::new("Looms", "LOOM").with_royalty(ROYALTY);
        let looms = self.creator.nfts().create_collection(terms, B256::ZERO).await?;
        looms.mint_batch(self.seller.address()?, (U256::ONE, count), &[]).await?;
        Ok(self.seller.nfts().collection(looms.address()))
    }

    pub(super) async fn cheat(&self, method: &'static str, arguments: Value) -> Result<()> {
        self.creator.provider().raw_request::<_, Value>(Cow::Borrowed(method), arguments).await?;
        Ok(())
    }

    /// So many blocks, a second each.
    pub(super) async fn mine(&self, blocks: u64) -> Result<()> {
        self.cheat("hardhat_mine", json!([U256::from(blocks), "0x1"])).await?;
        let head = self.creator.provider().get_block_number().await?;
        for client in [&self.creator, &self.seller, &self.buyer] {
            client.heads().wait_for(|seen| *seen >= head).await?;
        }
        Ok(())
    }

    /// The clock is at this second, Unix, and a block says so.
    pub(super) async fn at(&self, second: u64) -> Result<()> {
        self.cheat("evm_mine", json!([second])).await
    }
}

async fn connected(dev: &Dev, index: &str, signer: PrivateKeySigner) -> Result<Client> {
    Ok(Client::connect(ClientBuilder::new(dev.url()).index(index).signer(signer)).await?)
}
