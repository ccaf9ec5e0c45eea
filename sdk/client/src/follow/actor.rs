use std::collections::HashMap;

use alloy::{
    primitives::{B256, U256},
    providers::Provider,
    rpc::{
        client::BatchRequest,
        types::{Filter, Log, TransactionReceipt},
    },
    sol_types::SolEvent,
};
use edgeloom_bindings::{IJobMarket, addresses};
use futures::future::join_all;
use tokio::{
    sync::{mpsc, oneshot, watch},
    time::{Duration, sleep},
};

use super::{Ask, Closing, closings, returned};
use crate::{Error, rpc::Rpc};

/// Requests in one JSON-RPC batch.
const BATCH: usize = 100;
/// Blocks in one question for logs.
const RANGE: u64 = 500;
/// Pause before a failed round is repeated, if no block comes first.
const AGAIN: Duration = Duration::from_millis(250);

/// Somebody waits for the end of a job.
struct Watch {
    order: U256,
    reply: oneshot::Sender<Option<Closing>>,
}

pub(super) struct Actor {
    rpc: Rpc,
    heads: watch::Receiver<u64>,
    asks: mpsc::Receiver<Ask>,
    receipts: HashMap<B256, Vec<oneshot::Sender<TransactionReceipt>>>,
    jobs: HashMap<U256, Vec<Watch>>,
    /// Logs up to this block have been looked at.
    seen: u64,
    /// The last round failed part-way.
    behind: bool,
}

impl Actor {
    pub(super) fn new(rpc: Rpc, mut heads: watch::Receiver<u64>, asks: mpsc::Receiver<Ask>) -> Self {
        let seen = *heads.borrow_and_update();
        Self { rpc, heads, asks, receipts: HashMap::new(), jobs: HashMap::new(), seen, behind: false }
    }

    pub(super) async fn run(mut self) {
        let mut fresh = Vec::new();
        loop {
            tokio::select! {
                asked = self.asks.recv() => match asked {
                    Some(ask) => {
                        self.accept(ask, &mut fresh);
                        while let Ok(more) = self.asks.try_recv() {
                            self.accept(more, &mut fresh);
                        }
                        // It may be in a block already: a development chain seals before it answers.
                        let asked = std::mem::take(&mut fresh);
                        self.behind |= !self.look_for(asked).await;
                    }
                    None => return,
                },
                changed = self.heads.changed() => match changed {
                    Ok(()) => self.round().await,
                    Err(_) => return,
                },
                () = sleep(AGAIN), if self.behind => self.round().await,
            }
        }
    }

    fn accept(&mut self, ask: Ask, fresh: &mut Vec<B256>) {
        match ask {
            Ask::Receipt { tx, reply } => {
                self.receipts.entry(tx).or_default().push(reply);
                fresh.push(tx);
            }
            Ask::Closing { id, order, begun, reply } => {
                self.jobs.entry(id).or_default().push(Watch { order, reply });
                // A caller that is gone needs no word that its watch began.
                begun.send(()).unwrap_or(());
            }
        }
    }

    async fn round(&mut self) {
        let head = *self.heads.borrow_and_update();
        self.receipts.retain(|_, replies| {
            replies.retain(|reply| !reply.is_closed());
            !replies.is_empty()
        });
        self.jobs.retain(|_, watches| {
            watches.retain(|watch| !watch.reply.is_closed());
            !watches.is_empty()
        });
        let waited_for: Vec<B256> = self.receipts.keys().copied().collect();
        let receipts_done = self.look_for(waited_for).await;
        let jobs_done = self.look_at_jobs(head).await;
        self.behind = !(receipts_done && jobs_done);
    }

    /// Asks for these receipts and replies with those that exist; false if some could not be asked for.
    async fn look_for(&mut self, hashes: Vec<B256>) -> bool {
        let batches = hashes.chunks(BATCH).map(|hashes| fetch(&self.rpc, hashes));
        let mut complete = true;
        for fetched in join_all(batches).await {
            let Ok(receipts) = fetched else {
                complete = false;
                continue;
            };
            for receipt in receipts {
                for reply in self.receipts.remove(&receipt.transaction_hash).unwrap_or_default() {
                    // The caller may have given up meanwhile.
                    drop(reply.send(receipt.clone()));
                }
            }
        }
        complete
    }

    async fn look_at_jobs(&mut self, head: u64) -> bool {
        if self.jobs.is_empty() {
            self.seen = self.seen.max(head);
        }
        while self.seen < head {
            let to = head.min(self.seen + RANGE);
            let Ok(logs) = market_logs(&self.rpc, self.seen + 1, to).await else { return false };
            for closing in closings(&logs) {
                for watch in self.jobs.remove(&closing.id).unwrap_or_default() {
                    // The caller may have given up meanwhile.
                    drop(watch.reply.send(Some(closing.clone())));
                }
            }
            for order in returned(&logs) {
                self.look_again(order);
            }
            self.seen = to;
        }
        true
    }

    /// Has whoever waits for a job of this order read the chain.
    fn look_again(&mut self, order: U256) {
        let of_it = |_: &U256, watches: &mut Vec<Watch>| watches.iter().any(|watch| watch.order == order);
        for (_, watches) in self.jobs.extract_if(of_it) {
            for watch in watches {
                // The caller may have given up meanwhile.
                drop(watch.reply.send(None));
            }
        }
    }
}

async fn fetch(rpc: &Rpc, hashes: &[B256]) -> Result<Vec<TransactionReceipt>, Error> {
    let method = "eth_getTransactionReceipt";
    let failed = |error| Error::from_transport(method, None, error);
    if let [hash] = hashes {
        return Ok(rpc.once::<_, Option<TransactionReceipt>>(method, (*hash,), None).await?.into_iter().collect());
    }
    let mut batch = BatchRequest::new(rpc.provider.client());
    let mut waiters = Vec::with_capacity(hashes.len());
    for hash in hashes {
        waiters.push(batch.add_call::<_, Option<TransactionReceipt>>(method, &(*hash,)).map_err(failed)?);
    }
    batch.send().await.map_err(failed)?;
    let mut receipts = Vec::new();
    for waiter in waiters {
        receipts.extend(waiter.await.map_err(failed)?);
    }
    Ok(receipts)
}

async fn market_logs(rpc: &Rpc, from: u64, to: u64) -> Result<Vec<Log>, Error> {
    let filter = Filter::new().address(addresses::JOB_MARKET).event_signature(vec![
        IJobMarket::JobAnswered::SIGNATURE_HASH,
        IJobMarket::JobClosed::SIGNATURE_HASH,
        IJobMarket::JobsReturned::SIGNATURE_HASH,
    ]);
    // Not repeated here: the next round asks again.
    rpc.logs(&filter, from..=to, Duration::ZERO).await
}
