use alloy::primitives::{IntoLogData, LogData};

use super::*;

fn log(data: LogData, block: u64) -> Log {
    let mut log =
        Log { block_number: Some(block), transaction_hash: Some(B256::repeat_byte(block as u8)), ..Log::default() };
    log.inner.data = data;
    log
}

fn answered(id: u64, output: &'static [u8]) -> LogData {
    IJobMarket::JobAnswered { jobId: U256::from(id), output: output.into() }.to_log_data()
}

fn closed(id: u64, phase: Phase, reason: Reason) -> LogData {
    IJobMarket::JobClosed {
        jobId: U256::from(id),
        order: U256::from(id),
        worker: Address::repeat_byte(1),
        phase,
        reason,
        paid: U256::from(if phase == Phase::Settled { 5 } else { 0 }),
        evidence: B256::ZERO,
    }
    .to_log_data()
}

#[test]
fn each_closing_gets_its_own_answer() {
    let logs = [
        log(answered(1, b"one"), 7),
        log(closed(1, Phase::Settled, Reason::CorrectAnswer), 7),
        log(closed(2, Phase::Rejected, Reason::WrongAnswer), 7),
        log(answered(3, b"three"), 8),
        log(closed(3, Phase::Settled, Reason::CorrectAnswer), 8),
    ];
    let found = closings(&logs);
    let outputs: Vec<_> = found.iter().map(|closing| closing.output.as_ref().map(|bytes| &bytes[..])).collect();
    assert_eq!(outputs, [Some(&b"one"[..]), None, Some(&b"three"[..])]);
    assert_eq!((found[2].block, found[2].paid, found[1].reason), (8, U256::from(5), Reason::WrongAnswer));
}

#[test]
fn an_answer_is_never_given_to_another_job_and_foreign_logs_are_skipped() {
    let cut = LogData::new_unchecked(vec![IJobMarket::JobClosed::SIGNATURE_HASH], vec![1, 2, 3].into());
    let unknown_phase = {
        let whole = closed(4, Phase::Settled, Reason::CorrectAnswer);
        let mut data = whole.data.to_vec();
        data[31] = 200;
        LogData::new_unchecked(whole.topics().to_vec(), data.into())
    };
    let logs = [
        log(answered(1, b"one"), 7),
        log(LogData::new_unchecked(vec![], vec![].into()), 7),
        log(cut, 7),
        log(unknown_phase, 7),
        log(closed(2, Phase::Cancelled, Reason::CancelledByRequester), 7),
    ];
    let found = closings(&logs);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].id, &found[0].output), (U256::from(2), &None));
}
