use super::*;
use crate::{
    decode::decode,
    testing::{
        Blocks, REQUESTER, Tx, WORKER,
        market::{SHY, deals, paid, pool_opened},
    },
};
use alloy::primitives::aliases::U40;

fn project(blocks: &Blocks) -> Result<Rows, super::super::Inconsistent> {
    let mut rows = Rows::default();
    for block in &blocks.feed {
        rows.project(&decode(block).expect("a block of ours"))?;
    }
    Ok(rows)
}

fn after(txs: Vec<Tx>) -> Result<Rows, super::super::Inconsistent> {
    let mut blocks = Blocks::new(0);
    blocks.push([vec![paid(REQUESTER, &pool_opened())], txs].concat());
    project(&blocks)
}

const POOL: U256 = U256::ONE;

#[test]
fn what_vouchers_are_redeemed_for_adds_up() {
    let rows = project(&deals()).expect("consistent");
    let pool = rows.pools[&1].row();
    assert_eq!((pool.phase, pool.notice, pool.opened_block), (PoolPhase::Open, 3600, 7));
    assert_eq!((pool.deposited_wei.as_str(), pool.collateral_wei.as_str()), ("5000", "500"));
    // Two vouchers of one pair, of which the second has the total.
    assert_eq!((pool.earmarked_wei.as_str(), pool.redeemed_wei.as_str()), ("3000", "1500"));
    assert_eq!((pool.collected_wei.as_str(), pool.skipped), ("1000", 1));
    let pair = rows.pairs[&(1, Address::ZERO, WORKER)].row();
    assert_eq!((pair.ceiling_gwei.as_str(), pair.redeemed_wei.as_str()), ("3", "1500"));
    assert_eq!((pair.collected_wei.as_str(), pair.session), ("1000", None));
    assert_eq!((pair.skipped, pair.skipped_reason), (1, Some(SkipReason::NothingOwed)));
    // A voucher of no pool is nobody's.
    assert_eq!((rows.pools.len(), rows.pairs.len()), (1, 1));
    let session = rows.sessions[&(1, SHY)].row();
    assert_eq!((session.payee, session.cap_gwei.as_str()), (None, "9"));
    assert_eq!((session.expiry, session.revoked), (1_700_000_500, true));
}

#[test]
fn what_is_released_and_taken_back_is_told() {
    let (session, payee) = (Address::ZERO, WORKER);
    let earmarked = IPaymentPool::Earmarked { pool: POOL, payee, session, ceilingGwei: 9, amount: U256::from(9_000) };
    let announced =
        IPaymentPool::ReleaseAnnounced { pool: POOL, payee, session, toGwei: 4, from: U40::from(1_700_003_600) };
    let released = IPaymentPool::Released { pool: POOL, payee, session, amount: U256::from(5_000) };
    let closing = IPaymentPool::CloseAnnounced { pool: POOL, from: U40::from(1_700_007_200) };
    let taken = IPaymentPool::TakenBack { pool: POOL, amount: U256::from(10) };
    let closed = IPaymentPool::PoolClosed { pool: POOL, amount: U256::from(90) };
    let before = vec![paid(REQUESTER, &earmarked), paid(REQUESTER, &announced)];
    let rows = after(before.clone()).expect("consistent");
    assert_eq!(rows.pairs[&(1, session, payee)].ceiling_gwei, 9);
    let rest = vec![paid(REQUESTER, &released), paid(REQUESTER, &taken), paid(REQUESTER, &closing)];
    let txs = [before, rest].concat();
    let rows = after(txs.clone()).expect("consistent");
    assert_eq!((rows.pairs[&(1, session, payee)].ceiling_gwei, rows.pools[&1].earmarked), (4, U256::from(4_000)));
    let row = rows.pools[&1].row();
    assert_eq!((row.phase, row.until, row.closed_block), (PoolPhase::Closing, Some(1_700_007_200), None));
    let row = after([txs, vec![paid(REQUESTER, &closed)]].concat()).expect("consistent").pools[&1].row();
    assert_eq!((row.phase, row.taken_back_wei.as_str(), row.closed_block), (PoolPhase::Closed, "100", Some(1)));
}

#[test]
fn who_signs_too_much_forfeits() {
    let (session, payee) = (SHY, WORKER);
    let shown = IPaymentPool::Overspent {
        pool: POOL,
        prover: WORKER,
        owed: U256::from(70),
        free: U256::from(60),
        until: U40::from(1_700_003_600),
    };
    let claimed = IPaymentPool::Claimed { pool: POOL, payee, session, amount: U256::from(70) };
    let settled =
        IPaymentPool::PoolSettled { pool: POOL, claims: U256::from(70), shared: U256::from(65), burned: U256::from(5) };
    let awarded = IPaymentPool::Awarded { pool: POOL, payee, session, amount: U256::from(65) };
    let rows = after(vec![paid(WORKER, &shown)]).expect("consistent");
    let row = rows.pools[&1].row();
    assert_eq!(
        (row.phase, row.until, row.owed_wei.as_deref()),
        (PoolPhase::Forfeited, Some(1_700_003_600), Some("70"))
    );
    assert_eq!((row.prover.as_deref(), row.claims_wei), (Some("0x2222222222222222222222222222222222222222"), None));
    let txs = vec![paid(WORKER, &shown), paid(WORKER, &claimed), paid(SHY, &settled), paid(SHY, &awarded)];
    let rows = after(txs).expect("consistent");
    let row = rows.pools[&1].row();
    assert_eq!(
        (row.phase, row.shared_wei.as_deref(), row.burned_wei.as_deref()),
        (PoolPhase::Settled, Some("65"), Some("5"))
    );
    let pair = rows.pairs[&(1, session, payee)].row();
    assert_eq!((pair.claimed_wei.as_str(), pair.awarded_wei.as_str()), ("70", "65"));
}

#[test]
fn what_has_no_beginning_is_a_contradiction() {
    let other = IPaymentPool::PoolClosed { pool: U256::from(2), amount: U256::ONE };
    let wrong = after(vec![paid(REQUESTER, &other)]).expect_err("no such pool");
    assert!(matches!(wrong.what, Contradiction::PoolUnknown(id) if id == U256::from(2)));
    let wrong = after(vec![paid(REQUESTER, &pool_opened())]).expect_err("twice");
    assert!(matches!(wrong.what, Contradiction::PoolKnown(1)));
    let revoked = IPaymentPool::Revoked { pool: POOL, session: SHY, expiry: 1 };
    let wrong = after(vec![paid(REQUESTER, &revoked)]).expect_err("no session");
    assert!(matches!(wrong.what, Contradiction::SessionUnknown(1, SHY)));
}
