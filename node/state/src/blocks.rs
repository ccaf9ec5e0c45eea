//! Committed blocks and what belongs to them. Rows of a height are written once; a missing row means that the height
//! or hash is not committed.

use crate::{
    commit::join,
    error::StoreError,
    receipts,
    record::long,
    store::Store,
    table::{Table, height_key},
};
use alloy::primitives::{Address, B256, Bytes, U256, keccak256};
use alloy_consensus::{Header, ReceiptEnvelope};
use alloy_rlp::Header as RlpHeader;
use edgeloom_types::{Block, BlockError, ConsensusRecord, Epoch, Height, SealedBlock, Term, encode_system_logs};

/// Each of these fails only when the disk does, with [`StoreError::Database`], or holds what we did not write there,
/// with [`StoreError::Corrupt`] or [`StoreError::Block`].
impl Store {
    /// # Errors
    /// The disk's.
    pub fn hash_at(&self, height: Height) -> Result<Option<B256>, StoreError> {
        Ok(self.row(Table::Headers, height)?.map(keccak256))
    }

    /// # Errors
    /// The disk's.
    pub fn height_of(&self, hash: B256) -> Result<Option<Height>, StoreError> {
        self.kv().get(Table::Heights, hash.as_slice())?.map(|row| number(&row).map(Height::new)).transpose()
    }

    /// # Errors
    /// The disk's.
    pub fn header(&self, height: Height) -> Result<Option<Header>, StoreError> {
        let Some(row) = self.row(Table::Headers, height)? else { return Ok(None) };
        let header = alloy_rlp::decode_exact(&row).map_err(|error| StoreError::corrupt(format!("header: {error}")))?;
        Ok(Some(header))
    }

    /// What the header's `extraData` commits to, without the rest of the body.
    ///
    /// # Errors
    /// The disk's.
    pub fn consensus(&self, height: Height) -> Result<Option<ConsensusRecord>, StoreError> {
        let record = self.kv().with(Table::Bodies, &height_key(height), |mut body| {
            let record = RlpHeader::decode_bytes(&mut body, false).map_err(BlockError::from)?;
            Ok::<_, BlockError>(ConsensusRecord::decode(record)?)
        })?;
        Ok(record.transpose()?)
    }

    /// # Errors
    /// The disk's.
    pub fn block(&self, height: Height) -> Result<Option<SealedBlock>, StoreError> {
        let (Some(header), Some(body)) = (self.row(Table::Headers, height)?, self.row(Table::Bodies, height)?) else {
            return Ok(None);
        };
        Ok(Some(SealedBlock::new(Block::decode(&join(&header, &body))?)?))
    }

    /// # Errors
    /// The disk's.
    pub fn receipts(&self, height: Height) -> Result<Option<Vec<ReceiptEnvelope>>, StoreError> {
        self.row(Table::Receipts, height)?.map(|row| receipts::decode(&row)).transpose()
    }

    /// Logs of the block's own calls, as `edgeloom_types::encode_system_logs` has them; empty for a block that is not there.
    ///
    /// # Errors
    /// The disk's.
    pub fn system_logs(&self, height: Height) -> Result<Bytes, StoreError> {
        let row = self.row(Table::SystemLogs, height)?;
        Ok(row.map_or_else(|| encode_system_logs(&[]), Bytes::from))
    }

    /// The term of an epoch that a committed block decided.
    ///
    /// # Errors
    /// The disk's.
    pub fn term(&self, epoch: Epoch) -> Result<Option<Term>, StoreError> {
        let row = self.kv().get(Table::Terms, &epoch.get().to_be_bytes())?;
        row.map(|row| Term::decode(&row).ok_or_else(|| StoreError::corrupt(format!("term of epoch {epoch}"))))
            .transpose()
    }

    /// Who signed each transaction, in the block's order.
    ///
    /// # Errors
    /// The disk's.
    pub fn senders(&self, height: Height) -> Result<Option<Vec<Address>>, StoreError> {
        let Some(row) = self.row(Table::Senders, height)? else { return Ok(None) };
        let (senders, rest) = row.as_chunks::<20>();
        if !rest.is_empty() {
            return Err(StoreError::corrupt(format!("senders of {} bytes", row.len())));
        }
        Ok(Some(senders.iter().map(Address::from).collect()))
    }

    /// The block that holds the transaction, and its index there.
    ///
    /// # Errors
    /// The disk's.
    pub fn transaction(&self, hash: B256) -> Result<Option<(Height, u32)>, StoreError> {
        let Some(row) = self.kv().get(Table::Transactions, hash.as_slice())? else { return Ok(None) };
        let Some((height, index)) = row.split_first_chunk::<8>() else {
            return Err(StoreError::corrupt(format!("transaction place of {} bytes", row.len())));
        };
        let index = index.try_into().map_err(|_| StoreError::corrupt("transaction index is not 4 bytes"))?;
        Ok(Some((Height::new(u64::from_be_bytes(*height)), u32::from_be_bytes(index))))
    }

    /// The finalization certificate of the block at `height`; not every block has one of its own (CHAIN.md C2).
    ///
    /// # Errors
    /// The disk's.
    pub fn certificate(&self, height: Height) -> Result<Option<Bytes>, StoreError> {
        let Some(hash) = self.hash_at(height)? else { return Ok(None) };
        Ok(self.kv().get(Table::Certificates, hash.as_slice())?.map(Bytes::from))
    }

    /// Wei burned from genesis to `height`, itself included (CHAIN.md C5).
    ///
    /// # Errors
    /// [`StoreError::UnknownHeight`] above the tip; the disk's.
    pub fn burned(&self, height: Height) -> Result<U256, StoreError> {
        match self.row(Table::Burned, height)? {
            Some(row) => long(&row),
            None => Err(StoreError::UnknownHeight { asked: height, tip: self.tip().map(|tip| tip.height) }),
        }
    }

    fn row(&self, table: Table, height: Height) -> Result<Option<Vec<u8>>, StoreError> {
        self.kv().get(table, &height_key(height))
    }
}

fn number(row: &[u8]) -> Result<u64, StoreError> {
    row.try_into().map(u64::from_be_bytes).map_err(|_| StoreError::corrupt(format!("height of {} bytes", row.len())))
}
