//! The `debug_*` methods: geth's tracers, and blocks as bytes.

use crate::{
    cache::Record,
    call::{Question, Stage},
    error::Fault,
    node::Context,
    trace::{Bounded, Bounds, Recorder, Reel, Scene, StructLogger, Text, Tracing, TracingCall, built_in, is_step_log},
};
use alloy::{
    eips::{BlockId, BlockNumberOrTag, eip2718::Encodable2718},
    genesis::ChainConfig,
    primitives::{B256, Bytes},
    rpc::types::TransactionRequest,
};
use alloy_consensus::{Block as RawBlock, Header, TxEnvelope};
use alloy_rlp::{Decodable, Encodable};
use jsonrpsee::{core::RpcResult, proc_macros::rpc};
use serde_json::value::RawValue;
use std::sync::Arc;

#[rpc(server, namespace = "debug")]
pub(crate) trait DebugApi {
    /// Traces a transaction as its block ran it.
    #[method(name = "traceTransaction")]
    fn trace_transaction(&self, hash: B256, options: Option<Tracing>) -> RpcResult<Box<RawValue>>;

    /// Traces a call that is not sent.
    #[method(name = "traceCall")]
    fn trace_call(
        &self,
        request: TransactionRequest,
        block: Option<BlockId>,
        options: Option<Box<TracingCall>>,
    ) -> RpcResult<Box<RawValue>>;

    /// Traces every transaction of a block.
    #[method(name = "traceBlockByNumber")]
    fn trace_block_by_number(&self, number: BlockNumberOrTag, options: Option<Tracing>) -> RpcResult<Box<RawValue>>;

    /// Traces every transaction of a block.
    #[method(name = "traceBlockByHash")]
    fn trace_block_by_hash(&self, hash: B256, options: Option<Tracing>) -> RpcResult<Box<RawValue>>;

    /// Takes the block's RLP, as `debug_getRawBlock` gives it.
    #[method(name = "traceBlock")]
    fn trace_block(&self, rlp: Bytes, options: Option<Tracing>) -> RpcResult<Box<RawValue>>;

    /// A header in RLP.
    #[method(name = "getRawHeader")]
    fn get_raw_header(&self, block: BlockId) -> RpcResult<Bytes>;

    /// A block in Ethereum's encoding.
    #[method(name = "getRawBlock")]
    fn get_raw_block(&self, block: BlockId) -> RpcResult<Bytes>;

    /// Empty for a transaction that nobody knows, as geth has it.
    #[method(name = "getRawTransaction")]
    fn get_raw_transaction(&self, hash: B256) -> RpcResult<Bytes>;

    /// A block's receipts in their EIP-2718 encoding.
    #[method(name = "getRawReceipts")]
    fn get_raw_receipts(&self, block: BlockId) -> RpcResult<Vec<Bytes>>;

    /// The code of a hash, whichever account has it.
    #[method(name = "codeByHash")]
    fn code_by_hash(&self, hash: B256, block: Option<BlockId>) -> RpcResult<Option<Bytes>>;

    /// The code of a hash by geth's name for its row: "c" and the hash. Other rows are this node's own affair.
    #[method(name = "dbGet")]
    fn db_get(&self, key: Bytes) -> RpcResult<Bytes>;

    /// Genesis' `config`.
    #[method(name = "chainConfig")]
    fn chain_config(&self) -> RpcResult<ChainConfig>;
}

#[derive(Debug)]
pub(crate) struct Debug {
    context: Arc<Context>,
}

impl Debug {
    pub(crate) const fn new(context: Arc<Context>) -> Self {
        Self { context }
    }

    /// The block, which somebody names as if it were there.
    fn record(&self, id: impl Into<BlockId>) -> Result<Arc<Record>, Fault> {
        let id = id.into();
        let unknown = || match id {
            BlockId::Hash(hash) => Fault::Refused(format!("block {} not found", hash.block_hash)),
            BlockId::Number(number) => Fault::Refused(format!("block {number} not found")),
        };
        self.context.record(id)?.ok_or_else(unknown)
    }

    fn block(&self, id: impl Into<BlockId>, options: Option<Tracing>) -> Result<Box<RawValue>, Fault> {
        self.context.trace_record(self.record(id)?, &options.unwrap_or_default())
    }
}

impl DebugApiServer for Debug {
    fn trace_transaction(&self, hash: B256, options: Option<Tracing>) -> RpcResult<Box<RawValue>> {
        Ok(self.context.trace_transaction(hash, options.unwrap_or_default())?)
    }

    fn trace_call(
        &self,
        request: TransactionRequest,
        block: Option<BlockId>,
        options: Option<Box<TracingCall>>,
    ) -> RpcResult<Box<RawValue>> {
        Ok(self.context.trace_question(request, block, *options.unwrap_or_default())?)
    }

    fn trace_block_by_number(&self, number: BlockNumberOrTag, options: Option<Tracing>) -> RpcResult<Box<RawValue>> {
        Ok(self.block(number, options)?)
    }

    fn trace_block_by_hash(&self, hash: B256, options: Option<Tracing>) -> RpcResult<Box<RawValue>> {
        Ok(self.block(hash, options)?)
    }

    fn trace_block(&self, rlp: Bytes, options: Option<Tracing>) -> RpcResult<Box<RawValue>> {
        // What is visible is final, so a block of this chain is known by its header alone.
        let header = header(&rlp).map_err(|error| Fault::Params(format!("could not decode block: {error}")))?;
        Ok(self.block(header.hash_slow(), options)?)
    }

    fn get_raw_header(&self, block: BlockId) -> RpcResult<Bytes> {
        let record = self.record(block)?;
        Ok(alloy_rlp::encode(record.block.header()).into())
    }

    fn get_raw_block(&self, block: BlockId) -> RpcResult<Bytes> {
        let record = self.record(block)?;
        let mut bytes = Vec::new();
        crate::convert::ethereum(record.block.header(), record.transactions()).encode(&mut bytes);
        Ok(bytes.into())
    }

    fn get_raw_transaction(&self, hash: B256) -> RpcResult<Bytes> {
        let found = self.context.transaction(hash)?;
        Ok(found.map(|transaction| transaction.inner.encoded_2718().into()).unwrap_or_default())
    }

    fn get_raw_receipts(&self, block: BlockId) -> RpcResult<Vec<Bytes>> {
        let record = self.record(block)?;
        Ok(record.receipts.iter().map(|receipt| receipt.encoded_2718().into()).collect())
    }

    fn code_by_hash(&self, hash: B256, _block: Option<BlockId>) -> RpcResult<Option<Bytes>> {
        Ok(self.context.store.code(hash).map_err(Fault::from)?)
    }

    fn db_get(&self, key: Bytes) -> RpcResult<Bytes> {
        let hash = key.strip_prefix(b"c").filter(|hash| hash.len() == 32);
        let hash = hash.ok_or(Fault::Unsupported("only code has a row of geth's here: \"c\" and the code's hash"))?;
        let code = self.context.store.code(B256::from_slice(hash)).map_err(Fault::from)?;
        Ok(code.ok_or_else(|| Fault::Refused("not found".into()))?)
    }

    fn chain_config(&self) -> RpcResult<ChainConfig> {
        Ok(self.context.genesis.file().config.clone())
    }
}

fn header(mut rlp: &[u8]) -> alloy_rlp::Result<Header> {
    Ok(RawBlock::<TxEnvelope, Header>::decode(&mut rlp)?.header)
}

impl Context {
    fn trace_transaction(&self, hash: B256, options: Tracing) -> Result<Box<RawValue>, Fault> {
        let place = self.place(hash)?.ok_or_else(|| Fault::Refused("transaction not found".into()))?;
        let bounds = Bounds::of(&options)?;
        let mut text = Text::default();
        if is_step_log(&options) {
            self.transaction_into(place, StructLogger::bounded(&options, bounds), &mut text)?;
        } else {
            self.transaction_into(place, built_in(options, bounds)?, &mut text)?;
        }
        text.finish()
    }

    fn transaction_into(
        &self,
        (record, index): (Arc<Record>, usize),
        tracer: Bounded<impl Recorder>,
        text: &mut Text,
    ) -> Result<(), Fault> {
        let mut reel = Reel::new(self, record, tracer)?;
        reel.skip_to(index)?;
        reel.write_next(text)
    }

    fn trace_record(&self, record: Arc<Record>, options: &Tracing) -> Result<Box<RawValue>, Fault> {
        let bounds = Bounds::of(options)?;
        let mut text = Text::default();
        if is_step_log(options) {
            self.block_into(record, StructLogger::bounded(options, bounds), &mut text)?;
        } else {
            self.block_into(record, built_in(options.clone(), bounds)?, &mut text)?;
        }
        text.finish()
    }

    fn block_into(&self, record: Arc<Record>, tracer: Bounded<impl Recorder>, text: &mut Text) -> Result<(), Fault> {
        let mut reel = Reel::new(self, record.clone(), tracer)?;
        text.array(record.transactions(), |text, transaction| {
            text.raw("{\"txHash\":")?;
            text.value(transaction.tx_hash())?;
            text.raw(",\"result\":")?;
            reel.write_next(text)?;
            text.raw("}")
        })
    }

    fn trace_question(
        &self,
        request: TransactionRequest,
        block: Option<BlockId>,
        options: TracingCall,
    ) -> Result<Box<RawValue>, Fault> {
        let TracingCall { tracing_options, state_overrides, block_overrides, tx_index } = options;
        if tx_index.is_some() {
            return Err(Fault::Unsupported("a call is traced after a block, not within one: leave out txIndex"));
        }
        let environment = block_overrides.map(Box::new);
        let stage =
            Stage::new(self, Question { request, block, state: state_overrides, environment, ..Question::default() })?;
        let bounds = Bounds::of(&tracing_options)?;
        let mut text = Text::default();
        if is_step_log(&tracing_options) {
            write_question(&stage, StructLogger::bounded(&tracing_options, bounds), &mut text)?;
        } else {
            write_question(&stage, built_in(tracing_options, bounds)?, &mut text)?;
        }
        text.finish()
    }
}

fn write_question(stage: &Stage<'_>, tracer: Bounded<impl Recorder>, text: &mut Text) -> Result<(), Fault> {
    let mut machine = stage.machine(tracer)?;
    let watched = stage.watch(&mut machine)?;
    let (tracer, state) = machine.parts();
    let block = stage.environment.block();
    tracer.inner.write(Scene { place: Default::default(), block: &block, watched: &watched, state }, text)
}
