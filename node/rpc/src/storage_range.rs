//! `debug_storageRangeAt`: an account's storage in the middle of a block, as geth pages through it. What the parent's
//! state holds comes from the store in order of hashed slots; what the block's transactions changed up to there is laid
//! over it.

use crate::{
    error::Fault,
    node::Context,
    trace::{Bounded, Bounds, Reel},
};
use alloy::{
    eips::BlockId,
    primitives::{Address, B256, Bytes, U256, keccak256},
};
use edgeloom_evm::SlotsOver;
use edgeloom_state::StorageRange;
use edgeloom_types::Height;
use jsonrpsee::{core::RpcResult, proc_macros::rpc};
use revm::inspector::NoOpInspector;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc, time::Duration};

/// Most slots in an answer; who asks for more is told where to go on.
const SLOTS_MAX: usize = 1024;

/// How long running the transactions before may take.
const TIME_MAX: Duration = Duration::from_secs(5);

#[rpc(server, namespace = "debug")]
pub(crate) trait StorageRangeApi {
    /// Slots of an account before the transaction at an index of a block, in order of their hashes.
    #[method(name = "storageRangeAt")]
    fn storage_range_at(
        &self,
        block: BlockId,
        index: usize,
        address: Address,
        start: Bytes,
        limit: usize,
    ) -> RpcResult<SlotPage>;
}

/// A part of an account's storage.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SlotPage {
    /// By hashed slot.
    storage: BTreeMap<B256, SlotValue>,
    /// Where to ask on.
    next_key: Option<B256>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SlotValue {
    /// The slot, known where a transaction of this block looked at it: the state keeps hashes.
    key: Option<B256>,
    value: B256,
}

#[derive(Debug)]
pub(crate) struct StorageRanges {
    context: Arc<Context>,
}

impl StorageRanges {
    pub(crate) const fn new(context: Arc<Context>) -> Self {
        Self { context }
    }
}

impl StorageRangeApiServer for StorageRanges {
    fn storage_range_at(
        &self,
        block: BlockId,
        index: usize,
        address: Address,
        start: Bytes,
        limit: usize,
    ) -> RpcResult<SlotPage> {
        let changed = self.context.slots_within(block, index, address)?;
        Ok(self.context.page(changed, address, (first(&start)?, limit.min(SLOTS_MAX)))?)
    }
}

/// The hashed slot that begins with `start`.
fn first(start: &[u8]) -> Result<B256, Fault> {
    let mut first = B256::ZERO;
    let head = first.get_mut(..start.len());
    head.ok_or_else(|| Fault::Params(format!("a start of {} bytes: hashed slots have 32", start.len())))?
        .copy_from_slice(start);
    Ok(first)
}

impl Context {
    /// The height below the block, and what its transactions before `index` left of the slots of `address`.
    fn slots_within(&self, id: BlockId, index: usize, address: Address) -> Result<(Height, SlotsOver), Fault> {
        let record = self.record(id)?.ok_or(Fault::NoHeader)?;
        let count = record.transactions().len();
        // A block without transactions has a state before the first that it does not have.
        if index >= count.max(1) {
            let hash = record.hash();
            return Err(Fault::Refused(format!("transaction index {index} out of range for block {hash}")));
        }
        let parent = record.height().saturating_sub(1);
        let mut reel = Reel::new(self, record, Bounded::frames(NoOpInspector, Bounds::new(TIME_MAX)))?;
        reel.skip_to(index)?;
        Ok((Height::new(parent), reel.machine.state().slots(address)))
    }

    fn page(
        &self,
        (parent, over): (Height, SlotsOver),
        address: Address,
        (start, limit): (B256, usize),
    ) -> Result<SlotPage, Fault> {
        // One more than fits, for the key to go on at; and as many as may turn out to be zero by now.
        let wanted = limit + 1 + over.slots.len();
        let below = if over.cleared {
            StorageRange::default()
        } else {
            self.store.storage_range(address, parent, start, wanted)?
        };
        Ok(merge(below, &over.slots, (start, limit)))
    }
}

fn merge(below: StorageRange, over: &BTreeMap<U256, U256>, (start, limit): (B256, usize)) -> SlotPage {
    let unknown = |value: U256| (None, value);
    let mut slots: BTreeMap<B256, (Option<B256>, U256)> =
        below.slots.into_iter().map(|(hashed, value)| (hashed, unknown(value))).collect();
    for (slot, value) in over {
        let slot = B256::from(*slot);
        let hashed = keccak256(slot);
        // What lies where the store has not been asked comes with the next page.
        if hashed >= start && below.next.is_none_or(|next| hashed < next) {
            slots.insert(hashed, (Some(slot), *value));
        }
    }
    let mut page = SlotPage { next_key: below.next, ..SlotPage::default() };
    for (hashed, (key, value)) in slots.into_iter().filter(|(_, (_, value))| !value.is_zero()) {
        if page.storage.len() == limit {
            page.next_key = Some(hashed);
            break;
        }
        page.storage.insert(hashed, SlotValue { key, value: value.into() });
    }
    page
}
