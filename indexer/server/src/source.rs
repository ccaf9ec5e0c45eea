//! The node's feed of final blocks over HTTP. Several nodes of the same chain may be given: when one fails, the next is
//! asked, and one that is not of the chain is never asked again. Who reads decides by [`NodeStatus::identity`] and by block hashes whether they really are of the same chain.

use crate::{
    nodes::{NodeError, Nodes},
    progress::NodeStatus,
    store::{Identity, rewind::History},
};
use edgeloom_node_api::{ChainApiClient, FEED_BLOCKS_MAX, FEED_BYTES_MAX, FeedBlock, Status};
use jsonrpsee::{
    core::{ClientError, client::ClientT},
    http_client::{HttpClient, HttpClientBuilder},
    rpc_params,
};
use serde::de::IgnoredAny;
use std::time::Duration;
use url::Url;

/// Twice the feed's bytes as hex, and room for a single block that goes alone because its receipts are larger than that.
const ANSWER_BYTES_MAX: u32 = 5 * FEED_BYTES_MAX as u32;

/// Deadline of one request.
const REQUEST: Duration = Duration::from_secs(10);

/// The feed of one of several nodes.
#[derive(Debug)]
pub struct Source {
    nodes: Vec<Node>,
    active: usize,
}

#[derive(Debug)]
struct Node {
    url: Url,
    client: HttpClient,
    excluded: bool,
}

/// Blocks from the height asked for, and how far the node itself is.
#[derive(Debug)]
pub struct FeedPage {
    pub node: NodeStatus,
    pub blocks: Vec<FeedBlock>,
}

#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    #[error("no node to read from")]
    NoNode,
    #[error("`{0}` is not a URL of a node: it must start with http://, https://, ws:// or wss://")]
    Scheme(String),
    #[error("{url}: {source}")]
    Client { url: String, source: Box<ClientError> },
}

impl Source {
    /// Takes http(s) and ws(s) URLs alike: a node serves both on one port.
    ///
    /// # Errors
    /// [`SourceError`] naming the URL that no node can have.
    pub fn new(urls: &[Url]) -> Result<Self, SourceError> {
        let node = |url: &Url| {
            let url = with_scheme(url, "http")?;
            let builder = HttpClientBuilder::default().request_timeout(REQUEST).max_response_size(ANSWER_BYTES_MAX);
            let client = builder.build(url.as_str());
            let node = |client| Node { url: url.clone(), client, excluded: false };
            client.map(node).map_err(|source| failed(&url, source))
        };
        let nodes: Vec<_> = urls.iter().map(node).collect::<Result<_, _>>()?;
        if nodes.is_empty() { Err(SourceError::NoNode) } else { Ok(Self { nodes, active: 0 }) }
    }

    /// The blocks from `from`, at most [`FEED_BLOCKS_MAX`] of them; none when the node has none yet.
    ///
    /// # Errors
    /// [`SourceError::Client`]: try again, or [`Self::next_node`].
    pub async fn page(&self, from: u64) -> Result<FeedPage, SourceError> {
        let Node { url, client, .. } = &self.nodes[self.active];
        // Status first: a head that is older than the page only means one more request.
        let answers = futures::future::try_join(client.status(), client.feed(from, FEED_BLOCKS_MAX)).await;
        let (status, blocks) = answers.map_err(|source| failed(url, source))?;
        Ok(FeedPage { node: self.said(&status), blocks })
    }

    /// What the node says of itself.
    ///
    /// # Errors
    /// As [`Self::page`].
    pub async fn status(&self) -> Result<NodeStatus, SourceError> {
        let Node { url, client, .. } = &self.nodes[self.active];
        Ok(self.said(&client.status().await.map_err(|source| failed(url, source))?))
    }

    fn said(&self, status: &Status) -> NodeStatus {
        let identity = Identity { chain_id: status.chain_id, genesis: status.genesis_hash };
        let Status { height: head, hash, finalized, .. } = *status;
        NodeStatus { node: self.active, identity, head, hash, finalized }
    }

    /// Whether the node takes blocks back when it is told to: only development chains know `hardhat_metadata`.
    ///
    /// # Errors
    /// As [`Self::page`].
    pub async fn history(&self) -> Result<History, SourceError> {
        let Node { url, client, .. } = &self.nodes[self.active];
        match client.request::<IgnoredAny, _>("hardhat_metadata", rpc_params![]).await {
            Ok(_) => Ok(History::Revisable),
            Err(ClientError::Call(_)) => Ok(History::Final),
            Err(error) => Err(failed(url, error)),
        }
    }

    /// The error for an answer that did not come from the active node.
    pub fn silent(&self, why: &NodeError) -> SourceError {
        failed(self.url(), ClientError::Custom(why.to_string()))
    }

    /// The active node alone, for questions beyond the feed.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn nodes(&self) -> Result<Nodes, SourceError> {
        Nodes::new(std::slice::from_ref(self.url()))
    }

    /// The block at `height`, if the node has it.
    ///
    /// # Errors
    /// As [`Self::page`].
    pub async fn block(&self, height: u64) -> Result<Option<FeedBlock>, SourceError> {
        let Node { url, client, .. } = &self.nodes[self.active];
        let blocks = client.feed(height, 1).await.map_err(|source| failed(url, source))?;
        Ok(blocks.into_iter().next())
    }

    /// Turns to the next node that is not excluded; false if that is the same one.
    pub fn next_node(&mut self) -> bool {
        let before = self.active;
        let after = (1..self.nodes.len()).map(|step| (before + step) % self.nodes.len());
        self.active = after.into_iter().find(|&node| !self.nodes[node].excluded).unwrap_or(before);
        self.active != before
    }

    /// Turns to the next node and never back to this one; false, and nothing changes, if it is the last.
    pub fn exclude(&mut self) -> bool {
        let bad = self.active;
        let left = self.next_node();
        self.nodes[bad].excluded = left;
        left
    }

    /// The position of the node that is asked now, which stays its own.
    pub const fn active(&self) -> usize {
        self.active
    }

    /// The node that is asked now.
    pub fn url(&self) -> &Url {
        &self.nodes[self.active].url
    }
}

fn failed(url: &Url, source: ClientError) -> SourceError {
    SourceError::Client { url: url.to_string(), source: Box::new(source) }
}

/// The same address with `http` or `ws`, secure if it was.
///
/// # Errors
/// [`SourceError::Scheme`] for any other scheme.
pub fn with_scheme(url: &Url, plain: &str) -> Result<Url, SourceError> {
    let secure = match url.scheme() {
        "http" | "ws" => false,
        "https" | "wss" => true,
        _ => return Err(SourceError::Scheme(url.to_string())),
    };
    let scheme = if secure { format!("{plain}s") } else { plain.to_owned() };
    let mut changed = url.clone();
    changed.set_scheme(&scheme).map_err(|()| SourceError::Scheme(url.to_string()))?;
    Ok(changed)
}
