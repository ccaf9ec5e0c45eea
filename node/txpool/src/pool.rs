//! The pool behind its lock, and the two ways to hear of an admission.

use crate::{
    Rejection,
    entry::Entry,
    journal::{Journal, JournalError},
    shelf::{Displaced, Shelf},
};
use alloy::{
    consensus::Transaction,
    primitives::{Address, B256},
};
use alloy_consensus::{TxEnvelope, transaction::Recovered};
use edgeloom_types::Account;
use metrics::counter;
use parking_lot::Mutex;
use std::{collections::HashSet, sync::Arc};
use tokio::sync::broadcast;

/// Admissions that a slow subscriber may lag behind before it misses some.
const ADMISSIONS: usize = 4096;

/// What the pool holds at most. Replacing a transaction is possible at every limit.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Transactions.
    pub total: usize,
    /// Transactions of one sender.
    pub per_sender: usize,
    /// Transactions that wait for one with a lower nonce.
    pub gapped: usize,
    /// Encoded bytes of those that wait so: they pay for nothing yet.
    pub gapped_bytes: usize,
    /// Encoded bytes of all transactions.
    pub bytes: usize,
    /// Blocks for which a transaction may wait without being executable.
    pub patience: u64,
    /// The same for one of the node's own users.
    pub local_patience: u64,
    /// Transactions, of senders with one of the node's own users, up to which price matters to none of them.
    pub locals: usize,
    /// The same, in encoded bytes.
    pub local_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        // Three hours of empty blocks, at a heartbeat of a second.
        Self {
            total: 20_000,
            per_sender: 10_000,
            gapped: 10_000,
            gapped_bytes: 32 << 20,
            bytes: 256 << 20,
            patience: 10_800,
            local_patience: 8 * 10_800,
            locals: 4_096,
            local_bytes: 64 << 20,
        }
    }
}

/// Where a transaction comes from, by ascending worth: those of the node's own users are gossiped, and kept by P5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    Peer,
    Local,
}

impl Origin {
    const fn word(self) -> &'static str {
        match self {
            Self::Peer => "peer",
            Self::Local => "local",
        }
    }
}

/// A transaction that waits.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// Whether it can execute after final state and its sender's others; else it waits for a lower nonce.
    pub ready: bool,
    pub transaction: Arc<Recovered<TxEnvelope>>,
}

impl Waiting {
    pub fn nonce(&self) -> u64 {
        self.transaction.nonce()
    }
}

/// Transactions that wait. A method holds the lock for microseconds, or for some milliseconds when it looks at all that a
/// full pool holds; none blocks on anything else.
#[derive(Debug)]
pub struct Pool {
    chain_id: u64,
    shelf: Mutex<Shelf>,
    /// Hashes: what lags behind must not keep transactions alive.
    admissions: broadcast::Sender<B256>,
    journal: Mutex<Option<Journal>>,
}

impl Pool {
    /// `base_fee` as [`Self::decided`] says.
    pub fn new(chain_id: u64, base_fee: u64, limits: Limits) -> Self {
        Self {
            chain_id,
            shelf: Mutex::new(Shelf::new(base_fee, limits)),
            admissions: broadcast::Sender::new(ADMISSIONS),
            journal: Mutex::new(None),
        }
    }

    /// Writes transactions that [`Self::keep`] names to `journal`, which is made anew from what waits here now.
    ///
    /// # Errors
    /// The disk's.
    pub fn journal(&self, mut journal: Journal) -> Result<(), JournalError> {
        journal.rewrite(&self.shelf.lock().locals())?;
        *self.journal.lock() = Some(journal);
        Ok(())
    }

    /// Has a local transaction that waits survive the process, however that ends. Without a journal, and for what does
    /// not wait, nothing happens.
    ///
    /// # Errors
    /// The disk's: the transaction still waits, in memory only.
    pub fn keep(&self, hash: &B256) -> Result<(), JournalError> {
        let mut journal = self.journal.lock();
        let Some(journal) = journal.as_mut() else { return Ok(()) };
        let Some(transaction) = self.get(hash) else { return Ok(()) };
        journal.append(transaction.inner())?;
        // Never the other way round: the shelf is not held while the disk is waited for.
        if journal.is_long() {
            let locals = self.shelf.lock().locals();
            journal.rewrite(&locals)?;
        }
        Ok(())
    }

    /// Decides whether a transaction may wait, and lets it; `sender` is the sender's account in final state. Fees below
    /// the base fee may wait: it can fall.
    ///
    /// # Errors
    /// [`Rejection`]; the pool is as before, except that transactions it knew to be used up may have gone.
    pub fn admit(
        &self,
        transaction: Arc<Recovered<TxEnvelope>>,
        origin: Origin,
        sender: Account,
        block_gas_limit: u64,
    ) -> Result<B256, Rejection> {
        let decided = self.decide(transaction, origin, sender, block_gas_limit);
        match &decided {
            Ok(_) => counter!("edgeloom_txpool_admitted_total", "origin" => origin.word()).increment(1),
            Err(rejection) => {
                counter!("edgeloom_txpool_rejected_total", "reason" => rejection.reason()).increment(1);
            }
        }
        decided
    }

    fn decide(
        &self,
        transaction: Arc<Recovered<TxEnvelope>>,
        origin: Origin,
        sender: Account,
        block_gas_limit: u64,
    ) -> Result<B256, Rejection> {
        if transaction.gas_limit() > block_gas_limit {
            return Err(Rejection::BlockGasLimit);
        }
        let mut entry = Entry::new(transaction, origin, self.chain_id)?;
        let hash = entry.hash();
        if entry.delegates() {
            // Hundreds of signatures may have to be recovered: not before the sender is known to pay, nor under the lock.
            self.shelf.lock().consider(&mut entry, &sender)?;
            entry.recover_authorities(self.chain_id);
        }
        let Displaced { replaced, evicted } = self.shelf.lock().admit(entry, sender)?;
        if replaced {
            counter!("edgeloom_txpool_replaced_total").increment(1);
        }
        if evicted > 0 {
            counter!("edgeloom_txpool_evicted_total").increment(evicted as u64);
        }
        // Nobody may be listening: then there is nobody to tell.
        drop(self.admissions.send(hash));
        Ok(hash)
    }

    /// Transactions that can execute after the final state and those in `skip`: by effective tip at `base_fee` (wei per
    /// gas), each sender's in order of nonce. All of them: how many fit is known when they ran.
    pub fn best(&self, base_fee: u64, skip: &HashSet<B256>) -> Vec<Arc<Recovered<TxEnvelope>>> {
        self.shelf.lock().best(base_fee, skip)
    }

    /// A block is final: `accounts` are those it changed, as they are after it (its senders' among them), `base_fee` is
    /// the wei per gas that the next block burns.
    pub fn decided(&self, accounts: &[(Address, Account)], base_fee: u64) {
        self.shelf.lock().decided(accounts, base_fee);
    }

    /// Lets go of transactions that cannot execute on the final state.
    pub fn discard(&self, hashes: &[B256]) {
        self.shelf.lock().discard(hashes);
    }

    /// The chain was taken back or its state amended, as only dev mode does: `account` gives accounts as they are now, and
    /// what no longer fits goes.
    pub fn rebase(&self, base_fee: u64, account: impl Fn(Address) -> Account) {
        self.shelf.lock().rebase(base_fee, account);
    }

    /// Forgets the transactions that wait of `sender`, or of everybody.
    pub fn clear(&self, sender: Option<Address>) {
        let mut shelf = self.shelf.lock();
        let hashes = shelf.hashes(sender);
        shelf.discard(&hashes);
    }

    pub fn get(&self, hash: &B256) -> Option<Arc<Recovered<TxEnvelope>>> {
        self.shelf.lock().get(hash).cloned()
    }

    /// The transaction of `sender` with this nonce.
    pub fn find(&self, sender: Address, nonce: u64) -> Option<Arc<Recovered<TxEnvelope>>> {
        self.shelf.lock().find(sender, nonce).cloned()
    }

    /// How many can execute, and how many wait for a lower nonce.
    pub fn counts(&self) -> (usize, usize) {
        self.shelf.lock().counts()
    }

    /// Everything, each sender's in order of nonce.
    pub fn waiting(&self) -> Vec<Waiting> {
        self.shelf.lock().waiting()
    }

    /// Everything of one sender, in order of nonce.
    pub fn waiting_of(&self, sender: Address) -> Vec<Waiting> {
        self.shelf.lock().waiting_of(sender)
    }

    /// The first nonce of `sender` that neither final state nor an executable transaction here uses; `None` when
    /// nothing of the sender waits.
    pub fn next_nonce(&self, sender: Address) -> Option<u64> {
        self.shelf.lock().next_nonce(sender)
    }

    pub fn len(&self) -> usize {
        self.shelf.lock().len()
    }

    /// Encoded bytes of everything.
    pub fn bytes(&self) -> usize {
        self.shelf.lock().bytes()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The hash of every admission from now on. A receiver more than 4096 behind misses the oldest and is told so.
    pub fn subscribe(&self) -> broadcast::Receiver<B256> {
        self.admissions.subscribe()
    }

    /// Takes local transactions that were not handed out yet, oldest first, `most` at most.
    pub fn take_outbox(&self, most: usize) -> Vec<Arc<Recovered<TxEnvelope>>> {
        self.shelf.lock().take_outbox(most)
    }
}

#[cfg(test)]
mod tests;
