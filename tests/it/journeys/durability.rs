//! kill -9 loses nothing that was answered, and one data directory has one owner.

use alloy::{
    network::TransactionBuilder as _,
    primitives::{Address, U256},
    providers::{Provider as _, ProviderBuilder},
    rpc::types::TransactionRequest,
};
use edgeloom_tests::{Dev, dev_signer};
use eyre::{Result, eyre};

/// Not a precompile.
fn recipient(number: u64) -> Address {
    Address::left_padding_from(&(0x4200_0000 + number).to_be_bytes())
}

#[tokio::test]
async fn kill_9_continues_at_the_last_block_with_the_same_root() -> Result<()> {
    let mut dev = Dev::start().await?;
    let provider =
        || async { eyre::Ok(ProviderBuilder::new().wallet(dev_signer(1)?).connect_http(dev.url().parse()?)) };
    let first = provider().await?;
    let mut hashes = Vec::new();
    for value in 1..=20u64 {
        let to = recipient(value);
        let request = TransactionRequest::default().with_to(to).with_value(U256::from(value)).with_gas_limit(21_000);
        // The hash is answered only when the block is durable: no receipt is waited for.
        hashes.push(*first.send_transaction(request).await?.tx_hash());
    }
    let height = first.get_block_number().await?;
    let root = first.get_block_by_number(height.into()).await?.ok_or_else(|| eyre!("no tip"))?.header.state_root;
    dev.kill_9_and_restart().await?;
    let second = ProviderBuilder::new().wallet(dev_signer(1)?).connect_http(dev.url().parse()?);
    assert_eq!(second.get_block_number().await?, height);
    let tip = second.get_block_by_number(height.into()).await?.ok_or_else(|| eyre!("no tip"))?;
    assert_eq!(tip.header.state_root, root);
    for hash in hashes {
        let receipt = second.get_transaction_receipt(hash).await?.ok_or_else(|| eyre!("{hash} is lost"))?;
        assert!(receipt.status());
    }
    let request = TransactionRequest::default().with_to(recipient(1)).with_value(U256::from(1));
    second.send_transaction(request).await?.get_receipt().await?;
    assert_eq!(second.get_balance(recipient(1)).await?, U256::from(2));
    Ok(())
}

#[tokio::test]
async fn a_second_process_on_the_same_data_refuses() -> Result<()> {
    let dev = Dev::start().await?;
    let (served, said) = dev.second_on_same_data().await?;
    assert!(!served, "two processes own one data directory");
    assert!(said.contains("in use") || said.contains("another process") || said.contains("locked"), "{said}");
    Ok(())
}

/// RocksDB's globals end with the process: whichever thread has the database last has closed it by then.
#[tokio::test]
async fn told_to_stop_it_ends_with_success_whatever_it_is_about() -> Result<()> {
    let mut dev = Dev::start().await?;
    for _ in 0..12 {
        dev.stop_and_restart().await?;
    }
    Ok(())
}
