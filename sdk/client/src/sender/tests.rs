use alloy::{consensus::transaction::SignerRecoverable, eips::eip2718::Decodable2718};

use super::*;
use crate::client::Deadlines;

fn sender() -> Sender {
    let rpc = Rpc::new("http://127.0.0.1:1".parse().expect("url"), Deadlines::default()).expect("client");
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
    assert_eq!(refusal("transaction underpriced"), Refusal::Other);
    assert_eq!(refusal("insufficient funds for gas * price + value"), Refusal::Other);
}
