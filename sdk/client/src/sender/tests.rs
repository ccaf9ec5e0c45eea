use alloy::{consensus::transaction::SignerRecoverable, eips::eip2718::Decodable2718};

use super::*;
use crate::client::Deadlines;

fn sender() -> Sender {
    let url = "http://127.0.0.1:1".parse().expect("url");
    let rpc = Rpc::new(&[url], Deadlines::default()).expect("client");
    let heads = tokio::sync::watch::channel(0).1;
    let signer = PrivateKeySigner::from_bytes(&B256::repeat_byte(7)).expect("key");
    Sender::new(rpc.clone(), Follow::start(rpc, heads), signer, 31337)
}

fn call(gas: Option<u64>) -> Call {
    Call { to: Address::repeat_byte(9), value: U256::from(5), input: vec![1, 2, 3].into(), gas }
}

#[tokio::test]
async fn what_is_signed_is_what_was_asked() {
    let sender = sender();
    let fees = Fees { base: 20, max: 100, tip: 3, at: Instant::now() };
    let tx = sender.seal(&call(None), 60_000, fees, 4).expect("signed");
    let envelope = TxEnvelope::decode_2718_exact(&tx.raw).expect("decodes");
    assert_eq!(*envelope.tx_hash(), tx.hash);
    assert_eq!(envelope.recover_signer().expect("signed"), sender.address());
    let inner = envelope.as_eip1559().expect("type 2").tx();
    assert_eq!((inner.nonce, inner.gas_limit, inner.value, inner.chain_id), (4, 60_000, U256::from(5), 31337));
    assert_eq!((inner.max_fee_per_gas, inner.max_priority_fee_per_gas), (100, 3));

    let request = replay(&tx.raw, sender.address()).expect("replays");
    assert_eq!(request.input.input(), Some(&Bytes::from(vec![1, 2, 3])));
    assert_eq!((request.from, request.gas), (Some(sender.address()), Some(60_000)));
    assert_eq!(replay(&tx.raw[1..], sender.address()), None);
}

#[tokio::test]
async fn a_bid_is_raised_when_it_no_longer_pays_for_a_block() {
    let sender = sender();
    let fees = |base: u64| Fees { base, max: u128::from(base) * 4 + 3, tip: 3, at: Instant::now() };
    let tx = sender.seal(&call(None), 60_000, fees(25), 4).expect("signed");
    let inner = bid::decode(&tx.raw).expect("type 2");
    assert_eq!(inner.max_fee_per_gas, 103);
    assert_eq!(fees(100).raise(inner.clone()), None, "it pays 100 and its tip");
    let raised = fees(101).raise(inner.clone()).expect("priced out");
    assert_eq!((raised.max_fee_per_gas, raised.max_priority_fee_per_gas), (407, 5));
    assert_eq!((raised.nonce, &raised.input, raised.value), (4, &inner.input, inner.value));

    // Also when the suggestion is hardly above the bid, nodes take the new one for better.
    let close = Fees { base: 101, max: 104, tip: 0, at: Instant::now() };
    let raised = close.raise(inner.clone()).expect("priced out");
    assert!(raised.max_fee_per_gas * 10 >= inner.max_fee_per_gas * 11);
    assert!(raised.max_priority_fee_per_gas * 10 >= inner.max_priority_fee_per_gas * 11);
    let most = Fees { base: u64::MAX, max: u128::MAX, tip: u128::MAX, at: Instant::now() };
    let raised = most.raise(inner).expect("priced out");
    assert!(raised.max_priority_fee_per_gas <= raised.max_fee_per_gas);
}

#[tokio::test]
async fn a_call_that_may_have_arrived_is_named_and_not_sent_anew() {
    let deadlines = Deadlines {
        request: Duration::from_millis(50),
        read: Duration::from_millis(100),
        transaction: Duration::from_millis(400),
        ..Deadlines::default()
    };
    let rpc = Rpc::new(&["http://127.0.0.1:1".parse().expect("url")], deadlines).expect("client");
    // While this lives, so does the task that waits for receipts.
    let (_heads, followed) = tokio::sync::watch::channel(0);
    let sender = Sender { follow: Follow::start(rpc.clone(), followed), rpc, ..sender() };
    sender.nonces.lock().sync(5, 5);
    *sender.fees.lock() = Some(Fees { base: 1, max: 4, tip: 1, at: Instant::now() });
    match sender.run(call(Some(60_000))).await {
        Err(Error::Unconfirmed { hash, bids, .. }) => {
            assert_eq!((bids.len(), bids[0].nonce, bids[0].hash), (1, 5, hash));
            assert_eq!(bid::decode(&bids[0].raw).expect("type 2").input, call(None).input);
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(sender.reserve().await.expect("nonce").nonce, 6, "its nonce stays its own");
}

#[tokio::test]
async fn what_is_in_the_way_is_ripe_when_it_was_seen_for_long_enough() {
    let sender = sender();
    let ripe = |nonces: &[u64]| sender.ripe(nonces.to_vec(), 10);
    assert_eq!(ripe(&[7, 9]), [0_u64; 0]);
    for seen in sender.silent.lock().values_mut() {
        *seen -= Duration::from_secs(11);
    }
    assert_eq!(ripe(&[7, 9]), [7, 9]);
    assert_eq!(ripe(&[9]), [9], "7 has found an owner");
    assert_eq!(ripe(&[7, 9]), [9], "and is looked at anew when it is in the way again");
}

#[tokio::test]
async fn a_transaction_above_the_cap_is_refused_before_it_is_signed() {
    let sender = sender();
    assert_eq!(sender.gas(&call(Some(GAS_CAP))).await.expect("fits"), GAS_CAP);
    let refused = sender.gas(&call(Some(GAS_CAP + 1))).await;
    assert!(matches!(refused, Err(Error::GasCap { needed, cap: GAS_CAP }) if needed == GAS_CAP + 1));
}

#[tokio::test]
async fn a_dropped_reservation_gives_its_nonce_back() {
    let sender = sender();
    sender.nonces.lock().sync(3, 3);
    drop(sender.reserve().await.expect("nonce"));
    let mut kept = sender.reserve().await.expect("nonce");
    assert_eq!(kept.nonce, 3);
    kept.kept = true;
    drop(kept);
    assert_eq!(sender.reserve().await.expect("nonce").nonce, 4);
}

#[test]
fn refusals_are_read_by_the_words_of_geth() {
    let refusal =
        |message: &str| Refusal::of(&Error::Rpc { method: String::new(), code: -32000, message: message.to_owned() });
    assert_eq!(refusal("already known"), Refusal::Known);
    assert_eq!(refusal("nonce too low: next nonce 5, tx nonce 3"), Refusal::NonceUsed);
    assert_eq!(refusal("replacement transaction underpriced"), Refusal::NonceTaken);
    assert_eq!(refusal("max fee per gas less than block base fee: maxFeePerGas: 1, baseFee: 7"), Refusal::BidTooLow);
    assert_eq!(refusal("transaction underpriced"), Refusal::Other);
    assert_eq!(refusal("insufficient funds for gas * price + value"), Refusal::Other);
}
