//! Genesis files: who owns what at height 0, and who votes.

use crate::{
    arguments, durable,
    keys::{self, Secrets, test_account},
};
use alloy::{
    genesis::{ChainConfig, Genesis as GenesisFile, GenesisAccount},
    primitives::{Address, B256, U256},
};
use edgeloom_bindings::{
    IParameters::Parameter,
    addresses::{EMISSION, KEY_REGISTRY},
    predeploys,
};
use edgeloom_chain::{Founder, found};
use edgeloom_types::{Genesis, Validator};
use eyre::{Result, WrapErr, ensure, eyre};
use serde_json::json;
use std::{
    collections::BTreeMap,
    fs,
    num::NonZeroU64,
    path::{Path, PathBuf},
};

pub(crate) const DEV_CHAIN_ID: u64 = 31_337;
pub(crate) const DEVNET_CHAIN_ID: u64 = 36_127;
/// A block of the dearest instructions, at some 60 Mgas a second on one core, takes half of the leader timeout of 3 s:
/// its proposer and then its judges can each execute it in time (CHAIN.md C4).
const GAS_LIMIT: u64 = 90_000_000;
pub(crate) const DEV_EPOCH_LENGTH: NonZeroU64 = NonZeroU64::new(10_000).expect("not zero");
/// Accounts of the test mnemonic that a devnet funds; the first is its treasury.
const DEVNET_ACCOUNTS: u32 = 20;
/// What each account of the test mnemonic holds, TFUEL.
const ACCOUNT_TFUEL: u64 = 10_000;
/// What only ever leaves the reserve, TFUEL (CHAIN.md C5: nothing mints).
const RESERVE_TFUEL: u64 = 45_000_000_000;
/// What a devnet's accounts hold together, TFUEL.
const CIRCULATING_TFUEL: u64 = 5_000_000_000;
/// What each of the first validators stakes, THETA: five times the least.
const FOUNDER_THETA: u64 = 1_000_000;
/// What they keep of what others earn by staking for them, basis points: the most.
const COMMISSION: u16 = 1000;
/// Of one TFUEL, or of one THETA.
const WEI: u64 = 1_000_000_000_000_000_000;
/// Validators are paid into accounts of the test mnemonic from this index on.
const BENEFICIARY_INDEX: u32 = 100;

/// The file and the validators' secrets of a new network.
pub(crate) struct Network {
    pub(crate) genesis: Genesis,
    pub(crate) secrets: Vec<Secrets>,
}

/// By what a network may differ from others.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Start<'a> {
    /// Blocks.
    pub(crate) epoch_length: NonZeroU64,
    /// Those that do not begin with their usual value.
    pub(crate) parameters: &'a [(Parameter, U256)],
}

impl<'a> Start<'a> {
    pub(crate) fn of(epochs: &arguments::Epochs, voted: &'a arguments::Voted) -> Self {
        Self { epoch_length: epochs.epoch_length, parameters: &voted.set }
    }
}

/// What a development chain may be asked to begin with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DevGenesis<'a> {
    pub(crate) mnemonic: &'a str,
    pub(crate) accounts: u32,
    pub(crate) chain_id: u64,
    /// Seconds.
    pub(crate) timestamp: u64,
    pub(crate) start: Start<'a>,
}

#[cfg(test)]
impl DevGenesis<'_> {
    /// Nothing special.
    pub(crate) const fn of(accounts: u32) -> Self {
        let start = Start { epoch_length: DEV_EPOCH_LENGTH, parameters: &[] };
        Self { mnemonic: keys::TEST_MNEMONIC, accounts, chain_id: DEV_CHAIN_ID, timestamp: 0, start }
    }
}

/// The development chain: always the same validator, so the same wishes give the same genesis block.
///
/// # Errors
/// When the mnemonic gives no accounts.
pub(crate) fn dev(wishes: DevGenesis<'_>) -> Result<Network> {
    let secrets = vec![keys::derive(B256::ZERO)?];
    let (wallet, mut balances) = (keys::Wallet::of(wishes.mnemonic)?, BTreeMap::new());
    for index in 0..wishes.accounts {
        balances.insert(wallet.account(index)?.address(), tfuel(ACCOUNT_TFUEL));
    }
    let owners = Owners::of_tests(1)?;
    let Network { genesis, secrets } = network(wishes.chain_id, secrets, &owners, balances, wishes.start)?;
    let file = GenesisFile { timestamp: wishes.timestamp, ..genesis.file().clone() };
    Ok(Network { genesis: Genesis::new(file)?, secrets })
}

/// A network of `validators` with fresh keys, whose accounts are those of the test mnemonic.
///
/// # Errors
/// When `funds` ask for more than the treasury has.
pub(crate) fn devnet(validators: u16, funds: &[(Address, U256)], start: Start<'_>) -> Result<Network> {
    let mut balances = BTreeMap::new();
    for index in 1..DEVNET_ACCOUNTS {
        balances.insert(test_account(index)?.address(), tfuel(ACCOUNT_TFUEL));
    }
    let owners = Owners::of_tests(validators)?;
    let balances = circulating(balances, funds, owners.treasury)?;
    network(DEVNET_CHAIN_ID, fresh(validators)?, &owners, balances, start)
}

/// A network whose accounts are their owners' alone.
///
/// # Errors
/// When `funds` ask for more than the treasury has.
pub(crate) fn testnet(chain_id: u64, owners: &Owners, funds: &[(Address, U256)], start: Start<'_>) -> Result<Network> {
    let validators = u16::try_from(owners.operators.len())?;
    let balances = circulating(BTreeMap::new(), funds, owners.treasury)?;
    network(chain_id, fresh(validators)?, owners, balances, start)
}

/// Whose TFUEL and THETA are.
#[derive(Clone, Debug)]
pub(crate) struct Owners {
    /// Has what nobody else has, and gives the validators their first stakes.
    pub(crate) treasury: Address,
    /// Own a validator each, and are paid for it.
    pub(crate) operators: Vec<Address>,
}

impl Owners {
    fn of_tests(validators: u16) -> Result<Self> {
        let operators = (BENEFICIARY_INDEX..).take(validators.into());
        let operators = operators.map(|index| Ok(test_account(index)?.address())).collect::<Result<_>>()?;
        Ok(Self { treasury: test_account(0)?.address(), operators })
    }
}

fn fresh(validators: u16) -> Result<Vec<Secrets>> {
    (0..validators).map(|_| keys::derive(B256::random())).collect()
}

/// `balances` and `funds`, and the rest of what circulates for the treasury.
fn circulating(
    mut balances: BTreeMap<Address, U256>,
    funds: &[(Address, U256)],
    treasury: Address,
) -> Result<BTreeMap<Address, U256>> {
    for (address, amount) in funds {
        ensure!(*address != treasury && *address != EMISSION, "--fund: {address} holds the rest already");
        let balance = balances.entry(*address).or_default();
        *balance = balance.checked_add(*amount).ok_or_else(|| eyre!("--fund: the amounts overflow"))?;
    }
    let spent = balances.values().try_fold(U256::ZERO, |sum, balance| sum.checked_add(*balance));
    let rest = spent.and_then(|spent| tfuel(CIRCULATING_TFUEL).checked_sub(spent));
    let rest = rest.ok_or_else(|| eyre!("--fund: the amounts exceed the {CIRCULATING_TFUEL} TFUEL in circulation"))?;
    balances.insert(treasury, rest);
    Ok(balances)
}

fn network(
    chain_id: u64,
    secrets: Vec<Secrets>,
    owners: &Owners,
    mut balances: BTreeMap<Address, U256>,
    start: Start<'_>,
) -> Result<Network> {
    balances.insert(EMISSION, tfuel(RESERVE_TFUEL));
    let operated = owners.operators.iter().zip(&secrets);
    let validators: Vec<_> = operated.map(|(operator, secrets)| secrets.keys.validator(*operator)).collect();
    let mut alloc: BTreeMap<Address, GenesisAccount> = balances
        .into_iter()
        .map(|(address, balance)| (address, GenesisAccount { balance, ..Default::default() }))
        .collect();
    for predeploy in predeploys(owners.treasury, start.epoch_length) {
        let account = alloc.entry(predeploy.address).or_default();
        account.nonce = Some(1);
        account.code = Some(predeploy.code);
        account.storage = Some(predeploy.storage).filter(|storage| !storage.is_empty());
    }
    let config = config(chain_id, &validators, start.epoch_length)?;
    let file = GenesisFile { config, gas_limit: GAS_LIMIT, alloc, ..Default::default() };
    let founders: Vec<_> = validators
        .into_iter()
        .zip(&secrets)
        .map(|(validator, secrets)| founder(validator, secrets, chain_id))
        .collect();
    let file = found(file, owners.treasury, &founders, start.parameters)?;
    Ok(Network { genesis: Genesis::new(file)?, secrets })
}

/// Who is paid runs the node, owns it, and staked for it.
fn founder(validator: Validator, secrets: &Secrets, chain_id: u64) -> Founder {
    let operator = validator.beneficiary;
    let consent = secrets.keys.consent(chain_id, KEY_REGISTRY, operator);
    let stake = U256::from(FOUNDER_THETA) * U256::from(WEI);
    Founder { validator, operator, consent, stake, commission: COMMISSION }
}

/// Every rule up to Osaka from the first block on, and our own parameters at their defaults.
fn config(chain_id: u64, validators: &[Validator], epoch_length: NonZeroU64) -> Result<ChainConfig> {
    let mut config = ChainConfig {
        chain_id,
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
    config
        .extra_fields
        .insert_value("edgeloom".into(), json!({ "epochLength": epoch_length, "validators": validators }))?;
    Ok(config)
}

/// TFUEL as wei.
pub(crate) fn tfuel(amount: u64) -> U256 {
    U256::from(amount) * U256::from(WEI)
}

/// `edgeloom genesis`.
///
/// # Errors
/// When the folder holds a network already or cannot be written.
pub(crate) fn command(arguments: &arguments::Genesis) -> Result<()> {
    let start = Start::of(&arguments.epochs, &arguments.voted);
    let network = devnet(arguments.validators, &arguments.funds.fund, start)?;
    write(&network, &arguments.out)?;
    println!("wrote {}/genesis.json and the keys of {} validators", arguments.out.display(), arguments.validators);
    Ok(())
}

/// Where the keys of a validator lie.
pub(crate) fn keys_path(folder: &Path, validator: usize) -> PathBuf {
    folder.join(format!("keys-{validator}.json"))
}

/// Writes keys first, then genesis: a folder with a genesis file is complete.
pub(crate) fn write(network: &Network, folder: &Path) -> Result<()> {
    let path = folder.join("genesis.json");
    ensure!(!path.exists(), "{} exists already: choose another folder", path.display());
    fs::create_dir_all(folder).wrap_err_with(|| format!("cannot make {}", folder.display()))?;
    for (validator, secrets) in network.secrets.iter().enumerate() {
        secrets.write(&keys_path(folder, validator))?;
    }
    durable::write(&path, &serde_json::to_string_pretty(network.genesis.file())?)
}

/// Reads a genesis file.
///
/// # Errors
/// When it is not one.
pub(crate) fn read(path: &Path) -> Result<Genesis> {
    let text = fs::read_to_string(path).wrap_err_with(|| format!("cannot read {}", path.display()))?;
    Genesis::parse(&text).wrap_err_with(|| format!("{}", path.display()))
}

#[cfg(test)]
mod tests;
