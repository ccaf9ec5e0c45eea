//! `cargo xtask bench capacity`: what rounds of computing capacity cost with the parameters that genesis begins with, 64 products of
//! 8,192 rows.
//!
//! * `product_s`: one product on one core, by the kernel of the reference worker; a round is `links` of them, one after the other, and
//!   all cores share each.
//! * `gas`: of each transaction of an epoch, on a development chain. What is opened is real. So that one product is enough to be
//!   computed, the mix of the draw is chosen for the chain to draw that one twice: the gas is the same whichever are drawn.

use super::emit;
use alloy::{
    primitives::{B256, U256, keccak256, map::HashMap, utils::parse_ether},
    providers::Provider as _,
    rpc::types::{
        TransactionRequest,
        state::{AccountOverride, StateOverride},
    },
    sol_types::{SolCall as _, SolValue as _},
};
use edgeloom_bindings::{IEdgeRewards, addresses};
use edgeloom_edge_proof::Blob;
use edgeloom_sdk::{Client, ClientBuilder, EdgeRewards, Entrant, Round, digest_of};
use edgeloom_tests::{Dev, dev_signer};
use eyre::{OptionExt as _, Result, ensure};
use serde_json::{Value, json};
use std::{borrow::Cow, time::Instant};

const LENGTH: u64 = 700;
/// Draws of the chain are tried with so many mixes: both fall on one of 64 products with one in 4,096.
const MIXES_MAX: u64 = 1 << 17;

#[tokio::main]
pub(crate) async fn run(runs: usize) -> Result<()> {
    let dev = Dev::start_with(&["--epoch-length", &LENGTH.to_string()]).await?;
    let connect = async |account| -> Result<_> {
        Ok(Client::connect(ClientBuilder::new(dev.url()).signer(dev_signer(account)?)).await?)
    };
    let (client, friend) = (connect(0).await?, connect(1).await?);
    let me = client.address()?;
    friend.transfer(me, parse_ether("100")?).await?;
    client.edge_staking().bond(client.edge_staking().minimum().await?).await?;
    let rewards = client.edge_rewards();
    let receipt = rewards.enrol().await?;
    let entrant = EdgeRewards::enrolled(&receipt)?;
    gas("enrol, the first of an epoch", receipt.gas_used);
    let schedule = rewards.schedule(entrant.epoch).await?;
    reach(&client, schedule.rounds[0].height + 1).await?;
    let round = rewards.round(entrant, 0, B256::ZERO).await?;

    let (product, seconds) = computed(&round, runs.max(1))?;
    let size = f64::from(round.size);
    let rates = json!({"rows": round.size, "links": round.links, "gmac_per_s": size.powi(3) / median(&seconds) / 1e9});
    emit("capacity", "product_s", "s", &seconds, rates);

    let made_up = (1..round.links).map(|link| keccak256(link.to_le_bytes()));
    let roots: Vec<_> = [B256::from(Blob::of(&product).root)].into_iter().chain(made_up).collect();
    gas("answer, the first of an epoch", rewards.answer(entrant.epoch, 0, &roots).await?.gas_used);
    gas(
        "record a mix",
        client.beacon().show(client.beacon().header_of(schedule.rounds[0].height).await?).await?.gas_used,
    );
    reach(&client, schedule.opening.height + 1).await?;
    client.beacon().record(schedule.opening.height).await?;
    let slot = keccak256((U256::from(schedule.opening.height), U256::ZERO).abi_encode());
    let mix = chosen(&client, entrant, slot).await?;
    let stored: (_, U256, B256) = (addresses::BEACON, slot.into(), mix);
    client.provider().raw_request::<_, Value>(Cow::Borrowed("hardhat_setStorageAt"), stored).await?;
    let openings = rewards.draws(entrant).await?.into_iter().map(|draw| round.open(&draw, &roots, &product));
    let openings = openings.collect::<Option<Vec<_>>>().ok_or_eyre("what is drawn is the first product")?;
    let bytes: usize = openings.iter().map(|opening| opening.proof.len()).sum();
    let opened = rewards.open(entrant, vec![digest_of(&roots)], openings).await?;
    emit("capacity", "gas", "gas", &[opened.gas_used as f64], json!({"case": "open", "proof_bytes": bytes}));
    reach(&client, schedule.settled_from).await?;
    gas("settle, one node", rewards.settle(entrant.epoch, vec![entrant.node]).await?.gas_used);
    gas("claim", client.edge_staking().book().claim(entrant.node).await?.gas_used);
    Ok(())
}

fn gas(case: &str, gas: u64) {
    emit("capacity", "gas", "gas", &[gas as f64], json!({"case": case}));
}

/// The first product, and what it took each time.
fn computed(round: &Round, runs: usize) -> Result<(Vec<u8>, Vec<f64>)> {
    let product = round.next(&[]).ok_or_eyre("a round has a product")?;
    let (mut made, mut seconds) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        let started = Instant::now();
        made = product.compute();
        seconds.push(started.elapsed().as_secs_f64());
    }
    Ok((made, seconds))
}

fn median(samples: &[f64]) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    super::median(&sorted)
}

/// A mix that draws the first product twice.
async fn chosen(client: &Client, Entrant { epoch, node }: Entrant, slot: B256) -> Result<B256> {
    let call = IEdgeRewards::drawsOfCall { epoch, node };
    let request = TransactionRequest::default().to(addresses::EDGE_REWARDS).input(call.abi_encode().into());
    for number in 1..=MIXES_MAX {
        let mix = keccak256(number.to_le_bytes());
        let account = AccountOverride { state_diff: Some(HashMap::from_iter([(slot, mix)])), ..Default::default() };
        let overrides = StateOverride::from_iter([(addresses::BEACON, account)]);
        let answer = client.provider().call(request.clone()).overrides(overrides).await?;
        let draws = IEdgeRewards::drawsOfCall::abi_decode_returns(&answer)?;
        ensure!(!draws.is_empty(), "nothing is drawn");
        if draws.iter().all(|draw| draw.link.is_zero()) {
            return Ok(mix);
        }
    }
    eyre::bail!("no mix of {MIXES_MAX} draws the first product twice")
}

async fn reach(client: &Client, height: u64) -> Result<()> {
    let head = client.provider().get_block_number().await?;
    let blocks = U256::from(height.saturating_sub(head));
    client.provider().raw_request::<_, Value>(Cow::Borrowed("hardhat_mine"), [blocks]).await?;
    client.heads().wait_for(|head| *head >= height).await?;
    Ok(())
}
