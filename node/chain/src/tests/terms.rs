//! T1: who votes in an epoch, and by which numbers, is what the state says after the first block of the one before.

use super::world::{TREASURY, World, call, certificate_of_seats, identity, invalid, sign, signer, theta};
use crate::{Chain, Founder, FoundingError, Invalid, Proposal, found};
use alloy::{
    genesis::GenesisAccount,
    primitives::{Address, B256, KECCAK256_EMPTY, TxKind, U256, keccak256},
    sol_types::{SolCall, SolEvent},
};
use alloy_consensus::TxEip1559;
use edgeloom_bindings::{
    ICommittee, IEpochs, IParameters,
    IStakeBook::{self, describeCall, nodeOfCall},
    ITheta,
    addresses::{COMMITTEE, EPOCHS, PARAMETERS, STAKING, THETA},
};
use edgeloom_state::Store;
use edgeloom_types::{
    Account, AccountDelta, Epoch, EpochRules, Genesis, Height, SealedBlock, StateDelta, decode_system_logs,
    system_logs_hash,
};
use std::sync::Arc;

const LENGTH: u64 = 5;
/// One more than the fewest.
const FIVE: u8 = 5;

/// Calls a contract of genesis as the operator of a seat.
fn operator(seat: u8, nonce: u64, to: Address, question: &impl SolCall) -> super::world::Transaction {
    let input = question.abi_encode().into();
    sign(seat + 1, TxEip1559 { gas_limit: 5_000_000, input, ..call(nonce, TxKind::Call(to)) })
}

/// The answer of a contract in the state of the tip.
fn ask<C: SolCall>(chain: &Chain, to: Address, question: &C) -> C::Return {
    let environment = crate::environment(31_337, chain.tip().header(), &[]);
    let state = crate::StateDb::from(chain.store().view());
    let transaction = revm::context::TxEnv {
        kind: TxKind::Call(to),
        data: question.abi_encode().into(),
        gas_limit: 10_000_000,
        ..Default::default()
    };
    let result = edgeloom_evm::call(&environment, state, transaction, &Default::default()).expect("runs");
    C::abi_decode_returns(result.output().expect("answers")).expect("answers")
}

fn seats(chain: &Chain, epoch: u64) -> Option<Vec<B256>> {
    let term = chain.terms().of_epoch(Epoch::new(epoch))?;
    Some(term.committee.seats().map(|seat| seat.identity).collect())
}

/// Extends the tip up to `height`, with a block of each of `leaders` in turn.
fn extend_to(world: &World, chain: &mut Chain, height: u64, leaders: &[u8]) {
    while chain.tip().height().get() < height {
        let tip = chain.tip().clone();
        let leader = leaders[tip.height().get() as usize % leaders.len()];
        let block = world.propose(chain, &tip, leader, &[]);
        chain.finalize(&block, None).expect("finalizes");
    }
}

fn all() -> Vec<B256> {
    (0..FIVE).map(identity).collect()
}

#[test]
fn founders_are_elected_and_found_the_same_chain_again() {
    let world = World::staked(FIVE, LENGTH, |alloc| alloc);
    let again = World::staked(FIVE, LENGTH, |alloc| alloc);
    let mut chain = world.chain();
    assert_eq!(chain.genesis_hash(), again.chain().genesis_hash());
    assert_eq!((seats(&chain, 0), seats(&chain, 1)), (Some(all()), None));
    extend_to(&world, &mut chain, 1, &[0]);
    // Elected by the contract for both, in the same order.
    for epoch in [0, 1] {
        let elected = ask(&chain, COMMITTEE, &ICommittee::seatsOfCall { epoch });
        assert_eq!(elected.iter().map(|seat| seat.identity).collect::<Vec<_>>(), all());
        assert!(elected.iter().all(|seat| seat.stake == 1_000_000_000_000_000), "gwei");
        assert_eq!(seats(&chain, epoch.into()), Some(all()));
    }
    assert_eq!(seats(&chain, 2), None, "not decided before block {LENGTH}");
    assert_eq!(world.genesis.file().alloc[&signer(1).address()].nonce, None, "as if it had sent nothing");
    let staked = ask(&chain, THETA, &ITheta::balanceOfCall { owner: STAKING });
    let rest = ask(&chain, THETA, &ITheta::balanceOfCall { owner: TREASURY });
    assert_eq!((staked, rest), (theta(5_000_000), theta(995_000_000)));
}

#[test]
fn what_a_block_s_own_calls_log_is_kept_and_its_header_commits_to_it() {
    let world = World::staked(FIVE, LENGTH, |alloc| alloc);
    let (mut chain, mut other) = (world.chain(), world.chain());
    extend_to(&world, &mut chain, LENGTH, &[0]);
    let logged = |height| {
        let height = Height::new(height);
        let logs = decode_system_logs(&chain.store().system_logs(height).expect("reads")).expect("ours");
        let header = chain.store().header(height).expect("reads").expect("is there");
        assert_eq!(header.requests_hash, Some(system_logs_hash(&logs)), "{height}");
        logs
    };
    let founders = logged(0);
    let of = |event: B256| founders.iter().filter(|log| log.topics()[0] == event).count();
    assert_eq!(of(IStakeBook::NodeRegistered::SIGNATURE_HASH), usize::from(FIVE));
    assert_eq!(of(IStakeBook::Staked::SIGNATURE_HASH), usize::from(FIVE));
    let elections = [1, 2, LENGTH].map(|height| {
        let elected = logged(height).into_iter().filter_map(|log| ICommittee::CommitteeElected::decode_log(&log).ok());
        elected.map(|elected| elected.epoch).collect::<Vec<_>>()
    });
    assert_eq!(elections, [vec![0, 1], vec![], vec![2]]);

    // Who says that it was something else is wrong.
    let mut lied = block_at(&chain, 1).block().clone();
    lied.header.requests_hash = Some(system_logs_hash(&[]));
    let lied = Arc::new(SealedBlock::new(lied).expect("committed to"));
    let verdict = invalid(other.verify(&lied));
    let computed = system_logs_hash(&logged(1));
    assert_eq!(verdict, Invalid::RequestsHash { computed, found: Some(system_logs_hash(&[])) });
}

#[test]
fn founders_need_their_keys_and_their_stake() {
    let bare = World::with_alloc(|alloc| alloc);
    let file = bare.genesis.file().clone();
    let validator = bare.genesis.config().validators[0].clone();
    let founder = Founder {
        validator,
        operator: signer(1).address(),
        consent: Default::default(),
        stake: theta(1),
        commission: 0,
    };
    let error = found(file.clone(), TREASURY, &[founder], &[]).expect_err("no consent");
    assert!(matches!(&error, FoundingError::Call { call, .. } if call.starts_with("register(bytes")), "{error}");
    assert!(found(file, TREASURY, &[], &[]).is_ok_and(|file| file == *bare.genesis.file()), "nobody changes nothing");
}

#[test]
fn founders_whom_the_contract_does_not_elect_found_nothing() {
    let four = World::bare(4, LENGTH);
    let founders = World::founders(&four.genesis, theta(999_999));
    let with = |parameter, value| found(four.genesis.file().clone(), TREASURY, &founders, &[(parameter, value)]);
    let few = with(IParameters::Parameter::ValidatorStakeMin, theta(1_000_000)).expect_err("too little at stake");
    assert!(matches!(few, FoundingError::Committee { elected: 0, validators: 4 }), "{few}");
    assert!(with(IParameters::Parameter::ValidatorStakeMin, theta(999_999)).is_ok());

    // Of five, four.
    let five = World::bare(FIVE, LENGTH);
    let founders = World::founders(&five.genesis, theta(1_000_000));
    let parameters = [
        (IParameters::Parameter::SeatsPerOwner, U256::from(1)),
        (IParameters::Parameter::CommitteeSeats, U256::from(4)),
    ];
    let few = found(five.genesis.file().clone(), TREASURY, &founders, &parameters).expect_err("a seat too few");
    assert!(matches!(few, FoundingError::Committee { elected: 4, validators: 5 }), "{few}");
}

#[test]
fn who_resigns_has_no_seat_after_the_next_election() {
    let world = World::staked(FIVE, LENGTH, |alloc| alloc);
    let mut chain = world.chain();
    extend_to(&world, &mut chain, 2, &[0, 1, 2, 3]);
    let node = ask(&chain, STAKING, &nodeOfCall { operator: signer(5).address() });
    let tip = chain.tip().clone();
    let resign = operator(4, 0, COMMITTEE, &ICommittee::resignCall { node });
    let block = world.propose(&mut chain, &tip, 4, &[resign]);
    chain.finalize(&block, None).expect("finalizes");
    let four: Vec<_> = all()[..4].to_vec();

    // Block 5 elects for epoch 2, without it; epoch 1 was decided before and still has it.
    extend_to(&world, &mut chain, 2 * LENGTH - 1, &[4]);
    assert_eq!((seats(&chain, 1), seats(&chain, 2)), (Some(all()), Some(four)));
    let parent = chain.tip().clone();
    let stranger = chain.propose(world.proposal(&chain, &parent, 4), std::iter::empty());
    assert!(matches!(stranger, Err(crate::ChainError::Invalid(Invalid::Leader(leader))) if leader == identity(4)));
    extend_to(&world, &mut chain, 2 * LENGTH + 1, &[0, 1, 2]);

    // Certificates of the four, three of whom have to sign, and of the five before.
    let of_five = block_at(&chain, 2 * LENGTH - 1);
    let of_four = block_at(&chain, 2 * LENGTH);
    let held = vec![
        certificate_of_seats(&chain, &of_five, 5, &[0, 1, 3, 4]),
        certificate_of_seats(&chain, &of_four, 5, &[0, 1, 2, 3]),
        certificate_of_seats(&chain, &of_four, 4, &[0, 1]),
        certificate_of_seats(&chain, &of_four, 4, &[0, 1, 2]),
    ];
    let tip = chain.tip().clone();
    let proposal = Proposal { certificates: held.clone(), ..world.proposal(&chain, &tip, 0) };
    let (block, _) = chain.propose(proposal, std::iter::empty()).expect("proposes");
    assert_eq!(block.block().certificates, [held[0].clone(), held[3].clone()]);
    chain.finalize(&block, None).expect("finalizes");
    // The contract counts them, each by its epoch's seats.
    let counted = |epoch| {
        let participation = ask(&chain, COMMITTEE, &ICommittee::participationOfCall { epoch });
        (participation.included.to::<u64>(), participation.signed.iter().map(|n| n.to::<u64>()).collect::<Vec<_>>())
    };
    assert_eq!(counted(1), (1, vec![1, 1, 0, 1, 1]));
    assert_eq!(counted(2), (1, vec![1, 1, 1, 0]));
}

fn block_at(chain: &Chain, height: u64) -> SealedBlock {
    chain.store().block(Height::new(height)).expect("readable").expect("final")
}

/// Two first blocks of an epoch that decide differently: each branch follows its own.
#[test]
fn a_branch_has_the_terms_that_it_decided() {
    let world = World::staked(FIVE, 2, |alloc| alloc);
    let mut chain = world.chain();
    let genesis = chain.tip().clone();
    let node = |chain: &Chain| ask(chain, STAKING, &nodeOfCall { operator: signer(5).address() });
    let node = node(&chain);
    let resign = operator(4, 0, COMMITTEE, &ICommittee::resignCall { node });
    let with = world.propose(&mut chain, &genesis, 0, &[resign]);
    let without = world.propose(&mut chain, &genesis, 1, &[]);
    for (start, stays) in [(with, false), (without, true)] {
        // Block 2 elects for epoch 2, which begins with block 4.
        let mut tip = start;
        for _ in 0..2 {
            tip = world.propose(&mut chain, &tip, 0, &[]);
        }
        let mut other = world.chain();
        let stranger = chain.propose(world.proposal(&chain, &tip, 4), std::iter::empty());
        assert_eq!(stranger.is_ok(), stays);
        if let Ok((block, _)) = stranger {
            assert!(matches!(other.verify(&block), Err(crate::ChainError::UnknownParent(_))));
        }
    }
}

/// Takes the committee's contract away.
fn forget_committees(chain: &mut Chain) {
    let mut delta = StateDelta::default();
    let account = Some(Account { nonce: 1, balance: U256::ZERO, code_hash: KECCAK256_EMPTY });
    let gone = AccountDelta { account, storage_cleared: true, storage: Default::default() };
    delta.accounts.insert(COMMITTEE, gone);
    chain.amend(delta).expect("amends");
}

#[test]
fn a_node_that_starts_again_knows_the_same_terms() {
    let world = World::staked(FIVE, LENGTH, |alloc| alloc);
    let store = Store::memory();
    let mut chain = world.open(store.clone());
    let node = ask(&chain, STAKING, &nodeOfCall { operator: signer(5).address() });
    for height in 1..=16 * LENGTH + 1 {
        if height == 2 {
            let tip = chain.tip().clone();
            let resign = operator(4, 0, COMMITTEE, &ICommittee::resignCall { node });
            let block = world.propose(&mut chain, &tip, 4, &[resign]);
            chain.finalize(&block, None).expect("finalizes");
        }
        if height == 3 * LENGTH {
            // As a vote could replace it: nobody says any more who was elected, and the newest stays.
            forget_committees(&mut chain);
        }
        extend_to(&world, &mut chain, height, &[0, 1, 2, 3]);
        let again = world.open(store.clone());
        let oldest = height.saturating_sub(64) / LENGTH;
        for epoch in oldest..=height / LENGTH + 2 {
            assert_eq!(seats(&again, epoch), seats(&chain, epoch), "epoch {epoch} at {height}");
            assert_eq!(seats(&again, epoch).is_some(), epoch < height / LENGTH + 2, "epoch {epoch} at {height}");
            let rules = |chain: &Chain| chain.terms().of_epoch(Epoch::new(epoch)).map(|term| term.rules);
            assert_eq!(rules(&again), rules(&chain), "epoch {epoch} at {height}");
        }
    }
}

/// What a vote set, as if it had been set before genesis.
fn set(alloc: &mut [(Address, GenesisAccount)], parameter: IParameters::Parameter, value: u64) {
    let slot = keccak256([U256::from(parameter as u8).to_be_bytes::<32>(), [0; 32]].concat());
    let (_, account) = alloc.iter_mut().find(|(address, _)| *address == PARAMETERS).expect("of genesis");
    account.storage.get_or_insert_default().insert(slot, U256::from(value + 1).into());
}

#[test]
fn gas_limit_and_base_fee_follow_the_parameters_from_the_next_epoch_on() {
    let world = World::staked(FIVE, LENGTH, |mut alloc| {
        set(&mut alloc, IParameters::Parameter::GasLimit, 60_000_000);
        set(&mut alloc, IParameters::Parameter::BaseFeeFloor, 999_000_000);
        set(&mut alloc, IParameters::Parameter::BlockTimeMs, 50);
        set(&mut alloc, IParameters::Parameter::HeartbeatMs, 300);
        alloc
    });
    let (mut chain, mut node) = (world.chain(), world.chain());
    let mut fees = Vec::new();
    for height in 1..2 * LENGTH {
        let tip = chain.tip().clone();
        let block = world.propose(&mut chain, &tip, 0, &[]);
        node.verify(&block).expect("valid");
        node.finalize(&block, None).expect("finalizes");
        chain.finalize(&block, None).expect("finalizes");
        let limit = if height < LENGTH { 30_000_000 } else { 60_000_000 };
        assert_eq!(block.header().gas_limit, limit, "block {height}");
        fees.push(block.header().base_fee_per_gas.expect("it has one"));
        assert_eq!(chain.terms().next_base_fee(&tip.header().clone()), fees[fees.len() - 1]);
    }
    let (of_genesis, voted) = fees.split_at(LENGTH as usize - 1);
    assert!(of_genesis.iter().all(|fee| *fee < 999_000_000), "{fees:?}");
    assert!(voted.iter().all(|fee| *fee == 999_000_000), "{fees:?}");
    let rules = chain.terms().of_block(Height::new(LENGTH)).rules;
    let expected =
        EpochRules { gas_limit: 60_000_000, block_time_ms: 50, heartbeat_ms: 300, base_fee_floor: 999_000_000 };
    assert_eq!(rules, expected);
    assert_eq!(ask(&chain, EPOCHS, &IEpochs::rulesOfCall { epoch: 1 }).gasLimit, 60_000_000);

    // A block of the old limit is none of the new epoch's.
    let tip = chain.tip().clone();
    let honest = world.propose(&mut chain, &tip, 0, &[]);
    let mut changed = honest.block().clone();
    changed.header.gas_limit = 30_000_000;
    let changed = Arc::new(SealedBlock::new(changed).expect("ours"));
    let verdict = invalid(node.verify(&changed));
    assert_eq!(verdict, Invalid::GasLimit { expected: 60_000_000, found: 30_000_000 });
    let mut changed = honest.block().clone();
    changed.header.base_fee_per_gas = Some(998_999_999);
    let changed = Arc::new(SealedBlock::new(changed).expect("ours"));
    let verdict = invalid(node.verify(&changed));
    assert_eq!(verdict, Invalid::BaseFee { expected: 999_000_000, found: Some(998_999_999) });
}

#[test]
fn no_vote_makes_blocks_longer_than_a_leader_has_time_for() {
    let mut file = World::staked(FIVE, LENGTH, |alloc| alloc).genesis.file().clone();
    file.config.extra_fields.get_mut("edgeloom").expect("is there")["leaderTimeoutMs"] = 1_500.into();
    let world = World { genesis: Genesis::new(file).expect("valid genesis").into() };
    let mut chain = world.chain();
    extend_to(&world, &mut chain, LENGTH, &[0]);
    assert_eq!(ask(&chain, EPOCHS, &IEpochs::rulesOfCall { epoch: 1 }).gasLimit, 90_000_000);
    assert_eq!(chain.tip().header().gas_limit, 45_000_000, "in 750 ms at 60 Mgas/s");
}

/// A seat that signs nothing is judged by the certificates in bodies, jailed, slashed and not elected any more.
#[test]
fn a_validator_that_signs_nothing_is_slashed_and_leaves() {
    const LONG: u64 = 30;
    let world = World::staked(FIVE, LONG, |alloc| alloc);
    let mut chain = world.chain();
    let node = ask(&chain, STAKING, &nodeOfCall { operator: signer(5).address() });
    let stake = |chain: &Chain| ask(chain, STAKING, &describeCall { node }).stake;
    assert_eq!(stake(&chain), theta(1_000_000));
    while chain.tip().height().get() < 2 * LONG {
        let tip = chain.tip().clone();
        let certificates = if tip.height() == Height::GENESIS {
            vec![]
        } else {
            vec![certificate_of_seats(&chain, &tip, FIVE, &[0, 1, 2, 3])]
        };
        let proposal = Proposal { certificates, ..world.proposal(&chain, &tip, 0) };
        let (block, _) = chain.propose(proposal, std::iter::empty()).expect("proposes");
        chain.finalize(&block, None).expect("finalizes");
    }
    // Epoch 0 is judged by the first block of epoch 2, which elects for epoch 3.
    assert!(stake(&chain) < theta(1_000_000), "slashed");
    let described = ask(&chain, STAKING, &describeCall { node });
    assert!(described.jailedUntil.to::<u64>() > chain.tip().header().timestamp, "jailed");
    assert_eq!((seats(&chain, 2), seats(&chain, 3)), (Some(all()), Some(all()[..4].to_vec())));
}
