use super::{Answer, OWN_BYTES, Room};
use crate::error::Fault;
use serde_json::value::{RawValue, to_raw_value};

const BIG: usize = 1_000_000;

fn hold(room: &Room, bytes: usize) -> Answer {
    let refuse = |full: Fault| to_raw_value(&full.to_string()).unwrap();
    room.hold(RawValue::from_string(format!("\"{}\"", "x".repeat(bytes - 2))).unwrap(), refuse)
}

fn is_refusal(answer: &Answer) -> bool {
    answer.as_ref().starts_with(b"\"too many answers")
}

#[test]
fn a_connection_that_reads_nothing_gets_no_more_until_it_reads() {
    let room = Room::new(10 * BIG, 2 * BIG);
    let (first, second) = (hold(&room, BIG), hold(&room, BIG));
    assert!(!is_refusal(&first) && !is_refusal(&second));
    assert!(is_refusal(&hold(&room, BIG)));
    // Its own room is not without end either.
    let own = hold(&room, OWN_BYTES);
    assert!(!is_refusal(&own) && is_refusal(&hold(&room, 100)));
    drop(first);
    assert!(!is_refusal(&hold(&room, BIG)));
}

#[test]
fn all_connections_share_the_room_of_the_node() {
    let room = Room::new(3 * BIG, 3 * BIG);
    let (one, other) = (room.for_connection(), room.for_connection());
    let held = hold(&one, 2 * BIG);
    assert!(is_refusal(&hold(&other, 2 * BIG)));
    // What is refused takes nothing.
    assert!(!is_refusal(&hold(&other, BIG)));
    drop(held);
    assert!(!is_refusal(&hold(&other, 2 * BIG)));
}

#[test]
fn who_reads_is_answered_however_much_others_leave_unread() {
    let room = Room::new(BIG, BIG);
    let _unread = hold(&room.for_connection(), BIG);
    let other = room.for_connection();
    for _ in 0..100 {
        assert!(!is_refusal(&hold(&other, 64 * 1024)));
    }
    assert!(is_refusal(&hold(&other, BIG)));
}
