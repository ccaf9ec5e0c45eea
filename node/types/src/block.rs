//! Blocks as they travel and rest: an Ethereum header, the consensus record that its `extraData` commits to, the
//! transactions in their EIP-2718 form, and the finalization certificates of ancestors that the proposer includes
//! (CHAIN.md C1, C2). The hash is keccak of the RLP header.

use crate::{ConsensusRecord, Height, RecordError};
use alloy::{
    eips::eip2718::{Decodable2718, Encodable2718},
    primitives::{B256, Bytes, keccak256},
};
use alloy_consensus::{Header, TxEnvelope};
use alloy_rlp::{Decodable, Encodable, Header as RlpHeader};

/// Largest encoded block that is ever decoded, in bytes. It sizes network messages and storage: it never shrinks.
pub const MAX_BLOCK_BYTES: usize = 4 * 1024 * 1024;

/// Most certificates a body may carry (CHAIN.md C2).
pub const MAX_CERTIFICATES: usize = 4;

/// A block. Only its shape is known to be right: whether it follows from its parent is for `chain` to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    pub header: Header,
    pub consensus: ConsensusRecord,
    pub transactions: Vec<TxEnvelope>,
    /// Encoded [`crate::Certificate`]s of ancestors.
    pub certificates: Vec<Bytes>,
}

/// Why bytes are not a block.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BlockError {
    #[error("block has {0} bytes, more than {MAX_BLOCK_BYTES}")]
    TooLarge(usize),
    #[error("block carries more than {MAX_CERTIFICATES} certificates")]
    TooManyCertificates,
    #[error("malformed block: {0}")]
    Rlp(#[from] alloy_rlp::Error),
    #[error("malformed transaction {index}: {reason}")]
    Transaction { index: usize, reason: String },
    #[error(transparent)]
    Record(#[from] RecordError),
    /// Without what it is: a peer's header may hold megabytes there.
    #[error("extraData is not {0}, the hash of the consensus record")]
    Commitment(B256),
}

impl Block {
    pub fn height(&self) -> Height {
        Height::new(self.header.number)
    }

    /// `[header, record, [transaction bytes …], [certificate …]]`, the record as an RLP string, and each transaction as
    /// one of its EIP-2718 form.
    pub fn encode(&self) -> Vec<u8> {
        let transactions: Vec<Bytes> = self.transactions.iter().map(|t| t.encoded_2718().into()).collect();
        let consensus = self.consensus.encode();
        let length = self.header.length() + consensus.length() + transactions.length() + self.certificates.length();
        let mut out = Vec::with_capacity(length + 5);
        RlpHeader { list: true, payload_length: length }.encode(&mut out);
        self.header.encode(&mut out);
        consensus.encode(&mut out);
        transactions.encode(&mut out);
        self.certificates.encode(&mut out);
        out
    }

    /// # Errors
    /// [`BlockError`] when the bytes are not exactly one block of at most [`MAX_BLOCK_BYTES`].
    pub fn decode(bytes: &[u8]) -> Result<Self, BlockError> {
        if bytes.len() > MAX_BLOCK_BYTES {
            return Err(BlockError::TooLarge(bytes.len()));
        }
        let mut rest = bytes;
        let mut list = RlpHeader::decode_bytes(&mut rest, true)?;
        if !rest.is_empty() {
            return Err(alloy_rlp::Error::UnexpectedLength.into());
        }
        let header = Header::decode(&mut list)?;
        let consensus = ConsensusRecord::decode(RlpHeader::decode_bytes(&mut list, false)?)?;
        // One string at a time: a list of empty strings would take many times its size in memory.
        let mut encoded = RlpHeader::decode_bytes(&mut list, true)?;
        let mut transactions = Vec::new();
        while !encoded.is_empty() {
            let bytes = RlpHeader::decode_bytes(&mut encoded, false)?;
            transactions.push(decode_transaction(transactions.len(), bytes)?);
        }
        let mut encoded = RlpHeader::decode_bytes(&mut list, true)?;
        let mut certificates = Vec::new();
        while !encoded.is_empty() {
            if certificates.len() == MAX_CERTIFICATES {
                return Err(BlockError::TooManyCertificates);
            }
            certificates.push(Bytes::copy_from_slice(RlpHeader::decode_bytes(&mut encoded, false)?));
        }
        if !list.is_empty() {
            return Err(alloy_rlp::Error::UnexpectedLength.into());
        }
        Ok(Self { header, consensus, transactions, certificates })
    }
}

fn decode_transaction(index: usize, mut bytes: &[u8]) -> Result<TxEnvelope, BlockError> {
    let malformed = |reason: String| BlockError::Transaction { index, reason };
    let transaction = TxEnvelope::decode_2718(&mut bytes).map_err(|error| malformed(error.to_string()))?;
    if bytes.is_empty() { Ok(transaction) } else { Err(malformed("surplus bytes".into())) }
}

/// keccak256 of the concatenated keccak256 of each certificate; zero for none.
pub fn certificates_hash(certificates: &[Bytes]) -> B256 {
    if certificates.is_empty() {
        return B256::ZERO;
    }
    let hashes: Vec<u8> = certificates.iter().flat_map(|certificate| keccak256(certificate).0).collect();
    keccak256(hashes)
}

/// A block whose header commits to its consensus record, with its hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedBlock {
    block: Block,
    hash: B256,
}

impl SealedBlock {
    /// # Errors
    /// [`BlockError::Commitment`] when the header's `extraData` is not that of the record.
    pub fn new(block: Block) -> Result<Self, BlockError> {
        let commitment = block.consensus.commitment();
        if block.header.extra_data[..] != commitment[..] {
            return Err(BlockError::Commitment(commitment));
        }
        Ok(Self { hash: block.header.hash_slow(), block })
    }

    pub const fn block(&self) -> &Block {
        &self.block
    }

    pub const fn header(&self) -> &Header {
        &self.block.header
    }

    pub const fn hash(&self) -> B256 {
        self.hash
    }

    pub const fn consensus(&self) -> &ConsensusRecord {
        &self.block.consensus
    }

    pub fn height(&self) -> Height {
        self.block.height()
    }

    /// Milliseconds since the Unix epoch (CHAIN.md C3). Saturates: a header may claim any number of seconds.
    pub const fn timestamp_ms(&self) -> u64 {
        self.block.header.timestamp.saturating_mul(1000).saturating_add(self.block.consensus.milliseconds as u64)
    }
}

#[cfg(test)]
mod tests;
