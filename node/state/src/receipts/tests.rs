use super::*;
use alloy::primitives::{Address, B256, Bytes};

fn receipts() -> Vec<ReceiptEnvelope> {
    let log = Log::new_unchecked(Address::repeat_byte(1), vec![B256::repeat_byte(2)], Bytes::from_static(b"event"));
    let kinds = [TxType::Legacy, TxType::Eip2930, TxType::Eip1559, TxType::Eip7702];
    let receipt = |(index, kind): (usize, TxType)| {
        let status = Eip658Value::Eip658(index % 2 == 0);
        let cumulative_gas_used = 21_000 * (index as u64 + 1);
        ReceiptEnvelope::from_typed(kind, Receipt { status, cumulative_gas_used, logs: vec![log.clone(); index] })
    };
    kinds.into_iter().enumerate().map(receipt).collect()
}

#[test]
fn come_back_with_their_blooms() {
    assert!(receipts().iter().skip(1).all(|receipt| !receipt.logs_bloom().is_zero()));
    assert_eq!(decode(&encode(&receipts()).0).expect("our own row"), receipts());
    assert_eq!(decode(&encode(&[]).0).expect("our own row"), []);
}

#[test]
fn rows_carry_no_blooms() {
    assert!(encode(&receipts()[..1]).0.len() < 16);
}

#[test]
fn no_truncation_decodes() {
    let (row, _) = encode(&receipts());
    for cut in 0..row.len() {
        assert!(decode(&row[..cut]).is_err(), "decoded a prefix of {cut} bytes");
    }
}
