use super::*;

fn synced(at: u64) -> Nonces {
    let mut nonces = Nonces::default();
    nonces.sync(at, at);
    nonces
}

#[test]
fn nothing_is_handed_out_before_the_chain_was_asked() {
    assert_eq!(Nonces::default().reserve(), None);
    let mut nonces = Nonces::default();
    nonces.sync(5, 7);
    assert_eq!(nonces.reserve(), Some(7), "what the pool holds is not handed out again");
}

#[test]
fn a_refused_nonce_is_the_next_one_handed_out() {
    let mut nonces = synced(0);
    let taken: Vec<_> = (0..4).map(|_| nonces.reserve()).collect();
    assert_eq!(taken, [Some(0), Some(1), Some(2), Some(3)]);
    nonces.refused(1);
    assert_eq!(nonces.reserve(), Some(1));
    assert_eq!(nonces.reserve(), Some(4));
}

#[test]
fn refusals_at_the_end_leave_no_gap() {
    let mut nonces = synced(10);
    for _ in 0..3 {
        nonces.reserve();
    }
    nonces.refused(11);
    nonces.refused(12);
    assert_eq!(nonces.gaps(10, u64::MAX), [Gap::Silent(10)]);
    assert_eq!(nonces.reserve(), Some(11));
}

#[test]
fn gaps_show_what_a_waiting_transaction_waits_for() {
    let mut nonces = synced(0);
    for _ in 0..5 {
        nonces.reserve();
    }
    for nonce in [0, 1, 4] {
        nonces.broadcast(nonce, vec![nonce as u8].into());
    }
    nonces.refused(2);
    assert_eq!(nonces.gaps(1, 4), [Gap::Free(2), Gap::Lost(vec![1].into()), Gap::Silent(3)]);
    assert_eq!(nonces.gaps(4, 4), []);
    assert_eq!(nonces.gaps(9, 4), []);
}

#[test]
fn what_the_chain_passed_is_forgotten() {
    let mut nonces = synced(0);
    for _ in 0..3 {
        nonces.reserve();
    }
    nonces.refused(0);
    nonces.settled(1);
    assert_eq!(nonces.gaps(0, 10), [Gap::Silent(2)]);
    nonces.sync(20, 20);
    assert_eq!(nonces.gaps(0, 100), []);
    assert_eq!(nonces.reserve(), Some(20));
}

#[test]
fn a_lagging_answer_does_not_hand_a_nonce_out_twice() {
    let mut nonces = synced(3);
    assert_eq!(nonces.reserve(), Some(3));
    nonces.sync(3, 3);
    assert_eq!(nonces.reserve(), Some(4));
}

#[test]
fn what_was_broadcast_before_the_first_question_is_not_handed_out() {
    let mut nonces = Nonces::default();
    nonces.broadcast(6, vec![1].into());
    nonces.sync(5, 5);
    assert_eq!(nonces.reserve(), Some(7));
    assert_eq!(nonces.gaps(5, 7), [Gap::Lost(vec![1].into())]);
}
