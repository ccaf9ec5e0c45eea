//! source → decode → project → store. One task fetches and decodes ahead, one writes; two batches may wait between them.
//!
//! F1 A node that fails, or has nothing new for too long, is left for the next one.
//! F2 A node that is not of the chain, or whose blocks do not hold, is never asked again; the last one ends the process.
//!    Unless it is a development chain that went back: the index follows it there.
//! F3 A block is handed on only behind the block before it, so that no node's fault reaches the database.

mod back;

use crate::{
    decode::{DecodeError, Decoded, decode},
    heads::Heads,
    progress::{NodeStatus, Progress},
    record::BlockFacts,
    source::{FeedPage, Source, SourceError},
    store::{
        Cursor, Store, StoreError,
        rewind::{History, Rewind},
    },
};
use back::BackError;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::{
    sync::{mpsc, oneshot, watch},
    time::sleep,
};

/// Batches between fetching and writing; each holds at most one page of the feed.
const BATCHES_AHEAD: usize = 2;

const RETRY_MIN: Duration = Duration::from_millis(100);
const RETRY_MAX: Duration = Duration::from_secs(5);

/// Why indexing cannot go on. A node that fails later than at the start is no reason: it is asked again. The fault of a node
/// is one if there is no other.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    #[error("no node answered within {seconds} s; the last said: {last}. Is it running, and is --rpc right?")]
    Unreachable { seconds: u64, last: SourceError },
    #[error("the node at {url} sent something else than the blocks from {from} on: {source}")]
    Feed { url: String, from: u64, source: DecodeError },
    #[error("the development chain went back to block {head}")]
    WentBack { head: u64 },
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
    /// How long a node may have no new block before the next one is asked.
    pub stall: Duration,
}

impl FollowError {
    /// Whether only the node that was asked is at fault (F2).
    const fn is_nodes_fault(&self) -> bool {
        match self {
            Self::Feed { .. } => true,
            Self::Store(error) => {
                matches!(error, StoreError::WrongChain { .. } | StoreError::Diverged { .. } | StoreError::Gap { .. })
            }
            Self::Unreachable { .. } | Self::WentBack { .. } => false,
        }
    }

    /// Whether this is what a chain looks like that took back what was indexed.
    const fn is_other_past(&self) -> bool {
        match self {
            Self::WentBack { .. } => true,
            Self::Store(StoreError::Diverged { .. }) => true,
            Self::Store(StoreError::WrongChain { ours, theirs, .. }) => theirs.chain_id == ours.chain_id,
            _ => false,
        }
    }
}

/// What the writer is to do.
#[derive(Debug)]
enum Work {
    Append(Vec<Decoded>),
    /// Answers with the cursor afterwards.
    Rewind(Rewind, oneshot::Sender<Option<Cursor>>),
}

impl Follower {
    /// Indexes until `stop` is true; what was fetched by then is written.
    ///
    /// # Errors
    /// [`FollowError`]; rows up to the cursor are right nevertheless.
    pub async fn run(self, stop: watch::Receiver<bool>) -> Result<(), FollowError> {
        let last = self.store.cursor().await?;
        let (batches, queue) = mpsc::channel(BATCHES_AHEAD);
        let (store, progress) = (self.store.clone(), self.progress.clone());
        let fetcher = Fetcher { follower: self, last, checked: None, batches, stop };
        tokio::try_join!(fetcher.run(), write(store, progress, queue))?;
        Ok(())
    }
}

/// What asking once came to.
enum Step {
    /// Some, of a node that says that it is at `head`.
    Blocks { head: u64 },
    /// The index went back with its chain.
    Back,
    /// No block, though the node says that it is at `head`.
    Nothing { head: u64 },
    /// The writer ended.
    Gone,
}

struct Fetcher {
    follower: Follower,
    /// The last block that was handed on.
    last: Option<Cursor>,
    /// What the active node said when its chain was last compared with the index; `None` after a change of node.
    checked: Option<NodeStatus>,
    batches: mpsc::Sender<Work>,
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
        let mut moved = started;
        loop {
            match self.step().await {
                Ok(Step::Gone) => return Ok(()),
                Ok(Step::Back) => (retry, reached, moved) = (RETRY_MIN, true, Instant::now()),
                Ok(Step::Blocks { head }) => {
                    (retry, reached, moved) = (RETRY_MIN, true, Instant::now());
                    if self.next() > head {
                        self.follower.heads.next().await;
                    }
                }
                Ok(Step::Nothing { head }) => {
                    (retry, reached) = (RETRY_MIN, true);
                    if moved.elapsed() >= self.follower.stall {
                        self.leave_stalled(head);
                        moved = Instant::now();
                    }
                    self.follower.heads.next().await;
                }
                Err(FollowError::Unreachable { last, .. }) => {
                    self.follower.progress.unreachable(self.follower.source.active(), last.to_string());
                    if !reached && started.elapsed() >= self.follower.patience {
                        return Err(FollowError::Unreachable { seconds: self.follower.patience.as_secs(), last });
                    }
                    tracing::warn!(error = %last, "the node does not answer; trying again");
                    self.follower.source.next_node();
                    self.checked = None;
                    sleep(retry).await;
                    retry = (retry * 2).min(RETRY_MAX);
                }
                Err(fault) if fault.is_nodes_fault() => {
                    let (bad, url) = (self.follower.source.active(), self.follower.source.url().to_string());
                    if !self.follower.source.exclude() {
                        return Err(fault);
                    }
                    tracing::error!(%url, error = %fault, "this node is not asked again");
                    self.follower.progress.forget(bad);
                    self.checked = None;
                }
                Err(fatal) => return Err(fatal),
            }
        }
    }

    /// F1. What a node claims and does not send counts no more.
    fn leave_stalled(&mut self, head: u64) {
        let (stalled, url) = (self.follower.source.active(), self.follower.source.url().to_string());
        if !self.follower.source.next_node() {
            return;
        }
        self.checked = None;
        if head >= self.next() {
            tracing::warn!(%url, head, "the node does not send the blocks that it claims; asking the next");
            self.follower.progress.forget(stalled);
        } else {
            tracing::debug!(%url, head, "the node has no new block; asking the next");
        }
    }

    /// Height of the next block to fetch.
    fn next(&self) -> u64 {
        self.last.map_or(0, |last| last.height + 1)
    }

    async fn step(&mut self) -> Result<Step, FollowError> {
        let step = self.advance().await;
        match step {
            Err(other) if other.is_other_past() && self.may_go_back().await? => {
                tracing::warn!(seen = %other, "the development chain took blocks back; the index follows");
                self.go_back().await
            }
            step => step,
        }
    }

    /// Both the file and the node must be of a development chain: a node alone can say that of any.
    async fn may_go_back(&self) -> Result<bool, FollowError> {
        let Follower { source, store, .. } = &self.follower;
        let unreachable = |last| FollowError::Unreachable { seconds: 0, last };
        Ok(store.history().await? == Some(History::Revisable)
            && source.history().await.map_err(unreachable)? == History::Revisable)
    }

    async fn go_back(&mut self) -> Result<Step, FollowError> {
        let Follower { source, store, .. } = &self.follower;
        let rewind = back::plan(source, store).await.map_err(|error| match error {
            BackError::Source(last) => FollowError::Unreachable { seconds: 0, last },
            BackError::Node(error) => FollowError::Unreachable { seconds: 0, last: source.silent(&error) },
            BackError::Store(error) => error.into(),
        })?;
        let (done, rewound) = oneshot::channel();
        if self.batches.send(Work::Rewind(rewind, done)).await.is_err() {
            return Ok(Step::Gone);
        }
        let Ok(cursor) = rewound.await else { return Ok(Step::Gone) };
        (self.last, self.checked) = (cursor, None);
        Ok(Step::Back)
    }

    async fn advance(&mut self) -> Result<Step, FollowError> {
        let page = self.page().await?;
        let head = page.node.head;
        if page.blocks.is_empty() {
            return Ok(if self.batches.is_closed() { Step::Gone } else { Step::Nothing { head } });
        }
        self.forward(page).await
    }

    /// The next page of a node that is of the right chain.
    async fn page(&mut self) -> Result<FeedPage, FollowError> {
        let unreachable = |last| FollowError::Unreachable { seconds: 0, last };
        let Follower { source, store, progress, .. } = &self.follower;
        let page = source.page(self.next()).await.map_err(unreachable)?;
        let NodeStatus { identity, head, .. } = page.node;
        if self.checked.is_none_or(|checked| checked.identity != identity) {
            let history = match store.history().await? {
                Some(history) => history,
                None => source.history().await.map_err(unreachable)?,
            };
            store.adopt(identity, history).await?;
            tracing::info!(url = %source.url(), chain_id = identity.chain_id, head, "following");
        }
        // Its blocks will be checked against the cursor as they come. Until then, and while it is behind the index, it is
        // asked for what both have: a development chain that was started anew shows here.
        let is_behind = self.last.is_some_and(|last| head < last.height);
        if is_behind && store.history().await? == Some(History::Revisable) {
            return Err(FollowError::WentBack { head });
        }
        // It may have no block to send, and another one where the index ends.
        if let Some(last) = self.last.filter(|last| last.height == head && last.hash != page.node.hash) {
            return Err(store.diverged(last, page.node.hash).into());
        }
        let last = self.last.map(|last| last.height);
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

    /// Decodes a page and hands it to the writer.
    async fn forward(&mut self, page: FeedPage) -> Result<Step, FollowError> {
        let NodeStatus { identity, head, .. } = page.node;
        let (url, is_alone) = (self.follower.source.url().to_string(), page.blocks.len() == 1);
        let from = self.next();
        let decode_all = move || {
            page.blocks.iter().map(decode).collect::<Result<Vec<_>, _>>().map_err(|source| FollowError::Feed {
                url,
                from,
                source,
            })
        };
        // At the tip a block comes by itself, and takes less time than another thread's turn on a busy machine.
        let decoded = if is_alone {
            decode_all()?
        } else {
            match tokio::task::spawn_blocking(decode_all).await {
                Ok(decoded) => decoded?,
                // Cancelled with the runtime, or a bug that has told of itself.
                Err(_) => return Ok(Step::Gone),
            }
        };
        self.last = self.follower.store.follow(identity, self.last, &decoded)?;
        Ok(if self.batches.send(Work::Append(decoded)).await.is_ok() { Step::Blocks { head } } else { Step::Gone })
    }
}

async fn write(store: Store, progress: Progress, mut queue: mpsc::Receiver<Work>) -> Result<(), FollowError> {
    while let Some(work) = queue.recv().await {
        let batch = match work {
            Work::Append(batch) => batch,
            Work::Rewind(rewind, done) => {
                let block = store.rewind(&rewind).await?;
                tracing::info!(common = rewind.to, kept = block.map(|block| block.height), "the index went back");
                progress.rewound(block);
                // Who asked may have been told to stop.
                let _gone = done.send(block.map(|BlockFacts { height, hash, .. }| Cursor { height, hash }));
                continue;
            }
        };
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
