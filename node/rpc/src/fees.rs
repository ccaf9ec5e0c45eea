//! What gas costs, from recent blocks.

use crate::{cache::Record, error::Fault, node::Context};
use alloy::{consensus::Transaction as _, eips::BlockNumberOrTag, rpc::types::FeeHistory};
use edgeloom_types::Height;

/// Blocks that a suggestion looks at.
const LOOK_BACK: u64 = 8;

/// Suggested tip when recent blocks have no transactions, wei per gas.
const TIP_DEFAULT: u128 = 1_000_000;

/// Most blocks and percentiles of one fee history (geth's limits).
const HISTORY_BLOCKS_MAX: u64 = 1024;
const PERCENTILES_MAX: usize = 100;

/// Most blocks of a fee history with rewards: each is read whole. Callers see what they got from where it begins.
const REWARD_BLOCKS_MAX: u64 = 256;

impl Context {
    /// The tip that 60% of recent transactions did not exceed, wei per gas.
    pub(crate) fn suggested_tip(&self) -> Result<u128, Fault> {
        let tip = self.tip()?.height.get();
        let mut tips = Vec::new();
        for height in tip.saturating_sub(LOOK_BACK - 1)..=tip {
            if let Some(record) = self.records.get(Height::new(height))? {
                tips.extend(rewards(&record).map(|(reward, _)| reward));
            }
        }
        tips.sort_unstable();
        Ok(tips.get(tips.len() * 3 / 5).copied().unwrap_or(TIP_DEFAULT))
    }

    pub(crate) fn gas_price(&self) -> Result<u128, Fault> {
        Ok(self.suggested_tip()?.saturating_add(self.next_base_fee()?.into()))
    }

    pub(crate) fn fee_history(
        &self,
        count: u64,
        newest: BlockNumberOrTag,
        percentiles: Option<&[f64]>,
    ) -> Result<FeeHistory, Fault> {
        check(percentiles.unwrap_or_default())?;
        let beyond = || Fault::Params("request beyond head block".into());
        let newest = self.height(newest.into())?.ok_or_else(beyond)?.get();
        let most = if percentiles.is_some() { REWARD_BLOCKS_MAX } else { HISTORY_BLOCKS_MAX };
        let count = count.min(most).min(newest + 1);
        if count == 0 {
            return Ok(FeeHistory::default());
        }
        let oldest = newest + 1 - count;
        let mut history = FeeHistory {
            oldest_block: oldest,
            base_fee_per_blob_gas: vec![1; count as usize + 1],
            blob_gas_used_ratio: vec![0.0; count as usize],
            reward: percentiles.map(|_| Vec::new()),
            ..FeeHistory::default()
        };
        let mut next = 0;
        for height in (oldest..=newest).map(Height::new) {
            let header = self.header(height)?;
            history.base_fee_per_gas.push(header.base_fee_per_gas.unwrap_or_default().into());
            history.gas_used_ratio.push(header.gas_used as f64 / header.gas_limit as f64);
            next = self.base_fee_after(&header);
            if let (Some(rows), Some(percentiles)) = (&mut history.reward, percentiles) {
                // Most blocks of a quiet chain are empty: their headers say so.
                let record = if header.gas_used == 0 { None } else { self.records.read(height)? };
                rows.push(
                    record.map_or_else(|| vec![0; percentiles.len()], |record| at_percentiles(&record, percentiles)),
                );
            }
        }
        // Older rules may have been others.
        let child = self.store.header(Height::new(newest + 1))?.and_then(|header| header.base_fee_per_gas);
        history.base_fee_per_gas.push(child.unwrap_or(next).into());
        Ok(history)
    }
}

fn check(percentiles: &[f64]) -> Result<(), Fault> {
    if percentiles.len() > PERCENTILES_MAX {
        return Err(Fault::Params(format!("over the query limit {PERCENTILES_MAX} of reward percentiles")));
    }
    let in_range = percentiles.iter().all(|percentile| (0.0..=100.0).contains(percentile));
    if !in_range || !percentiles.is_sorted() {
        return Err(Fault::Params("invalid reward percentile: each in 0..=100, in ascending order".into()));
    }
    Ok(())
}

/// (tip, gas used) of each transaction.
fn rewards(record: &Record) -> impl Iterator<Item = (u128, u64)> + '_ {
    let base_fee = record.base_fee();
    record.transactions().iter().enumerate().map(move |(index, transaction)| {
        (transaction.effective_tip_per_gas(base_fee).unwrap_or_default(), record.gas_used(index))
    })
}

/// The tips at which each share of the block's gas is reached.
fn at_percentiles(record: &Record, percentiles: &[f64]) -> Vec<u128> {
    let mut rewards: Vec<_> = rewards(record).collect();
    rewards.sort_unstable();
    let total = record.block.header().gas_used as f64;
    let (mut position, mut gas) = (0, rewards.first().map_or(0, |(_, gas)| *gas));
    let reached = percentiles.iter().map(|percentile| {
        let threshold = (total * percentile / 100.0) as u64;
        while gas < threshold && position + 1 < rewards.len() {
            position += 1;
            gas += rewards[position].1;
        }
        rewards.get(position).map_or(0, |(reward, _)| *reward)
    });
    reached.collect()
}
