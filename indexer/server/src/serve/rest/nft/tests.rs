use crate::{
    serve::tests::World,
    testing::nft::{ANNA, BEN, CARL, COLLECTION, CREATOR, EDITIONS, FOREIGN, nfts},
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
    let world = World::new(nfts()).await;
    for (path, count) in [
        ("creations".into(), 2),
        ("creations?kind=editions".into(), 1),
        (format!("creations?creator={BEN}"), 1),
        (format!("creations?creator={CREATOR}&kind=collection"), 0),
        ("tokens".into(), 4),
        (format!("tokens?creation={COLLECTION}&owner={ANNA}"), 2),
        (format!("tokens?creation={EDITIONS}"), 0),
        (format!("tokens?user={CARL}"), 1),
        (format!("editions?creation={EDITIONS}"), 2),
        ("balances".into(), 3),
        (format!("balances?creation={EDITIONS}&tokenId=1"), 2),
        (format!("balances?holder={ANNA}&held=true"), 2),
        (format!("balances?creation={EDITIONS}&held=false"), 0),
        ("token-transfers".into(), 15),
        (format!("token-transfers?creation={COLLECTION}"), 10),
        (format!("token-transfers?creation={COLLECTION}&tokenId=1"), 4),
        (format!("token-transfers?account={BEN}"), 5),
        ("market-events?contract=nftFactory".into(), 2),
    ] {
        let page = found(&world, &format!("/api/{path}")).await;
        assert_eq!(page["totalCount"], json!(count), "{path}");
        assert_eq!(page["items"].as_array().expect("a list").len(), count, "{path}");
    }
    let newest = found(&world, "/api/token-transfers?orderDirection=desc&limit=1").await;
    let cursor = newest["pageInfo"]["endCursor"].as_str().expect("a cursor").to_owned();
    let next = found(&world, &format!("/api/token-transfers?orderDirection=desc&limit=1&after={cursor}")).await;
    assert_eq!((&newest["items"][0]["id"], &next["items"][0]["id"]), (&json!(15), &json!(14)));
}

#[tokio::test]
async fn single_rows_are_found_or_not() {
    let world = World::new(nfts()).await;
    let creation = found(&world, &format!("/api/creations/{COLLECTION}")).await;
    assert_eq!((&creation["volumeWei"], &creation["volumeUnmarkedWei"]), (&json!("2700"), &json!("200")));
    assert_eq!((&creation["policy"], &creation["tokens"]), (&json!("operators"), &json!(3)));
    let token = found(&world, &format!("/api/tokens/{COLLECTION}/3")).await;
    assert_eq!((&token["userUntil"], &token["burned"]), (&json!(1_700_000_900), &json!(false)));
    let edition = found(&world, &format!("/api/editions/{EDITIONS}/1")).await;
    assert_eq!((&edition["supply"], &edition["holders"]), (&json!("11"), &json!(2)));
    for path in [
        format!("creations/{FOREIGN}"),
        format!("tokens/{FOREIGN}/1"),
        format!("tokens/{COLLECTION}/9"),
        format!("editions/{COLLECTION}/1"),
    ] {
        assert_eq!(world.get(&format!("/api/{path}")).await.0, StatusCode::NOT_FOUND, "{path}");
    }
    let beyond = "115792089237316195423570985008687907853269984665640564039457584007913129639936";
    for path in [
        "creations/7".into(),
        "creations?kind=both".into(),
        "tokens/7/1".into(),
        format!("tokens/{COLLECTION}/0x1"),
        format!("tokens/{COLLECTION}/{beyond}"),
        "balances?tokenId=1".into(),
        format!("token-transfers?creation={COLLECTION}&tokenId=x"),
        "tokens?owner=1".into(),
    ] {
        let (status, body) = world.get(&format!("/api/{path}")).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{path}");
        assert!(body["error"]["message"].is_string(), "{path}: {body}");
    }
}
