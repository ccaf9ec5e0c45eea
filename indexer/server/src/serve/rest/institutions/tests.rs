use crate::{
    serve::tests::World,
    testing::institutions::{PROPOSAL, STAKE, history},
};
use axum::http::StatusCode;
use serde_json::{Value, json};

const STAKER: &str = "0x5757575757575757575757575757575757575757";

async fn found(world: &World, path: &str) -> Value {
    let (status, body) = world.get(path).await;
    assert_eq!(status, StatusCode::OK, "{path}: {body}");
    body
}

#[tokio::test]
async fn every_list_filters_and_counts() {
    let world = World::new(history()).await;
    let proposal = PROPOSAL.to_string();
    for (path, count) in [
        ("nodes", 2),
        ("nodes?asset=THETA", 2),
        ("nodes?asset=TFUEL", 0),
        ("nodes?role=guardian", 1),
        ("nodes?role=edge", 0),
        ("nodes?owner=0xf1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1", 1),
        ("nodes?operator=0xf1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1&asset=THETA", 1),
        ("nodes?stakeWei_gte=1000000000000000000000", 1),
        ("positions", 3),
        (&format!("positions?source={STAKER}"), 2),
        (&format!("positions?source={STAKER}&node=2"), 1),
        ("positions?asset=TFUEL&node=1", 0),
        ("positions?asset=TFUEL", 0),
        ("slashes?asset=THETA&node=1", 1),
        ("slashes?node=2", 0),
        ("committees", 3),
        ("checkpoints", 1),
        ("proposals", 1),
        ("proposals?phase=executed&proposer=0xf1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1", 1),
        ("proposals?phase=proposed", 0),
        ("votes", 3),
        (&format!("votes?proposal={proposal}&voter={STAKER}"), 1),
        ("votes?proposal=7", 0),
        ("parameter-changes", 1),
    ] {
        let page = found(&world, &format!("/api/{path}")).await;
        assert_eq!(page["totalCount"], json!(count), "{path}");
        assert_eq!(page["items"].as_array().expect("a list").len(), count, "{path}");
    }
    let page = found(&world, "/api/nodes?orderBy=stakeWei&orderDirection=desc&limit=1").await;
    assert_eq!((&page["items"][0]["number"], &page["pageInfo"]["hasNextPage"]), (&json!(1), &json!(true)));
    let cursor = page["pageInfo"]["endCursor"].as_str().expect("a cursor").to_owned();
    let next = found(&world, &format!("/api/nodes?orderBy=stakeWei&orderDirection=desc&limit=1&after={cursor}")).await;
    assert_eq!(next["items"][0]["number"], 2);
    let page = found(&world, "/api/positions?orderBy=stakedWei&orderDirection=desc").await;
    assert_eq!(page["items"][0]["stakedWei"], STAKE.to_string());
}

#[tokio::test]
async fn single_rows_and_what_is_missing() {
    let world = World::new(history()).await;
    let node = found(&world, "/api/nodes/theta/1").await;
    assert_eq!((&node["role"], &node["stakeWei"]), (&json!("validator"), &json!((STAKE * 1125 / 1000).to_string())));
    let committee = found(&world, "/api/committees/2").await;
    assert_eq!((&committee["nodes"], &committee["keptFrom"]), (&json!([1]), &json!(1)));
    assert_eq!(found(&world, "/api/checkpoints/1").await["unions"], 1);
    let proposal = found(&world, &format!("/api/proposals/{PROPOSAL}")).await;
    assert_eq!((&proposal["title"], &proposal["calls"][0]["data"]), (&json!("# More gas"), &json!("0x010203")));
    for path in ["nodes/TFUEL/1", "nodes/THETA/3", "committees/9", "checkpoints/2", "proposals/5"] {
        assert_eq!(world.get(&format!("/api/{path}")).await.0, StatusCode::NOT_FOUND, "{path}");
    }
    for path in
        ["nodes/wei/1", "nodes/THETA/x", "proposals/0x1", "votes?proposal=x", "nodes?role=boss", "votes?limit=0"]
    {
        let (status, body) = world.get(&format!("/api/{path}")).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{path}");
        assert!(body["error"]["message"].is_string(), "{path}: {body}");
    }
}
