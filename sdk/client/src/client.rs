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

use crate::{
    Attested, AuctionHouse, Auctions, Audits, Beacon, Checkpoints, Committee, Deliveries, Disputable, Disputes, Drops,
    EdgeRewards, EdgeStaking, Error, Exchange, Governance, Index, Jobs, Keys, Leases, Media, Models, Nfts, Node, Packs,
    Payments, Rentals, Seals, SignedTx, Staking, Theta, Wtfuel,
    follow::Follow,
    heads,
    rpc::{self, Rpc},
    sender::{Call, Sender},
};

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
    rpc: Vec<String>,
    index: Option<String>,
    signer: Option<PrivateKeySigner>,
    chain_id: Option<u64>,
    deadlines: Deadlines,
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

    /// Jobs: post, take, submit, follow.
    #[must_use]
    pub fn jobs(&self) -> Jobs {
        Jobs::new(self.clone())
    }

    /// Auctions of jobs: open, bid, reveal, clear, take.
    #[must_use]
    pub fn auctions(&self) -> Auctions {
        Auctions::new(self.clone())
    }

    /// Claims about jobs: enter them, have audits of them drawn.
    #[must_use]
    pub fn disputable(&self) -> Disputable {
        Disputable::new(self.clone())
    }

    /// Work that a committee does again: claim, find, attest.
    #[must_use]
    pub fn attested(&self) -> Attested {
        Attested::new(self.clone())
    }

    /// Sealed answers: seal, release, open, complain.
    #[must_use]
    pub fn seals(&self) -> Seals {
        Seals::new(self.clone())
    }

    /// Leases: offer, take, begin, collect, extend, end.
    #[must_use]
    pub fn leases(&self) -> Leases {
        Leases::new(self.clone())
    }

    /// Pools that pay by vouchers: open, earmark, sign, redeem.
    #[must_use]
    pub fn payments(&self) -> Payments {
        Payments::new(self.clone())
    }

    /// Pay for content that was served: tariffs and receipts.
    #[must_use]
    pub fn deliveries(&self) -> Deliveries {
        Deliveries::new(self.clone())
    }

    /// Media that tokens open: gates, their nodes, an epoch's key.
    #[must_use]
    pub fn media(&self) -> Media {
        Media::new(self.clone())
    }

    /// Collections and editions of tokens: make, mint, transfer, describe.
    #[must_use]
    pub fn nfts(&self) -> Nfts {
        Nfts::new(self.clone())
    }

    /// Trade of tokens: sign orders, fill them.
    #[must_use]
    pub fn exchange(&self) -> Exchange {
        Exchange::new(self.clone())
    }

    /// Auctions of tokens: create, bid, settle.
    #[must_use]
    pub fn auction_house(&self) -> AuctionHouse {
        AuctionHouse::new(self.clone())
    }

    /// First sales of tokens: open, mint, close.
    #[must_use]
    pub fn drops(&self) -> Drops {
        Drops::new(self.clone())
    }

    /// Sealed packs of tokens: open a sale, buy, reveal, open packs.
    #[must_use]
    pub fn packs(&self) -> Packs {
        Packs::new(self.clone())
    }

    /// Tokens for rent: sign offers, take them.
    #[must_use]
    pub fn rentals(&self) -> Rentals {
        Rentals::new(self.clone())
    }

    /// Models: upload, register, read, run.
    #[must_use]
    pub fn models(&self) -> Models {
        Models::new(self.clone())
    }

    /// THETA at stake: validators and guardians.
    #[must_use]
    pub fn staking(&self) -> Staking {
        Staking::new(self.clone())
    }

    /// TFUEL at stake: edge nodes.
    #[must_use]
    pub fn edge_staking(&self) -> EdgeStaking {
        EdgeStaking::new(self.clone())
    }

    /// What edge nodes are paid beside their jobs: rounds of computing capacity.
    #[must_use]
    pub fn edge_rewards(&self) -> EdgeRewards {
        EdgeRewards::new(self.clone())
    }

    /// Validators' candidacies, committees, and evidence against who votes twice.
    #[must_use]
    pub fn committee(&self) -> Committee {
        Committee::new(self.clone())
    }

    /// Checkpoints that guardians co-sign, and rewards of validators and guardians.
    #[must_use]
    pub fn checkpoints(&self) -> Checkpoints {
        Checkpoints::new(self.clone())
    }

    /// Proposals, votes and parameters.
    #[must_use]
    pub fn governance(&self) -> Governance {
        Governance::new(self.clone())
    }

    /// THETA at hand.
    #[must_use]
    pub fn theta(&self) -> Theta {
        Theta::new(self.clone())
    }

    /// TFUEL as a token.
    #[must_use]
    pub fn wtfuel(&self) -> Wtfuel {
        Wtfuel::new(self.clone())
    }

    /// BLS keys and sets of them: register, join, seal, read.
    #[must_use]
    pub fn keys(&self) -> Keys {
        Keys::new(self.clone())
    }

    /// Claims about answers: make, defend, challenge.
    #[must_use]
    pub fn disputes(&self) -> Disputes {
        Disputes::new(self.clone())
    }

    /// Audits of claims: seats, requests, findings.
    #[must_use]
    pub fn audits(&self) -> Audits {
        Audits::new(self.clone())
    }

    /// Randomness of blocks.
    #[must_use]
    pub fn beacon(&self) -> Beacon {
        Beacon::new(self.clone())
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
