use super::*;
use crate::{
    decode::decode,
    progress::NodeStatus,
    store::{Identity, rewind::History},
    testing::{Blocks, CHAIN_ID, ETHER, REQUESTER, WORKER, busy, post, theta},
    verify::{Court, compile::Limits, queue::queue},
};
use axum::{
    body::{Body, to_bytes},
    http::{Request, Response},
};
use edgeloom_index_api::{JobRow, Page, Phase, Problem, TransferRow, paths};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicUsize, Ordering},
};
use tempfile::TempDir;
use tower::ServiceExt;

/// An index of some blocks, served.
pub(super) struct World {
    pub(super) app: Router,
    pub(super) store: Store,
    pub(super) progress: Progress,
    pub(super) blocks: Blocks,
    _folder: TempDir,
}

impl World {
    pub(super) async fn new(blocks: Blocks) -> Self {
        let folder = TempDir::new().expect("a folder");
        let store = Store::open(&folder.path().join("index.db")).await.expect("opens");
        let progress = Progress::new(None, None);
        store.adopt(identity(&blocks), History::Final).await.expect("a new file");
        let app = router(Served::new(store.clone(), progress.clone(), doors(&store)));
        let world = Self { app, store, progress, blocks, _folder: folder };
        world.index(0).await;
        world
    }

    /// Indexes the blocks from `height` on.
    pub(super) async fn index(&self, height: usize) {
        let decoded: Vec<_> = self.blocks.feed[height..].iter().map(|block| decode(block).expect("ours")).collect();
        self.store.apply(&decoded).await.expect("follows");
        self.progress.indexed(decoded[decoded.len() - 1].facts);
    }

    pub(super) async fn send(&self, request: Request<Body>) -> (StatusCode, Value) {
        let (status, _, body) = self.raw(request).await;
        (
            status,
            serde_json::from_slice(&body).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&body))),
        )
    }

    async fn raw(&self, request: Request<Body>) -> (StatusCode, axum::http::HeaderMap, Vec<u8>) {
        let response: Response<Body> = self.app.clone().oneshot(request).await.expect("infallible");
        let (parts, body) = response.into_parts();
        (parts.status, parts.headers, to_bytes(body, 64 << 20).await.expect("a body").to_vec())
    }

    pub(super) async fn get(&self, path: &str) -> (StatusCode, Value) {
        self.send(Request::get(path).body(Body::empty()).expect("a request")).await
    }

    pub(super) async fn ask(&self, query: &str) -> (StatusCode, Value) {
        let body = json!({ "query": query }).to_string();
        let request = Request::post("/graphql").header("content-type", "application/json").body(Body::from(body));
        self.send(request.expect("a request")).await
    }
}

/// Doors behind which nobody is: no node, no compiler, no faucet.
pub(super) fn doors(store: &Store) -> Doors {
    let url: url::Url = "http://127.0.0.1:1".parse().expect("a URL");
    let nodes = Nodes::new(std::slice::from_ref(&url)).expect("a node's URL");
    let compilers = Compilers::default();
    let court = Court { nodes: nodes.clone(), compilers: compilers.clone(), limits: Limits::default() };
    let (desk, _) = queue(store.clone(), court);
    let facts = ChainFacts {
        name: "Edgeloom".into(),
        short_name: "edgeloom".into(),
        rpc: vec![url.clone()],
        info: url.clone(),
        explorer: None,
        home: url,
    };
    Doors { nodes, desk, compilers, faucet: None, facts, trusted: Vec::new() }
}

fn identity(blocks: &Blocks) -> Identity {
    Identity { chain_id: CHAIN_ID, genesis: blocks.genesis() }
}

#[tokio::test]
async fn lists_filter_and_count() {
    let world = World::new(busy(20)).await;
    for (query, count) in [
        ("", 40),
        ("phase=settled", 36),
        ("phase=rejected,expired", 4),
        ("phase=open", 0),
        ("requester=0x1111111111111111111111111111111111111111", 40),
        ("requester=0x2222222222222222222222222222222222222222", 0),
        ("worker=0x2222222222222222222222222222222222222222&phase=expired", 2),
        ("modelId=0x3333333333333333333333333333333333333333333333333333333333333333", 40),
        ("priceWei_gte=600000000000000000&priceWei_lte=600000000000000000", 6),
        ("postedBlock_gte=10&postedBlock_lte=13", 4),
        ("postedBlock_gte=10&postedBlock_lte=13&orderBy=priceWei", 4),
        ("postedBlock_lte=0", 0),
        ("postedBlock_gte=18446744073709551615", 0),
    ] {
        let (status, page) = world.get(&format!("/api/jobs?{query}")).await;
        assert_eq!((status, &page["totalCount"]), (StatusCode::OK, &json!(count)), "{query}");
        assert_eq!(page["items"].as_array().unwrap().len(), count);
    }
    let (_, page) = world.get("/api/transfers?asset=THETA&account=0x2222222222222222222222222222222222222222").await;
    assert_eq!(page["totalCount"], 20);
    let (_, page) = world.get("/api/transfers?asset=TFUEL&from=0x2222222222222222222222222222222222222222").await;
    assert_eq!(page["totalCount"], 1, "the bond");
    let (_, page) = world.get("/api/transfers?block_gte=10&block_lte=11").await;
    assert_eq!(page["totalCount"], 3, "two prices and THETA");
    let (_, page) = world.get("/api/workers?stakeWei_gte=20000000000000000000000").await;
    assert_eq!(page["totalCount"], 0, "was slashed");
    let (_, page) = world.get("/api/models?name=digits").await;
    assert_eq!(page["items"][0]["jobsPosted"], 40);
}

/// Counting more would cost more than it tells.
#[tokio::test]
async fn counting_stops() {
    let mut blocks = busy(1);
    blocks.push(vec![theta(REQUESTER, WORKER, 1); 10_000]);
    let world = World::new(blocks).await;
    assert_eq!(world.get("/api/transfers?limit=1").await.1["totalCount"], Page::<TransferRow>::COUNT_MAX);
    assert_eq!(world.get("/api/transfers?limit=1&block_lte=3").await.1["totalCount"], 4);
}

/// Without turns all of them would be there at once.
#[tokio::test]
async fn so_many_are_answered_at_once_and_no_more() {
    let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let counts = (running.clone(), most.clone());
    let answer = axum::routing::get(async move || {
        counts.1.fetch_max(counts.0.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        counts.0.fetch_sub(1, Ordering::Relaxed);
    });
    let turns = middleware::from_fn_with_state(turns::Turns::new(3), turns::wait);
    let app: Router = Router::new().route("/", answer).route_layer(turns);
    let ask = || app.clone().oneshot(Request::get("/").body(Body::empty()).unwrap());
    for answer in futures::future::join_all((0..20).map(|_| ask())).await {
        assert_eq!(answer.unwrap().status(), StatusCode::OK);
    }
    assert_eq!((most.load(Ordering::Relaxed), running.load(Ordering::Relaxed)), (3, 0));
}

#[tokio::test]
async fn single_rows_are_found_or_not() {
    let world = World::new(busy(2)).await;
    let (status, job) = world.get("/api/jobs/3").await;
    assert_eq!((status, &job["id"], &job["phase"]), (StatusCode::OK, &json!(3), &json!("settled")));
    assert_eq!(job["history"].as_array().unwrap().len(), 4);
    assert_eq!(
        (&job["input"], &job["output"]),
        (&json!(format!("0x{}", "03".repeat(64))), &json!(format!("0x{}", "07".repeat(10))))
    );
    let (_, listed) = world.get("/api/jobs?limit=1").await;
    assert_eq!((&listed["items"][0]["inputBytes"], &listed["items"][0]["input"]), (&json!(64), &Value::Null));
    let (status, worker) = world.get(&format!("/api/workers/{WORKER}")).await;
    assert_eq!((status, &worker["jobsSettled"]), (StatusCode::OK, &json!(4)));
    let id = "0x3333333333333333333333333333333333333333333333333333333333333333";
    assert_eq!(world.get(&format!("/api/models/{id}")).await.1["name"], "digits");
    for missing in
        ["/api/jobs/99".into(), format!("/api/workers/{REQUESTER}"), format!("/api/models/{}", id.replace('3', "4"))]
    {
        let (status, problem) = world.get(&missing).await;
        assert_eq!((status, &problem["error"]["code"]), (StatusCode::NOT_FOUND, &json!("not_found")), "{missing}");
    }
}

/// Every order, both directions, awkward page lengths: each row exactly once, in order.
#[tokio::test]
async fn pages_are_complete_in_every_order() {
    let world = World::new(busy(23)).await;
    for (list, orders, key) in [
        ("jobs", ["id", "priceWei", "closedMs"].as_slice(), "id"),
        ("transfers", ["id", "amountWei"].as_slice(), "id"),
        ("workers", ["address", "stakeWei", "earnedWei", "jobsSettled"].as_slice(), "address"),
        ("models", ["number", "jobsPosted", "inferGas"].as_slice(), "number"),
    ] {
        for (order, direction, limit) in orders
            .iter()
            .flat_map(|order| [("asc", 7), ("desc", 5), ("asc", 1000)].map(|(to, limit)| (order, to, limit)))
        {
            let (mut after, mut rows) = (String::new(), Vec::new());
            loop {
                let path = format!("/api/{list}?orderBy={order}&orderDirection={direction}&limit={limit}{after}");
                let (status, page) = world.get(&path).await;
                assert_eq!(status, StatusCode::OK, "{path}: {page}");
                rows.extend(page["items"].as_array().unwrap().clone());
                let total = page["totalCount"].as_u64().unwrap() as usize;
                if page["pageInfo"]["hasNextPage"] == false {
                    assert_eq!(rows.len(), total, "{path}");
                    break;
                }
                after = format!("&after={}", page["pageInfo"]["endCursor"].as_str().unwrap());
            }
            let keys: BTreeSet<String> = rows.iter().map(|row| row[key].to_string()).collect();
            assert_eq!(keys.len(), rows.len(), "{list} by {order}: a row twice");
            let value = |row: &Value| -> Vec<u8> {
                let value = &row[order];
                value.as_u64().map_or_else(
                    || {
                        let text = value.as_str().unwrap();
                        if text.starts_with("0x") { text.into() } else { format!("{text:0>78}").into_bytes() }
                    },
                    |number| number.to_be_bytes().to_vec(),
                )
            };
            let ordered = rows.windows(2).all(|pair| {
                if direction == "asc" { value(&pair[0]) <= value(&pair[1]) } else { value(&pair[0]) >= value(&pair[1]) }
            });
            assert!(ordered, "{list} by {order} {direction}");
        }
    }
}

/// Rows that come between two pages change neither what was seen nor what comes.
#[tokio::test]
async fn pages_are_stable_while_rows_arrive() {
    let mut world = World::new(busy(5)).await;
    let first: Page<TransferRow> = serde_json::from_value(world.get("/api/transfers?limit=6").await.1).unwrap();
    let newest: Page<JobRow> =
        serde_json::from_value(world.get("/api/jobs?orderDirection=desc&limit=4").await.1).unwrap();
    let height = world.blocks.feed.len();
    world.blocks.push(vec![post(11, ETHER), theta(REQUESTER, WORKER, 1)]);
    world.index(height).await;
    let after = first.page_info.end_cursor.unwrap();
    let rest: Page<TransferRow> =
        serde_json::from_value(world.get(&format!("/api/transfers?after={after}")).await.1).unwrap();
    let ids: Vec<u64> = first.items.iter().chain(&rest.items).map(|row| row.id).collect();
    assert_eq!(ids, (1..=18).collect::<Vec<_>>());
    let after = newest.page_info.end_cursor.unwrap();
    let path = format!("/api/jobs?orderDirection=desc&after={after}");
    let older: Page<JobRow> = serde_json::from_value(world.get(&path).await.1).unwrap();
    assert_eq!(older.items.iter().map(|job| job.id).collect::<Vec<_>>(), [6, 5, 4, 3, 2, 1]);
    assert!(older.items.iter().all(|job| job.phase != Phase::Open));
}

#[tokio::test]
async fn wrong_requests_get_4xx_with_a_reason() {
    let world = World::new(busy(1)).await;
    for path in [
        "/api/jobs?phase=done",
        "/api/jobs?phase=open,open,open,open,open,open,nonsense",
        "/api/jobs?limit=0",
        "/api/jobs?limit=1001",
        "/api/jobs?limit=-1",
        "/api/jobs?orderBy=colour",
        "/api/jobs?requester=11",
        "/api/jobs?requester=1111111111111111111111111111111111111111",
        "/api/jobs?modelId=0x12",
        "/api/jobs?after=AAAA",
        "/api/jobs?after=%00",
        "/api/jobs?colour=red",
        "/api/jobs/abc",
        "/api/jobs/-1",
        "/api/jobs/18446744073709551616",
        "/api/workers?stakeWei_gte=1e18",
        "/api/workers/0x1",
        "/api/models/x",
        "/api/transfers?asset=ETH",
    ] {
        let (status, body) = world.get(path).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{path}: {body}");
        let problem: Problem = serde_json::from_value(body).unwrap();
        assert!(problem.error.code == "bad_request" && !problem.error.message.is_empty(), "{path}");
    }
    assert_eq!(world.get("/api/jobs/18446744073709551615").await.0, StatusCode::NOT_FOUND);
    assert_eq!(world.get("/nothing").await.0, StatusCode::NOT_FOUND);
    let (status, headers, body) = world.raw(Request::delete("/api/jobs").body(Body::empty()).unwrap()).await;
    assert_eq!((status, headers["allow"].to_str().unwrap()), (StatusCode::METHOD_NOT_ALLOWED, "GET,HEAD"));
    assert_eq!(serde_json::from_slice::<Problem>(&body).unwrap().error.code, "method_not_allowed");
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let world = World::new(busy(1)).await;
    let body = json!({ "query": format!("{{ _meta {{ lagMs }} }} # {}", "x".repeat(300_000)) }).to_string();
    let request = Request::post("/graphql").header("content-type", "application/json");
    let declared = request.header("content-length", body.len()).body(Body::from(body.clone())).unwrap();
    let (status, problem) = world.send(declared).await;
    assert_eq!((status, &problem["error"]["code"]), (StatusCode::PAYLOAD_TOO_LARGE, &json!("too_large")));
    let pieces: Vec<Result<Vec<u8>, std::io::Error>> =
        body.as_bytes().chunks(1000).map(|chunk| Ok(chunk.to_vec())).collect();
    let streamed = Body::from_stream(futures::stream::iter(pieces));
    let request = Request::post("/graphql").header("content-type", "application/json").body(streamed).unwrap();
    assert_eq!(world.send(request).await.0, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn ready_once_backfilled() {
    let world = World::new(busy(1)).await;
    let status = |node, head| NodeStatus {
        node,
        identity: identity(&world.blocks),
        head,
        hash: Default::default(),
        finalized: head,
    };
    let (health, body) = world.get("/health").await;
    assert_eq!((health, &body["status"]), (StatusCode::OK, &json!("ok")));
    let (code, body) = world.get("/ready").await;
    assert_eq!((code, &body["ready"], &body["head"]), (StatusCode::SERVICE_UNAVAILABLE, &json!(false), &Value::Null));
    world.progress.reached(status(0, 7));
    let (code, body) = world.get("/ready").await;
    assert_eq!(
        (code, &body["blocksBehind"], &body["progress"]),
        (StatusCode::SERVICE_UNAVAILABLE, &json!(4), &json!(0.5))
    );
    world.progress.reached(status(1, 3));
    assert_eq!(world.get("/ready").await.0, StatusCode::SERVICE_UNAVAILABLE, "one node may be behind another");
    let facts = crate::record::BlockFacts { height: 7, ..world.store.newest().await.unwrap().unwrap() };
    world.progress.indexed(facts);
    assert_eq!(world.get("/ready").await.0, StatusCode::OK);
    world.progress.reached(status(0, 20));
    world.progress.unreachable(0, "gone".into());
    let (code, body) = world.get("/ready").await;
    assert_eq!((code, &body["nodeReachable"], &body["error"]), (StatusCode::OK, &json!(false), &json!("gone")));
    world.progress.reached(status(1, 7));
    assert_eq!(world.get("/ready").await.1["blocksBehind"], 0, "what a lost node said counts until another answers");
    world.progress.reached(status(0, u64::MAX));
    assert_eq!(world.get("/ready").await.0, StatusCode::SERVICE_UNAVAILABLE);
    world.progress.forget(0);
    assert_eq!(world.get("/ready").await.1["head"], 7);
    world.progress.reached(status(0, 2000));
    assert_eq!(world.get("/ready").await.0, StatusCode::SERVICE_UNAVAILABLE, "far behind again");
    world.progress.failed("stopped".into());
    let (_, meta) = world.get("/api/meta").await;
    assert_eq!((&meta["hasIndexingErrors"], &meta["finalized"]), (&json!(true), &json!(7)));
}

#[tokio::test]
async fn metrics_openapi_page_and_cors() {
    let world = World::new(busy(1)).await;
    world.get("/api/jobs").await;
    let (status, _, text) = world.raw(Request::get("/metrics").body(Body::empty()).unwrap()).await;
    let text = String::from_utf8(text).unwrap();
    assert_eq!(status, StatusCode::OK);
    for series in [
        "edgeloom_index_block ",
        "edgeloom_index_lag_seconds ",
        "edgeloom_index_http_requests_total{route=\"/api/jobs\",status=\"200\"}",
        "edgeloom_index_http_request_duration_seconds_bucket{route=\"/api/jobs\",le=\"0.001\"}",
        "edgeloom_index_build_info{version=",
    ] {
        assert!(text.contains(series), "{series} is not in\n{text}");
    }
    let (_, document) = world.get("/api/openapi.json").await;
    let paths: Vec<_> = document["paths"].as_object().unwrap().keys().cloned().collect();
    let lists = [paths::JOBS, paths::WORKERS, paths::MODELS, paths::TRANSFERS, "/api/jobs/{id}", paths::GRAPHQL];
    for path in lists.into_iter().chain([paths::META, paths::HEALTH, paths::READY, paths::METRICS]) {
        assert!(paths.iter().any(|known| known == path), "{path} is not in {paths:?}");
    }
    for path in lists {
        let method = if path == paths::GRAPHQL { "post" } else { "get" };
        let answers = &document["paths"][path][method]["responses"];
        for status in ["200", "400", "500", "503"] {
            assert!(answers[status].is_object(), "{path} does not say {status}: {answers}");
        }
    }
    let names: Vec<_> = document["paths"]["/api/jobs"]["get"]["parameters"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| p["name"].clone())
        .collect();
    let filters = ["phase", "requester", "worker", "modelId", "order"];
    let ranges = ["priceWei_gte", "priceWei_lte", "postedBlock_gte", "postedBlock_lte"];
    let order = ["orderBy", "orderDirection", "limit", "after"];
    assert_eq!(names, [&filters[..], &ranges, &order].concat());
    let (_, headers, page) = world.raw(Request::get("/graphql").body(Body::empty()).unwrap()).await;
    assert!(headers["content-type"].to_str().unwrap().starts_with("text/html"));
    assert!(!String::from_utf8(page).unwrap().contains("://"), "the page loads nothing from elsewhere");
    let request = Request::get("/api/meta").header("origin", "https://example.org").body(Body::empty()).unwrap();
    assert_eq!(world.raw(request).await.1["access-control-allow-origin"], "*");
}

/// Every route is made by a macro that describes it; and what is described is there.
#[tokio::test]
async fn every_route_is_in_the_document() {
    let sources = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/serve")).unwrap();
    let serves =
        |path: &std::path::PathBuf| path.extension().is_some_and(|end| end == "rs") && !path.ends_with("tests.rs");
    let files = sources.map(|entry| entry.unwrap().path()).filter(serves);
    for file in files.chain([concat!(env!("CARGO_MANIFEST_DIR"), "/src/serve.rs").into()]) {
        let undescribed = [".route", "("].concat();
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(!text.contains(&undescribed), "{} serves what the document does not have", file.display());
    }
    let world = World::new(busy(1)).await;
    let (_, document) = world.get("/api/openapi.json").await;
    let paths = document["paths"].as_object().unwrap();
    for (path, methods) in paths {
        for method in methods.as_object().unwrap().keys() {
            let place =
                path.replace("{address}", "0x1111111111111111111111111111111111111111").replace(['{', '}'], "1");
            let request = Request::builder().method(method.to_uppercase().as_str()).uri(&place);
            let (status, _, body) = world.raw(request.body(Body::empty()).unwrap()).await;
            let said = String::from_utf8_lossy(&body);
            assert!(
                status != StatusCode::METHOD_NOT_ALLOWED && !said.contains("there is nothing at"),
                "{place}: {said}"
            );
        }
    }
    for (path, methods) in [
        ("/v2/verify/{chain}/{address}", ["post"].as_slice()),
        ("/v2/verify/metadata/{chain}/{address}", &["post"]),
        ("/v2/verify/{id}", &["get"]),
        ("/v2/contract/{chain}/{address}", &["get"]),
        ("/v2/contracts/{chain}", &["get"]),
        ("/v2/compilers", &["get"]),
        ("/api", &["get", "post"]),
        ("/api/", &["get", "post"]),
        ("/v2/api", &["get", "post"]),
        ("/faucet", &["get", "post"]),
        (paths::GRAPHQL, &["get", "post"]),
        (paths::CHAIN, &["get"]),
        (paths::OPENAPI, &["get"]),
    ] {
        let known: Vec<_> = paths[path].as_object().unwrap().keys().collect();
        assert_eq!(known, methods, "{path}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    /// Whatever a client makes of a path's arguments, it is an answer or the client's fault.
    #[test]
    fn no_argument_is_the_servers_fault(
        list in prop::sample::select(vec!["jobs", "workers", "models", "transfers", "jobs/1", "workers/x", "models/0"]),
        name in prop::sample::select(vec!["phase", "requester", "worker", "modelId", "orderBy", "orderDirection", "limit", "after", "asset"]),
        value in prop_oneof!["[ -~]{0,40}", "\\PC{0,20}", "[A-Za-z0-9_-]{0,80}", "-?[0-9]{1,25}"],
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime.block_on(async {
            let world = World::new(busy(1)).await;
            let query = url::form_urlencoded::Serializer::new(String::new()).append_pair(name, &value).finish();
            let (status, body) = world.get(&format!("/api/{list}?{query}")).await;
            assert!(!status.is_server_error(), "{list}?{query}: {status} {body}");
        });
    }

    /// A cursor of ours with a byte changed.
    #[test]
    fn no_cursor_is_the_servers_fault(at in 0usize..60, with in "[A-Za-z0-9_-]", order in prop::sample::select(vec!["id", "priceWei"])) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime.block_on(async {
            let world = World::new(busy(1)).await;
            let (_, page) = world.get(&format!("/api/jobs?orderBy={order}&limit=1")).await;
            let mut cursor = page["pageInfo"]["endCursor"].as_str().unwrap().to_owned();
            let at = at % cursor.len();
            cursor.replace_range(at..=at, &with);
            let (status, body) = world.get(&format!("/api/jobs?orderBy={order}&after={cursor}")).await;
            assert!(status == StatusCode::OK || status == StatusCode::BAD_REQUEST, "{cursor}: {status} {body}");
        });
    }
}
