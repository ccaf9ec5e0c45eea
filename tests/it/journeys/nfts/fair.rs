//! A chain and an index, and who meets there.

use alloy::primitives::{Address, B256, U256, utils::parse_ether};
use edgeloom_index_api::{SaleQuery, SaleRow};
use edgeloom_sdk::{Client, Collection, CreationTerms};
use edgeloom_tests::{Net, NetConfig, dev_signer, wait_for};
use eyre::{OptionExt as _, Result};
use std::time::Duration;
use tempfile::TempDir;

pub(super) const PATIENCE: Duration = Duration::from_secs(30);
/// What a creator has of each sale, basis points.
pub(super) const ROYALTY: u16 = 500;

/// A validator with consensus, and an index. The creator is development account 0, the others follow.
pub(super) struct Fair {
    pub(super) creator: Client,
    pub(super) seller: Client,
    pub(super) buyer: Client,
    _net: Net,
    _folder: TempDir,
}

impl Fair {
    pub(super) async fn start() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut net = Net::start(NetConfig::on_free_ports(folder.path().join("net"), 1, 0)?).await?;
        net.start_indexer().await?;
        let creator = net.client(0, dev_signer(0)?).await?;
        let (seller, buyer) = (net.client(0, dev_signer(1)?).await?, net.client(0, dev_signer(2)?).await?);
        Ok(Self { creator, seller, buyer, _net: net, _folder: folder })
    }

    /// A collection of the creator's, of which the seller has `count` tokens from 1 upward, that the exchange may move.
    pub(super) async fn collection(&self, count: u64) -> Result<Collection> {
        let terms = CreationTerms::new("Looms", "LOOM").with_royalty(ROYALTY);
        let looms = self.creator.nfts().create_collection(terms, B256::ZERO).await?;
        looms.mint_batch(self.seller.address()?, (U256::ONE, count), &[]).await?;
        self.seller.exchange().checkout().approve_tokens(looms.address(), true).await?;
        Ok(self.seller.nfts().collection(looms.address()))
    }
}

pub(super) fn tfuel(amount: &str) -> U256 {
    parse_ether(amount).expect("an amount")
}

/// Of a price, in basis points, rounded down as the contracts do.
pub(super) fn share(price: U256, bps: u64) -> U256 {
    price * U256::from(bps) / U256::from(10_000)
}

/// The protocol's hundredth.
pub(super) fn fee(price: U256) -> U256 {
    share(price, 100)
}

pub(super) fn royalty(price: U256) -> U256 {
    share(price, ROYALTY.into())
}

/// How the index writes an address.
pub(super) fn hex(account: Address) -> String {
    format!("{account:#x}")
}

/// What an account had, to see what became of it.
pub(super) struct Purse {
    account: Address,
    wei: U256,
}

impl Purse {
    pub(super) async fn of(client: &Client) -> Result<Self> {
        let account = client.address()?;
        Ok(Self { account, wei: client.balance(account).await? })
    }

    /// What came in, of an account that sent nothing.
    pub(super) async fn earned(&self, client: &Client) -> Result<U256> {
        self.earned_with(client, U256::ZERO).await
    }

    /// What came in, of an account that paid for so much gas.
    pub(super) async fn earned_with(&self, client: &Client, gas: U256) -> Result<U256> {
        let after = client.balance(self.account).await? + gas;
        after.checked_sub(self.wei).ok_or_eyre("it has less than before")
    }

    pub(super) const fn wei(&self) -> U256 {
        self.wei
    }

    /// What went out in one transaction of its own, without the gas.
    pub(super) async fn spent(&self, client: &Client, tx: B256) -> Result<U256> {
        let receipt = client.receipt(tx).await?.ok_or_eyre("the transaction is in no block")?;
        let gas = U256::from(receipt.gas_used) * U256::from(receipt.effective_gas_price);
        let after = client.balance(self.account).await? + gas;
        self.wei.checked_sub(after).ok_or_eyre("it has more than before")
    }
}

/// Waits until the index knows so many sales of a creation, and gives them, the oldest first.
pub(super) async fn sales(client: &Client, creation: Address, count: usize) -> Result<Vec<SaleRow>> {
    let query = SaleQuery { creation: Some(hex(creation)), ..SaleQuery::default() };
    let known = async || {
        let page = client.index()?.sales(&query).await?;
        Ok((page.items.len() >= count).then_some(page.items))
    };
    wait_for(&format!("the index to know {count} sales"), PATIENCE, known).await
}
