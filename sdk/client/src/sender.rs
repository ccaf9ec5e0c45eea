//! Transactions of one account: many at once, each under its own nonce, none sent twice.
//!
//! A transaction is signed once. Until it is in a block its bytes are broadcast again now and then (a node that restarts
//! forgets its pool), which can only ever put those same bytes in a block. When one cannot be sent at all, its nonce is
//! given to the next, or filled with a transfer of nothing if others already wait behind it.

use std::time::Duration;

use alloy::{
    consensus::{SignableTransaction, TxEip1559, TxEnvelope},
    eips::eip2718::Encodable2718,
    network::TxSignerSync,
    primitives::{Address, B256, Bytes, TxKind, U64, U128, U256},
    rpc::types::{FeeHistory, TransactionReceipt, TransactionRequest},
    signers::local::PrivateKeySigner,
};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, timeout};

use crate::{
    Error,
    follow::Follow,
    nonces::{Gap, Nonces},
    rpc::{Rpc, retried},
};

/// Most gas of one transaction (EIP-7825).
pub(crate) const GAS_CAP: u64 = 1 << 24;
const TRANSFER_GAS: u64 = 21_000;
/// How long suggested fees are used.
const FEES_FRESH: Duration = Duration::from_secs(1);
/// A waiting transaction is broadcast again after this.
const REBROADCAST: Duration = Duration::from_secs(2);
/// A nonce that was handed out and never broadcast is filled when others have waited behind it for this long.
const PATIENCE: Duration = Duration::from_secs(10);
/// Gaps looked at in one go.
const GAPS: usize = 16;
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

#[derive(Clone, Copy, Debug)]
struct Fees {
    base: u64,
    max: u128,
    tip: u128,
    at: Instant,
}

#[derive(Debug)]
pub(crate) struct Sender {
    rpc: Rpc,
    follow: Follow,
    signer: PrivateKeySigner,
    chain_id: u64,
    nonces: Mutex<Nonces>,
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
        Self { rpc, follow, signer, chain_id, nonces: Mutex::default(), fees: Mutex::default() }
    }

    pub(crate) fn address(&self) -> Address {
        self.signer.address()
    }

    /// Sends and waits for the block.
    pub(crate) async fn run(&self, call: Call) -> Result<TransactionReceipt, Error> {
        let gas = self.gas(&call).await?;
        let mut tries = 0;
        let tx = loop {
            let tx = self.sign_with(&call, gas).await?;
            match self.broadcast(&tx).await {
                Err(Error::Replaced { .. }) if tries < NONCE_TRIES => {
                    tries += 1;
                    self.sync().await?;
                }
                sent => break sent.map(|()| tx)?,
            }
        };
        self.confirm(&tx).await
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
        let mut tx = TxEip1559 {
            chain_id: self.chain_id,
            nonce,
            gas_limit,
            max_fee_per_gas: fees.max,
            max_priority_fee_per_gas: fees.tip,
            to: TxKind::Call(call.to),
            value: call.value,
            input: call.input.clone(),
            ..TxEip1559::default()
        };
        let signature = self
            .signer
            .sign_transaction_sync(&mut tx)
            .map_err(|error| Error::Settings(format!("the signer failed: {error}")))?;
        let envelope = TxEnvelope::Eip1559(tx.into_signed(signature));
        Ok(SignedTx { hash: *envelope.tx_hash(), nonce, raw: envelope.encoded_2718().into() })
    }

    /// Hands the bytes to the node. Safe to repeat.
    ///
    /// On [`Error::Replaced`] the transaction cannot run any more; on another refusal its nonce is free again, and a new
    /// transaction is needed; after [`Error::Transport`] and [`Error::Timeout`] it may or may not have arrived.
    pub(crate) async fn broadcast(&self, tx: &SignedTx) -> Result<(), Error> {
        self.nonces.lock().broadcast(tx.nonce, tx.raw.clone());
        let refused = match self.push(tx.raw.clone()).await {
            Ok(()) => return Ok(()),
            Err(error) if error.is_transient() => return Err(error),
            Err(refused) => refused,
        };
        match Refusal::of(&refused) {
            Refusal::Known => Ok(()),
            Refusal::NonceUsed => {
                // Perhaps by these same bytes, which an earlier attempt had brought into a block.
                if self.receipt(tx.hash).await?.is_some() {
                    return Ok(());
                }
                self.nonces.lock().settled(tx.nonce);
                Err(Error::Replaced { tx: tx.hash, nonce: tx.nonce })
            }
            Refusal::NonceTaken => {
                self.nonces.lock().lost(tx.nonce);
                Err(Error::Replaced { tx: tx.hash, nonce: tx.nonce })
            }
            Refusal::Other => {
                self.nonces.lock().refused(tx.nonce);
                Err(refused)
            }
        }
    }

    /// Waits until `tx` is in a block; an `Err` from there is decoded.
    pub(crate) async fn confirm(&self, tx: &SignedTx) -> Result<TransactionReceipt, Error> {
        let after = self.rpc.deadlines.transaction;
        let start = Instant::now();
        let receipt = loop {
            let left = after.saturating_sub(start.elapsed());
            if left.is_zero() {
                return Err(Error::Timeout { what: format!("transaction {} in a block", tx.hash), after });
            }
            if let Ok(receipt) = timeout(left.min(REBROADCAST), self.follow.receipt(tx.hash)).await {
                break receipt?;
            }
            let left = after.saturating_sub(start.elapsed());
            let Ok(sent) = timeout(left, self.broadcast(tx)).await else { continue };
            match sent {
                Err(replaced @ Error::Replaced { .. }) => match self.receipt(tx.hash).await? {
                    Some(receipt) => break receipt,
                    None => return Err(replaced),
                },
                Err(error) if !error.is_transient() => return Err(error),
                _ => self.heal(tx.nonce, start.elapsed() > PATIENCE).await,
            }
        };
        self.nonces.lock().settled(tx.nonce);
        if receipt.status() { Ok(receipt) } else { Err(self.why_failed(tx, &receipt).await) }
    }

    /// The receipt of a transaction, if it is in a block.
    pub(crate) async fn receipt(&self, tx: B256) -> Result<Option<TransactionReceipt>, Error> {
        self.rpc.read("eth_getTransactionReceipt", (tx,)).await
    }

    /// Sends what is missing below `waiting`. What fails here is tried again while somebody waits.
    async fn heal(&self, waiting: u64, patient_no_more: bool) {
        let count = ("eth_getTransactionCount", (self.address(), "latest"));
        let Ok(chain) = self.rpc.once::<_, U64>(count.0, count.1, None).await else { return };
        let gaps = self.nonces.lock().gaps(chain.to(), waiting);
        // The lowest hold up the rest.
        for gap in gaps.into_iter().take(GAPS) {
            let result = match gap {
                Gap::Lost(raw) => self.rpc.once::<_, B256>("eth_sendRawTransaction", (raw,), None).await.map(drop),
                Gap::Free(nonce) => self.fill(nonce).await,
                Gap::Silent(nonce) if patient_no_more => self.fill(nonce).await,
                Gap::Silent(_) => Ok(()),
            };
            if let Err(error) = result {
                tracing::debug!(%error, "a nonce gap stays");
            }
        }
    }

    async fn fill(&self, nonce: u64) -> Result<(), Error> {
        let nothing = Call { to: self.address(), value: U256::ZERO, input: Bytes::new(), gas: Some(TRANSFER_GAS) };
        let fees = self.fees().await?;
        let mut reserved = Reserved { nonces: &self.nonces, nonce, kept: false };
        self.nonces.lock().reserve_exactly(nonce);
        let filler = self.seal(&nothing, TRANSFER_GAS, fees, nonce)?;
        reserved.kept = true;
        tracing::info!(nonce, "filling a nonce that others wait behind");
        self.broadcast(&filler).await
    }

    async fn push(&self, raw: Bytes) -> Result<(), Error> {
        // Repeating a lost request is safe: the same bytes can run only once.
        let deadline = self.rpc.deadlines.read;
        retried(deadline, || self.rpc.once::<_, B256>("eth_sendRawTransaction", (raw.clone(),), None)).await.map(drop)
    }

    async fn reserve(&self) -> Result<Reserved<'_>, Error> {
        loop {
            if let Some(nonce) = self.nonces.lock().reserve() {
                return Ok(Reserved { nonces: &self.nonces, nonce, kept: false });
            }
            self.sync().await?;
        }
    }

    /// Base fee of the next block, wei per gas, at most a second old.
    pub(crate) async fn base_fee(&self) -> Result<u64, Error> {
        Ok(self.fees().await?.base)
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
    let envelope = <TxEnvelope as alloy::eips::eip2718::Decodable2718>::decode_2718_exact(raw).ok()?;
    let tx = envelope.as_eip1559()?.tx();
    let to = tx.to.to().copied()?;
    let request = TransactionRequest::default().from(from).to(to).value(tx.value);
    Some(request.input(tx.input.clone().into()).gas_limit(tx.gas_limit))
}

/// What a node means by refusing a transaction, by the words that all Ethereum nodes share.
#[derive(Debug, PartialEq, Eq)]
enum Refusal {
    /// It has it already.
    Known,
    /// The nonce is in a block.
    NonceUsed,
    /// Another pending transaction has the nonce.
    NonceTaken,
    Other,
}

impl Refusal {
    fn of(error: &Error) -> Self {
        let Error::Rpc { message, .. } = error else { return Self::Other };
        let message = message.to_ascii_lowercase();
        if message.contains("already known") || message.contains("already imported") {
            Self::Known
        } else if message.contains("nonce too low") {
            Self::NonceUsed
        } else if message.contains("underpriced") && message.contains("replacement") {
            Self::NonceTaken
        } else {
            Self::Other
        }
    }
}

#[cfg(test)]
mod tests;
