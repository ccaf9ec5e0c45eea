use edgeloom_media::WRAP_BYTES;

use super::*;

fn shown(epoch: u64, version: u32) -> Shown {
    let show = Show { epoch: U256::from(epoch), wrapped: [version as u8; WRAP_BYTES] };
    Shown { version, key: ContentKey::random(), show }
}

fn now(epoch: u64, age: u64, asked: Instant) -> Now {
    Now { epoch: U256::from(epoch), age: Duration::from_secs(age), asked }
}

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

#[test]
fn an_epoch_that_is_over_is_shown_for_a_moment_and_no_longer() {
    let start = Instant::now();
    let mut epochs = Epochs::default();
    epochs.hear(now(7, 50, start));
    epochs.open(shown(7, 1));
    let seven = |epochs: &Epochs, at| epochs.key(U256::from(7), at).is_some();
    assert!(seven(&epochs, start + seconds(1)));
    // Nobody asked what is shown meanwhile.
    epochs.hear(now(8, 1, start + seconds(11)));
    assert!(seven(&epochs, start + seconds(12)));
    epochs.hear(now(8, 29, start + seconds(39)));
    assert!(seven(&epochs, start + seconds(39)));
    assert!(!seven(&epochs, start + seconds(40)), "a second later");
    epochs.hear(now(8, 31, start + seconds(41)));
    assert!(epochs.shown.is_empty(), "nor is its key kept");
    epochs.open(shown(8, 1));
    epochs.hear(now(7, 59, start + seconds(42)));
    epochs.hear(now(8, 33, start + seconds(43)));
    assert!(epochs.key(U256::from(8), start + seconds(43)).is_some(), "a node that was behind was asked meanwhile");
}

#[test]
fn of_epochs_before_and_to_come_nothing_is_shown() {
    let start = Instant::now();
    let mut epochs = Epochs::default();
    epochs.hear(now(7, 0, start));
    for epoch in [5, 8, 9] {
        epochs.open(shown(epoch, 1));
        assert!(epochs.key(U256::from(epoch), start).is_none(), "{epoch}");
    }
}

#[test]
fn without_the_chain_s_word_nothing_is_shown() {
    let start = Instant::now();
    let mut epochs = Epochs::default();
    epochs.open(shown(7, 1));
    assert!(epochs.is_stale(start) && epochs.key(U256::from(7), start).is_none());
    epochs.hear(now(7, 0, start));
    assert!(!epochs.is_stale(start) && epochs.key(U256::from(7), start).is_some());
    let later = start + FRESH;
    assert!(epochs.is_stale(later) && epochs.key(U256::from(7), later).is_none());
    // An answer that was long under way is no news.
    epochs.hear(now(8, 0, later));
    epochs.hear(now(7, 60, start));
    assert_eq!(epochs.now.map(|now| now.epoch), Some(U256::from(8)));
}

#[test]
fn another_quorum_has_another_key_and_two_readers_have_one() {
    let start = Instant::now();
    let mut epochs = Epochs::default();
    epochs.hear(now(7, 0, start));
    let first = shown(7, 1);
    assert_eq!(epochs.open(first.clone()), first.show);
    assert_eq!(epochs.open(shown(7, 1)), first.show, "whoever came second");
    assert!(epochs.show(U256::from(7), 2).is_none(), "shared anew");
    let second = shown(7, 2);
    assert_eq!(epochs.open(second.clone()), second.show);
    let key = epochs.key(U256::from(7), start).expect("shown");
    assert_eq!(key.as_bytes(), second.key.as_bytes());
    assert_eq!(epochs.open(shown(7, 1)), second.show, "read before it was shared anew");
}
