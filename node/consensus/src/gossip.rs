//! Transactions between nodes, on their own channel. Every node is linked to every other, so a node tells its peers
//! only of transactions that its own users gave it, and never repeats what it heard.
//!
//! ```text
//! batch = RLP list of at most 512 strings, each a transaction in its EIP-2718 form; at most 256 KiB
//! ```
//! * G1 Nothing is decoded from a message over the size limit, and no transaction beyond the count limit.
//! * G2 A transaction that the pool has, or that does not decode, costs its receiver no signature recovery.
//! * G3 Recovery and the state check run on the blocking pool, one batch at a time. A link brings as many batches a
//!   second as the channel's quota; what finds the inbox full, which has room for 8 of every peer, is dropped.
//! * G4 What a peer sends is never a reason to cut it off: the same link carries its votes.
//! * G5 A transaction of ours that still waits after [`PATIENCE`] is told again: a peer may have been away, or full. At
//!   most two batches each [`REPEAT`], so a pool that is stuck costs its peers little.

use crate::{application::ChainApp, node::Tasks};
use alloy::{
    eips::eip2718::{Decodable2718, Encodable2718},
    primitives::{B256, Bytes, keccak256},
};
use alloy_consensus::{
    TxEnvelope,
    transaction::{Recovered, SignerRecoverable as _},
};
use alloy_rlp::{Encodable as _, Header};
use commonware_cryptography::ed25519::PublicKey;
use commonware_macros::select;
use commonware_p2p::{Receiver, Recipients, Sender};
use commonware_runtime::{Clock, Metrics, Spawner};
use edgeloom_txpool::{Origin, Pool};
use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Duration, SystemTime},
};

/// Largest batch, in bytes. A transaction has at most 128 KiB, so any fits.
pub(crate) const BATCH_BYTES_MAX: usize = 256 * 1024;
/// Most transactions in a batch.
const BATCH_COUNT_MAX: usize = 512;
/// Least time between two batches: keeps a node within its peers' quota for the channel.
const PACE: Duration = Duration::from_millis(10);
/// How long a transaction that was told waits before it is told again.
const PATIENCE: Duration = Duration::from_secs(3);
/// How often some are told again.
const REPEAT: Duration = Duration::from_secs(1);

/// Starts the two tasks: what goes out, and what comes in.
pub(crate) fn start<E, S, R>(context: &E, app: ChainApp, (sender, receiver): (S, R), tasks: &mut Tasks)
where
    E: Spawner + Clock + Metrics,
    S: Sender<PublicKey = PublicKey>,
    R: Receiver<PublicKey = PublicKey>,
{
    let outgoing = app.clone();
    tasks.watch("gossip out", context.child("gossip_out").spawn(move |context| send(context, outgoing, sender)));
    tasks.watch("gossip in", context.child("gossip_in").spawn(move |context| receive(context, app, receiver)));
}

async fn send<E: Clock>(context: E, app: ChainApp, mut sender: impl Sender<PublicKey = PublicKey>) {
    let mut told = Told::default();
    let mut repeat = context.current() + REPEAT;
    loop {
        // Before looking, so that no admission falls between looking and waiting.
        let mut admissions = app.pool.subscribe();
        let mut transactions = app.pool.take_outbox(BATCH_COUNT_MAX);
        let now = context.current();
        if now >= repeat {
            transactions.extend(told.due(now, &app.pool)); // G5
            repeat = now + REPEAT;
        }
        if transactions.is_empty() {
            select! {
                _ = admissions.recv() => {}, // even to have missed some is to hear of one
                _ = context.sleep_until(repeat) => {},
            }
            continue;
        }
        told.note(now, &transactions);
        for batch in batches(&transactions) {
            // Nobody to send to is no fault: G5.
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

/// What was told to peers, by when it was last told. An entry goes when its transaction has left the pool.
#[derive(Default)]
struct Told(VecDeque<(SystemTime, B256)>);

impl Told {
    fn note(&mut self, now: SystemTime, transactions: &[Arc<Recovered<TxEnvelope>>]) {
        self.0.extend(transactions.iter().map(|transaction| (now, *transaction.tx_hash())));
    }

    /// Of those that were told [`PATIENCE`] ago and still wait: until a batch is full.
    fn due(&mut self, now: SystemTime, pool: &Pool) -> Vec<Arc<Recovered<TxEnvelope>>> {
        let (mut out, mut bytes) = (Vec::new(), 0);
        while out.len() < BATCH_COUNT_MAX
            && bytes < BATCH_BYTES_MAX
            && let Some((_, hash)) = self.0.pop_front_if(|(then, _)| *then + PATIENCE <= now)
        {
            if let Some(transaction) = pool.get(&hash) {
                bytes += transaction.encode_2718_len();
                out.push(transaction);
            }
        }
        out
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
