use super::{Stamp, address_text, hash_text};
use alloy::primitives::{Address, B256, U256};
use edgeloom_index_api::{OrderRow, Reason};
use serde::{Deserialize, Serialize};

/// Jobs of the same terms. Stored as JSON: nothing but its keys is searched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The number of its first job.
    pub id: u64,
    pub kind: u16,
    pub requester: Address,
    pub verifier: Address,
    pub offered_to: Option<Address>,
    pub model: B256,
    pub input_root: B256,
    pub requirements: U256,
    /// Jobs.
    pub count: u32,
    pub price: U256,
    pub bond: U256,
    /// Basis points.
    pub burn_share: u16,
    pub take_by: u64,
    pub providers_from: u64,
    pub work_seconds: u64,
    /// Jobs that nobody took.
    pub open: u32,
    /// Jobs that somebody took, and that are not over.
    pub running: u32,
    pub settled: u32,
    pub rejected: u32,
    pub expired: u32,
    pub cancelled: u32,
    pub paid: U256,
    pub returned: Option<Reason>,
    pub refunded: U256,
    pub posted: Stamp,
    /// Block, and its milliseconds.
    pub closed: Option<(u64, u64)>,
}

impl Order {
    pub fn row(&self) -> OrderRow {
        OrderRow {
            id: self.id,
            kind: self.kind,
            requester: address_text(&self.requester),
            verifier: address_text(&self.verifier),
            offered_to: self.offered_to.as_ref().map(address_text),
            model_id: hash_text(&self.model),
            input_root: hash_text(&self.input_root),
            requirements: self.requirements.to_string(),
            count: self.count,
            price_wei: self.price.to_string(),
            bond_wei: self.bond.to_string(),
            burn_share: self.burn_share,
            take_by: self.take_by,
            providers_from: self.providers_from,
            work_seconds: self.work_seconds,
            open: self.open,
            running: self.running,
            settled: self.settled,
            rejected: self.rejected,
            expired: self.expired,
            cancelled: self.cancelled,
            paid_wei: self.paid.to_string(),
            returned_reason: self.returned,
            refunded_wei: self.refunded.to_string(),
            posted_block: self.posted.block,
            posted_tx: hash_text(&self.posted.tx),
            posted_ms: self.posted.ms,
            closed_block: self.closed.map(|(block, _)| block),
            closed_ms: self.closed.map(|(_, ms)| ms),
        }
    }
}
