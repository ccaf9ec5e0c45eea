//! source → decode → project → store. One task fetches and decodes ahead, one writes; two batches may wait between them.

use crate::{
    decode::{DecodeError, Decoded, decode},
    heads::Heads,
    progress::{NodeStatus, Progress},
    source::{FeedPage, Source, SourceError},
    store::{Store, StoreError},
};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::{
    sync::{mpsc, watch},
    time::sleep,
};

/// Batches between fetching and writing; each holds at most one page of the feed.
const BATCHES_AHEAD: usize = 2;

const RETRY_MIN: Duration = Duration::from_millis(100);
const RETRY_MAX: Duration = Duration::from_secs(5);

/// Why indexing cannot go on. A node that fails later than at the start is no reason: it is asked again.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    #[error("no node answered within {seconds} s; the last said: {last}. Is it running, and is --rpc right?")]
    Unreachable { seconds: u64, last: SourceError },
    #[error("the node at {url} sent something else than the blocks from {from} on: {source}")]
    Feed { url: String, from: u64, source: DecodeError },
    #[error("the node at {url} sent block {actual} where {expected} comes next")]
    Order { url: String, expected: u64, actual: u64 },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What indexing works with.
#[derive(Debug)]
pub struct Follower {
    pub store: Store,
    pub source: Source,
    pub heads: Heads,
    pub progress: Progress,
    /// How long to wait for the first answer of a node.
    pub patience: Duration,
}

impl Follower {
    /// Indexes until `stop` is true; what was fetched by then is written.
    ///
    /// # Errors
    /// [`FollowError`]; rows up to the cursor are right nevertheless.
    pub async fn run(self, stop: watch::Receiver<bool>) -> Result<(), FollowError> {
        let next = self.store.cursor().await?.map_or(0, |cursor| cursor.height + 1);
        let (batches, queue) = mpsc::channel(BATCHES_AHEAD);
        let (store, progress) = (self.store.clone(), self.progress.clone());
        let fetcher = Fetcher { follower: self, next, checked: None, batches, stop };
        tokio::try_join!(fetcher.run(), write(store, progress, queue))?;
        Ok(())
    }
}

struct Fetcher {
    follower: Follower,
    /// Height of the next block to fetch.
    next: u64,
    /// What the active node said when its chain was last compared with the index; `None` after a change of node.
    checked: Option<NodeStatus>,
    batches: mpsc::Sender<Vec<Decoded>>,
    stop: watch::Receiver<bool>,
}

impl Fetcher {
    async fn run(mut self) -> Result<(), FollowError> {
        let mut stop = self.stop.clone();
        tokio::select! {
            done = self.fetch() => done,
            // The sender lives as long as the process: an error here would mean that it ends, too.
            _ = stop.wait_for(|stop| *stop) => Ok(()),
        }
    }

    async fn fetch(&mut self) -> Result<(), FollowError> {
        let (started, mut retry, mut reached) = (Instant::now(), RETRY_MIN, false);
        loop {
            match self.page().await {
                Ok(page) => {
                    (retry, reached) = (RETRY_MIN, true);
                    let head = page.node.head;
                    if !self.forward(page).await? {
                        return Ok(());
                    }
                    if self.next > head {
                        self.follower.heads.next().await;
                    }
                }
                Err(FollowError::Unreachable { last, .. }) => {
                    self.follower.progress.unreachable(last.to_string());
                    if !reached && started.elapsed() >= self.follower.patience {
                        return Err(FollowError::Unreachable { seconds: self.follower.patience.as_secs(), last });
                    }
                    tracing::warn!(error = %last, "the node does not answer; trying again");
                    self.follower.source.next_node();
                    self.checked = None;
                    sleep(retry).await;
                    retry = (retry * 2).min(RETRY_MAX);
                }
                Err(fatal) => return Err(fatal),
            }
        }
    }

    /// The next page of a node that is of the right chain.
    async fn page(&mut self) -> Result<FeedPage, FollowError> {
        let unreachable = |last| FollowError::Unreachable { seconds: 0, last };
        let Follower { source, store, progress, .. } = &self.follower;
        let page = source.page(self.next).await.map_err(unreachable)?;
        let NodeStatus { identity, head, .. } = page.node;
        if self.checked.is_none_or(|checked| checked.identity != identity) {
            store.adopt(identity).await?;
            tracing::info!(url = %source.url(), chain_id = identity.chain_id, head, "following");
        }
        // Its blocks will be checked against the cursor as they come. Until then, and while it is behind the index, it is
        // asked for what both have: a development chain that was started anew shows here.
        let last = self.next.checked_sub(1);
        let is_behind = last.is_some_and(|last| head < last);
        let seen =
            self.checked.is_some_and(|checked| checked.identity == identity && (!is_behind || checked.head == head));
        if let Some(last) = last.filter(|_| !seen) {
            let height = last.min(head);
            if let Some(block) = source.block(height).await.map_err(unreachable)? {
                store.check_link(height, block.hash).await?;
            }
        }
        self.checked = Some(page.node);
        progress.reached(page.node);
        Ok(page)
    }

    /// Decodes a page and hands it to the writer; false when that is gone.
    async fn forward(&mut self, page: FeedPage) -> Result<bool, FollowError> {
        if page.blocks.is_empty() {
            return Ok(!self.batches.is_closed());
        }
        let url = self.follower.source.url().to_string();
        let decoding =
            tokio::task::spawn_blocking(move || page.blocks.iter().map(decode).collect::<Result<Vec<_>, _>>());
        let from = self.next;
        let decoded = match decoding.await {
            Ok(decoded) => decoded.map_err(|source| FollowError::Feed { url: url.clone(), from, source })?,
            // Cancelled with the runtime, or a bug that has told of itself.
            Err(_) => return Ok(false),
        };
        for block in &decoded {
            let (expected, actual) = (self.next, block.facts.height);
            if expected != actual {
                return Err(FollowError::Order { url, expected, actual });
            }
            self.next += 1;
        }
        Ok(self.batches.send(decoded).await.is_ok())
    }
}

async fn write(store: Store, progress: Progress, mut queue: mpsc::Receiver<Vec<Decoded>>) -> Result<(), FollowError> {
    while let Some(batch) = queue.recv().await {
        let Some(last) = batch.last().map(|block| block.facts) else { continue };
        let started = Instant::now();
        store.apply(&batch).await?;
        let at_tip = progress.state().ready;
        metrics::histogram!("edgeloom_index_commit_duration_seconds").record(started.elapsed());
        metrics::counter!("edgeloom_index_blocks_total").increment(batch.len() as u64);
        metrics::counter!("edgeloom_index_transactions_total")
            .increment(batch.iter().map(|block| block.facts.transactions).sum());
        metrics::counter!("edgeloom_index_events_total")
            .increment(batch.iter().map(|block| block.events.len() as u64).sum());
        progress.indexed(last);
        if at_tip {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            let age = now.saturating_sub(Duration::from_millis(last.timestamp_ms));
            metrics::histogram!("edgeloom_index_block_latency_seconds").record(age);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
