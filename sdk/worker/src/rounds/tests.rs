use alloy::primitives::B256;
use edgeloom_sdk::chain_after;

use super::*;
use crate::journal::RoundWork;

fn tally(answered: u8, chain: B256) -> Tally {
    let stake = alloy::primitives::aliases::U96::from(1);
    Tally { burned: Default::default(), stake, answered, opened: false, paid: false, chain }
}

fn known(rounds: &[u8]) -> Attendance {
    let work = |round: u8| (round, RoundWork { seed: B256::ZERO, roots: vec![B256::repeat_byte(round); 2] });
    Attendance { rounds: rounds.iter().copied().map(work).collect() }
}

fn digest(round: u8) -> B256 {
    digest_of(&[B256::repeat_byte(round); 2])
}

#[test]
fn answers_are_shown_in_the_order_of_their_rounds_with_the_chain_before_each() {
    let first = chain_after(B256::ZERO, 1, digest(1));
    let second = chain_after(first, 3, digest(3));
    // The journal has a round that was never answered, too.
    let answers = Answers::of(&tally(0b1010, second), &known(&[0, 1, 3])).expect("all known").0;
    let told: Vec<_> = answers.iter().map(|answer| (answer.round, answer.chain)).collect();
    assert_eq!(told, [(1, B256::ZERO), (3, first)]);
    assert_eq!(answers[1].roots, [B256::repeat_byte(3); 2]);
}

#[test]
fn what_another_answered_with_this_account_is_not_shown() {
    let first = chain_after(B256::ZERO, 1, digest(1));
    assert_eq!(Answers::of(&tally(0b10, first), &known(&[])), None, "the journal was lost");
    assert_eq!(Answers::of(&tally(0b10, B256::repeat_byte(9)), &known(&[1])), None, "another digest");
}

#[test]
fn a_machine_keeps_up_that_needs_no_more_than_its_time() {
    let pace =
        |takes: u64| Pace { size: 256, links: 1, takes: Duration::from_secs(takes), may_take: Duration::from_secs(24) };
    assert!(pace(24).keeps_up() && !pace(25).keeps_up());
}
