//! When blocks come, and what time they say it is.

use super::Bench;
use crate::{
    convert::{self, Detail},
    error::Fault,
};
use alloy::{
    primitives::{Address, B256, U64, U256},
    rpc::types::Block,
};
use edgeloom_dev::{DevError, Mode, Solo};
use edgeloom_types::Height;
use jsonrpsee::{
    core::{RpcResult, async_trait},
    proc_macros::rpc,
};
use serde::Deserialize;
use std::time::Duration;

/// What `evm_mine` may be given: nothing, a timestamp, or an object.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum MineOptions {
    Timestamp(U64),
    Options { timestamp: Option<U64>, blocks: Option<U64> },
}

/// Most blocks that one call mines and returns.
const DETAILED_MAX: u64 = 256;

impl MineOptions {
    /// The timestamp of the first block, in seconds, and how many blocks.
    fn read(self) -> (Option<u64>, u64) {
        match self {
            Self::Timestamp(timestamp) => (Some(timestamp.to()), 1),
            Self::Options { timestamp, blocks } => {
                (timestamp.map(|timestamp| timestamp.to()), blocks.map_or(1, |blocks| blocks.to()))
            }
        }
    }
}

fn mine(solo: &Solo, timestamp: Option<u64>, count: u64) -> Result<(), DevError> {
    if let Some(timestamp) = timestamp {
        solo.set_next_timestamp(timestamp)?;
    }
    solo.mine(count, 1)
}

#[rpc(server)]
pub(super) trait MiningApi {
    /// Mines a block, empty or not; at a time in seconds, if one is given.
    #[method(name = "evm_mine")]
    async fn evm_mine(&self, options: Option<MineOptions>) -> RpcResult<&'static str>;

    /// Mines as `evm_mine` does and returns the blocks with their transactions: 256 at most.
    #[method(name = "anvil_mine_detailed", aliases = ["evm_mine_detailed"])]
    async fn mine_detailed(&self, options: Option<MineOptions>) -> RpcResult<Vec<Block>>;

    /// Mines blocks, each `interval` seconds (1) after the one before.
    #[method(name = "hardhat_mine", aliases = ["anvil_mine"])]
    async fn mine(&self, count: Option<U256>, interval: Option<U64>) -> RpcResult<()>;

    /// The whole offset of the clock comes back, in seconds.
    #[method(name = "evm_increaseTime", aliases = ["anvil_increaseTime"])]
    fn increase_time(&self, seconds: U64) -> RpcResult<i64>;

    /// Sets the time of the next block, in Unix seconds.
    #[method(name = "evm_setNextBlockTimestamp", aliases = ["anvil_setNextBlockTimestamp"])]
    fn set_next_block_timestamp(&self, seconds: U64) -> RpcResult<()>;

    /// By how many seconds the clock moved ahead comes back.
    #[method(name = "evm_setTime", aliases = ["anvil_setTime"])]
    fn set_time(&self, seconds: U64) -> RpcResult<u64>;

    /// Sets the seconds from each block to the next.
    #[method(name = "anvil_setBlockTimestampInterval", aliases = ["evm_setBlockTimestampInterval"])]
    fn set_block_timestamp_interval(&self, seconds: U64) -> RpcResult<()>;

    /// Lets time between blocks pass as it does.
    #[method(name = "anvil_removeBlockTimestampInterval", aliases = ["evm_removeBlockTimestampInterval"])]
    fn remove_block_timestamp_interval(&self) -> RpcResult<bool>;

    /// Seals each transaction at once, or not.
    #[method(name = "evm_setAutomine", aliases = ["anvil_setAutomine"])]
    fn set_automine(&self, automine: bool) -> RpcResult<()>;

    /// Whether each transaction is sealed at once.
    #[method(name = "anvil_getAutomine", aliases = ["hardhat_getAutomine"])]
    fn automine(&self) -> RpcResult<bool>;

    /// In seconds, as anvil counts (hardhat: milliseconds); with 0, blocks come only when they are asked for.
    #[method(name = "evm_setIntervalMining", aliases = ["anvil_setIntervalMining"])]
    fn set_interval_mining(&self, seconds: U64) -> RpcResult<()>;

    /// Seconds between blocks that are sealed by the clock; null without.
    #[method(name = "anvil_getIntervalMining")]
    fn interval_mining(&self) -> RpcResult<Option<u64>>;

    /// Sets the gas limit of the blocks to come.
    #[method(name = "evm_setBlockGasLimit", aliases = ["anvil_setBlockGasLimit"])]
    fn set_block_gas_limit(&self, gas: U64) -> RpcResult<bool>;

    /// Sets who receives the tips of the blocks to come.
    #[method(name = "hardhat_setCoinbase", aliases = ["anvil_setCoinbase"])]
    fn set_coinbase(&self, address: Address) -> RpcResult<()>;

    /// Sets `prevrandao` of the next block.
    #[method(name = "hardhat_setPrevRandao", aliases = ["anvil_setPrevRandao"])]
    fn set_prevrandao(&self, mix: U256) -> RpcResult<()>;

    /// Sets the base fee of the next block, in wei.
    #[method(name = "hardhat_setNextBlockBaseFeePerGas", aliases = ["anvil_setNextBlockBaseFeePerGas"])]
    fn set_next_block_base_fee(&self, wei: U64) -> RpcResult<()>;

    /// Refused: the base fee alone decides here.
    #[method(name = "anvil_setMinGasPrice", aliases = ["hardhat_setMinGasPrice"])]
    fn set_min_gas_price(&self, wei: U256) -> RpcResult<()>;
}

#[derive(Debug)]
pub(super) struct Mining(Bench);

impl Mining {
    pub(super) const fn new(bench: Bench) -> Self {
        Self(bench)
    }
}

#[async_trait]
impl MiningApiServer for Mining {
    async fn evm_mine(&self, options: Option<MineOptions>) -> RpcResult<&'static str> {
        let (timestamp, count) = options.map_or((None, 1), MineOptions::read);
        self.0.run(move |solo| mine(solo, timestamp, count)).await?;
        Ok("0x0")
    }

    async fn mine_detailed(&self, options: Option<MineOptions>) -> RpcResult<Vec<Block>> {
        let (timestamp, count) = options.map_or((None, 1), MineOptions::read);
        if count > DETAILED_MAX {
            return Err(Fault::Limit(format!("{count} blocks with their transactions, at most {DETAILED_MAX}")).into());
        }
        let context = self.0.context.clone();
        let mined = move |solo: &Solo| {
            mine(solo, timestamp, count)?;
            Ok(context.tip())
        };
        let tip = self.0.run(mined).await??.height.get();
        let block = |height| -> Result<Option<Block>, Fault> {
            let record = self.0.context.records.get(Height::new(height))?;
            Ok(record.map(|record| convert::block(&record, Detail::Full)))
        };
        let blocks = ((tip + 1).saturating_sub(count)..=tip).filter_map(|height| block(height).transpose());
        Ok(blocks.collect::<Result<_, Fault>>()?)
    }

    async fn mine(&self, count: Option<U256>, interval: Option<U64>) -> RpcResult<()> {
        let count = count.map_or(1, |count| count.saturating_to());
        let interval = interval.map_or(1, |interval| interval.to());
        Ok(self.0.run(move |solo| solo.mine(count, interval)).await?)
    }

    fn increase_time(&self, seconds: U64) -> RpcResult<i64> {
        Ok(self.0.solo.increase_time(seconds.to()).map_err(Fault::from)?)
    }

    fn set_next_block_timestamp(&self, seconds: U64) -> RpcResult<()> {
        Ok(self.0.solo.set_next_timestamp(seconds.to()).map_err(Fault::from)?)
    }

    fn set_time(&self, seconds: U64) -> RpcResult<u64> {
        Ok(self.0.solo.set_time(seconds.to()).map_err(Fault::from)?)
    }

    fn set_block_timestamp_interval(&self, seconds: U64) -> RpcResult<()> {
        self.0.solo.set_timestamp_interval(Some(seconds.to())).map_err(Fault::from)?;
        Ok(())
    }

    fn remove_block_timestamp_interval(&self) -> RpcResult<bool> {
        Ok(self.0.solo.set_timestamp_interval(None).map_err(Fault::from)?)
    }

    fn set_automine(&self, automine: bool) -> RpcResult<()> {
        let mode = self.0.solo.mode();
        // As anvil does: one or the other.
        let interval = mode.interval.filter(|_| !automine);
        self.0.solo.set_mode(Mode { automine, interval });
        Ok(())
    }

    fn automine(&self) -> RpcResult<bool> {
        Ok(self.0.solo.mode().automine)
    }

    fn set_interval_mining(&self, seconds: U64) -> RpcResult<()> {
        let seconds: u64 = seconds.to();
        if seconds > 31_536_000 {
            return Err(Fault::Params("an interval of more than a year".into()).into());
        }
        let interval = (seconds > 0).then(|| Duration::from_secs(seconds));
        self.0.solo.set_mode(Mode { automine: false, interval });
        Ok(())
    }

    fn interval_mining(&self) -> RpcResult<Option<u64>> {
        Ok(self.0.solo.mode().interval.map(|interval| interval.as_secs()))
    }

    fn set_block_gas_limit(&self, gas: U64) -> RpcResult<bool> {
        self.0.solo.set_gas_limit(gas.to()).map_err(Fault::from)?;
        Ok(true)
    }

    fn set_coinbase(&self, address: Address) -> RpcResult<()> {
        self.0.solo.set_coinbase(address);
        Ok(())
    }

    fn set_prevrandao(&self, mix: U256) -> RpcResult<()> {
        self.0.solo.set_prevrandao(B256::from(mix));
        Ok(())
    }

    fn set_next_block_base_fee(&self, wei: U64) -> RpcResult<()> {
        self.0.solo.set_next_base_fee(wei.to());
        Ok(())
    }

    fn set_min_gas_price(&self, _wei: U256) -> RpcResult<()> {
        let sentence = "there is no minimum gas price with EIP-1559: set the next block's base fee";
        Err(Fault::Unsupported(sentence).into())
    }
}
