use super::*;
use proptest::prelude::*;

const DAY: u64 = 24 * 60 * 60 * 1000;

/// Sales of one token, a day after each other, from and to accounts by number.
fn daily(trades: &[(u8, u8)]) -> Vec<Trade> {
    let trade = |((from, to), sale): (&(u8, u8), u64)| Trade {
        sale,
        from: Address::repeat_byte(*from),
        to: Address::repeat_byte(*to),
        ms: sale * DAY,
    };
    trades.iter().zip(1..).map(trade).collect()
}

fn circle(trades: &[(u8, u8)]) -> Vec<u64> {
    closed_by_last(&daily(trades)).into_iter().collect()
}

#[test]
fn a_token_that_comes_back_closes_a_circle_of_two_to_four() {
    assert_eq!(circle(&[(1, 2), (2, 1)]), [1, 2]);
    assert_eq!(circle(&[(1, 2), (2, 3), (3, 1)]), [1, 2, 3]);
    assert_eq!(circle(&[(1, 2), (2, 3), (3, 4), (4, 1)]), [1, 2, 3, 4]);
    assert_eq!(circle(&[(1, 2), (2, 3), (3, 4), (4, 5), (5, 1)]), [0_u64; 0], "of five");
}

#[test]
fn what_does_not_come_back_is_no_circle() {
    assert_eq!(circle(&[]), [0_u64; 0]);
    assert_eq!(circle(&[(1, 2)]), [0_u64; 0]);
    assert_eq!(circle(&[(1, 2), (2, 3), (3, 4)]), [0_u64; 0]);
    assert_eq!(circle(&[(2, 1), (1, 2), (2, 3)]), [0_u64; 0], "the circle is older than the last sale");
    assert_eq!(circle(&[(1, 1)]), [0_u64; 0], "that is another mark");
}

/// Copies of an edition have many owners at the same time.
#[test]
fn only_sales_on_the_way_are_on_the_circle() {
    assert_eq!(circle(&[(1, 2), (7, 8), (2, 3), (3, 9), (3, 1)]), [1, 3, 5]);
    assert_eq!(circle(&[(2, 3), (1, 2), (3, 1)]), [0_u64; 0], "in the order of time it is none");
    assert_eq!(circle(&[(1, 2), (1, 2), (2, 1)]), [1, 2, 3], "by either of two ways");
}

#[test]
fn thirty_days_are_the_window() {
    let mut trades = daily(&[(1, 2), (2, 1)]);
    trades[1].ms = trades[0].ms + 30 * DAY;
    assert_eq!(closed_by_last(&trades).len(), 2);
    trades[1].ms += 1;
    assert!(closed_by_last(&trades).is_empty());
}

#[test]
fn older_than_so_many_sales_is_forgotten() {
    let far = |between: usize| {
        let mut trades = vec![(1, 2)];
        trades.extend(vec![(7, 8); between]);
        trades.push((2, 1));
        let mut trades = daily(&trades);
        for trade in &mut trades {
            trade.ms = 0;
        }
        closed_by_last(&trades).len()
    };
    assert_eq!((far(TRADES_MAX - 1), far(TRADES_MAX)), (2, 0));
}

/// Every way, one by one.
fn slowly(trades: &[Trade]) -> BTreeSet<u64> {
    fn walk(trades: &[Trade], way: &mut Vec<usize>, found: &mut BTreeSet<u64>) {
        let (last, before) = trades.split_last().expect("not empty");
        let (at, from) = way.last().map_or((last.to, 0), |place| (before[*place].to, place + 1));
        if at == last.from && !way.is_empty() {
            found.extend(way.iter().map(|place| before[*place].sale));
            found.insert(last.sale);
        }
        if way.len() == SALES_MAX - 1 {
            return;
        }
        for (place, trade) in before.iter().enumerate().skip(from) {
            if trade.from == at && trade.from != trade.to {
                way.push(place);
                walk(trades, way, found);
                way.pop();
            }
        }
    }
    let mut found = BTreeSet::new();
    if trades.last().is_some_and(|last| last.from != last.to) {
        walk(trades, &mut Vec::new(), &mut found);
    }
    found
}

proptest! {
    #[test]
    fn it_finds_what_trying_every_way_finds(trades in prop::collection::vec((0u8..6, 0u8..6), 1..20)) {
        let trades = daily(&trades);
        prop_assert_eq!(closed_by_last(&trades), slowly(&trades));
    }
}
