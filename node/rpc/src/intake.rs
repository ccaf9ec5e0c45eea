//! Memory for requests that are on their way, or being answered: bounded for the node. A request takes room as it comes,
//! never before, so who announces much and sends nothing holds nothing; who finds no room is told to ask again.

use crate::{error::Fault, server::REQUEST_BYTES_MAX};
use axum::body::{Body, BodyDataStream, HttpBody as _};
use bytes::Bytes;
use futures::StreamExt as _;
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

/// Most bytes of requests that the node holds, beside those that are free.
const NODE_BYTES_MAX: usize = 256 * 1024 * 1024;

/// Bytes of each request that need no room.
const FREE: usize = 64 * 1024;

/// How long a request waits for more room; others hold theirs meanwhile, and it holds its own.
const WAIT_MAX: Duration = Duration::from_secs(4);

/// How long a request may take from its first bytes to its last.
const ARRIVE_MAX: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub(crate) struct Intake {
    room: Arc<Semaphore>,
    wait_max: Duration,
    arrive_max: Duration,
}

impl Default for Intake {
    fn default() -> Self {
        Self { room: Arc::new(Semaphore::new(NODE_BYTES_MAX)), wait_max: WAIT_MAX, arrive_max: ARRIVE_MAX }
    }
}

/// A whole request. Its room is free again when it is dropped.
#[derive(Debug)]
pub(crate) struct Taken {
    bytes: Bytes,
    _room: Option<OwnedSemaphorePermit>,
}

impl AsRef<[u8]> for Taken {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// Why there is no whole request.
#[derive(Debug)]
pub(crate) enum Untaken {
    /// Above [`REQUEST_BYTES_MAX`].
    TooLarge,
    /// The connection ended, or what came was not HTTP.
    Broken,
    /// To be asked again.
    Busy(Fault),
}

impl Intake {
    pub(crate) async fn take(&self, body: Body) -> Result<Taken, Untaken> {
        let announced = body.size_hint().exact().map(|bytes| usize::try_from(bytes).unwrap_or(usize::MAX));
        let longest = announced.unwrap_or(REQUEST_BYTES_MAX);
        if longest > REQUEST_BYTES_MAX {
            return Err(Untaken::TooLarge);
        }
        let mut body = body.into_data_stream();
        let Some(first) = next(&mut body).await? else { return Ok(Taken { bytes: Bytes::new(), _room: None }) };
        if first.len() <= FREE && body.is_end_stream() {
            return Ok(Taken { bytes: first, _room: None });
        }
        let late =
            |_| Untaken::Busy(Fault::Limit(format!("the request took longer than {:?} to come", self.arrive_max)));
        timeout(self.arrive_max, self.gather(first, body, longest)).await.map_err(late)?
    }

    async fn gather(&self, first: Bytes, mut body: BodyDataStream, longest: usize) -> Result<Taken, Untaken> {
        let (mut bytes, mut room) = (Vec::new(), Growing::default());
        let mut piece = Some(first);
        while let Some(come) = piece {
            let length = bytes.len() + come.len();
            if length > REQUEST_BYTES_MAX {
                return Err(Untaken::TooLarge);
            }
            if length > bytes.capacity() {
                let capacity = (2 * bytes.capacity()).max(FREE).min(longest).max(length);
                if let Err(full) = room.grow(self, capacity).await {
                    drop((bytes, room, come));
                    // Who still writes does not read yet.
                    pass_over(&mut body, REQUEST_BYTES_MAX - length).await?;
                    return Err(Untaken::Busy(full));
                }
                bytes.reserve_exact(capacity - bytes.len());
            }
            bytes.extend_from_slice(&come);
            piece = next(&mut body).await?;
        }
        Ok(Taken { bytes: bytes.into(), _room: room.0 })
    }
}

/// The room that a request has so far.
#[derive(Default)]
struct Growing(Option<OwnedSemaphorePermit>);

impl Growing {
    /// Takes what is missing for `capacity` bytes.
    ///
    /// # Errors
    /// [`Fault::Limit`] when there was none for too long.
    async fn grow(&mut self, intake: &Intake, capacity: usize) -> Result<(), Fault> {
        let has = self.0.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let Some(missing) = capacity.saturating_sub(FREE).checked_sub(has).filter(|missing| *missing > 0) else {
            return Ok(());
        };
        let missing = u32::try_from(missing).map_err(|error| Fault::Internal(error.to_string()))?;
        let full = |_| Fault::Limit("too many long requests at a time: ask again".into());
        let more = timeout(intake.wait_max, intake.room.clone().acquire_many_owned(missing)).await.map_err(full)?;
        let more = more.map_err(|error| Fault::Internal(error.to_string()))?;
        match &mut self.0 {
            Some(room) => room.merge(more),
            None => self.0 = Some(more),
        }
        Ok(())
    }
}

async fn next(body: &mut BodyDataStream) -> Result<Option<Bytes>, Untaken> {
    body.next().await.transpose().map_err(|_| Untaken::Broken)
}

/// Reads on and keeps nothing.
async fn pass_over(body: &mut BodyDataStream, mut most: usize) -> Result<(), Untaken> {
    while let Some(piece) = next(body).await? {
        most = most.checked_sub(piece.len()).ok_or(Untaken::TooLarge)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
