//! What a light client finds wrong with what a node shows.

use std::time::Duration;

use alloy::primitives::{Address, B256};
use edgeloom_bls::{SignersError, SnapshotError};
use edgeloom_types::CertificateError;

/// What failed to verify. The node is at fault, which lies, is damaged, or follows another chain; but for [`Self::Stale`], [`Self::State`]
/// and [`Self::TooOld`], where it is the caller's trust that does not reach, and [`Self::UnknownContract`], where it is this client's age.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LightError {
    /// Bytes that are not what they are said to be.
    #[error("the node shows no {what} for block {height}, but other bytes")]
    Malformed {
        /// What they were to be.
        what: &'static str,
        /// About which block.
        height: u64,
    },
    /// A header of another hash than was to be shown.
    #[error("the node's header of block {height} has hash {found}, not {expected}")]
    HeaderHash {
        /// The block's height, as far as it is known.
        height: u64,
        /// What it must have.
        expected: B256,
        /// What it has.
        found: B256,
    },
    /// A header of another height than was asked for.
    #[error("the node's header is of block {found}, not {expected}")]
    Height {
        /// What was asked for.
        expected: u64,
        /// What was shown.
        found: u64,
    },
    /// A header whose parent is not the one before it.
    #[error("the node's header of block {height} is not on top of the one before it")]
    Broken {
        /// Of the upper one.
        height: u64,
    },
    /// A certificate that its committee did not sign.
    #[error("the certificate of block {height}: {fault}")]
    Certificate {
        /// The block's height.
        height: u64,
        /// What is wrong with it.
        fault: CertificateError,
    },
    /// A certificate of another block.
    #[error("the certificate shown for block {height} finalizes {found}, and the header's hash is {expected}")]
    CertificateBlock {
        /// The block's height.
        height: u64,
        /// Of the header.
        expected: B256,
        /// What was signed.
        found: B256,
    },
    /// A certificate of an epoch that the block is not in.
    #[error("the certificate of block {height} is of epoch {found}, and the block is in epoch {expected}")]
    CertificateEpoch {
        /// The block's height.
        height: u64,
        /// By the block's height.
        expected: u64,
        /// By the certificate.
        found: u64,
    },
    /// No certificate that shows a block to be final.
    #[error("the node shows no certificate of block {height} or above, in its epoch")]
    NoCertificate {
        /// The block's height.
        height: u64,
    },
    /// The committee of an epoch that nothing shown so far has decided.
    #[error("the committee of epoch {epoch} is not known")]
    CommitteeUnknown {
        /// The epoch.
        epoch: u64,
    },
    /// What the chain began with is not what its genesis block commits to.
    #[error(
        "what the node says the chain began with hashes to {found}, and genesis block {genesis} commits to {expected}"
    )]
    Founding {
        /// The genesis block.
        genesis: B256,
        /// Its `mixHash`.
        expected: B256,
        /// Of what was shown.
        found: B256,
    },
    /// Nodes of the trie that do not lead from the state root to what the node says of an account.
    #[error("the proof of account {address} at block {height} does not hold: {fault}")]
    Account {
        /// The account.
        address: Address,
        /// The block.
        height: u64,
        /// The trie's words.
        fault: String,
    },
    /// Nodes of the trie that do not lead from the storage root to what the node says of a slot.
    #[error("the proof of slot {slot} of {address} at block {height} does not hold: {fault}")]
    Storage {
        /// The account.
        address: Address,
        /// The slot.
        slot: B256,
        /// The block.
        height: u64,
        /// The trie's words.
        fault: String,
    },
    /// Code that does not hash to what the account has.
    #[error("the code that the node shows for {address} hashes to {found}, and the account's to {expected}")]
    Code {
        /// The account.
        address: Address,
        /// As proved.
        expected: B256,
        /// Of what was shown.
        found: B256,
    },
    /// A contract whose storage this client does not know how to read: an upgrade replaced its code, or the chain is another's.
    #[error(
        "the contract at {address} has code of hash {found}, which this client does not know: it needs a newer one"
    )]
    UnknownContract {
        /// The contract.
        address: Address,
        /// As proved.
        found: B256,
    },
    /// Transactions that are not the block's.
    #[error("the transactions that the node shows for block {height} are not those that its header commits to")]
    Transactions {
        /// The block.
        height: u64,
    },
    /// Receipts that are not the block's.
    #[error("the receipts that the node shows for block {height} are not those that its header commits to")]
    Receipts {
        /// The block.
        height: u64,
    },
    /// A transaction that is not where the node says it is.
    #[error("transaction {transaction} is not in block {height}, where the node says it is")]
    NotInBlock {
        /// Its hash.
        transaction: B256,
        /// The block.
        height: u64,
    },
    /// A block that its chain does not hold to be certified by guardians.
    #[error("no guardians certified block {height}, as the state at block {at} has it")]
    NotCheckpointed {
        /// The block.
        height: u64,
        /// Where was looked.
        at: u64,
    },
    /// Nobody co-signs the blocks of an epoch.
    #[error("epoch {epoch} has no guardians")]
    NoGuardians {
        /// The epoch.
        epoch: u64,
    },
    /// No call that submits the certificate of a checkpoint itself: it came through another contract.
    #[error("block {at} holds no transaction that submits the certificate of block {height} itself")]
    CheckpointCall {
        /// The checkpoint.
        height: u64,
        /// Where it was certified.
        at: u64,
    },
    /// Code that is no snapshot of a set of keys.
    #[error("the code at {address} is no snapshot of guardians: {fault}")]
    Snapshot {
        /// The account.
        address: Address,
        /// What it is not.
        fault: SnapshotError,
    },
    /// A bitmap of signers that are not all guardians.
    #[error("the signers of checkpoint {height}: {0}", height = .1)]
    Signers(SignersError, u64),
    /// Guardians with too little stake.
    #[error("the signers of checkpoint {height} have {signed} of {total} gwei at stake, not more than two thirds")]
    CheckpointQuorum {
        /// The checkpoint.
        height: u64,
        /// Gwei.
        signed: u128,
        /// Gwei.
        total: u128,
    },
    /// An aggregate that is not of the guardians it names.
    #[error("the guardians' aggregate signature of checkpoint {height} does not verify")]
    CheckpointSignature {
        /// The checkpoint.
        height: u64,
    },
    /// A node that has not come as far as what was verified before.
    #[error(
        "the node's newest block is {node}, and block {head} was verified before: it is behind, or hides what it has"
    )]
    Behind {
        /// The newest verified height.
        head: u64,
        /// The node's.
        node: u64,
    },
    /// A block that no node can have yet, or this one hides.
    #[error("the node has no block {height}")]
    NoBlock {
        /// The block.
        height: u64,
    },
    /// A block that lies further back than is walked.
    #[error("block {height} lies further below block {head} than a light client goes back")]
    TooOld {
        /// The block.
        height: u64,
        /// The newest verified height.
        head: u64,
    },
    /// Trust that may have run out: the stake of those who signed may be gone by now.
    #[error(
        "the newest trusted block is {age:?} old, and its committee answers for what it signs for {window:?}: take a newer hash from somebody you trust, or say that you accept it"
    )]
    Stale {
        /// By this machine's clock.
        age: Duration,
        /// How old it may be.
        window: Duration,
    },
    /// What was kept is not what was written.
    #[error("what was kept of the light client cannot be used: {0}")]
    State(&'static str),
}
