use super::{Stamp, address_text, hash_text};
use alloy::primitives::{Address, B256};
use edgeloom_index_api::{EventField, MarketContract, MarketEventRow};

/// An event of a contract of the market, as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarketEvent {
    /// Position among all of them, from 1.
    pub id: u64,
    pub contract: MarketContract,
    pub name: String,
    /// What it is of, as text.
    pub subject: Option<String>,
    pub actor: Address,
    pub reason: Option<String>,
    pub evidence: Option<B256>,
    pub fields: Vec<EventField>,
    pub at: Stamp,
    pub tx_index: u32,
    pub log_index: u32,
}

impl MarketEvent {
    pub fn row(&self) -> MarketEventRow {
        MarketEventRow {
            id: self.id,
            contract: self.contract,
            name: self.name.clone(),
            subject: self.subject.clone(),
            actor: address_text(&self.actor),
            reason: self.reason.clone(),
            evidence: self.evidence.as_ref().map(hash_text),
            fields: self.fields.clone(),
            block: self.at.block,
            tx: hash_text(&self.at.tx),
            tx_index: self.tx_index,
            log_index: self.log_index,
            ms: self.at.ms,
        }
    }
}

/// An answer to a job of the market that its verifier was told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Whose number it is.
    pub contract: MarketContract,
    pub id: B256,
    pub job: u64,
    pub worker: Address,
}
