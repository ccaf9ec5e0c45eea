//! A stored chain, read again and held to itself: what a header commits to is computed of the rows beside it, and whoever is said to have
//! signed has signed. Nothing is executed, so blocks can be read in any order and side by side.

use crate::{certificates::LOOK_BACK, chain::signers, open};
use alloy::primitives::{Address, B256, Bloom};
use alloy_consensus::{TxReceipt as _, proofs::calculate_receipt_root};
use edgeloom_state::{Store, StoreError, Tip};
use edgeloom_types::{
    Certificate, Committee, Epoch, Genesis, Height, SealedBlock, certificates_hash, decode_system_logs,
    system_logs_hash,
};
use parking_lot::RwLock;
use std::{collections::BTreeMap, sync::Arc};

/// What is wrong with a stored chain. The first two are the disk's fault or a bug; which one of them the sentence cannot tell.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    #[error("block {height}: {fault}")]
    Block { height: Height, fault: BlockFault },
    #[error("the state after block {}: its accounts have root {computed}, its header says {}", .tip.height, .tip.state_root)]
    State { tip: Tip, computed: B256 },
    #[error("the directory holds the chain of genesis {found}, not of {expected}")]
    OtherGenesis { found: B256, expected: B256 },
    #[error("the directory holds no chain")]
    Empty,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why the rows of a height are not those of a block of this chain.
#[derive(Debug, thiserror::Error)]
pub enum BlockFault {
    #[error("its {0} are not stored")]
    Missing(&'static str),
    #[error("it does not decode: {0}")]
    Malformed(StoreError),
    #[error("its header has number {0}")]
    Number(u64),
    #[error("its parent is {parent}, and the block below is {below}")]
    Parent { parent: B256, below: B256 },
    #[error("its hash {0} leads elsewhere")]
    Hash(B256),
    #[error("its transactions: {0}")]
    Transactions(crate::Invalid),
    #[error("transaction {index} is signed by {computed}, its row says {found}")]
    Sender { index: usize, computed: Address, found: Address },
    #[error("transaction {0} cannot be found by its hash")]
    Place(usize),
    #[error("it has {transactions} transactions and {receipts} receipts")]
    Receipts { transactions: usize, receipts: usize },
    #[error("its receipts have root {computed}, its header says {found}")]
    ReceiptsRoot { computed: B256, found: B256 },
    #[error("the logs of its receipts do not make its header's bloom")]
    LogsBloom,
    #[error("its receipts used {computed} gas, its header says {found}")]
    GasUsed { computed: u64, found: u64 },
    #[error("the logs of its own calls are not those that its header's requestsHash commits to")]
    SystemLogs,
    #[error("its certificates are not those that its consensus record commits to")]
    CertificatesHash,
    #[error("certificate {index} in its body: {reason}")]
    Included { index: usize, reason: String },
    #[error("its own certificate: {0}")]
    Certificate(String),
    #[error("it says epoch {found} and lies in epoch {expected}")]
    Epoch { expected: Epoch, found: Epoch },
}

/// A chain under examination.
#[derive(Debug)]
pub struct Audit {
    store: Store,
    genesis: Arc<Genesis>,
    first: B256,
    tip: Tip,
    /// Of the epochs that were asked for.
    committees: RwLock<BTreeMap<Epoch, Arc<Committee>>>,
}

impl Audit {
    /// # Errors
    /// [`AuditError::Empty`] and [`AuditError::OtherGenesis`]; the disk's.
    pub fn new(store: Store, genesis: Arc<Genesis>) -> Result<Self, AuditError> {
        let tip = store.tip().ok_or(AuditError::Empty)?;
        let expected = open::first_hash(&genesis)?;
        let found = store.hash_at(Height::GENESIS)?.unwrap_or_default();
        if found != expected {
            return Err(AuditError::OtherGenesis { found, expected });
        }
        Ok(Self { store, genesis, first: expected, tip, committees: RwLock::default() })
    }

    pub const fn tip(&self) -> Height {
        self.tip.height
    }

    /// Reads a block and everything that belongs to it.
    ///
    /// # Errors
    /// [`AuditError::Block`] with the first thing that is wrong; the disk's.
    pub fn block(&self, height: Height) -> Result<(), AuditError> {
        self.check(height).map_err(|error| match error {
            Failed::Fault(fault) => AuditError::Block { height, fault },
            Failed::Store(error @ (StoreError::Corrupt(_) | StoreError::Block(_))) => {
                AuditError::Block { height, fault: BlockFault::Malformed(error) }
            }
            Failed::Store(error) => error.into(),
        })
    }

    /// Computes the root of the newest state of every account and slot. Takes as long as reading all of them does.
    ///
    /// # Errors
    /// [`AuditError::State`]; the disk's.
    pub fn state(&self) -> Result<(), AuditError> {
        let (tip, computed) = self.store.recompute_root()?;
        if computed == tip.state_root { Ok(()) } else { Err(AuditError::State { tip, computed }) }
    }

    fn check(&self, height: Height) -> Result<(), Failed> {
        let block = self.store.block(height)?.ok_or(BlockFault::Missing("header and body"))?;
        self.check_place(&block, height)?;
        self.check_transactions(&block)?;
        self.check_receipts(&block)?;
        self.check_certificates(&block)
    }

    fn check_place(&self, block: &SealedBlock, height: Height) -> Result<(), Failed> {
        let (header, hash) = (block.header(), block.hash());
        if block.height() != height {
            return Err(BlockFault::Number(header.number).into());
        }
        if self.store.height_of(hash)? != Some(height) {
            return Err(BlockFault::Hash(hash).into());
        }
        let Some(below) = height.get().checked_sub(1) else { return Ok(()) };
        let below = self.store.hash_at(Height::new(below))?.ok_or(BlockFault::Missing("parent"))?;
        if header.parent_hash != below {
            return Err(BlockFault::Parent { parent: header.parent_hash, below }.into());
        }
        let (expected, found) = (self.epoch_of(height), Epoch::new(block.consensus().epoch));
        if expected == found { Ok(()) } else { Err(BlockFault::Epoch { expected, found }.into()) }
    }

    fn check_transactions(&self, block: &SealedBlock) -> Result<(), Failed> {
        let height = block.height();
        let computed = signers(block).map_err(BlockFault::Transactions)?;
        let found = self.store.senders(height)?.ok_or(BlockFault::Missing("senders"))?;
        if computed.len() != found.len() {
            return Err(BlockFault::Missing("senders").into());
        }
        let both = computed.into_iter().zip(found).enumerate();
        if let Some((index, (computed, found))) = both.into_iter().find(|(_, (computed, found))| computed != found) {
            return Err(BlockFault::Sender { index, computed, found }.into());
        }
        for (transaction, index) in block.block().transactions.iter().zip(0u32..) {
            if self.store.transaction(*transaction.tx_hash())? != Some((height, index)) {
                return Err(BlockFault::Place(index as usize).into());
            }
        }
        Ok(())
    }

    fn check_receipts(&self, block: &SealedBlock) -> Result<(), Failed> {
        let (header, height) = (block.header(), block.height());
        let receipts = self.store.receipts(height)?.ok_or(BlockFault::Missing("receipts"))?;
        let transactions = block.block().transactions.len();
        if receipts.len() != transactions {
            return Err(BlockFault::Receipts { transactions, receipts: receipts.len() }.into());
        }
        let (computed, found) = (calculate_receipt_root(&receipts), header.receipts_root);
        if computed != found {
            return Err(BlockFault::ReceiptsRoot { computed, found }.into());
        }
        let bloom = receipts.iter().fold(Bloom::ZERO, |bloom, receipt| bloom | receipt.bloom());
        if bloom != header.logs_bloom {
            return Err(BlockFault::LogsBloom.into());
        }
        let (computed, found) = (receipts.last().map_or(0, |last| last.cumulative_gas_used()), header.gas_used);
        if computed != found {
            return Err(BlockFault::GasUsed { computed, found }.into());
        }
        let logs = decode_system_logs(&self.store.system_logs(height)?).map_err(|_| BlockFault::SystemLogs)?;
        if header.requests_hash == Some(system_logs_hash(&logs)) { Ok(()) } else { Err(BlockFault::SystemLogs.into()) }
    }

    /// Those in the body, as K1 has them, and the one beside it.
    fn check_certificates(&self, block: &SealedBlock) -> Result<(), Failed> {
        let certificates = &block.block().certificates;
        if certificates_hash(certificates) != block.consensus().certificates_hash {
            return Err(BlockFault::CertificatesHash.into());
        }
        for (index, bytes) in certificates.iter().enumerate() {
            let included = |reason: String| BlockFault::Included { index, reason };
            let certificate = Certificate::decode(bytes).map_err(|error| included(error.to_string()))?;
            let of = self.store.height_of(certificate.block_hash)?;
            let of = of.filter(|of| *of < block.height() && block.height().get() - of.get() <= LOOK_BACK as u64);
            let of = of.ok_or_else(|| included(format!("{} is no ancestor near by", certificate.block_hash)))?;
            self.verify(&certificate, of)?.map_err(included)?;
        }
        let Some(bytes) = self.store.certificate(block.height())? else { return Ok(()) };
        let own = |reason: String| BlockFault::Certificate(reason);
        let certificate = Certificate::decode(&bytes).map_err(|error| own(error.to_string()))?;
        if certificate.block_hash != block.hash() {
            return Err(own(format!("it is of {}", certificate.block_hash)).into());
        }
        Ok(self.verify(&certificate, block.height())?.map_err(own)?)
    }

    /// Whether a quorum of the committee of the block at `height` signed.
    fn verify(&self, certificate: &Certificate, height: Height) -> Result<Result<(), String>, StoreError> {
        let epoch = self.epoch_of(height);
        if certificate.epoch != epoch {
            return Ok(Err(format!("it says epoch {}, and the block is in epoch {epoch}", certificate.epoch)));
        }
        let committee = self.committee(epoch)?;
        Ok(certificate.verify(self.first, &committee).map_err(|error| error.to_string()))
    }

    /// T1: an epoch for which the state said nothing has the committee of the one before.
    fn committee(&self, epoch: Epoch) -> Result<Arc<Committee>, StoreError> {
        if let Some(known) = self.committees.read().get(&epoch) {
            return Ok(known.clone());
        }
        let mut number = epoch.get();
        let committee = loop {
            if number == 0 {
                break self.genesis.term().committee;
            }
            if let Some(term) = self.store.term(Epoch::new(number))? {
                break term.committee;
            }
            number -= 1;
        };
        let mut known = self.committees.write();
        known.insert(epoch, committee.clone());
        // Blocks are read from the bottom up: the oldest are not asked for again.
        while known.len() > COMMITTEES_MAX {
            known.pop_first();
        }
        Ok(committee)
    }

    fn epoch_of(&self, height: Height) -> Epoch {
        Epoch::containing(height, self.genesis.config().epoch_length)
    }
}

/// Committees that are kept at hand: blocks side by side may be of two epochs, and name blocks of a third.
const COMMITTEES_MAX: usize = 64;

enum Failed {
    Fault(BlockFault),
    Store(StoreError),
}

impl From<BlockFault> for Failed {
    fn from(fault: BlockFault) -> Self {
        Self::Fault(fault)
    }
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
