use super::*;
use crate::store::{Store, payments::Payment};
use tempfile::TempDir;

const DAY: u64 = 86_400_000;

fn allowance() -> Allowance {
    Allowance { window_ms: DAY, account_max: 1, peer_max: 3, total_max: U256::from(50) }
}

fn payment(account: u8, peer: u8, ms: u64) -> Payment {
    Payment {
        number: 0,
        account: Address::repeat_byte(account),
        peer: vec![peer],
        amount: U256::from(10),
        ms,
        payer: Address::repeat_byte(0xff),
        nonce: u64::from(account),
        tx: B256::repeat_byte(account),
        raw: vec![account].into(),
    }
}

async fn open(folder: &TempDir) -> Store {
    Store::open(&folder.path().join("index.db")).await.unwrap()
}

#[tokio::test]
async fn limits_hold_across_a_restart_and_tell_how_long() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder).await;
    let (allowance, start) = (allowance(), 10 * DAY);
    store.owe(&payment(1, 1, start), &allowance).await.unwrap().unwrap();
    store.close().await;
    drop(store);
    let store = open(&folder).await;
    let again = store.owe(&payment(1, 2, start + 1000), &allowance).await.unwrap();
    assert_eq!(again, Err(Reached::Account { wait_ms: DAY - 1000 }));
    for account in [2, 3] {
        store.owe(&payment(account, 1, start + 1), &allowance).await.unwrap().unwrap();
    }
    let fourth = payment(4, 1, start + 2);
    assert_eq!(store.reached(&fourth, &allowance).await.unwrap(), Some(Reached::Peer { wait_ms: DAY - 2 }));
    for account in [5, 6] {
        store.owe(&payment(account, account, start + 3), &allowance).await.unwrap().unwrap();
    }
    let sixth = store.owe(&payment(7, 7, start + 4), &allowance).await.unwrap();
    assert_eq!(sixth, Err(Reached::Total { wait_ms: DAY - 4 }), "five of ten are fifty");
    store.owe(&payment(1, 1, start + DAY), &allowance).await.unwrap().unwrap();
}

#[tokio::test]
async fn what_is_owed_is_known_by_nonce_until_it_is_settled() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder).await;
    let allowance = Allowance { peer_max: 9, ..allowance() };
    let mut numbers = Vec::new();
    for account in [3, 1, 2] {
        numbers.push(store.owe(&payment(account, 1, DAY * 2), &allowance).await.unwrap().unwrap());
    }
    let nonces = async |store: &Store| -> Vec<u64> {
        store.owed(Address::repeat_byte(0xff)).await.unwrap().iter().map(|payment| payment.nonce).collect()
    };
    assert_eq!(nonces(&store).await, [1, 2, 3]);
    store.settle(numbers[1]).await.unwrap();
    store.forgive(numbers[2]).await.unwrap();
    assert_eq!(nonces(&store).await, [3]);
    let anew = Payment { number: numbers[0], nonce: 9, raw: vec![9].into(), ..payment(3, 1, DAY * 2) };
    store.reissue(&anew).await.unwrap();
    assert_eq!(store.owed(Address::repeat_byte(0xff)).await.unwrap(), [anew]);
    assert!(store.owed(Address::ZERO).await.unwrap().is_empty(), "another key's debts are not ours");
    let forgiven = store.owe(&payment(2, 1, DAY * 2), &allowance).await.unwrap();
    assert!(forgiven.is_ok(), "what was forgiven does not count");
}

#[test]
fn refusals_tell_when_to_come_again() {
    let account = Address::ZERO;
    let unpaid = Unpaid::of(Reached::Account { wait_ms: 5_400_000 }, account);
    assert_eq!(unpaid.retry_after(), Some(Duration::from_secs(5400)));
    assert!(unpaid.to_string().contains("in 91 min"), "{unpaid}");
    let dry = Unpaid::Dry { payer: account, has: U256::ZERO, amount: U256::from(1) };
    assert!(dry.to_string().contains("dry") && dry.retry_after().is_none());
}
