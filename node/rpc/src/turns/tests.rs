use super::Turns;
use crate::error::Fault;
use parking_lot::Mutex;
use std::{
    collections::VecDeque,
    sync::{Arc, mpsc},
    time::Duration,
};

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

/// Who has much to ask does not keep others from their turn.
#[tokio::test]
async fn callers_take_turns() {
    let turns = Turns::new(1, Duration::from_secs(10));
    let (go, gone) = mpsc::channel::<()>();
    let (greedy, modest) = (turns.for_connection(), turns.for_connection());
    let order = Arc::new(Mutex::new(Vec::new()));
    let ask = |turns: &Turns, name: &'static str| {
        let (turns, order) = (turns.clone(), order.clone());
        tokio::spawn(async move { turns.run(move || order.lock().push(name)).await.unwrap() })
    };
    let first = turns.clone();
    let first = tokio::spawn(async move { first.run(move || gone.recv().expect("the test lives")).await });
    let free = || turns.queue.waiting.lock().free;
    let waiting = || turns.queue.waiting.lock().calls.values().map(VecDeque::len).sum::<usize>();
    while free() > 0 {
        tokio::task::yield_now().await;
    }
    let mut asked = Vec::new();
    for _ in 0..5 {
        asked.push(ask(&greedy, "greedy"));
    }
    while waiting() < 5 {
        tokio::task::yield_now().await;
    }
    asked.push(ask(&modest, "modest"));
    asked.push(ask(&modest, "modest"));
    while waiting() < 7 {
        tokio::task::yield_now().await;
    }
    // Who went away does not cost a turn.
    asked.swap_remove(4).abort();
    go.send(()).unwrap();
    first.await.unwrap().unwrap();
    for asked in asked {
        drop(asked.await);
    }
    let order = order.lock().clone();
    assert_eq!(order[..4], ["greedy", "modest", "greedy", "modest"]);
    while free() < 1 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_panic_gives_its_turn_back() {
    let turns = Turns::new(1, Duration::from_secs(10));
    for _ in 0..2 {
        assert!(matches!(turns.run(|| panic!("a bug")).await, Err::<(), _>(Fault::Internal(_))));
    }
}
