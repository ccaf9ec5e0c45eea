use super::{FREE, Intake, NODE_BYTES_MAX, Untaken};
use crate::server::REQUEST_BYTES_MAX;
use axum::body::Body;
use bytes::Bytes;
use futures::{StreamExt as _, stream};
use std::{convert::Infallible, sync::Arc, time::Duration};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

impl Intake {
    fn of(bytes: usize, wait_max: Duration) -> Self {
        Self { room: Arc::new(Semaphore::new(bytes)), wait_max, arrive_max: Duration::from_secs(10) }
    }

    /// All room that a node has.
    pub(crate) async fn take_all(&self) -> OwnedSemaphorePermit {
        self.room.clone().acquire_many_owned(u32::try_from(NODE_BYTES_MAX).unwrap()).await.unwrap()
    }
}

const PIECE: Bytes = Bytes::from_static(&[7; 32 * 1024]);

/// Of so many pieces; nobody knows how many when it begins.
fn pieces(count: usize) -> Body {
    Body::from_stream(stream::iter((0..count).map(|_| Ok::<_, Infallible>(PIECE))))
}

/// One that goes on as it is told to.
fn told() -> (mpsc::UnboundedSender<Bytes>, Body) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let pieces = stream::unfold(receiver, async |mut pieces| Some((pieces.recv().await?, pieces)));
    (sender, Body::from_stream(pieces.map(Ok::<_, Infallible>)))
}

#[tokio::test]
async fn what_comes_in_pieces_is_whole_and_holds_its_room_until_it_is_dropped() {
    let intake = Intake::of(1 << 20, Duration::ZERO);
    let taken = intake.take(pieces(10)).await.unwrap();
    assert_eq!(taken.as_ref(), [7; 320 * 1024]);
    assert!(intake.room.available_permits() <= (1 << 20) - (320 * 1024 - FREE));
    drop(taken);
    assert_eq!(intake.room.available_permits(), 1 << 20);
    let known = intake.take(Body::from(vec![1; 200_000])).await.unwrap();
    assert_eq!(intake.room.available_permits(), (1 << 20) - (200_000 - FREE), "no more than was announced");
    assert_eq!(known.as_ref().len(), 200_000);
    assert!(intake.take(Body::empty()).await.unwrap().as_ref().is_empty());
}

#[tokio::test]
async fn a_short_one_needs_no_room() {
    let intake = Intake::of(0, Duration::ZERO);
    assert_eq!(intake.take(pieces(2)).await.unwrap().as_ref().len(), FREE);
    assert!(matches!(intake.take(pieces(3)).await, Err(Untaken::Busy(_))));
}

#[tokio::test]
async fn what_is_too_large_is_refused_however_it_comes() {
    let intake = Intake::default();
    let pieces_max = REQUEST_BYTES_MAX / PIECE.len();
    assert_eq!(intake.take(pieces(pieces_max)).await.unwrap().as_ref().len(), REQUEST_BYTES_MAX);
    assert!(matches!(intake.take(pieces(pieces_max + 1)).await, Err(Untaken::TooLarge)));
    assert!(matches!(intake.take(Body::from(vec![0; REQUEST_BYTES_MAX + 1])).await, Err(Untaken::TooLarge)));
    assert_eq!(intake.room.available_permits(), NODE_BYTES_MAX);
}

/// Two that have what the other needs wait for each other, but not for ever: who gives up makes room for the other.
#[tokio::test]
async fn unfinished_ones_take_no_more_than_there_is_and_lock_nobody_out() {
    let intake = Arc::new(Intake::of(192 * 1024, Duration::from_millis(200)));
    let take = |body| {
        let intake = intake.clone();
        tokio::spawn(async move { intake.take(body).await })
    };
    let ((one, body), (other, another)) = (told(), told());
    let both = [take(body), take(another)];
    for sender in [&one, &other] {
        (0..3).for_each(|_| sender.send(PIECE).unwrap());
    }
    while intake.room.available_permits() > 64 * 1024 {
        tokio::task::yield_now().await;
    }
    // Room for one of them to grow, and not for both.
    for sender in [one, other] {
        (0..2).for_each(|_| sender.send(PIECE).unwrap());
    }
    let mut busy = 0;
    for taken in both {
        match taken.await.unwrap() {
            Ok(taken) => assert_eq!(taken.as_ref().len(), 5 * PIECE.len()),
            Err(Untaken::Busy(_)) => busy += 1,
            Err(other) => panic!("{other:?}"),
        }
    }
    assert!(busy > 0);
    assert_eq!(intake.room.available_permits(), 192 * 1024);
    assert!(intake.take(pieces(6)).await.is_ok());
}

#[tokio::test]
async fn who_never_ends_gives_its_room_back() {
    let intake = Intake { arrive_max: Duration::from_millis(100), ..Intake::of(1 << 20, Duration::ZERO) };
    let (sender, body) = told();
    (0..5).for_each(|_| sender.send(PIECE).unwrap());
    assert!(matches!(intake.take(body).await, Err(Untaken::Busy(_))));
    assert_eq!(intake.room.available_permits(), 1 << 20);
}
