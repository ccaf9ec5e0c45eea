//! `edgeloom dev`: the same chain in one process, a durable block for every transaction.

use crate::{
    arguments::Dev,
    durable,
    genesis::{self, Network},
    keys::{self, TEST_MNEMONIC, test_account},
    open,
    ready::Ready,
    run,
    signals::Signals,
};
use alloy::{
    primitives::{B256, utils::format_ether},
    signers::local::PrivateKeySigner,
};
use edgeloom_consensus::solo;
use edgeloom_rpc::{Submit, serve};
use edgeloom_state::Store;
use edgeloom_types::Genesis;
use eyre::{Result, ensure};
use std::{fmt::Write as _, net::Ipv4Addr, path::Path, sync::Arc, time::Duration};

/// How many accounts a new chain funds unless told otherwise.
const ACCOUNTS: u32 = 20;

/// Runs until it is told to stop.
///
/// # Errors
/// When the data directory is in use or holds another chain, or the port is taken.
pub(crate) async fn command(arguments: Dev) -> Result<()> {
    let mut signals = Signals::catch()?;
    let (store, genesis) = match &arguments.data {
        Some(data) => (open::store(data, &arguments.pruning)?, stored(data, arguments.accounts)?),
        None => {
            let store = open::pruning(Store::memory(), &arguments.pruning);
            (store, genesis::dev(arguments.accounts.unwrap_or(ACCOUNTS))?.genesis)
        }
    };
    let genesis = Arc::new(genesis);
    let accounts = accounts(&genesis)?;
    let shared = open::shared(store, genesis.clone())?;
    if let Some(data) = &arguments.data {
        open::journal(data, &shared, &genesis)?;
    }
    let config = solo::Config {
        genesis: genesis.clone(),
        keys: keys::derive(B256::ZERO)?.keys,
        interval: arguments.block_time.map(Duration::from_millis),
    };
    let solo = solo::start(config, shared.clone())?;
    let dev_keys = accounts.iter().map(|account| account.credential().clone()).collect();
    let address = (Ipv4Addr::LOCALHOST, arguments.port).into();
    let submit = Submit::dev(move |transaction| {
        let solo = solo.clone();
        async move { solo.seal(transaction).await.map(drop).map_err(|error| error.to_string()) }
    });
    let node = run::node(&genesis, &shared, submit, dev_keys);
    let server = serve(run::doors(address, &arguments.doors, arguments.data.as_deref()), node).await?;
    let ready = Ready {
        rpc: format!("http://{}", server.address),
        chain_id: genesis.chain_id(),
        genesis: shared.chain.lock().genesis_hash(),
        validators: Vec::new(),
    };
    ready.print(arguments.json, &text(&ready, &accounts, &genesis, arguments.data.as_deref())?)?;
    signals.stop().await;
    signals.exit_on_next();
    run::stop(server).await;
    Ok(())
}

/// The genesis of the chain in `data`; a new chain's is written there, so that later builds open the same chain.
///
/// # Errors
/// When the chain there has another number of accounts than the one asked for.
fn stored(data: &Path, asked: Option<u32>) -> Result<Genesis> {
    let path = data.join("genesis.json");
    if path.exists() {
        let genesis = genesis::read(&path)?;
        let there = accounts(&genesis)?.len();
        ensure!(
            asked.is_none_or(|asked| asked as usize == there),
            "{} holds a chain with {there} accounts: leave out --accounts, delete it or choose another directory",
            data.display()
        );
        return Ok(genesis);
    }
    let Network { genesis, .. } = genesis::dev(asked.unwrap_or(ACCOUNTS))?;
    durable::write(&path, &serde_json::to_string_pretty(genesis.file())?)?;
    Ok(genesis)
}

/// The accounts of the test mnemonic that genesis funds.
fn accounts(genesis: &Genesis) -> Result<Vec<PrivateKeySigner>> {
    let mut out = Vec::new();
    for index in 0.. {
        let account = test_account(index)?;
        if !genesis.file().alloc.contains_key(&account.address()) {
            break;
        }
        out.push(account);
    }
    Ok(out)
}

fn text(ready: &Ready, accounts: &[PrivateKeySigner], genesis: &Genesis, data: Option<&Path>) -> Result<String> {
    let mut out = String::from("Accounts\n");
    for (index, account) in accounts.iter().enumerate() {
        let balance =
            genesis.file().alloc.get(&account.address()).map_or_else(Default::default, |account| account.balance);
        let balance = format_ether(balance);
        writeln!(
            out,
            "({index}) {} ({} TFUEL at genesis)",
            account.address(),
            balance.trim_end_matches('0').trim_end_matches('.')
        )?;
    }
    out.push_str("\nPrivate keys (public knowledge: never use them elsewhere)\n");
    for (index, account) in accounts.iter().enumerate() {
        writeln!(out, "({index}) {}", account.to_bytes())?;
    }
    writeln!(out, "\nMnemonic   {TEST_MNEMONIC}")?;
    writeln!(out, "Chain id   {}", ready.chain_id)?;
    writeln!(out, "Genesis    {}", ready.genesis)?;
    writeln!(out, "Data       {}", data.map_or_else(|| "in memory".into(), |path| path.display().to_string()))?;
    write!(out, "Listening  {} (HTTP and WebSocket)", ready.rpc)?;
    Ok(out)
}

#[cfg(test)]
mod tests;
