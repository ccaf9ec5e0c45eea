use crate::{serve::tests::World, testing::market::deals};
use axum::http::StatusCode;
use serde_json::{Value, json};

const REQUESTER: &str = "0x1111111111111111111111111111111111111111";
const WORKER: &str = "0x2222222222222222222222222222222222222222";
const SHY: &str = "0x5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a";

async fn found(world: &World, path: &str) -> Value {
    let (status, body) = world.get(path).await;
    assert_eq!(status, StatusCode::OK, "{path}: {body}");
    body
}

#[tokio::test]
async fn pools_pairs_and_sessions_are_listed_and_told_apart() {
    let world = World::new(deals()).await;
    for (path, count) in [
        ("pools", 1),
        (&format!("pools?payer={REQUESTER}&phase=open"), 1),
        ("pools?phase=settled", 0),
        ("pairs", 1),
        (&format!("pairs?pool=1&payee={WORKER}"), 1),
        ("pairs?pool=2", 0),
        (&format!("sessions?pool=1&session={SHY}"), 1),
        (&format!("sessions?payee={WORKER}"), 0),
    ] {
        let page = found(&world, &format!("/api/{path}")).await;
        assert_eq!(page["totalCount"], json!(count), "{path}");
        assert_eq!(page["items"].as_array().expect("a list").len(), count, "{path}");
    }
    let pool = found(&world, "/api/pools/1").await;
    assert_eq!((&pool["redeemedWei"], &pool["phase"]), (&json!("1500"), &json!("open")));
    let names: Vec<_> = pool["history"].as_array().expect("a list").iter().map(|event| &event["name"]).collect();
    let wanted = [
        "PoolOpened",
        "Deposited",
        "Earmarked",
        "Authorized",
        "Redeemed",
        "Redeemed",
        "VoucherSkipped",
        "Collected",
        "Revoked",
    ];
    assert_eq!(names, wanted);
    assert_eq!(pool["history"][6]["reason"], "nothingOwed");
    assert_eq!(world.get("/api/pools/2").await.0, StatusCode::NOT_FOUND);
    assert_eq!(world.get("/api/pairs?payee=me").await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn graphql_has_orders_leases_auctions_and_pools() {
    let world = World::new(deals()).await;
    let query = r#"{
        order(id: 1) { count open running jobs(first: 5) { items { id } totalCount } }
        orders(where: {kind: 1}, first: 1) { totalCount }
        lease(id: 1) { phase reason history(first: 2) { items { name } totalCount } }
        leases(where: {phase: ended}, orderDirection: desc, first: 1) { items { id reason } }
        auctions(first: 2) { items { phase priceWei bidList(first: 1) { items { reason } totalCount } history(first: 1) { totalCount } } }
        bids(first: 5, where: {bidder: "0x5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a"}) { items { reason tick } }
        marketEvents(first: 5, where: {contract: leases, name: "LeaseEnded"}) { items { subject reason fields { name value } } }
        pool(id: 1) { redeemedWei history(first: 1) { totalCount } }
        pools(first: 1) { totalCount } pairs(first: 1, where: {pool: 1}) { items { redeemedWei } } sessions(first: 1) { items { revoked } }
        job(id: 9) { claims { contract name } }
    }"#;
    let (status, body) = world.ask(query).await;
    assert_eq!((status, &body["errors"]), (StatusCode::OK, &Value::Null), "{body}");
    let data = &body["data"];
    let order = json!({ "count": 2, "open": 1, "running": 1, "jobs": { "items": [{ "id": 2 }, { "id": 1 }], "totalCount": 2 } });
    assert_eq!((&data["order"], &data["orders"]["totalCount"]), (&order, &json!(2)));
    let history = json!({ "items": [{ "name": "LeaseOffered" }, { "name": "LeaseTaken" }], "totalCount": 6 });
    assert_eq!(data["lease"], json!({ "phase": "ended", "reason": "endedByRequester", "history": history }));
    assert_eq!(data["leases"]["items"], json!([{ "id": 2, "reason": "cancelledByRequester" }]));
    let auction = &data["auctions"]["items"][0];
    assert_eq!((&auction["phase"], &auction["history"]["totalCount"]), (&json!("cleared"), &json!(8)));
    assert_eq!(auction["bidList"], json!({ "items": [{ "reason": "notTaken" }], "totalCount": 2 }));
    assert_eq!(data["bids"]["items"], json!([{ "reason": "notRevealed", "tick": null }]));
    let ended = &data["marketEvents"]["items"];
    assert_eq!((&ended[0]["subject"], &ended[1]["reason"]), (&json!("2"), &json!("endedByRequester")));
    assert_eq!(ended[1]["fields"][5], json!({ "name": "served", "value": "20" }));
    assert_eq!(data["pool"], json!({ "redeemedWei": "1500", "history": { "totalCount": 9 } }));
    assert_eq!(
        (&data["pairs"]["items"], &data["sessions"]["items"]),
        (&json!([{ "redeemedWei": "1500" }]), &json!([{ "revoked": true }]))
    );
    assert_eq!(data["job"]["claims"][1], json!({ "contract": "disputes", "name": "Claimed" }));
}
