use crate::{
    serve::tests::World,
    testing::nft::{ANNA, BEN, CARL, COLLECTION, CREATOR, FOREIGN, OFFER, ORDER, nfts},
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
        ("sales".into(), 5),
        ("sales?kind=order".into(), 3),
        ("sales?kind=pack".into(), 0),
        (format!("sales?creation={COLLECTION}"), 5),
        (format!("sales?creation={COLLECTION}&tokenId=1"), 3),
        (format!("sales?creation={FOREIGN}"), 1),
        (format!("sales?creation={BEN}"), 0),
        (format!("sales?seller={ANNA}"), 3),
        (format!("sales?buyer={CARL}&marked=false"), 1),
        (format!("sales?account={CARL}"), 3),
        (format!("sales?reference={ORDER}"), 3),
        (format!("sales?reference={OFFER}&kind=rental"), 1),
        ("sales?marked=true".into(), 3),
        ("lots".into(), 1),
        (format!("lots?phase=sold&seller={ANNA}&creation={COLLECTION}"), 1),
        ("lots?phase=open".into(), 0),
        ("lot-bids?lot=1".into(), 2),
        (format!("lot-bids?bidder={BEN}"), 1),
        (format!("rentals?creation={COLLECTION}&tokenId=3"), 1),
        (format!("rentals?owner={ANNA}&renter={BEN}"), 1),
        (format!("rentals?owner={BEN}"), 0),
        (format!("gates?owner={CREATOR}&collection={COLLECTION}"), 1),
        (format!("gates?owner={BEN}"), 0),
        (format!("market-events?contract=exchange&name=Cancelled&subject={OFFER}"), 1),
    ] {
        let page = found(&world, &format!("/api/{path}")).await;
        assert_eq!(page["totalCount"], json!(count), "{path}");
        assert_eq!(page["items"].as_array().expect("a list").len(), count, "{path}");
    }
    let path = format!("/api/sales?creation={COLLECTION}&orderDirection=desc&limit=2");
    let newest = found(&world, &path).await;
    assert_eq!((&newest["items"][0]["id"], &newest["items"][1]["id"]), (&json!(5), &json!(4)));
    let cursor = newest["pageInfo"]["endCursor"].as_str().expect("a cursor").to_owned();
    assert_eq!(found(&world, &format!("{path}&after={cursor}")).await["items"][0]["id"], 3);
}

#[tokio::test]
async fn single_rows_are_found_or_not() {
    let world = World::new(nfts()).await;
    let sale = found(&world, "/api/sales/3").await;
    assert_eq!(
        (&sale["selfDealing"], &sale["price"], &sale["currency"]),
        (&json!("circle"), &json!("1000"), &Value::Null)
    );
    assert_eq!(sale["items"].as_array().expect("a list").len(), 2);
    let lot = found(&world, "/api/lots/1").await;
    assert_eq!((&lot["phase"], &lot["sale"], &lot["highest"]), (&json!("sold"), &json!(5), &json!("200")));
    assert_eq!(lot["history"].as_array().expect("a list").len(), 5);
    let gate = found(&world, "/api/gates/1").await;
    assert_eq!((&gate["quorumVersion"], &gate["contentUri"]), (&json!(2), &json!("ipfs://m")));
    assert_eq!(gate["history"].as_array().expect("a list").len(), 4);
    for path in ["sales/9", "lots/2", "gates/2", "sales/18446744073709551615"] {
        assert_eq!(world.get(&format!("/api/{path}")).await.0, StatusCode::NOT_FOUND, "{path}");
    }
    for path in
        ["sales?tokenId=1", "sales?kind=gift", "sales?marked=maybe", "lots?phase=done", "lot-bids?bidder=1", "sales/x"]
    {
        let (status, body) = world.get(&format!("/api/{path}")).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{path}");
        assert!(body["error"]["message"].is_string(), "{path}: {body}");
    }
}

#[tokio::test]
async fn graphql_answers_the_same() {
    let world = World::new(nfts()).await;
    let query = format!(
        r#"{{
        creation(address: "{COLLECTION}") {{ name kind sales salesUnmarked }}
        creations(where: {{kind: editions}}) {{ items {{ number }} totalCount }}
        token(creation: "{COLLECTION}", id: "1") {{ owner moves }}
        none: token(creation: "{COLLECTION}", id: "77") {{ owner }}
        tokens(where: {{owner: "{ANNA}"}}, first: 1) {{ items {{ id }} totalCount pageInfo {{ hasNextPage }} }}
        editions {{ items {{ id supply cap }} }}
        balances(where: {{held: true}}) {{ totalCount }}
        tokenTransfers(where: {{creation: "{COLLECTION}", tokenId: "4"}}) {{ items {{ from to }} }}
        sales(where: {{creation: "{COLLECTION}", marked: false}}, orderDirection: desc) {{ items {{ id kind selfDealing items {{ id from }} }} }}
        sale(id: 1) {{ selfDealing reference }}
        lot(id: 1) {{ phase history(first: 1) {{ items {{ name }} }} }}
        lots {{ items {{ id tokenId }} }}
        lotBids(where: {{lot: 1}}) {{ items {{ amount }} }}
        rentals {{ items {{ price until }} }}
        gates {{ items {{ nodes threshold history {{ totalCount }} }} }}
        }}"#
    );
    let (status, body) = world.ask(&query).await;
    assert_eq!((status, &body["errors"]), (StatusCode::OK, &Value::Null));
    let data = &body["data"];
    let text = |address: alloy::primitives::Address| address.to_string().to_lowercase();
    let creation = json!({ "name": "Stones", "kind": "collection", "sales": 4, "salesUnmarked": 1 });
    assert_eq!((&data["creation"], &data["creations"]["totalCount"]), (&creation, &json!(1)));
    assert_eq!((&data["token"], &data["none"]), (&json!({ "owner": text(ANNA), "moves": 3 }), &Value::Null));
    assert_eq!(
        data["tokens"],
        json!({ "items": [{ "id": "1" }], "totalCount": 2, "pageInfo": { "hasNextPage": true } })
    );
    assert_eq!(data["editions"]["items"][1], json!({ "id": "2", "supply": "5", "cap": "7" }));
    assert_eq!(data["balances"]["totalCount"], 3);
    let ends = json!([{ "from": null, "to": text(ANNA) }, { "from": text(ANNA), "to": null }]);
    assert_eq!(data["tokenTransfers"]["items"], ends);
    let sale = json!({ "id": 5, "kind": "auction", "selfDealing": null, "items": [{ "id": "2", "from": text(ANNA) }] });
    assert_eq!(data["sales"]["items"][0], sale);
    assert_eq!(data["sale"], json!({ "selfDealing": "circle", "reference": ORDER.to_string() }));
    assert_eq!(data["lot"]["history"]["items"], json!([{ "name": "AuctionCreated" }]));
    assert_eq!(data["lotBids"]["items"], json!([{ "amount": "100" }, { "amount": "200" }]));
    assert_eq!(data["rentals"]["items"], json!([{ "price": "300", "until": 1_700_009_999_u64 }]));
    assert_eq!(
        (&data["gates"]["items"][0]["threshold"], &data["gates"]["items"][0]["history"]["totalCount"]),
        (&json!(2), &json!(4))
    );
    let (status, _) = world.ask(r#"{ sales(where: {tokenId: "1"}) { totalCount } }"#).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}
