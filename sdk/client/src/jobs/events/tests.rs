use alloy::primitives::{IntoLogData, LogData};
use edgeloom_bindings::{ICredits, IJobMarket};

use super::*;

fn log(data: LogData) -> Log {
    let mut log = Log { block_number: Some(9), log_index: Some(3), ..Log::default() };
    log.inner.data = data;
    log
}

#[test]
fn a_posting_keeps_its_input_and_place() {
    let posted = IJobMarket::JobPosted {
        jobId: U256::from(4),
        requester: Address::repeat_byte(1),
        modelId: B256::repeat_byte(2),
        price: 10,
        bond: 20,
        takeBy: 30,
        workSeconds: 40,
        input: vec![1, 2, 3].into(),
    };
    let event = event(&log(posted.to_log_data())).expect("decodes").expect("about a job");
    assert_eq!((event.id, event.block, event.log), (U256::from(4), 9, 3));
    assert!(
        matches!(event.kind, JobEventKind::Posted { input, bond, .. } if input.len() == 3 && bond == U256::from(20))
    );
}

#[test]
fn money_events_are_skipped_and_nonsense_is_an_error() {
    let credited = ICredits::Credited { account: Address::ZERO, amount: U256::ONE };
    assert_eq!(event(&log(credited.to_log_data())).expect("decodes"), None);
    assert!(event(&log(LogData::new_unchecked(vec![B256::repeat_byte(7)], vec![].into()))).is_err());
}
