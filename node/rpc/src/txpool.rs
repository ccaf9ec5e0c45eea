//! `txpool_*`: what waits, by sender and nonce. `pending` can execute after what is final, `queued` waits for a lower
//! nonce.

use crate::{convert, error::Fault, node::Context, server::RESPONSE_BYTES_MAX};
use alloy::{
    eips::eip2718::Encodable2718,
    primitives::Address,
    rpc::types::{
        Transaction,
        txpool::{TxpoolContent, TxpoolContentFrom, TxpoolInspect, TxpoolInspectSummary, TxpoolStatus},
    },
};
use edgeloom_txpool::Waiting;
use jsonrpsee::{core::RpcResult, proc_macros::rpc};
use std::{collections::BTreeMap, sync::Arc};

/// At least the bytes of names and quantities of one transaction in JSON.
const FRAME_BYTES: usize = 1200;

#[rpc(server, namespace = "txpool")]
pub(crate) trait TxpoolApi {
    /// How many transactions wait.
    #[method(name = "status")]
    fn status(&self) -> RpcResult<TxpoolStatus>;

    /// All transactions that wait.
    #[method(name = "content")]
    fn content(&self) -> RpcResult<TxpoolContent>;

    /// The transactions of one sender that wait.
    #[method(name = "contentFrom")]
    fn content_from(&self, sender: Address) -> RpcResult<TxpoolContentFrom>;

    /// All transactions that wait, a line of text each.
    #[method(name = "inspect")]
    fn inspect(&self) -> RpcResult<TxpoolInspect>;
}

type ByNonce<T> = BTreeMap<String, T>;
type BySender<T> = BTreeMap<Address, ByNonce<T>>;

#[derive(Debug)]
pub(crate) struct Txpool {
    context: Arc<Context>,
}

impl Txpool {
    pub(crate) const fn new(context: Arc<Context>) -> Self {
        Self { context }
    }
}

/// (pending, queued), each by sender and nonce.
fn sorted<T>(waiting: &[Waiting], show: impl Fn(&Waiting) -> T) -> (BySender<T>, BySender<T>) {
    let (mut pending, mut queued) = (BySender::new(), BySender::new());
    for entry in waiting {
        let side = if entry.ready { &mut pending } else { &mut queued };
        side.entry(entry.transaction.signer()).or_default().insert(entry.nonce().to_string(), show(entry));
    }
    (pending, queued)
}

fn show(entry: &Waiting) -> Transaction {
    convert::pending(&entry.transaction)
}

/// # Errors
/// [`Fault::Limit`] when the transactions are larger in JSON than an answer may be.
fn check(waiting: &[Waiting], instead: &str) -> Result<(), Fault> {
    let bytes: usize = waiting.iter().map(|entry| FRAME_BYTES + 2 * entry.transaction.encode_2718_len()).sum();
    if bytes > RESPONSE_BYTES_MAX {
        return Err(Fault::Limit(format!("{} transactions wait, about {bytes} bytes: {instead}", waiting.len())));
    }
    Ok(())
}

impl TxpoolApiServer for Txpool {
    fn status(&self) -> RpcResult<TxpoolStatus> {
        let (pending, queued) = self.context.pool.counts();
        Ok(TxpoolStatus { pending: pending as u64, queued: queued as u64 })
    }

    fn content(&self) -> RpcResult<TxpoolContent> {
        let waiting = self.context.pool.waiting();
        check(&waiting, "ask for one sender's with txpool_contentFrom, or for txpool_inspect")?;
        let (pending, queued) = sorted(&waiting, show);
        Ok(TxpoolContent { pending, queued })
    }

    fn content_from(&self, sender: Address) -> RpcResult<TxpoolContentFrom> {
        let waiting = self.context.pool.waiting_of(sender);
        check(&waiting, "ask for one at a time with eth_getTransactionBySenderAndNonce")?;
        let (mut pending, mut queued) = sorted(&waiting, show);
        let take = |side: &mut BySender<Transaction>| side.remove(&sender).unwrap_or_default();
        Ok(TxpoolContentFrom { pending: take(&mut pending), queued: take(&mut queued) })
    }

    fn inspect(&self) -> RpcResult<TxpoolInspect> {
        let waiting = self.context.pool.waiting();
        let line = |entry: &Waiting| TxpoolInspectSummary::from_tx(entry.transaction.inner().clone());
        let (pending, queued) = sorted(&waiting, line);
        Ok(TxpoolInspect { pending, queued })
    }
}
