use super::Turns;
use crate::error::Fault;
use std::{sync::mpsc, time::Duration};

#[tokio::test]
async fn work_beyond_the_turns_waits_and_is_refused_in_the_end() {
    let turns = Turns::new(1, Duration::from_millis(50));
    let (go, gone) = mpsc::channel::<()>();
    let (started, start) = tokio::sync::oneshot::channel();
    let first = turns.clone();
    let first = tokio::spawn(async move {
        let work = move || {
            started.send(()).expect("the test waits");
            gone.recv().expect("the test lives");
        };
        first.run(work).await
    });
    start.await.unwrap();
    assert!(matches!(turns.run(|| ()).await, Err(Fault::Limit(_))));
    // Nobody waits for the answer any more: the thread works on, and keeps its turn.
    first.abort();
    assert!(matches!(turns.run(|| ()).await, Err(Fault::Limit(_))));
    go.send(()).unwrap();
    let patient = Turns { wait_max: Duration::from_secs(10), ..turns };
    assert_eq!(patient.run(|| 7).await.unwrap(), 7);
}

#[tokio::test]
async fn a_panic_gives_its_turn_back() {
    let turns = Turns::new(1, Duration::from_secs(10));
    for _ in 0..2 {
        assert!(matches!(turns.run(|| panic!("a bug")).await, Err::<(), _>(Fault::Internal(_))));
    }
}
