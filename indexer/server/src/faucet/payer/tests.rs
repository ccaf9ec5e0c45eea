//! What a real chain cannot be made to do at a chosen moment: take a nonce away, or be gone between writing and sending. The
//! ledger here knows nonces, receipts and nothing else; journeys pay on a real chain.

use super::*;
use crate::store::payments::Allowance;
use alloy::{eips::eip2718::Decodable2718 as _, primitives::B256, signers::local::PrivateKeySigner};
use jsonrpsee::{
    RpcModule,
    server::{Server, ServerHandle},
    types::ErrorObjectOwned,
};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

/// Transactions of one account, in the order of their nonces; `None` for somebody else's.
#[derive(Clone, Default)]
struct Ledger(Arc<Mutex<Vec<Option<TxEnvelope>>>>);

impl Ledger {
    async fn serve(&self) -> (Nodes, ServerHandle) {
        let mut module = RpcModule::new(self.clone());
        let answers = [
            ("eth_getBalance", json!("0xffffffffffffffff")),
            ("eth_chainId", json!("0x7a69")),
            ("eth_gasPrice", json!("0x1")),
            ("eth_estimateGas", json!("0x5208")),
        ];
        for (method, answer) in answers {
            module.register_method(method, move |_, _, _| answer.clone()).unwrap();
        }
        let count = |_: jsonrpsee::types::Params<'_>, ledger: &Ledger, _: &_| format!("{:#x}", ledger.txs().len());
        module.register_method("eth_getTransactionCount", count).unwrap();
        module
            .register_method("eth_sendRawTransaction", |params, ledger, _| {
                let raw: alloy::primitives::Bytes = params.one()?;
                let tx = TxEnvelope::decode_2718(&mut raw.as_ref()).unwrap();
                use alloy::consensus::Transaction as _;
                let mut txs = ledger.txs();
                if tx.nonce() != txs.len() as u64 {
                    return Err(ErrorObjectOwned::owned(-32000, "nonce too low", None::<()>));
                }
                txs.push(Some(tx.clone()));
                Ok(*tx.tx_hash())
            })
            .unwrap();
        module
            .register_method("eth_getTransactionReceipt", |params, ledger, _| {
                let hash: B256 = params.one().unwrap();
                let is_there = ledger.txs().iter().flatten().any(|tx| *tx.tx_hash() == hash);
                if is_there { receipt(hash) } else { Value::Null }
            })
            .unwrap();
        let server = Server::builder().build("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", server.local_addr().unwrap()).parse().unwrap();
        (Nodes::new(&[url]).unwrap(), server.start(module))
    }

    fn txs(&self) -> std::sync::MutexGuard<'_, Vec<Option<TxEnvelope>>> {
        self.0.lock().unwrap()
    }

    fn paid(&self, account: Address) -> usize {
        use alloy::consensus::Transaction as _;
        let pays = |tx: &&Option<TxEnvelope>| tx.as_ref().is_some_and(|tx| tx.to() == Some(account));
        let txs = self.txs();
        txs.iter().filter(pays).count()
    }
}

fn receipt(hash: B256) -> Value {
    let zero = format!("{:#x}", B256::ZERO);
    json!({
        "transactionHash": hash, "transactionIndex": "0x0", "blockHash": zero, "blockNumber": "0x1",
        "from": Address::ZERO, "to": Address::ZERO, "cumulativeGasUsed": "0x1", "gasUsed": "0x1", "effectiveGasPrice": "0x1",
        "contractAddress": null, "logs": [], "logsBloom": alloy::primitives::Bloom::ZERO, "status": "0x1", "type": "0x2",
    })
}

struct World {
    ledger: Ledger,
    store: Store,
    payer: Payer,
    _server: ServerHandle,
    _folder: TempDir,
}

const ACCOUNT: Address = Address::repeat_byte(5);

impl World {
    async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let store = Store::open(&folder.path().join("index.db")).await.unwrap();
        let ledger = Ledger::default();
        let (nodes, server) = ledger.serve().await;
        let allowance = Allowance { window_ms: 1 << 40, account_max: 1, peer_max: 9, total_max: U256::MAX };
        let terms = Terms { key: PrivateKeySigner::random(), amount: U256::from(7), allowance };
        let (_, payer) = faucet(store.clone(), nodes, terms);
        Self { ledger, store, payer, _server: server, _folder: folder }
    }

    /// A payment that was written and not sent.
    async fn owe(&self) -> Payment {
        let mut payment = Payment {
            number: 0,
            account: ACCOUNT,
            peer: vec![1],
            amount: U256::from(7),
            ms: now_ms(),
            payer: self.payer.terms.key.address(),
            nonce: 0,
            tx: B256::ZERO,
            raw: Default::default(),
        };
        self.payer.sign(&mut payment, 0, 21_000).await.unwrap();
        payment.number = self.store.owe(&payment, &self.payer.terms.allowance).await.unwrap().unwrap();
        payment
    }

    async fn owed(&self) -> usize {
        self.store.owed(self.payer.terms.key.address()).await.unwrap().len()
    }
}

#[tokio::test]
async fn what_was_written_and_not_sent_is_sent_once() {
    let world = World::new().await;
    world.owe().await;
    for left in [1, 0, 0] {
        world.payer.tend().await.unwrap();
        assert_eq!((world.ledger.paid(ACCOUNT), world.owed().await), (1, left));
    }
}

#[tokio::test]
async fn a_payment_whose_nonce_was_taken_gets_another_and_lands_once() {
    let world = World::new().await;
    let first = world.owe().await;
    world.ledger.txs().push(None);
    world.payer.tend().await.unwrap();
    let txs = world.ledger.txs().clone();
    assert_eq!(world.ledger.paid(ACCOUNT), 1);
    assert!(txs.iter().flatten().all(|tx| *tx.tx_hash() != first.tx), "another transaction");
    world.payer.tend().await.unwrap();
    world.payer.tend().await.unwrap();
    assert_eq!((world.ledger.paid(ACCOUNT), world.owed().await), (1, 0));
}

#[tokio::test]
async fn one_that_landed_before_the_crash_is_settled_and_not_sent() {
    let world = World::new().await;
    let payment = world.owe().await;
    world.payer.nodes.send(&payment.raw).await.unwrap();
    world.ledger.txs().push(None);
    world.payer.tend().await.unwrap();
    assert_eq!((world.ledger.paid(ACCOUNT), world.owed().await), (1, 0));
}

#[tokio::test]
async fn payments_follow_each_other_and_a_second_one_is_refused() {
    let world = World::new().await;
    for byte in 1..=4 {
        world.payer.pay(Address::repeat_byte(byte), vec![byte]).await.unwrap();
    }
    assert_eq!(world.ledger.txs().len(), 4);
    let again = world.payer.pay(Address::repeat_byte(1), vec![9]).await;
    assert!(matches!(again, Err(Unpaid::Account(..))), "{again:?}");
}
