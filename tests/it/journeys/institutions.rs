//! A live chain of five validators with stakes: guardians join and co-sign checkpoints, `finalized` follows them, a
//! validator that is gone is judged, slashed and not elected any more, and the reserve pays whoever worked.

use alloy::{
    eips::BlockNumberOrTag,
    primitives::{Address, B256, Bytes, U256, keccak256},
    providers::Provider as _,
};
use edgeloom_bindings::{
    ICheckpoints::{Certified, ICheckpointsErrors},
    IStaking::Role,
    addresses::CHECKPOINTS,
};
use edgeloom_bls::SecretKey;
use edgeloom_index_api::{Asset, HistoryQuery, NodeQuery, PositionQuery, Role as RoleOfRow, SlashQuery};
use edgeloom_sdk::{Client, Error, Guardians};
use edgeloom_tests::{Net, NetConfig, dev_signer, wait_for};
use eyre::{OptionExt as _, Result, ensure};
use std::{collections::BTreeMap, time::Duration};

const VALIDATORS: u16 = 5;
const EPOCH_LENGTH: u64 = 25;
const INTERVAL: u64 = 20;
/// Accounts of the test mnemonic; the treasury has all THETA that is not at stake.
const TREASURY: u32 = 0;
const GUARDIANS: [u32; 3] = [1, 2, 3];
const PACER: u32 = 18;

fn theta(amount: u64) -> U256 {
    U256::from(amount) * U256::from(10).pow(U256::from(18))
}

fn secret(guardian: u32) -> Result<SecretKey> {
    Ok(SecretKey::from_seed(&[guardian as u8 + 1; 32])?)
}

/// The number of the block that a tag names.
async fn number(client: &Client, tag: BlockNumberOrTag) -> Result<u64> {
    let block = client.provider().get_block_by_number(tag).await?.ok_or_eyre("no such block")?;
    Ok(block.header.number)
}

async fn latest(client: &Client) -> Result<u64> {
    number(client, BlockNumberOrTag::Latest).await
}

/// Blocks come when there is something to do, five times as fast as without.
async fn reach(pacer: &Client, height: u64) -> Result<()> {
    let to = pacer.address()?;
    while latest(pacer).await? < height {
        pacer.transfer(to, U256::ONE).await?;
    }
    Ok(())
}

async fn hash(client: &Client, height: u64) -> Result<B256> {
    let block = client.provider().get_block_by_number(height.into()).await?.ok_or_eyre("no such block")?;
    Ok(block.header.hash)
}

/// Registers a guardian whose key signs for 10,000 THETA of the treasury's.
async fn guard(net: &Net, treasury: &Client, guardian: u32) -> Result<(Client, u32)> {
    let client = net.client(0, dev_signer(guardian)?).await?;
    let address = client.address()?;
    treasury.theta().transfer(address, theta(10_000)).await?;
    let key = client.keys().register(&secret(guardian)?).await?;
    let node = client.staking().register(Role::Guardian, address, 500).await?;
    client.staking().set_key(node, key).await?;
    client.staking().stake(node, theta(10_000)).await?;
    Ok((client, node))
}

/// Has `signers` sign the block at `height`, and whoever it is submit that.
async fn certify(
    client: &Client,
    guardians: &Guardians,
    height: u64,
    signers: &[u32],
) -> Result<Result<Certified, Error>> {
    let checkpoints = client.checkpoints();
    let block = hash(client, height).await?;
    let message = checkpoints.message(guardians.snapshot, height, block);
    let mut signatures = BTreeMap::new();
    for signer in signers {
        let key = secret(*signer)?;
        let place = guardians.members.place_of(&key.public_key()).ok_or_eyre("no place")?;
        signatures.insert(place, key.sign(&message));
    }
    match checkpoints.submit(height, block, guardians, &signatures).await {
        Ok(receipt) => {
            let certified = receipt.logs().iter().filter(|log| log.address() == CHECKPOINTS);
            let certified = certified.filter_map(|log| log.log_decode::<Certified>().ok()).next();
            Ok(Ok(certified.ok_or_eyre("no event")?.inner.data))
        }
        Err(error) => Ok(Err(error)),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn guardians_finalize_the_absent_leave_and_work_is_paid() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut config = NetConfig::on_free_ports(folder.path().join("net"), VALIDATORS, 0)?;
    let interval = format!("CheckpointInterval={INTERVAL}");
    config.genesis = vec!["--epoch-length".into(), EPOCH_LENGTH.to_string(), "--set".into(), interval];
    let mut net = Net::start(config).await?;
    let treasury = net.client(0, dev_signer(TREASURY)?).await?;
    // At the same node as everybody: another may be a block behind.
    let pacer = net.client(0, dev_signer(PACER)?).await?;
    reach(&pacer, 2).await?;
    assert_eq!(pacer.committee().seats(0).await?.len(), usize::from(VALIDATORS));
    let tip = latest(&pacer).await?;
    ensure!(number(&pacer, BlockNumberOrTag::Finalized).await? >= tip, "without guardians, what is final is finalized");

    let mut nodes = BTreeMap::new();
    for guardian in GUARDIANS {
        nodes.insert(guardian, guard(&net, &treasury, guardian).await?);
    }
    let joined = pacer.checkpoints().epoch().await?;
    // One validator loses power for good.
    let dead = VALIDATORS - 1;
    let identity = net.identity(dead)?;
    net.kill_validator(dead)?;

    // They are in force from the second epoch on.
    let epoch = joined + 2;
    reach(&pacer, u64::from(epoch) * EPOCH_LENGTH + 1).await?;
    let guardians = pacer.checkpoints().guardians(epoch).await?.ok_or_eyre("no guardians")?;
    assert_eq!(guardians.members.members.len(), GUARDIANS.len());
    assert_eq!(number(&pacer, BlockNumberOrTag::Finalized).await?, 0, "nothing is checkpointed yet");
    assert_eq!(pacer.checkpoints().latest().await?, None);

    // Every checkpoint of the epoch, by everybody; two thirds are not more than two thirds.
    let heights: Vec<_> = (u64::from(epoch) * EPOCH_LENGTH..u64::from(epoch + 1) * EPOCH_LENGTH)
        .filter(|height| height % INTERVAL == 1)
        .collect();
    ensure!(!heights.is_empty(), "no checkpoint in epoch {epoch}");
    let mut signed = BTreeMap::new();
    for height in heights {
        reach(&pacer, height + 1).await?;
        let missed = certify(&pacer, &guardians, height, &GUARDIANS[..2]).await?;
        ensure!(matches!(missed, Err(Error::Checkpoints(ICheckpointsErrors::QuorumMissed(_)))), "{missed:?}");
        let certified = certify(&pacer, &guardians, height, &GUARDIANS).await??;
        assert_eq!((certified.height, certified.blockHash), (height, hash(&pacer, height).await?));
        signed.insert(height, (certified.blockHash, certified.signers));
        assert_eq!(number(&pacer, BlockNumberOrTag::Finalized).await?, height);
        let again = certify(&pacer, &guardians, height, &GUARDIANS).await?;
        ensure!(matches!(again, Err(Error::Checkpoints(ICheckpointsErrors::AlreadyCertified(_)))), "{again:?}");
    }

    // Judged two epochs later, and out of the committee of the epoch after.
    let judged = u64::from(epoch + 2) * EPOCH_LENGTH;
    reach(&pacer, judged).await?;
    let elected = pacer.committee().seats(epoch + 3).await?;
    assert_eq!(elected.len(), usize::from(dead), "it is not elected");
    ensure!(elected.iter().all(|seat| seat.identity != identity));
    let seat = pacer.committee().seats(epoch).await?.into_iter().find(|seat| seat.identity == identity);
    let described = treasury.staking().book().describe(seat.ok_or_eyre("it had a seat")?.node).await?;
    ensure!(described.stake < theta(1_000_000), "slashed: {}", described.stake);
    ensure!(described.jailedUntil > alloy::primitives::aliases::U40::ZERO, "jailed");

    // Whoever worked is paid, the dead as long as it worked, and nobody twice.
    let pot = pacer.checkpoints().pot(epoch).await?;
    ensure!(pot.theta > 0 && pot.paid == 0, "{pot:?}");
    pacer.checkpoints().settle_seats(epoch).await?;
    let places = GUARDIANS.map(|guardian| {
        let key = secret(guardian)?;
        let place = guardians.members.place_of(&key.public_key()).ok_or_eyre("no place")?;
        Ok::<(B256, usize), eyre::Report>((keccak256(key.public_key().to_bytes()), place))
    });
    let places = places.into_iter().collect::<Result<Vec<_>>>()?;
    let late = signed.keys().next().map(|height| (*height, (B256::ZERO, Bytes::new())));
    let wrong = pacer.checkpoints().settle_places(epoch, &late.into_iter().collect(), places.clone()).await;
    ensure!(matches!(wrong, Err(Error::Rewards(_))), "{wrong:?}");
    pacer.checkpoints().settle_places(epoch, &signed, places).await?;
    let paid = pacer.checkpoints().pot(epoch).await?.paid;
    ensure!(paid > 0 && paid <= pot.theta, "{paid} of {}", pot.theta);
    for (client, node) in nodes.values() {
        let address = client.address()?;
        let before = client.balance(address).await?;
        client.staking().book().claim(*node).await?;
        let gained = client.balance(address).await?.saturating_sub(before);
        ensure!(gained > U256::ZERO, "guardian {node} is paid for what it signed");
    }

    // The committee without it goes on, and it follows when it is back.
    reach(&pacer, u64::from(epoch + 3) * EPOCH_LENGTH + 3).await?;
    net.restart_validator(dead).await?;
    let back = net.client(dead, dev_signer(PACER)?).await?;
    let tip = latest(&pacer).await?;
    let deadline = tokio::time::Instant::now() + Duration::from_secs(60);
    while latest(&back).await? < tip {
        ensure!(tokio::time::Instant::now() < deadline, "it does not catch up");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(hash(&back, tip).await?, hash(&pacer, tip).await?);
    assert_eq!(number(&back, BlockNumberOrTag::Finalized).await?, number(&pacer, BlockNumberOrTag::Finalized).await?);
    net.check_alive()?;
    net.start_indexer().await?;
    rows_agree(&pacer, described_node(&pacer, epoch, identity).await?, &signed).await
}

async fn described_node(client: &Client, epoch: u32, identity: B256) -> Result<u32> {
    let seats = client.committee().seats(epoch).await?;
    Ok(seats.into_iter().find(|seat| seat.identity == identity).ok_or_eyre("it had a seat")?.node)
}

/// What the index makes of genesis, of blocks' own calls and of transactions is what the contracts say: `dead` was slashed,
/// and the blocks of `signed` were certified.
async fn rows_agree(client: &Client, dead: u32, signed: &BTreeMap<u64, (B256, Bytes)>) -> Result<()> {
    let (index, tip) = (client.index()?, latest(client).await?);
    let caught_up = async || Ok(index.meta().await?.block.filter(|block| block.number >= tip).map(drop));
    wait_for("the index", Duration::from_secs(60), caught_up).await?;
    let nodes = index.nodes(&NodeQuery { asset: Some(Asset::Theta), ..NodeQuery::default() }).await?.items;
    assert_eq!(nodes.len(), usize::from(VALIDATORS) + GUARDIANS.len());
    for row in &nodes {
        let node = client.staking().book().describe(row.number).await?;
        assert_eq!((&row.owner, &row.operator), (&lower(node.owner), &lower(node.operator)));
        let role = if row.number <= VALIDATORS.into() { RoleOfRow::Validator } else { RoleOfRow::Guardian };
        assert_eq!((row.role, row.commission), (role, u32::from(node.commission)));
        // A wei more for each time that the contract rounded.
        let (stake, there) = (row.stake_wei.parse::<U256>()?, node.stake);
        ensure!(stake >= there && stake - there < U256::from(8), "node {}: {stake}, {there}", row.number);
        assert_eq!(row.jailed_until.unwrap_or(0), node.jailedUntil.to::<u64>());
        assert_eq!(row.identity.is_some(), role == RoleOfRow::Validator);
        ensure!(role != RoleOfRow::Guardian || row.rewarded_wei.parse::<U256>()? > U256::ZERO, "{row:?}");
    }
    let slashes = index.slashes(&SlashQuery::default()).await?.items;
    ensure!(!slashes.is_empty() && slashes.iter().all(|row| row.node == dead && row.reason == 1), "{slashes:?}");
    let lost = slashes.iter().map(|row| row.lost_wei.parse::<U256>()).sum::<Result<U256, _>>()?;
    let row = nodes.iter().find(|row| row.number == dead).ok_or_eyre("no row")?;
    assert_eq!(row.slashed_wei, lost.to_string());
    let committees = index.committees(&HistoryQuery::default()).await?.items;
    for row in &committees {
        let seats = client.committee().seats(row.epoch).await?;
        assert_eq!(row.nodes, seats.iter().map(|seat| seat.node).collect::<Vec<_>>(), "epoch {}", row.epoch);
    }
    assert_eq!(committees.last().map(|row| u64::from(row.epoch)), Some(tip / EPOCH_LENGTH + 1));
    ensure!(committees.iter().any(|row| row.not_live.iter().any(|seat| seat.node == dead)), "{committees:?}");
    let checkpoints = index.checkpoints(&HistoryQuery::default()).await?.items;
    let rows: BTreeMap<_, _> = checkpoints.into_iter().map(|row| (row.height, (row.block_hash, row.signers))).collect();
    let expected = signed.iter().map(|(height, (hash, signers))| (*height, (hash.to_string(), signers.to_string())));
    assert_eq!(rows, expected.collect());
    let positions = index.positions(&PositionQuery { node: Some(dead), ..PositionQuery::default() }).await?.items;
    assert_eq!(positions.iter().map(|row| row.staked_wei.as_str()).collect::<Vec<_>>(), [theta(1_000_000).to_string()]);
    Ok(())
}

/// As the index writes it.
fn lower(address: Address) -> String {
    address.to_string().to_lowercase()
}
