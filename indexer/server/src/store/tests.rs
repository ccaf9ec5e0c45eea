mod nft;

use super::*;
use crate::project::Rows;
use crate::{
    decode::decode,
    filter::{
        AUCTIONS_BY_NUMBER, AuctionFilter, BIDS_BY_ID, BidFilter, CHANGES_BY_ID, CHECKPOINTS_BY_HEIGHT,
        COMMITTEES_BY_EPOCH, JobFilter, LEASES_BY_ID, LeaseFilter, MARKET_EVENTS_BY_ID, MarketEventFilter, ModelFilter,
        NodeFilter, ORDERS_BY_ID, OrderFilter, PAIRS_BY_ID, POOLS_BY_ID, PROPOSALS_BY_NUMBER, PairFilter, PoolFilter,
        PositionFilter, ProposalFilter, SESSIONS_BY_ID, SLASHES_BY_ID, SlashFilter, TransferFilter, VOTES_BY_ID,
        VoteFilter, WorkerFilter, jobs_by, models_by, nodes_by, positions_by, transfers_by, workers_by,
    },
    page::{PageArguments, PageRequest},
    record::{
        Auction, Bid, Checkpoint, Claim, Committee, Job, JobEvent, Lease, MarketEvent, Model, Node, Order, Pair,
        ParameterChange, Payload, Pool, Position, Proposal, ProposalText, Session, Slash, Transfer, Vote, Worker,
    },
    testing::{
        Blocks, CHAIN_ID, ETHER, busy,
        institutions::history,
        market::deals,
        nft::{first_sales, nfts},
        opening, settle,
    },
};
use edgeloom_index_api::{JobOrder, ModelOrder, NodeOrder, PositionOrder, TransferOrder, WorkerOrder};
use proptest::prelude::*;
use std::collections::BTreeMap;
use tempfile::TempDir;

pub(super) fn identity(blocks: &Blocks) -> Identity {
    Identity { chain_id: CHAIN_ID, genesis: blocks.genesis() }
}

pub(super) fn decoded(blocks: &Blocks) -> Vec<Decoded> {
    blocks.feed.iter().map(|block| decode(block).expect("a block of ours")).collect()
}

pub(super) async fn open(folder: &TempDir) -> Store {
    Store::open(&folder.path().join("index.db")).await.expect("opens")
}

/// Everything that can be read.
pub(super) type Everything = (
    (Option<Cursor>, Option<BlockFacts>),
    (Vec<Job>, Vec<JobEvent>, Vec<Payload>, Vec<Worker>, Vec<Model>, Vec<Transfer>),
    Institutions,
    Deals,
    (Vec<Pool>, Vec<Pair>, Vec<Session>),
    nft::Nft,
);

type Deals = (Vec<Order>, Vec<Lease>, Vec<Auction>, Vec<Bid>, Vec<MarketEvent>, Vec<Vec<MarketEvent>>);

type Institutions = (
    (Vec<Node>, Vec<Position>, Vec<Slash>),
    (Vec<Committee>, Vec<Checkpoint>),
    (Vec<Proposal>, Vec<Option<ProposalText>>, Vec<Vote>, Vec<ParameterChange>),
);

async fn institutions(store: &Store) -> Institutions {
    let page = |ordering| {
        let arguments = PageArguments { limit: Some(1000), ..PageArguments::default() };
        PageRequest::parse(ordering, &arguments).expect("a page")
    };
    let by_number = page(nodes_by(NodeOrder::Number));
    let nodes = store.nodes(&NodeFilter::default(), &by_number, Count::No).await.expect("reads").items;
    let by_id = page(positions_by(PositionOrder::Id));
    let positions = store.positions(&PositionFilter::default(), &by_id, Count::No).await.expect("reads").items;
    let slashes = store.slashes(&SlashFilter::default(), &page(SLASHES_BY_ID), Count::No).await.expect("reads").items;
    let committees = store.committees(&page(COMMITTEES_BY_EPOCH), Count::No).await.expect("reads").items;
    let checkpoints = store.checkpoints(&page(CHECKPOINTS_BY_HEIGHT), Count::No).await.expect("reads").items;
    let by_number = page(PROPOSALS_BY_NUMBER);
    let proposals = store.proposals(&ProposalFilter::default(), &by_number, Count::No).await.expect("reads").items;
    let mut texts = Vec::new();
    for proposal in &proposals {
        texts.push(store.proposal_text(proposal.id).await.expect("reads"));
    }
    let votes = store.votes(&VoteFilter::default(), &page(VOTES_BY_ID), Count::No).await.expect("reads").items;
    let changes = store.parameter_changes(&page(CHANGES_BY_ID), Count::No).await.expect("reads").items;
    ((nodes, positions, slashes), (committees, checkpoints), (proposals, texts, votes, changes))
}

async fn market(store: &Store, jobs: &[Job]) -> Deals {
    let page = |ordering| {
        let arguments = PageArguments { limit: Some(1000), ..PageArguments::default() };
        PageRequest::parse(ordering, &arguments).expect("a page")
    };
    let orders = store.orders(&OrderFilter::default(), &page(ORDERS_BY_ID), Count::No).await.expect("reads").items;
    let leases = store.leases(&LeaseFilter::default(), &page(LEASES_BY_ID), Count::No).await.expect("reads").items;
    let by_number = page(AUCTIONS_BY_NUMBER);
    let auctions = store.auctions(&AuctionFilter::default(), &by_number, Count::No).await.expect("reads").items;
    let bids = store.bids(&BidFilter::default(), &page(BIDS_BY_ID), Count::No).await.expect("reads").items;
    let by_id = page(MARKET_EVENTS_BY_ID);
    let events = store.market_events(&MarketEventFilter::default(), &by_id, Count::No).await.expect("reads").items;
    let mut claims = Vec::new();
    for job in jobs {
        claims.push(store.claims_of(job).await.expect("reads"));
    }
    (orders, leases, auctions, bids, events, claims)
}

async fn payments(store: &Store) -> (Vec<Pool>, Vec<Pair>, Vec<Session>) {
    let page = |ordering| {
        let arguments = PageArguments { limit: Some(1000), ..PageArguments::default() };
        PageRequest::parse(ordering, &arguments).expect("a page")
    };
    let pools = store.pools(&PoolFilter::default(), &page(POOLS_BY_ID), Count::No).await.expect("reads").items;
    let pairs = store.pairs(&PairFilter::default(), &page(PAIRS_BY_ID), Count::No).await.expect("reads").items;
    let by_id = page(SESSIONS_BY_ID);
    let sessions = store.sessions(&PairFilter::default(), &by_id, Count::No).await.expect("reads").items;
    (pools, pairs, sessions)
}

pub(super) async fn everything(store: &Store) -> Everything {
    let page = |ordering| {
        let arguments = PageArguments { limit: Some(1000), ..PageArguments::default() };
        PageRequest::parse(ordering, &arguments).expect("a page")
    };
    let jobs = store.jobs(&JobFilter::default(), &page(jobs_by(JobOrder::Id)), Count::Yes).await.expect("reads");
    assert_eq!(jobs.total_count, jobs.items.len() as u64);
    let ids: Vec<u64> = jobs.items.iter().map(|job| job.id).collect();
    let workers = store
        .workers(&WorkerFilter::default(), &page(workers_by(WorkerOrder::Address)), Count::No)
        .await
        .expect("reads");
    let models =
        store.models(&ModelFilter::default(), &page(models_by(ModelOrder::Number)), Count::No).await.expect("reads");
    let transfers = store
        .transfers(&TransferFilter::default(), &page(transfers_by(TransferOrder::Id)), Count::No)
        .await
        .expect("reads");
    let mut payloads = Vec::new();
    for id in &ids {
        payloads.push(store.payload(*id).await.expect("reads").expect("every job has one"));
    }
    let history = store.job_events(&ids).await.expect("reads");
    let market = market(store, &jobs.items).await;
    (
        (store.cursor().await.expect("reads"), store.newest().await.expect("reads")),
        (jobs.items, history, payloads, workers.items, models.items, transfers.items),
        institutions(store).await,
        market,
        payments(store).await,
        nft::read(store).await,
    )
}

/// What the pure projection makes of all blocks at once.
fn projected(blocks: &[Decoded]) -> Everything {
    let mut rows = Rows::default();
    for block in blocks {
        rows.project(block).expect("consistent");
    }
    let facts = blocks[blocks.len() - 1].facts;
    rows.job_events.sort_by_key(|event| (event.job, event.at.block, event.log_index));
    let outputs: BTreeMap<_, _> = rows.outputs.into_iter().collect();
    let payload = |(id, input)| Payload { input, output: outputs.get(&id).cloned() };
    let payloads = rows.inputs.into_iter().map(payload).collect();
    let mut positions: Vec<_> = rows.positions.into_values().collect();
    positions.sort_by_key(|position| position.id);
    let mut proposals: Vec<_> = rows.proposals.into_values().collect();
    proposals.sort_by_key(|proposal| proposal.number);
    let texts: BTreeMap<_, _> = rows.texts.into_iter().collect();
    let texts = proposals.iter().map(|proposal| texts.get(&proposal.id).cloned()).collect();
    let (workers, models) = (rows.workers.into_values().collect(), rows.models.into_values().collect());
    let mut auctions: Vec<_> = rows.auctions.into_values().collect();
    auctions.sort_by_key(|auction| auction.number);
    let mut bids: Vec<_> = rows.bids.into_values().collect();
    bids.sort_by_key(|bid| bid.id);
    let of_claims = |job: &Job| {
        let its = |event: &&MarketEvent| {
            let is_of = |claim: &&Claim| {
                let is_judge = claim.contract == event.contract;
                let is_jobs = (claim.job, Some(claim.worker)) == (job.id, job.worker);
                is_judge && is_jobs && event.subject.as_ref() == Some(&claim.id.to_string())
            };
            rows.claims.iter().any(|claim| is_of(&claim))
        };
        rows.market_events.iter().filter(its).cloned().collect()
    };
    let claims = rows.jobs.values().map(of_claims).collect();
    let orders = rows.orders.into_values().collect();
    let market = (orders, rows.leases.into_values().collect(), auctions, bids, rows.market_events.clone(), claims);
    (
        (Some(Cursor { height: facts.height, hash: facts.hash }), Some(facts)),
        (rows.jobs.into_values().collect(), rows.job_events, payloads, workers, models, rows.transfers),
        (
            (rows.nodes.into_values().collect(), positions, rows.slashes),
            (rows.committees.into_values().collect(), rows.checkpoints.into_values().collect()),
            (proposals, texts, rows.votes, rows.parameter_changes),
        ),
        market,
        (rows.pools.into_values().collect(), rows.pairs.into_values().collect(), rows.sessions.into_values().collect()),
        nft::projected(rows.nft),
    )
}

#[tokio::test]
async fn rows_survive_the_file_unchanged() {
    for blocks in [busy(20), history(), deals(), nfts(), first_sales()] {
        let folder = TempDir::new().unwrap();
        let all = decoded(&blocks);
        let store = open(&folder).await;
        store.adopt(identity(&blocks), History::Final).await.unwrap();
        store.apply(&all).await.unwrap();
        assert_eq!(everything(&store).await, projected(&all));
        store.close().await;
        drop(store);
        assert_eq!(everything(&open(&folder).await).await, projected(&all));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    /// Whatever the batches, and wherever the process ends between them, the rows are the same.
    #[test]
    fn batches_and_restarts_do_not_matter(
        sizes in prop::collection::vec((1usize..9, any::<bool>()), 1..20),
        chain in 0_usize..5,
    ) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let blocks = [|| busy(15), history, deals, nfts, first_sales][chain]();
            let folder = TempDir::new().unwrap();
            let all = decoded(&blocks);
            let mut store = open(&folder).await;
            store.adopt(identity(&blocks), History::Final).await.unwrap();
            let mut rest = all.as_slice();
            for (size, restart) in sizes.into_iter().chain([(all.len(), false)]) {
                let (batch, later) = rest.split_at(size.min(rest.len()));
                store.apply(batch).await.unwrap();
                rest = later;
                if restart {
                    store.close().await;
                    drop(store);
                    store = open(&folder).await;
                }
            }
            assert_eq!(everything(&store).await, projected(&all));
        });
    }
}

#[tokio::test]
async fn a_batch_that_fails_leaves_nothing() {
    let (folder, mut blocks) = (TempDir::new().unwrap(), busy(3));
    let good = decoded(&blocks);
    blocks.push(opening());
    let last = blocks.feed.len();
    let store = open(&folder).await;
    store.adopt(identity(&blocks), History::Final).await.unwrap();
    store.apply(&good[..4]).await.unwrap();
    let before = everything(&store).await;
    // The model of `opening` is registered already: the last block of the batch contradicts the first.
    let error = store.apply(&decoded(&blocks)[4..last]).await.unwrap_err();
    assert!(matches!(error, StoreError::Inconsistent(_)), "{error}");
    assert_eq!(everything(&store).await, before);
    store.apply(&good[4..]).await.unwrap();
    assert_eq!(everything(&store).await, projected(&good));
}

/// A transaction that is dropped half-way, as by a crash, rolls back: rows and cursor are of one batch.
#[tokio::test]
async fn a_dropped_write_leaves_rows_and_cursor_together() {
    let (folder, blocks) = (TempDir::new().unwrap(), busy(200));
    let all = decoded(&blocks);
    let store = open(&folder).await;
    store.adopt(identity(&blocks), History::Final).await.unwrap();
    store.apply(&all[..2]).await.unwrap();
    for millis in [0, 1, 2, 4, 8, 16] {
        let applying = store.apply(&all[2..]);
        // Whether it is cut off or done: either all of it is there, or none.
        let done = tokio::time::timeout(Duration::from_millis(millis), applying).await;
        let ((cursor, newest), (jobs, ..), ..) = everything(&store).await;
        assert_eq!(cursor.map(|cursor| (cursor.height, cursor.hash)), newest.map(|block| (block.height, block.hash)));
        // The commit may be done when the future is dropped before it hears of it.
        assert!(jobs.len() == 400 || (jobs.is_empty() && done.is_err()), "{} jobs of half a batch", jobs.len());
        if !jobs.is_empty() {
            done.unwrap_or(Ok(())).unwrap();
            return;
        }
    }
}

#[tokio::test]
async fn another_chain_is_refused_with_both_names() {
    let (folder, ours, theirs) = (TempDir::new().unwrap(), Blocks::new(1), Blocks::new(2));
    let store = open(&folder).await;
    store.adopt(identity(&ours), History::Final).await.unwrap();
    store.adopt(identity(&ours), History::Final).await.unwrap();
    let error = store.adopt(identity(&theirs), History::Final).await.unwrap_err();
    let text = error.to_string();
    assert!(matches!(error, StoreError::WrongChain { .. }));
    for part in [ours.genesis().to_string(), theirs.genesis().to_string(), "--db".into(), "--rpc".into()] {
        assert!(text.contains(&part), "{text}");
    }
    let renamed = Identity { chain_id: 1, ..identity(&ours) };
    assert!(matches!(store.adopt(renamed, History::Final).await, Err(StoreError::WrongChain { .. })));
    assert_eq!(store.identity().await.unwrap(), Some(identity(&ours)));
    assert!(matches!(store.apply(&decoded(&theirs)).await, Err(StoreError::WrongChain { .. })));
    assert_eq!(store.cursor().await.unwrap(), None);
}

#[tokio::test]
async fn blocks_that_do_not_follow_are_refused() {
    let (folder, ours) = (TempDir::new().unwrap(), busy(2));
    let mut theirs = ours.clone();
    theirs.feed.truncate(3);
    theirs.push(vec![]);
    theirs.push(vec![settle(1, ETHER)]);
    let store = open(&folder).await;
    store.adopt(identity(&ours), History::Final).await.unwrap();
    let all = decoded(&ours);
    assert!(matches!(store.apply(&all[1..]).await, Err(StoreError::Gap { expected: 0, actual: 1 })));
    store.apply(&all[..4]).await.unwrap();
    assert!(matches!(store.apply(&all[3..]).await, Err(StoreError::Gap { expected: 4, actual: 3 })));
    let error = store.apply(&decoded(&theirs)[4..]).await.unwrap_err();
    assert!(matches!(error, StoreError::Diverged { height: 3, .. }), "{error}");
    assert!(matches!(store.check_link(3, theirs.feed[3].hash).await, Err(StoreError::Diverged { .. })));
    store.check_link(2, theirs.feed[2].hash).await.unwrap();
    store.check_link(99, theirs.feed[2].hash).await.unwrap();
    store.apply(&all[4..]).await.unwrap();
}

#[tokio::test]
async fn the_second_process_is_refused() {
    let folder = TempDir::new().unwrap();
    let first = open(&folder).await;
    let error = Store::open(&folder.path().join("index.db")).await.unwrap_err();
    assert!(matches!(error, StoreError::Lock(LockError::Taken(_))), "{error}");
    assert!(error.to_string().contains("--db"));
    drop(first);
    open(&folder).await;
}

#[tokio::test]
async fn a_file_of_a_newer_version_is_refused() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder).await;
    let newer = "insert into _sqlx_migrations (version, description, success, checksum, execution_time) values (9999, 'x', true, x'00', 0)";
    sqlx::query(newer).execute(&store.writer).await.unwrap();
    store.close().await;
    drop(store);
    let error = Store::open(&folder.path().join("index.db")).await.unwrap_err();
    assert!(matches!(error, StoreError::Layout { .. }), "{error}");
    std::fs::write(
        folder.path().join("text.db"),
        "this is a text file, not a database, and long enough to be read as one",
    )
    .unwrap();
    assert!(Store::open(&folder.path().join("text.db")).await.is_err());
}

/// Without a deadline the question would never end, and keep its connection.
#[tokio::test]
async fn a_question_has_a_deadline_even_when_nobody_waits() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder).await;
    let endless = "with recursive n (x) as (select 1 union all select x + 1 from n) select count(*) from n";
    let ask = async || -> Result<i64, StoreError> {
        Ok(sqlx::query_scalar(endless).fetch_one(&mut *store.readers.get().await?).await?)
    };
    let long = Duration::from_secs(30);
    let error = tokio::time::timeout(long, ask()).await.expect("in time").expect_err("is cut off");
    assert!(matches!(error, StoreError::TooSlow), "{error}");
    for _ in 0..Store::READERS {
        assert!(tokio::time::timeout(Duration::from_millis(20), ask()).await.is_err(), "dropped");
    }
    let page = PageRequest::parse(jobs_by(JobOrder::Id), &PageArguments::default()).unwrap();
    let filter = JobFilter::default();
    let jobs = store.jobs(&filter, &page, Count::Yes);
    assert_eq!(tokio::time::timeout(long, jobs).await.expect("in time").expect("reads").total_count, 0);
    store.close().await;
}

#[tokio::test]
async fn one_side_does_not_wait_for_the_other() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder).await;
    let mut held = Vec::new();
    for _ in 0..Store::READERS {
        held.push(store.readers.get().await.unwrap());
    }
    let page = PageRequest::parse(jobs_by(JobOrder::Id), &PageArguments::default()).unwrap();
    assert!(matches!(store.jobs(&JobFilter::default(), &page, Count::No).await, Err(StoreError::Busy)));
    store.apart().jobs(&JobFilter::default(), &page, Count::No).await.expect("the other side");
    assert_eq!(store.cursor().await.expect("the follower"), None);
}
