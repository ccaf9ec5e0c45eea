//! From what callers name to what the store has.

use crate::{cache::Record, convert, error::Fault, node::Context, turns::Turns};
use alloy::{
    eips::{BlockId, BlockNumberOrTag},
    primitives::{Address, B256},
    rpc::types::Transaction,
};
use alloy_consensus::Header;
use edgeloom_chain::{StateDb, next_base_fee};
use edgeloom_dev::Solo;
use edgeloom_evm::BlockEnvironment;
use edgeloom_types::{Account, Epoch, Height};
use std::sync::Arc;

/// Gas of a block that is decoded sooner than another thread would have begun: two dozen transfers, or some 80 KB of
/// logs. Nothing in a body or its receipts costs less than 8 gas a byte, and a header says it without either.
const GAS_QUICKLY_DECODED: u64 = 500_000;

impl Context {
    /// `None`: there is no such block yet. For `pending`, which is of no height, the newest block's.
    pub(crate) fn height(&self, id: BlockId) -> Result<Option<Height>, Fault> {
        let tip = self.tip()?.height;
        match id {
            BlockId::Hash(hash) => Ok(self.store.height_of(hash.block_hash)?),
            BlockId::Number(BlockNumberOrTag::Earliest) => Ok(Some(Height::GENESIS)),
            BlockId::Number(BlockNumberOrTag::Number(number)) => Ok((number <= tip.get()).then(|| Height::new(number))),
            BlockId::Number(BlockNumberOrTag::Finalized) => self.finalized().map(Some),
            // Only final blocks are visible (C10).
            BlockId::Number(_) => Ok(Some(tip)),
        }
    }

    /// The newest block that guardians certified, or the newest of all while there are no guardians (C10).
    pub(crate) fn finalized(&self) -> Result<Height, Fault> {
        let tip = self.tip()?;
        if let Some((_, height)) = self.finalized.read().filter(|(hash, _)| *hash == tip.hash) {
            return Ok(height);
        }
        let epoch = Epoch::containing(tip.height, self.genesis.config().epoch_length);
        let (environment, state) = (self.environment(tip.height)?, self.database(tip.height)?);
        let checkpointed = edgeloom_evm::checkpointed(&environment, state, epoch);
        let checkpointed = checkpointed.map_err(|error| Fault::Internal(error.to_string()))?;
        let height = checkpointed.unwrap_or(tip.height);
        *self.finalized.write() = Some((tip.hash, height));
        Ok(height)
    }

    /// The height whose state is asked for; the newest without `id`.
    pub(crate) fn state_height(&self, id: Option<BlockId>) -> Result<Height, Fault> {
        self.height(id.unwrap_or_default())?.ok_or(Fault::NoHeader)
    }

    pub(crate) fn state(&self, id: Option<BlockId>) -> Result<StateDb, Fault> {
        match self.pending_at(id)? {
            Some(pending) => Ok(pending.state.clone()),
            None => self.database(self.state_height(id)?),
        }
    }

    pub(crate) fn database(&self, height: Height) -> Result<StateDb, Fault> {
        Ok(StateDb::from(self.store.at(height)?))
    }

    pub(crate) fn header(&self, height: Height) -> Result<Header, Fault> {
        self.store.header(height)?.ok_or(Fault::NoHeader)
    }

    /// What calls see of the block at `height`.
    pub(crate) fn environment(&self, height: Height) -> Result<BlockEnvironment, Fault> {
        let newest = self.newest()?;
        if newest.number == height.get() {
            return Ok(edgeloom_chain::environment(self.chain_id(), &newest, &[]));
        }
        Ok(edgeloom_chain::environment(self.chain_id(), &self.header(height)?, &[]))
    }

    pub(crate) fn record(&self, id: impl Into<BlockId>) -> Result<Option<Arc<Record>>, Fault> {
        let id = id.into();
        if let Some(pending) = self.pending_at(Some(id))? {
            return Ok(Some(pending.record.clone()));
        }
        self.height(id)?.map_or(Ok(None), |height| self.records.get(height))
    }

    /// The block that has the transaction, and its index there.
    pub(crate) fn place(&self, hash: B256) -> Result<Option<(Arc<Record>, usize)>, Fault> {
        let Some((height, index)) = self.store.transaction(hash)? else { return Ok(None) };
        Ok(self.records.get(height)?.map(|record| (record, index as usize)))
    }

    /// As [`Self::place`], off this thread where the block must be decoded.
    pub(crate) async fn place_in_turn(
        self: &Arc<Self>,
        hash: B256,
        turns: &Turns,
    ) -> Result<Option<(Arc<Record>, usize)>, Fault> {
        let Some((height, index)) = self.store.transaction(hash)? else { return Ok(None) };
        Ok(self.decoded(height, turns).await?.map(|record| (record, index as usize)))
    }

    /// The transaction, whether in a block or waiting.
    pub(crate) fn transaction(&self, hash: B256) -> Result<Option<Transaction>, Fault> {
        // The pool first: a transaction leaves it after it is in the store, never before.
        let waiting = self.pool.get(&hash);
        let found = self.place(hash)?.map(|(record, index)| convert::transaction(&record, index));
        Ok(found.or_else(|| waiting.map(|transaction| convert::pending(&transaction))))
    }

    /// The block at `height`: decoding one takes as long as it is large, so that waits for a turn where it is large.
    pub(crate) async fn decoded(self: &Arc<Self>, height: Height, turns: &Turns) -> Result<Option<Arc<Record>>, Fault> {
        if let Some(record) = self.records.recent(height) {
            return Ok(Some(record));
        }
        if self.store.header(height)?.is_some_and(|header| header.gas_used <= GAS_QUICKLY_DECODED) {
            return self.records.get(height);
        }
        let context = self.clone();
        turns.run(move || context.records.get(height)).await?
    }

    /// The account now. One row, so it needs no view of a height.
    pub(crate) fn account(&self, address: Address) -> Result<Account, Fault> {
        Ok(self.store.view().account(address)?.unwrap_or_default())
    }

    /// Wei per gas that the next block burns.
    pub(crate) fn next_base_fee(&self) -> Result<u64, Fault> {
        let planned = self.solo().and_then(Solo::planned_base_fee);
        planned.map_or_else(|| Ok(self.base_fee_after(&*self.newest()?)), Ok)
    }

    /// Wei per gas that a child of `parent` burns. Dev mode has no floor.
    pub(crate) fn base_fee_after(&self, parent: &Header) -> u64 {
        if self.solo().is_some() { next_base_fee(parent, 0) } else { self.terms.next_base_fee(parent) }
    }

    /// The newest block's header, decoded once a block: every transaction that comes in and every call asks for it.
    pub(crate) fn newest(&self) -> Result<Arc<Header>, Fault> {
        let tip = self.tip()?;
        if let Some((hash, header)) = &*self.newest.read()
            && *hash == tip.hash
        {
            return Ok(header.clone());
        }
        let header = Arc::new(self.header(tip.height)?);
        // The block at that height may be another by now: dev mode takes blocks back.
        if header.hash_slow() == tip.hash {
            *self.newest.write() = Some((tip.hash, header.clone()));
        }
        Ok(header)
    }
}
