//! Transactions of an address, block by block: there is no index here, so a search looks through a bounded number of
//! blocks and says where to go on.
//!
//! A transaction is of an address that sent it, received it, was created by it, or appears in its logs as their source
//! or as an indexed parameter. Calls that leave no trace in a receipt are not found; an indexer finds them.

use super::blocks::{check_size, receipt};
use crate::{cache::Record, convert, error::Fault, node::Context};
use alloy::{
    consensus::Transaction as _,
    primitives::{Address, Bloom, BloomInput},
    rpc::types::trace::otterscan::TransactionsWithReceipts,
};
use edgeloom_types::Height;
use std::time::{Duration, Instant};

/// Most blocks that one search looks through.
const BLOCKS_MAX: u64 = 100_000;

const TIME_MAX: Duration = Duration::from_secs(5);

/// From where a search goes, and which way. Zero is the end to begin at.
#[derive(Clone, Copy, Debug)]
pub(super) enum Direction {
    Before(u64),
    After(u64),
}

impl Context {
    /// Whole blocks, so that a page may be longer than `size`; the newest first, whatever the direction.
    ///
    /// # Errors
    /// [`Fault::Limit`], which names the block to go on with, when nothing is found in as many blocks as are looked at.
    pub(super) fn search_transactions(
        &self,
        address: Address,
        direction: Direction,
        size: usize,
    ) -> Result<TransactionsWithReceipts, Fault> {
        check_size(size)?;
        let tip = self.tip()?.height.get();
        let (first, last): (u64, u64) = match direction {
            Direction::Before(0) => (0, tip),
            Direction::Before(number) if number > tip => (0, tip),
            Direction::Before(number) => (0, number - 1),
            Direction::After(0) => (0, tip),
            Direction::After(number) => (number.saturating_add(1), tip),
        };
        let is_down = matches!(direction, Direction::Before(_));
        let (began, blocks, mut looked) = (Instant::now(), last.saturating_add(1).saturating_sub(first), 0);
        let (mut txs, mut receipts) = (Vec::new(), Vec::new());
        while looked < blocks && txs.len() < size {
            let height = if is_down { last - looked } else { first + looked };
            if looked >= BLOCKS_MAX || began.elapsed() > TIME_MAX {
                if txs.is_empty() {
                    return Err(unfinished(address, direction, height));
                }
                break;
            }
            looked += 1;
            if self.header(Height::new(height))?.gas_used == 0 {
                continue;
            }
            let record = self.records.read(Height::new(height))?.ok_or(Fault::NoHeader)?;
            let mut found: Vec<usize> =
                (0..record.receipts.len()).filter(|at| concerns(&record, *at, address)).collect();
            if is_down {
                found.reverse();
            }
            txs.extend(found.iter().map(|index| convert::transaction(&record, *index)));
            receipts.extend(found.iter().map(|index| receipt(&record, *index)));
        }
        let reached_end = looked == blocks;
        if is_down {
            return Ok(TransactionsWithReceipts { txs, receipts, first_page: last == tip, last_page: reached_end });
        }
        txs.reverse();
        receipts.reverse();
        Ok(TransactionsWithReceipts { txs, receipts, first_page: reached_end, last_page: first == 0 })
    }
}

fn concerns(record: &Record, index: usize, address: Address) -> bool {
    let (transaction, sender) = (&record.transactions()[index], record.senders[index]);
    let receipt = &record.receipts[index];
    if sender == address || transaction.to() == Some(address) {
        return true;
    }
    if transaction.is_create() && sender.create(transaction.nonce()) == address {
        return true;
    }
    let word = address.into_word();
    let bloom: &Bloom = receipt.logs_bloom();
    if !bloom.contains_input(BloomInput::Raw(address.as_slice())) && !bloom.contains_input(BloomInput::Raw(&word[..])) {
        return false;
    }
    receipt.logs().iter().any(|log| log.address == address || log.topics().contains(&word))
}

fn unfinished(address: Address, direction: Direction, height: u64) -> Fault {
    let next = match direction {
        Direction::Before(_) => height + 1,
        Direction::After(_) => height - 1,
    };
    Fault::Limit(format!("no transaction of {address} among the blocks looked at: go on with block {next}"))
}
