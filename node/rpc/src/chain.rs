//! The chain's own methods (`edge_*`).

use crate::{error::Fault, node::Context};
use alloy::{
    eips::eip2718::Encodable2718,
    primitives::{Bytes, U256},
};
use alloy_rlp::Encodable;
use edgeloom_node_api::{
    ChainApiServer, Consensus, FEED_BLOCKS_MAX, FEED_BYTES_MAX, FINALITY_HEADERS_MAX, FeedBlock, Finality, Status,
    Supply,
};
use edgeloom_state::Cheated;
use edgeloom_types::{ConsensusRecord, Height};
use jsonrpsee::core::RpcResult;
use parking_lot::Mutex;
use std::sync::Arc;

#[derive(Debug)]
pub(crate) struct ChainReads {
    context: Arc<Context>,
    /// The last one added up, and the store's revision. Locked while adding, so that callers share the work.
    supply: Mutex<Option<(u64, Supply)>>,
}

impl ChainReads {
    pub(crate) const fn new(context: Arc<Context>) -> Self {
        Self { context, supply: Mutex::new(None) }
    }
}

impl ChainApiServer for ChainReads {
    fn status(&self) -> RpcResult<Status> {
        let tip = self.context.tip()?;
        Ok(Status {
            chain_id: self.context.chain_id(),
            genesis_hash: self.context.genesis_hash,
            height: tip.height.get(),
            hash: tip.hash,
            finalized: self.context.finalized()?.get(),
        })
    }

    fn feed(&self, from: u64, limit: u64) -> RpcResult<Vec<FeedBlock>> {
        Ok(feed(&self.context, from, limit)?)
    }

    fn certificate(&self, height: u64) -> RpcResult<Option<Bytes>> {
        Ok(self.context.store.certificate(Height::new(height)).map_err(Fault::from)?)
    }

    fn finality(&self, height: u64) -> RpcResult<Option<Finality>> {
        Ok(finality(&self.context, height)?)
    }

    fn founding(&self) -> RpcResult<Bytes> {
        Ok(self.context.genesis.founding().encode().into())
    }

    fn consensus(&self, height: u64) -> RpcResult<Option<Consensus>> {
        Ok(self.context.store.consensus(Height::new(height)).map_err(Fault::from)?.map(|record| consensus(&record)))
    }

    fn supply(&self) -> RpcResult<Supply> {
        let mut last = self.supply.lock();
        let (revision, tip) = (self.context.store.revision(), self.context.tip()?.height.get());
        if let Some((_, known)) = last.filter(|(at, known)| *at == revision && known.height == tip) {
            return Ok(known);
        }
        Ok(last.insert((revision, supply(&self.context)?)).1)
    }
}

fn feed(context: &Context, from: u64, limit: u64) -> Result<Vec<FeedBlock>, Fault> {
    let tip = context.tip()?.height.get();
    let end = from.saturating_add(limit.min(FEED_BLOCKS_MAX)).min(tip + 1);
    let (mut out, mut bytes) = (Vec::new(), 0);
    for height in from..end {
        let block = feed_block(context, Height::new(height))?;
        bytes += block.block.len() + block.receipts.len() + block.system_logs.len();
        if bytes > FEED_BYTES_MAX && !out.is_empty() {
            break;
        }
        out.push(block);
    }
    Ok(out)
}

fn finality(context: &Context, from: u64) -> Result<Option<Finality>, Fault> {
    let tip = context.tip()?.height.get();
    let mut headers = Vec::new();
    for height in (from..from.saturating_add(FINALITY_HEADERS_MAX).min(tip + 1)).map(Height::new) {
        let header = context.store.header(height)?.ok_or(Fault::NoHeader)?;
        headers.push(alloy_rlp::encode(&header).into());
        if let Some(certificate) = context.store.certificate(height)? {
            return Ok(Some(Finality { headers, certificate: Some(certificate) }));
        }
    }
    Ok((from <= tip).then_some(Finality { headers, certificate: None }))
}

fn feed_block(context: &Context, height: Height) -> Result<FeedBlock, Fault> {
    let record = context.records.get(height)?.ok_or(Fault::NoHeader)?;
    let encoded: Vec<Bytes> = record.receipts.iter().map(|receipt| receipt.encoded_2718().into()).collect();
    let mut receipts = Vec::with_capacity(encoded.length());
    encoded.encode(&mut receipts);
    Ok(FeedBlock {
        height: height.get(),
        hash: record.hash(),
        block: record.block.block().encode().into(),
        senders: record.senders.clone(),
        receipts: receipts.into(),
        system_logs: context.store.system_logs(height)?,
        timestamp_ms: record.block.timestamp_ms(),
    })
}

fn consensus(record: &ConsensusRecord) -> Consensus {
    Consensus {
        record: record.encode().into(),
        milliseconds: record.milliseconds,
        epoch: record.epoch,
        view: record.view,
        parent_view: record.parent_view,
        leader: record.leader,
        reveal: record.reveal.into(),
        certificates_hash: record.certificates_hash,
    }
}

fn supply(context: &Context) -> Result<Supply, Fault> {
    let (height, balances) = context.store.scan_supply()?;
    let (genesis, burned) = (context.genesis.supply(), context.store.burned(height)?);
    let Cheated { minted, taken } = context.store.cheated()?;
    let sum = |a: U256, b: U256, c: U256| a.checked_add(b)?.checked_add(c);
    let conserved = sum(balances, burned, taken).is_some_and(|after| genesis.checked_add(minted) == Some(after));
    Ok(Supply { height: height.get(), genesis, balances, burned, minted, taken, conserved })
}
