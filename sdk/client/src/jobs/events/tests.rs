use alloy::primitives::{IntoLogData, LogData, aliases::U96};
use edgeloom_bindings::{ICredits, IJobMarket, ITill};

use super::*;

fn log(data: LogData) -> Log {
    let mut log = Log { block_number: Some(9), log_index: Some(3), ..Log::default() };
    log.inner.data = data;
    log
}

#[test]
fn a_posting_keeps_its_inputs_and_place() {
    let terms = IJobMarket::Terms { count: 3, bond: U96::from(20), ..Default::default() };
    let posted = IJobMarket::JobsPosted {
        order: U256::from(4),
        requester: Address::repeat_byte(1),
        subject: B256::repeat_byte(2),
        terms,
        inputs: vec![1, 2, 3].into(),
    };
    let event = event(&log(posted.to_log_data())).expect("decodes").expect("about jobs");
    assert_eq!((event.id, event.block, event.log), (U256::from(4), 9, 3));
    let JobEventKind::Posted { inputs, bond, count, .. } = event.kind else { panic!("{:?}", event.kind) };
    assert_eq!((inputs.len(), bond, count), (3, U256::from(20), 3));
}

#[test]
fn money_events_are_skipped_and_nonsense_is_an_error() {
    let credited = ICredits::Credited { account: Address::ZERO, amount: U256::ONE };
    assert_eq!(event(&log(credited.to_log_data())).expect("decodes"), None);
    let fees = ITill::FeesPassedOn { burned: U256::ONE, shared: U256::ONE };
    assert_eq!(event(&log(fees.to_log_data())).expect("decodes"), None);
    assert!(event(&log(LogData::new_unchecked(vec![B256::repeat_byte(7)], vec![].into()))).is_err());
}
