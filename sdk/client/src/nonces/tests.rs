use super::*;

fn gaps(nonces: &Nonces, range: Range<u64>) -> Vec<Gap> {
    nonces.gaps(range).collect()
}

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
    assert_eq!(gaps(&nonces, 10..11), [Gap::Silent(10)]);
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
    assert_eq!(gaps(&nonces, 1..4), [Gap::Lost(vec![1].into()), Gap::Free(2), Gap::Silent(3)]);
    assert_eq!(gaps(&nonces, 4..4), []);
    assert_eq!(gaps(&nonces, Range { start: 9, end: 4 }), []);
}

#[test]
fn what_the_chain_passed_is_forgotten() {
    let mut nonces = synced(0);
    for _ in 0..3 {
        nonces.reserve();
    }
    nonces.refused(0);
    nonces.settled(1);
    assert_eq!(nonces.reserve(), Some(3), "a nonce that the chain has passed is not free");
    nonces.sync(20, 20);
    assert_eq!((nonces.out.len(), nonces.free.len()), (0, 0));
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
    assert_eq!(gaps(&nonces, 6..7), [Gap::Lost(vec![1].into())]);
}

#[test]
fn a_nonce_that_was_lost_with_a_process_is_a_gap_of_the_next() {
    // Two jobs side by side: 7 was signed and died with the process, 8 was in the journal and goes on.
    let mut before = synced(7);
    assert_eq!((before.reserve(), before.reserve()), (Some(7), Some(8)));
    let mut after = Nonces::default();
    after.broadcast(8, vec![8].into());
    after.sync(7, 7);
    assert_eq!(gaps(&after, 7..8), [Gap::Silent(7)]);
    assert_eq!(after.claim(&Gap::Silent(7)), Some(7));
    assert_eq!(after.reserve(), Some(9));
}

#[test]
fn what_only_a_pool_knew_is_a_gap_when_the_pool_is_gone() {
    let mut nonces = Nonces::default();
    nonces.sync(5, 8);
    assert_eq!(nonces.reserve(), Some(8));
    nonces.broadcast(8, vec![8].into());
    assert_eq!(gaps(&nonces, 5..8), [Gap::Silent(5), Gap::Silent(6), Gap::Silent(7)]);
    nonces.reserve();
    nonces.broadcast(9, vec![9].into());
    nonces.lost(9);
    assert_eq!(gaps(&nonces, 9..10), [Gap::Silent(9)]);
}

#[test]
fn a_gap_that_found_an_owner_is_not_filled() {
    let mut nonces = synced(0);
    for _ in 0..3 {
        nonces.reserve();
    }
    nonces.refused(1);
    assert_eq!(nonces.reserve(), Some(1));
    assert_eq!(nonces.claim(&Gap::Free(1)), None, "handed out again");
    nonces.broadcast(1, vec![1].into());
    assert_eq!(nonces.claim(&Gap::Silent(1)), None, "sent");
    nonces.refused(0);
    assert_eq!(nonces.claim(&Gap::Silent(0)), None, "free: the next owner is near");
    assert_eq!(nonces.claim(&Gap::Free(0)), Some(0));
    assert_eq!(nonces.claim(&Gap::Free(0)), None);
}

#[test]
fn a_higher_bid_keeps_what_it_took_the_place_of() {
    let mut nonces = synced(4);
    nonces.reserve();
    assert_eq!(nonces.broadcast(4, vec![1].into()), None);
    assert_eq!(nonces.broadcast(4, vec![2].into()), Some(vec![1].into()));
    assert_eq!(gaps(&nonces, 4..5), [Gap::Lost(vec![2].into())]);
}
