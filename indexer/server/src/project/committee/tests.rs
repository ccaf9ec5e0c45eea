use crate::{
    decode::decode,
    project::{Contradiction, Inconsistent, Rows},
    testing::{
        Blocks, Tx,
        institutions::{GUARDIAN, certified, elected, history, log},
    },
};
use edgeloom_bindings::{ICheckpoints, ICommittee, addresses};
use edgeloom_index_api::NotLiveRow;

fn project(blocks: &Blocks) -> Result<Rows, Inconsistent> {
    let mut rows = Rows::default();
    for block in &blocks.feed {
        rows.project(&decode(block).expect("a block of ours"))?;
    }
    Ok(rows)
}

#[test]
fn committees_are_elected_kept_and_judged() {
    let mut blocks = history();
    blocks.push_with(&[log(addresses::COMMITTEE, &ICommittee::CommitteeKept { epoch: 3, before: 2 })], vec![]);
    blocks.push_with(&[log(addresses::COMMITTEE, &elected(4, &[2, 1]))], vec![]);
    let rows = project(&blocks).unwrap();
    let of = |epoch| rows.committees[&epoch].row();
    assert_eq!((of(0).nodes, of(0).kept_from, of(0).block), (vec![1], None, 1));
    assert_eq!(of(0).not_live, [NotLiveRow { node: 1, signed: 3, included: 20 }]);
    assert_eq!((of(2).nodes, of(2).kept_from, of(2).block), (vec![1], Some(1), 5));
    assert_eq!(of(3).kept_from, Some(1), "since when");
    assert_eq!((of(4).nodes, of(4).total_stake_gwei.as_str()), (vec![2, 1], "7000000000"));
    assert!(of(1).not_live.is_empty() && of(2).not_live.is_empty());
}

#[test]
fn a_candidate_that_leaves_stands_no_more() {
    let mut blocks = history();
    blocks.push(vec![
        Tx::new(GUARDIAN, addresses::COMMITTEE).log(addresses::COMMITTEE, &ICommittee::CandidateLeft { node: 1 }),
    ]);
    let rows = project(&blocks).unwrap();
    assert!(rows.nodes.values().all(|node| node.identity.is_none()));
}

#[test]
fn unions_add_to_a_checkpoint() {
    let row = project(&history()).unwrap().checkpoints[&1].row();
    assert_eq!((row.signed_stake_gwei.as_str(), row.total_stake_gwei.as_str()), ("900", "1000"));
    assert_eq!((row.signers.as_str(), row.unions), ("0x07", 1));
    assert_eq!(row.submitter, GUARDIAN.to_string().to_lowercase(), "who was first");
    assert_eq!((row.block, row.block_hash), (3, format!("0x{}", "01".repeat(32))));
}

#[test]
fn events_without_their_past_are_contradictions() {
    let wrong = |contract, event: &dyn Fn(Tx) -> Tx| {
        let mut blocks = history();
        blocks.push(vec![event(Tx::new(GUARDIAN, contract))]);
        project(&blocks).expect_err("contradicts").what
    };
    let (kept, extended) = (
        ICommittee::CommitteeKept { epoch: 9, before: 8 },
        ICheckpoints::Extended {
            height: 2,
            signedStake: certified(2).signedStake,
            totalStake: certified(2).totalStake,
            signers: certified(2).signers,
        },
    );
    let error = wrong(addresses::COMMITTEE, &|tx| tx.log(addresses::COMMITTEE, &kept));
    assert!(matches!(error, Contradiction::CommitteeMissing(8)), "{error}");
    let error = wrong(addresses::CHECKPOINTS, &|tx| tx.log(addresses::CHECKPOINTS, &extended));
    assert!(matches!(error, Contradiction::CheckpointMissing(2)), "{error}");
}
