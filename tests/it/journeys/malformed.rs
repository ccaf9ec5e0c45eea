//! Malformed, oversized and mutated requests get a clear error, and the node goes on.

use alloy::{
    eips::Encodable2718 as _,
    network::{EthereumWallet, NetworkTransactionBuilder as _, TransactionBuilder as _},
    primitives::{Address, U256, hex},
    rpc::types::TransactionRequest,
};
use edgeloom_tests::{Dev, dev_signer};
use eyre::{Result, eyre};
use serde_json::{Value, json};
use std::{
    io::{Read as _, Write as _},
    time::Duration,
};

async fn post(dev: &Dev, body: impl Into<reqwest::Body>) -> Result<(u16, String)> {
    let client = reqwest::Client::new();
    let response = client.post(dev.url()).header("content-type", "application/json").body(body).send().await?;
    Ok((response.status().as_u16(), response.text().await?))
}

async fn call(dev: &Dev, method: &str, parameters: Value) -> Result<Value> {
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters});
    Ok(serde_json::from_str(&post(dev, body.to_string()).await?.1)?)
}

async fn alive(dev: &Dev) -> Result<()> {
    let answer = call(dev, "eth_chainId", json!([])).await?;
    assert_eq!(answer["result"], "0x7a69", "{answer}");
    Ok(())
}

#[tokio::test]
async fn bodies_over_ten_megabytes_deep_nesting_and_large_batches() -> Result<()> {
    let dev = Dev::start().await?;
    // The server answers before the body is there, so nothing of it needs to be sent.
    let mut stream = std::net::TcpStream::connect(dev.url().trim_start_matches("http://"))?;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    let length = 11 << 20;
    write!(
        stream,
        "POST / HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n"
    )?;
    let mut answer = [0; 64];
    let read = stream.read(&mut answer)?;
    assert!(answer[..read].starts_with(b"HTTP/1.1 413"), "{}", String::from_utf8_lossy(&answer[..read]));
    alive(&dev).await?;

    let deep = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"eth_getBalance","params":{}{}}}"#,
        "[".repeat(200_000),
        "]".repeat(200_000)
    );
    let (status, said) = post(&dev, deep).await?;
    assert!(status >= 400 || said.contains("error"), "{status} {said}");
    alive(&dev).await?;

    let one = json!({"jsonrpc": "2.0", "id": 1, "method": "eth_chainId", "params": []});
    let (_, said) = post(&dev, Value::Array(vec![one.clone(); 1001]).to_string()).await?;
    assert!(said.contains("error") && !said.contains("0x7a69"), "{said}");
    let (_, said) = post(&dev, Value::Array(vec![one; 1000]).to_string()).await?;
    assert_eq!(serde_json::from_str::<Vec<Value>>(&said)?.len(), 1000);
    let (_, said) = post(&dev, "{").await?;
    assert!(said.contains("-32700"), "{said}");
    alive(&dev).await
}

#[tokio::test]
async fn truncated_and_mutated_transactions() -> Result<()> {
    let dev = Dev::start().await?;
    let wallet = EthereumWallet::from(dev_signer(2)?);
    let transaction = TransactionRequest::default()
        .with_chain_id(31337)
        .with_nonce(0)
        .with_to(Address::repeat_byte(1))
        .with_value(U256::from(1))
        .with_gas_limit(21_000)
        .with_max_fee_per_gas(10_000_000_000)
        .with_max_priority_fee_per_gas(1)
        .build(&wallet)
        .await?;
    let bytes = transaction.encoded_2718();
    for cut in 0..bytes.len() {
        let answer = call(&dev, "eth_sendRawTransaction", json!([hex::encode_prefixed(&bytes[..cut])])).await?;
        assert!(answer["error"]["message"].is_string(), "accepted {cut} bytes: {answer}");
    }
    let surplus = [bytes.clone(), vec![0]].concat();
    let answer = call(&dev, "eth_sendRawTransaction", json!([hex::encode_prefixed(surplus)])).await?;
    assert!(answer["error"].is_object(), "{answer}");
    // A flipped bit makes another sender, who has no money, or no transaction at all.
    for bit in (0..bytes.len() * 8).step_by(5) {
        let mut mutated = bytes.clone();
        mutated[bit / 8] ^= 1 << (bit % 8);
        let answer = call(&dev, "eth_sendRawTransaction", json!([hex::encode_prefixed(mutated)])).await?;
        assert!(answer["error"].is_object(), "accepted with bit {bit} flipped: {answer}");
    }
    let oversized = "0x02".to_owned() + &"00".repeat(200 << 10);
    let answer = call(&dev, "eth_sendRawTransaction", json!([oversized])).await?;
    assert!(answer["error"].is_object(), "{answer}");
    let answer = call(&dev, "eth_sendRawTransaction", json!([hex::encode_prefixed(&bytes)])).await?;
    assert_eq!(answer["result"], transaction.tx_hash().to_string(), "{answer}");
    let again = call(&dev, "eth_sendRawTransaction", json!([hex::encode_prefixed(&bytes)])).await?;
    let said = again["error"]["message"].as_str().ok_or_else(|| eyre!("accepted twice: {again}"))?;
    assert!(said.contains("nonce too low") || said.contains("already known"), "{said}");
    alive(&dev).await
}
