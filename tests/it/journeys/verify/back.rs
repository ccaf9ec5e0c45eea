use super::{Index, forge::index};
use alloy::{
    network::TransactionBuilder as _,
    primitives::{Address, U256},
    providers::{DynProvider, Provider as _, ProviderBuilder},
    rpc::types::TransactionRequest,
};
use edgeloom_bindings::published;
use edgeloom_tests::{dev_signer, wait_for};
use eyre::{Result, eyre};
use serde_json::{Value, json};
use std::time::Duration;

const PAID: Address = Address::repeat_byte(0xbb);

async fn pay(node: &DynProvider, wei: u64) -> Result<()> {
    // The node signs: a wallet would count nonces on from what was taken back.
    let request =
        TransactionRequest::default().with_from(dev_signer(2)?.address()).with_to(PAID).with_value(U256::from(wei));
    node.send_transaction(request).await?.get_receipt().await?;
    Ok(())
}

/// Until the index ends where the node does.
async fn caught_up(index: &Index, node: &DynProvider) -> Result<()> {
    let same = async || {
        let tip = node.get_block_by_number(Default::default()).await?.ok_or_else(|| eyre!("no block"))?;
        let (_, meta) = index.get("/api/meta").await?;
        Ok((meta["block"]["hash"] == tip.header.hash.to_string()).then_some(()))
    };
    wait_for("the index to show the node's tip", Duration::from_secs(20), same).await
}

/// The amounts that `PAID` got, as REST and as GraphQL tell them.
async fn amounts(index: &Index) -> Result<Vec<Value>> {
    let wei = |items: &Value| -> Vec<Value> {
        items.as_array().into_iter().flatten().map(|item| item["amountWei"].clone()).collect()
    };
    let (_, rest) = index.get(&format!("/api/transfers?to={PAID}")).await?;
    let query = format!("{{ transfers(where: {{to: \"{PAID}\"}}) {{ items {{ amountWei }} }} }}");
    let graph: Value = index.post("/graphql", &json!({ "query": query })).await?.json().await?;
    assert_eq!(wei(&rest["items"]), wei(&graph["data"]["transfers"]["items"]), "{rest} {graph}");
    Ok(wei(&rest["items"]))
}

async fn verified(index: &Index, address: &str) -> Result<bool> {
    Ok(index.get(&format!("/api/contracts/{address}")).await?.0 == 200)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_index_follows_a_chain_that_takes_blocks_back() -> Result<()> {
    let (index, forge) = index().await?;
    let node = ProviderBuilder::default().connect_http(index.dev.url().parse()?).erased();
    let url = index.url("/");
    let verify = ["--verify", "--verifier", "sourcify", "--verifier-url", &url];
    let kept = forge.create("Twice", &verify)?;
    pay(&node, 1).await?;
    let snapshot: Value = node.raw_request("evm_snapshot".into(), ()).await?;
    let gone = forge.create("Twice", &verify)?;
    pay(&node, 2).await?;
    caught_up(&index, &node).await?;
    assert_eq!(amounts(&index).await?, ["1", "2"]);
    assert!(verified(&index, &kept).await? && verified(&index, &gone).await?);

    let reverted: bool = node.raw_request("evm_revert".into(), (snapshot,)).await?;
    assert!(reverted);
    caught_up(&index, &node).await?;
    assert_eq!(amounts(&index).await?, ["1"], "nothing new was needed to see it");
    assert!(verified(&index, &kept).await? && !verified(&index, &gone).await?);
    for wei in [3, 4, 5] {
        pay(&node, wei).await?;
    }
    caught_up(&index, &node).await?;
    assert_eq!(amounts(&index).await?, ["1", "3", "4", "5"]);

    let _null: Value = node.raw_request("anvil_reset".into(), ()).await?;
    pay(&node, 6).await?;
    caught_up(&index, &node).await?;
    assert_eq!(amounts(&index).await?, ["6"]);
    let (_, contracts) = index.get("/api/contracts").await?;
    let names: Vec<_> = contracts["items"].as_array().into_iter().flatten().map(|row| row["name"].clone()).collect();
    assert_eq!(
        names,
        published().iter().map(|contract| Value::from(contract.name)).collect::<Vec<_>>(),
        "the code of genesis stands"
    );
    Ok(())
}
