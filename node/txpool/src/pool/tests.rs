use super::{Limits, Origin, Pool};
use crate::Rejection;
use alloy::{
    consensus::Transaction,
    eips::eip2718::Encodable2718 as _,
    primitives::{Address, B256, KECCAK256_EMPTY, Signature, TxKind, U256},
};
use alloy_consensus::{
    SignableTransaction, TxEip1559, TxEip4844, TxEip4844Variant, TxEnvelope, TxLegacy, transaction::Recovered,
};
use edgeloom_types::Account;
use proptest::prelude::{Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

mod delegation;
mod locals;

const CHAIN: u64 = 31337;
const RICH: Account = Account { nonce: 0, balance: U256::MAX, code_hash: KECCAK256_EMPTY };
const GAS_LIMIT: u64 = 90_000_000;

fn request(nonce: u64, tip: u128) -> TxEip1559 {
    TxEip1559 {
        chain_id: CHAIN,
        nonce,
        gas_limit: 21_000,
        max_fee_per_gas: 1_000 + tip,
        max_priority_fee_per_gas: tip,
        to: TxKind::Call(Address::ZERO),
        ..Default::default()
    }
}

fn sign(sender: u8, request: TxEip1559) -> Arc<Recovered<TxEnvelope>> {
    let envelope = request.into_signed(Signature::test_signature()).into();
    Arc::new(Recovered::new_unchecked(envelope, Address::repeat_byte(sender)))
}

/// Distinct senders must not make equal hashes, so the value carries the sender.
fn tx(sender: u8, nonce: u64, tip: u128) -> Arc<Recovered<TxEnvelope>> {
    sign(sender, TxEip1559 { value: U256::from(sender), ..request(nonce, tip) })
}

fn pool(total: usize) -> Pool {
    Pool::new(CHAIN, 0, Limits { total, locals: 0, ..Limits::default() })
}

fn local(pool: &Pool, tx: &Arc<Recovered<TxEnvelope>>) -> Result<B256, Rejection> {
    pool.admit(tx.clone(), Origin::Local, RICH, GAS_LIMIT)
}

fn peer(pool: &Pool, tx: &Arc<Recovered<TxEnvelope>>) -> Result<B256, Rejection> {
    pool.admit(tx.clone(), Origin::Peer, RICH, GAS_LIMIT)
}

fn order(pool: &Pool, base_fee: u64) -> Vec<(u8, u64)> {
    let best = pool.best(base_fee, &HashSet::new());
    best.iter().map(|tx| (tx.signer()[0], tx.nonce())).collect()
}

#[test]
fn the_best_tip_goes_first_and_nonces_stay_in_order() {
    let pool = pool(10);
    for (sender, nonce, tip) in [(1, 0, 5), (1, 1, 50), (2, 0, 10), (3, 1, 99)] {
        local(&pool, &tx(sender, nonce, tip)).unwrap();
    }
    assert_eq!(order(&pool, 0), [(2, 0), (1, 0), (1, 1)]);
    local(&pool, &tx(3, 0, 1)).unwrap();
    assert_eq!(order(&pool, 0), [(2, 0), (1, 0), (1, 1), (3, 0), (3, 1)]);
}

#[test]
fn a_fee_below_the_base_fee_waits_and_holds_back_its_lane() {
    let pool = pool(10);
    local(&pool, &tx(1, 0, 5)).unwrap();
    local(&pool, &tx(1, 1, 500)).unwrap();
    assert_eq!(order(&pool, 1_006), []);
    assert_eq!(order(&pool, 1_005), [(1, 0), (1, 1)]);
}

/// What fails once it runs uses no gas: if only as much were offered as fits, such candidates would empty the block.
#[test]
fn everything_that_can_execute_is_offered_however_much_gas_that_is() {
    let (pool, more) = (pool(10_000), GAS_LIMIT / 21_000 + 100);
    for nonce in 0..more {
        local(&pool, &tx(1, nonce, 5)).unwrap();
    }
    assert_eq!(pool.best(0, &HashSet::new()).len() as u64, more);
}

#[test]
fn skipped_transactions_count_as_executed() {
    let pool = pool(10);
    let first = local(&pool, &tx(1, 0, 5)).unwrap();
    local(&pool, &tx(1, 1, 5)).unwrap();
    let best = pool.best(0, &HashSet::from([first]));
    assert_eq!(best.iter().map(|tx| tx.nonce()).collect::<Vec<_>>(), [1]);
}

#[test]
fn a_replacement_pays_a_tenth_more_on_both_fees() {
    let pool = pool(10);
    let old = sign(1, TxEip1559 { max_fee_per_gas: 100, max_priority_fee_per_gas: 10, ..request(0, 0) });
    local(&pool, &old).unwrap();
    for (cap, tip) in [(110, 10), (100, 11), (109, 11), (100, 10)] {
        let new = sign(
            1,
            TxEip1559 { max_fee_per_gas: cap, max_priority_fee_per_gas: tip, gas_limit: 22_000, ..request(0, 0) },
        );
        assert_eq!(local(&pool, &new), Err(Rejection::Replacement), "{cap} {tip}");
    }
    let new = sign(1, TxEip1559 { max_fee_per_gas: 110, max_priority_fee_per_gas: 11, ..request(0, 0) });
    let hash = local(&pool, &new).unwrap();
    assert_eq!(pool.len(), 1);
    assert!(pool.get(&hash).is_some() && pool.get(old.tx_hash()).is_none());
}

#[test]
fn what_can_never_be_valid_is_refused_with_geths_words() {
    let refused = |request: TxEip1559| local(&pool(10), &sign(1, request)).unwrap_err().to_string();
    let base = || request(0, 1);
    assert_eq!(
        refused(TxEip1559 { gas_limit: 20_999, ..base() }),
        "intrinsic gas too low: gas 20999, minimum needed 21000"
    );
    let floor = TxEip1559 { input: vec![1; 100].into(), gas_limit: 23_000, ..base() };
    assert_eq!(refused(floor), "insufficient gas for floor data gas cost: gas 23000, minimum needed 25000");
    assert_eq!(refused(TxEip1559 { gas_limit: GAS_LIMIT + 1, ..base() }), "exceeds block gas limit");
    let capped = refused(TxEip1559 { gas_limit: 16_777_217, ..base() });
    assert_eq!(capped, "transaction gas limit too high (cap: 16777216, tx: 16777217)");
    assert_eq!(refused(TxEip1559 { chain_id: 1, ..base() }), "invalid chain id for signer: have 1 want 31337");
    assert_eq!(refused(TxEip1559 { nonce: u64::MAX, ..base() }), "nonce has max value");
    let huge = TxEip1559 { input: vec![0; 128 * 1024].into(), gas_limit: 16_000_000, ..base() };
    assert!(refused(huge).starts_with("oversized data: transaction size 131"), "size");
    let tip = refused(TxEip1559 { max_priority_fee_per_gas: 2_000, ..base() });
    assert!(tip.starts_with("max priority fee per gas higher than max fee per gas"), "{tip}");
    let initcode = TxEip1559 { to: TxKind::Create, input: vec![0; 49_153].into(), gas_limit: 16_000_000, ..base() };
    assert_eq!(refused(initcode), "max initcode size exceeded: code size 49153, limit 49152");
    let never = TxEip1559 { max_fee_per_gas: 6, max_priority_fee_per_gas: 1, ..base() };
    let never =
        Pool::new(CHAIN, 1_000, Limits::default()).admit(sign(1, never), Origin::Local, RICH, GAS_LIMIT).unwrap_err();
    assert_eq!(never.to_string(), "transaction underpriced: max fee per gas 6, minimum needed 7");
    let dear = refused(TxEip1559 { value: U256::MAX, ..base() });
    assert!(dear.starts_with("insufficient funds for gas * price + value"), "{dear}");
    let blob: TxEip4844Variant = TxEip4844Variant::TxEip4844(TxEip4844 { chain_id: CHAIN, ..Default::default() });
    let blob: TxEnvelope = blob.into_signed(Signature::test_signature()).into();
    let blob = Arc::new(Recovered::new_unchecked(blob, Address::ZERO));
    assert_eq!(local(&pool(10), &blob).unwrap_err().to_string(), "transaction type not supported");
}

#[test]
fn state_decides_nonce_and_funds() {
    let pool = pool(10);
    let cost = U256::from(21_000 * 1_001 + 1);
    let state = Account { nonce: 3, balance: cost + cost, ..Account::default() };
    let admit = |nonce| pool.admit(tx(1, nonce, 1), Origin::Local, state, GAS_LIMIT);
    assert_eq!(admit(2).unwrap_err().to_string(), "nonce too low: next nonce 3, tx nonce 2");
    admit(3).unwrap();
    assert_eq!(admit(3), Err(Rejection::AlreadyKnown));
    admit(4).unwrap();
    assert_eq!(admit(5), Err(Rejection::Funds { balance: cost + cost, queued: cost + cost, cost }));
    assert_eq!(pool.next_nonce(Address::repeat_byte(1)), Some(5));
    assert_eq!(pool.next_nonce(Address::repeat_byte(2)), None);
}

#[test]
fn a_nonce_read_before_the_last_block_does_not_strand_a_transaction() {
    let pool = pool(10);
    local(&pool, &tx(1, 0, 1)).unwrap();
    pool.decided(&[(Address::repeat_byte(1), Account { nonce: 1, ..RICH })], 0);
    assert!(pool.is_empty());
    local(&pool, &tx(1, 1, 1)).unwrap();
    assert_eq!(order(&pool, 0), [(1, 1)]);
    assert!(matches!(local(&pool, &tx(1, 0, 9)), Err(Rejection::NonceTooLow { next: 1, nonce: 0 })));
}

#[test]
fn rejected_transactions_leave_and_their_followers_wait() {
    let pool = pool(10);
    let first = local(&pool, &tx(1, 0, 1)).unwrap();
    local(&pool, &tx(1, 1, 1)).unwrap();
    pool.discard(&[first]);
    assert_eq!((pool.len(), order(&pool, 0)), (1, vec![]));
    local(&pool, &tx(1, 0, 2)).unwrap();
    assert_eq!(order(&pool, 0), [(1, 0), (1, 1)]);
}

#[test]
fn a_full_pool_keeps_what_pays_best_and_at_the_same_price_what_is_its_own() {
    let pool = pool(3);
    local(&pool, &tx(1, 0, 5)).unwrap();
    peer(&pool, &tx(2, 0, 5)).unwrap();
    peer(&pool, &tx(2, 1, 9)).unwrap();
    assert_eq!(peer(&pool, &tx(3, 0, 5)), Err(Rejection::Underpriced));
    peer(&pool, &tx(3, 0, 6)).unwrap();
    assert_eq!(order(&pool, 0), [(3, 0), (1, 0), (2, 0)], "the end of the cheapest lane went");
    local(&pool, &tx(4, 0, 5)).unwrap();
    assert_eq!(order(&pool, 0), [(3, 0), (1, 0), (4, 0)], "its own displace a peer's that pay the same");
    assert_eq!(local(&pool, &tx(5, 0, 5)), Err(Rejection::Underpriced));
    peer(&pool, &tx(5, 0, 7)).unwrap();
    assert_eq!(order(&pool, 0), [(5, 0), (3, 0), (1, 0)], "a peer's displace its own when they pay more");
}

#[test]
fn dust_of_its_own_users_does_not_jam_a_pool() {
    let pool = Pool::new(CHAIN, 1_000, Limits { total: 100, locals: 20, ..Limits::default() });
    for sender in 0..100 {
        let dust = TxEip1559 { max_fee_per_gas: 7, max_priority_fee_per_gas: 7, ..request(0, 0) };
        local(&pool, &sign(sender, TxEip1559 { value: U256::from(sender), ..dust })).unwrap();
    }
    for nonce in 0..81 {
        peer(&pool, &tx(200, nonce, 1)).unwrap();
    }
    assert_eq!(order(&pool, 1_000).len(), 81, "as many as are exempt are left of the dust, less one");
}

#[test]
fn a_transaction_displaces_no_more_than_what_must_go_before_it_could() {
    let pool = pool(3);
    peer(&pool, &tx(1, 0, 5)).unwrap();
    peer(&pool, &tx(1, 1, 5)).unwrap();
    local(&pool, &tx(2, 0, 1)).unwrap();
    assert_eq!(local(&pool, &tx(2, 1, 99)), Err(Rejection::Underpriced), "it waits for one that pays less");
    assert_eq!(local(&pool, &tx(3, 1, 99)), Err(Rejection::Full), "it waits for one that is not here");
    assert_eq!(order(&pool, 0), [(1, 0), (1, 1), (2, 0)]);
}

#[test]
fn worth_is_what_is_paid_at_the_base_fee() {
    let pool = Pool::new(CHAIN, 1_000, Limits { total: 2, ..Limits::default() });
    let legacy =
        TxLegacy { gas_price: 1_010, gas_limit: 21_000, to: TxKind::Call(Address::ZERO), ..Default::default() };
    let legacy = legacy.into_signed(Signature::test_signature()).into();
    peer(&pool, &Arc::new(Recovered::new_unchecked(legacy, Address::repeat_byte(1)))).unwrap();
    peer(&pool, &tx(2, 0, 50)).unwrap();
    // Its tip is far below the legacy transaction's gas price, which pays the base fee out of that.
    peer(&pool, &tx(3, 0, 20)).unwrap();
    assert_eq!(order(&pool, 1_000), [(2, 0), (3, 0)]);
    // At a base fee that neither can pay any more, the caps decide.
    pool.decided(&[], 1_100);
    let middling = TxEip1559 { max_fee_per_gas: 1_040, max_priority_fee_per_gas: 1, ..request(0, 0) };
    peer(&pool, &sign(4, middling)).unwrap();
    assert_eq!(order(&pool, 0), [(2, 0), (4, 0)]);
}

#[test]
fn room_for_a_large_transaction_is_made_whole_or_not_at_all() {
    let sized = |sender, tip, bytes| {
        let input = vec![0; bytes].into();
        sign(sender, TxEip1559 { input, gas_limit: 1_000_000, value: U256::from(sender), ..request(0, tip) })
    };
    let pool = Pool::new(CHAIN, 0, Limits { bytes: 4_000, ..Limits::default() });
    for (sender, tip) in [(1, 1), (2, 2), (3, 9)] {
        peer(&pool, &sized(sender, tip, 1_000)).unwrap();
    }
    assert_eq!(peer(&pool, &sized(4, 5, 3_000)), Err(Rejection::Underpriced));
    assert_eq!(pool.len(), 3, "nothing went for a transaction that did not come");
    peer(&pool, &sized(4, 5, 2_500)).unwrap();
    assert_eq!(order(&pool, 0), [(3, 0), (4, 0)]);
    // Replacing needs only the difference, and 150 bytes are left: nobody else goes.
    peer(&pool, &sized(4, 2_000, 2_550)).unwrap();
    assert_eq!(order(&pool, 0), [(4, 0), (3, 0)]);
}

#[test]
fn what_cannot_execute_for_long_leaves() {
    let pool = Pool::new(CHAIN, 1_000, Limits { patience: 16, local_patience: 16, ..Limits::default() });
    local(&pool, &tx(1, 0, 5)).unwrap();
    local(&pool, &tx(1, 2, 5)).unwrap();
    local(&pool, &sign(2, TxEip1559 { max_fee_per_gas: 999, max_priority_fee_per_gas: 1, ..request(0, 1) })).unwrap();
    for _ in 0..16 {
        pool.decided(&[], 1_000);
    }
    assert_eq!(pool.len(), 3);
    pool.decided(&[], 1_000);
    pool.decided(&[], 1_000);
    assert_eq!((pool.len(), order(&pool, 1_000)), (1, vec![(1, 0)]), "the gapped and the poor went");
    // Once executable, the wait begins anew.
    (0..20).for_each(|_| pool.decided(&[], 1_000));
    (0..16).for_each(|_| pool.decided(&[], 2_000));
    assert_eq!(pool.len(), 1);
    (0..2).for_each(|_| pool.decided(&[], 2_000));
    assert!(pool.is_empty());
}

#[test]
fn a_sender_keeps_what_its_balance_still_covers() {
    let pool = pool(10);
    for nonce in 0..3 {
        local(&pool, &tx(1, nonce, 0)).unwrap();
    }
    let left = Account { nonce: 1, balance: U256::from(21_000 * 1_000 + 1), ..RICH };
    pool.decided(&[(Address::repeat_byte(1), left)], 0);
    assert_eq!(order(&pool, 0), [(1, 1)]);
}

#[test]
fn one_sender_and_gaps_are_bounded() {
    let pool = Pool::new(CHAIN, 0, Limits { per_sender: 2, gapped: 1, ..Limits::default() });
    local(&pool, &tx(1, 0, 1)).unwrap();
    local(&pool, &tx(1, 5, 1)).unwrap();
    assert_eq!(local(&pool, &tx(1, 1, 1)), Err(Rejection::SenderLimit(2)));
    assert_eq!(local(&pool, &tx(2, 7, 1)), Err(Rejection::Full));
    local(&pool, &tx(1, 5, 150)).unwrap();
}

#[test]
fn the_bytes_of_what_waits_for_a_nonce_are_bounded() {
    let bytes = tx(1, 5, 1).encode_2718_len();
    let pool = Pool::new(CHAIN, 0, Limits { gapped_bytes: 2 * bytes - 1, ..Limits::default() });
    local(&pool, &tx(1, 1, 1)).unwrap();
    assert_eq!(local(&pool, &tx(2, 1, 1)), Err(Rejection::Full));
    local(&pool, &tx(2, 0, 1)).unwrap();
    // Closing a gap makes room, opening one takes it.
    let closes = local(&pool, &tx(1, 0, 1)).unwrap();
    local(&pool, &tx(2, 2, 1)).unwrap();
    pool.discard(&[closes]);
    assert_eq!(local(&pool, &tx(3, 5, 1)), Err(Rejection::Full));
    pool.decided(&[(Address::repeat_byte(1), Account { nonce: 1, ..RICH })], 0);
    assert_eq!(local(&pool, &tx(3, 5, 1)), Err(Rejection::Full), "sender 2 has one after a gap");
    pool.decided(&[(Address::repeat_byte(2), Account { nonce: 3, ..RICH })], 0);
    local(&pool, &tx(3, 5, 1)).unwrap();
}

#[test]
fn the_outbox_holds_local_transactions_once_and_listeners_hear_all() {
    let pool = pool(10);
    let mut admissions = pool.subscribe();
    let first = local(&pool, &tx(1, 0, 1)).unwrap();
    let second = peer(&pool, &tx(2, 0, 1)).unwrap();
    let gone = local(&pool, &tx(3, 0, 1)).unwrap();
    pool.discard(&[gone]);
    let heard: Vec<_> = std::iter::from_fn(|| admissions.try_recv().ok()).collect();
    assert_eq!(heard, [first, second, gone]);
    assert_eq!(pool.take_outbox(10).iter().map(|tx| tx.signer()[0]).collect::<Vec<_>>(), [1]);
    assert!(pool.take_outbox(10).is_empty());
}

#[derive(Clone, Debug)]
enum Step {
    Admit { sender: u8, nonce: u64, tip: u128, local: bool },
    Decide { sender: u8, next: u64 },
    Reject { pick: usize },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (0..6_u8, 0..12_u64, 0..40_u128, any::<bool>())
            .prop_map(|(sender, nonce, tip, local)| Step::Admit { sender, nonce, tip, local }),
        1 => (0..6_u8, 0..12_u64).prop_map(|(sender, next)| Step::Decide { sender, next }),
        1 => any::<usize>().prop_map(|pick| Step::Reject { pick }),
    ]
}

proptest! {
    /// Whatever happens: limits hold; what is offered is a run of nonces from the state's for each sender; heads come
    /// in order of tip; everything offered can be found by hash.
    #[test]
    fn invariants_hold_after_any_steps(steps in proptest::collection::vec(step(), 1..200)) {
        let limits = Limits { total: 20, per_sender: 8, gapped: 6, patience: 100, locals: 7, ..Limits::default() };
        let pool = Pool::new(CHAIN, 0, limits);
        let mut nonces: HashMap<Address, u64> = HashMap::new();
        let mut seen: Vec<B256> = Vec::new();
        for step in steps {
            match step {
                Step::Admit { sender, nonce, tip, local } => {
                    let tx = tx(sender, nonce, tip);
                    let state = Account { nonce: nonces.get(&tx.signer()).copied().unwrap_or(0), ..RICH };
                    let origin = if local { Origin::Local } else { Origin::Peer };
                    seen.extend(pool.admit(tx, origin, state, GAS_LIMIT).ok());
                }
                Step::Decide { sender, next } => {
                    let entry = nonces.entry(Address::repeat_byte(sender)).or_default();
                    *entry = next.max(*entry);
                    pool.decided(&[(Address::repeat_byte(sender), Account { nonce: *entry, ..RICH })], 0);
                }
                Step::Reject { pick } if !seen.is_empty() => pool.discard(&[seen[pick % seen.len()]]),
                Step::Reject { .. } => {}
            }
            prop_assert!(pool.len() <= 20);
            let waiting = pool.waiting();
            let ready = waiting.iter().filter(|entry| entry.ready).count();
            prop_assert_eq!(pool.counts(), (ready, waiting.len() - ready));
            for entry in &waiting {
                let found = pool.find(entry.transaction.signer(), entry.nonce());
                prop_assert_eq!(found.as_ref(), Some(&entry.transaction));
            }
            let known: HashSet<_> = seen.iter().filter(|hash| pool.get(hash).is_some()).collect();
            prop_assert_eq!(known.len(), pool.len());
            let mut expect = nonces.clone();
            let best = pool.best(0, &HashSet::new());
            for tx in &best {
                let next = expect.entry(tx.signer()).or_default();
                prop_assert_eq!(tx.nonce(), *next);
                *next += 1;
                prop_assert!(pool.get(tx.tx_hash()).is_some());
            }
            for (sender, next) in &expect {
                prop_assert_eq!(pool.next_nonce(*sender).unwrap_or(*next), *next);
            }
            for pair in best.windows(2).filter(|pair| pair[0].signer() != pair[1].signer()) {
                let follows_head = pair[0].nonce() > nonces.get(&pair[0].signer()).copied().unwrap_or(0);
                let tip = |tx: &Recovered<TxEnvelope>| tx.max_priority_fee_per_gas().unwrap_or(0);
                prop_assert!(follows_head || tip(&pair[0]) >= tip(&pair[1])
                    || pair[1].nonce() > nonces.get(&pair[1].signer()).copied().unwrap_or(0));
            }
        }
    }
}

#[test]
fn what_becomes_of_transactions_is_counted() {
    let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
    let said = recorder.handle();
    metrics::with_local_recorder(&recorder, || {
        let pool = pool(2);
        local(&pool, &tx(1, 0, 5)).unwrap();
        local(&pool, &tx(1, 0, 5)).unwrap_err();
        local(&pool, &tx(1, 0, 500)).unwrap();
        peer(&pool, &tx(2, 0, 60)).unwrap();
        peer(&pool, &tx(3, 0, 1)).unwrap_err();
        peer(&pool, &tx(3, 0, 99)).unwrap();
        let bytes: usize = [(1, 500), (3, 99)].iter().map(|(sender, tip)| tx(*sender, 0, *tip).encode_2718_len()).sum();
        assert_eq!(pool.bytes(), bytes);
    });
    let said = said.render();
    for line in [
        "edgeloom_txpool_admitted_total{origin=\"local\"} 2",
        "edgeloom_txpool_admitted_total{origin=\"peer\"} 2",
        "edgeloom_txpool_rejected_total{reason=\"already_known\"} 1",
        "edgeloom_txpool_rejected_total{reason=\"underpriced\"} 1",
        "edgeloom_txpool_replaced_total 1",
        "edgeloom_txpool_evicted_total 1",
    ] {
        assert!(said.lines().any(|said| said == line), "{line} is not in\n{said}");
    }
}
