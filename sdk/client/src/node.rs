use alloy::primitives::Bytes;
use edgeloom_node_api::{ChainApiClient, Consensus, FEED_BYTES_MAX, FeedBlock, Finality, Status, Supply};
use jsonrpsee::{
    core::{ClientError, client::ClientT as _, params::ArrayParams},
    http_client::{HttpClient, HttpClientBuilder},
};
use serde::de::DeserializeOwned;
use url::Url;

use crate::{
    Deadlines, Error,
    rpc::{Turn, retried},
};

/// The chain's own RPC, `edge_*`. Everything it shows is final.
#[derive(Clone, Debug)]
pub struct Node {
    nodes: Vec<HttpClient>,
    turn: Turn,
    deadlines: Deadlines,
}

impl Node {
    pub(crate) fn new(urls: &[Url], deadlines: Deadlines, turn: Turn) -> Result<Self, Error> {
        let connect = |url: &Url| {
            HttpClientBuilder::default()
                .request_timeout(deadlines.request)
                // Blocks and receipts travel as hex.
                .max_response_size(u32::try_from(4 * FEED_BYTES_MAX).unwrap_or(u32::MAX))
                .build(url.as_str())
                .map_err(|error| Error::Settings(format!("{url}: {error}")))
        };
        let nodes = urls.iter().map(connect).collect::<Result<_, _>>()?;
        Ok(Self { nodes, turn, deadlines })
    }

    /// Which chain the node follows, and how far it is.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn status(&self) -> Result<Status, Error> {
        self.read("edge_status", ChainApiClient::status).await
    }

    /// The supply equation at the newest block. The node scans all accounts for it.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn supply(&self) -> Result<Supply, Error> {
        self.read("edge_supply", ChainApiClient::supply).await
    }

    /// The finalization certificate of a block, if the node has its own.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn certificate(&self, height: u64) -> Result<Option<Bytes>, Error> {
        self.read("edge_certificate", |node| ChainApiClient::certificate(node, height)).await
    }

    /// Headers from a block up to the nearest one that the node has a certificate of, and that. `None` above the tip.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn finality(&self, height: u64) -> Result<Option<Finality>, Error> {
        self.read("edge_finality", |node| ChainApiClient::finality(node, height)).await
    }

    /// The bytes of which the genesis block's `mixHash` is the hash: `edgeloom_types::Founding`.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn founding(&self) -> Result<Bytes, Error> {
        self.read("edge_founding", ChainApiClient::founding).await
    }

    /// Who proposed a block, when and in which view: what its header's `extraData` is the hash of. `None` above the tip.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn consensus(&self, height: u64) -> Result<Option<Consensus>, Error> {
        self.read("edge_consensus", |node| ChainApiClient::consensus(node, height)).await
    }

    /// At most `limit` blocks from `from` on; fewer when they are large, none when there are none yet.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn feed(&self, from: u64, limit: u64) -> Result<Vec<FeedBlock>, Error> {
        self.read("edge_feed", |node| ChainApiClient::feed(node, from, limit)).await
    }

    /// Any other method, whose answer is no longer than those of this one are.
    pub(crate) async fn ask<T: DeserializeOwned>(
        &self,
        method: &'static str,
        params: &ArrayParams,
    ) -> Result<T, Error> {
        self.read(method, |node| node.request::<T, _>(method, params.clone())).await
    }

    async fn read<'a, T, F>(&'a self, method: &'static str, ask: impl Fn(&'a HttpClient) -> F) -> Result<T, Error>
    where
        F: Future<Output = Result<T, ClientError>>,
    {
        let attempt = || async {
            let at = self.turn.now();
            let answer = ask(&self.nodes[at % self.nodes.len()]).await.map_err(|error| sort(method, error));
            if answer.as_ref().is_err_and(Error::is_transient) {
                self.turn.pass(at);
            }
            answer
        };
        retried(self.deadlines.read, attempt).await
    }
}

fn sort(method: &str, error: ClientError) -> Error {
    match error {
        ClientError::Call(refusal) => {
            Error::Rpc { method: method.to_owned(), code: refusal.code().into(), message: refusal.message().to_owned() }
        }
        other => Error::Transport { method: method.to_owned(), source: Box::new(other) },
    }
}
