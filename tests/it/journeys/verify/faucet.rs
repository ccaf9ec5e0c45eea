use super::{Index, key_file};
use alloy::{
    primitives::{Address, U256, utils::parse_ether},
    providers::{Provider as _, ProviderBuilder},
};
use edgeloom_tests::{Dev, dev_signer, wait_for};
use eyre::Result;
use serde_json::{Value, json};
use std::time::Duration;

/// Account of the development chain whose key the faucet has.
const PAYER: u32 = 19;

async fn balance(index: &Index, account: Address) -> Result<U256> {
    let provider = ProviderBuilder::new().connect_http(index.dev.url().parse()?);
    Ok(provider.get_balance(account).await?)
}

async fn ask(index: &Index, account: Address) -> Result<(u16, Option<u64>, Value)> {
    let answer = index.post("/faucet", &json!({ "address": account })).await?;
    let wait = answer.headers().get("retry-after").and_then(|wait| wait.to_str().ok()?.parse().ok());
    Ok((answer.status().as_u16(), wait, answer.json().await?))
}

async fn start(more: &[&str]) -> Result<(Index, tempfile::TempDir)> {
    let keys = tempfile::tempdir()?;
    let key = key_file(&keys, PAYER)?.display().to_string();
    let fixed = ["--faucet-key", &key, "--faucet-amount", "2.5"];
    let arguments = fixed.into_iter().chain(more.iter().copied()).map(str::to_owned).collect();
    Ok((Index::start(Dev::start().await?, arguments).await?, keys))
}

#[tokio::test(flavor = "multi_thread")]
async fn it_pays_many_in_a_second_and_each_address_once() -> Result<()> {
    const ACCOUNTS: u8 = 24;
    let (mut index, _keys) = start(&["--faucet-per-ip", "24"]).await?;
    let accounts: Vec<_> = (1..=ACCOUNTS).map(|byte| Address::repeat_byte(byte | 0x40)).collect();
    let unique: std::collections::BTreeSet<_> = accounts.iter().collect();
    let asked = futures::future::join_all(unique.iter().map(|account| ask(&index, **account))).await;
    for answer in asked {
        let (status, _, body) = answer?;
        assert_eq!((status, &body["sent"]), (200, &json!(true)), "{body}");
    }
    for account in &unique {
        let paid = async || Ok((balance(&index, **account).await? == parse_ether("2.5")?).then_some(()));
        wait_for("a payment", Duration::from_secs(20), paid).await?;
    }
    let (status, wait, body) = ask(&index, accounts[0]).await?;
    assert_eq!(status, 429, "{body}");
    assert!(wait.is_some_and(|wait| (80_000..=86_400).contains(&wait)), "{wait:?}");

    // What is limited before a crash is limited after it, and nobody is paid again.
    index.kill_9()?;
    index.launch().await?;
    assert_eq!(ask(&index, accounts[0]).await?.0, 429);
    assert_eq!(balance(&index, accounts[0]).await?, parse_ether("2.5")?);
    let page = reqwest::get(index.url("/faucet")).await?.text().await?;
    assert!(page.contains("2.5 TFUEL") && page.contains(&dev_signer(PAYER)?.address().to_string()));
    let (_, chain) = index.get("/chain.json").await?;
    assert_eq!((&chain["faucets"][0], &chain["chainId"]), (&json!(index.url("/faucet")), &json!(31337)));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_owed_at_a_crash_is_paid_once() -> Result<()> {
    let (mut index, _keys) = start(&["--faucet-per-ip", "1000"]).await?;
    let payer = dev_signer(PAYER)?.address();
    let before = balance(&index, payer).await?;
    let mut answered = 0;
    for round in 0..6_u8 {
        // Killed while requests are under way: between writing and sending, or between sending and answering.
        let url = index.url("/faucet");
        let account = Address::repeat_byte(0x80 + round);
        let request = tokio::spawn(reqwest::Client::new().post(url).json(&json!({ "address": account })).send());
        tokio::time::sleep(Duration::from_millis(u64::from(round) * 8)).await;
        index.kill_9()?;
        answered += u32::from(request.await?.is_ok());
        index.launch().await?;
        // The same request again: paid now, or told that it was.
        let again = async || Ok(matches!(ask(&index, account).await?.0, 200 | 429).then_some(()));
        wait_for("an answer", Duration::from_secs(10), again).await?;
        let paid = async || Ok((!balance(&index, account).await?.is_zero()).then_some(()));
        wait_for("the payment", Duration::from_secs(20), paid).await?;
    }
    println!("{answered} of 6 were answered before the crash");
    for round in 0..6_u8 {
        assert_eq!(balance(&index, Address::repeat_byte(0x80 + round)).await?, parse_ether("2.5")?, "paid once");
    }
    let spent = before - balance(&index, payer).await?;
    assert!(spent >= parse_ether("15")? && spent < parse_ether("15.1")?, "six payments and their gas: {spent}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn it_has_limits_and_says_what_is_wrong() -> Result<()> {
    let (index, _keys) = start(&["--faucet-daily", "5", "--faucet-per-ip", "3"]).await?;
    for byte in [1, 2] {
        assert_eq!(ask(&index, Address::repeat_byte(byte)).await?.0, 200);
    }
    let (status, wait, body) = ask(&index, Address::repeat_byte(3)).await?;
    assert_eq!(status, 429);
    assert!(
        body["error"]["message"].as_str().is_some_and(|said| said.contains("in a day")) && wait.is_some(),
        "{body}"
    );
    for wrong in [json!({}), json!({ "address": "0x12" }), json!({ "address": Address::ZERO }), json!([])] {
        assert_eq!(index.post("/faucet", &wrong).await?.status(), 400, "{wrong}");
    }
    let forged = reqwest::Client::new().post(index.url("/faucet")).body("address=0x00").send().await?;
    assert_eq!(forged.status(), 415);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_one_says_so() -> Result<()> {
    let keys = tempfile::tempdir()?;
    let key = key_file(&keys, PAYER)?.display().to_string();
    let rich = ["--faucet-key", &key, "--faucet-amount", "100000000", "--faucet-daily", "1000000000"];
    let index = Index::start(Dev::start().await?, rich.map(str::to_owned).to_vec()).await?;
    let (status, _, body) = ask(&index, Address::repeat_byte(9)).await?;
    assert_eq!(status, 503, "{body}");
    assert!(body["error"]["message"].as_str().is_some_and(|said| said.contains("dry")), "{body}");
    Ok(())
}
