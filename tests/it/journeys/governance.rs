//! THETA's holders vote: a parameter changes, and a fork replaces the code of a predeploy at a height, on a node that is
//! killed in between.

use alloy::{
    primitives::{Address, B256, Bytes, U256, bytes, keccak256},
    providers::Provider as _,
    rpc::types::TransactionReceipt,
};
use edgeloom_bindings::{
    Governor::GovernorErrors,
    IParameters::Parameter,
    addresses::{BEACON, PARAMETERS},
};
use edgeloom_index_api::{HistoryQuery, ProposalPhase, VoteQuery};
use edgeloom_sdk::{Ballot, Client, ClientBuilder, Error, Proposal, Standing};
use edgeloom_tests::{Dev, Process, binary, dev_signer, free_ports, wait_for};
use eyre::{OptionExt as _, Result, ensure};
use serde_json::{Value, json};
use std::time::Duration;

/// Has all THETA that is not at stake.
const HOLDER: u32 = 0;
/// Deploys code that returns 42.
const ANSWER: Bytes = bytes!("67602a5f5260205ff35f5260086018f3");
/// Blocks; the bounds that hold on every chain are a day's, at least.
const DELAY: u64 = 10;
const PERIOD: u64 = 100;
const TWO_DAYS: u64 = 2 * 86_400;

async fn client(dev: &Dev, account: u32) -> Result<Client> {
    Ok(Client::connect(ClientBuilder::new(dev.url()).signer(dev_signer(account)?)).await?)
}

async fn ask(client: &Client, method: &'static str, params: Value) -> Result<Value> {
    Ok(client.provider().raw_request(method.into(), params).await?)
}

async fn mine(client: &Client, blocks: u64) -> Result<()> {
    ask(client, "hardhat_mine", json!([U256::from(blocks)])).await.map(drop)
}

async fn height(client: &Client) -> Result<u64> {
    Ok(client.provider().get_block_number().await?)
}

/// A shorter vote than any vote could make it.
async fn hurry(client: &Client, parameter: Parameter, value: u64) -> Result<()> {
    let slot = keccak256([U256::from(parameter as u8).to_be_bytes::<32>(), [0; 32]].concat());
    let value = B256::from(U256::from(value + 1));
    ask(client, "anvil_setStorageAt", json!([PARAMETERS, slot, value])).await.map(drop)
}

async fn deploy(client: &Client, code: &Bytes) -> Result<Address> {
    let request = json!([{ "from": client.address()?, "data": code, "gas": "0x100000" }]);
    let hash = ask(client, "eth_sendTransaction", request).await?;
    let receipt: TransactionReceipt = client.provider().raw_request("eth_getTransactionReceipt".into(), [hash]).await?;
    receipt.contract_address.ok_or_eyre("nothing was deployed")
}

#[tokio::test]
async fn a_vote_changes_a_parameter_and_replaces_a_predeploy() -> Result<()> {
    let mut dev = Dev::start().await?;
    let (holder, other) = (client(&dev, HOLDER).await?, client(&dev, 5).await?);
    hurry(&holder, Parameter::VotingDelay, DELAY).await?;
    hurry(&holder, Parameter::VotingPeriod, PERIOD).await?;
    let governance = holder.governance();
    let before = governance.parameter(Parameter::GasLimit).await?;
    let source = deploy(&holder, &ANSWER).await?;

    let forks_at = height(&holder).await? + DELAY + PERIOD + 1100;
    let limit = U256::from(60_000_000);
    let proposal = Proposal::new("Smaller blocks, and another beacon")
        .setting(Parameter::GasLimit, limit)
        .replacing(forks_at, BEACON, source);
    let poor = other.governance().propose(&proposal).await;
    let few = matches!(poor, Err(Error::Governor(GovernorErrors::GovernorInsufficientProposerVotes(_))));
    ensure!(few, "{poor:?}");
    governance.delegate(holder.address()?).await?;
    mine(&holder, 1).await?;
    let id = governance.propose(&proposal).await?;
    assert_eq!(id, proposal.id());
    assert_eq!(governance.standing(id).await?, Standing::Pending);
    let early = governance.vote(id, Ballot::For).await;
    ensure!(matches!(early, Err(Error::Governor(GovernorErrors::GovernorUnexpectedProposalState(_)))), "{early:?}");

    mine(&holder, DELAY + 1).await?;
    assert_eq!(governance.standing(id).await?, Standing::Active);
    governance.vote(id, Ballot::For).await?;
    ensure!(governance.vote(id, Ballot::For).await.is_err(), "nobody votes twice");
    let tally = governance.tally(id).await?;
    assert_eq!((tally.in_favour, tally.against), (governance.votes_of(holder.address()?).await?, U256::ZERO));
    mine(&holder, PERIOD).await?;
    assert_eq!(governance.standing(id).await?, Standing::Succeeded);
    other.governance().queue(&proposal).await?;
    ensure!(governance.execute(&proposal).await.is_err(), "the timelock waits");
    ask(&holder, "evm_increaseTime", json!([TWO_DAYS])).await?;
    mine(&holder, 1).await?;
    other.governance().execute(&proposal).await?;
    assert_eq!(governance.standing(id).await?, Standing::Executed);
    let after = governance.parameter(Parameter::GasLimit).await?;
    assert_eq!((after.value, after.least, after.most), (limit, before.least, before.most));
    let forks = governance.forks().await?;
    assert_eq!(forks.iter().map(|fork| (fork.height, fork.target)).collect::<Vec<_>>(), [(forks_at, BEACON)]);

    let left = forks_at - height(&holder).await? - 1;
    mine(&holder, left).await?;
    drop((holder, other));
    dev.kill_9_and_restart().await?;
    let holder = client(&dev, HOLDER).await?;
    let code = |at| holder.provider().get_code_at(at);
    ensure!(code(BEACON).await? != code(source).await?, "not before its height");
    mine(&holder, 1).await?;
    assert_eq!(height(&holder).await?, forks_at);
    assert_eq!(code(BEACON).await?, code(source).await?);
    let said = ask(&holder, "eth_call", json!([{ "to": BEACON }, "latest"])).await?;
    assert_eq!(said, json!(B256::from(U256::from(42))));
    assert_eq!(holder.governance().forks().await?, []);
    dev.kill_9_and_restart().await?;
    let holder = client(&dev, HOLDER).await?;
    assert_eq!(holder.provider().get_code_at(BEACON).await?, holder.provider().get_code_at(source).await?);
    rows_agree(&dev, id, limit).await
}

/// What the index says of the proposal, its votes and what it changed.
async fn rows_agree(dev: &Dev, id: U256, limit: U256) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (rpc, database) = (dev.url(), folder.path().join("index.db").display().to_string());
    let listen = format!("127.0.0.1:{}", free_ports(1)?);
    let arguments = ["--rpc", &rpc, "--db", &database, "--listen", &listen, "--json"];
    let mut process = Process::spawn("indexer", &binary("edgeloom-indexer")?, &arguments, folder.path())?;
    process.ready::<Value>(Duration::from_secs(30)).await?;
    let client = ClientBuilder::new(dev.url()).index(format!("http://{listen}")).signer(dev_signer(HOLDER)?);
    let client = Client::connect(client).await?;
    let index = client.index()?;
    let ready = async || Ok(index.ready().await?.ready.then_some(()));
    wait_for("the index", Duration::from_secs(60), ready).await?;
    let detail = index.proposal(id).await?;
    let (row, tally) = (&detail.proposal, client.governance().tally(id).await?);
    assert_eq!((row.phase, row.voters), (ProposalPhase::Executed, 1));
    assert_eq!((&row.for_wei, row.against_wei.as_str()), (&tally.in_favour.to_string(), "0"));
    assert_eq!(detail.calls.len(), 2);
    let votes = index.votes(&VoteQuery { proposal: Some(id.to_string()), ..VoteQuery::default() }).await?.items;
    assert_eq!(votes.iter().map(|vote| &vote.weight_wei).collect::<Vec<_>>(), [&row.for_wei]);
    let changes = index.parameter_changes(&HistoryQuery::default()).await?.items;
    let changes: Vec<_> = changes.iter().map(|change| (change.parameter.as_str(), change.value.as_str())).collect();
    assert_eq!(changes, [("GasLimit", limit.to_string().as_str())]);
    process.kill_9()
}
