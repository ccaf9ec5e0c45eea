//! Transactions between nodes, on their own channel. Every node is linked to every other, so a node tells its peers
//! only of transactions that its own users gave it, once, and never repeats what it heard.
//!
//! ```text
//! batch = RLP list of at most 512 strings, each a transaction in its EIP-2718 form; at most 256 KiB
//! ```
//! * G1 Nothing is decoded from a message over the size limit, and no transaction beyond the count limit.
//! * G2 A transaction that the pool has, or that does not decode, costs its receiver no signature recovery.
//! * G3 Recovery and the state check run on the blocking pool, one batch at a time: a flood fills the bounded inbox of
//!   the channel and is dropped there.
//! * G4 What a peer sends is never a reason to cut it off: the same link carries its votes.

use crate::application::ChainApp;
use alloy::{
    eips::eip2718::{Decodable2718, Encodable2718},
    primitives::{Bytes, keccak256},
};
use alloy_consensus::{
    TxEnvelope,
    transaction::{Recovered, SignerRecoverable as _},
};
use alloy_rlp::{Encodable as _, Header};
use commonware_cryptography::ed25519::PublicKey;
use commonware_p2p::{Receiver, Recipients, Sender};
use commonware_runtime::{Clock, Metrics, Spawner};
use edgeloom_txpool::Origin;
use std::{sync::Arc, time::Duration};

/// Largest batch, in bytes. A transaction has at most 128 KiB, so any fits.
pub(crate) const BATCH_BYTES_MAX: usize = 256 * 1024;
/// Most transactions in a batch.
const BATCH_COUNT_MAX: usize = 512;
/// Least time between two batches: keeps a node within its peers' quota for the channel.
const PACE: Duration = Duration::from_millis(10);

/// Starts the two tasks: what goes out, and what comes in.
pub(crate) fn start<E, S, R>(context: &E, app: ChainApp, (sender, receiver): (S, R))
where
    E: Spawner + Clock + Metrics,
    S: Sender<PublicKey = PublicKey>,
    R: Receiver<PublicKey = PublicKey>,
{
    let outgoing = app.clone();
    context.child("gossip_out").spawn(move |context| send(context, outgoing, sender));
    context.child("gossip_in").spawn(move |context| receive(context, app, receiver));
}

async fn send<E: Clock>(context: E, app: ChainApp, mut sender: impl Sender<PublicKey = PublicKey>) {
    loop {
        // Before looking, so that no admission falls between looking and waiting.
        let mut admissions = app.pool.subscribe();
        let transactions = app.pool.take_outbox(BATCH_COUNT_MAX);
        if transactions.is_empty() {
            drop(admissions.recv().await); // even to have missed some is to hear of one
            continue;
        }
        for batch in batches(&transactions) {
            // Nobody to send to is no fault: the transaction stays in our pool until we lead.
            drop(Sender::send(&mut sender, Recipients::All, batch, false));
            context.sleep(PACE).await;
        }
    }
}

async fn receive<E: Spawner>(context: E, app: ChainApp, mut receiver: impl Receiver<PublicKey = PublicKey>) {
    while let Ok((peer, message)) = receiver.recv().await {
        let (app, message) = (app.clone(), Bytes::copy_from_slice(message.as_ref()));
        let admitted = context.child("admit").shared(true).spawn(move |_| async move { admit(&app, &message) }); // G3
        match admitted.await {
            Ok(Ok(count)) => tracing::trace!(?peer, count, "admitted gossip"),
            Ok(Err(error)) => tracing::debug!(?peer, %error, "malformed gossip"),
            Err(_) => return,
        }
    }
}

/// Packs transactions, in order, into as few batches as the limits allow.
fn batches(transactions: &[Arc<Recovered<TxEnvelope>>]) -> Vec<Vec<u8>> {
    let mut out = Vec::new();
    let mut payload = Vec::new();
    let mut count = 0;
    for transaction in transactions {
        let encoded = Bytes::from(transaction.encoded_2718());
        // The list's own header has at most 4 bytes at this size.
        if count == BATCH_COUNT_MAX || payload.len() + encoded.length() + 4 > BATCH_BYTES_MAX {
            out.push(list(&payload));
            (payload, count) = (Vec::new(), 0);
        }
        encoded.encode(&mut payload);
        count += 1;
    }
    if count > 0 {
        out.push(list(&payload));
    }
    out
}

fn list(payload: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(payload.len() + 4);
    Header { list: true, payload_length: payload.len() }.encode(&mut out);
    out.extend(payload);
    out
}

/// Why a message is not a batch.
#[derive(Debug, thiserror::Error)]
enum Malformed {
    #[error("batch has {0} bytes, more than {BATCH_BYTES_MAX}")]
    Size(usize),
    #[error("batch has more than {BATCH_COUNT_MAX} transactions")]
    Count,
    #[error("batch is not an RLP list of strings: {0}")]
    Rlp(#[from] alloy_rlp::Error),
}

/// The strings of a batch. G1.
fn unpack(message: &[u8]) -> Result<Vec<&[u8]>, Malformed> {
    if message.len() > BATCH_BYTES_MAX {
        return Err(Malformed::Size(message.len()));
    }
    let mut rest = message;
    let mut list = Header::decode_bytes(&mut rest, true)?;
    if !rest.is_empty() {
        return Err(alloy_rlp::Error::UnexpectedLength.into());
    }
    let mut out = Vec::new();
    while !list.is_empty() {
        if out.len() == BATCH_COUNT_MAX {
            return Err(Malformed::Count);
        }
        out.push(Header::decode_bytes(&mut list, false)?);
    }
    Ok(out)
}

/// Gives what is admissible of a batch to the pool; how many that were.
fn admit(app: &ChainApp, message: &[u8]) -> Result<usize, Malformed> {
    let fresh = unpack(message)?.into_iter().filter(|bytes| app.pool.get(&keccak256(bytes)).is_none()); // G2
    Ok(fresh.filter(|bytes| admit_one(app, bytes).is_some()).count())
}

fn admit_one(app: &ChainApp, mut bytes: &[u8]) -> Option<()> {
    let transaction = TxEnvelope::decode_2718(&mut bytes).ok().filter(|_| bytes.is_empty())?;
    let transaction = Arc::new(transaction.try_into_recovered().ok()?);
    let tip = app.store.tip()?;
    let parent = app.store.header(tip.height).ok()??;
    let sender = app.store.view().account(transaction.signer()).ok()?.unwrap_or_default();
    let admitted = app.pool.admit(transaction, Origin::Peer, sender, parent.gas_limit);
    admitted.map_err(|rejection| tracing::trace!(%rejection, "gossip not admitted")).ok().map(drop)
}

#[cfg(test)]
mod tests;
