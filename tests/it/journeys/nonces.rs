//! Transactions of one account that hang on each other: what one leaves behind must not hold up the rest.

use alloy::{
    consensus::{SignableTransaction, TxEip1559, TxEnvelope},
    eips::eip2718::Encodable2718,
    network::TxSignerSync,
    primitives::{Address, TxKind, U256},
    providers::Provider,
    signers::local::PrivateKeySigner,
};
use edgeloom_sdk::{Client, ClientBuilder, Deadlines, Error, SignedTx};
use edgeloom_tests::{Dev, Process, binary, dev_signer, free_ports};
use eyre::{Result, ensure};
use std::time::{Duration, Instant};

async fn client(dev: &Dev, deadlines: Deadlines) -> Result<Client> {
    Ok(Client::connect(ClientBuilder::new(dev.url()).signer(dev_signer(0)?).deadlines(deadlines)).await?)
}

/// A transfer of nothing to oneself that offers `max_fee` wei per gas.
fn transfer(chain_id: u64, signer: &PrivateKeySigner, nonce: u64, max_fee: u128) -> Result<SignedTx> {
    let mut tx = TxEip1559 {
        chain_id,
        nonce,
        gas_limit: 21_000,
        max_fee_per_gas: max_fee,
        max_priority_fee_per_gas: max_fee.min(1),
        to: TxKind::Call(signer.address()),
        ..TxEip1559::default()
    };
    let signature = signer.sign_transaction_sync(&mut tx)?;
    let envelope = TxEnvelope::Eip1559(tx.into_signed(signature));
    Ok(SignedTx { hash: *envelope.tx_hash(), nonce, raw: envelope.encoded_2718().into() })
}

#[tokio::test]
async fn a_nonce_that_died_with_a_process_does_not_stop_the_next_one() -> Result<()> {
    let dev = Dev::start().await?;
    let (signer, deadlines) = (dev_signer(0)?, Deadlines::default());
    let before = client(&dev, deadlines).await?;
    before.transfer(Address::repeat_byte(1), U256::ONE).await?;
    let next = before.provider().get_transaction_count(signer.address()).await?;
    let chain_id = before.chain_id();
    drop(before);
    // Two jobs side by side: `next` was signed and never written down, `next + 1` was in the journal when it crashed.
    let journalled = transfer(chain_id, &signer, next + 1, 100_000_000_000)?;
    let after = client(&dev, deadlines).await?;
    after.adopt(&journalled)?;
    after.broadcast(&journalled).await?;
    let start = Instant::now();
    let receipt = after.confirm(&journalled, Duration::from_secs(40)).await?;
    assert_eq!(receipt.transaction_hash, journalled.hash);
    ensure!(start.elapsed() < Duration::from_secs(20), "it took {:?}", start.elapsed());
    after.transfer(Address::repeat_byte(1), U256::ONE).await?;
    assert_eq!(after.provider().get_transaction_count(signer.address()).await?, next + 3);
    Ok(())
}

#[tokio::test]
async fn a_bid_that_the_base_fee_outgrew_is_raised_under_its_nonce() -> Result<()> {
    let dev = Dev::start().await?;
    let (signer, client) = (dev_signer(0)?, client(&dev, Deadlines::default()).await?);
    let next = client.provider().get_transaction_count(signer.address()).await?;
    let low = transfer(client.chain_id(), &signer, next, 1)?;
    client.broadcast(&low).await?;
    let waiting = client.confirm(&low, Duration::from_secs(1)).await;
    assert!(matches!(&waiting, Err(Error::Unconfirmed { hash, .. }) if *hash == low.hash), "{waiting:?}");

    let higher = client.rebid(&low).await?.ok_or_else(|| eyre::eyre!("a bid of 1 wei is enough?"))?;
    assert_eq!(higher.nonce, low.nonce);
    assert_eq!(client.rebid(&higher).await?, None, "it pays for the next block");
    let receipt = client.see_through(vec![low.clone()]).await?;
    assert_ne!(receipt.transaction_hash, low.hash);
    assert!(receipt.status());
    assert!(matches!(client.confirm(&low, Duration::from_secs(30)).await, Err(Error::Replaced { .. })));
    assert_eq!(client.provider().get_transaction_count(signer.address()).await?, next + 1, "one of the bids ran");
    Ok(())
}

#[tokio::test]
async fn a_bid_that_nobody_raises_does_not_hold_up_others() -> Result<()> {
    let dev = Dev::start().await?;
    let (signer, client) = (dev_signer(0)?, client(&dev, Deadlines::default()).await?);
    let next = client.provider().get_transaction_count(signer.address()).await?;
    client.broadcast(&transfer(client.chain_id(), &signer, next, 1)?).await?;
    client.transfer(Address::repeat_byte(1), U256::ONE).await?;
    assert_eq!(client.provider().get_transaction_count(signer.address()).await?, next + 2);
    Ok(())
}

#[tokio::test]
async fn a_call_that_is_in_no_block_in_time_is_named_and_runs_once() -> Result<()> {
    let dev = Dev::start().await?;
    let signer = dev_signer(0)?;
    let hurry = Deadlines { transaction: Duration::from_secs(2), ..Deadlines::default() };
    let (client, to) = (client(&dev, hurry).await?, Address::repeat_byte(1));
    let next = client.provider().get_transaction_count(signer.address()).await?;
    let low = transfer(client.chain_id(), &signer, next, 1)?;
    client.broadcast(&low).await?;
    let sent = client.transfer(to, U256::from(5)).await;
    let Err(Error::Unconfirmed { bids, .. }) = sent else { return Err(eyre::eyre!("{sent:?}")) };
    let higher = client.rebid(&low).await?.ok_or_else(|| eyre::eyre!("a bid of 1 wei is enough?"))?;
    client.broadcast(&higher).await?;
    let receipt = client.see_through(bids.clone()).await?;
    assert_eq!(receipt.transaction_hash, bids[0].hash);
    assert_eq!(client.balance(to).await?, U256::from(5), "paid once");
    Ok(())
}

/// Chains may have one id; their genesis blocks differ.
#[tokio::test]
async fn nodes_of_two_chains_are_refused() -> Result<()> {
    let (dev, folder, port) = (Dev::start().await?, tempfile::tempdir()?, free_ports(1)?);
    let arguments = ["dev", "--accounts", "3", "--json", "--port", &port.to_string()];
    let mut other = Process::spawn("other", &binary("edgeloom")?, &arguments, folder.path())?;
    other.ready::<serde_json::Value>(Duration::from_secs(30)).await?;
    let builder = ClientBuilder::new(dev.url()).fallback(format!("http://127.0.0.1:{port}"));
    let refused = Client::connect(builder).await.map(drop);
    assert!(matches!(&refused, Err(Error::Settings(words)) if words.contains("different chains")), "{refused:?}");
    Ok(())
}

#[tokio::test]
async fn a_client_goes_on_with_the_next_node() -> Result<()> {
    let (dev, nobody) = (Dev::start().await?, format!("http://127.0.0.1:{}", free_ports(1)?));
    let builder = ClientBuilder::new(nobody).fallback(dev.url()).signer(dev_signer(0)?);
    let client = Client::connect(builder).await?;
    client.transfer(Address::repeat_byte(1), U256::from(5)).await?;
    assert_eq!(client.balance(Address::repeat_byte(1)).await?, U256::from(5));
    assert!(client.node().supply().await?.conserved);
    Ok(())
}
