//! What a client is made of.

use std::time::Duration;

use alloy::signers::local::PrivateKeySigner;

/// How long a client waits for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    /// One attempt at a request. Default 10 s.
    pub request: Duration,
    /// A read with all its attempts. Default 30 s.
    pub read: Duration,
    /// A transaction, from sending to its block. Default 60 s.
    pub transaction: Duration,
    /// How long after its last deadline on chain a job's end is waited for. Default 30 s.
    pub grace: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            request: Duration::from_secs(10),
            read: Duration::from_secs(30),
            transaction: Duration::from_secs(60),
            grace: Duration::from_secs(30),
        }
    }
}

/// What a [`Client`] is made of; only the node is required.
#[derive(Clone, Debug)]
pub struct ClientBuilder {
    pub(super) rpc: Vec<String>,
    pub(super) index: Option<String>,
    pub(super) signer: Option<PrivateKeySigner>,
    pub(super) chain_id: Option<u64>,
    pub(super) deadlines: Deadlines,
}

impl ClientBuilder {
    /// Starts with the node's HTTP address. Its WebSocket on the same port is used for new blocks if there is one. There is
    /// no TLS: over an open network, put a tunnel or a proxy between.
    pub fn new(rpc: impl Into<String>) -> Self {
        let rpc = vec![rpc.into()];
        Self { rpc, index: None, signer: None, chain_id: None, deadlines: Deadlines::default() }
    }

    /// Another node of the same chain, asked when those before it do not answer. May be called several times.
    #[must_use]
    pub fn fallback(mut self, rpc: impl Into<String>) -> Self {
        self.rpc.push(rpc.into());
        self
    }

    /// The indexer's HTTP address, for [`Client::index`].
    #[must_use]
    pub fn index(mut self, url: impl Into<String>) -> Self {
        self.index = Some(url.into());
        self
    }

    /// The account that pays for and signs transactions.
    #[must_use]
    pub fn signer(mut self, signer: PrivateKeySigner) -> Self {
        self.signer = Some(signer);
        self
    }

    /// Refuses to connect to any other chain.
    #[must_use]
    pub const fn chain_id(mut self, chain_id: u64) -> Self {
        self.chain_id = Some(chain_id);
        self
    }

    /// Replaces the default deadlines.
    #[must_use]
    pub const fn deadlines(mut self, deadlines: Deadlines) -> Self {
        self.deadlines = deadlines;
        self
    }
}
