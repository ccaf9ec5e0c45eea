//! Transactions that come in: signed ones, and those that the node signs for dev accounts.

use crate::{
    call::Question,
    error::Fault,
    node::{Context, Submit},
    request::below_base_fee,
    turns::Turns,
};
use alloy::{
    consensus::Transaction as _,
    eips::{BlockId, eip2718::Decodable2718, eip7702::constants::EIP7702_TX_TYPE_ID},
    primitives::{Address, B256, Bytes, Signature},
    rpc::types::{TransactionReceipt, TransactionRequest},
};
use alloy_consensus::{
    SignableTransaction, TxEnvelope, TypedTransaction,
    transaction::{Recovered, SignerRecoverable},
};
use edgeloom_dev::{Sealed, Solo};
use edgeloom_txpool::{Origin, Rejection, TRANSACTION_BYTES_MAX};
use jsonrpsee::types::Request;
use k256::ecdsa::SigningKey;
use std::{sync::Arc, time::Duration};

/// How long `eth_sendRawTransactionSync` waits unless told otherwise, and at most (geth's figures).
const SYNC_DEFAULT: Duration = Duration::from_secs(20);
const SYNC_MAX: Duration = Duration::from_secs(60);

/// Bytes of a signed transaction that is decoded sooner than another thread would have begun.
const BRIEF_BYTES_MAX: usize = 16 * 1024;

/// Whether decoding and admitting the transaction is one signature's work: one with authorizations has hundreds of them.
fn is_brief(bytes: &[u8]) -> bool {
    bytes.len() <= BRIEF_BYTES_MAX && bytes.first() != Some(&EIP7702_TX_TYPE_ID)
}

/// Whether the call sends a raw transaction that is admitted at once. Of those written in an unusual way it says no.
pub(crate) fn is_brief_send(request: &Request<'_>) -> bool {
    let is_brief = |params: &str| {
        let hex = params.strip_prefix('[').and_then(|list| list.trim_start().strip_prefix("\"0x"));
        params.len() <= 2 * BRIEF_BYTES_MAX && hex.is_some_and(|hex| !hex.starts_with("04"))
    };
    request.method == "eth_sendRawTransaction" && request.params.as_ref().is_some_and(|params| is_brief(params.get()))
}

/// Decodes one signed transaction and recovers its signer.
pub(crate) fn decode(mut bytes: &[u8]) -> Result<Arc<Recovered<TxEnvelope>>, Fault> {
    // Blob transactions are larger, and refused for their type: so are other oversized ones, whatever they are.
    if bytes.len() > 8 * TRANSACTION_BYTES_MAX {
        return Err(Rejection::Size { size: bytes.len() }.into());
    }
    if bytes.is_empty() {
        return Err(Fault::Refused("typed transaction too short".into()));
    }
    let malformed = |error| Fault::Refused(format!("malformed transaction: {error}"));
    let transaction = TxEnvelope::decode_2718(&mut bytes).map_err(malformed)?;
    if !bytes.is_empty() {
        return Err(Fault::Refused(format!("malformed transaction: {} surplus bytes", bytes.len())));
    }
    let signer = transaction.recover_signer().map_err(|_| Fault::Refused("invalid sender".into()))?;
    Ok(Arc::new(Recovered::new_unchecked(transaction, signer)))
}

impl Context {
    /// In dev mode the transaction is in a durable block when this returns, if it can be executed at all now.
    pub(crate) async fn send_raw(self: &Arc<Self>, bytes: Bytes, turns: &Turns) -> Result<B256, Fault> {
        let (is_brief, context) = (is_brief(&bytes), self.clone());
        let admit = move || context.admit(decode(&bytes)?);
        let hash = if is_brief { admit()? } else { turns.run(admit).await?? };
        self.seal(hash).await
    }

    /// Of the transaction that `send` sends.
    ///
    /// # Errors
    /// Those of `send`, and [`Fault::Late`] when the transaction is in no block in time.
    pub(crate) async fn receipt_of(
        self: &Arc<Self>,
        send: impl Future<Output = Result<B256, Fault>> + Send,
        timeout: Option<Duration>,
        turns: &Turns,
    ) -> Result<TransactionReceipt, Fault> {
        // Before sending: a block that comes at once must not be missed.
        let mut blocks = self.feed.subscribe();
        let hash = send.await?;
        let find = async {
            loop {
                if let Some((record, index)) = self.place_in_turn(hash, turns).await? {
                    return Ok(crate::convert::receipt(&record, index));
                }
                blocks.changed().await.map_err(|_| Fault::Internal("the node stops".into()))?;
            }
        };
        let timeout = timeout.unwrap_or(SYNC_DEFAULT).min(SYNC_MAX);
        tokio::time::timeout(timeout, find).await.unwrap_or(Err(Fault::Late(hash)))
    }

    fn admit(&self, transaction: Arc<Recovered<TxEnvelope>>) -> Result<B256, Fault> {
        // Dev mode may take the state back: not between looking at the sender and admitting.
        let _admitting = self.solo().map(Solo::admitting);
        let sender = self.account(transaction.signer())?;
        if let Submit::Dev(_) = self.submit {
            // On a network the base fee may fall; here no block comes before somebody pays it.
            let base_fee = self.next_base_fee()?;
            let cap = transaction.max_fee_per_gas();
            if cap < base_fee.into() {
                return Err(below_base_fee(transaction.signer(), cap, base_fee));
            }
        }
        Ok(self.pool.admit(transaction, Origin::Local, sender, self.block_gas_limit()?)?)
    }

    async fn seal(&self, hash: B256) -> Result<B256, Fault> {
        let Submit::Dev(solo) = &self.submit else {
            self.keep(hash);
            return Ok(hash);
        };
        // The neighbours of a batch are admitted first, so that they share the block.
        tokio::task::yield_now().await;
        let sealed = solo.seal(hash).await.map_err(|error| Fault::Internal(error.to_string()))?;
        if sealed == Sealed::Included {
            return Ok(hash);
        }
        // A gap before its nonce leaves it in the pool; what the block could not execute is in neither place.
        if self.pool.get(&hash).is_some() {
            self.keep(hash);
            return Ok(hash);
        }
        if self.store.transaction(hash)?.is_some() {
            return Ok(hash);
        }
        Err(Fault::Refused("transaction rejected: it cannot be executed on the newest state".into()))
    }

    /// What waits has been promised to the caller. A journal that fails is no reason to refuse: it still waits.
    fn keep(&self, hash: B256) {
        if let Err(fault) = self.pool.keep(&hash) {
            tracing::error!(%fault, "a transaction waits in memory only");
        }
    }

    pub(crate) async fn send(self: &Arc<Self>, request: TransactionRequest, turns: &Turns) -> Result<B256, Fault> {
        let from = request.from.ok_or_else(|| Fault::Params("\"from\" is missing".into()))?;
        let key = self.keys.get(&from);
        if key.is_none() && !self.solo().is_some_and(|solo| solo.impersonates(&from)) {
            return Err(Fault::Refused("unknown account".into()));
        }
        self.send_as(from, key, request, turns).await
    }

    /// Without a key, without a signature.
    pub(crate) async fn send_as(
        self: &Arc<Self>,
        from: Address,
        key: Option<&SigningKey>,
        request: TransactionRequest,
        turns: &Turns,
    ) -> Result<B256, Fault> {
        let hash = {
            let _nonces = self.nonces.lock().await;
            let transaction = self.complete(request, turns).await?;
            let transaction = match key {
                Some(key) => Recovered::new_unchecked(sign(transaction, key)?, from),
                None => edgeloom_dev::unsigned(transaction, from),
            };
            let (signs, context) = (transaction.authorization_list().is_some(), self.clone());
            let admit = move || context.admit(Arc::new(transaction));
            if signs { turns.run(admit).await?? } else { admit()? }
        };
        self.seal(hash).await
    }

    /// Fills in what the request leaves open.
    pub(crate) async fn complete(
        self: &Arc<Self>,
        mut request: TransactionRequest,
        turns: &Turns,
    ) -> Result<TypedTransaction, Fault> {
        if request.has_eip4844_fields() {
            return Err(Rejection::Type.into());
        }
        let chain_id = *request.chain_id.get_or_insert(self.chain_id());
        if chain_id != self.chain_id() {
            return Err(Rejection::ChainId { have: chain_id, want: self.chain_id() }.into());
        }
        request.normalize_input();
        if request.to.is_none() {
            request = request.create();
        }
        if request.nonce.is_none() {
            request.nonce = Some(self.nonce(request.from.unwrap_or_default(), Some(BlockId::pending()))?);
        }
        if request.gas.is_none() {
            let (context, request_) = (self.clone(), request.clone());
            let estimate = move || context.estimate_gas(Question { request: request_, ..Question::default() });
            request.gas = Some(turns.run(estimate).await??);
        }
        if request.gas_price.is_none() {
            let base_fee = u128::from(self.next_base_fee()?);
            let tip = match request.max_priority_fee_per_gas {
                Some(tip) => tip,
                None => {
                    let context = self.clone();
                    let suggested = turns.run(move || context.suggested_tip()).await??;
                    suggested.min(request.max_fee_per_gas.unwrap_or(u128::MAX))
                }
            };
            request.max_priority_fee_per_gas = Some(tip);
            request.max_fee_per_gas.get_or_insert_with(|| (2 * base_fee).saturating_add(tip));
        }
        let transaction = request.build_typed_tx();
        transaction.map_err(|_| Fault::Params("the fields do not make a transaction of one type".into()))
    }
}

pub(crate) fn sign(transaction: TypedTransaction, key: &SigningKey) -> Result<TxEnvelope, Fault> {
    let signed = key.sign_prehash_recoverable(transaction.signature_hash().as_slice());
    let (signature, recovery) = signed.map_err(|error| Fault::Internal(format!("cannot sign: {error}")))?;
    Ok(transaction.into_envelope(Signature::from((signature, recovery))))
}
