//! `edgeloom dev`: the same chain in one process, a durable block for every transaction.

mod state;

use crate::{
    arguments::Dev,
    durable,
    genesis::{self, DEV_CHAIN_ID, DevGenesis, Network, Start},
    keys, open,
    ready::Ready,
    run,
    signals::Signals,
};
use alloy::{
    primitives::{B256, utils::format_ether},
    signers::local::PrivateKeySigner,
};
use edgeloom_bindings::addresses::PARAMETERS;
use edgeloom_dev::{Config, Console, Mode, Parts, Solo};
use edgeloom_rpc::{Submit, serve};
use edgeloom_state::Store;
use edgeloom_types::Genesis;
use eyre::{Result, ensure};
use std::{fmt::Write as _, path::Path, sync::Arc, time::Duration};

/// How many accounts a new chain funds unless told otherwise.
const ACCOUNTS: u32 = 20;

/// Runs until it is told to stop.
///
/// # Errors
/// When the data directory is in use or holds another chain, or the port is taken.
pub(crate) async fn command(arguments: Dev) -> Result<()> {
    let mut signals = Signals::catch()?;
    let (store, genesis) = match &arguments.data {
        Some(data) => (open::store(data, &arguments.storage)?, stored(data, &arguments)?),
        None => {
            let store = open::pruning(Store::memory(), &arguments.storage);
            (store, genesis::dev(wishes(&arguments))?.genesis)
        }
    };
    let is_new = store.tip().is_none();
    let genesis = Arc::new(genesis);
    let accounts = accounts(&genesis, &arguments.mnemonic)?;
    let shared = open::shared(store, genesis.clone())?;
    if let Some(data) = &arguments.data {
        open::journal(data, &shared)?;
    }
    let parts = Parts { chain: shared.chain.clone(), pool: shared.pool.clone(), feed: shared.feed.clone() };
    let store = shared.chain.lock().store().clone();
    let solo = Solo::start(config(genesis.clone(), &arguments, store)?, parts)?;
    if let Some(gas) = arguments.gas_limit {
        solo.set_gas_limit(gas)?;
    }
    if let Some(timestamp) = arguments.timestamp.filter(|_| is_new) {
        solo.set_time(timestamp)?;
    }
    if let Some(path) = state::to_load(&arguments) {
        state::load(&solo, path)?;
    }
    let written = arguments.state.clone().or_else(|| arguments.dump_state.clone());
    let dev_keys = accounts.iter().map(|account| account.credential().clone()).collect();
    let address = (arguments.host, arguments.port).into();
    let node = run::node(&genesis, &shared, Submit::Dev(solo.clone()), dev_keys);
    let server = serve(run::doors(address, &arguments.doors, arguments.data.as_deref()), node).await?;
    let ready = Ready {
        rpc: format!("http://{}", server.address),
        chain_id: genesis.chain_id(),
        genesis: shared.chain.lock().genesis_hash(),
        validators: Vec::new(),
        metrics: Vec::new(),
    };
    if !arguments.silent {
        ready.print(arguments.json, &text(&ready, &accounts, &genesis, &arguments)?)?;
    }
    tokio::select! {
        () = signals.stop() => {}
        () = state::keep(&solo, written.as_deref(), arguments.state_interval) => {}
    }
    signals.exit_on_next();
    run::stop(server).await;
    match written {
        Some(path) => state::write(&solo, &path),
        None => Ok(()),
    }
}

fn config(genesis: Arc<Genesis>, arguments: &Dev, store: Store) -> Result<Config> {
    let secrets = keys::derive(B256::ZERO)?;
    let interval = arguments.block_time.map(Duration::from_millis);
    let automine = !arguments.no_mining && (interval.is_none() || arguments.mixed);
    let mode = Mode { automine, interval };
    let quiet = arguments.silent || arguments.json;
    let console = (!quiet).then(|| Console::start(store, genesis.chain_id(), std::io::stdout())).transpose()?;
    Ok(Config { genesis, identity: secrets.keys.identity(), voting: secrets.voting(), mode, console })
}

fn wishes(arguments: &Dev) -> DevGenesis<'_> {
    DevGenesis {
        mnemonic: &arguments.mnemonic,
        accounts: arguments.accounts.unwrap_or(ACCOUNTS),
        chain_id: arguments.chain_id.unwrap_or(DEV_CHAIN_ID),
        timestamp: arguments.timestamp.unwrap_or(0),
        start: Start {
            epoch_length: arguments.epoch_length.unwrap_or(genesis::DEV_EPOCH_LENGTH),
            parameters: &arguments.voted.set,
        },
    }
}

/// The genesis of the chain in `data`; a new chain's is written there, so that later builds open the same chain.
///
/// # Errors
/// When the chain there is another than the one asked for.
fn stored(data: &Path, asked: &Dev) -> Result<Genesis> {
    let path = data.join("genesis.json");
    if !path.exists() {
        let Network { genesis, .. } = genesis::dev(wishes(asked))?;
        durable::write(&path, &serde_json::to_string_pretty(genesis.file())?)?;
        return Ok(genesis);
    }
    let genesis = genesis::read(&path)?;
    let there = accounts(&genesis, &asked.mnemonic)?.len();
    let rest = "delete it or choose another directory";
    ensure!(
        asked.accounts.is_none_or(|asked| asked as usize == there),
        "{} holds a chain with {there} accounts of this mnemonic: leave out --accounts, {rest}",
        data.display()
    );
    let (id, timestamp) = (genesis.chain_id(), genesis.file().timestamp);
    ensure!(
        asked.chain_id.is_none_or(|asked| asked == id),
        "{} holds a chain with id {id}: leave out --chain-id, {rest}",
        data.display()
    );
    ensure!(
        asked.timestamp.is_none_or(|asked| asked == timestamp),
        "{} holds a chain that began at {timestamp}: leave out --timestamp, {rest}",
        data.display()
    );
    let length = genesis.config().epoch_length;
    ensure!(
        asked.epoch_length.is_none_or(|asked| asked == length),
        "{} holds a chain whose epochs have {length} blocks: leave out --epoch-length, {rest}",
        data.display()
    );
    let values = |genesis: &Genesis| genesis.file().alloc.get(&PARAMETERS).and_then(|found| found.storage.clone());
    let same = asked.voted.set.is_empty() || values(&genesis::dev(wishes(asked))?.genesis) == values(&genesis);
    ensure!(same, "{} holds a chain that began with other parameters: leave out --set, {rest}", data.display());
    Ok(genesis)
}

/// The accounts of the mnemonic that genesis funds.
fn accounts(genesis: &Genesis, mnemonic: &str) -> Result<Vec<PrivateKeySigner>> {
    let (wallet, mut out) = (keys::Wallet::of(mnemonic)?, Vec::new());
    for index in 0.. {
        let account = wallet.account(index)?;
        if !genesis.file().alloc.contains_key(&account.address()) {
            break;
        }
        out.push(account);
    }
    Ok(out)
}

fn text(ready: &Ready, accounts: &[PrivateKeySigner], genesis: &Genesis, arguments: &Dev) -> Result<String> {
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
    writeln!(out, "\nMnemonic   {}", arguments.mnemonic)?;
    writeln!(out, "Chain id   {}", ready.chain_id)?;
    writeln!(out, "Genesis    {}", ready.genesis)?;
    writeln!(
        out,
        "Data       {}",
        arguments.data.as_deref().map_or_else(|| "in memory".into(), |path| path.display().to_string())
    )?;
    write!(out, "Listening  {} (HTTP and WebSocket)", ready.rpc)?;
    Ok(out)
}

#[cfg(test)]
mod tests;
