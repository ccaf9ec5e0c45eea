use super::{Answer, Room};
use jsonrpsee::{
    core::server::{MethodResponse, ResponsePayload},
    types::Id,
};

fn hold(room: &Room, bytes: usize) -> Answer {
    let response = MethodResponse::response(Id::Number(7), ResponsePayload::success("x".repeat(bytes)), usize::MAX);
    room.hold(Id::Number(7), response)
}

fn is_refusal(answer: &Answer) -> bool {
    let text = std::str::from_utf8(answer.as_ref()).unwrap();
    text.contains("-32005") && text.contains("\"id\":7")
}

#[test]
fn a_connection_that_reads_nothing_gets_no_more_until_it_reads() {
    let room = Room::new(10_000, 3_000);
    let (first, second) = (hold(&room, 1_000), hold(&room, 1_000));
    assert!(!is_refusal(&first) && !is_refusal(&second));
    assert!(is_refusal(&hold(&room, 1_000)));
    drop(first);
    assert!(!is_refusal(&hold(&room, 1_000)));
}

#[test]
fn all_connections_share_the_room_of_the_node() {
    let room = Room::new(3_000, 3_000);
    let (one, other) = (room.for_connection(), room.for_connection());
    let held = hold(&one, 2_000);
    assert!(is_refusal(&hold(&other, 2_000)));
    // What is refused takes nothing.
    assert!(!is_refusal(&hold(&other, 500)));
    drop(held);
    assert!(!is_refusal(&hold(&other, 2_000)));
}
