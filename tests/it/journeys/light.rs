//! A light client of a live chain: from the hash of genesis alone through a change of the committee, reading what it is shown and
//! believing nothing else; and a node that lies to it about each thing in turn.

mod contract;
mod liar;

use alloy::{
    eips::BlockNumberOrTag,
    primitives::{Address, B256, Bytes, KECCAK256_EMPTY, U256, keccak256},
    providers::Provider as _,
};
use edgeloom_bindings::{
    ICheckpoints::submitCall,
    IStaking::Role,
    addresses::{CHECKPOINTS, COMMITTEE, EPOCHS},
};
use edgeloom_bls::SecretKey;
use edgeloom_sdk::{Age, Client, ClientBuilder, Error, LightClient, LightError, LightState};
use edgeloom_tests::{Net, NetConfig, binary, dev_signer};
use eyre::{OptionExt as _, Result, ensure, eyre};
use liar::Liar;
use serde_json::{Value, json};
use std::{collections::BTreeMap, process::Command};
use tokio::task::spawn_blocking;

const VALIDATORS: u16 = 5;
const EPOCH_LENGTH: u64 = 20;
/// The least that a vote can set: one checkpoint in each epoch.
const INTERVAL: u64 = 20;
/// Accounts of the test mnemonic; the treasury has all THETA that is not at stake.
const TREASURY: u32 = 0;
const GUARDIANS: [u32; 3] = [1, 2, 3];
const PACER: u32 = 18;
/// Validators are paid to accounts from this one on, which operate their nodes.
const OPERATORS: u32 = 100;

fn coins(amount: u64) -> U256 {
    U256::from(amount) * U256::from(10).pow(U256::from(18))
}

fn secret(guardian: u32) -> Result<SecretKey> {
    Ok(SecretKey::from_seed(&[guardian as u8 + 1; 32])?)
}

async fn header_at(client: &Client, tag: BlockNumberOrTag) -> Result<(u64, B256)> {
    let block = client.provider().get_block_by_number(tag).await?.ok_or_eyre("no such block")?;
    Ok((block.header.number, block.header.hash))
}

/// Blocks come when there is something to do. Gives the last transfer.
async fn reach(pacer: &Client, height: u64) -> Result<B256> {
    let to = Address::repeat_byte(0x11);
    loop {
        let receipt = pacer.transfer(to, U256::ONE).await?;
        if receipt.block_number.is_some_and(|number| number >= height) {
            return Ok(receipt.transaction_hash);
        }
    }
}

/// A live chain with all that a light client can be asked about.
struct Scene {
    net: Net,
    pacer: Client,
    /// The transaction that was sent last.
    paid: B256,
    /// Height of a checkpoint.
    checkpoint: u64,
}

impl Scene {
    /// Guardians join, and the stake of one validator falls below what a seat takes.
    async fn start(folder: &std::path::Path) -> Result<Self> {
        let mut config = NetConfig::on_free_ports(folder.join("net"), VALIDATORS, 0)?;
        let interval = format!("CheckpointInterval={INTERVAL}");
        config.genesis = vec!["--epoch-length".into(), EPOCH_LENGTH.to_string(), "--set".into(), interval];
        let net = Net::start(config).await?;
        let treasury = net.client(0, dev_signer(TREASURY)?).await?;
        let pacer = net.client(0, dev_signer(PACER)?).await?;
        reach(&pacer, 2).await?;
        for guardian in GUARDIANS {
            let client = net.client(0, dev_signer(guardian)?).await?;
            let address = client.address()?;
            treasury.theta().transfer(address, coins(10_000)).await?;
            let key = client.keys().register(&secret(guardian)?).await?;
            let node = client.staking().register(Role::Guardian, address, 500).await?;
            client.staking().set_key(node, key).await?;
            client.staking().stake(node, coins(10_000)).await?;
        }
        let leaver = net.client(0, dev_signer(OPERATORS)?).await?;
        pacer.transfer(leaver.address()?, coins(1)).await?;
        let seats = pacer.committee().seats(0).await?;
        let seat = seats.iter().find(|seat| leaver.address().is_ok_and(|address| seat.beneficiary == address));
        leaver.staking().book().unstake(seat.ok_or_eyre("no seat")?.node, coins(900_000)).await?;

        let epoch = pacer.checkpoints().epoch().await? + 2;
        let checkpoint = u64::from(epoch) * EPOCH_LENGTH + 1;
        let paid = reach(&pacer, checkpoint + 1).await?;
        let mut scene = Self { net, pacer, paid, checkpoint };
        scene.certify(epoch).await?;
        scene.paid = reach(&scene.pacer, checkpoint + EPOCH_LENGTH).await?;
        Ok(scene)
    }

    /// Has all guardians sign the checkpoint.
    async fn certify(&self, epoch: u32) -> Result<()> {
        let checkpoints = self.pacer.checkpoints();
        let guardians = checkpoints.guardians(epoch).await?.ok_or_eyre("no guardians")?;
        let (height, block) = header_at(&self.pacer, self.checkpoint.into()).await?;
        let message = checkpoints.message(guardians.snapshot, height, block);
        let mut signatures = BTreeMap::new();
        for guardian in GUARDIANS {
            let key = secret(guardian)?;
            let place = guardians.members.place_of(&key.public_key()).ok_or_eyre("no place")?;
            signatures.insert(place, key.sign(&message));
        }
        checkpoints.submit(height, block, &guardians, &signatures).await?;
        Ok(())
    }

    async fn genesis(&self) -> Result<B256> {
        Ok(header_at(&self.pacer, BlockNumberOrTag::Number(0)).await?.1)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_hash_is_enough_and_a_liar_is_named() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let scene = Scene::start(folder.path()).await?;
    follows_and_reads(&scene).await?;
    catches_lies(&scene).await?;
    contract::follows_on_the_chain_itself(&scene, folder.path()).await?;
    says_so_in_a_terminal(&scene, folder.path()).await
}

async fn follows_and_reads(scene: &Scene) -> Result<()> {
    let Scene { pacer, checkpoint, .. } = scene;
    let genesis = scene.genesis().await?;
    let stale = LightClient::open(pacer.node().clone(), genesis, Age::Fresh).await;
    ensure!(fault(&stale).is_some_and(|fault| matches!(fault, LightError::Stale { .. })), "{stale:?}");
    let mut light = LightClient::open(pacer.node().clone(), genesis, Age::Any).await?;
    assert_eq!((light.head().hash(), light.chain().genesis), (genesis, genesis));
    assert_eq!((light.chain().chain_id, light.chain().epoch_length.get()), (pacer.chain_id(), EPOCH_LENGTH));
    assert_eq!(light.committee().map(|(_, committee)| committee.len()), Some(usize::from(VALIDATORS)));

    let tip = header_at(pacer, BlockNumberOrTag::Latest).await?.0;
    let head = light.follow().await?.clone();
    ensure!(head.number() + 8 >= tip, "{} of {tip}", head.number());
    ensure!(light.chain().epoch(head.number()) >= 3, "epoch after epoch");
    assert_eq!(head.hash(), header_at(pacer, head.number().into()).await?.1);
    let (epoch, committee) = light.committee().ok_or_eyre("no committee")?;
    assert_eq!(committee.len(), usize::from(VALIDATORS) - 1, "who has too little at stake has no seat");
    let seats = pacer.committee().seats(u32::try_from(epoch)?).await?;
    assert!(committee.seats().map(|seat| seat.identity).eq(seats.iter().map(|seat| seat.identity)));

    // Below the head, by its history; above it, by certificate.
    for height in [0, 1, EPOCH_LENGTH, head.number() - 1] {
        let (_, hash) = header_at(pacer, height.into()).await?;
        assert_eq!(light.header(height).await?.hash(), hash);
        assert_eq!(light.header_of(hash).await?.number(), height);
    }
    reach(pacer, head.number() + 3).await?;
    let above = light.header(head.number() + 1).await?;
    assert_eq!(above.hash(), header_at(pacer, above.number().into()).await?.1);
    let none = light.header(1_000_000).await;
    ensure!(matches!(fault(&none), Some(LightError::NoBlock { .. })), "{none:?}");

    reads(scene, &mut light).await?;
    let proved = light.checkpoint(*checkpoint).await?;
    assert_eq!((proved.signers, light.latest_checkpoint().await?), (GUARDIANS.len(), Some(*checkpoint)));
    assert_eq!(proved.signed_stake, proved.total_stake);
    let none = light.checkpoint(checkpoint - 1).await;
    ensure!(matches!(fault(&none), Some(LightError::NotCheckpointed { .. })), "{none:?}");

    // From a file, and from a hash of now: epochs of 20 blocks answer for no more than a minute.
    let text = serde_json::to_string(&light.state())?;
    let kept: LightState = serde_json::from_str(&text)?;
    reach(pacer, light.head().number() + EPOCH_LENGTH).await?;
    let mut resumed = LightClient::resume(pacer.node().clone(), kept, Age::Any)?;
    ensure!(resumed.follow().await?.number() > light.head().number(), "it goes on");
    let (_, fresh) = header_at(pacer, BlockNumberOrTag::Latest).await?;
    let mut young = LightClient::open(pacer.node().clone(), fresh, Age::Fresh).await?;
    assert_eq!(young.chain(), light.chain());
    reach(pacer, young.head().number() + EPOCH_LENGTH).await?;
    young.follow().await?;
    assert_eq!(young.header(0).await?.hash(), genesis);
    Ok(())
}

async fn reads(scene: &Scene, light: &mut LightClient) -> Result<()> {
    let Scene { pacer, paid, .. } = scene;
    light.follow().await?;
    let at = light.head().number();
    let address = pacer.address()?;
    let account = light.account(address).await?;
    let provider = pacer.provider();
    assert_eq!(account.balance, provider.get_balance(address).block_id(at.into()).await?);
    assert_eq!(account.nonce, provider.get_transaction_count(address).block_id(at.into()).await?);
    assert_eq!(light.account(Address::repeat_byte(0x99)).await?.code_hash, KECCAK256_EMPTY);
    assert_eq!(light.storage(EPOCHS, B256::ZERO).await?, U256::from(EPOCH_LENGTH));
    assert_eq!(light.storage(EPOCHS, B256::repeat_byte(0x77)).await?, U256::ZERO);
    assert_eq!(light.code(COMMITTEE).await?, provider.get_code_at(COMMITTEE).await?);
    assert_eq!(light.code(address).await?, Bytes::new());

    let found = light.transaction(*paid).await?.ok_or_eyre("no transaction")?;
    let receipt = pacer.receipt(*paid).await?.ok_or_eyre("no receipt")?;
    assert_eq!((found.sender, found.receipt.status()), (address, true));
    assert_eq!((Some(found.block.number()), Some(found.index)), (receipt.block_number, receipt.transaction_index));
    assert!(light.transaction(B256::ZERO).await?.is_none());
    Ok(())
}

/// What a light client found wrong.
fn fault<T>(answer: &Result<T, Error>) -> Option<&LightError> {
    match answer {
        Err(Error::Light(fault)) => Some(fault.as_ref()),
        _ => None,
    }
}

/// With another bit in the byte at this place of some hexadecimal text, counted from its end.
fn tamper(text: &mut Value, from_end: usize) {
    let Some(hex) = text.as_str() else { return };
    let mut changed = hex.to_owned().into_bytes();
    let place = changed.len() - 1 - 2 * from_end;
    changed[place] = if changed[place] == b'0' { b'1' } else { b'0' };
    *text = json!(String::from_utf8_lossy(&changed));
}

/// Each lie is told to a client that begins with genesis, or has come to the tip; each is an error with the lie's name.
async fn catches_lies(scene: &Scene) -> Result<()> {
    let liar = Liar::of(scene.net.rpc(0)).await?;
    let node = Client::connect(ClientBuilder::new(&liar.url)).await?.node().clone();
    let genesis = scene.genesis().await?;
    let open = async || LightClient::open(node.clone(), genesis, Age::Any).await;
    macro_rules! caught {
        ($answer:expr, $named:pat $(if $guard:expr)?) => {
            let answer = $answer;
            ensure!(matches!(fault(&answer), Some($named) $(if $guard)?), "{}: {answer:?}", stringify!($named));
        };
    }

    // The beginning.
    liar.lies("eth_getHeaderByHash", |header| header["stateRoot"] = json!(B256::ZERO));
    caught!(open().await, LightError::HeaderHash { .. });
    liar.lies("edge_founding", |founding| tamper(founding, 50));
    caught!(open().await, LightError::Founding { .. });
    liar.lies("eth_getHeaderByNumber", |header| header["mixHash"] = json!(B256::ZERO));
    caught!(open().await, LightError::HeaderHash { .. });

    // The way: certificates, headers, committees.
    liar.lies("edge_status", |_| {});
    let mut begun = open().await?;
    liar.lies("edge_finality", |shown| tamper(&mut shown["certificate"], 40));
    caught!(begun.follow().await, LightError::Certificate { .. });
    liar.lies("edge_finality", |shown| tamper(&mut shown["headers"][0], 300));
    caught!(begun.follow().await, LightError::CertificateBlock { .. } | LightError::Broken { .. });
    liar.lies("edge_finality", |shown| shown["certificate"] = Value::Null);
    caught!(begun.follow().await, LightError::NoCertificate { .. });
    liar.twists("edge_finality", |params| params[0] = json!(3));
    caught!(begun.follow().await, LightError::Height { .. });
    liar.lies("eth_getProof", |proof| proof["storageProof"][1]["value"] = json!("0x1"));
    caught!(begun.follow().await, LightError::Storage { address: COMMITTEE, .. });
    liar.lies("eth_getProof", |proof| tamper(&mut proof["storageProof"][2]["proof"][0], 20));
    caught!(begun.follow().await, LightError::Storage { address: COMMITTEE, .. });
    liar.lies("eth_getProof", |proof| proof["codeHash"] = json!(KECCAK256_EMPTY));
    caught!(begun.follow().await, LightError::Account { address: COMMITTEE, .. });
    liar.lies("edge_status", |status| status["height"] = json!(1_000_000));
    caught!(begun.follow().await, LightError::NoBlock { .. });

    // The tip.
    liar.lies("edge_status", |_| {});
    let mut light = open().await?;
    light.follow().await?;
    let reader = scene.pacer.address()?;
    liar.lies("edge_status", |status| status["height"] = json!(5));
    caught!(light.follow().await, LightError::Behind { node: 5, .. });
    liar.lies("eth_getProof", |proof| proof["balance"] = json!("0xffffffffffffffffffffffffffff"));
    caught!(light.account(reader).await, LightError::Account { .. });
    liar.lies("eth_getProof", |proof| tamper(&mut proof["accountProof"][0], 10));
    caught!(light.account(reader).await, LightError::Account { .. });
    let older = format!("{:#x}", light.head().number() - 2);
    liar.twists("eth_getProof", move |params| params[2] = json!(older));
    caught!(light.account(reader).await, LightError::Account { .. });
    liar.lies("eth_getProof", |proof| proof["storageProof"][0]["value"] = json!("0x15"));
    caught!(light.storage(EPOCHS, B256::ZERO).await, LightError::Storage { address: EPOCHS, .. });
    liar.lies("eth_getCode", |code| tamper(code, 7));
    caught!(light.code(COMMITTEE).await, LightError::Code { .. });
    liar.lies("eth_getHeaderByNumber", |header| header["stateRoot"] = json!(B256::ZERO));
    caught!(light.header(7).await, LightError::HeaderHash { height: 7, .. });
    liar.twists("eth_getHeaderByNumber", |params| params[0] = json!("0x8"));
    caught!(light.header(7).await, LightError::HeaderHash { height: 7, .. });
    liar.lies("edge_status", |_| {});
    lies_about_bodies(scene, &liar, &mut light).await?;
    liar.lies("edge_status", |_| {});
    ensure!(light.follow().await.is_ok(), "honest again");
    Ok(())
}

/// Transactions, receipts, and what guardians signed.
async fn lies_about_bodies(scene: &Scene, liar: &Liar, light: &mut LightClient) -> Result<()> {
    let Scene { paid, checkpoint, .. } = scene;
    light.transaction(*paid).await?.ok_or_eyre("no transaction")?;
    macro_rules! caught {
        ($answer:expr, $named:pat $(if $guard:expr)?) => {
            let answer = $answer;
            ensure!(matches!(fault(&answer), Some($named) $(if $guard)?), "{}: {answer:?}", stringify!($named));
        };
    }
    liar.lies("edge_feed", |blocks| tamper(&mut blocks[0]["receipts"], 3));
    caught!(light.transaction(*paid).await, LightError::Receipts { .. });
    let (_, another) = header_at(&scene.pacer, 5.into()).await?;
    liar.twists("edge_feed", |params| params[0] = json!(5));
    caught!(light.transaction(*paid).await, LightError::HeaderHash { found, .. } if *found == another);
    liar.lies("eth_getTransactionReceipt", |receipt| receipt["blockNumber"] = json!("0x5"));
    caught!(light.transaction(*paid).await, LightError::NotInBlock { height: 5, .. });

    light.checkpoint(*checkpoint).await?;
    // The signature is in a call's input, wherever that is in the block.
    let (signed, other) = certified(scene).await?;
    liar.lies("edge_feed", move |blocks| {
        let Some(block) = blocks[0]["block"].as_str() else { return };
        let forged = block.replace(&signed, &other);
        blocks[0]["block"] = json!(forged);
    });
    caught!(light.checkpoint(*checkpoint).await, LightError::CheckpointSignature { .. });
    liar.lies("eth_getCode", |code| tamper(code, 7));
    caught!(light.checkpoint(*checkpoint).await, LightError::Code { .. });
    Ok(())
}

/// The aggregate under the checkpoint, in hexadecimal, and a signature by somebody else about something else.
async fn certified(scene: &Scene) -> Result<(String, String)> {
    use alloy::{consensus::Transaction as _, sol_types::SolCall as _};
    let tip = header_at(&scene.pacer, BlockNumberOrTag::Latest).await?.0;
    for height in scene.checkpoint..=tip {
        let block = scene.pacer.provider().get_block_by_number(height.into()).full().await?;
        for transaction in block.ok_or_eyre("no block")?.transactions.txns() {
            if transaction.inner.to() == Some(CHECKPOINTS) {
                let call = submitCall::abi_decode(transaction.inner.input())?;
                let other = secret(9)?.sign(keccak256("something else").as_slice()).to_bytes();
                return Ok((alloy::hex::encode(&call.signature), alloy::hex::encode(other)));
            }
        }
    }
    Err(eyre!("no block has the checkpoint's certificate"))
}

async fn says_so_in_a_terminal(scene: &Scene, folder: &std::path::Path) -> Result<()> {
    let state = folder.join("light.json").display().to_string();
    let run = async |arguments: &[&str]| -> Result<(bool, String)> {
        let mut command = Command::new(binary("edgeloom-cli")?);
        command.args(["--rpc", &scene.net.rpc(0), "--json", "light", "--state", &state]).args(arguments);
        let output = spawn_blocking(move || command.output()).await??;
        let said = if output.status.success() { output.stdout } else { output.stderr };
        Ok((output.status.success(), String::from_utf8(said)?))
    };
    let event = async |arguments: &[&str]| -> Result<Value> {
        let (ended_well, said) = run(arguments).await?;
        ensure!(ended_well, "{arguments:?}: {said}");
        Ok(serde_json::from_str(&said)?)
    };
    let genesis = scene.genesis().await?.to_string();
    let (ended_well, said) = run(&["follow"]).await?;
    ensure!(!ended_well && said.contains("--trust"), "{said}");
    let (ended_well, said) = run(&["follow", "--trust", &genesis]).await?;
    ensure!(!ended_well && said.contains("newest trusted block"), "{said}");
    let followed = event(&["follow", "--trust", &genesis, "--any-age"]).await?;
    assert_eq!((&followed["event"], &followed["genesis"]), (&json!("followed"), &json!(genesis)));
    ensure!(followed["epoch"].as_u64() >= Some(3), "{followed}");
    // From here on what was kept is fresh, and enough.
    let header = event(&["header", "21"]).await?;
    assert_eq!(header["hash"], json!(header_at(&scene.pacer, 21.into()).await?.1));
    let address = scene.pacer.address()?.to_string();
    let account = event(&["account", &address]).await?;
    ensure!(account["nonce"].as_u64() > Some(40), "{account}");
    let receipt = event(&["receipt", &scene.paid.to_string()]).await?;
    assert_eq!((&receipt["event"], &receipt["status"]), (&json!("receipt"), &json!(true)));
    let checkpoint = event(&["checkpoint"]).await?;
    assert_eq!((&checkpoint["height"], &checkpoint["signers"]), (&json!(scene.checkpoint), &json!(GUARDIANS.len())));
    let (ended_well, said) = run(&["follow", "--trust", &B256::repeat_byte(1).to_string()]).await?;
    ensure!(!ended_well && said.contains("is no block of the chain that is trusted"), "{said}");
    Ok(())
}
