//! The connection that everything else goes through.

mod builder;
mod doors;

use std::{sync::Arc, time::Duration};

use alloy::{
    eips::BlockId,
    primitives::{Address, B256, Bytes, U64, U256},
    providers::DynProvider,
    rpc::types::{Block, Header, TransactionReceipt, TransactionRequest},
    signers::{Signature, local::PrivateKeySigner},
    sol_types::SolCall,
};
use tokio::{
    sync::watch,
    time::{sleep, timeout},
};
use url::Url;

pub use builder::{ClientBuilder, Deadlines};

use crate::{
    Error, Index, Node, SignedTx,
    follow::Follow,
    heads,
    rpc::{self, Rpc},
    sender::{Call, Sender},
};

/// A connection to one chain for at most one account. Clones share it, with its nonces.
#[derive(Clone, Debug)]
pub struct Client {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    rpc: Rpc,
    chain_id: u64,
    heads: watch::Receiver<u64>,
    follow: Follow,
    sender: Option<Sender>,
    index: Option<Index>,
    node: Node,
}

impl Client {
    /// Connects, and checks the chain id. Must be called inside a tokio runtime; the tasks that follow the chain end with
    /// the last clone.
    ///
    /// # Errors
    /// [`Error::Settings`] for an address that is none and for nodes with different genesis blocks, [`Error::Transport`] when the node does not answer in time,
    /// [`Error::WrongChain`] when it serves another chain than asked for, or its fallbacks do.
    pub async fn connect(builder: ClientBuilder) -> Result<Self, Error> {
        let urls = builder.rpc.iter().map(|url| parse(url)).collect::<Result<Vec<_>, _>>()?;
        let deadlines = builder.deadlines;
        let rpc = Rpc::new(&urls, deadlines)?;
        let (chain_id, head): (U64, U64) =
            futures::try_join!(rpc.read("eth_chainId", ()), rpc.read("eth_blockNumber", ()))?;
        let chain_id = chain_id.to();
        if let Some(expected) = builder.chain_id
            && expected != chain_id
        {
            return Err(Error::WrongChain { expected, actual: chain_id });
        }
        if urls.len() > 1 {
            same_chain(&urls, deadlines, chain_id).await?;
        }
        let heads = heads::follow(rpc.clone(), &urls, head.to());
        let follow = Follow::start(rpc.clone(), heads.clone());
        let sender = builder.signer.map(|signer| Sender::new(rpc.clone(), follow.clone(), signer, chain_id));
        let index = match builder.index {
            Some(index) => Some(Index::new(parse(&index)?, rpc::http(deadlines.request)?, deadlines.read)),
            None => None,
        };
        let node = Node::new(&urls, deadlines, rpc.turn.clone())?;
        Ok(Self { shared: Arc::new(Shared { rpc, chain_id, heads, follow, sender, index, node }) })
    }

    /// What the indexer knows.
    ///
    /// # Errors
    /// [`Error::Missing`] if the client was built without an index.
    pub fn index(&self) -> Result<&Index, Error> {
        self.shared.index.as_ref().ok_or(Error::Missing("an index"))
    }

    /// The chain's own RPC: status, supply, certificates.
    #[must_use]
    pub fn node(&self) -> &Node {
        &self.shared.node
    }

    /// The underlying provider, for everything of `eth_*` that this crate does not wrap. It fills nothing in and signs
    /// nothing.
    #[must_use]
    pub fn provider(&self) -> &DynProvider {
        &self.shared.rpc.provider
    }

    /// The chain's id.
    #[must_use]
    pub fn chain_id(&self) -> u64 {
        self.shared.chain_id
    }

    /// The height of the newest block, followed. Heights never go back.
    #[must_use]
    pub fn heads(&self) -> watch::Receiver<u64> {
        self.shared.heads.clone()
    }

    /// The signer's address.
    ///
    /// # Errors
    /// [`Error::Missing`] if the client was built without a signer.
    pub fn address(&self) -> Result<Address, Error> {
        self.sender().map(Sender::address)
    }

    pub(crate) fn signer(&self) -> Result<&PrivateKeySigner, Error> {
        self.sender().map(Sender::signer)
    }

    /// TFUEL of an account, wei.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn balance(&self, account: Address) -> Result<U256, Error> {
        self.shared.rpc.read("eth_getBalance", (account, "latest")).await
    }

    /// What a transaction pays in the next block: base fee and suggested tip, wei per gas; up to a second old.
    ///
    /// # Errors
    /// [`Error::Missing`] without a signer; [`Error::Transport`] and its like.
    pub async fn gas_price(&self) -> Result<u128, Error> {
        self.sender()?.gas_price().await
    }

    /// Waits until the node's pool holds no transaction of the signer's.
    ///
    /// # Errors
    /// [`Error::Timeout`] when it still does after `within`.
    pub async fn settled(&self, within: Duration) -> Result<(), Error> {
        let account = self.address()?;
        let count = |tag: &'static str| self.rpc().read::<_, U64>("eth_getTransactionCount", (account, tag));
        let empty = async {
            while futures::try_join!(count("pending"), count("latest")).map(|(pending, latest)| pending > latest)? {
                sleep(Duration::from_millis(100)).await;
            }
            Ok(())
        };
        let late = || Error::Timeout { what: format!("end of the pending transactions of {account}"), after: within };
        timeout(within, empty).await.unwrap_or_else(|_| Err(late()))
    }

    /// Sends TFUEL to an account and waits for the block.
    ///
    /// # Errors
    /// [`Error::Rpc`] when the signer has too little; the general ones.
    pub async fn transfer(&self, to: Address, wei: U256) -> Result<TransactionReceipt, Error> {
        self.sender()?.run(Call { to, value: wei, input: Bytes::new(), gas: None }).await
    }

    /// Time of the newest block, Unix seconds.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn head_time(&self) -> Result<u64, Error> {
        Ok(self.head().await?.timestamp)
    }

    /// The newest block's.
    pub(crate) async fn head(&self) -> Result<Header, Error> {
        let block: Option<Block> = self.rpc().read("eth_getBlockByNumber", ("latest", false)).await?;
        Ok(block.ok_or_else(|| Error::Answer("no newest block".to_owned()))?.header)
    }

    /// Hands a signed transaction to the node. Safe to repeat, also after a restart of either side. A bid that is too low for
    /// now is no error: see [`Self::rebid`].
    ///
    /// # Errors
    /// [`Error::Replaced`] when it can no longer run; [`Error::Rpc`] when the node refuses it; after [`Error::Transport`]
    /// it may have arrived.
    pub async fn broadcast(&self, tx: &SignedTx) -> Result<(), Error> {
        self.sender()?.broadcast(tx).await
    }

    /// Tells the client of a transaction that an earlier process signed, so that its nonce is not given to another. Sends
    /// nothing.
    ///
    /// # Errors
    /// [`Error::Missing`] without a signer.
    pub fn adopt(&self, tx: &SignedTx) -> Result<(), Error> {
        self.sender().map(|sender| sender.adopt(tx))
    }

    /// Waits for up to `within` until a broadcast transaction is in a block, and sends again what it waits for.
    ///
    /// # Errors
    /// The decoded revert if it failed there; [`Error::Replaced`] if another transaction has its nonce;
    /// [`Error::Unconfirmed`] when the time is over.
    pub async fn confirm(&self, tx: &SignedTx, within: Duration) -> Result<TransactionReceipt, Error> {
        self.sender()?.confirm(tx, within).await
    }

    /// Signs the same call under the same nonce with a higher bid, and sends it to nobody, so that it can be journalled
    /// first. `None` while the base fee lets `tx` itself into the next block.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn rebid(&self, tx: &SignedTx) -> Result<Option<SignedTx>, Error> {
        self.sender()?.rebid(tx).await
    }

    /// Waits for [`Deadlines::transaction`] until one of `bids`, all of one call and one nonce, is in a block, and bids
    /// higher where that is needed: how to go on after [`Error::Unconfirmed`].
    ///
    /// # Errors
    /// The decoded revert if it failed there; [`Error::Replaced`] if the call can no longer run; [`Error::Unconfirmed`].
    pub async fn see_through(&self, bids: Vec<SignedTx>) -> Result<TransactionReceipt, Error> {
        self.sender()?.see_through(bids).await
    }

    /// The receipt of a transaction, if it is in a block.
    ///
    /// # Errors
    /// [`Error::Transport`] and its like.
    pub async fn receipt(&self, tx: B256) -> Result<Option<TransactionReceipt>, Error> {
        self.rpc().read("eth_getTransactionReceipt", (tx,)).await
    }

    /// Reads a contract at the newest block.
    pub(crate) async fn call<C: SolCall>(&self, to: Address, call: &C) -> Result<C::Return, Error> {
        self.call_at(to, call, (BlockId::latest(), None)).await
    }

    /// Reads a contract at a block, with so much gas, or as much as the node gives.
    pub(crate) async fn call_at<C: SolCall>(
        &self,
        to: Address,
        call: &C,
        (block, gas): (BlockId, Option<u64>),
    ) -> Result<C::Return, Error> {
        let mut request = TransactionRequest::default().to(to).input(Bytes::from(call.abi_encode()).into());
        request.gas = gas;
        if let Some(sender) = &self.shared.sender {
            request = request.from(sender.address());
        }
        let answer: Bytes = self.rpc().read_of("eth_call", (request, block), Some(to)).await?;
        C::abi_decode_returns(&answer).map_err(|error| Error::Answer(format!("{} at {to}: {error}", C::SIGNATURE)))
    }

    /// Sends a contract call and waits for its block.
    pub(crate) async fn send(
        &self,
        to: Address,
        call: &impl SolCall,
        value: U256,
    ) -> Result<TransactionReceipt, Error> {
        self.sender()?.run(Call { to, value, input: call.abi_encode().into(), gas: None }).await
    }

    /// Signs a contract call without sending it.
    pub(crate) async fn sign(&self, to: Address, call: &impl SolCall) -> Result<SignedTx, Error> {
        self.sender()?.sign(&Call { to, value: U256::ZERO, input: call.abi_encode().into(), gas: None }).await
    }

    /// The signer's signature of a hash.
    pub(crate) fn sign_hash(&self, hash: &B256) -> Result<Signature, Error> {
        self.sender()?.sign_hash(hash)
    }

    pub(crate) fn rpc(&self) -> &Rpc {
        &self.shared.rpc
    }

    pub(crate) fn follow(&self) -> &Follow {
        &self.shared.follow
    }

    fn sender(&self) -> Result<&Sender, Error> {
        self.shared.sender.as_ref().ok_or(Error::Missing("a signer"))
    }
}

/// Refuses a list of nodes of different chains: two may have one chain id, but not one genesis block. A node that does not
/// answer now is not asked again.
async fn same_chain(urls: &[Url], deadlines: Deadlines, expected: u64) -> Result<(), Error> {
    let ask = async |url: &Url| -> Result<Option<B256>, Error> {
        let rpc = Rpc::new(std::slice::from_ref(url), deadlines)?;
        let (chain_id, genesis) = futures::join!(
            rpc.once::<_, U64>("eth_chainId", (), None),
            rpc.once::<_, Option<Block>>("eth_getBlockByNumber", ("0x0", false), None),
        );
        match (chain_id, genesis) {
            (Ok(actual), _) if actual.to::<u64>() != expected => {
                Err(Error::WrongChain { expected, actual: actual.to() })
            }
            (Ok(_), Ok(genesis)) => Ok(genesis.map(|block| block.header.hash)),
            (Err(error), _) | (_, Err(error)) => {
                tracing::warn!(%url, %error, "a node does not answer");
                Ok(None)
            }
        }
    };
    let genesis = futures::future::try_join_all(urls.iter().map(ask)).await?;
    let mut known = urls.iter().zip(genesis).filter_map(|(url, genesis)| Some((url, genesis?)));
    let Some((first, ours)) = known.next() else { return Ok(()) };
    match known.find(|(_, theirs)| *theirs != ours) {
        Some((url, theirs)) => Err(Error::Settings(format!(
            "{first} and {url} are of different chains: their genesis blocks are {ours} and {theirs}"
        ))),
        None => Ok(()),
    }
}

fn parse(url: &str) -> Result<Url, Error> {
    let parsed = Url::parse(url).map_err(|error| Error::Settings(format!("{url:?} is no URL: {error}")))?;
    match parsed.scheme() {
        "http" => Ok(parsed),
        other => Err(Error::Settings(format!("{url:?}: expected http, not {other}: this client has no TLS"))),
    }
}

#[cfg(test)]
mod tests;
