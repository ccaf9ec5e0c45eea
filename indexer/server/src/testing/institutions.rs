//! A short history of stakes, committees, checkpoints and votes, genesis and blocks' own calls included.

use super::{Blocks, ETHER, REQUESTER, Tx, WORKER};
use alloy::{
    primitives::{Address, B256, Bytes, Log, U256, aliases::U40},
    sol_types::SolEvent,
};
use edgeloom_bindings::{
    Governor, ICheckpoints, ICommittee,
    IParameters::{self, Parameter},
    IStakeBook, IStaking, addresses,
};

/// Runs and owns validator 1.
pub(crate) const FOUNDER: Address = Address::repeat_byte(0xf1);
/// Runs guardian 2.
pub(crate) const GUARDIAN: Address = Address::repeat_byte(0x6a);
/// Stakes on both.
pub(crate) const STAKER: Address = Address::repeat_byte(0x57);
pub(crate) const STAKE: u128 = 1000 * ETHER;
pub(crate) const PROPOSAL: U256 = U256::from_limbs([1, 2, 3, 4]);

pub(crate) fn log(contract: Address, event: &impl SolEvent) -> Log {
    Log { address: contract, data: event.encode_log_data() }
}

pub(crate) fn wei(amount: u128) -> U256 {
    U256::from(amount)
}

pub(crate) fn registered(node: u32, operator: Address, role: IStaking::Role) -> IStakeBook::NodeRegistered {
    IStakeBook::NodeRegistered { node, owner: operator, operator, role: role as u8 }
}

pub(crate) fn staked(node: u32, source: Address, amount: u128) -> IStakeBook::Staked {
    IStakeBook::Staked { node, source, amount: wei(amount), shares: wei(amount) }
}

pub(crate) fn unstaked(node: u32, source: Address, amount: u128, release: u64) -> IStakeBook::Unstaked {
    let (amount, release) = (wei(amount), U40::from(release));
    IStakeBook::Unstaked { node, source, amount, shares: amount, epoch: 0, release }
}

/// Of which `unstaking` was leaving.
pub(crate) fn slashed(node: u32, lost: u128, unstaking: u128, reason: u8) -> IStakeBook::NodeSlashed {
    let (lost, unstaking) = (wei(lost), wei(unstaking));
    let (reporter, to_reporter) = if reason == 2 { (REQUESTER, lost / wei(10)) } else { (Address::ZERO, U256::ZERO) };
    IStakeBook::NodeSlashed { node, epoch: 1, lost, unstaking, toReporter: to_reporter, reporter, reason }
}

pub(crate) fn elected(epoch: u32, nodes: &[u32]) -> ICommittee::CommitteeElected {
    ICommittee::CommitteeElected { epoch, nodes: nodes.to_vec(), totalStake: U256::from(7_000_000_000_u64) }
}

pub(crate) fn certified(height: u64) -> ICheckpoints::Certified {
    ICheckpoints::Certified {
        height,
        blockHash: B256::repeat_byte(height as u8),
        signedStake: U256::from(700),
        totalStake: U256::from(1000),
        signers: Bytes::from_static(&[0b101]),
    }
}

pub(crate) fn proposed() -> Governor::ProposalCreated {
    Governor::ProposalCreated {
        proposalId: PROPOSAL,
        proposer: FOUNDER,
        targets: vec![addresses::PARAMETERS],
        values: vec![U256::ZERO],
        signatures: vec![String::new()],
        calldatas: vec![Bytes::from_static(&[1, 2, 3])],
        voteStart: U256::from(10),
        voteEnd: U256::from(20),
        description: "# More gas\nBlocks are full.".into(),
    }
}

pub(crate) fn vote(voter: Address, support: u8, weight: u128) -> Governor::VoteCast {
    Governor::VoteCast { voter, proposalId: PROPOSAL, support, weight: wei(weight), reason: "why not".into() }
}

/// Of THETA's book, unless the contract is given.
pub(crate) fn tx(from: Address, event: &impl SolEvent) -> Tx {
    Tx::new(from, addresses::STAKING).log(addresses::STAKING, event)
}

fn governed(from: Address, event: &impl SolEvent) -> Tx {
    Tx::new(from, addresses::GOVERNOR).log(addresses::GOVERNOR, event)
}

/// Genesis has validator 1; guardian 2 joins, who stakes moves, a vote passes, a block is certified, and a block of its own
/// accord elects, jails and slashes.
pub(crate) fn history() -> Blocks {
    let identity = B256::repeat_byte(0x1d);
    let entered = ICommittee::CandidateEntered {
        node: 1,
        identity,
        publicKey: Bytes::from_static(&[1; 48]),
        beneficiary: FOUNDER,
    };
    let genesis = [
        log(addresses::STAKING, &registered(1, FOUNDER, IStaking::Role::Validator)),
        log(addresses::STAKING, &IStakeBook::CommissionChanged { node: 1, commission: 500, fromEpoch: 0 }),
        log(addresses::STAKING, &staked(1, FOUNDER, STAKE)),
        log(addresses::COMMITTEE, &entered),
    ];
    let mut blocks = Blocks::founded(0, &genesis);
    let elections = [log(addresses::COMMITTEE, &elected(0, &[1])), log(addresses::COMMITTEE, &elected(1, &[1]))];
    blocks.push_with(
        &elections,
        vec![
            tx(GUARDIAN, &registered(2, GUARDIAN, IStaking::Role::Guardian)),
            tx(STAKER, &staked(1, STAKER, STAKE)),
            governed(FOUNDER, &proposed()),
        ],
    );
    let moved = IStakeBook::Redelegated {
        from: 1,
        to: 2,
        source: STAKER,
        amount: wei(STAKE / 4),
        epoch: 0,
        until: U40::from(1_700_000_900),
    };
    blocks.push(vec![
        tx(STAKER, &unstaked(1, STAKER, STAKE / 2, 1_700_000_800)),
        tx(STAKER, &moved),
        governed(STAKER, &vote(STAKER, 1, 3 * ETHER)),
        governed(WORKER, &vote(WORKER, 0, 2 * ETHER)),
        governed(GUARDIAN, &vote(GUARDIAN, 2, ETHER)),
    ]);
    let extended = ICheckpoints::Extended {
        height: 1,
        signedStake: U256::from(900),
        totalStake: U256::from(1000),
        signers: Bytes::from_static(&[0b111]),
    };
    blocks.push(vec![Tx::new(GUARDIAN, addresses::CHECKPOINTS).log(addresses::CHECKPOINTS, &certified(1))]);
    let queued = Governor::ProposalQueued { proposalId: PROPOSAL, etaSeconds: U256::from(1_700_000_700) };
    blocks.push(vec![
        Tx::new(WORKER, addresses::CHECKPOINTS).log(addresses::CHECKPOINTS, &extended),
        governed(FOUNDER, &queued),
    ]);
    // A tenth of all that validator 1 had in epoch 1: 1,250 of stake and 500 that is leaving.
    let punished = [
        log(
            addresses::COMMITTEE,
            &ICommittee::SeatNotLive { epoch: 0, node: 1, signed: U256::from(3), included: U256::from(20) },
        ),
        log(addresses::STAKING, &slashed(1, STAKE * 175 / 1000, STAKE / 20, 1)),
        log(addresses::STAKING, &IStakeBook::NodeJailed { node: 1, until: U40::from(1_700_001_000) }),
        log(addresses::COMMITTEE, &ICommittee::CommitteeKept { epoch: 2, before: 1 }),
        log(addresses::STAKING, &IStakeBook::Rewarded { node: 1, amount: wei(40 * ETHER), commission: wei(2 * ETHER) }),
    ];
    let set = IParameters::ParameterSet {
        parameter: Parameter::GasLimit,
        before: U256::from(30_000_000),
        value: U256::from(40_000_000),
    };
    let executed = Governor::ProposalExecuted { proposalId: PROPOSAL };
    blocks.push_with(
        &punished,
        vec![
            governed(WORKER, &executed).log(addresses::PARAMETERS, &set),
            tx(FOUNDER, &IStakeBook::Claimed { node: 1, source: FOUNDER, amount: wei(5 * ETHER) }),
        ],
    );
    blocks
}
