//! Questions to the nodes over JSON-RPC beyond the feed: code, who created it, and what the faucet sends. The first node that
//! answers is believed.

use crate::source::{SourceError, with_scheme};
use alloy::{
    consensus::Transaction as _,
    network::TransactionResponse as _,
    primitives::{Address, B256, Bytes, U64, U128, U256},
    rpc::types::{Transaction, TransactionReceipt},
};
use jsonrpsee::{
    core::{ClientError, client::ClientT, params::ArrayParams},
    http_client::{HttpClient, HttpClientBuilder},
    rpc_params,
};
use serde::de::DeserializeOwned;
use std::{sync::Arc, time::Duration};
use url::Url;

const REQUEST: Duration = Duration::from_secs(10);
/// A block's receipts are the longest answer.
const ANSWER_BYTES_MAX: u32 = 64 << 20;

/// The nodes of `--rpc`. Clones share their connections.
#[derive(Clone, Debug)]
pub struct Nodes(Arc<[HttpClient]>);

#[derive(Debug, thiserror::Error)]
pub enum NodeError {
    #[error("no node answers: {0}")]
    Unreachable(String),
    #[error("the node refuses: {message}")]
    Refused { code: i32, message: String },
}

/// What became of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is in a block.
    Landed,
    /// It may still come into one.
    Waits,
    /// Another took its nonce.
    Lost,
}

/// The transaction that created a contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Created {
    pub tx: B256,
    pub block: u64,
    /// Position in the block.
    pub index: u64,
    pub deployer: Address,
    /// Creation code and constructor arguments.
    pub input: Bytes,
}

impl Nodes {
    /// # Errors
    /// [`SourceError`] naming the URL that no node can have.
    pub fn new(urls: &[Url]) -> Result<Self, SourceError> {
        let client = |url: &Url| {
            let url = with_scheme(url, "http")?;
            let builder = HttpClientBuilder::default().request_timeout(REQUEST).max_response_size(ANSWER_BYTES_MAX);
            let failed = |source| SourceError::Client { url: url.to_string(), source: Box::new(source) };
            builder.build(url.as_str()).map_err(failed)
        };
        Ok(Self(urls.iter().map(client).collect::<Result<Vec<_>, _>>()?.into()))
    }

    /// What the first node answers that is reached.
    ///
    /// # Errors
    /// [`NodeError::Refused`] is that node's answer, [`NodeError::Unreachable`] the last failure.
    pub async fn ask<T: DeserializeOwned + Send>(&self, method: &str, params: ArrayParams) -> Result<T, NodeError> {
        let mut last = NodeError::Unreachable("there is none".into());
        for client in self.0.iter() {
            match client.request(method, params.clone()).await {
                Ok(answer) => return Ok(answer),
                Err(ClientError::Call(error)) => {
                    return Err(NodeError::Refused { code: error.code(), message: error.message().to_owned() });
                }
                Err(error) => last = NodeError::Unreachable(error.to_string()),
            }
        }
        Err(last)
    }

    /// # Errors
    /// [`NodeError`].
    pub async fn code(&self, address: Address) -> Result<Bytes, NodeError> {
        self.ask("eth_getCode", rpc_params![address, "latest"]).await
    }

    /// # Errors
    /// [`NodeError`].
    pub async fn height(&self) -> Result<u64, NodeError> {
        Ok(self.ask::<U64>("eth_blockNumber", rpc_params![]).await?.to())
    }

    /// # Errors
    /// [`NodeError`].
    pub async fn balance(&self, address: Address) -> Result<U256, NodeError> {
        self.ask("eth_getBalance", rpc_params![address, "latest"]).await
    }

    /// The nonce after `block` (`latest`, or `pending` with what waits).
    ///
    /// # Errors
    /// [`NodeError`].
    pub async fn nonce(&self, address: Address, block: &str) -> Result<u64, NodeError> {
        Ok(self.ask::<U64>("eth_getTransactionCount", rpc_params![address, block]).await?.to())
    }

    /// # Errors
    /// [`NodeError`].
    pub async fn chain_id(&self) -> Result<u64, NodeError> {
        Ok(self.ask::<U64>("eth_chainId", rpc_params![]).await?.to())
    }

    /// Wei.
    ///
    /// # Errors
    /// [`NodeError`].
    pub async fn gas_price(&self) -> Result<u128, NodeError> {
        Ok(self.ask::<U128>("eth_gasPrice", rpc_params![]).await?.to())
    }

    /// Gas of a payment.
    ///
    /// # Errors
    /// [`NodeError::Refused`] when the receiver reverts.
    pub async fn gas(&self, from: Address, to: Address, value: U256) -> Result<u64, NodeError> {
        let call = serde_json::json!({ "from": from, "to": to, "value": value });
        Ok(self.ask::<U64>("eth_estimateGas", rpc_params![call]).await?.to())
    }

    /// Hands a signed transaction to a node.
    ///
    /// # Errors
    /// [`NodeError`].
    pub async fn send(&self, raw: &Bytes) -> Result<(), NodeError> {
        self.ask::<B256>("eth_sendRawTransaction", rpc_params![raw]).await.map(drop)
    }

    /// What became of `tx`, which uses `nonce` of `from`. One node answers the whole question, the nonce first: its receipts
    /// are then no older than its nonce.
    ///
    /// # Errors
    /// [`NodeError`].
    pub async fn fate(&self, from: Address, nonce: u64, tx: B256) -> Result<Fate, NodeError> {
        let mut last = NodeError::Unreachable("there is none".into());
        for client in self.0.iter() {
            let one = Self(Arc::new([client.clone()]));
            let asked = async {
                let next = one.nonce(from, "latest").await?;
                Ok(match one.receipt(tx).await? {
                    Some(_) => Fate::Landed,
                    None if next > nonce => Fate::Lost,
                    None => Fate::Waits,
                })
            };
            match asked.await {
                Ok(fate) => return Ok(fate),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    /// # Errors
    /// [`NodeError`].
    pub async fn receipt(&self, tx: B256) -> Result<Option<TransactionReceipt>, NodeError> {
        self.ask("eth_getTransactionReceipt", rpc_params![tx]).await
    }

    /// The creation of `address` by `tx`, if that is what it did.
    ///
    /// # Errors
    /// [`NodeError`].
    pub async fn created_by(&self, tx: B256, address: Address) -> Result<Option<Created>, NodeError> {
        let receipt = self.receipt(tx).await?;
        if receipt.is_none_or(|receipt| receipt.contract_address != Some(address)) {
            return Ok(None);
        }
        let found: Option<Transaction> = self.ask("eth_getTransactionByHash", rpc_params![tx]).await?;
        Ok(found.map(|found| Created {
            tx,
            block: found.block_number.unwrap_or(0),
            index: found.transaction_index.unwrap_or(0),
            deployer: found.from(),
            input: found.input().clone(),
        }))
    }

    /// The transaction that created the contract at `address`: the first block after which there is code, by bisection, and
    /// in it the transaction whose receipt names the address. `None` for genesis, and for a contract that another created.
    ///
    /// # Errors
    /// [`NodeError`], also when the node has no states that old.
    pub async fn creation(&self, address: Address) -> Result<Option<Created>, NodeError> {
        let (mut without, mut with) = (0, self.height().await?);
        if !self.code_at(address, with).await?.is_empty() && self.code_at(address, without).await?.is_empty() {
            while with - without > 1 {
                let middle = without + (with - without) / 2;
                let is_there = !self.code_at(address, middle).await?.is_empty();
                *(if is_there { &mut with } else { &mut without }) = middle;
            }
            let receipts: Option<Vec<TransactionReceipt>> =
                self.ask("eth_getBlockReceipts", rpc_params![hex(with)]).await?;
            let mut receipts = receipts.into_iter().flatten();
            if let Some(receipt) = receipts.find(|receipt| receipt.contract_address == Some(address)) {
                return self.created_by(receipt.transaction_hash, address).await;
            }
        }
        Ok(None)
    }

    async fn code_at(&self, address: Address, height: u64) -> Result<Bytes, NodeError> {
        self.ask("eth_getCode", rpc_params![address, hex(height)]).await
    }
}

fn hex(height: u64) -> String {
    format!("{height:#x}")
}
