use crate::{
    decode::decode,
    project::{Contradiction, Inconsistent, Rows},
    testing::{
        Blocks, ETHER, Tx, WORKER,
        institutions::{FOUNDER, PROPOSAL, history, proposed, vote},
    },
};
use alloy::primitives::{B256, U256, b256};
use edgeloom_bindings::{Governor, Timelock, addresses};
use edgeloom_index_api::{ProposalPhase, Support};

fn project(blocks: &Blocks) -> Result<Rows, Inconsistent> {
    let mut rows = Rows::default();
    for block in &blocks.feed {
        rows.project(&decode(block).expect("a block of ours"))?;
    }
    Ok(rows)
}

fn after(tx: Tx) -> Result<Rows, Inconsistent> {
    let mut blocks = history();
    blocks.push(vec![tx]);
    project(&blocks)
}

fn to_governor() -> Tx {
    Tx::new(WORKER, addresses::GOVERNOR)
}

#[test]
fn a_proposal_lives_from_proposed_to_executed() {
    let rows = project(&history()).unwrap();
    let row = rows.proposals[&PROPOSAL].row();
    assert_eq!((row.number, row.id.as_str()), (1, PROPOSAL.to_string().as_str()));
    assert_eq!((row.title.as_str(), row.phase), ("# More gas", ProposalPhase::Executed));
    assert_eq!((row.vote_start, row.vote_end, row.executable_from), (10, 20, Some(1_700_000_700)));
    let votes = [row.for_wei, row.against_wei, row.abstain_wei];
    assert_eq!(votes, [3 * ETHER, 2 * ETHER, ETHER].map(|weight| weight.to_string()));
    assert_eq!((row.voters, row.proposed_block, row.closed_block), (3, 1, Some(5)));
    let votes: Vec<_> = rows.votes.iter().map(|vote| (vote.id, vote.support)).collect();
    assert_eq!(votes, [(1, Support::For), (2, Support::Against), (3, Support::Abstain)]);
    let [(id, text)] = rows.texts.as_slice() else { panic!("{:?}", rows.texts) };
    assert_eq!((*id, text.description.as_str()), (PROPOSAL, "# More gas\nBlocks are full."));
    assert_eq!(text.calls[0].target, addresses::PARAMETERS.to_string().to_lowercase());
    assert_eq!((text.calls[0].value_wei.as_str(), text.calls[0].data.as_str()), ("0", "0x010203"));
    let change = rows.parameter_changes[0].row();
    assert_eq!((change.parameter.as_str(), change.before.as_str()), ("GasLimit", "30000000"));
    assert_eq!((change.value.as_str(), change.block), ("40000000", 5));
}

#[test]
fn a_canceled_proposal_and_votes_with_parameters_count() {
    let canceled = Governor::ProposalCanceled { proposalId: PROPOSAL };
    let rows = after(to_governor().log(addresses::GOVERNOR, &canceled)).unwrap();
    assert_eq!(rows.proposals[&PROPOSAL].phase, ProposalPhase::Canceled);
    let vote = Governor::VoteCastWithParams {
        voter: FOUNDER,
        proposalId: PROPOSAL,
        support: 1,
        weight: U256::from(ETHER),
        reason: "é".repeat(2000),
        params: Default::default(),
    };
    let rows = after(to_governor().log(addresses::GOVERNOR, &vote)).unwrap();
    assert_eq!(rows.proposals[&PROPOSAL].votes_for, U256::from(4 * ETHER));
    assert_eq!(rows.votes[3].reason.chars().count(), 1000, "lists are bounded");
}

#[test]
fn who_executes_in_the_timelock_itself_executes_the_proposal() {
    let id = b256!("b95a48ae8bab01f1111d96358b4df1f25b316c4c8aaaa944378db7042109e5ba");
    let call = |id| Timelock::CallExecuted {
        id,
        index: U256::ZERO,
        target: addresses::PARAMETERS,
        value: U256::ZERO,
        data: Default::default(),
    };
    let to_timelock = || Tx::new(WORKER, addresses::TIMELOCK);
    let mut blocks = history();
    blocks.feed.truncate(5);
    let done = |event: &dyn Fn(Tx) -> Tx| {
        let mut blocks = blocks.clone();
        blocks.push(vec![event(to_timelock())]);
        let rows = project(&blocks).unwrap();
        (rows.proposals[&PROPOSAL].phase, rows.proposals[&PROPOSAL].closed.is_some())
    };
    assert_eq!(done(&|tx| tx.log(addresses::TIMELOCK, &call(id))), (ProposalPhase::Executed, true));
    let cancelled = Timelock::Cancelled { id };
    assert_eq!(done(&|tx| tx.log(addresses::TIMELOCK, &cancelled)), (ProposalPhase::Canceled, true));
    let other = call(B256::repeat_byte(1));
    assert_eq!(done(&|tx| tx.log(addresses::TIMELOCK, &other)), (ProposalPhase::Queued, false));
}

#[test]
fn events_without_their_past_are_contradictions() {
    let unknown = Governor::ProposalExecuted { proposalId: U256::from(5) };
    let error = after(to_governor().log(addresses::GOVERNOR, &unknown)).expect_err("never made").what;
    assert!(matches!(error, Contradiction::ProposalMissing(_)), "{error}");
    let error = after(to_governor().log(addresses::GOVERNOR, &proposed())).expect_err("twice").what;
    assert!(matches!(error, Contradiction::ProposalKnown(PROPOSAL)), "{error}");
    let error = after(to_governor().log(addresses::GOVERNOR, &vote(WORKER, 3, 1))).expect_err("what?").what;
    assert!(matches!(error, Contradiction::Support(PROPOSAL)), "{error}");
}
