//! Transactions of one account: many at once, each under its own nonce, none sent twice.
//!
//! A transaction is signed under one nonce. Until it is in a block its bytes are broadcast again now and then (a node that
//! restarts forgets its pool), which can only ever put those same bytes in a block. When the base fee outgrows its bid, the
//! same call is signed with a higher one under the same nonce: of all bids at most one ever runs. When a call cannot be
//! sent at all, its nonce is given to the next, or filled with a transfer of nothing if others already wait behind it.

mod bid;
mod gaps;
mod refusal;

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use alloy::{
    consensus::{SignableTransaction, TxEip1559, TxEnvelope},
    eips::eip2718::Encodable2718,
    network::TxSignerSync,
    primitives::{Address, B256, Bytes, TxKind, U64, U128, U256},
    rpc::types::{FeeHistory, TransactionReceipt, TransactionRequest},
    signers::{Signature, SignerSync, local::PrivateKeySigner},
};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, timeout};

use crate::{
    Error,
    follow::Follow,
    nonces::Nonces,
    rpc::{Rpc, retried},
};
use bid::Fees;
use refusal::Refusal;

/// Most gas of one transaction (EIP-7825).
pub(crate) const GAS_CAP: u64 = 1 << 24;
/// How long suggested fees are used.
const FEES_FRESH: Duration = Duration::from_secs(1);
/// A waiting transaction is broadcast again after this.
const REBROADCAST: Duration = Duration::from_secs(2);
/// Signings of one call before a node that keeps refusing its nonces is believed.
const NONCE_TRIES: usize = 5;

/// A signed transaction. Its bytes can be stored and broadcast again: at most one of all copies ever runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedTx {
    /// Transaction hash.
    pub hash: B256,
    /// The account's nonce that it uses.
    pub nonce: u64,
    /// EIP-2718 encoding.
    pub raw: Bytes,
}

/// What a transaction does.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) to: Address,
    pub(crate) value: U256,
    pub(crate) input: Bytes,
    /// Gas limit; estimated by the node when absent.
    pub(crate) gas: Option<u64>,
}

#[derive(Debug)]
pub(crate) struct Sender {
    rpc: Rpc,
    follow: Follow,
    signer: PrivateKeySigner,
    chain_id: u64,
    nonces: Mutex<Nonces>,
    /// Since when a nonce has been in the way of others.
    silent: Mutex<BTreeMap<u64, Instant>>,
    fees: Mutex<Option<Fees>>,
}

/// Gives the nonce back when the work between reserving and broadcasting is dropped half-way.
struct Reserved<'a> {
    nonces: &'a Mutex<Nonces>,
    nonce: u64,
    kept: bool,
}

impl Drop for Reserved<'_> {
    fn drop(&mut self) {
        if !self.kept {
            self.nonces.lock().refused(self.nonce);
        }
    }
}

impl Sender {
    pub(crate) fn new(rpc: Rpc, follow: Follow, signer: PrivateKeySigner, chain_id: u64) -> Self {
        let (nonces, silent, fees) = (Mutex::default(), Mutex::default(), Mutex::default());
        Self { rpc, follow, signer, chain_id, nonces, silent, fees }
    }

    pub(crate) fn address(&self) -> Address {
        self.signer.address()
    }

    pub(crate) const fn signer(&self) -> &PrivateKeySigner {
        &self.signer
    }

    /// Of no transaction: whoever asks knows what the hash is of.
    pub(crate) fn sign_hash(&self, hash: &B256) -> Result<Signature, Error> {
        self.signer.sign_hash_sync(hash).map_err(|error| Error::Settings(format!("the signer failed: {error}")))
    }

    /// Sends and waits for the block.
    pub(crate) async fn run(&self, call: Call) -> Result<TransactionReceipt, Error> {
        let gas = self.gas(&call).await?;
        let mut tries = 0;
        loop {
            let tx = self.sign_with(&call, gas).await?;
            match self.broadcast(&tx).await {
                Err(Error::Replaced { .. }) if tries < NONCE_TRIES => {
                    tries += 1;
                    self.sync().await?;
                }
                Err(error) if !error.is_transient() => return Err(error),
                // Without an answer it may have arrived all the same.
                Ok(()) | Err(_) => return self.see_through(vec![tx]).await,
            }
        }
    }

    /// Estimates, takes a nonce and signs. Nobody else sees the transaction yet.
    pub(crate) async fn sign(&self, call: &Call) -> Result<SignedTx, Error> {
        let gas = self.gas(call).await?;
        self.sign_with(call, gas).await
    }

    async fn sign_with(&self, call: &Call, gas: u64) -> Result<SignedTx, Error> {
        let fees = self.fees().await?;
        let mut reserved = self.reserve().await?;
        let signed = self.seal(call, gas, fees, reserved.nonce)?;
        reserved.kept = true;
        Ok(signed)
    }

    fn seal(&self, call: &Call, gas_limit: u64, fees: Fees, nonce: u64) -> Result<SignedTx, Error> {
        self.sign_raw(TxEip1559 {
            chain_id: self.chain_id,
            nonce,
            gas_limit,
            max_fee_per_gas: fees.max,
            max_priority_fee_per_gas: fees.tip,
            to: TxKind::Call(call.to),
            value: call.value,
            input: call.input.clone(),
            ..TxEip1559::default()
        })
    }

    fn sign_raw(&self, mut tx: TxEip1559) -> Result<SignedTx, Error> {
        let nonce = tx.nonce;
        let signature = self
            .signer
            .sign_transaction_sync(&mut tx)
            .map_err(|error| Error::Settings(format!("the signer failed: {error}")))?;
        let envelope = TxEnvelope::Eip1559(tx.into_signed(signature));
        Ok(SignedTx { hash: *envelope.tx_hash(), nonce, raw: envelope.encoded_2718().into() })
    }

    /// Notes a transaction of an earlier process, so that its nonce is not given to another.
    pub(crate) fn adopt(&self, tx: &SignedTx) {
        self.nonces.lock().broadcast(tx.nonce, tx.raw.clone());
    }

    /// Hands the bytes to the node. Safe to repeat. A bid that is too low for now is no refusal.
    ///
    /// On [`Error::Replaced`] the transaction cannot run any more; on another refusal its nonce is free again (or the bid
    /// that it was to replace stands), and a new transaction is needed; after [`Error::Transport`] and [`Error::Timeout`]
    /// it may or may not have arrived.
    pub(crate) async fn broadcast(&self, tx: &SignedTx) -> Result<(), Error> {
        let lower = self.nonces.lock().broadcast(tx.nonce, tx.raw.clone()).filter(|raw| *raw != tx.raw);
        let sent = self.hand_over(tx).await;
        let Err(refused) = &sent else { return sent };
        let mut nonces = self.nonces.lock();
        match (Refusal::of(refused), lower) {
            _ if refused.is_transient() => {}
            _ if matches!(refused, Error::Replaced { .. }) => nonces.settled(tx.nonce),
            (_, Some(lower)) => drop(nonces.broadcast(tx.nonce, lower)),
            (Refusal::NonceTaken, None) => {
                nonces.lost(tx.nonce);
                return Err(Error::Replaced { tx: tx.hash, nonce: tx.nonce });
            }
            (_, None) => nonces.refused(tx.nonce),
        }
        drop(nonces);
        sent
    }

    /// Hands the bytes to the node; [`Error::Replaced`] when another transaction with the nonce is in a block.
    async fn hand_over(&self, tx: &SignedTx) -> Result<(), Error> {
        let (after, raw, unanswered) = (self.rpc.deadlines.read, &tx.raw, AtomicBool::new(false));
        // Repeating a lost request is safe: the same bytes can run only once.
        let push = || async {
            let sent = self.rpc.once::<_, B256>("eth_sendRawTransaction", (raw.clone(),), None).await;
            if sent.as_ref().is_err_and(Error::is_transient) {
                unanswered.store(true, Ordering::Relaxed);
            }
            sent
        };
        let Err(error) = retried(after, push).await else { return Ok(()) };
        match Refusal::of(&error) {
            Refusal::Known => Ok(()),
            // It is raised while somebody waits, and other nodes may hold it; but nodes look at the bid before the nonce.
            Refusal::BidTooLow if self.next_on_chain().await? <= tx.nonce => Ok(()),
            Refusal::NonceUsed | Refusal::BidTooLow => match self.landed(tx).await? {
                Some(_) => Ok(()),
                None => Err(Error::Replaced { tx: tx.hash, nonce: tx.nonce }),
            },
            // A node that did not answer may have taken what the next one refuses.
            Refusal::NonceTaken | Refusal::Other if !error.is_transient() && unanswered.load(Ordering::Relaxed) => {
                tracing::debug!(tx = %tx.hash, %error, "refused after a request without an answer");
                Err(Error::Timeout { what: format!("answer to transaction {}", tx.hash), after })
            }
            Refusal::NonceTaken | Refusal::Other => Err(error),
        }
    }

    /// The receipt of a transaction whose nonce was used up, perhaps by these same bytes, which an earlier attempt had
    /// brought to the chain; `None` if it was another.
    async fn landed(&self, tx: &SignedTx) -> Result<Option<TransactionReceipt>, Error> {
        let after = self.rpc.deadlines.read;
        retried(after, || async {
            let turn = self.rpc.turn.now();
            let next = self.next_on_chain().await?;
            let receipt = ("eth_getTransactionReceipt", (tx.hash,));
            let receipt: Option<TransactionReceipt> = self.rpc.once(receipt.0, receipt.1, None).await?;
            match receipt {
                Some(receipt) => Ok(Some(receipt)),
                // Only a node that has passed the nonce can know that it has no such receipt.
                None if next > tx.nonce && self.rpc.turn.now() == turn => Ok(None),
                None => Err(Error::Timeout { what: format!("block with nonce {}", tx.nonce), after }),
            }
        })
        .await
    }

    /// Waits until `tx` is in a block; an `Err` from there is decoded.
    pub(crate) async fn confirm(&self, tx: &SignedTx, after: Duration) -> Result<TransactionReceipt, Error> {
        let start = Instant::now();
        let left = || after.saturating_sub(start.elapsed());
        while !left().is_zero() {
            if let Ok(receipt) = timeout(left().min(REBROADCAST), self.follow.receipt(tx.hash)).await {
                return self.conclude(tx, receipt?).await;
            }
            match timeout(left(), self.hand_over(tx)).await {
                Ok(Err(Error::Replaced { .. })) => {
                    self.nonces.lock().settled(tx.nonce);
                    return Err(Error::Replaced { tx: tx.hash, nonce: tx.nonce });
                }
                // A node that took it may have given it to others: a refusal now does not say that it will not run.
                Ok(Err(error)) => tracing::debug!(tx = %tx.hash, %error, "a waiting transaction is not taken again"),
                Ok(Ok(())) => drop(timeout(left(), self.heal(tx.nonce)).await),
                Err(_) => {}
            }
        }
        Err(Error::Unconfirmed { hash: tx.hash, bids: vec![tx.clone()], after })
    }

    async fn conclude(&self, tx: &SignedTx, receipt: TransactionReceipt) -> Result<TransactionReceipt, Error> {
        self.nonces.lock().settled(tx.nonce);
        if receipt.status() { Ok(receipt) } else { Err(self.why_failed(tx, &receipt).await) }
    }

    async fn next_on_chain(&self) -> Result<u64, Error> {
        let count = ("eth_getTransactionCount", (self.address(), "latest"));
        self.rpc.once::<_, U64>(count.0, count.1, None).await.map(|next| next.to())
    }

    async fn reserve(&self) -> Result<Reserved<'_>, Error> {
        loop {
            if let Some(nonce) = self.nonces.lock().reserve() {
                return Ok(Reserved { nonces: &self.nonces, nonce, kept: false });
            }
            self.sync().await?;
        }
    }

    /// What a transaction pays in the next block: base fee and suggested tip, wei per gas, at most a second old.
    pub(crate) async fn gas_price(&self) -> Result<u128, Error> {
        let fees = self.fees().await?;
        Ok(fees.tip.saturating_add(fees.base.into()))
    }

    async fn sync(&self) -> Result<(), Error> {
        let count = |tag: &'static str| self.rpc.read::<_, U64>("eth_getTransactionCount", (self.address(), tag));
        let (latest, pending) = futures::try_join!(count("latest"), count("pending"))?;
        self.nonces.lock().sync(latest.to(), pending.to());
        Ok(())
    }

    async fn fees(&self) -> Result<Fees, Error> {
        if let Some(fees) = *self.fees.lock()
            && fees.at.elapsed() < FEES_FRESH
        {
            return Ok(fees);
        }
        let history = self.rpc.read::<_, FeeHistory>("eth_feeHistory", (U64::ONE, "latest", Vec::<f64>::new()));
        let tip = self.rpc.read::<_, U128>("eth_maxPriorityFeePerGas", ());
        let (history, tip) = futures::try_join!(history, tip)?;
        let tip: u128 = tip.to();
        // The base fee rises by at most an eighth a block: four times today's outlasts eleven full blocks, and what is
        // not used is not paid.
        let base = history.next_block_base_fee().unwrap_or_default();
        let max = base.saturating_mul(4).saturating_add(tip);
        let fees = Fees { base: u64::try_from(base).unwrap_or(u64::MAX), max, tip, at: Instant::now() };
        *self.fees.lock() = Some(fees);
        Ok(fees)
    }

    async fn gas(&self, call: &Call) -> Result<u64, Error> {
        let gas = match call.gas {
            Some(gas) => gas,
            None => {
                let estimate: U64 = self.rpc.read_of("eth_estimateGas", (self.request(call),), Some(call.to)).await?;
                // What another transaction changes before this one runs can cost a little more, as a first write to a slot.
                estimate.to::<u64>().saturating_mul(5) / 4 + 10_000
            }
        };
        let exact = gas.saturating_sub(gas / 5);
        match gas {
            0..=GAS_CAP => Ok(gas),
            _ if call.gas.is_none() && exact <= GAS_CAP => Ok(GAS_CAP),
            needed => Err(Error::GasCap { needed, cap: GAS_CAP }),
        }
    }

    fn request(&self, call: &Call) -> TransactionRequest {
        TransactionRequest::default()
            .from(self.address())
            .to(call.to)
            .value(call.value)
            .input(call.input.clone().into())
    }

    /// Runs the failed transaction again, first on the state before its block, then after it, to learn the reason.
    async fn why_failed(&self, tx: &SignedTx, receipt: &TransactionReceipt) -> Error {
        let unknown = Error::Failed { tx: tx.hash };
        let (Some(block), Some(request)) = (receipt.block_number, replay(&tx.raw, self.address())) else {
            return unknown;
        };
        for at in [block.saturating_sub(1), block] {
            let call = (request.clone(), U64::from(at));
            match self.rpc.read_of::<_, Bytes>("eth_call", call, receipt.to).await {
                Err(error) if error.is_revert() => return error,
                _ => {}
            }
        }
        unknown
    }
}

fn replay(raw: &[u8], from: Address) -> Option<TransactionRequest> {
    let tx = bid::decode(raw)?;
    let to = tx.to.to().copied()?;
    let request = TransactionRequest::default().from(from).to(to).value(tx.value);
    Some(request.input(tx.input.into()).gas_limit(tx.gas_limit))
}

#[cfg(test)]
mod tests;
