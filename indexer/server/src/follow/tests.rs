use super::*;
use crate::{
    filter::{JobFilter, jobs_by},
    heads::Poll,
    page::{PageArguments, PageRequest},
    progress::State,
    store::Count,
    testing::{Blocks, ETHER, Node, busy, post},
};
use edgeloom_index_api::JobOrder;
use tempfile::TempDir;
use tokio::time::timeout;
use url::Url;

const LONG: Duration = Duration::from_secs(30);

struct Running {
    store: Store,
    progress: Progress,
    stop: watch::Sender<bool>,
    task: tokio::task::JoinHandle<Result<(), FollowError>>,
    listening: tokio::task::JoinHandle<()>,
}

/// `subscribe` is how often to ask besides listening to new heads; `None` does not listen.
async fn start(folder: &TempDir, urls: &[Url], subscribe: Option<Poll>) -> Running {
    let store = Store::open(&folder.path().join("index.db")).await.expect("opens");
    let progress = Progress::new(store.identity().await.expect("reads"), store.newest().await.expect("reads"));
    let heads = Heads::new(subscribe.unwrap_or_default());
    let listening = tokio::spawn({
        let (heads, urls) = (heads.clone(), urls.to_vec());
        async move {
            if subscribe.is_some() {
                heads.listen(urls).await
            }
        }
    });
    let follower = Follower {
        store: store.clone(),
        source: Source::new(urls).expect("URLs"),
        heads,
        progress: progress.clone(),
        patience: Duration::from_secs(2),
        stall: Duration::from_millis(200),
    };
    let (stop, stopped) = watch::channel(false);
    Running { store, progress, stop, task: tokio::spawn(follower.run(stopped)), listening }
}

impl Running {
    async fn until(&self, met: impl FnMut(&State) -> bool) {
        let mut changes = self.progress.subscribe();
        timeout(LONG, changes.wait_for(met)).await.expect("in time").expect("the follower lives");
    }

    async fn until_height(&self, height: u64) {
        self.until(|state| state.block.is_some_and(|block| block.height >= height)).await;
    }

    async fn end(self) -> Result<(), FollowError> {
        self.stop.send_replace(true);
        self.listening.abort();
        let outcome = timeout(LONG, self.task).await.expect("stops in time").expect("no panic");
        self.store.close().await;
        outcome
    }

    async fn failure(self) -> FollowError {
        self.listening.abort();
        timeout(LONG, self.task).await.expect("fails in time").expect("no panic").expect_err("fails")
    }

    async fn jobs(&self) -> u64 {
        let page = PageRequest::parse(jobs_by(JobOrder::Id), &PageArguments::default()).expect("a page");
        self.store.jobs(&JobFilter::default(), &page, Count::Yes).await.expect("reads").total_count
    }
}

#[tokio::test]
async fn backfills_and_then_follows_the_tip() {
    let (folder, node) = (TempDir::new().unwrap(), Node::new(busy(300)));
    let (url, _server) = node.serve("127.0.0.1:0").await;
    let index = start(&folder, &[url], Some(Poll::default())).await;
    assert!(!index.progress.state().ready);
    index.until(|state| state.ready).await;
    assert_eq!((index.jobs().await, index.progress.state().block.unwrap().height), (600, 601));
    assert_eq!(index.progress.state().lag(), Duration::ZERO);
    for id in 601..=610 {
        node.push(vec![post(id, ETHER)]);
        index.until_height(id + 1).await;
        assert_eq!(index.jobs().await, id);
    }
    index.end().await.unwrap();
}

/// The follower would look by itself in an hour.
#[tokio::test]
async fn new_heads_wake_the_follower() {
    let (folder, node) = (TempDir::new().unwrap(), Node::new(busy(1)));
    let (url, _server) = node.serve("127.0.0.1:0").await;
    let hour = Duration::from_secs(3600);
    let index = start(&folder, &[url], Some(Poll { subscribed: hour, alone: hour })).await;
    for id in 3..13 {
        node.push(vec![post(id, ETHER)]);
        index.until_height(id + 1).await;
    }
    index.end().await.unwrap();
}

#[tokio::test]
async fn resumes_where_it_stopped() {
    let (folder, node) = (TempDir::new().unwrap(), Node::new(busy(400)));
    let (url, _server) = node.serve("127.0.0.1:0").await;
    for stop_at in [1, 300, 700] {
        let index = start(&folder, std::slice::from_ref(&url), None).await;
        index.until_height(stop_at).await;
        // As a crash: dropped wherever it is, without being asked to stop.
        index.task.abort();
        index.store.close().await;
        let Running { task, .. } = index;
        assert!(task.await.is_err_and(|error| error.is_cancelled()));
    }
    let index = start(&folder, &[url], None).await;
    let first = index.progress.state().block.unwrap().height;
    assert!(first >= 300, "{first}");
    index.until(|state| state.ready).await;
    assert_eq!((index.jobs().await, index.store.cursor().await.unwrap().unwrap().height), (800, 801));
    index.end().await.unwrap();
}

#[tokio::test]
async fn turns_to_the_next_node_and_waits_for_a_lost_one() {
    let (folder, node) = (TempDir::new().unwrap(), Node::new(busy(2)));
    let (first, first_server) = node.serve("127.0.0.1:0").await;
    let (second, second_server) = node.serve("127.0.0.1:0").await;
    let index = start(&folder, &[first.clone(), second], Some(Poll::default())).await;
    index.until(|state| state.ready).await;
    first_server.stop().unwrap();
    first_server.stopped().await;
    node.push(vec![post(5, ETHER)]);
    index.until_height(6).await;
    second_server.stop().unwrap();
    second_server.stopped().await;
    index.until(|state| !state.node_reachable).await;
    assert!(index.progress.state().ready, "rows are still served");
    node.push(vec![post(6, ETHER)]);
    let addr = format!("127.0.0.1:{}", first.port().unwrap());
    let (_, _server) = node.serve(&addr).await;
    index.until_height(7).await;
    index.until(|state| state.node_reachable && state.error.is_none()).await;
    index.end().await.unwrap();
}

#[tokio::test]
async fn a_node_of_another_chain_ends_it() {
    let folder = TempDir::new().unwrap();
    let (url, server) = Node::new(busy(3)).serve("127.0.0.1:0").await;
    let index = start(&folder, &[url], None).await;
    index.until(|state| state.ready).await;
    index.end().await.unwrap();
    drop(server);

    let (other_genesis, _server) = Node::new(Blocks::new(9)).serve("127.0.0.1:0").await;
    let failure = start(&folder, &[other_genesis], None).await.failure().await;
    assert!(matches!(failure, FollowError::Store(StoreError::WrongChain { .. })), "{failure}");

    let mut renamed = busy(3);
    renamed.chain_id = 1;
    let (other_id, _server) = Node::new(renamed).serve("127.0.0.1:0").await;
    let failure = start(&folder, &[other_id], None).await.failure().await;
    assert!(matches!(failure, FollowError::Store(StoreError::WrongChain { .. })), "{failure}");

    // The same genesis, and fewer blocks than the index has: a development chain that was started anew.
    // It cannot be told from a node that is behind until it has a block of its own.
    let anew = Node::new(Blocks::new(0));
    let (url, _server) = anew.serve("127.0.0.1:0").await;
    let index = start(&folder, &[url], None).await;
    index.until(|state| state.head().is_some()).await;
    anew.push(vec![]);
    let failure = index.failure().await;
    assert!(matches!(failure, FollowError::Store(StoreError::Diverged { height: 1, .. })), "{failure}");
}

/// `back` changes the past of a node that has eight blocks, all indexed.
async fn indexed_after(
    back: impl FnOnce(&Node),
    development: bool,
) -> (TempDir, Running, jsonrpsee::server::ServerHandle) {
    let folder = TempDir::new().unwrap();
    let mut node = Node::new(busy(3));
    node.development = development;
    let (url, server) = node.serve("127.0.0.1:0").await;
    let index = start(&folder, &[url], None).await;
    index.until_height(7).await;
    back(&node);
    (folder, index, server)
}

/// Lower; as high and other blocks; higher and other blocks; another genesis.
fn pasts() -> [Blocks; 4] {
    let until = |length: usize, more: usize| {
        let mut blocks = busy(3);
        blocks.feed.truncate(length);
        for _ in 0..more {
            blocks.push(vec![]);
        }
        blocks
    };
    let mut anew = Blocks::new(9);
    anew.push(vec![]);
    [until(4, 0), until(4, 4), until(4, 6), anew]
}

#[tokio::test]
async fn a_development_chain_is_followed_back() {
    for past in pasts() {
        let tip = past.tip().clone();
        let jobs = if past.feed.len() > 2 { 2 } else { 0 };
        let (_folder, index, _server) = indexed_after(|node| node.replace(past), true).await;
        index.until(|state| state.block.is_some_and(|block| block.hash == tip.hash) && state.lag().is_zero()).await;
        assert_eq!(index.jobs().await, jobs);
        assert_eq!(index.store.cursor().await.unwrap().map(|cursor| cursor.hash), Some(tip.hash));
        index.end().await.unwrap();
    }
}

/// Whatever a node says of itself later: only the first block decides whether a file is a development chain's.
#[tokio::test]
async fn a_final_chain_is_not() {
    for past in pasts().into_iter().skip(1) {
        let (folder, index, server) = indexed_after(|node| node.replace(past.clone()), false).await;
        let failure = index.failure().await;
        let said = failure.to_string();
        assert!(
            said.contains("Final blocks are never replaced") || said.contains("two chains are never mixed"),
            "{said}"
        );
        drop(server);
        let mut turncoat = Node::new(past);
        turncoat.development = true;
        let (url, _server) = turncoat.serve("127.0.0.1:0").await;
        let failure = start(&folder, &[url], None).await.failure().await;
        assert!(matches!(failure, FollowError::Store(_)), "{failure}");
        let store = Store::open(&folder.path().join("index.db")).await.unwrap();
        assert_eq!(store.cursor().await.unwrap().map(|cursor| cursor.height), Some(7), "nothing was changed");
    }
}

#[tokio::test]
async fn a_node_that_is_never_there_is_given_up() {
    let folder = TempDir::new().unwrap();
    let nowhere: Url = "http://127.0.0.1:1".parse().unwrap();
    let failure = start(&folder, &[nowhere], Some(Poll::default())).await.failure().await;
    assert!(matches!(failure, FollowError::Unreachable { seconds: 2, .. }), "{failure}");
    assert!(failure.to_string().contains("--rpc"));
    assert!(Source::new(&["ftp://127.0.0.1".parse().unwrap()]).is_err());
}

#[tokio::test]
async fn blocks_that_contradict_their_header_end_it() {
    let folder = TempDir::new().unwrap();
    let mut blocks = busy(3);
    blocks.feed[4].receipts = blocks.feed[2].receipts.clone();
    let (url, _server) = Node::new(blocks).serve("127.0.0.1:0").await;
    let failure = start(&folder, &[url], None).await.failure().await;
    assert!(matches!(failure, FollowError::Feed { .. }), "{failure}");
}

/// The right one follows them in `--rpc`, and is followed.
#[tokio::test]
async fn bad_nodes_are_left_for_good_while_there_is_another() {
    let (folder, node) = (TempDir::new().unwrap(), Node::new(busy(3)));
    let mut tampered = busy(3);
    tampered.feed[4].receipts = tampered.feed[2].receipts.clone();
    let (tampered, _server) = Node::new(tampered).serve("127.0.0.1:0").await;
    let (good, _good_server) = node.serve("127.0.0.1:0").await;
    let index = start(&folder, &[tampered, good.clone()], None).await;
    index.until(|state| state.ready && state.block.is_some_and(|block| block.height == 7)).await;
    index.end().await.unwrap();

    let (other_genesis, _server) = Node::new(Blocks::new(9)).serve("127.0.0.1:0").await;
    let mut fork = busy(3);
    fork.feed.truncate(6);
    fork.push(vec![]);
    fork.push(vec![]);
    fork.push(vec![]);
    let (fork, _server) = Node::new(fork).serve("127.0.0.1:0").await;
    let index = start(&folder, &[other_genesis, fork, good], None).await;
    node.push(vec![post(7, ETHER)]);
    index.until_height(8).await;
    assert_eq!(index.progress.state().head(), Some(8));
    index.end().await.unwrap();
}

#[tokio::test]
async fn a_node_that_stands_still_is_left() {
    let (folder, blocks) = (TempDir::new().unwrap(), busy(2));
    let (stuck, moving) = (Node::new(blocks.clone()), Node::new(blocks));
    let (first, _first_server) = stuck.serve("127.0.0.1:0").await;
    let (second, _second_server) = moving.serve("127.0.0.1:0").await;
    let index = start(&folder, &[first, second], Some(Poll::default())).await;
    index.until(|state| state.ready).await;
    moving.push(vec![post(5, ETHER)]);
    index.until_height(6).await;
    index.end().await.unwrap();
}

/// It has what it claims, and claims blocks that nobody has: without the claim the index is complete.
#[tokio::test]
async fn a_claimed_height_does_not_stick() {
    let (folder, blocks) = (TempDir::new().unwrap(), busy(2));
    let mut liar = Node::new(blocks.clone());
    liar.boast = 1_000_000;
    let (first, _first_server) = liar.serve("127.0.0.1:0").await;
    let (second, _second_server) = Node::new(blocks).serve("127.0.0.1:0").await;
    let index = start(&folder, &[first, second], None).await;
    index.until(|state| state.head() > Some(1_000_000)).await;
    index.until(|state| state.ready && state.head() == Some(5)).await;
    index.end().await.unwrap();
}
