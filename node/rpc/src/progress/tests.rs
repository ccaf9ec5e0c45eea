use super::{Progress, Start};
use alloy::primitives::U64;
use edgeloom_types::Height;

fn progress(starting: u64, current: u64, highest: u64) -> Option<Progress> {
    Some(Progress {
        starting_block: U64::from(starting),
        current_block: U64::from(current),
        highest_block: U64::from(highest),
    })
}

#[test]
fn a_backlog_is_told_from_where_it_began_until_it_is_gone() {
    let start = Start::at(Height::new(5));
    assert_eq!(start.look(40, 100), progress(5, 40, 100), "first asked in the middle");
    assert_eq!(start.look(92, 100), progress(5, 92, 100));
    assert_eq!(start.look(93, 100), None, "what is executed right now is no backlog");
    assert_eq!(start.look(100, 99), None);
    assert_eq!(start.look(100, 108), progress(100, 100, 108), "another one");
}
