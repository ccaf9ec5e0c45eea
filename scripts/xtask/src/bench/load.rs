//! The load: pre-signed transactions in JSON-RPC batches, and how they are sent and counted.

use super::{
    client::{Client, DEADLINE, batch},
    token::{self, LoadToken},
};
use alloy::{
    consensus::{SignableTransaction as _, TxEip1559, TxEnvelope},
    eips::Encodable2718 as _,
    primitives::{Address, B256, Bytes, Signature, TxKind, U256, hex},
    signers::local::PrivateKeySigner,
    sol_types::SolCall as _,
};
use edgeloom_tests::dev_signer;
use eyre::{Result, WrapErr, bail, ensure, eyre};
use k256::ecdsa::SigningKey;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const CHAIN_ID: u64 = 31337;

/// The dev account that deploys, which sends nothing else.
const DEPLOYER: u32 = 19;

/// How much is sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Volume {
    /// Dev accounts from the first on.
    pub(super) senders: u32,
    /// Transactions of each.
    pub(super) each: u64,
    /// Calls in one request.
    pub(super) batch: usize,
    pub(super) connections: usize,
}

pub(super) struct Load {
    volume: Volume,
    /// Sent first, one at a time, and not timed.
    setup: Vec<TxEnvelope>,
    /// Bodies of POST requests, by sender; a sender's are in nonce order.
    lanes: Vec<Vec<String>>,
    senders: Vec<Address>,
    hashes: Vec<B256>,
}

impl Load {
    /// Transfers of 1 wei to accounts that do not exist yet.
    pub(super) fn transfers(volume: Volume) -> Result<Self> {
        Self::sign(volume, Vec::new(), |to| Call { to, value: U256::from(1), input: Bytes::new(), gas: 21_000 })
    }

    /// Transfers of 1 unit of an ERC-20 token to accounts that hold none yet.
    pub(super) fn token_transfers(volume: Volume) -> Result<Self> {
        let (deployment, token) = deployment(volume.senders)?;
        Self::sign(volume, vec![deployment], |to| {
            let input = LoadToken::transferCall { to, value: U256::from(1) }.abi_encode().into();
            Call { to: token, value: U256::ZERO, input, gas: 80_000 }
        })
    }

    fn sign(volume: Volume, setup: Vec<TxEnvelope>, call: impl Fn(Address) -> Call) -> Result<Self> {
        let mut load = Self { volume, setup, lanes: Vec::new(), senders: Vec::new(), hashes: Vec::new() };
        for sender in 0..volume.senders {
            let signer = dev_signer(sender)?;
            let mut raw = Vec::new();
            for nonce in 0..volume.each {
                let transaction = call(recipient(sender, nonce)).sign(&signer, nonce)?;
                load.hashes.push(*transaction.tx_hash());
                raw.push(json!([hex::encode_prefixed(transaction.encoded_2718())]));
            }
            let bodies = raw.chunks(volume.batch).map(|raw| batch("eth_sendRawTransaction", raw.iter().cloned()));
            load.lanes.push(bodies.collect());
            load.senders.push(signer.address());
        }
        Ok(load)
    }

    pub(super) const fn len(&self) -> usize {
        self.hashes.len()
    }

    /// What the load needs to be there.
    pub(super) async fn prepare(&self, url: &str) -> Result<()> {
        let client = Client::new(url)?;
        for transaction in &self.setup {
            send(&client, transaction).await?;
        }
        Ok(())
    }

    /// Sends everything over the volume's connections; every call is answered when this returns.
    pub(super) async fn submit(&self, url: &str) -> Result<()> {
        let mut tasks = Vec::new();
        for connection in 0..self.volume.connections {
            let lanes = self.lanes.iter().skip(connection).step_by(self.volume.connections);
            let (lanes, client): (Vec<_>, _) = (lanes.cloned().collect(), Client::new(url)?);
            tasks.push(tokio::spawn(async move { send_lanes(&client, &lanes).await }));
        }
        for task in tasks {
            task.await.wrap_err("a sending task ended")??;
        }
        Ok(())
    }

    /// Waits until every sender's nonce says that all is mined.
    pub(super) async fn mined(&self, url: &str) -> Result<()> {
        let (client, started) = (Client::new(url)?, Instant::now());
        for sender in &self.senders {
            loop {
                let (nonce, all) = (client.nonce(sender).await?, self.volume.each);
                if nonce == all {
                    break;
                }
                ensure!(started.elapsed() < DEADLINE, "{sender} is at nonce {nonce} of {all} after {DEADLINE:?}");
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        }
        Ok(())
    }

    /// Every transaction has a receipt with status 1.
    pub(super) async fn check_receipts(&self, url: &str) -> Result<()> {
        let client = Client::new(url)?;
        let mut succeeded = 0;
        for hashes in self.hashes.chunks(self.volume.batch) {
            let body = batch("eth_getTransactionReceipt", hashes.iter().map(|hash| json!([hash])));
            let answers = client.post(body).await?;
            let answers = answers.as_array().ok_or_else(|| eyre!("not a batch: {answers}"))?;
            succeeded += answers.iter().filter(|answer| answer["result"]["status"] == "0x1").count();
        }
        ensure!(succeeded == self.len(), "{succeeded} of {} transactions have a receipt with status 1", self.len());
        Ok(())
    }
}

/// A call before it is signed.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) to: Address,
    /// Wei.
    pub(super) value: U256,
    pub(super) input: Bytes,
    pub(super) gas: u64,
}

impl Call {
    pub(super) fn sign(self, signer: &PrivateKeySigner, nonce: u64) -> Result<TxEnvelope> {
        signed(signer, nonce, TxKind::Call(self.to), self)
    }
}

/// The transaction that creates the token, whose supply the first `holders` dev accounts share, and its address.
pub(super) fn deployment(holders: u32) -> Result<(TxEnvelope, Address)> {
    let deployer = dev_signer(DEPLOYER)?;
    let token = deployer.address().create(0);
    let holders = (0..holders).map(|holder| Ok(dev_signer(holder)?.address())).collect::<Result<_>>()?;
    let call = Call { to: token, value: U256::ZERO, input: token::creation_code(holders)?, gas: 3_000_000 };
    Ok((signed(&deployer, 0, TxKind::Create, call)?, token))
}

/// Sends one transaction and waits for its receipt.
pub(super) async fn send(client: &Client, transaction: &TxEnvelope) -> Result<Value> {
    let raw = hex::encode_prefixed(transaction.encoded_2718());
    let hash: String = client.call("eth_sendRawTransaction", json!([raw])).await?;
    client.receipt(&hash).await
}

fn signed(signer: &PrivateKeySigner, nonce: u64, to: TxKind, call: Call) -> Result<TxEnvelope> {
    let transaction = TxEip1559 {
        chain_id: CHAIN_ID,
        nonce,
        gas_limit: call.gas,
        max_fee_per_gas: 20_000_000_000,
        max_priority_fee_per_gas: 1_000_000_000,
        to,
        value: call.value,
        input: call.input,
        ..Default::default()
    };
    let key: &SigningKey = signer.credential();
    let (signature, recovery) = key.sign_prehash_recoverable(transaction.signature_hash().as_slice())?;
    Ok(transaction.into_signed(Signature::from((signature, recovery))).into())
}

fn recipient(sender: u32, nonce: u64) -> Address {
    let mut to = [0x42; 20];
    to[8..12].copy_from_slice(&sender.to_be_bytes());
    to[12..].copy_from_slice(&nonce.to_be_bytes());
    Address::from(to)
}

/// The lanes in turn, a batch of each: nonces stay in order and every sender advances.
async fn send_lanes(client: &Client, lanes: &[Vec<String>]) -> Result<()> {
    let longest = lanes.iter().map(Vec::len).max().unwrap_or(0);
    for index in 0..longest {
        for body in lanes.iter().filter_map(|lane| lane.get(index)) {
            let answers = client.post(body.clone()).await?;
            let answers = answers.as_array().ok_or_else(|| eyre!("not a batch: {answers}"))?;
            if let Some(refused) = answers.iter().find(|answer| answer.get("error").is_some()) {
                bail!("refused: {refused}");
            }
        }
    }
    Ok(())
}
