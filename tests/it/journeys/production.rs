//! The clients' scripts against a network with real consensus: production answers as the development chain does.

use super::clients::script;
use edgeloom_tests::{Dev, Net, NetConfig};
use eyre::{Result, WrapErr as _, ensure, eyre};
use serde_json::{Value, json};
use std::collections::BTreeSet;

#[tokio::test]
async fn four_validators_answer_clients_as_a_development_chain_does() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let net = Net::start(NetConfig::on_free_ports(folder.path().join("net"), 4, 0)?).await?;
    for (validator, (name, account)) in
        (0..).zip([("viem.mjs", 3), ("ethers.mjs", 4), ("web3py.py", 8), ("metamask.mjs", 9)])
    {
        script(name, &net.rpc(validator), &[account]).wrap_err_with(|| format!("validator {validator}"))?;
    }
    Ok(())
}

/// What drives a development chain: blocks on demand, time, balances out of nothing, keys of the node's own.
const DEV_NAMESPACES: [&str; 3] = ["anvil_", "evm_", "hardhat_"];

async fn ask(url: &str, method: &str) -> Result<Value> {
    let call = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": [] });
    Ok(reqwest::Client::new().post(url).json(&call).send().await?.json().await?)
}

async fn methods(url: &str) -> Result<BTreeSet<String>> {
    let document = ask(url, "rpc.discover").await?;
    let methods = document["result"]["methods"].as_array().ok_or_else(|| eyre!("no methods: {document}"))?;
    Ok(methods.iter().filter_map(|method| method["name"].as_str().map(str::to_owned)).collect())
}

#[tokio::test]
async fn what_drives_a_development_chain_drives_no_network() -> Result<()> {
    const NO_METHOD: i64 = -32601;
    let folder = tempfile::tempdir()?;
    let net = Net::start(NetConfig::on_free_ports(folder.path().join("net"), 1, 0)?).await?;
    let dev = Dev::start().await?;
    let (production, development) = (methods(&net.rpc(0)).await?, methods(&dev.url()).await?);
    let drives = |name: &&String| DEV_NAMESPACES.iter().any(|namespace| name.starts_with(namespace));
    let driving: Vec<_> = development.iter().filter(drives).collect();
    ensure!(driving.len() > 50, "{driving:?}");
    ensure!(!production.iter().any(|name| drives(&name)), "{production:?}");
    for method in development.difference(&production) {
        let answer = ask(&net.rpc(0), method).await?;
        ensure!(answer["error"]["code"] == NO_METHOD, "{method}: {answer}");
    }
    // No account is unlocked, whoever asks.
    ensure!(ask(&net.rpc(0), "eth_accounts").await?["result"] == json!([]), "a network's node signs for nobody");
    Ok(())
}
