use alloy::{
    primitives::{Bytes, Log as Inner},
    rpc::types::{Log, TransactionReceipt},
    sol_types::{SolError as _, SolEvent},
};
use edgeloom_bindings::{
    ICollection,
    IExchange::{Filled, OrderExpired, Skipped},
    addresses::EXCHANGE,
};

use super::*;
use crate::{Error, Outcome, exchange::fill::outcomes};

fn receipt(logs: Vec<Log>) -> TransactionReceipt {
    let empty = serde_json::json!({
        "type": "0x2", "status": "0x1", "cumulativeGasUsed": "0x1", "logs": [], "logsBloom": format!("0x{}", "00".repeat(256)),
        "transactionHash": B256::repeat_byte(7), "transactionIndex": "0x0", "blockHash": B256::ZERO, "blockNumber": "0x9",
        "gasUsed": "0x1", "effectiveGasPrice": "0x1", "from": Address::ZERO, "to": EXCHANGE, "contractAddress": null,
    });
    let mut receipt: serde_json::Value = empty;
    receipt["logs"] = serde_json::to_value(logs).expect("JSON");
    serde_json::from_value(receipt).expect("a receipt")
}

fn log(event: &impl SolEvent) -> Log {
    Log { inner: Inner { address: EXCHANGE, data: event.encode_log_data() }, ..Log::default() }
}

fn filled(order: B256) -> Log {
    log(&Filled {
        order,
        maker: at(1),
        taker: at(2),
        side: Side::Sell,
        currency: Address::ZERO,
        price: U256::from(100),
        fee: U256::from(1),
        units: 1,
        items: Vec::new(),
    })
}

fn skipped(order: B256, index: u64, reason: Vec<u8>) -> Log {
    log(&Skipped { order, index: U256::from(index), reason: reason.into() })
}

#[test]
fn each_take_has_its_outcome_in_its_place() {
    let orders = [1, 2, 3, 4].map(B256::repeat_byte);
    let late = OrderExpired { until: U256::from(5) }.abi_encode();
    let gone = ICollection::TransferFromIncorrectOwner {}.abi_encode();
    let logs = vec![skipped(orders[0], 0, late), filled(orders[1]), skipped(orders[2], 2, gone), filled(orders[3])];
    let found = outcomes(&receipt(logs), &orders).expect("four outcomes");
    assert!(
        matches!(
            found.as_slice(),
            [
                Outcome::Skipped(Error::Exchange(_)),
                Outcome::Filled(one),
                Outcome::Skipped(Error::Collection(_)),
                Outcome::Filled(two),
            ] if (one.order, two.order, one.block, one.tx) == (orders[1], orders[3], 9, B256::repeat_byte(7))
        ),
        "{found:?}"
    );
}

#[test]
fn a_reason_that_nobody_knows_stays_raw_and_silence_is_no_answer() {
    let orders = [B256::repeat_byte(1)];
    let found = outcomes(&receipt(vec![skipped(orders[0], 0, vec![1, 2, 3, 4])]), &orders).expect("one");
    let raw = Bytes::from_static(&[1, 2, 3, 4]);
    assert!(matches!(found.as_slice(), [Outcome::Skipped(Error::Revert { data })] if *data == raw));
    assert!(matches!(outcomes(&receipt(Vec::new()), &orders), Err(Error::Answer(_))));
    assert!(outcomes(&receipt(vec![filled(B256::repeat_byte(2))]), &orders).is_err(), "another order");
}
