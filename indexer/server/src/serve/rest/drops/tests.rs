use crate::{
    serve::tests::World,
    testing::nft::{ANNA, CARL, COLLECTION, CREATOR, EDITIONS, first_sales},
};
use axum::http::StatusCode;
use serde_json::{Value, json};

async fn found(world: &World, path: &str) -> Value {
    let (status, body) = world.get(path).await;
    assert_eq!(status, StatusCode::OK, "{path}: {body}");
    body
}

#[tokio::test]
async fn every_list_filters_and_counts() {
    let world = World::new(first_sales()).await;
    for (path, count) in [
        ("drops".into(), 2),
        (format!("drops?creation={EDITIONS}&creator={CREATOR}"), 1),
        (format!("drops?creator={ANNA}"), 0),
        ("pack-sales".into(), 2),
        (format!("pack-sales?creation={COLLECTION}"), 2),
        ("packs".into(), 2),
        (format!("packs?sale=1&buyer={ANNA}"), 2),
        ("packs?sale=2".into(), 0),
        ("sales?kind=drop".into(), 2),
        ("sales?kind=pack&reference=1".into(), 2),
        // Packs are of the collection, and of none of its tokens.
        (format!("sales?creation={COLLECTION}"), 4),
        (format!("sales?creation={COLLECTION}&tokenId=1001"), 1),
        (format!("sales?creation={COLLECTION}&tokenId=0"), 0),
        (format!("sales?creation={EDITIONS}&buyer={CARL}"), 1),
        ("market-events?contract=drops".into(), 5),
        ("market-events?contract=packs&subject=2".into(), 4),
    ] {
        let page = found(&world, &format!("/api/{path}")).await;
        assert_eq!(page["totalCount"], json!(count), "{path}");
        assert_eq!(page["items"].as_array().expect("a list").len(), count, "{path}");
    }
}

#[tokio::test]
async fn single_rows_are_found_or_not_and_graphql_answers_the_same() {
    let world = World::new(first_sales()).await;
    let drop = found(&world, "/api/drops/1").await;
    assert_eq!((&drop["sold"], &drop["phases"][1]["sold"]), (&json!(3), &json!(3)));
    let sale = found(&world, "/api/pack-sales/2").await;
    assert_eq!((&sale["phase"], &sale["refundedWei"]), (&json!("voided"), &json!("1000")));
    for path in ["drops/3", "pack-sales/3"] {
        assert_eq!(world.get(&format!("/api/{path}")).await.0, StatusCode::NOT_FOUND, "{path}");
    }
    for path in ["drops?creator=1", "packs?buyer=1", "packs?sale=x"] {
        assert_eq!(world.get(&format!("/api/{path}")).await.0, StatusCode::BAD_REQUEST, "{path}");
    }
    let query = r#"{
        drop(id: 1) { closed phases { priceWei allowed } }
        drops(orderDirection: desc, first: 1) { items { id } totalCount }
        packSale(id: 1) { phase tiers }
        packSales { items { id phase } }
        packs(where: {sale: 1}) { items { pack ids kept } }
        none: drop(id: 9) { id }
    }"#;
    let (status, body) = world.ask(query).await;
    assert_eq!((status, &body["errors"]), (StatusCode::OK, &Value::Null));
    let data = &body["data"];
    assert_eq!((&data["drop"]["phases"][0]["priceWei"], &data["none"]), (&json!("100"), &Value::Null));
    assert_eq!(data["drops"], json!({ "items": [{ "id": 2 }], "totalCount": 2 }));
    assert_eq!(data["packSale"], json!({ "phase": "ended", "tiers": [4, 16] }));
    assert_eq!(data["packSales"]["items"][1], json!({ "id": 2, "phase": "voided" }));
    assert_eq!(data["packs"]["items"][1], json!({ "pack": 1, "ids": ["2003", "2004"], "kept": ["2003"] }));
}
