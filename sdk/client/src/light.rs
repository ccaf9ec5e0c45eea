//! A light client: it trusts one block hash, and believes a node nothing that is not proved from there. The node can be anybody's: what it
//! can do is to say nothing.
//!
//! * L1 The hash of genesis, or of any final block, gives the rest: a block's state names genesis, and genesis commits to chain id, length
//!   of epochs and first committee ([`edgeloom_types::Founding`]).
//! * L2 A header above the head is final when a certificate of its epoch's committee says so, its own or that of a later block of which it
//!   is an ancestor, parent hash by parent hash.
//! * L3 The committee of an epoch is what the state says after a block of the epoch before (CHAIN.md C7): storage of the committee's
//!   contract, by Merkle proof. Where the state has none that can vote, the one before goes on, as in consensus. So each epoch on the way
//!   costs one certificate and one proof. The state shown is that of the epoch's last block: of all of them the one that nodes
//!   which prune keep longest, and its certificate is what the next epoch's engine begins from.
//! * L4 A header below the head is of the hash that the head's state has in its history (EIP-2935), 8,191 blocks at a time. Certificates
//!   are not asked for there: who signed them may have no stake left to lose.
//! * L5 Accounts, slots and code are proved against the state root of a verified header; transactions and receipts against its tries,
//!   which are built again ([`ProvedTransaction`]); checkpoints by the signatures of guardians whose snapshot is proved.
//! * L6 What is trusted must not be older than committees answer for what they signed ([`window`]), unless the caller says so.
//!
//! One answer of a node is bounded by what [`Node`] reads, 32 MiB; kept are one header and two committees ([`LightState`]).

mod body;
mod checkpoint;
mod error;
mod finality;
mod proof;
mod prover;
mod relay;
mod state;
mod term;
mod trust;

use std::{collections::BTreeMap, num::NonZeroU64};

use alloy::{
    consensus::TrieAccount,
    eips::eip2935::HISTORY_SERVE_WINDOW,
    primitives::{Address, B256, Bytes, U256, keccak256},
    rpc::types::TransactionReceipt,
};
use edgeloom_types::{Committee, Epoch, Founding, Height};
use jsonrpsee::rpc_params;

use crate::{Error, Node};
use finality::{Ascent, Final};
use prover::Prover;
use state::Trusted;

pub use body::ProvedTransaction;
pub use checkpoint::ProvedCheckpoint;
pub use error::LightError;
pub use finality::LightHeader;
pub use state::LightState;
pub use trust::{Age, window};

/// How many times [`LightClient::header`] goes 8,191 blocks back.
const HOPS_MAX: usize = 512;
/// How far below a node's newest block a certificate is looked for: blocks of the last seconds may have none yet.
const RECENT: [u64; 9] = [0, 1, 2, 4, 8, 16, 32, 64, 128];

/// Which chain it is: all of it follows from the one trusted hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chain {
    /// Hash of block 0.
    pub genesis: B256,
    /// EIP-155's.
    pub chain_id: u64,
    /// Blocks.
    pub epoch_length: NonZeroU64,
}

impl Chain {
    /// The epoch of a block.
    #[must_use]
    pub const fn epoch(&self, height: u64) -> u64 {
        Epoch::containing(Height::new(height), self.epoch_length).get()
    }

    /// The last block of an epoch.
    const fn last_of(&self, epoch: u64) -> u64 {
        epoch.saturating_add(1).saturating_mul(self.epoch_length.get()).saturating_sub(1)
    }

    /// The first block of an epoch that anybody voted for.
    fn first_of(&self, epoch: u64) -> u64 {
        epoch.saturating_mul(self.epoch_length.get()).max(1)
    }
}

/// A view of one chain from one trusted hash. Reads are of the head, the newest verified block, until [`Self::follow`] moves it.
#[derive(Clone, Debug)]
pub struct LightClient {
    prover: Prover,
    trusted: Trusted,
}

impl LightClient {
    /// Begins with the block of the hash that the caller trusts: genesis, or any final block.
    ///
    /// # Errors
    /// [`LightError::Stale`], [`LightError::HeaderHash`], [`LightError::Founding`], [`LightError::CommitteeUnknown`] and those of
    /// proofs, as [`Error::Light`]; [`Error::Transport`] and its like.
    pub async fn open(node: Node, trusted: B256, age: Age) -> Result<Self, Error> {
        let prover = Prover { node };
        let unknown = || Error::Answer(format!("the node knows no block of hash {trusted}"));
        let head = prover.header_of(trusted).await?.ok_or_else(unknown)?;
        let genesis = if head.number() == 0 { trusted } else { prover.genesis_hash(&head).await? };
        let founding = founding(&prover, genesis).await?;
        let Founding { chain_id, epoch_length, .. } = founding;
        let chain = Chain { genesis, chain_id, epoch_length };
        age.check(&head, epoch_length)?;
        let epoch = chain.epoch(head.number());
        let committee = committee_of(&prover, &head, (epoch, founding)).await?;
        let committees = BTreeMap::from([(epoch, committee)]);
        Ok(Self { prover, trusted: Trusted { chain, head, committees } })
    }

    /// Goes on from what was kept.
    ///
    /// # Errors
    /// [`LightError::Stale`], [`LightError::State`], as [`Error::Light`].
    pub fn resume(node: Node, kept: LightState, age: Age) -> Result<Self, Error> {
        let trusted = kept.read()?;
        age.check(&trusted.head, trusted.chain.epoch_length)?;
        Ok(Self { prover: Prover { node }, trusted })
    }

    /// What to keep, for [`Self::resume`].
    #[must_use]
    pub fn state(&self) -> LightState {
        LightState::of(&self.trusted)
    }

    /// Which chain it is.
    #[must_use]
    pub const fn chain(&self) -> Chain {
        self.trusted.chain
    }

    /// The newest verified block.
    #[must_use]
    pub const fn head(&self) -> &LightHeader {
        &self.trusted.head
    }

    /// The newest committee that is known, and its epoch.
    #[must_use]
    pub fn committee(&self) -> Option<(u64, &Committee)> {
        self.trusted.committees.last_key_value().map(|(epoch, committee)| (*epoch, committee))
    }

    /// Moves the head to the newest block that the node has a certificate of, epoch by epoch.
    ///
    /// # Errors
    /// [`LightError::Behind`], [`LightError::NoCertificate`], and what is wrong with certificates and proofs, as [`Error::Light`];
    /// [`Error::Rpc`] from a node that has pruned the states on the way: an archive node has them.
    pub async fn follow(&mut self) -> Result<&LightHeader, Error> {
        let tip = self.prover.node.status().await?.height;
        let head = self.trusted.head.number();
        if tip < head {
            return Err(LightError::Behind { head, node: tip }.into());
        }
        self.enter(self.trusted.chain.epoch(tip)).await?;
        let head = self.trusted.head.number();
        for height in RECENT.map(|back| tip.saturating_sub(back)) {
            if height <= head {
                break;
            }
            match self.finality(height).await {
                Ok(shown) => {
                    self.trusted.head = shown.certified;
                    break;
                }
                Err(Error::Light(fault)) if matches!(*fault, LightError::NoCertificate { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(&self.trusted.head)
    }

    /// The header of the block at a height. Above the head it is shown by a certificate, and the head moves there; below it by the
    /// head's history.
    ///
    /// # Errors
    /// Those of [`Self::follow`]; [`LightError::NoBlock`], [`LightError::TooOld`], as [`Error::Light`].
    pub async fn header(&mut self, height: u64) -> Result<LightHeader, Error> {
        let head = &self.trusted.head;
        if height == head.number() {
            return Ok(head.clone());
        }
        if height < head.number() {
            return self.ancestor(height).await;
        }
        self.enter(self.trusted.chain.epoch(height)).await?;
        let Final { asked, certified, .. } = self.finality(height).await?;
        if certified.number() > self.trusted.head.number() {
            self.trusted.head = certified;
        }
        Ok(asked)
    }

    /// The header of a hash, if its block is final on this chain.
    ///
    /// # Errors
    /// Those of [`Self::header`]; [`LightError::HeaderHash`] for a block of another chain; [`Error::Answer`] where the node knows none.
    pub async fn header_of(&mut self, hash: B256) -> Result<LightHeader, Error> {
        let unknown = || Error::Answer(format!("the node knows no block of hash {hash}"));
        let shown = self.prover.header_of(hash).await?.ok_or_else(unknown)?;
        let height = shown.number();
        let verified = self.header(height).await?;
        if verified.hash != hash {
            return Err(LightError::HeaderHash { height, expected: verified.hash, found: hash }.into());
        }
        Ok(verified)
    }

    /// An account at the head; as nobody ever used it, where it is proved that there is none.
    ///
    /// # Errors
    /// [`LightError::Account`] as [`Error::Light`]; [`Error::Transport`] and its like.
    pub async fn account(&self, address: Address) -> Result<TrieAccount, Error> {
        Ok(self.prover.account(&self.trusted.head, address, &[]).await?.account)
    }

    /// A slot of an account's storage at the head; zero where it is proved that there is nothing.
    ///
    /// # Errors
    /// [`LightError::Account`], [`LightError::Storage`], as [`Error::Light`]; [`Error::Transport`] and its like.
    pub async fn storage(&self, address: Address, slot: B256) -> Result<U256, Error> {
        let proved = self.prover.account(&self.trusted.head, address, &[slot]).await?;
        Ok(proved.values.first().copied().unwrap_or_default())
    }

    /// An account's code at the head.
    ///
    /// # Errors
    /// [`LightError::Account`], [`LightError::Code`], as [`Error::Light`]; [`Error::Transport`] and its like.
    pub async fn code(&self, address: Address) -> Result<Bytes, Error> {
        let proved = self.prover.account(&self.trusted.head, address, &[]).await?;
        self.prover.code(&self.trusted.head, (address, &proved.account)).await
    }

    /// A transaction with its receipt, in its block. `None` where the node says that there is none: that nobody can prove.
    ///
    /// # Errors
    /// [`LightError::Transactions`], [`LightError::Receipts`], [`LightError::NotInBlock`] and those of [`Self::header`], as
    /// [`Error::Light`]; [`Error::Transport`] and its like.
    pub async fn transaction(&mut self, hash: B256) -> Result<Option<ProvedTransaction>, Error> {
        let params = rpc_params![hash];
        let said: Option<TransactionReceipt> = self.prover.node.ask("eth_getTransactionReceipt", &params).await?;
        let Some(height) = said.and_then(|said| said.block_number) else { return Ok(None) };
        let block = self.header(height).await?;
        let shown = self.prover.node.feed(height, 1).await?;
        let shown = shown.first().ok_or(LightError::NoBlock { height })?;
        Ok(Some(body::find(&block, shown, hash)?))
    }

    /// Learns the committees up to that of `epoch`.
    async fn enter(&mut self, epoch: u64) -> Result<(), Error> {
        loop {
            let Some((newest, _)) = self.committee() else { return Err(LightError::CommitteeUnknown { epoch }.into()) };
            if newest >= epoch {
                return Ok(());
            }
            self.leave(newest).await?;
        }
    }

    /// Learns the committee after that of `epoch`, from a block of `epoch`.
    async fn leave(&mut self, epoch: u64) -> Result<(), Error> {
        let shown = self.last_of(epoch).await?;
        let seats = self.trusted.committees.get(&epoch).map_or(0, Committee::len);
        let next = epoch.saturating_add(1);
        let elected = self.prover.committee(&shown.asked, next, seats).await?;
        let committees = &mut self.trusted.committees;
        // L3.
        let committee = elected.or_else(|| committees.get(&epoch).cloned());
        committees.insert(next, committee.ok_or(LightError::CommitteeUnknown { epoch: next })?);
        committees.retain(|kept, _| *kept >= epoch);
        if shown.certified.number() > self.trusted.head.number() {
            self.trusted.head = shown.certified;
        }
        Ok(())
    }

    /// The last block of an epoch; the first, where the node has no certificate of the last.
    async fn last_of(&self, epoch: u64) -> Result<Final, Error> {
        let chain = self.trusted.chain;
        match self.finality(chain.last_of(epoch)).await {
            Err(Error::Light(fault))
                if matches!(*fault, LightError::NoCertificate { .. } | LightError::CommitteeUnknown { .. }) =>
            {
                self.finality(chain.first_of(epoch)).await
            }
            shown => shown,
        }
    }

    /// What shows that a block is final, whose epoch's committee is known.
    async fn finality(&self, height: u64) -> Result<Final, Error> {
        let Trusted { chain, committees, .. } = &self.trusted;
        let mut ascent: Option<Ascent> = None;
        loop {
            let from = ascent.as_ref().map_or(height, Ascent::top);
            let shown = self.prover.node.finality(from).await?.ok_or(LightError::NoBlock { height: from })?;
            let climbed = Ascent::climb(ascent, height, &shown.headers)?;
            if let Some(certificate) = shown.certificate {
                let chain = (chain.genesis, chain.epoch_length);
                return Ok(climbed.end(certificate, chain, |epoch| committees.get(&epoch))?);
            }
            // There is more only if there was much.
            let next = chain.epoch(height).saturating_add(1);
            if climbed.top() <= from || chain.epoch(climbed.top()) > next {
                return Err(LightError::NoCertificate { height }.into());
            }
            ascent = Some(climbed);
        }
    }

    /// L4.
    async fn ancestor(&self, height: u64) -> Result<LightHeader, Error> {
        let head = &self.trusted.head;
        let mut from = head.clone();
        for _ in 0..HOPS_MAX {
            let next = height.max(from.number().saturating_sub(HISTORY_SERVE_WINDOW as u64));
            let hash = self.prover.hash_before(&from, next).await?;
            from = self.prover.header_at(next, hash).await?;
            if next == height {
                return Ok(from);
            }
        }
        Err(LightError::TooOld { height, head: head.number() }.into())
    }
}

/// What the chain of a genesis hash began with.
async fn founding(prover: &Prover, genesis: B256) -> Result<Founding, Error> {
    let header = prover.header_at(0, genesis).await?;
    let shown = prover.node.founding().await?;
    let (expected, found) = (header.header.mix_hash, keccak256(&shown));
    if found != expected {
        return Err(LightError::Founding { genesis, expected, found }.into());
    }
    Ok(Founding::decode(&shown).ok_or(LightError::Malformed { what: "founding", height: 0 })?)
}

/// The committee of the epoch of a block that is trusted, by the state that the block left.
async fn committee_of(
    prover: &Prover,
    at: &LightHeader,
    (epoch, founding): (u64, Founding),
) -> Result<Committee, Error> {
    // The newest that could vote, as far back as the contract knows.
    let oldest = epoch.saturating_sub(term::TERMS_KEPT - 2).max(1);
    for elected in (oldest..=epoch).rev() {
        if let Some(committee) = prover.committee(at, elected, founding.seats.len()).await? {
            return Ok(committee);
        }
    }
    let first = (oldest == 1).then(|| Committee::elected(founding.seats)).flatten();
    Ok(first.ok_or(LightError::CommitteeUnknown { epoch })?)
}

#[cfg(test)]
mod tests;
