//! Memory for answers that nobody has read yet: bounded for each connection and for the node. Each connection has a little
//! of its own: whatever others leave unread, who reads what it asked for is answered.

use crate::error::Fault;
use serde_json::value::RawValue;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Most bytes of answers that connections hold together, beside what each has of its own.
const NODE_BYTES_MAX: usize = 768 * 1024 * 1024;

/// Most bytes of those held for one connection: two of the largest.
const CONNECTION_BYTES_MAX: usize = 128 * 1024 * 1024;

/// Bytes that no other connection takes: 256 MiB for as many connections as there may be.
const OWN_BYTES: usize = 256 * 1024;

/// The room of a connection within that of the node. Counted in bytes.
#[derive(Clone, Debug)]
pub(crate) struct Room {
    node: Arc<Semaphore>,
    connection: Arc<Semaphore>,
    own: Arc<Semaphore>,
}

impl Default for Room {
    fn default() -> Self {
        Self::new(NODE_BYTES_MAX, CONNECTION_BYTES_MAX)
    }
}

impl Room {
    fn new(node: usize, connection: usize) -> Self {
        Self {
            node: Arc::new(Semaphore::new(node)),
            connection: Arc::new(Semaphore::new(connection)),
            own: Arc::new(Semaphore::new(OWN_BYTES)),
        }
    }

    /// For another connection of the same node.
    pub(crate) fn for_connection(&self) -> Self {
        Self {
            node: self.node.clone(),
            connection: Arc::new(Semaphore::new(CONNECTION_BYTES_MAX)),
            own: Arc::new(Semaphore::new(OWN_BYTES)),
        }
    }

    /// Holds the answer, or gives what `refuse` says in its place: that is short, and sent without room.
    pub(crate) fn hold(&self, text: Box<RawValue>, refuse: impl FnOnce(Fault) -> Box<RawValue>) -> Answer {
        let bytes = u32::try_from(text.get().len()).unwrap_or(u32::MAX);
        let take = |room: &Arc<Semaphore>| room.clone().try_acquire_many_owned(bytes).ok();
        if let Some(own) = take(&self.own) {
            return Answer { text, _room: [Some(own), None] };
        }
        if let Some(connection) = take(&self.connection)
            && let Some(node) = take(&self.node)
        {
            return Answer { text, _room: [Some(connection), Some(node)] };
        }
        let full = Fault::Limit("too many answers wait to be read: read them, then ask again".into());
        Answer { text: refuse(full), _room: [None, None] }
    }
}

/// The text of an answer. Its room is free again when it is dropped.
#[derive(Debug)]
pub(crate) struct Answer {
    text: Box<RawValue>,
    _room: [Option<OwnedSemaphorePermit>; 2],
}

impl AsRef<[u8]> for Answer {
    fn as_ref(&self) -> &[u8] {
        self.text.get().as_bytes()
    }
}

#[cfg(test)]
mod tests;
