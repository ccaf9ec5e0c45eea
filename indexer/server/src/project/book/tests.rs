use crate::{
    decode::decode,
    project::{Contradiction, Inconsistent, Rows},
    record::{NodeKey, Position},
    testing::{
        Blocks, ETHER, Tx, busy,
        institutions::{
            FOUNDER, GUARDIAN, STAKE, STAKER, history, log, registered, slashed, staked, tx, unstaked, wei,
        },
    },
};
use alloy::primitives::{U256, aliases::U40};
use edgeloom_bindings::{IStakeBook, IStaking, addresses};
use edgeloom_index_api::{Asset, Role};

fn project(blocks: &Blocks) -> Result<Rows, Inconsistent> {
    let mut rows = Rows::default();
    for block in &blocks.feed {
        rows.project(&decode(block).expect("a block of ours"))?;
    }
    Ok(rows)
}

fn after(txs: Vec<Tx>) -> Result<Rows, Inconsistent> {
    let mut blocks = history();
    blocks.push(txs);
    project(&blocks)
}

const fn validator() -> NodeKey {
    NodeKey::new(Asset::Theta, 1)
}

fn position(rows: &Rows, node: NodeKey) -> &Position {
    &rows.positions[&(node, STAKER)]
}

#[test]
fn stake_moves_leaves_and_is_slashed_where_it_is() {
    let rows = project(&history()).unwrap();
    let row = rows.nodes[&validator()].row();
    assert_eq!((row.asset, row.number, row.role), (Asset::Theta, 1, Role::Validator));
    // 2,000 came, 500 left, 250 moved, and a tenth of what is there was slashed.
    assert_eq!(row.stake_wei, (STAKE * 1125 / 1000).to_string());
    assert_eq!(row.unstaking_wei, (STAKE * 45 / 100).to_string());
    assert_eq!(row.slashed_wei, (STAKE * 175 / 1000).to_string());
    assert_eq!((row.jailed_until, row.banned, row.commission), (Some(1_700_001_000), false, 500));
    assert_eq!((row.rewarded_wei, row.commission_wei), ((40 * ETHER).to_string(), (2 * ETHER).to_string()));
    assert!(row.identity.is_some(), "it stands for the committee");
    assert_eq!((row.first_block, row.last_block), (0, 5));
    let guardian = rows.nodes[&NodeKey::new(Asset::Theta, 2)].row();
    assert_eq!((guardian.role, guardian.stake_wei), (Role::Guardian, (STAKE / 4).to_string()));

    let own = position(&rows, validator()).row();
    assert_eq!((own.staked_wei, own.unstaking_wei), ((STAKE / 4).to_string(), (STAKE / 2).to_string()));
    assert_eq!(own.unstaking_until, Some(1_700_000_800));
    let moved = position(&rows, NodeKey::new(Asset::Theta, 2)).row();
    assert_eq!((moved.staked_wei, moved.unstaking_until), ((STAKE / 4).to_string(), None));
    assert_eq!(rows.positions[&(validator(), FOUNDER)].claimed, wei(5 * ETHER));

    let [slash] = rows.slashes.as_slice() else { panic!("{:?}", rows.slashes) };
    let slash = slash.row();
    assert_eq!((slash.node, slash.epoch, slash.reason, slash.block), (1, 1, 1, 5));
    assert_eq!((slash.unstaking_wei, slash.reporter), ((STAKE / 20).to_string(), None));
    assert_eq!(slash.tx, format!("0x{}", "0".repeat(64)), "no transaction did it");
}

#[test]
fn what_had_moved_is_slashed_where_it_went() {
    let reckoned = IStakeBook::LossReckoned { node: 2, source: STAKER, lost: wei(STAKE / 10) };
    let settled = tx(STAKER, &reckoned).log(addresses::STAKING, &slashed(1, STAKE / 10, 0, 0));
    let rows = after(vec![settled]).unwrap();
    let stake = |number| rows.nodes[&NodeKey::new(Asset::Theta, number)].stake;
    assert_eq!((stake(1), stake(2)), (wei(STAKE * 1125 / 1000), wei(STAKE * 15 / 100)));
    assert_eq!(position(&rows, NodeKey::new(Asset::Theta, 2)).staked, wei(STAKE * 15 / 100));
    assert_eq!(rows.slashes[1].node, validator(), "whose fault it was");
    let alone = after(vec![tx(STAKER, &slashed(1, STAKE / 10, 0, 0))]).expect_err("of whom?");
    assert!(matches!(alone.what, Contradiction::StakeOf(_)), "{alone}");
}

#[test]
fn a_reporter_is_named_and_a_ban_is_for_ever() {
    let banned = IStakeBook::NodeJailed { node: 1, until: U40::MAX };
    let rows = after(vec![
        tx(GUARDIAN, &slashed(1, STAKE / 10, 0, 2)),
        tx(GUARDIAN, &banned),
        tx(FOUNDER, &IStakeBook::NodeJailed { node: 2, until: U40::from(7) }),
        tx(FOUNDER, &IStakeBook::NodeUnjailed { node: 2 }),
    ])
    .unwrap();
    let slash = rows.slashes[1].row();
    assert_eq!(slash.to_reporter_wei, (STAKE / 100).to_string());
    assert_eq!(slash.reporter.as_deref(), Some("0x1111111111111111111111111111111111111111"));
    assert!(rows.nodes[&validator()].row().banned);
    assert_eq!(rows.nodes[&NodeKey::new(Asset::Theta, 2)].jailed_until, None);
}

#[test]
fn what_is_redeemed_is_gone() {
    let redeemed =
        IStakeBook::Redeemed { node: 1, source: STAKER, amount: wei(STAKE * 45 / 100), lost: wei(STAKE / 20) };
    let rows = after(vec![tx(STAKER, &redeemed)]).unwrap();
    assert_eq!(rows.nodes[&validator()].unstaking, U256::ZERO);
    let position = position(&rows, validator());
    assert_eq!((position.unstaking, position.unstaking_until), (U256::ZERO, None));
}

#[test]
fn owners_and_operators_change() {
    let rows = after(vec![
        tx(STAKER, &IStakeBook::OwnerChanged { node: 1, owner: STAKER }),
        tx(GUARDIAN, &IStakeBook::OperatorAppointed { node: 1, operator: GUARDIAN }),
        tx(GUARDIAN, &IStakeBook::OperatorChanged { node: 1, before: FOUNDER, operator: GUARDIAN }),
        tx(STAKER, &IStakeBook::CommissionChanged { node: 1, commission: 700, fromEpoch: 9 }),
    ])
    .unwrap();
    let node = &rows.nodes[&validator()];
    assert_eq!((node.owner, node.operator, node.commission, node.commission_from), (STAKER, GUARDIAN, 700, 9));
}

#[test]
fn nodes_of_the_two_books_are_apart() {
    let rows = project(&busy(3)).unwrap();
    let [key] = rows.nodes.keys().copied().collect::<Vec<_>>()[..] else { panic!("{:?}", rows.nodes) };
    assert_eq!((key.asset(), key.number()), (Asset::Tfuel, 1));
    let (node, worker) = (&rows.nodes[&key], &rows.workers[&rows.nodes[&key].operator]);
    assert_eq!((node.role, node.stake, node.slashed), (Role::Edge, worker.stake(), worker.slashed));
    assert_ne!(key, validator());
    assert_eq!((key.to_string(), validator().to_string()), ("1 of TFUEL".into(), "1 of THETA".into()));
    assert_eq!(NodeKey::of_id(NodeKey::new(Asset::Theta, u32::MAX).id()), Some(NodeKey::new(Asset::Theta, u32::MAX)));
    assert_eq!(NodeKey::of_id(1 << 33), None);
}

#[test]
fn events_without_their_past_are_contradictions() {
    let wrong = |tx: Tx| after(vec![tx]).expect_err("contradicts").what;
    let missing = tx(STAKER, &staked(9, STAKER, 1));
    assert!(matches!(wrong(missing), Contradiction::NodeMissing(key) if key.number() == 9));
    let twice = tx(STAKER, &registered(1, STAKER, IStaking::Role::Validator));
    assert!(matches!(wrong(twice), Contradiction::NodeKnown(_)));
    let none = tx(STAKER, &registered(3, STAKER, IStaking::Role::None));
    assert!(matches!(wrong(none), Contradiction::NodeRole(_)));
    let too_much = tx(STAKER, &unstaked(1, STAKER, 9 * STAKE, 0));
    assert!(matches!(wrong(too_much), Contradiction::StakeOf(_)));
    let strangers = tx(GUARDIAN, &unstaked(1, GUARDIAN, 1, 0));
    assert!(matches!(wrong(strangers), Contradiction::StakeOf(_)), "it has nothing there");
    let lost = slashed(1, 1, 2, 1);
    let mut blocks = history();
    blocks.push_with(&[log(addresses::STAKING, &lost)], vec![]);
    assert!(matches!(project(&blocks).expect_err("more than all").what, Contradiction::StakeOf(_)));
}
