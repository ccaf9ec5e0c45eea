//! `edgeloom-cli light`: what a chain says, proved from one block hash that the user trusts. The node is not believed.

use std::{
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
    process::ExitCode,
};

use alloy::primitives::{Address, B256, utils::format_ether};
use edgeloom_sdk::{Age, LightClient, LightHeader, LightState, ProvedTransaction};
use eyre::{Result, WrapErr, bail, ensure};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::settings::Settings;

/// Where trust begins.
#[derive(Debug, clap::Args)]
pub(crate) struct Trust {
    /// Hash of genesis, or of any final block, from somebody you trust
    #[arg(long, global = true, env = "EDGELOOM_TRUST", value_name = "HASH")]
    trust: Option<B256>,
    /// Keeps what was verified, for the next time; made where there is none
    #[arg(long, global = true, env = "EDGELOOM_LIGHT_STATE", value_name = "FILE")]
    state: Option<PathBuf>,
    /// Accept trust of any age: you know from elsewhere that the chain did not fork since
    #[arg(long, global = true)]
    any_age: bool,
}

/// What can be verified.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Light {
    /// Follow the committees to the newest block that has a certificate
    Follow,
    /// A block's header
    Header {
        /// Height, or hash
        block: String,
    },
    /// An account at the newest block that has a certificate
    Account {
        /// The account
        address: Address,
        /// A slot of its storage, too
        #[arg(long, value_name = "SLOT")]
        slot: Option<B256>,
    },
    /// A transaction and its receipt
    Receipt {
        /// The transaction's hash
        transaction: B256,
    },
    /// A block that guardians co-signed
    Checkpoint {
        /// Its height [default: the newest]
        height: Option<u64>,
    },
}

pub(crate) async fn run(settings: &Settings, trust: &Trust, light: Light) -> Result<ExitCode> {
    let node = settings.reader().await?.node().clone();
    let age = if trust.any_age { Age::Any } else { Age::Fresh };
    let mut client = match (kept(trust.state.as_deref())?, trust.trust) {
        (Some(state), _) => LightClient::resume(node, state, age)?,
        (None, Some(hash)) => LightClient::open(node, hash, age).await?,
        (None, None) => bail!("name a block hash that you trust with --trust, or a file with --state that has one"),
    };
    if let Some(hash) = trust.trust {
        // A file of another chain, or a hash of one.
        let known = client.header_of(hash).await;
        known.wrap_err_with(|| format!("{hash} is no block of the chain that is trusted"))?;
    }
    let (line, event) = verified(&mut client, light).await?;
    keep(trust.state.as_deref(), &client.state())?;
    if settings.json {
        println!("{event}");
    } else {
        println!("{line}");
    }
    Ok(ExitCode::SUCCESS)
}

async fn verified(client: &mut LightClient, light: Light) -> Result<(String, Value)> {
    client.follow().await?;
    match light {
        Light::Follow => Ok(followed(client)),
        Light::Header { block } => {
            let header = match block.parse::<u64>() {
                Ok(height) => client.header(height).await?,
                Err(_) => {
                    let hash: B256 = block.parse().wrap_err_with(|| format!("{block} is no height and no hash"))?;
                    client.header_of(hash).await?
                }
            };
            Ok((header_line(&header), header_event("header", &header)))
        }
        Light::Account { address, slot } => account(client, address, slot).await,
        Light::Receipt { transaction } => {
            let found = client.transaction(transaction).await?;
            let Some(found) = found else { bail!("the node says that there is no transaction {transaction}") };
            Ok(receipt(&found))
        }
        Light::Checkpoint { height } => checkpoint(client, height).await,
    }
}

fn followed(client: &LightClient) -> (String, Value) {
    let head = client.head();
    let (chain, epoch) = (client.chain(), client.chain().epoch(head.number()));
    let seats = client.committee().map_or(0, |(_, committee)| committee.len());
    let line = format!(
        "{}\nepoch {epoch} of chain {} (genesis {}), {seats} seats",
        header_line(head),
        chain.chain_id,
        chain.genesis
    );
    let mut event = header_event("followed", head);
    event["epoch"] = epoch.into();
    event["chainId"] = chain.chain_id.into();
    event["genesis"] = json!(chain.genesis);
    event["seats"] = seats.into();
    (line, event)
}

async fn account(client: &LightClient, address: Address, slot: Option<B256>) -> Result<(String, Value)> {
    let account = client.account(address).await?;
    let at = client.head().number();
    let mut line = format!(
        "{address} at block {at}: {} TFUEL, nonce {}, code {}",
        format_ether(account.balance),
        account.nonce,
        account.code_hash
    );
    let mut event = json!({
        "event": "account", "address": address, "height": at, "balanceWei": account.balance.to_string(),
        "nonce": account.nonce, "codeHash": account.code_hash, "storageRoot": account.storage_root,
    });
    if let Some(slot) = slot {
        let value = client.storage(address, slot).await?;
        line.push_str(&format!("\nslot {slot}: {value:#066x}"));
        event["slot"] = json!(slot);
        event["value"] = json!(B256::from(value));
    }
    Ok((line, event))
}

fn receipt(found: &ProvedTransaction) -> (String, Value) {
    let hash = found.transaction.tx_hash();
    let ended = if found.receipt.status() { "done" } else { "failed" };
    let line = format!(
        "transaction {hash} of {}: {ended}, number {} of block {}, {} logs",
        found.sender,
        found.index,
        found.block.number(),
        found.receipt.logs().len()
    );
    let event = json!({
        "event": "receipt", "transaction": hash, "sender": found.sender, "height": found.block.number(),
        "block": found.block.hash(), "index": found.index, "status": found.receipt.status(), "logs": found.receipt.logs(),
        "transactionProof": found.transaction_proof, "receiptProof": found.receipt_proof,
    });
    (line, event)
}

async fn checkpoint(client: &mut LightClient, height: Option<u64>) -> Result<(String, Value)> {
    let newest = match height {
        Some(height) => Some(height),
        None => client.latest_checkpoint().await?,
    };
    let Some(height) = newest else { bail!("guardians certified no block yet") };
    let found = client.checkpoint(height).await?;
    let line = format!(
        "checkpoint {height}, hash {}: {} guardians with {} of {} gwei signed it",
        found.block.hash(),
        found.signers,
        found.signed_stake,
        found.total_stake
    );
    let event = json!({
        "event": "checkpoint", "height": height, "hash": found.block.hash(), "signers": found.signers,
        "signedGwei": found.signed_stake.to_string(), "totalGwei": found.total_stake.to_string(), "snapshot": found.snapshot,
    });
    Ok((line, event))
}

fn header_line(header: &LightHeader) -> String {
    let seconds = header.header().timestamp;
    let made = i64::try_from(seconds).ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
    let made = made.map_or_else(|| format!("second {seconds}"), |made| made.to_string());
    format!("block {}, hash {}, of {made}", header.number(), header.hash())
}

fn header_event(name: &str, header: &LightHeader) -> Value {
    let fields = header.header();
    json!({
        "event": name, "height": header.number(), "hash": header.hash(), "timestamp": fields.timestamp,
        "parentHash": fields.parent_hash, "stateRoot": fields.state_root, "receiptsRoot": fields.receipts_root,
        "transactionsRoot": fields.transactions_root,
    })
}

/// Most bytes of a file that was kept: two committees of 31 seats are far less.
const KEPT_MAX: u64 = 1 << 20;

fn kept(path: Option<&Path>) -> Result<Option<LightState>> {
    let Some(path) = path else { return Ok(None) };
    let what = || format!("cannot read what was kept in {}", path.display());
    match fs::metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        found => ensure!(found.wrap_err_with(what)?.len() <= KEPT_MAX, "{} is too long", path.display()),
    }
    let text = fs::read_to_string(path).wrap_err_with(what)?;
    serde_json::from_str(&text).wrap_err_with(what).map(Some)
}

/// Whole or not at all.
fn keep(path: Option<&Path>, state: &LightState) -> Result<()> {
    let Some(path) = path else { return Ok(()) };
    let part = path.with_extension("part");
    let what = || format!("cannot write {}", path.display());
    fs::write(&part, serde_json::to_string_pretty(state)?).wrap_err_with(what)?;
    fs::rename(&part, path).wrap_err_with(what)
}
