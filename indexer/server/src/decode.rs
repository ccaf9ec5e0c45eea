//! A block of the node's feed as facts and events. Pure: bytes in, values out.
//!
//! D1 The block's hash is recomputed and its transactions, receipts and own calls' logs are checked against the header: a node
//!    (or what stands between) can withhold blocks, but not slip in logs that the header does not commit to.
//! D2 Senders are the node's word (recovering them again would cost most of a backfill); they decide `actor` and `from` only.
//! D3 Logs of other contracts, and events of ours that no row needs, are skipped. One that ought to decode and does
//!    not is an error: better to stop than to leave a row out in silence.
//! D4 Collections and editions are contracts that anybody makes at the factory: which addresses they have, this cannot know. Logs that
//!    look like theirs are handed on with their addresses, whoever wrote them, and whoever knows the creations drops the others.

mod creations;
mod events;

pub use creations::{Amounts, Says as CreationSays};
pub use events::{Deal, Says};

use crate::record::{BlockFacts, Stamp};
use alloy::{
    eips::{eip2718::Decodable2718, eip4788::SYSTEM_ADDRESS},
    primitives::{Address, B256, Bytes, Log, TxKind, U256},
    sol_types::{SolEvent, SolEventInterface},
};
use alloy_consensus::{
    ReceiptEnvelope, Transaction,
    proofs::{calculate_receipt_root, calculate_transaction_root},
};
use alloy_rlp::Decodable;
use edgeloom_bindings::{
    Governor::GovernorEvents, ICheckpoints::ICheckpointsEvents, ICommittee::ICommitteeEvents,
    IEdgeStaking::IEdgeStakingEvents, IJobMarket::IJobMarketEvents, IModelRegistry::IModelRegistryEvents, IParameters,
    IStakeBook::IStakeBookEvents, ITheta, Timelock::TimelockEvents, addresses,
};
use edgeloom_index_api::Asset;
use edgeloom_node_api::FeedBlock;
use edgeloom_types::{Block, BlockError, SealedBlock, decode_system_logs, system_logs_hash};

/// A block that agrees with itself, and what it says to the index.
#[derive(Clone, Debug)]
pub struct Decoded {
    pub facts: BlockFacts,
    pub parent: B256,
    pub events: Vec<Event>,
}

/// One thing that happened, in the order in which the chain executed it.
#[derive(Clone, Debug)]
pub struct Event {
    pub at: Stamp,
    pub tx_index: u32,
    /// Position in the block's logs; `None` for the value that a transaction carried, and for what the block itself did.
    pub log_index: Option<u32>,
    /// Who sent the transaction, which is `SYSTEM_ADDRESS` for what the block itself did: its hash is then zero.
    pub actor: Address,
    pub what: What,
}

#[derive(Clone, Debug)]
pub enum What {
    Market(IJobMarketEvents),
    Bonds(IEdgeStakingEvents),
    /// Of edge nodes, which stake TFUEL, or of validators and guardians.
    Stakes(Asset, IStakeBookEvents),
    Committee(ICommitteeEvents),
    Checkpoints(ICheckpointsEvents),
    Votes(GovernorEvents),
    /// Of the timelock, where anybody may execute.
    Operations(TimelockEvents),
    Parameter(IParameters::ParameterSet),
    Registry(IModelRegistryEvents),
    /// Of leases, auctions, payments, of who judges what workers deliver, and of tokens' trade.
    Deal(Box<Deal>),
    /// Of what may be a collection or editions of the factory (D4).
    Creation(Address, Box<CreationSays>),
    Transfer {
        asset: Asset,
        from: Address,
        to: Address,
        amount: U256,
    },
}

/// Why an answer of the node is not a block of a chain.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    #[error("block {height}: {source}")]
    Block { height: u64, source: BlockError },
    #[error("block {height} has hash {actual}, the node says {claimed}")]
    Hash { height: u64, claimed: B256, actual: B256 },
    #[error("the node sent block {actual} as block {claimed}")]
    Height { claimed: u64, actual: u64 },
    #[error("block {height}: malformed receipts: {reason}")]
    Receipts { height: u64, reason: String },
    #[error(
        "block {height}: {transactions} transactions, {senders} senders and {receipts} receipts do not belong together"
    )]
    Counts { height: u64, transactions: usize, senders: usize, receipts: usize },
    #[error("block {height}: malformed system logs: {reason}")]
    SystemLogs { height: u64, reason: alloy_rlp::Error },
    #[error("block {height}: its {what} do not match the root in its header")]
    Root { height: u64, what: &'static str },
    #[error(
        "block {height}, log {log_index} of {contract}: {reason}. Is this program older than the chain's contracts?"
    )]
    Log { height: u64, log_index: u32, contract: Address, reason: String },
}

/// # Errors
/// [`DecodeError`] naming the first thing that is wrong.
pub fn decode(feed: &FeedBlock) -> Result<Decoded, DecodeError> {
    let claimed = feed.height;
    let malformed = |source| DecodeError::Block { height: claimed, source };
    let sealed = Block::decode(&feed.block).and_then(SealedBlock::new).map_err(malformed)?;
    let (header, height) = (sealed.header(), sealed.height().get());
    if height != claimed {
        return Err(DecodeError::Height { claimed, actual: height });
    }
    if sealed.hash() != feed.hash {
        return Err(DecodeError::Hash { height, claimed: feed.hash, actual: sealed.hash() });
    }
    let receipts = decode_receipts(height, &feed.receipts)?;
    check_body(&sealed, feed, &receipts)?;
    let system_logs = decode_own(&sealed, &feed.system_logs)?;
    let facts = BlockFacts {
        height,
        hash: sealed.hash(),
        timestamp_ms: sealed.timestamp_ms(),
        transactions: receipts.len() as u64,
        gas_used: header.gas_used,
    };
    let parent = header.parent_hash;
    Ok(Decoded { facts, parent, events: events(&sealed, &system_logs, &feed.senders, &receipts)? })
}

fn decode_receipts(height: u64, encoded: &[u8]) -> Result<Vec<ReceiptEnvelope>, DecodeError> {
    let malformed = |reason: String| DecodeError::Receipts { height, reason };
    let mut rest = encoded;
    let list = Vec::<Bytes>::decode(&mut rest).map_err(|error| malformed(error.to_string()))?;
    if !rest.is_empty() {
        return Err(malformed("surplus bytes".into()));
    }
    let one = |bytes: &Bytes| {
        let mut rest = bytes.as_ref();
        let receipt = ReceiptEnvelope::decode_2718(&mut rest).map_err(|error| malformed(error.to_string()))?;
        if rest.is_empty() { Ok(receipt) } else { Err(malformed("surplus bytes in a receipt".into())) }
    };
    list.iter().map(one).collect()
}

/// D1.
fn check_body(sealed: &SealedBlock, feed: &FeedBlock, receipts: &[ReceiptEnvelope]) -> Result<(), DecodeError> {
    let (height, transactions) = (feed.height, &sealed.block().transactions);
    if transactions.len() != receipts.len() || transactions.len() != feed.senders.len() {
        return Err(DecodeError::Counts {
            height,
            transactions: transactions.len(),
            senders: feed.senders.len(),
            receipts: receipts.len(),
        });
    }
    if calculate_transaction_root(transactions) != sealed.header().transactions_root {
        return Err(DecodeError::Root { height, what: "transactions" });
    }
    if calculate_receipt_root(receipts) != sealed.header().receipts_root {
        return Err(DecodeError::Root { height, what: "receipts" });
    }
    Ok(())
}

/// D1, of the block's own calls.
fn decode_own(sealed: &SealedBlock, encoded: &[u8]) -> Result<Vec<Log>, DecodeError> {
    let height = sealed.height().get();
    let logs = decode_system_logs(encoded).map_err(|reason| DecodeError::SystemLogs { height, reason })?;
    if sealed.header().requests_hash != Some(system_logs_hash(&logs)) {
        return Err(DecodeError::Root { height, what: "system logs" });
    }
    Ok(logs)
}

fn events(
    sealed: &SealedBlock,
    system_logs: &[Log],
    senders: &[Address],
    receipts: &[ReceiptEnvelope],
) -> Result<Vec<Event>, DecodeError> {
    let (height, ms) = (sealed.height().get(), sealed.timestamp_ms());
    let wrong = |log: &Log, log_index, error: alloy::dyn_abi::Error| DecodeError::Log {
        height,
        log_index,
        contract: log.address,
        reason: error.to_string(),
    };
    let mut events = Vec::new();
    for (log, place) in system_logs.iter().zip(0..) {
        let at = Stamp { block: height, tx: B256::ZERO, ms };
        if let Some(what) = what(log).map_err(|error| wrong(log, place, error))? {
            events.push(Event { at, tx_index: 0, log_index: None, actor: SYSTEM_ADDRESS, what });
        }
    }
    let mut log_index = 0;
    let executed = sealed.block().transactions.iter().zip(senders).zip(receipts).zip(0u32..);
    for (((transaction, sender), receipt), tx_index) in executed {
        let at = Stamp { block: height, tx: *transaction.tx_hash(), ms };
        let event = |log_index, what| Event { at, tx_index, log_index, actor: *sender, what };
        let amount = transaction.value();
        if receipt.status() && !amount.is_zero() {
            let to = match transaction.kind() {
                TxKind::Call(to) => to,
                TxKind::Create => sender.create(transaction.nonce()),
            };
            events.push(event(None, What::Transfer { asset: Asset::Tfuel, from: *sender, to, amount }));
        }
        for log in receipt.logs() {
            if let Some(what) = what(log).map_err(|error| wrong(log, log_index, error))? {
                events.push(event(Some(log_index), what));
            }
            log_index += 1;
        }
    }
    Ok(events)
}

/// D3: which event of ours a log is, if any.
fn what(log: &Log) -> Result<Option<What>, alloy::dyn_abi::Error> {
    let Some(topic) = log.topics().first() else { return Ok(None) };
    let raw = (log.topics(), log.data.data.as_ref());
    let known = |selectors: &[[u8; 32]]| selectors.contains(&topic.0);
    let what = match log.address {
        addresses::JOB_MARKET if known(IJobMarketEvents::SELECTORS) => {
            What::Market(IJobMarketEvents::decode_raw_log(raw.0, raw.1)?)
        }
        addresses::EDGE_STAKING if known(IEdgeStakingEvents::SELECTORS) => {
            What::Bonds(IEdgeStakingEvents::decode_raw_log(raw.0, raw.1)?)
        }
        addresses::EDGE_STAKING if known(IStakeBookEvents::SELECTORS) => {
            What::Stakes(Asset::Tfuel, IStakeBookEvents::decode_raw_log(raw.0, raw.1)?)
        }
        addresses::STAKING if known(IStakeBookEvents::SELECTORS) => {
            What::Stakes(Asset::Theta, IStakeBookEvents::decode_raw_log(raw.0, raw.1)?)
        }
        addresses::COMMITTEE if known(ICommitteeEvents::SELECTORS) => {
            What::Committee(ICommitteeEvents::decode_raw_log(raw.0, raw.1)?)
        }
        addresses::CHECKPOINTS if known(ICheckpointsEvents::SELECTORS) => {
            What::Checkpoints(ICheckpointsEvents::decode_raw_log(raw.0, raw.1)?)
        }
        addresses::GOVERNOR if known(GovernorEvents::SELECTORS) => {
            What::Votes(GovernorEvents::decode_raw_log(raw.0, raw.1)?)
        }
        addresses::TIMELOCK if known(TimelockEvents::SELECTORS) => {
            What::Operations(TimelockEvents::decode_raw_log(raw.0, raw.1)?)
        }
        addresses::PARAMETERS if *topic == IParameters::ParameterSet::SIGNATURE_HASH => {
            What::Parameter(IParameters::ParameterSet::decode_raw_log(log.topics().iter().copied(), raw.1)?)
        }
        addresses::MODEL_REGISTRY if known(IModelRegistryEvents::SELECTORS) => {
            What::Registry(IModelRegistryEvents::decode_raw_log(raw.0, raw.1)?)
        }
        addresses::THETA if *topic == ITheta::Transfer::SIGNATURE_HASH => {
            let ITheta::Transfer { from, to, amount } =
                ITheta::Transfer::decode_raw_log(log.topics().iter().copied(), raw.1)?;
            What::Transfer { asset: Asset::Theta, from, to, amount }
        }
        _ => match events::deal(log)? {
            Some(deal) => What::Deal(Box::new(deal)),
            None => return Ok(creations::says(log).map(|says| What::Creation(log.address, Box::new(says)))),
        },
    };
    Ok(Some(what))
}

#[cfg(test)]
mod tests;
