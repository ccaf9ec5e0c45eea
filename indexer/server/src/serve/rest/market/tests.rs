use crate::{
    serve::tests::World,
    testing::market::{AUCTION, CLAIM, EVIDENCE, deals},
};
use axum::http::StatusCode;
use serde_json::{Value, json};

const REQUESTER: &str = "0x1111111111111111111111111111111111111111";
const WORKER: &str = "0x2222222222222222222222222222222222222222";

async fn found(world: &World, path: &str) -> Value {
    let (status, body) = world.get(path).await;
    assert_eq!(status, StatusCode::OK, "{path}: {body}");
    body
}

#[tokio::test]
async fn every_list_filters_and_counts() {
    let world = World::new(deals()).await;
    let model = "0x3333333333333333333333333333333333333333333333333333333333333333";
    for (path, count) in [
        ("orders", 2),
        (&format!("orders?requester={REQUESTER}&kind=1"), 2),
        (&format!("orders?modelId={model}"), 2),
        ("orders?kind=3", 0),
        ("jobs?order=1", 2),
        ("jobs?order=9", 1),
        ("leases", 2),
        ("leases?phase=ended", 2),
        ("leases?phase=running", 0),
        (&format!("leases?worker={WORKER}"), 1),
        (&format!("leases?requester={WORKER}"), 0),
        ("auctions", 1),
        (&format!("auctions?phase=cleared&requester={REQUESTER}"), 1),
        ("auctions?phase=voided", 0),
        ("bids", 2),
        (&format!("bids?auction={AUCTION}&bidder={WORKER}"), 1),
        ("market-events", 31),
        ("market-events?contract=leases", 8),
        ("market-events?contract=leases&subject=2", 2),
        (&format!("market-events?contract=auctions&subject={AUCTION}&name=BidCommitted"), 2),
        (&format!("market-events?contract=paymentPool&actor={REQUESTER}"), 5),
    ] {
        let page = found(&world, &format!("/api/{path}")).await;
        assert_eq!(page["totalCount"], json!(count), "{path}");
        assert_eq!(page["items"].as_array().expect("a list").len(), count, "{path}");
    }
    let page = found(&world, "/api/market-events?orderDirection=desc&limit=1").await;
    assert_eq!((&page["items"][0]["name"], &page["items"][0]["reason"]), (&json!("Closed"), &json!("wrongElement")));
    let cursor = page["pageInfo"]["endCursor"].as_str().expect("a cursor").to_owned();
    let next = found(&world, &format!("/api/market-events?orderDirection=desc&limit=1&after={cursor}")).await;
    assert_eq!(next["items"][0]["id"], 30);
}

#[tokio::test]
async fn single_rows_have_their_history() {
    let world = World::new(deals()).await;
    let order = found(&world, "/api/orders/1").await;
    assert_eq!((&order["count"], &order["open"], &order["running"]), (&json!(2), &json!(1), &json!(1)));
    let lease = found(&world, "/api/leases/1").await;
    assert_eq!((&lease["phase"], &lease["reason"]), (&json!("ended"), &json!("endedByRequester")));
    let history = lease["history"].as_array().expect("a list");
    assert_eq!((history.len(), &history[5]["evidence"]), (6, &json!(EVIDENCE.to_string())));
    assert_eq!(history[0]["fields"][0], json!({ "name": "lease", "value": "1" }));
    let auction = found(&world, &format!("/api/auctions/{AUCTION}")).await;
    assert_eq!((&auction["phase"], &auction["order"]), (&json!("cleared"), &json!(1)));
    assert_eq!(auction["history"].as_array().expect("a list").len(), 8);
    for path in ["orders/2", "leases/3", &format!("auctions/{CLAIM}")] {
        assert_eq!(world.get(&format!("/api/{path}")).await.0, StatusCode::NOT_FOUND, "{path}");
    }
    for path in
        ["auctions/7", "leases?phase=open", "market-events?subject=a%27b", "market-events?name=", "bids?bidder=1"]
    {
        let (status, body) = world.get(&format!("/api/{path}")).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{path}");
        assert!(body["error"]["message"].is_string(), "{path}: {body}");
    }
}

/// What another claims about a job that it did not take is none of the job's.
#[tokio::test]
async fn a_job_shows_what_its_verifiers_made_of_its_workers_claims() {
    let world = World::new(deals()).await;
    let job = found(&world, "/api/jobs/9").await;
    let events: Vec<_> = job["claims"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|event| {
            (
                event["contract"].as_str().unwrap_or_default().to_owned(),
                event["name"].as_str().unwrap_or_default().to_owned(),
            )
        })
        .collect();
    let wanted = [("attested", "Claimed"), ("disputes", "Claimed"), ("attested", "Closed"), ("disputes", "Closed")];
    assert_eq!(events, wanted.map(|(contract, name)| (contract.to_owned(), name.to_owned())));
    assert_eq!(found(&world, "/api/jobs/1").await["claims"], json!([]));
}
