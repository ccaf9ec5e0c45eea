//! What the contracts of genesis say about the chain itself, for whoever follows them.

use crate::{BlockEnvironment, Overrides, call, error::CallError};
use alloy::{
    eips::eip4788::SYSTEM_ADDRESS,
    primitives::{Address, FixedBytes, TxKind},
    sol_types::SolCall,
};
use edgeloom_bindings::{ICheckpoints, ICommittee, IEpochs, IStaking, IUpgrades, addresses};
use edgeloom_types::{Committee, Epoch, EpochRules, Height, Seat, Term};
use revm::{Database, context::TxEnv};
use std::sync::Arc;

/// Bounds what any of these questions costs.
const QUESTION_GAS: u64 = 30_000_000;

/// Rules that a vote can switch on and that this version follows (`IUpgrades`, U2).
const KNOWN_RULES: [u32; 0] = [];

/// The term of `epoch` as the state says it that `environment`'s block left: what it does not say is as `before`.
///
/// # Errors
/// [`CallError::Database`] when the state cannot be read.
pub fn term<DB: Database>(
    environment: &BlockEnvironment,
    mut db: DB,
    epoch: Epoch,
    before: &Term,
) -> Result<Term, CallError<DB::Error>> {
    let Ok(epoch) = u32::try_from(epoch.get()) else { return Ok(before.clone()) };
    let seats = ask(environment, &mut db, addresses::COMMITTEE, &ICommittee::seatsOfCall { epoch })?;
    let committee = seats.and_then(|seats| Committee::elected(seats.into_iter().map(seat)));
    let rules = ask(environment, &mut db, addresses::EPOCHS, &IEpochs::rulesOfCall { epoch })?;
    // All zero where there are none.
    let rules = rules.filter(|rules| rules.gasLimit != 0).map(|rules| EpochRules {
        gas_limit: rules.gasLimit,
        block_time_ms: rules.blockTimeMs.into(),
        heartbeat_ms: rules.heartbeatMs.into(),
        base_fee_floor: rules.baseFeeFloor,
    });
    Ok(Term {
        committee: committee.map_or_else(|| before.committee.clone(), Arc::new),
        rules: rules.unwrap_or(before.rules),
    })
}

/// A key of another length becomes one of zeros, which is none.
fn seat(seat: ICommittee::Seat) -> Seat {
    let ICommittee::Seat { identity, publicKey, beneficiary, .. } = seat;
    Seat { identity, voting_key: FixedBytes::try_from(publicKey.as_ref()).unwrap_or_default(), beneficiary }
}

/// The highest block that guardians certified, as the state says it that `environment`'s block left, in `epoch`. `None`
/// while there are no guardians.
///
/// # Errors
/// [`CallError::Database`] when the state cannot be read.
pub fn checkpointed<DB: Database>(
    environment: &BlockEnvironment,
    mut db: DB,
    epoch: Epoch,
) -> Result<Option<Height>, CallError<DB::Error>> {
    let Ok(epoch) = u32::try_from(epoch.get()) else { return Ok(None) };
    let guardians = ask(environment, &mut db, addresses::STAKING, &IStaking::guardiansOfCall { epoch })?;
    // The set that the last one left is sealed as well, with nobody in it.
    if guardians.is_none_or(|guardians| guardians.snapshot == 0 || guardians.totalStake.is_zero()) {
        return Ok(None);
    }
    let latest = ask(environment, &mut db, addresses::CHECKPOINTS, &ICheckpoints::latestCall {})?;
    Ok(latest.map(|latest| Height::new(latest.height)))
}

/// A rule that holds in this state and that this version does not know (U6).
///
/// # Errors
/// [`CallError::Database`] when the state cannot be read.
pub fn unknown_rule<DB: Database>(environment: &BlockEnvironment, db: DB) -> Result<Option<u32>, CallError<DB::Error>> {
    let rules = ask(environment, db, addresses::UPGRADES, &IUpgrades::rulesCall {})?;
    Ok(unknown(rules.unwrap_or_default()))
}

/// The first of `rules` that this version does not know; 0 is none.
pub(crate) fn unknown(rules: impl IntoIterator<Item = u32>) -> Option<u32> {
    rules.into_iter().find(|rule| *rule != 0 && !KNOWN_RULES.contains(rule))
}

/// `None` when the contract is not there or has no answer.
fn ask<C: SolCall, DB: Database>(
    environment: &BlockEnvironment,
    db: DB,
    contract: Address,
    question: &C,
) -> Result<Option<C::Return>, CallError<DB::Error>> {
    let transaction = TxEnv {
        caller: SYSTEM_ADDRESS,
        kind: TxKind::Call(contract),
        data: question.abi_encode().into(),
        gas_limit: QUESTION_GAS,
        ..Default::default()
    };
    let result = call(environment, db, transaction, &Overrides::new())?;
    let output = result.is_success().then(|| result.into_output()).flatten();
    Ok(output.and_then(|output| C::abi_decode_returns(&output).ok()))
}
