//! Genesis with stakes. What lies in the contracts of a new chain is what their own code makes of its founders' calls, run
//! over the allocation by the machine that runs blocks: no slot is written by hand. What they log goes into the file as well, so that
//! whoever follows logs begins with what genesis holds.

use crate::{chain::environment, state_db::StateDb};
use alloy::{
    genesis::{Genesis as GenesisFile, GenesisAccount},
    primitives::{Address, FixedBytes, KECCAK256_EMPTY, Log, TxKind, U256},
    sol_types::SolCall,
};
use edgeloom_bindings::{
    ICommittee, IKeyRegistry,
    IParameters::{self, Parameter},
    IStaking, ITheta, addresses,
};
use edgeloom_evm::{Overrides, Replay};
use edgeloom_state::Store;
use edgeloom_types::{Genesis, GenesisError, StateDelta, Validator};
use revm::{
    context::{TxEnv, result::ExecutionResult},
    inspector::NoOpInspector,
};
use std::{collections::BTreeMap, sync::Arc};

/// Most gas that a transaction can have (EIP-7825).
const CALL_GAS: u64 = 1 << 24;

/// A validator of epoch 0.
#[derive(Clone, Debug)]
pub struct Founder {
    pub validator: Validator,
    /// Owns and runs its node, and is the source of its stake. An account without code.
    pub operator: Address,
    /// The voting key's signature, by which it consents to be registered for the operator (`edgeloom_bls::Domain::consent`).
    pub consent: FixedBytes<96>,
    /// Wei of THETA.
    pub stake: U256,
    /// What the operator keeps of its node's rewards, basis points.
    pub commission: u16,
}

/// Why founders found nothing.
#[derive(Debug, thiserror::Error)]
pub enum FoundingError {
    #[error(transparent)]
    Genesis(#[from] GenesisError),
    #[error("{caller} calls {call}: {reason}")]
    Call { call: &'static str, caller: Address, reason: String },
    #[error("the allocation is no state: {0}")]
    State(String),
    #[error(
        "the contract elects {elected} of the {validators} validators for epoch 0: CommitteeSeats, SeatsPerOwner and ValidatorStakeMin must let all of them in"
    )]
    Committee { elected: usize, validators: usize },
}

/// Sets `parameters` as if they had been voted, then has every founder register its key and a node, stake THETA of
/// `treasury`'s, and stand for the committee. Nonces stay as they were. Logs that the file has are kept.
///
/// # Errors
/// [`FoundingError`] naming the first call that fails: with a value that no vote could set, say, without enough THETA, or
/// with keys that are not the founder's own. [`FoundingError::Committee`] when the contract would elect others for epoch 0
/// than the file has as its validators.
pub fn found(
    mut file: GenesisFile,
    treasury: Address,
    founders: &[Founder],
    parameters: &[(Parameter, U256)],
) -> Result<GenesisFile, FoundingError> {
    let genesis = Genesis::new(file.clone())?;
    let mut founding = Founding::over(&genesis)?;
    for (parameter, value) in parameters {
        let call = IParameters::setCall { parameter: *parameter, value: *value };
        founding.call(addresses::TIMELOCK, addresses::PARAMETERS, &call)?;
    }
    for founder in founders {
        founding.take_in(treasury, founder)?;
    }
    if !founding.logs.is_empty() {
        let mut config = genesis.config().clone();
        config.system_logs.extend(founding.logs);
        file.config.extra_fields.insert_value("edgeloom".into(), config).map_err(GenesisError::Config)?;
    }
    write(&mut file.alloc, founding.machine.into_state().into_delta());
    if !founders.is_empty() {
        check_committee(&Genesis::new(file.clone())?)?;
    }
    Ok(file)
}

/// The first block elects for epoch 0 as well, and who is judged and paid for it is who that election seats.
fn check_committee(genesis: &Genesis) -> Result<(), FoundingError> {
    let mut first = Founding::over(genesis)?;
    first.call(addresses::EPOCHS, addresses::COMMITTEE, &ICommittee::electCall { epoch: 0 })?;
    // Reverts where nobody was elected.
    let elected = first.call(Address::ZERO, addresses::COMMITTEE, &ICommittee::seatsOfCall { epoch: 0 });
    let elected: Vec<_> = elected.unwrap_or_default().into_iter().map(|seat| seat.identity).collect();
    let validators: Vec<_> = genesis.committee().seats().map(|seat| seat.identity).collect();
    if elected != validators {
        let among = elected.iter().filter(|identity| validators.contains(identity)).count();
        return Err(FoundingError::Committee { elected: among, validators: validators.len() });
    }
    Ok(())
}

struct Founding {
    machine: Replay<StateDb, NoOpInspector>,
    logs: Vec<Log>,
}

impl Founding {
    fn over(genesis: &Genesis) -> Result<Self, FoundingError> {
        let fault = |error: &dyn std::fmt::Display| FoundingError::State(error.to_string());
        let layer = Store::memory().view().extend(genesis.delta()).map_err(|error| fault(&error))?;
        let block = genesis.block(layer.root()).map_err(|error| fault(&error))?;
        let environment = environment(genesis.chain_id(), block.header(), &[]);
        let state = StateDb::from(Store::memory().view().with(Arc::new(layer)));
        let replay = Replay::call(&environment, state, &Overrides::new(), NoOpInspector);
        Ok(Self { machine: replay.map_err(|error| fault(&error))?, logs: Vec::new() })
    }

    fn take_in(&mut self, treasury: Address, founder: &Founder) -> Result<(), FoundingError> {
        let Founder { validator, operator, consent, stake, commission } = founder;
        let (operator, stake) = (*operator, *stake);
        let key = IKeyRegistry::registerCall {
            publicKey: validator.voting_key.into(),
            possession: validator.possession.into(),
            consent: (*consent).into(),
        };
        self.call(operator, addresses::KEY_REGISTRY, &key)?;
        let role = IStaking::Role::Validator;
        let node = IStaking::registerCall { role, owner: operator, commission: *commission };
        let node = self.call(operator, addresses::STAKING, &node)?;
        self.call(treasury, addresses::THETA, &ITheta::transferCall { to: operator, amount: stake })?;
        let approval = ITheta::approveCall { spender: addresses::STAKING, amount: stake };
        self.call(operator, addresses::THETA, &approval)?;
        self.call(operator, addresses::STAKING, &IStaking::stakeCall { node, amount: stake })?;
        let application = ICommittee::enterCall {
            node,
            identity: validator.identity,
            publicKey: validator.voting_key.into(),
            beneficiary: validator.beneficiary,
        };
        self.call(operator, addresses::COMMITTEE, &application)?;
        Ok(())
    }

    fn call<C: SolCall>(&mut self, caller: Address, contract: Address, call: &C) -> Result<C::Return, FoundingError> {
        let failed = |reason: String| FoundingError::Call { call: C::SIGNATURE, caller, reason };
        let data = call.abi_encode().into();
        let gas_limit = CALL_GAS;
        let transaction = TxEnv { caller, kind: TxKind::Call(contract), data, gas_limit, ..Default::default() };
        let ran = self.machine.run(transaction).map_err(|error| failed(error.to_string()))?;
        let answer = match &ran.result {
            ExecutionResult::Success { output, logs, .. } => {
                self.logs.extend_from_slice(logs);
                C::abi_decode_returns(output.data())
            }
            failure => return Err(failed(failure.to_string())),
        };
        let answer = answer.map_err(|error| failed(error.to_string()))?;
        self.machine.commit(ran.state);
        Ok(answer)
    }
}

/// Nonces of whoever called stay as they were: of accounts without code, and of the timelock.
fn write(alloc: &mut BTreeMap<Address, GenesisAccount>, delta: StateDelta) {
    for (address, change) in delta.accounts {
        let Some(account) = change.account else { continue };
        let allocated = alloc.entry(address).or_default();
        allocated.balance = account.balance;
        if account.code_hash != KECCAK256_EMPTY && address != addresses::TIMELOCK {
            allocated.nonce = Some(account.nonce);
        }
        if let Some(code) = delta.codes.get(&account.code_hash) {
            allocated.code = Some(code.clone());
        }
        let storage = allocated.storage.get_or_insert_default();
        for (slot, value) in change.storage {
            storage.insert(slot.into(), value.into());
        }
        if storage.is_empty() {
            allocated.storage = None;
        }
    }
    // An account that only sent is none.
    alloc.retain(|_, account| *account != GenesisAccount::default());
}
