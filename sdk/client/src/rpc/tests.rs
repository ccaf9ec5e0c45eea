use std::cell::Cell;

use super::*;

fn lost() -> Error {
    Error::Timeout { what: "a test".to_owned(), after: Duration::ZERO }
}

#[tokio::test]
async fn lost_answers_are_asked_for_again() {
    let asked = Cell::new(0);
    let answer = retried(Duration::from_secs(5), || {
        asked.set(asked.get() + 1);
        let fails = asked.get() < 4;
        async move { if fails { Err(lost()) } else { Ok(7) } }
    })
    .await;
    assert_eq!((answer.ok(), asked.get()), (Some(7), 4));
}

#[tokio::test]
async fn the_deadline_ends_it() {
    let start = Instant::now();
    let asked = Cell::new(0);
    let answer: Result<(), Error> = retried(Duration::from_millis(300), || {
        asked.set(asked.get() + 1);
        async { Err(lost()) }
    })
    .await;
    assert!(matches!(answer, Err(Error::Timeout { .. })));
    // At 0, 50 and 150 ms; the next would be at 350. Fewer on a machine that stalls.
    assert!((1..=3).contains(&asked.get()), "{}", asked.get());
    assert!(start.elapsed() >= Duration::from_millis(50));
}

#[tokio::test]
async fn a_refusal_is_final() {
    let asked = Cell::new(0);
    let answer: Result<(), Error> = retried(Duration::from_secs(5), || {
        asked.set(asked.get() + 1);
        async { Err(Error::Missing("a test")) }
    })
    .await;
    assert!(matches!(answer, Err(Error::Missing(_))));
    assert_eq!(asked.get(), 1);
}
