//! One validator that seals on request, a few funded accounts, and two small contracts in genesis.

use crate::{Node, RpcConfig, Server, Submit, node::Context, serve, server::methods};
use alloy::{
    consensus::SignableTransaction as _,
    eips::eip2718::Encodable2718,
    genesis::{ChainConfig, Genesis as GenesisFile, GenesisAccount},
    primitives::{Address, B256, Bytes, TxKind, U256, address, bytes, hex},
    signers::{SignerSync as _, local::PrivateKeySigner},
};
use alloy_consensus::{TxEip1559, TxEnvelope};
use edgeloom_bindings::predeploys;
use edgeloom_bls::SecretKey;
use edgeloom_chain::{Chain, Proposal, next_base_fee};
use edgeloom_dev::{Config, Console, Mode, Parts, Solo};
use edgeloom_state::Store;
use edgeloom_txpool::{Limits, Pool};
use edgeloom_types::{Epoch, Genesis, Height, reveal_message};
use parking_lot::Mutex;
use serde_json::{Value, json};
use std::{collections::HashSet, net::SocketAddr, num::NonZeroU64, sync::Arc};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::watch,
};

pub(crate) const CHAIN_ID: u64 = 31_337;

/// Logs its calldata, with the first word as topic.
pub(crate) const LOGGER: Address = address!("00000000000000000000000000000000000000e1");
const LOGGER_CODE: Bytes = bytes!("365f5f375f35365fa100");

/// Reverts with its calldata.
pub(crate) const REVERTER: Address = address!("00000000000000000000000000000000000000e2");
const REVERTER_CODE: Bytes = bytes!("365f5f37365ffd");

/// Makes as many empty logs as the first word of its calldata says.
pub(crate) const FLOOD: Address = address!("00000000000000000000000000000000000000e3");
const FLOOD_CODE: Bytes = bytes!("5f355b5f5fa06001900380600257000000");

/// A node with its server.
pub(crate) struct World {
    pub(crate) server: Server,
    pub(crate) store: Store,
    pub(crate) pool: Arc<Pool>,
    pub(crate) sealer: Arc<Seal>,
    /// As the server's, with nothing decoded yet.
    pub(crate) context: Arc<Context>,
    /// The names of all methods of such a server.
    pub(crate) registered: Vec<&'static str>,
    pub(crate) feed: watch::Sender<Height>,
    pub(crate) heard: watch::Sender<Height>,
}

/// What a network does in its time.
pub(crate) struct Seal {
    parts: Parts,
    genesis: Arc<Genesis>,
}

pub(crate) fn signer(index: u8) -> PrivateKeySigner {
    PrivateKeySigner::from_bytes(&B256::repeat_byte(index + 1)).expect("a small scalar is a key")
}

fn voting_key() -> SecretKey {
    SecretKey::from_seed(&[1; 32]).expect("32 bytes are enough")
}

fn genesis() -> Genesis {
    let key = voting_key();
    let validator = json!({
        "identity": B256::with_last_byte(1),
        "votingKey": hex::encode_prefixed(key.public_key().to_bytes()),
        "possession": hex::encode_prefixed(key.prove_possession().to_bytes()),
        "beneficiary": Address::repeat_byte(0xbe),
    });
    let mut config = ChainConfig { chain_id: CHAIN_ID, ..Default::default() };
    config.extra_fields.insert_value("edgeloom".into(), json!({ "validators": [validator] })).expect("is JSON");
    let funded = GenesisAccount { balance: U256::from(10).pow(U256::from(22)), ..Default::default() };
    let code = |code: Bytes| GenesisAccount { nonce: Some(1), code: Some(code), ..Default::default() };
    let accounts = (0..100).map(|index| (signer(index).address(), funded.clone()));
    let predeploys =
        predeploys(Address::ZERO, NonZeroU64::new(10_000).expect("not zero")).into_iter().map(|predeploy| {
            (predeploy.address, GenesisAccount { storage: Some(predeploy.storage), ..code(predeploy.code) })
        });
    let alloc = accounts
        .chain(predeploys)
        .chain([(LOGGER, code(LOGGER_CODE)), (REVERTER, code(REVERTER_CODE)), (FLOOD, code(FLOOD_CODE))])
        .collect();
    let file = GenesisFile { config, gas_limit: 90_000_000, timestamp: 1_700_000_000, alloc, ..Default::default() };
    Genesis::new(file).expect("valid genesis")
}

/// On a free port.
pub(crate) fn local() -> RpcConfig {
    SocketAddr::from(([127, 0, 0, 1], 0)).into()
}

impl World {
    /// Seals before a hash is returned; signs for accounts 0 and 1.
    pub(crate) async fn dev() -> Self {
        Self::start(true, local()).await
    }

    /// Leaves transactions in the pool until [`Seal::seal`].
    pub(crate) async fn network() -> Self {
        Self::start(false, local()).await
    }

    /// Seals before a hash is returned, and listens as `config` says.
    pub(crate) async fn listening(config: RpcConfig) -> Self {
        Self::over(Store::memory(), true, config).await
    }

    async fn start(dev: bool, config: RpcConfig) -> Self {
        Self::over(Store::memory(), dev, config).await
    }

    pub(crate) async fn over(store: Store, dev: bool, rpc: RpcConfig) -> Self {
        Self::with_console(store, dev, rpc, None).await
    }

    pub(crate) async fn with_console(store: Store, dev: bool, rpc: RpcConfig, console: Option<Console>) -> Self {
        let genesis = Arc::new(genesis());
        let chain = Chain::open(store.clone(), genesis.clone()).expect("the store is ours");
        let pool = Arc::new(Pool::new(CHAIN_ID, next_base_fee(chain.tip().header(), 0), Limits::default()));
        let terms = chain.terms().clone();
        let (feed, heard) = (watch::Sender::new(Height::GENESIS), watch::Sender::new(Height::GENESIS));
        let parts = Parts { chain: Arc::new(Mutex::new(chain)), pool: pool.clone(), feed: feed.clone() };
        let sealer = Arc::new(Seal { parts: parts.clone(), genesis: genesis.clone() });
        let mode = Mode { automine: true, interval: None };
        let voting = B256::from(voting_key().to_bytes());
        let config = Config { genesis: genesis.clone(), identity: B256::with_last_byte(1), voting, mode, console };
        let submit = if dev { Submit::Dev(Solo::start(config, parts).expect("starts")) } else { Submit::Network };
        let node = || Node {
            store: store.clone(),
            terms: terms.clone(),
            genesis: genesis.clone(),
            pool: pool.clone(),
            feed: feed.clone(),
            heard: heard.clone(),
            peers: Arc::default(),
            submit: submit.clone(),
            dev_keys: vec![signer(0).credential().clone(), signer(1).credential().clone()],
        };
        let context = Arc::new(Context::new(node()).expect("genesis is there"));
        let registered = methods(context.clone()).expect("each once").method_names().collect();
        let server = serve(rpc, node()).await.expect("a free port");
        Self { server, store, pool, sealer, context, registered, feed, heard }
    }

    pub(crate) fn url(&self, scheme: &str) -> String {
        format!("{scheme}://{}", self.server.address)
    }

    /// One call over HTTP: its result.
    pub(crate) async fn get(&self, method: &str, params: Value) -> Value {
        let mut answer = self.ask(method, params).await;
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].take()
    }

    /// One call over HTTP: code and message of its error.
    pub(crate) async fn fail(&self, method: &str, params: Value) -> (i64, String) {
        let answer = self.ask(method, params).await;
        let error = answer.get("error").unwrap_or_else(|| panic!("{method} must fail: {answer}"));
        (error["code"].as_i64().expect("a code"), error["message"].as_str().expect("a sentence").to_owned())
    }

    pub(crate) async fn ask(&self, method: &str, params: Value) -> Value {
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let (_, answer) = self.post(body.to_string().as_bytes()).await;
        serde_json::from_str(&answer).expect("an answer in JSON")
    }

    /// Status and body.
    pub(crate) async fn post(&self, body: &[u8]) -> (u16, String) {
        let mut stream = TcpStream::connect(self.server.address).await.expect("the server listens");
        let head = format!(
            "POST / HTTP/1.1\r\nHost: {}\r\nOrigin: http://example.org\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            self.server.address,
            body.len()
        );
        stream.write_all(head.as_bytes()).await.expect("the server reads");
        // The server may refuse by the length alone, and hang up.
        drop(stream.write_all(body).await);
        let mut answer = Vec::new();
        drop(stream.read_to_end(&mut answer).await);
        let answer = String::from_utf8(answer).expect("text");
        let (head, body) = answer.split_once("\r\n\r\n").expect("head and body");
        assert!(head.to_lowercase().contains("access-control-allow-origin: *"), "{head}");
        let status = head.split(' ').nth(1).expect("a status").parse().expect("a number");
        (
            status,
            if head.to_lowercase().contains("transfer-encoding: chunked") { unchunk(body) } else { body.to_owned() },
        )
    }
}

impl World {
    /// What comes back for these bytes until the server hangs up.
    pub(crate) async fn raw(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(self.server.address).await.expect("the server listens");
        stream.write_all(request.as_bytes()).await.expect("the server reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("text");
        answer
    }
}

fn unchunk(mut body: &str) -> String {
    let mut out = String::new();
    while let Some((size, rest)) = body.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).expect("a chunk size");
        out.push_str(&rest[..size]);
        body = rest[size..].trim_start_matches("\r\n");
    }
    out
}

impl Seal {
    /// Puts everything that can be executed into a final block, if that is anything.
    pub(crate) fn seal(&self) {
        let Parts { chain, pool, feed } = &self.parts;
        let mut chain = chain.lock();
        let parent = chain.tip().clone();
        let candidates = pool.best(0, &HashSet::new());
        if candidates.is_empty() {
            return;
        }
        let height = parent.height().next();
        let epoch = Epoch::containing(height, self.genesis.config().epoch_length);
        let proposal = Proposal {
            parent: parent.hash(),
            timestamp_ms: parent.timestamp_ms() + 1000,
            beneficiary: Address::repeat_byte(0xbe),
            context: (epoch.get(), height.get(), height.get() - 1),
            leader: B256::with_last_byte(1),
            reveal: voting_key().sign(&reveal_message(chain.genesis_hash(), epoch, height)).to_bytes(),
            certificates: Vec::new(),
        };
        let (block, rejected) = chain.propose(proposal, candidates.into_iter()).expect("proposes");
        pool.discard(&rejected);
        let transactions = &block.block().transactions;
        if transactions.is_empty() {
            return;
        }
        let decided = chain.finalize(&block, None).expect("finalizes").expect("is new");
        pool.decided(&decided.accounts, next_base_fee(decided.block.header(), 0));
        feed.send_replace(decided.block.height());
    }
}

/// A transaction that `signer(from)` signs.
pub(crate) fn sign(from: u8, transaction: TxEip1559) -> Bytes {
    let signature = signer(from).sign_hash_sync(&transaction.signature_hash()).expect("a local key signs");
    TxEnvelope::from(transaction.into_signed(signature)).encoded_2718().into()
}

pub(crate) fn request(nonce: u64, to: Address) -> TxEip1559 {
    TxEip1559 {
        chain_id: CHAIN_ID,
        nonce,
        gas_limit: 100_000,
        max_fee_per_gas: 10_000_000_000,
        max_priority_fee_per_gas: 7,
        to: TxKind::Call(to),
        ..Default::default()
    }
}

pub(crate) fn transfer(from: u8, nonce: u64) -> Bytes {
    let to = Address::repeat_byte(0x70);
    sign(from, TxEip1559 { value: U256::from(5), gas_limit: 21_000, ..request(nonce, to) })
}

pub(crate) fn number(value: &Value) -> u64 {
    value.as_str().expect("a quantity").parse::<U256>().expect("hex").to()
}
