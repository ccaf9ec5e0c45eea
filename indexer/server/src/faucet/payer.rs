//! The actor that pays, one request after the other.

use super::{Paid, Terms, Unpaid};
use crate::{
    clock::now_ms,
    nodes::{Fate, NodeError, Nodes},
    store::{Store, StoreError, payments::Payment},
};
use alloy::{
    consensus::{SignableTransaction as _, TxEip1559, TxEnvelope},
    eips::eip2718::Encodable2718 as _,
    primitives::{Address, TxKind, U256},
    signers::SignerSync as _,
};
use std::time::Duration;
use tokio::{
    sync::{mpsc, oneshot, watch},
    time::{MissedTickBehavior, interval},
};

/// Requests that wait; who comes then is told to try again.
const WAITING_MAX: usize = 64;
/// How often open payments are looked after.
const TEND: Duration = Duration::from_secs(3);
/// A payment this old is not made anew (P3): its receipt may be pruned.
const REISSUE_MS: u64 = 3_600_000;

struct Request {
    account: Address,
    peer: Vec<u8>,
    reply: oneshot::Sender<Result<Paid, Unpaid>>,
}

/// Takes requests. Clones share the payer.
#[derive(Clone, Debug)]
pub struct Faucet {
    requests: mpsc::Sender<Request>,
    payer: Address,
    amount: U256,
}

/// The other end; pays nothing until it runs.
#[derive(Debug)]
pub struct Payer {
    store: Store,
    nodes: Nodes,
    terms: Terms,
    requests: mpsc::Receiver<Request>,
}

impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Request").field("account", &self.account).finish_non_exhaustive()
    }
}

/// A faucet whose payments are rows of `store`.
pub fn faucet(store: Store, nodes: Nodes, terms: Terms) -> (Faucet, Payer) {
    let (sender, requests) = mpsc::channel(WAITING_MAX);
    let handle = Faucet { requests: sender, payer: terms.key.address(), amount: terms.amount };
    (handle, Payer { store, nodes, terms, requests })
}

impl Faucet {
    /// The account that pays.
    pub fn payer(&self) -> Address {
        self.payer
    }

    /// Wei of one payment.
    pub fn amount(&self) -> U256 {
        self.amount
    }

    /// Pays `account`, which `peer` asks for.
    ///
    /// # Errors
    /// [`Unpaid`].
    pub async fn ask(&self, account: Address, peer: Vec<u8>) -> Result<Paid, Unpaid> {
        let (reply, answer) = oneshot::channel();
        self.requests.try_send(Request { account, peer, reply }).map_err(|_| Unpaid::Busy)?;
        answer.await.unwrap_or(Err(Unpaid::Busy))
    }
}

impl Payer {
    /// Pays until `ended`, beginning with what an earlier process wrote but perhaps did not send (P1).
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be used any more.
    pub async fn run(mut self, mut ended: watch::Receiver<bool>) -> Result<(), StoreError> {
        let mut tend = interval(TEND);
        tend.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = async { drop(ended.wait_for(|ended| *ended).await) } => return Ok(()),
                _ = tend.tick() => self.tend().await?,
                request = self.requests.recv() => {
                    let Some(Request { account, peer, reply }) = request else { return Ok(()) };
                    let paid = self.pay(account, peer).await;
                    let result = if paid.is_ok() { "paid" } else { "refused" };
                    metrics::counter!("edgeloom_index_faucet_requests_total", "result" => result).increment(1);
                    // Who asked may be gone; the payment stands.
                    let _gone = reply.send(paid);
                }
            }
        }
    }

    async fn pay(&self, account: Address, peer: Vec<u8>) -> Result<Paid, Unpaid> {
        let Terms { amount, allowance, .. } = self.terms;
        let payer = self.terms.key.address();
        let mut payment = Payment {
            number: 0,
            account,
            peer,
            amount,
            ms: now_ms(),
            payer,
            nonce: 0,
            tx: Default::default(),
            raw: Default::default(),
        };
        // Before any node is asked: who is at a limit costs nothing.
        if let Some(reached) = self.store.reached(&payment, &allowance).await? {
            return Err(Unpaid::of(reached, account));
        }
        let unreached = |error: NodeError| Unpaid::Node(error.to_string());
        let has = self.nodes.balance(payer).await.map_err(unreached)?;
        if has <= amount {
            return Err(Unpaid::Dry { payer, has, amount });
        }
        let gas = match self.nodes.gas(payer, account, amount).await {
            Err(NodeError::Refused { message, .. }) => return Err(Unpaid::Rejects { account, reason: message }),
            gas => gas.map_err(unreached)?,
        };
        let nonce = self.next_nonce().await?;
        self.sign(&mut payment, nonce, gas).await?;
        let owed = self.store.owe(&payment, &allowance).await?;
        payment.number = owed.map_err(|reached| Unpaid::of(reached, account))?;
        match self.nodes.send(&payment.raw).await {
            Ok(()) => Ok(Paid { tx: payment.tx, is_sent: true }),
            Err(NodeError::Refused { message, .. }) if message.contains("already known") => {
                Ok(Paid { tx: payment.tx, is_sent: true })
            }
            // Somebody else uses the key: `tend` sees to it.
            Err(NodeError::Refused { message, .. }) if message.contains("nonce") => {
                Ok(Paid { tx: payment.tx, is_sent: false })
            }
            Err(NodeError::Refused { message, .. }) => {
                self.store.forgive(payment.number).await?;
                Err(Unpaid::Node(message))
            }
            Err(NodeError::Unreachable(_)) => Ok(Paid { tx: payment.tx, is_sent: false }),
        }
    }

    /// Behind what the chain has and behind what is owed.
    async fn next_nonce(&self) -> Result<u64, Unpaid> {
        let payer = self.terms.key.address();
        let chain = self.nodes.nonce(payer, "pending").await.map_err(|error| Unpaid::Node(error.to_string()))?;
        let owed = self.store.owed(payer).await?;
        Ok(owed.last().map_or(chain, |last| chain.max(last.nonce + 1)))
    }

    async fn sign(&self, payment: &mut Payment, nonce: u64, gas: u64) -> Result<(), Unpaid> {
        let failed = |error: NodeError| Unpaid::Node(error.to_string());
        let chain_id = self.nodes.chain_id().await.map_err(failed)?;
        let price = self.nodes.gas_price().await.map_err(failed)?;
        let unsigned = TxEip1559 {
            chain_id,
            nonce,
            gas_limit: gas,
            // Room for many full blocks before it is included.
            max_fee_per_gas: price.saturating_mul(4),
            max_priority_fee_per_gas: price.min(1_000_000_000),
            to: TxKind::Call(payment.account),
            value: payment.amount,
            ..TxEip1559::default()
        };
        let signature = self.terms.key.sign_hash_sync(&unsigned.signature_hash());
        let signature = signature.map_err(|error| Unpaid::Node(error.to_string()))?;
        let signed = TxEnvelope::from(unsigned.into_signed(signature));
        (payment.nonce, payment.tx, payment.raw) = (nonce, *signed.tx_hash(), signed.encoded_2718().into());
        Ok(())
    }

    /// Sends what is owed until it is in a block.
    async fn tend(&self) -> Result<(), StoreError> {
        for mut payment in self.store.owed(self.terms.key.address()).await? {
            match self.nodes.fate(payment.payer, payment.nonce, payment.tx).await {
                Ok(Fate::Landed) => self.store.settle(payment.number).await?,
                Ok(Fate::Waits) => drop(self.nodes.send(&payment.raw).await),
                Ok(Fate::Lost) if now_ms().saturating_sub(payment.ms) > REISSUE_MS => {
                    tracing::warn!(tx = %payment.tx, "a payment of the faucet was lost");
                    self.store.settle(payment.number).await?;
                }
                Ok(Fate::Lost) => {
                    let anew = async {
                        let gas = self.nodes.gas(payment.payer, payment.account, payment.amount).await;
                        let gas = gas.map_err(|error| Unpaid::Node(error.to_string()))?;
                        let nonce = self.next_nonce().await?;
                        self.sign(&mut payment, nonce, gas).await
                    };
                    match anew.await {
                        Ok(()) => {
                            self.store.reissue(&payment).await?;
                            drop(self.nodes.send(&payment.raw).await);
                        }
                        Err(Unpaid::Store(error)) => return Err(error),
                        Err(error) => tracing::warn!(%error, "a payment waits"),
                    }
                }
                // No node: next time.
                Err(error) => {
                    tracing::debug!(%error, "payments wait");
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
