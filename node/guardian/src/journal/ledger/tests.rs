use super::*;
use proptest::prelude::*;

fn ledger(heights: impl IntoIterator<Item = u64>) -> (Ledger, Vec<u8>) {
    let mut ledger = Ledger::default();
    let mut bytes = ledger.encode();
    for height in heights {
        bytes.extend(ledger.enter(height, [height as u8; 32]).expect("allowed").expect("new"));
    }
    (ledger, bytes)
}

#[test]
fn a_height_has_one_block() {
    let (mut ledger, _) = ledger([101, 301]);
    assert_eq!(ledger.enter(101, [101; 32]), Ok(None));
    assert_eq!(ledger.enter(101, [9; 32]), Err(Refused::AnotherBlock { height: 101 }));
    assert_eq!(ledger.signed_at(101), Some(&[101; 32]));
    assert!(matches!(ledger.enter(201, [9; 32]), Ok(Some(_))), "a height in between may come later");
}

#[test]
fn below_the_floor_nothing_is_signed_and_nothing_is_kept() {
    let (mut ledger, _) = ledger([101, 201, 301]);
    ledger.raise_floor(202);
    assert_eq!((ledger.floor(), ledger.len()), (202, 1));
    assert_eq!(ledger.enter(101, [101; 32]), Err(Refused::BelowFloor { height: 101, floor: 202 }));
    assert_eq!(ledger.enter(201, [9; 32]), Err(Refused::BelowFloor { height: 201, floor: 202 }));
    ledger.raise_floor(5);
    assert_eq!(ledger.floor(), 202, "it never sinks");
    assert_eq!(Ledger::decode(&ledger.encode()), Ok((ledger, 128)));
}

#[test]
fn whatever_is_cut_off_the_end_the_records_before_it_count() {
    let (whole, bytes) = ledger([101, 201, 301]);
    for end in 0..=bytes.len() {
        for zeros in [0, 1, 63, 64, 65, 500] {
            let torn = [&bytes[..end], &vec![0; zeros]].concat();
            let read = Ledger::decode(&torn);
            let records = (end / 64).saturating_sub(1);
            // The start of a record with zeros behind it to its end is whole, and damaged: a sector is written at once.
            let mixed = !end.is_multiple_of(64) && zeros >= 64 - end % 64;
            if mixed && bytes[end - end % 64..end].iter().any(|byte| *byte != 0) {
                let same = torn[..bytes.len().min(torn.len())] == bytes[..bytes.len().min(torn.len())];
                assert!(read.is_err() || same, "{end} bytes and {zeros} zeros: {read:?}");
                continue;
            }
            let (ledger, counted) = read.unwrap_or_else(|error| panic!("{end} bytes and {zeros} zeros: {error}"));
            assert_eq!(counted, if end < 64 { 0 } else { (records + 1) * 64 }, "{end} bytes and {zeros} zeros");
            assert!(ledger.signed.iter().eq(whole.signed.iter().take(records)));
        }
    }
}

#[test]
fn damage_is_named_wherever_it_is() {
    let (_, bytes) = ledger([101, 201]);
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1 << bit;
            let expected = if at < 64 { LedgerError::Head } else { LedgerError::Record { at: at / 64 * 64 } };
            assert_eq!(Ledger::decode(&damaged), Err(expected), "bit {bit} of byte {at}");
        }
    }
    let twice = [&bytes[..], &bytes[64..128]].concat();
    assert_eq!(Ledger::decode(&twice), Err(LedgerError::Order { at: 192 }));
    let mut zeroed = bytes.clone();
    zeroed[64..128].fill(0);
    assert_eq!(
        Ledger::decode(&zeroed),
        Err(LedgerError::Record { at: 64 }),
        "zeros with a record behind them are damage"
    );
    assert_eq!(Ledger::decode(b"something else"), Err(LedgerError::Head));
}

proptest! {
    #[test]
    fn any_bytes_are_a_ledger_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        if let Ok((ledger, counted)) = Ledger::decode(&bytes) {
            prop_assert!(counted <= bytes.len());
            prop_assert!(counted > 0 || ledger == Ledger::default());
        }
    }

    #[test]
    fn no_order_of_requests_signs_two_blocks_at_a_height(
        requests in prop::collection::vec((0u64..6, 0u8..3, prop::option::of(0u64..6)), 1..60),
    ) {
        let mut ledger = Ledger::default();
        let mut signed = BTreeMap::new();
        for (height, block, floor) in requests {
            if let Some(floor) = floor {
                ledger.raise_floor(floor);
                ledger = Ledger::decode(&ledger.encode()).expect("its own").0;
            }
            if ledger.enter(height, [block; 32]).is_ok() {
                prop_assert_eq!(*signed.entry(height).or_insert(block), block);
            }
        }
    }
}
