//! Genesis: the balances of everybody, the contracts, the first validators' stakes made by the contracts' own code, and the parameters
//! that differ from their usual values.

use crate::{
    cast::{Cast, EDGE_STAKE_MAX, Role, WEI},
    world::{EPOCH_BLOCKS, World, check_founded},
};
use alloy::{
    genesis::{ChainConfig, Genesis as GenesisFile, GenesisAccount},
    primitives::{Address, U256},
};
use edgeloom_bindings::{
    IParameters::Parameter,
    addresses::{EMISSION, KEY_REGISTRY},
    predeploys,
};
use edgeloom_bls::Domain;
use edgeloom_chain::{Founder, found};
use edgeloom_types::{Genesis, Validator};
use eyre::{Result, ensure, eyre};
use serde_json::json;
use std::{collections::BTreeMap, num::NonZeroU64};

pub(crate) const CHAIN_ID: u64 = 36_128;
/// As `edgeloom genesis` has it, TFUEL.
pub(crate) const RESERVE: u64 = 45_000_000_000;
const CIRCULATING: u64 = 5_000_000_000;
const GAS_LIMIT: u64 = 90_000_000;
/// 2027-01-15 08:00 UTC.
const GENESIS_TIME: u64 = 1_800_000_000;
/// Least base fee, wei: Theta's.
pub(crate) const BASE_FEE_FLOOR: u64 = 4_000_000_000_000;
/// Rows of a product of capacity, and products of a round: the fewest, so that one core makes those of a year.
pub(crate) const CAPACITY_SIZE: u32 = 256;
/// What everybody has for gas, TFUEL; an edge node's operator, who answers every day, and who serves all have more.
const GAS_MONEY: u64 = 3_000;
const OPERATOR_MONEY: u64 = 30_000;
const KEEPER_MONEY: u64 = 10_000_000;
const REQUESTER_MONEY: u64 = 5_000_000;

/// What is not as genesis usually has it.
pub(crate) fn parameters() -> [(Parameter, U256); 4] {
    [
        (Parameter::BaseFeeFloor, U256::from(BASE_FEE_FLOOR)),
        (Parameter::EdgeStakeMax, tokens(EDGE_STAKE_MAX)),
        (Parameter::CapacitySize, U256::from(CAPACITY_SIZE)),
        (Parameter::CapacityLinks, U256::from(1)),
    ]
}

/// The world at block 0, and all TFUEL in it.
pub(crate) fn world(cast: &Cast, seed: u64) -> Result<(World, U256)> {
    let founders: Vec<_> = (0..cast.counts.founders).map(|index| founder(cast, index)).collect::<Result<_>>()?;
    let mut alloc = balances(cast)?;
    let epoch_length = NonZeroU64::new(EPOCH_BLOCKS).ok_or_else(|| eyre!("an epoch has no block"))?;
    for predeploy in predeploys(cast.treasury, epoch_length) {
        let account = alloc.entry(predeploy.address).or_default();
        account.nonce = Some(1);
        account.code = Some(predeploy.code);
        account.storage = Some(predeploy.storage).filter(|storage| !storage.is_empty());
    }
    let validators: Vec<_> = founders.iter().map(|founder| founder.validator.clone()).collect();
    let file = GenesisFile {
        config: config(&validators)?,
        gas_limit: GAS_LIMIT,
        timestamp: GENESIS_TIME,
        base_fee_per_gas: Some(BASE_FEE_FLOOR.into()),
        alloc,
        ..Default::default()
    };
    let genesis = Genesis::new(found(file, cast.treasury, &founders, &parameters())?)?;
    let world = World::new(&genesis, BASE_FEE_FLOOR, seed)?;
    check_founded(&world.state)?;
    let supply = world.state.supply();
    ensure!(supply == genesis.supply(), "the state at genesis has {supply} wei, its file {}", genesis.supply());
    Ok((world, supply))
}

fn founder(cast: &Cast, index: usize) -> Result<Founder> {
    let (staker, operation) = (&cast.stakers[index], cast.operation(index)?);
    let key = operation.key.as_ref().ok_or_else(|| eyre!("founder {index} has no key"))?;
    let consent = Domain::consent(CHAIN_ID, KEY_REGISTRY.into_array(), staker.address.into_array());
    let validator = Validator {
        identity: operation.identity,
        voting_key: key.public_key().to_bytes().into(),
        possession: key.prove_possession().to_bytes().into(),
        beneficiary: staker.address,
    };
    Ok(Founder {
        validator,
        operator: staker.address,
        consent: key.sign(&consent).to_bytes().into(),
        stake: U256::from(staker.wealth),
        commission: operation.commission,
    })
}

fn balances(cast: &Cast) -> Result<BTreeMap<Address, GenesisAccount>> {
    let mut balances = BTreeMap::from([(cast.keeper, tokens(KEEPER_MONEY)), (cast.reporter, tokens(GAS_MONEY))]);
    balances.extend(cast.requesters.iter().map(|requester| (*requester, tokens(REQUESTER_MONEY))));
    for staker in &cast.stakers {
        let is_edge = staker.role == Role::Edge;
        let money = if is_edge && staker.operates.is_some() { OPERATOR_MONEY } else { GAS_MONEY };
        let wealth = if is_edge { U256::from(staker.wealth) } else { U256::ZERO };
        balances.insert(staker.address, wealth + tokens(money));
    }
    let spent: U256 = balances.values().sum();
    let rest = tokens(CIRCULATING).checked_sub(spent);
    balances.insert(cast.treasury, rest.ok_or_else(|| eyre!("stakers have {spent} wei, more than circulates"))?);
    balances.insert(EMISSION, tokens(RESERVE));
    let account = |balance| GenesisAccount { balance, ..Default::default() };
    Ok(balances.into_iter().map(|(address, balance)| (address, account(balance))).collect())
}

fn config(validators: &[Validator]) -> Result<ChainConfig> {
    let mut config = ChainConfig {
        chain_id: CHAIN_ID,
        homestead_block: Some(0),
        eip150_block: Some(0),
        eip155_block: Some(0),
        eip158_block: Some(0),
        byzantium_block: Some(0),
        constantinople_block: Some(0),
        petersburg_block: Some(0),
        istanbul_block: Some(0),
        berlin_block: Some(0),
        london_block: Some(0),
        shanghai_time: Some(0),
        cancun_time: Some(0),
        prague_time: Some(0),
        osaka_time: Some(0),
        terminal_total_difficulty: Some(U256::ZERO),
        terminal_total_difficulty_passed: true,
        ..Default::default()
    };
    let ours = json!({ "epochLength": EPOCH_BLOCKS, "validators": validators });
    config.extra_fields.insert_value("edgeloom".into(), ours)?;
    Ok(config)
}

fn tokens(amount: u64) -> U256 {
    U256::from(amount) * U256::from(WEI)
}
