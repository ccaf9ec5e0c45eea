use std::fs;

use alloy::primitives::Address;

use super::*;

const CHAIN: Chain = Chain { id: 31337, genesis: B256::repeat_byte(1) };

fn tx(nonce: u64) -> SignedTx {
    SignedTx { hash: B256::repeat_byte(nonce as u8), nonce, raw: vec![2, nonce as u8].into() }
}

fn claiming() -> Claiming {
    let (job, model, salt) = (B256::repeat_byte(5), B256::repeat_byte(6), B256::repeat_byte(7));
    Claiming { job, model, salt, planted: true, from_block: 8 }
}

fn testifying() -> Testifying {
    let (output_root, trace_root, salt) = (B256::repeat_byte(8), B256::repeat_byte(9), B256::repeat_byte(10));
    Testifying { output_root, trace_root, salt }
}

fn bid() -> Bidding {
    Bidding { block: 24, tick: 200, units: 3, salt: B256::repeat_byte(25) }
}

fn voucher(pool: u64, total: u64) -> Voucher {
    let pair = Pair { pool: U256::from(pool), session: Address::repeat_byte(1), payee: Address::repeat_byte(2) };
    Voucher { pair, total: U256::from(total), r: B256::repeat_byte(3), vs: B256::repeat_byte(4) }
}

/// A job that is paid, one that is lost, and one under way; a claim, an audit and an epoch that are over, and one of each that is not.
pub(super) fn history() -> Vec<Record> {
    let (a, b, c) = (U256::from(1), U256::from(2), U256::from(3));
    vec![
        Record::Taking { job: a, tx: tx(0) },
        Record::Taking { job: b, tx: tx(1) },
        Record::Taken { job: a },
        Record::Ended { job: b, why: End::NotTaken(Skip::LostRace), gas_wei: U256::from(7) },
        Record::Computed { job: a, output: vec![1, 2, 3].into() },
        Record::Submitting { job: a, tx: tx(2) },
        Record::Taking { job: c, tx: tx(3) },
        Record::Settled { job: a, paid_wei: U256::from(100), gas_wei: U256::from(11) },
        Record::Taken { job: c },
        Record::Computed { job: c, output: vec![9].into() },
        Record::Submitting { job: c, tx: tx(4) },
        Record::Submitting { job: c, tx: tx(5) },
        Record::Claiming { claim: B256::repeat_byte(1), claiming: claiming() },
        Record::Claiming { claim: B256::repeat_byte(2), claiming: claiming() },
        Record::Testifying { claim: B256::repeat_byte(3), testifying: testifying() },
        Record::Testifying { claim: B256::repeat_byte(4), testifying: testifying() },
        Record::ClaimEnded { claim: B256::repeat_byte(1) },
        Record::AuditEnded { claim: B256::repeat_byte(4) },
        Record::EpochBegun { epoch: 5 },
        Record::RoundBegun { epoch: 5, round: 0, seed: B256::repeat_byte(11) },
        Record::RoundComputed { epoch: 5, round: 0, root: B256::repeat_byte(12) },
        Record::EpochBegun { epoch: 6 },
        Record::EpochEnded { epoch: 5, rounds: 4, paid_wei: U256::from(50), gas_wei: U256::from(3) },
        Record::RoundBegun { epoch: 6, round: 1, seed: B256::repeat_byte(13) },
        Record::RoundComputed { epoch: 6, round: 1, root: B256::repeat_byte(14) },
        // Somebody else answered before: the round asks for other products.
        Record::RoundBegun { epoch: 6, round: 1, seed: B256::repeat_byte(15) },
        Record::RoundComputed { epoch: 6, round: 1, root: B256::repeat_byte(16) },
        Record::RoundComputed { epoch: 6, round: 1, root: B256::repeat_byte(17) },
    ]
}

/// Bids, leases and vouchers of which some are over.
fn trades() -> Vec<Record> {
    vec![
        Record::Bidding { auction: B256::repeat_byte(18), bid: bid() },
        Record::Bidding { auction: B256::repeat_byte(19), bid: bid() },
        Record::BidEnded { auction: B256::repeat_byte(18), gas_wei: U256::from(1) },
        Record::Leasing { lease: U256::from(20), block: 21 },
        Record::Leasing { lease: U256::from(22), block: 23 },
        Record::LeaseEnded { lease: U256::from(20), paid_wei: U256::from(60), gas_wei: U256::from(1) },
        Record::Vouched { voucher: voucher(1, 100), redeemed: U256::from(30) },
        // The later one is the better; what was redeemed before the first stays.
        Record::Vouched { voucher: voucher(1, 110), redeemed: U256::from(99) },
        Record::Vouched { voucher: voucher(2, 100), redeemed: U256::ZERO },
        Record::Vouched { voucher: voucher(3, 100), redeemed: U256::ZERO },
        Record::Vouched { voucher: voucher(4, 100), redeemed: U256::ZERO },
        Record::Redeemed { pair: voucher(1, 0).pair, total: U256::from(100), gas_wei: U256::ZERO },
        Record::Redeemed { pair: voucher(2, 0).pair, total: U256::from(100), gas_wei: U256::from(2) },
        Record::Redeemed { pair: voucher(3, 0).pair, total: U256::from(100), gas_wei: U256::ZERO },
        Record::Collected { pairs: vec![voucher(3, 0).pair], gas_wei: U256::from(1) },
        Record::VoucherLost { pair: voucher(4, 0).pair, total: U256::from(100) },
    ]
}

fn fold(records: &[Record]) -> Ledger {
    let mut ledger = Ledger::default();
    records.iter().for_each(|record| ledger.apply(record));
    ledger
}

async fn write(path: &Path, records: &[Record]) {
    let (journal, _) = Journal::open(path, CHAIN).expect("opens");
    for record in records {
        journal.record(record.clone()).await.expect("written");
    }
}

#[tokio::test]
async fn what_was_recorded_is_there_after_a_restart() {
    let dir = tempfile::tempdir().expect("directory");
    let path = dir.path().join("journal.jsonl");
    let all = [history(), trades()].concat();
    write(&path, &all).await;
    let (_journal, ledger) = Journal::open(&path, CHAIN).expect("reopens");
    assert_eq!(ledger, fold(&all));
    let (earned_wei, gas_wei, rewards_wei) = (U256::from(100), U256::from(26), U256::from(50));
    let (redeemed_wei, leased_wei) = (U256::from(70 + 100 + 100), U256::from(60));
    let totals =
        Totals { settled: 1, failed: 0, earned_wei, gas_wei, rounds: 4, rewards_wei, redeemed_wei, leased_wei };
    assert_eq!(ledger.totals, totals);
    let kept = Kept { voucher: voucher(1, 110), redeemed: U256::from(100) };
    let trade = Trade {
        bids: [(B256::repeat_byte(19), bid())].into(),
        leases: [(U256::from(22), 23)].into(),
        vouchers: [(kept.voucher.pair, kept)].into(),
        uncollected: [voucher(1, 0).pair, voucher(2, 0).pair].into(),
    };
    assert_eq!(ledger.trade, trade);
    let work = RoundWork { seed: B256::repeat_byte(15), roots: vec![B256::repeat_byte(16), B256::repeat_byte(17)] };
    let attendance = Attendance { rounds: [(1, work)].into() };
    assert_eq!(ledger.epochs.into_iter().collect::<Vec<_>>(), [(6, attendance)]);
    let stage = Stage::Submitting { output: vec![9].into(), tx: tx(5) };
    assert_eq!(ledger.open.into_iter().collect::<Vec<_>>(), [(U256::from(3), stage)]);
}

#[test]
fn lines_made_of_a_ledger_fold_to_it_again() {
    let ledger = fold(&[history(), trades()].concat());
    assert_eq!(fold(&ledger.records()), ledger);
}

#[test]
fn sums_that_were_written_before_there_were_rounds_are_read() {
    let line = r#"{"step":"totals","totals":{"settled":2,"failed":1,"earned_wei":"0x5","gas_wei":"0x6"}}"#;
    let Record::Totals { totals } = serde_json::from_str(line).expect("read") else { panic!("sums") };
    assert_eq!((totals.settled, totals.gas_wei, totals.rounds), (2, U256::from(6), 0));
}

#[tokio::test]
async fn every_prefix_of_the_file_opens_as_its_whole_lines_and_can_be_continued() {
    let dir = tempfile::tempdir().expect("directory");
    let path = dir.path().join("journal.jsonl");
    write(&path, &history()).await;
    let whole = fs::read(&path).expect("read");
    let more = Record::Taken { job: U256::from(99) };
    for length in 0..=whole.len() {
        let lines = whole[..length].iter().filter(|&&byte| byte == b'\n').count().saturating_sub(1);
        fs::write(&path, &whole[..length]).expect("cut");
        let (journal, ledger) = Journal::open(&path, CHAIN).expect("opens");
        assert_eq!(ledger, fold(&history()[..lines]), "cut at {length}");
        if length % 97 == 0 {
            journal.record(more.clone()).await.expect("continues");
            let mut expected = history()[..lines].to_vec();
            expected.push(more.clone());
            let (_, ledger) = Journal::open(&path, CHAIN).expect("opens again");
            assert_eq!(ledger, fold(&expected), "continued at {length}");
        }
    }
}

#[tokio::test]
async fn zeros_that_a_crash_left_at_the_end_are_cut_off() {
    let dir = tempfile::tempdir().expect("directory");
    let path = dir.path().join("journal.jsonl");
    write(&path, &history()).await;
    let mut bytes = fs::read(&path).expect("read");
    let whole = bytes.len();
    bytes.extend([0; 4096]);
    fs::write(&path, &bytes).expect("written");
    let (_journal, ledger) = Journal::open(&path, CHAIN).expect("opens");
    assert_eq!(ledger, fold(&history()));
    assert_eq!(fs::metadata(&path).expect("there").len(), whole as u64);
}

#[tokio::test]
async fn damage_in_the_middle_is_not_mistaken_for_a_torn_end() {
    let dir = tempfile::tempdir().expect("directory");
    let path = dir.path().join("journal.jsonl");
    write(&path, &history()).await;
    let mut bytes = fs::read(&path).expect("read");
    let second = bytes.iter().position(|&byte| byte == b'\n').expect("lines") + 3;
    bytes[second] = b'#';
    fs::write(&path, &bytes).expect("written");
    assert!(matches!(Journal::open(&path, CHAIN), Err(JournalError::Damaged { line: 2, .. })));
}

#[tokio::test]
async fn on_another_chain_it_does_not_open() {
    let dir = tempfile::tempdir().expect("directory");
    let path = dir.path().join("journal.jsonl");
    write(&path, &history()).await;
    let whole = fs::read(&path).expect("read");
    for other in [Chain { id: 1, ..CHAIN }, Chain { genesis: B256::ZERO, ..CHAIN }] {
        let refused = Journal::open(&path, other).expect_err("refused");
        assert!(matches!(refused, JournalError::OtherChain { found: CHAIN, served, .. } if served == other));
    }
    assert_eq!(fs::read(&path).expect("read"), whole, "nothing was changed");
    let first = whole.iter().position(|&byte| byte == b'\n').expect("lines") + 1;
    fs::write(&path, &whole[first..]).expect("written");
    assert!(matches!(Journal::open(&path, CHAIN), Err(JournalError::Damaged { line: 1, .. })), "of no chain");
}

#[test]
fn a_submission_without_its_answer_is_done_again() {
    let job = U256::from(1);
    let ledger = fold(&[Record::Submitting { job, tx: tx(1) }]);
    assert_eq!(ledger.open.get(&job), Some(&Stage::Taken));
}
