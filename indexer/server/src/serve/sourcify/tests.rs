use super::*;
use crate::{
    clock::now_ms,
    progress::NodeStatus,
    record::{Contract, Deployment, Links, Sources},
    serve::tests::World,
    store::{Identity, Store, contracts::Failure},
    testing::{Blocks, CHAIN_ID},
};
use axum::{body::Body, http::Method};

const AT: &str = "0x5fbdb2315678afecb367f032d93f642f64180aa3";

async fn world() -> World {
    let world = World::new(Blocks::new(0)).await;
    let identity = Identity { chain_id: CHAIN_ID, genesis: world.blocks.genesis() };
    world.progress.reached(NodeStatus { node: 0, identity, head: 0, hash: Default::default(), finalized: 0 });
    world
}

fn contract(runtime: Match) -> (Contract, Sources) {
    let input = json!({ "language": "Solidity", "sources": { "a.sol": { "content": "contract A {}" } }, "settings": { "optimizer": { "enabled": true, "runs": 7 } } });
    let created = Deployment {
        tx: B256::repeat_byte(1),
        block: 5,
        index: 0,
        deployer: Address::repeat_byte(2),
        arguments: vec![3].into(),
    };
    let contract = Contract {
        number: 0,
        address: AT.parse().unwrap(),
        file: "a.sol".into(),
        name: "A".into(),
        compiler: "0.8.37+commit.f401782d".into(),
        runtime,
        creation: None,
        created: Some(created),
        code_hash: None,
        verified_ms: 0,
    };
    let sources =
        Sources { abi: "[]".into(), metadata: "{}".into(), input: input.to_string(), links: Links::default() };
    (contract, sources)
}

fn submission() -> Submission {
    Submission {
        address: AT.parse().unwrap(),
        compiler: version("0.8.37").unwrap(),
        file: None,
        name: "A".into(),
        input: "{}".into(),
        creation_tx: None,
        arguments: None,
    }
}

async fn finish(store: &Store, outcome: Result<(Contract, Sources), Failure>) -> B128 {
    let id = B128::random();
    store.submit(id, &submission(), now_ms()).await.unwrap();
    store.finish(id, 0, outcome, now_ms()).await.unwrap();
    id
}

fn posted(path: &str, kind: &str, body: String) -> Request {
    let request = Request::builder().method(Method::POST).uri(path).header("content-type", kind);
    request.body(Body::from(body)).unwrap()
}

fn standard_body() -> Value {
    let input = json!({ "language": "Solidity", "sources": { "a.sol": { "content": "contract A {}" } } });
    json!({ "stdJsonInput": input, "compilerVersion": "0.8.37+commit.f401782d", "contractIdentifier": "a.sol:A" })
}

#[tokio::test]
async fn a_submission_is_a_row_that_survives_and_is_tried_three_times() {
    let world = world().await;
    let path = format!("/v2/verify/{CHAIN_ID}/{AT}");
    let (status, answer) = world.send(posted(&path, "application/json", standard_body().to_string())).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
    let id = answer["verificationId"].as_str().unwrap();
    let (status, job) = world.get(&format!("/v2/verify/{id}")).await;
    assert_eq!(
        (status, &job["isJobCompleted"], &job["contract"]["match"]),
        (StatusCode::OK, &json!(false), &Value::Null)
    );
    // Whoever asks for work finds it until it is finished; nobody gets what another has.
    for attempt in 1..=4 {
        let (found, attempts, submission) = world.store.next_submission(&[]).await.unwrap().unwrap();
        assert_eq!((uuid(found).as_str(), attempts, submission.name.as_str()), (id, attempt, "A"));
        assert!(world.store.next_submission(&[found]).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn ends_of_verifications_are_told_in_both_forms() {
    let world = world().await;
    let refused = Failure { code: "no_match".into(), message: "byte 7 differs".into() };
    let id = uuid(finish(&world.store, Err(refused)).await);
    let (_, job) = world.get(&format!("/v2/verify/{id}")).await;
    assert_eq!((&job["isJobCompleted"], &job["error"]["customCode"]), (&json!(true), &json!("no_match")));
    let (_, old) = world.get(&format!("/api?module=contract&action=checkverifystatus&guid={id}")).await;
    assert_eq!(old["result"], "Fail - Unable to verify: byte 7 differs");
    let id = uuid(finish(&world.store, Ok(contract(Match::Match))).await);
    let (_, job) = world.get(&format!("/v2/verify/{id}")).await;
    assert_eq!((&job["contract"]["match"], &job["error"]), (&json!("match"), &Value::Null));
    let (_, old) =
        world.get(&format!("/api?module=contract&action=checkverifystatus&guid={id}&chainid={CHAIN_ID}")).await;
    assert_eq!((&old["status"], &old["result"]), (&json!("1"), &json!("Pass - Verified")));
}

#[tokio::test]
async fn only_a_better_match_replaces_one() {
    let world = world().await;
    finish(&world.store, Ok(contract(Match::Match))).await;
    let id = uuid(finish(&world.store, Ok(contract(Match::Match))).await);
    let (_, old) = world.get(&format!("/api?module=contract&action=checkverifystatus&guid={id}")).await;
    assert_eq!(old["result"], "Already Verified");
    finish(&world.store, Ok(contract(Match::ExactMatch))).await;
    let (_, row) = world.get(&format!("/api/contracts/{AT}")).await;
    assert_eq!((&row["match"], &row["number"]), (&json!("exact_match"), &json!(2)));
    let path = format!("/v2/verify/{CHAIN_ID}/{AT}");
    let (status, answer) = world.send(posted(&path, "application/json", standard_body().to_string())).await;
    assert_eq!((status, &answer["customCode"]), (StatusCode::CONFLICT, &json!("already_verified")));
}

#[tokio::test]
async fn a_contract_is_read_in_every_form() {
    let world = world().await;
    finish(&world.store, Ok(contract(Match::ExactMatch))).await;
    let path = format!("/v2/contract/{CHAIN_ID}/{AT}");
    let (_, short) = world.get(&path).await;
    assert_eq!((&short["match"], &short["abi"]), (&json!("exact_match"), &Value::Null));
    assert_eq!(short["address"], "0x5FbDB2315678afecb367f032d93F642f64180aa3");
    let (_, some) = world.get(&format!("{path}?fields=abi,compilation.compilerVersion,deployment")).await;
    assert_eq!((&some["abi"], &some["sources"]), (&json!([]), &Value::Null));
    assert_eq!(some["compilation"], json!({ "compilerVersion": "0.8.37+commit.f401782d" }));
    assert_eq!(some["deployment"]["blockNumber"], "5");
    let (_, all) = world.get(&format!("{path}?omit=metadata,stdJsonInput")).await;
    assert_eq!((&all["sources"]["a.sol"]["content"], &all["metadata"]), (&json!("contract A {}"), &Value::Null));
    let (status, wrong) = world.get(&format!("{path}?fields=colour")).await;
    assert_eq!((status, &wrong["customCode"]), (StatusCode::BAD_REQUEST, &json!("invalid_parameter")));
    let (_, list) = world.get(&format!("/v2/contracts/{CHAIN_ID}")).await;
    assert_eq!(list["results"][0]["matchId"], "1");
    let (_, after) = world.get(&format!("/v2/contracts/{CHAIN_ID}?afterMatchId=1")).await;
    assert_eq!(after["results"], json!([]));
    let (_, abi) = world.get(&format!("/api?module=contract&action=getabi&address={AT}")).await;
    assert_eq!(abi["result"], "[]");
    let (_, source) = world.get(&format!("/api?module=contract&action=getsourcecode&address={AT}")).await;
    let row = &source["result"][0];
    assert_eq!(
        (&row["ContractName"], &row["Runs"], &row["ConstructorArguments"]),
        (&json!("A"), &json!("7"), &json!("03"))
    );
    let query = format!(
        r#"{{ contract(address: "{AT}") {{ name match abi files {{ path content }} }} contracts {{ items {{ name }} totalCount }} }}"#
    );
    let (_, graph) = world.ask(&query).await;
    assert_eq!(graph["data"]["contract"]["files"][0]["content"], "contract A {}", "{graph}");
    assert_eq!(graph["data"]["contracts"]["totalCount"], 1);
}

#[tokio::test]
async fn wrong_requests_are_told_in_the_form_of_their_api() {
    let world = world().await;
    let path = format!("/v2/verify/{CHAIN_ID}/{AT}");
    let (status, none) = world.get(&format!("/v2/contract/{CHAIN_ID}/{AT}")).await;
    assert_eq!((status, &none["match"]), (StatusCode::NOT_FOUND, &Value::Null));
    for (path, kind, body, expected, code) in [
        (path.clone(), "text/plain", "{}".to_owned(), StatusCode::UNSUPPORTED_MEDIA_TYPE, "invalid_parameter"),
        (path.clone(), "application/json", "{".to_owned(), StatusCode::BAD_REQUEST, "invalid_json"),
        (
            path.clone(),
            "application/json",
            "x".repeat(turns::SOURCES_MAX + 1),
            StatusCode::PAYLOAD_TOO_LARGE,
            "invalid_parameter",
        ),
        (
            format!("/v2/verify/1/{AT}"),
            "application/json",
            standard_body().to_string(),
            StatusCode::NOT_FOUND,
            "unsupported_chain",
        ),
        (
            format!("/v2/verify/{CHAIN_ID}/0x12"),
            "application/json",
            standard_body().to_string(),
            StatusCode::BAD_REQUEST,
            "invalid_parameter",
        ),
    ] {
        let (status, answer) = world.send(posted(&path, kind, body)).await;
        assert_eq!((status, &answer["customCode"]), (expected, &json!(code)), "{answer}");
        assert!(answer["errorId"].as_str().is_some_and(|id| parse_uuid(id).is_some()));
    }
    let (status, unknown) = world.get(&format!("/v2/verify/{}", uuid(B128::ZERO))).await;
    assert_eq!((status, &unknown["customCode"]), (StatusCode::NOT_FOUND, &json!("job_not_found")));
    for (query, said) in [
        ("module=contract&action=getabi", "`address`"),
        ("module=account&action=balance", "getsourcecode"),
        ("module=contract&action=checkverifystatus&guid=1", "Unknown UID"),
        ("module=contract&action=getabi&chainid=1", "chainid"),
    ] {
        let (status, answer) = world.get(&format!("/api?{query}")).await;
        assert_eq!((status, &answer["status"], &answer["message"]), (StatusCode::OK, &json!("0"), &json!("NOTOK")));
        assert!(answer["result"].as_str().unwrap().contains(said), "{answer}");
    }
}

#[tokio::test]
async fn one_peer_cannot_submit_without_end_and_the_queue_has_an_end() {
    let world = world().await;
    let path = format!("/v2/verify/{CHAIN_ID}/{AT}");
    let mut taken = 0;
    let refused = loop {
        let request = posted(&path, "application/json", standard_body().to_string());
        let (status, answer) = world.send(request).await;
        if status != StatusCode::ACCEPTED {
            break (status, answer);
        }
        taken += 1;
        assert!(taken <= 40, "no limit");
    };
    assert_eq!((refused.0, &refused.1["customCode"]), (StatusCode::TOO_MANY_REQUESTS, &json!("too_many_requests")));
    let mut full = false;
    for _ in 0..64 {
        full |= world.store.submit(B128::random(), &submission(), 1).await.unwrap()
            == crate::store::contracts::Admission::Full;
    }
    assert!(full, "the queue is bounded");
}

#[tokio::test]
async fn a_chain_is_described_and_a_missing_faucet_says_how_to_start_one() {
    let world = world().await;
    let (status, chain) = world.get("/chain.json").await;
    assert_eq!((status, &chain["chainId"], &chain["faucets"]), (StatusCode::OK, &json!(CHAIN_ID), &json!([])));
    let (status, off) = world.get("/faucet").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(off["error"]["message"].as_str().unwrap().contains("--faucet-key"));
}
