use super::{Stamp, address_text, hash_text};
use alloy::primitives::{Address, B256};
use edgeloom_index_api::ModelRow;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    pub id: B256,
    pub number: u64,
    pub owner: Address,
    pub manifest: Address,
    pub input_bytes: u32,
    pub output_bytes: u32,
    pub macs: u64,
    pub infer_gas: u64,
    pub name: String,
    pub metadata: String,
    pub jobs_posted: u64,
    pub jobs_settled: u64,
    pub registered: Stamp,
}

impl Model {
    pub fn row(&self) -> ModelRow {
        ModelRow {
            id: hash_text(&self.id),
            number: self.number,
            owner: address_text(&self.owner),
            manifest: address_text(&self.manifest),
            input_bytes: self.input_bytes,
            output_bytes: self.output_bytes,
            macs: self.macs,
            infer_gas: self.infer_gas,
            name: self.name.clone(),
            metadata: self.metadata.clone(),
            jobs_posted: self.jobs_posted,
            jobs_settled: self.jobs_settled,
            registered_block: self.registered.block,
            registered_tx: hash_text(&self.registered.tx),
            registered_ms: self.registered.ms,
        }
    }
}
