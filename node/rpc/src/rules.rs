//! What the chain's rules are and what this node can answer, for tools that ask before they act; and the words of proof
//! of work, which this chain does not have.

use crate::{error::Fault, node::Context};
use alloy::{
    eips::{
        eip2124::ForkHash,
        eip7840::BlobParams,
        eip7910::{EthConfig, EthForkConfig, SystemContract},
    },
    primitives::{Address, B64, B256, U64, U256},
};
use edgeloom_bindings::addresses;
use jsonrpsee::{core::RpcResult, proc_macros::rpc};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Of the nodes' own protocol, which is not devp2p's.
const PROTOCOL: u64 = 1;

#[rpc(server, namespace = "eth")]
pub(crate) trait RulesApi {
    /// Forks, precompiles and system contracts in force (EIP-7910).
    #[method(name = "config")]
    fn config(&self) -> RpcResult<EthConfig>;

    /// From which height on this node has what.
    #[method(name = "capabilities")]
    fn capabilities(&self) -> RpcResult<Capabilities>;

    /// Wei per gas that the next block burns.
    #[method(name = "baseFee")]
    fn base_fee(&self) -> RpcResult<U256>;

    /// Version of the protocol between nodes.
    #[method(name = "protocolVersion")]
    fn protocol_version(&self) -> RpcResult<U64>;

    /// Who is paid for blocks, when one validator makes all of them.
    #[method(name = "coinbase")]
    fn coinbase(&self) -> RpcResult<Address>;

    /// Always false: blocks are voted for, not mined.
    #[method(name = "mining")]
    fn mining(&self) -> RpcResult<bool>;

    /// Always zero: blocks are voted for, not mined.
    #[method(name = "hashrate")]
    fn hashrate(&self) -> RpcResult<U64>;

    /// Always an error: there is no proof of work.
    #[method(name = "getWork")]
    fn get_work(&self) -> RpcResult<[B256; 3]>;

    /// Always an error: there is no proof of work.
    #[method(name = "submitWork")]
    fn submit_work(&self, nonce: B64, pow_hash: B256, digest: B256) -> RpcResult<bool>;

    /// Always an error: there is no proof of work.
    #[method(name = "submitHashrate")]
    fn submit_hashrate(&self, rate: U256, id: B256) -> RpcResult<bool>;
}

/// What is held from which height on.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Capabilities {
    head: Head,
    state: Held,
    tx: Held,
    logs: Held,
    receipts: Held,
    blocks: Held,
    stateproofs: Held,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Head {
    number: U64,
    hash: B256,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Held {
    disabled: bool,
    oldest_block: U64,
}

impl Held {
    fn from(height: u64) -> Self {
        Self { disabled: false, oldest_block: U64::from(height) }
    }
}

#[derive(Debug)]
pub(crate) struct Rules {
    context: Arc<Context>,
}

impl Rules {
    pub(crate) const fn new(context: Arc<Context>) -> Self {
        Self { context }
    }
}

fn no_work<T>() -> RpcResult<T> {
    Err(Fault::Unsupported("there is no proof of work on this chain").into())
}

impl RulesApiServer for Rules {
    fn config(&self) -> RpcResult<EthConfig> {
        let fork = ForkHash::from(self.context.genesis_hash);
        let current = EthForkConfig {
            activation_time: 0,
            blob_schedule: BlobParams { target_blob_count: 0, max_blob_count: 0, ..BlobParams::osaka() },
            chain_id: self.context.chain_id(),
            // Every fork is active from genesis on, so genesis alone is hashed (EIP-6122).
            fork_id: fork.0.into(),
            precompiles: edgeloom_evm::precompiles(),
            system_contracts: [(SystemContract::HistoryStorage, addresses::HISTORY_STORAGE)].into(),
        };
        Ok(EthConfig { current, next: None, last: None })
    }

    fn capabilities(&self) -> RpcResult<Capabilities> {
        let tip = self.context.tip()?;
        let head = Head { number: U64::from(tip.height.get()), hash: tip.hash };
        // Pruning takes states and what proves them; blocks stay.
        let oldest = self.context.store.oldest().get();
        let (state, stateproofs) = (Held::from(oldest), Held::from(oldest));
        let whole = || Held::from(0);
        let (tx, logs, receipts, blocks) = (whole(), whole(), whole(), whole());
        Ok(Capabilities { head, state, tx, logs, receipts, blocks, stateproofs })
    }

    fn base_fee(&self) -> RpcResult<U256> {
        Ok(U256::from(self.context.next_base_fee()?))
    }

    fn protocol_version(&self) -> RpcResult<U64> {
        Ok(U64::from(PROTOCOL))
    }

    fn coinbase(&self) -> RpcResult<Address> {
        let term = self.context.terms.of_block(self.context.tip()?.height.next());
        let mut seats = term.committee.seats();
        match (seats.next(), seats.next()) {
            (Some(only), None) => Ok(only.beneficiary),
            _ => Err(Fault::Unsupported("each validator has a beneficiary of its own").into()),
        }
    }

    fn mining(&self) -> RpcResult<bool> {
        Ok(false)
    }

    fn hashrate(&self) -> RpcResult<U64> {
        Ok(U64::ZERO)
    }

    fn get_work(&self) -> RpcResult<[B256; 3]> {
        no_work()
    }

    fn submit_work(&self, _nonce: B64, _pow_hash: B256, _digest: B256) -> RpcResult<bool> {
        no_work()
    }

    fn submit_hashrate(&self, _rate: U256, _id: B256) -> RpcResult<bool> {
        no_work()
    }
}
