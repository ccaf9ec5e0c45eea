//! Blocks as a node would send them: real headers, transactions, receipts and ABI-encoded events, but no chain behind
//! them, so that a test can say anything. And a server that sends them over the node's own wire.

#[path = "testing/institutions.rs"]
pub(crate) mod institutions;
#[path = "testing/market.rs"]
pub(crate) mod market;
#[path = "testing/nft.rs"]
pub(crate) mod nft;

use alloy::{
    primitives::{
        Address, B256, Bytes, Log, Signature, TxKind, U256,
        aliases::{U40, U96},
        keccak256,
    },
    sol_types::SolEvent,
};
use alloy_consensus::{
    Header, Receipt, ReceiptEnvelope, SignableTransaction, TxEip1559, TxEnvelope,
    constants::EMPTY_WITHDRAWALS,
    proofs::{calculate_receipt_root, calculate_transaction_root},
};
use alloy_rlp::Encodable;
use edgeloom_bindings::{ICredits, IEdgeStaking, IJobMarket, IModelRegistry, IStakeBook, ITheta, addresses};
use edgeloom_node_api::{ChainApiServer, Consensus, FEED_BLOCKS_MAX, FeedBlock, Finality, Status, Supply};
use edgeloom_types::{Block, ConsensusRecord, encode_system_logs, system_logs_hash};
use jsonrpsee::{
    RpcModule,
    core::RpcResult,
    server::{Server, ServerConfig, ServerHandle},
    types::ErrorCode,
};
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};
use tokio::sync::broadcast;
use url::Url;

pub(crate) const CHAIN_ID: u64 = 31337;
pub(crate) const ETHER: u128 = 1_000_000_000_000_000_000;

pub(crate) const REQUESTER: Address = Address::repeat_byte(0x11);
pub(crate) const WORKER: Address = Address::repeat_byte(0x22);
/// That the worker runs.
pub(crate) const NODE: u32 = 1;
pub(crate) const MODEL: B256 = B256::repeat_byte(0x33);

/// What a transaction did.
#[derive(Clone, Debug)]
pub(crate) struct Tx {
    pub(crate) from: Address,
    pub(crate) to: TxKind,
    pub(crate) value: U256,
    pub(crate) success: bool,
    pub(crate) logs: Vec<Log>,
}

impl Tx {
    pub(crate) fn new(from: Address, to: Address) -> Self {
        Self { from, to: TxKind::Call(to), value: U256::ZERO, success: true, logs: Vec::new() }
    }

    pub(crate) fn value(mut self, wei: u128) -> Self {
        self.value = U256::from(wei);
        self
    }

    pub(crate) fn log(mut self, contract: Address, event: &impl SolEvent) -> Self {
        self.logs.push(Log { address: contract, data: event.encode_log_data() });
        self
    }
}

/// Blocks that follow from each other.
#[derive(Clone, Debug)]
pub(crate) struct Blocks {
    pub(crate) feed: Vec<FeedBlock>,
    pub(crate) chain_id: u64,
    nonce: u64,
    ms: u64,
}

impl Blocks {
    /// A chain of which there is only genesis. Different salts give different chains.
    pub(crate) fn new(salt: u8) -> Self {
        Self::founded(salt, &[])
    }

    /// A chain whose founders' calls wrote `system_logs`.
    pub(crate) fn founded(salt: u8, system_logs: &[Log]) -> Self {
        let mut blocks = Self { feed: Vec::new(), chain_id: CHAIN_ID, nonce: 0, ms: 1_700_000_000_000 };
        let header = Header { mix_hash: B256::repeat_byte(salt), ..root_header(&[], &[]) };
        blocks.seal(Header { timestamp: blocks.ms / 1000, ..header }, Vec::new(), Vec::new(), Vec::new(), system_logs);
        blocks
    }

    pub(crate) fn genesis(&self) -> B256 {
        self.feed[0].hash
    }

    pub(crate) fn tip(&self) -> &FeedBlock {
        &self.feed[self.feed.len() - 1]
    }

    pub(crate) fn push(&mut self, txs: Vec<Tx>) {
        self.push_with(&[], txs);
    }

    /// A block whose own calls wrote `system_logs`.
    pub(crate) fn push_with(&mut self, system_logs: &[Log], txs: Vec<Tx>) {
        let (mut transactions, mut receipts, mut gas) = (Vec::new(), Vec::new(), 0);
        for tx in &txs {
            let unsigned = TxEip1559 {
                chain_id: self.chain_id,
                nonce: self.nonce,
                to: tx.to,
                value: tx.value,
                ..Default::default()
            };
            // Nobody recovers the sender: the node says who it was.
            transactions.push(TxEnvelope::from(unsigned.into_signed(Signature::test_signature())));
            self.nonce += 1;
            gas += 21_000;
            let receipt = Receipt { status: tx.success.into(), cumulative_gas_used: gas, logs: tx.logs.clone() };
            receipts.push(ReceiptEnvelope::Eip1559(receipt.into()));
        }
        self.ms += 250;
        let header = Header {
            number: self.tip().height + 1,
            parent_hash: self.tip().hash,
            timestamp: self.ms / 1000,
            gas_used: gas,
            ..root_header(&transactions, &receipts)
        };
        self.seal(header, transactions, receipts, txs.iter().map(|tx| tx.from).collect(), system_logs);
    }

    fn seal(
        &mut self,
        mut header: Header,
        transactions: Vec<TxEnvelope>,
        receipts: Vec<ReceiptEnvelope>,
        senders: Vec<Address>,
        system_logs: &[Log],
    ) {
        header.requests_hash = Some(system_logs_hash(system_logs));
        let consensus = ConsensusRecord { milliseconds: (self.ms % 1000) as u16, ..ConsensusRecord::GENESIS };
        header.extra_data = consensus.commitment().into();
        let (height, hash) = (header.number, header.hash_slow());
        let block = Block { header, consensus, transactions, certificates: Vec::new() };
        let block = Bytes::from(block.encode());
        self.feed.push(FeedBlock {
            height,
            hash,
            block,
            senders,
            receipts: encode_receipts(&receipts),
            system_logs: encode_system_logs(system_logs),
            timestamp_ms: self.ms,
        });
    }
}

fn root_header(transactions: &[TxEnvelope], receipts: &[ReceiptEnvelope]) -> Header {
    Header {
        transactions_root: calculate_transaction_root(transactions),
        receipts_root: calculate_receipt_root(receipts),
        base_fee_per_gas: Some(1),
        withdrawals_root: Some(EMPTY_WITHDRAWALS),
        blob_gas_used: Some(0),
        excess_blob_gas: Some(0),
        parent_beacon_block_root: Some(B256::ZERO),
        ..Header::default()
    }
}

pub(crate) fn encode_receipts(receipts: &[ReceiptEnvelope]) -> Bytes {
    use alloy::eips::eip2718::Encodable2718;
    let list: Vec<Bytes> = receipts.iter().map(|receipt| receipt.encoded_2718().into()).collect();
    let mut out = Vec::new();
    list.encode(&mut out);
    out.into()
}

/// A registered model and a bonded worker: what a market needs.
pub(crate) fn opening() -> Vec<Tx> {
    let model = IModelRegistry::ModelRegistered {
        modelId: MODEL,
        owner: REQUESTER,
        manifest: Address::repeat_byte(0x44),
        inputBytes: 64,
        outputBytes: 10,
        macs: 4096,
        inferGas: 50_000,
        name: "digits".into(),
        metadata: r#"{"licence":"CC BY 4.0"}"#.into(),
    };
    let amount = U256::from(20_000 * ETHER);
    let registered = IStakeBook::NodeRegistered { node: NODE, owner: WORKER, operator: WORKER, role: 0 };
    let staked = IStakeBook::Staked { node: NODE, source: WORKER, amount, shares: amount };
    vec![
        Tx::new(REQUESTER, addresses::MODEL_REGISTRY).log(addresses::MODEL_REGISTRY, &model),
        Tx::new(WORKER, addresses::EDGE_STAKING)
            .value(20_000 * ETHER)
            .log(addresses::EDGE_STAKING, &registered)
            .log(addresses::EDGE_STAKING, &staked),
    ]
}

pub(crate) fn post(id: u64, price: u128) -> Tx {
    post_input(id, price, vec![id as u8; 64])
}

pub(crate) fn post_input(id: u64, price: u128, input: Vec<u8>) -> Tx {
    post_many(id, price, 1, input)
}

/// An order of `count` jobs.
pub(crate) fn post_many(order: u64, price: u128, count: u32, inputs: Vec<u8>) -> Tx {
    let terms = IJobMarket::Terms {
        requester: REQUESTER,
        kind: 1,
        burnShare: 2_500,
        count,
        workSeconds: 60,
        takeBy: U40::from(1_700_000_600),
        price: U96::from(price),
        bond: U96::from(price.max(ETHER)),
        subject: MODEL,
        inputRoot: keccak256(&inputs),
        ..Default::default()
    };
    let (order, requester, subject) = (U256::from(order), REQUESTER, MODEL);
    let posted = IJobMarket::JobsPosted { order, requester, subject, terms, inputs: inputs.into() };
    let value = price * u128::from(count);
    Tx::new(REQUESTER, addresses::JOB_MARKET).value(value).log(addresses::JOB_MARKET, &posted)
}

pub(crate) fn take(id: u64, price: u128) -> Tx {
    take_of(id, id, price)
}

pub(crate) fn take_of(order: u64, id: u64, price: u128) -> Tx {
    let (job, order, deadline) = (U256::from(id), U256::from(order), U256::from(1_700_000_900));
    let taken = IJobMarket::JobTaken { jobId: job, order, worker: WORKER, deadline };
    let amount = U256::from(price.max(ETHER));
    let market = addresses::JOB_MARKET;
    let locked = IEdgeStaking::Locked { worker: WORKER, node: NODE, jobId: order, amount, market };
    Tx::new(WORKER, addresses::JOB_MARKET).log(addresses::JOB_MARKET, &taken).log(addresses::EDGE_STAKING, &locked)
}

pub(crate) fn settle(id: u64, price: u128) -> Tx {
    let answered = IJobMarket::JobAnswered { jobId: U256::from(id), output: vec![7; 10].into() };
    let closed = closed(id, (IJobMarket::Phase::Settled, IJobMarket::Reason::CorrectAnswer), WORKER, price);
    let amount = U256::from(price.max(ETHER));
    let market = addresses::JOB_MARKET;
    let unlocked = IEdgeStaking::Unlocked { worker: WORKER, node: NODE, jobId: U256::from(id), amount, market };
    Tx::new(WORKER, addresses::JOB_MARKET)
        .log(addresses::JOB_MARKET, &answered)
        .log(addresses::JOB_MARKET, &closed)
        .log(addresses::EDGE_STAKING, &unlocked)
}

/// A wrong answer (`WrongAnswer`) or none in time (`NotSubmitted`): the bond is gone.
pub(crate) fn slash(id: u64, price: u128, reason: IJobMarket::Reason) -> Tx {
    let (phase, code) = match reason {
        IJobMarket::Reason::WrongAnswer => (IJobMarket::Phase::Rejected, 5),
        _ => (IJobMarket::Phase::Expired, 4),
    };
    let closed = closed(id, (phase, reason), WORKER, 0);
    let credited = ICredits::Credited { account: REQUESTER, amount: U256::from(price) };
    let bond = U256::from(price.max(ETHER));
    let market = addresses::JOB_MARKET;
    let slashed =
        IEdgeStaking::Slashed { worker: WORKER, node: NODE, jobId: U256::from(id), amount: bond, reason: code, market };
    let lost = IStakeBook::NodeSlashed {
        node: NODE,
        epoch: 0,
        lost: bond,
        unstaking: U256::ZERO,
        toReporter: U256::ZERO,
        reporter: Address::ZERO,
        reason: code,
    };
    Tx::new(WORKER, addresses::JOB_MARKET)
        .log(addresses::JOB_MARKET, &closed)
        .log(addresses::JOB_MARKET, &credited)
        .log(addresses::EDGE_STAKING, &slashed)
        .log(addresses::EDGE_STAKING, &lost)
}

/// What is left of an order, `count` jobs.
pub(crate) fn cancel(order: u64, count: u32) -> Tx {
    let returned = IJobMarket::JobsReturned {
        order: U256::from(order),
        requester: REQUESTER,
        phase: IJobMarket::Phase::Cancelled,
        reason: IJobMarket::Reason::CancelledByRequester,
        count: U256::from(count),
        refunded: U256::ZERO,
    };
    Tx::new(REQUESTER, addresses::JOB_MARKET).log(addresses::JOB_MARKET, &returned)
}

pub(crate) fn closed(
    id: u64,
    end: (IJobMarket::Phase, IJobMarket::Reason),
    worker: Address,
    paid: u128,
) -> IJobMarket::JobClosed {
    let evidence = if worker.is_zero() { B256::ZERO } else { B256::repeat_byte(0x55) };
    let (job, (phase, reason), paid) = (U256::from(id), end, U256::from(paid));
    IJobMarket::JobClosed { jobId: job, order: job, worker, phase, reason, paid, evidence }
}

pub(crate) fn theta(from: Address, to: Address, amount: u128) -> Tx {
    let moved = ITheta::Transfer { from, to, amount: U256::from(amount) };
    Tx::new(from, addresses::THETA).log(addresses::THETA, &moved)
}

/// A chain on which every kind of row changes: `length` blocks with two jobs each, in all their endings.
pub(crate) fn busy(length: u64) -> Blocks {
    let mut blocks = Blocks::new(0);
    blocks.push(opening());
    for n in 0..length {
        let (a, b, price) = (2 * n + 1, 2 * n + 2, ETHER / 10 * u128::from(1 + n % 7));
        blocks.push(vec![post(a, price), post(b, price), theta(REQUESTER, WORKER, 5 + u128::from(n % 3))]);
        let ending = match n % 10 {
            3 => slash(b, price, IJobMarket::Reason::WrongAnswer),
            6 => slash(b, price, IJobMarket::Reason::NotSubmitted),
            _ => settle(b, price),
        };
        blocks.push(vec![take(a, price), take(b, price), settle(a, price), ending]);
    }
    blocks
}

/// A node that has only the wire: `edge_*` over recorded blocks, and `eth_subscribe` for new heads.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    blocks: Arc<Mutex<Blocks>>,
    heads: broadcast::Sender<u64>,
    /// Requests answered so far.
    pub(crate) requests: Arc<AtomicUsize>,
    /// Blocks that it claims beyond those it has.
    pub(crate) boast: u64,
    /// Whether it takes blocks back when it is told to.
    pub(crate) development: bool,
}

impl Node {
    pub(crate) fn new(blocks: Blocks) -> Self {
        let (blocks, heads) = (Arc::new(Mutex::new(blocks)), broadcast::Sender::new(1024));
        Self { blocks, heads, requests: Arc::default(), boast: 0, development: false }
    }

    pub(crate) fn push(&self, txs: Vec<Tx>) {
        let mut blocks = self.blocks.lock().expect("no test panics while it holds the lock");
        blocks.push(txs);
        // Nobody need be listening.
        let _listeners = self.heads.send(blocks.tip().height);
    }

    /// Has another past from now on, and tells nobody.
    pub(crate) fn replace(&self, blocks: Blocks) {
        *self.blocks() = blocks;
    }

    fn blocks(&self) -> std::sync::MutexGuard<'_, Blocks> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.blocks.lock().expect("no test panics while it holds the lock")
    }

    /// Serves HTTP and WebSocket on `addr` until the handle is dropped.
    pub(crate) async fn serve(&self, addr: &str) -> (Url, ServerHandle) {
        let config = ServerConfig::builder().max_response_body_size(64 << 20).build();
        let server = Server::builder().set_config(config).build(addr).await.expect("the port is free");
        let url = format!("http://{}", server.local_addr().expect("bound")).parse().expect("a URL");
        (url, server.start(self.module()))
    }

    fn module(&self) -> RpcModule<()> {
        let mut module = RpcModule::new(());
        module.merge(ChainApiServer::into_rpc(self.clone())).expect("first of its name");
        if self.development {
            module.register_method("hardhat_metadata", |_, (), _| serde_json::json!({})).expect("first of its name");
        }
        let heads = self.heads.clone();
        let subscribe =
            move |_: jsonrpsee::types::Params<'static>, pending: jsonrpsee::PendingSubscriptionSink, _, _| {
                let mut heads = heads.subscribe();
                async move {
                    let Ok(sink) = pending.accept().await else { return };
                    while let Ok(head) = heads.recv().await {
                        let head = serde_json::json!({ "number": format!("{head:#x}") });
                        let message = serde_json::value::to_raw_value(&head).expect("JSON");
                        if sink.send(message).await.is_err() {
                            return;
                        }
                    }
                }
            };
        module.register_subscription("eth_subscribe", "eth_subscription", "eth_unsubscribe", subscribe).expect("one");
        module
    }
}

impl ChainApiServer for Node {
    fn status(&self) -> RpcResult<Status> {
        let blocks = self.blocks();
        let (tip, genesis_hash) = (blocks.tip(), blocks.genesis());
        Ok(Status {
            chain_id: blocks.chain_id,
            genesis_hash,
            height: tip.height + self.boast,
            hash: tip.hash,
            finalized: tip.height,
        })
    }

    fn feed(&self, from: u64, limit: u64) -> RpcResult<Vec<FeedBlock>> {
        Ok(self.blocks().feed.iter().skip(from as usize).take(limit.min(FEED_BLOCKS_MAX) as usize).cloned().collect())
    }

    fn consensus(&self, _height: u64) -> RpcResult<Option<Consensus>> {
        Err(ErrorCode::MethodNotFound.into())
    }

    fn certificate(&self, _height: u64) -> RpcResult<Option<Bytes>> {
        Err(ErrorCode::MethodNotFound.into())
    }

    fn finality(&self, _height: u64) -> RpcResult<Option<Finality>> {
        Err(ErrorCode::MethodNotFound.into())
    }

    fn founding(&self) -> RpcResult<Bytes> {
        Err(ErrorCode::MethodNotFound.into())
    }

    fn supply(&self) -> RpcResult<Supply> {
        Err(ErrorCode::MethodNotFound.into())
    }
}
