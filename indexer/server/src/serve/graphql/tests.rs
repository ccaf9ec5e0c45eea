use crate::{
    progress::NodeStatus,
    serve::tests::World,
    store::Identity,
    testing::{
        CHAIN_ID, ETHER, busy,
        institutions::{PROPOSAL, history},
        post_input,
    },
};
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn message(body: &Value) -> String {
    body["errors"][0]["message"].as_str().unwrap_or_else(|| panic!("no error in {body}")).to_owned()
}

#[tokio::test]
async fn answers_lists_rows_and_meta() {
    let world = World::new(busy(20)).await;
    let identity = Identity { chain_id: CHAIN_ID, genesis: world.blocks.genesis() };
    world.progress.reached(NodeStatus { node: 0, identity, head: 41, hash: Default::default(), finalized: 41 });
    let query = r#"{
        _meta { block { number hash timestamp } finalized hasIndexingErrors lagMs }
        jobs(where: {phase_in: [rejected, expired], priceWei_gte: "400000000000000000"}, orderBy: priceWei, orderDirection: desc, first: 2) {
            items { id phase reason priceWei model { name jobsPosted } workerRow { jobsTaken } history { kind actor } }
            pageInfo { endCursor hasNextPage } totalCount
        }
        job(id: 1) { phase paidWei }
        none: job(id: 1000) { phase }
        worker(address: "0x2222222222222222222222222222222222222222") { jobsSettled jobs(first: 1) { items { id } totalCount } }
        model(id: "0x3333333333333333333333333333333333333333333333333333333333333333") { macs jobs(first: 1) { items { id } } }
        transfers(where: {asset: THETA}, limit: 1) { items { id asset amountWei logIndex } totalCount }
    }"#;
    let (status, body) = world.ask(query).await;
    assert_eq!((status, &body["errors"]), (StatusCode::OK, &Value::Null));
    let data = &body["data"];
    let tip = world.blocks.tip();
    assert_eq!(
        data["_meta"]["block"],
        json!({ "number": 41, "hash": tip.hash.to_string(), "timestamp": tip.timestamp_ms / 1000 })
    );
    assert_eq!((&data["_meta"]["finalized"], &data["_meta"]["lagMs"]), (&json!(41), &json!(0)));
    let jobs = &data["jobs"];
    assert_eq!((&jobs["totalCount"], &jobs["pageInfo"]["hasNextPage"]), (&json!(3), &json!(true)));
    assert_eq!(jobs["items"][0]["priceWei"], "700000000000000000");
    assert_eq!(jobs["items"][0]["model"], json!({ "name": "digits", "jobsPosted": 40 }));
    assert_eq!(jobs["items"][0]["workerRow"]["jobsTaken"], 40);
    let kinds: Vec<_> =
        jobs["items"][0]["history"].as_array().unwrap().iter().map(|event| event["kind"].clone()).collect();
    assert_eq!(kinds, ["posted", "taken", "closed"]);
    assert_eq!((&data["job"]["phase"], &data["none"]), (&json!("settled"), &Value::Null));
    assert_eq!(data["worker"]["jobs"], json!({ "items": [{ "id": 40 }], "totalCount": 40 }));
    assert_eq!((&data["model"]["macs"], &data["transfers"]["totalCount"]), (&json!(4096), &json!(20)));
    let after = jobs["pageInfo"]["endCursor"].as_str().unwrap();
    let next = query.replace("first: 2", &format!("first: 2, after: \"{after}\""));
    let (_, body) = world.ask(&next).await;
    assert_eq!(body["data"]["jobs"]["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn answers_stakes_committees_checkpoints_and_votes() {
    let world = World::new(history()).await;
    let query = r#"{
        node(asset: THETA, number: 1) { role stakeWei jailedUntil banned commission }
        none: node(asset: TFUEL, number: 1) { number }
        nodes(where: {role: guardian}, orderBy: stakeWei) { items { number } totalCount }
        positions(where: {node: 2}, first: 1) { items { source stakedWei } totalCount }
        slashes { items { reason lostWei reporter } }
        committee(epoch: 2) { nodes keptFrom }
        committees(orderDirection: desc, first: 1) { items { epoch notLive { node } } }
        checkpoint(height: 1) { signers }
        checkpoints { totalCount }
        proposals(where: {phase: executed}, first: 2) { items { id title description calls { target data } votes(first: 2) { items { support weightWei } totalCount } } }
        votes(where: {voter: "0x2222222222222222222222222222222222222222"}) { items { support } }
        parameterChanges { items { parameter value } }
    }"#;
    let (status, body) = world.ask(query).await;
    assert_eq!((status, &body["errors"]), (StatusCode::OK, &Value::Null));
    let data = &body["data"];
    let node = json!({ "role": "validator", "stakeWei": "1125000000000000000000", "jailedUntil": 1_700_001_000_u64, "banned": false, "commission": 500 });
    assert_eq!((&data["node"], &data["none"]), (&node, &Value::Null));
    assert_eq!(data["nodes"], json!({ "items": [{ "number": 2 }], "totalCount": 1 }));
    assert_eq!(data["positions"]["items"][0]["stakedWei"], "250000000000000000000");
    assert_eq!(
        data["slashes"]["items"],
        json!([{ "reason": 1, "lostWei": "175000000000000000000", "reporter": null }])
    );
    assert_eq!(data["committee"], json!({ "nodes": [1], "keptFrom": 1 }));
    assert_eq!(data["committees"]["items"], json!([{ "epoch": 2, "notLive": [] }]));
    assert_eq!((&data["checkpoint"]["signers"], &data["checkpoints"]["totalCount"]), (&json!("0x07"), &json!(1)));
    let proposal = &data["proposals"]["items"][0];
    assert_eq!(proposal["description"], "# More gas\nBlocks are full.");
    assert_eq!(proposal["calls"][0]["data"], "0x010203");
    assert_eq!(
        (&proposal["votes"]["items"][0]["support"], &proposal["votes"]["totalCount"]),
        (&json!("for"), &json!(3))
    );
    assert_eq!(data["votes"]["items"], json!([{ "support": "against" }]));
    assert_eq!(data["parameterChanges"]["items"], json!([{ "parameter": "GasLimit", "value": "40000000" }]));
    let by_id = format!(r#"{{ proposal(id: "{PROPOSAL}") {{ voters }} other: proposal(id: "9") {{ voters }} }}"#);
    let (_, body) = world.ask(&by_id).await;
    assert_eq!(body["data"], json!({ "proposal": { "voters": 3 }, "other": null }));
    let (status, body) = world.ask(r#"{ proposal(id: "0x9") { voters } }"#).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{body}");
    assert!(message(&body).contains("decimal"), "{body}");
}

#[tokio::test]
async fn depth_is_bounded() {
    let world = World::new(busy(1)).await;
    let nested = |levels| {
        let open = "model { jobs(first: 1) { items { ".repeat(levels);
        format!("{{ job(id: 1) {{ {open} id {} }} }}", "} } }".repeat(levels))
    };
    // `job`, three fields a level, `id`.
    assert_eq!(world.ask(&nested(3)).await.0, StatusCode::OK);
    let (status, body) = world.ask(&nested(4)).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(message(&body).contains("12"), "{body}");
}

#[tokio::test]
async fn complexity_is_bounded() {
    let world = World::new(busy(1)).await;
    let (status, body) =
        world.ask("{ jobs(first: 1000) { items { id phase priceWei worker requester history { tx } } } }").await;
    assert_eq!(status, StatusCode::OK, "{body}");
    for query in [
        "{ jobs(first: 1000) { items { model { jobs(first: 1000) { items { id } } } } } }",
        "{ jobs(first: 1000) { items { model { jobs { items { id } } } } } }",
        "query($n: Int) { jobs(first: $n) { items { model { jobs(first: $n) { items { id } } } } } }",
    ] {
        let body = json!({ "query": query, "variables": { "n": 1000 } }).to_string();
        let request =
            Request::post("/graphql").header("content-type", "application/json").body(Body::from(body)).unwrap();
        let (status, body) = world.send(request).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{query}");
        assert!(message(&body).contains("30000"), "{query}: {body}");
    }
    let aliases: String = (0..200).map(|n| format!("a{n}: jobs(first: 1000) {{ items {{ id }} }} ")).collect();
    assert_eq!(world.ask(&format!("{{ {aliases} }}")).await.0, StatusCode::BAD_REQUEST);
}

/// A row costs nothing to name ten thousand times; its bytes would be gigabytes.
#[tokio::test]
async fn the_length_of_an_answer_is_bounded() {
    let mut blocks = busy(1);
    blocks.push(vec![post_input(3, ETHER, vec![7; 128 << 10])]);
    let world = World::new(blocks).await;
    let inputs = |count: usize| -> String {
        let aliases: String = (0..count).map(|n| format!("a{n}: input ")).collect();
        format!("{{ job(id: 3) {{ {aliases} }} }}")
    };
    let (status, body) = world.ask(&inputs(15)).await;
    assert_eq!(
        (status, &body["data"]["job"]["a14"]),
        (StatusCode::OK, &json!(format!("0x{}", "07".repeat(128 << 10))))
    );
    for (query, says) in [
        (inputs(17), "4194304 bytes"),
        (inputs(9999), "30000"),
        ("{ jobs { items { input } } }".into(), "30000"),
        (format!("{{ {}: job(id: 3) {{ id }} }}", "a".repeat(65)), "alias"),
    ] {
        let (status, body) = world.ask(&query).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{}", &query[..40]);
        assert!(message(&body).contains(says) && body.to_string().len() < 1000, "{}: {}", &query[..40], message(&body));
    }
    let (status, body) = world.ask("{ jobs(first: 2) { items { id input output } } }").await;
    assert_eq!(
        (status, &body["data"]["jobs"]["items"][1]["output"]),
        (StatusCode::OK, &json!(format!("0x{}", "07".repeat(10))))
    );
}

/// A few thousand aliases on every field of every type are millions of values.
#[tokio::test]
async fn the_length_of_introspection_is_bounded() {
    let world = World::new(busy(1)).await;
    let aliases: String = (0..3000).map(|n| format!("a{n}: name ")).collect();
    let (status, body) = world.ask(&format!("{{ __schema {{ types {{ fields {{ {aliases} }} }} }} }}")).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(message(&body).contains("1048576 bytes") && body.to_string().len() < 1000, "{}", message(&body));
}

/// Fragments that double 40 times would be 2⁴⁰ fields; brackets 100,000 deep would exhaust the parser's stack.
#[tokio::test]
async fn bombs_are_refused_before_they_go_off() {
    let world = World::new(busy(1)).await;
    let mut doubling: String =
        (0..40).map(|n| format!("fragment f{n} on Query {{ ...f{} ...f{} }} ", n + 1, n + 1)).collect();
    doubling += "fragment f40 on Query { _meta { lagMs } } { ...f0 }";
    let circle = "fragment a on Query { ...b } fragment b on Query { ...a } { ...a }";
    let chain: String = (0..500).map(|n| format!("fragment f{n} on Query {{ ...f{} }} ", n + 1)).collect();
    let chain = chain + "fragment f500 on Query { _meta { lagMs } } { ...f0 }";
    let wide = format!("{{ {} }}", "_meta { lagMs } ".repeat(6000));
    let deep = ["{", "[", "{a:"].map(|open| format!("{{ job(id: {} ", open.repeat(60_000)));
    let deep_fields = "{ a ".repeat(50_000);
    for bomb in
        [doubling.as_str(), circle, &chain, &wide, &deep_fields].into_iter().chain(deep.iter().map(String::as_str))
    {
        let started = std::time::Instant::now();
        let (status, body) = world.ask(bomb).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{}", &bomb[..40]);
        assert!(!message(&body).is_empty());
        assert!(started.elapsed().as_secs() < 5, "{}: {:?}", &bomb[..40], started.elapsed());
    }
}

/// The query that GraphQL tools send first, 15 fields deep.
#[tokio::test]
async fn tools_can_read_the_schema() {
    let world = World::new(busy(1)).await;
    let of_type = "ofType { name kind ".repeat(9) + &"}".repeat(9);
    let query = format!(
        "query IntrospectionQuery {{ __schema {{ queryType {{ name }} types {{ ...T }} }} }} fragment T on __Type {{ kind name fields {{ name args {{ name type {{ kind {of_type} }} }} }} }}"
    );
    let (status, body) = world.ask(&query).await;
    assert_eq!((status, &body["errors"]), (StatusCode::OK, &Value::Null));
    let types = body["data"]["__schema"]["types"].as_array().unwrap();
    let job = types.iter().find(|kind| kind["name"] == "Job").expect("a Job");
    let fields: Vec<_> =
        job["fields"].as_array().unwrap().iter().map(|field| field["name"].as_str().unwrap()).collect();
    for field in ["id", "priceWei", "postedMs", "closedTx", "history", "model", "workerRow"] {
        assert!(fields.contains(&field), "{field} is not in {fields:?}");
    }
    let deeper = format!("{{ __schema {{ types {{ {} name {} }} }} }}", "ofType { ".repeat(30), "}".repeat(30));
    assert_eq!(world.ask(&deeper).await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn wrong_arguments_are_the_clients_fault() {
    let world = World::new(busy(1)).await;
    for (query, says) in [
        ("{ jobs(first: 0) { totalCount } }", "1 to 1000"),
        ("{ jobs(first: 1, limit: 1) { totalCount } }", "one of them"),
        ("{ jobs(first: -1) { totalCount } }", ""),
        ("{ jobs(after: \"x\") { totalCount } }", "endCursor"),
        ("{ jobs(where: {requester: \"x\"}) { totalCount } }", "40 hex"),
        ("{ jobs(where: {phase: open, phase_in: [taken]}) { totalCount } }", "phase"),
        ("{ jobs(where: {priceWei_gte: \"-1\"}) { totalCount } }", "wei"),
        ("{ jobs(where: {colour: 1}) { totalCount } }", "colour"),
        ("{ jobs(orderBy: colour) { totalCount } }", ""),
        ("{ worker(address: \"0x\") { address } }", "address"),
        ("{ model(id: \"0x\") { id } }", "hash"),
        ("{ nothing }", "nothing"),
        ("{ jobs { ", ""),
        ("mutation { x }", ""),
        ("", ""),
    ] {
        let (status, body) = world.ask(query).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{query}: {body}");
        assert!(message(&body).contains(says), "{query}: {body}");
    }
    for (kind, body) in
        [("text/plain", "{}"), ("application/json", "[]"), ("application/json", "{"), ("application/json", "{}x")]
    {
        let request = Request::post("/graphql").header("content-type", kind).body(Body::from(body)).unwrap();
        let (status, problem) = world.send(request).await;
        assert!(
            status.is_client_error() && problem["error"]["message"].is_string(),
            "{kind} {body}: {status} {problem}"
        );
    }
    let nested = format!("{{\"query\": \"{{ _meta {{ lagMs }} }}\", \"variables\": {}", "[".repeat(100_000));
    let request =
        Request::post("/graphql").header("content-type", "application/json").body(Body::from(nested)).unwrap();
    assert_eq!(world.send(request).await.0, StatusCode::BAD_REQUEST);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]
    /// A working query with a piece changed is an answer or the client's fault.
    #[test]
    fn no_query_is_the_servers_fault(at in any::<prop::sample::Index>(), length in 0usize..6, with in "[ -~]{0,6}") {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime.block_on(async {
            let world = World::new(busy(1)).await;
            let mut query = r#"{ jobs(where: {phase: open, requester: "0x1111111111111111111111111111111111111111"}, orderBy: priceWei, first: 3, after: null) { items { id model { name } } pageInfo { endCursor } } }"#.to_owned();
            let at = at.index(query.len());
            query.replace_range(at..(at + length).min(query.len()), &with);
            let (status, body) = world.ask(&query).await;
            assert!(!status.is_server_error(), "{query}: {status} {body}");
        });
    }
}
