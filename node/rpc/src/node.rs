//! What the server is given, and what all methods share.

use crate::{cache::Records, error::Fault, pending::LastPending, progress::Start, turns::Turns};
use alloy::primitives::{Address, B256};
use alloy_consensus::Header;
use edgeloom_chain::Terms;
use edgeloom_dev::Solo;
use edgeloom_state::{Store, Tip};
use edgeloom_txpool::Pool;
use edgeloom_types::{Genesis, Height};
use k256::ecdsa::SigningKey;
use parking_lot::RwLock;
use std::{
    collections::BTreeMap,
    sync::{Arc, atomic::AtomicUsize},
};
use tokio::sync::{Mutex, watch};

/// What happens to a transaction once the pool has it.
#[derive(Clone, Debug)]
pub enum Submit {
    /// Validators put it into a block in their time: the hash is returned at once.
    Network,
    /// It is sealed before its hash is returned, and `evm_*`, `hardhat_*` and `anvil_*` are served.
    Dev(Solo),
}

/// The node behind the server.
#[derive(Debug)]
pub struct Node {
    /// With genesis committed.
    pub store: Store,
    /// Of the chain that writes the store.
    pub terms: Terms,
    pub genesis: Arc<Genesis>,
    pub pool: Arc<Pool>,
    /// The newest final height, set after its block is durable.
    pub feed: watch::Sender<Height>,
    /// The highest final height that was heard of, from whoever hears of blocks before they are here.
    pub heard: watch::Sender<Height>,
    /// How many nodes this one is linked to, kept up to date by whoever holds the links.
    pub peers: Arc<AtomicUsize>,
    pub submit: Submit,
    /// Accounts that `eth_sendTransaction` signs for.
    pub dev_keys: Vec<SigningKey>,
}

/// Shared by all methods.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) store: Store,
    pub(crate) terms: Terms,
    pub(crate) genesis: Arc<Genesis>,
    pub(crate) genesis_hash: B256,
    pub(crate) pool: Arc<Pool>,
    pub(crate) feed: watch::Sender<Height>,
    pub(crate) heard: watch::Sender<Height>,
    pub(crate) start: Start,
    pub(crate) peers: Arc<AtomicUsize>,
    pub(crate) submit: Submit,
    pub(crate) accounts: Vec<Address>,
    pub(crate) keys: BTreeMap<Address, SigningKey>,
    /// Held while a nonce is chosen and used, so that two requests never choose the same.
    pub(crate) nonces: Mutex<()>,
    pub(crate) records: Records,
    pub(crate) pending: LastPending,
    pub(crate) turns: Turns,
    /// The newest checkpoint at a tip that was asked for, by the tip's hash.
    pub(crate) finalized: RwLock<Option<(B256, Height)>>,
    /// The newest header that was asked for, by its hash.
    pub(crate) newest: RwLock<Option<(B256, Arc<Header>)>>,
}

impl Context {
    /// # Errors
    /// [`Fault::Internal`] when the store has no genesis.
    pub(crate) fn new(node: Node) -> Result<Self, Fault> {
        let genesis_hash = node.store.hash_at(Height::GENESIS)?;
        let genesis_hash = genesis_hash.ok_or_else(|| Fault::Internal("the store has no genesis".into()))?;
        let address = |key: &SigningKey| Address::from_public_key(key.verifying_key());
        let tip = node.store.tip().map_or(Height::GENESIS, |tip| tip.height);
        Ok(Self {
            genesis_hash,
            heard: node.heard,
            start: Start::at(tip),
            accounts: node.dev_keys.iter().map(address).collect(),
            keys: node.dev_keys.into_iter().map(|key| (address(&key), key)).collect(),
            nonces: Mutex::new(()),
            records: Records::new(node.store.clone()),
            pending: LastPending::default(),
            turns: Turns::default(),
            finalized: RwLock::default(),
            newest: RwLock::default(),
            store: node.store,
            terms: node.terms,
            genesis: node.genesis,
            pool: node.pool,
            feed: node.feed,
            peers: node.peers,
            submit: node.submit,
        })
    }

    /// Dev mode's chain, where this is one.
    pub(crate) const fn solo(&self) -> Option<&Solo> {
        match &self.submit {
            Submit::Dev(solo) => Some(solo),
            Submit::Network => None,
        }
    }

    /// Gas of the next block: the epoch's, except where dev mode chose another.
    pub(crate) fn block_gas_limit(&self) -> Result<u64, Fault> {
        let Some(solo) = self.solo() else { return Ok(self.terms.of_block(self.tip()?.height.next()).rules.gas_limit) };
        solo.planned_gas_limit().map_or_else(|| Ok(self.newest()?.gas_limit), Ok)
    }

    pub(crate) fn chain_id(&self) -> u64 {
        self.genesis.chain_id()
    }

    pub(crate) fn tip(&self) -> Result<Tip, Fault> {
        self.store.tip().ok_or_else(|| Fault::Internal("the store has no tip".into()))
    }
}
