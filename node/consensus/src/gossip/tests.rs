use super::*;
use crate::{network::prepare, simulation::world::World};
use alloy_rlp::Encodable;
use edgeloom_state::Store;

fn node(world: &World) -> ChainApp {
    prepare(world.genesis.clone(), None, &world.shared(Store::memory())).expect("our own genesis").0
}

#[test]
fn batches_hold_everything_in_order_within_the_limits() {
    let world = World::new(1, 100);
    let large = |nonce| world.transaction(1, nonce, vec![1; 100_000].into());
    let sent: Vec<_> = (0..1100).map(|nonce| world.transfer(0, nonce)).chain((0..5).map(large)).collect();
    let batches = batches(&sent);
    assert_eq!(batches.len(), 3 + 2, "512 + 512 + 76 and one large, two, two: by count and then by bytes");
    let received: Vec<_> = batches.iter().flat_map(|batch| unpack(batch).expect("own batch")).collect();
    let expected: Vec<_> = sent.iter().map(|transaction| transaction.encoded_2718()).collect();
    assert_eq!(received, expected);
}

#[test]
fn what_still_waits_is_told_again_a_batch_at_a_time() {
    let world = World::new(1, 100);
    let shared = world.shared(Store::memory());
    let pool = &shared.pool;
    let start = SystemTime::UNIX_EPOCH;
    let sent: Vec<_> = (0..600).map(|nonce| world.transfer(0, nonce)).collect();
    sent.iter().for_each(|transaction| crate::simulation::world::submit(&shared, transaction.clone()));
    let mut told = Told::default();
    told.note(start, &sent);
    assert!(told.due(start + PATIENCE / 2, pool).is_empty());
    let sender = edgeloom_types::Account { nonce: 1, balance: alloy::primitives::U256::MAX, ..Default::default() };
    pool.decided(&[(world.accounts[0].address(), sender)], 1);
    let again = told.due(start + PATIENCE, pool);
    assert_eq!(again, sent[1..=BATCH_COUNT_MAX], "but for the one that is final");
    told.note(start + PATIENCE, &again);
    assert_eq!(told.due(start + PATIENCE, pool), sent[BATCH_COUNT_MAX + 1..]);
    assert!(told.due(start + PATIENCE, pool).is_empty());
    assert_eq!(told.due(start + PATIENCE * 2, pool).len(), BATCH_COUNT_MAX);
}

#[test]
fn the_channel_takes_batches_as_fast_as_they_come() {
    let quota = crate::node::channel::quota(crate::node::channel::TRANSACTIONS);
    assert!(quota.replenish_interval() <= PACE);
}

#[test]
fn malformed_batches_are_refused() {
    let mut flood = Vec::new();
    vec![Bytes::from_static(&[1, 2]); BATCH_COUNT_MAX + 1].encode(&mut flood);
    assert!(matches!(unpack(&flood), Err(Malformed::Count)));
    assert!(matches!(unpack(&vec![0xc0; BATCH_BYTES_MAX + 1]), Err(Malformed::Size(_))));
    for bytes in [&b""[..], &[0x80], &[0xc1], &[0xc0, 0], &[0xc1, 0xc0], &[0xf9, 0xff, 0xff]] {
        assert!(matches!(unpack(bytes), Err(Malformed::Rlp(_))), "{bytes:x?}");
    }
}

#[test]
fn valid_transactions_reach_the_pool_once_and_others_do_not() {
    let world = World::new(1, 100);
    let node = node(&world);
    let good = world.transfer(0, 0);
    let batch = |transactions: &[&[u8]]| {
        let strings: Vec<_> = transactions.iter().map(|bytes| Bytes::copy_from_slice(bytes)).collect();
        let mut out = Vec::new();
        strings.encode(&mut out);
        out
    };
    let encoded = good.encoded_2718();
    let mut tampered = world.transfer(1, 0).encoded_2718();
    let last = tampered.len() - 1;
    tampered[last] ^= 1; // another signer, who has no money
    let surplus = [world.transfer(2, 0).encoded_2718(), vec![0]].concat();
    let message = batch(&[&encoded, &tampered, &surplus, b"nonsense", &encoded]);
    assert_eq!(admit(&node, &message).expect("a batch"), 1);
    assert_eq!(admit(&node, &message).expect("a batch"), 0, "known");
    assert!(node.pool.get(good.tx_hash()).is_some());
    assert!(node.pool.take_outbox(10).is_empty(), "what a peer sent is not sent on");
}
