use crate::{
    kv::{Durability, Kv},
    table::Table,
};
use proptest::prelude::*;

const KEYS: u8 = 12;

#[derive(Clone, Debug)]
enum Step {
    Write(Vec<(u8, Option<u8>)>),
    Mark,
    /// The nth newest of the marks given out.
    Undo(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let rows = proptest::collection::vec((0..KEYS, proptest::option::of(any::<u8>())), 1..6);
    prop_oneof![4 => rows.prop_map(Step::Write), 2 => Just(Step::Mark), 1 => (0..4usize).prop_map(Step::Undo)]
}

fn write(kv: &Kv, rows: &[(u8, Option<u8>)]) {
    let mut batch = kv.batch();
    for (key, value) in rows {
        match value {
            Some(value) => batch.put(Table::Codes, &[*key], &[*value]),
            None => batch.delete(Table::Codes, &[*key]),
        }
    }
    kv.write(batch, Durability::Synced).expect("in memory");
}

fn rows(kv: &Kv) -> Vec<Option<Vec<u8>>> {
    (0..KEYS).map(|key| kv.get(Table::Codes, &[key]).expect("in memory")).collect()
}

proptest! {
    #[test]
    fn undoing_is_as_if_it_had_never_been(steps in proptest::collection::vec(step(), 1..60)) {
        let kv = Kv::memory();
        let (mut open, mut spent) = (Vec::new(), Vec::new());
        for step in steps {
            match step {
                Step::Write(changes) => write(&kv, &changes),
                Step::Mark => open.push((kv.mark(), rows(&kv))),
                Step::Undo(back) => {
                    let Some(place) = open.len().checked_sub(back + 1) else { continue };
                    let (mark, then) = open[place].clone();
                    prop_assert!(kv.undo(mark).expect("in memory"));
                    prop_assert_eq!(rows(&kv), then);
                    spent.extend(open.drain(place..).map(|(mark, _)| mark));
                }
            }
        }
        for mark in spent {
            prop_assert!(!kv.undo(mark).expect("in memory"), "used up");
        }
    }
}

#[test]
fn the_oldest_marks_make_room() {
    let kv = Kv::memory();
    kv.journal.limit(2_000);
    let first = kv.mark();
    for value in 0..10 {
        write(&kv, &[(0, Some(value))]);
    }
    let second = kv.mark();
    let then = rows(&kv);
    for value in 0..15 {
        write(&kv, &[(1, Some(value))]);
    }
    assert!(!kv.undo(first).expect("in memory"), "its rows took too much");
    assert!(kv.undo(second).expect("in memory"));
    assert_eq!(rows(&kv), then);
    assert!(!kv.journal.is_kept(), "nothing to go back to, nothing to remember");
}
