//! A channel held to the size of its own messages. The network has one limit for all of its channels, that of a block;
//! without this, a queue of votes would hold as many blocks.

use commonware_cryptography::ed25519::PublicKey;
use commonware_p2p::{Message, Receiver};
use std::num::NonZeroUsize;

/// Drops what is larger than any message of its channel.
#[derive(Debug)]
pub(crate) struct Bounded<R> {
    pub(crate) receiver: R,
    pub(crate) bytes_max: usize,
}

impl<R: Receiver<PublicKey = PublicKey>> Receiver for Bounded<R> {
    type Error = R::Error;
    type PublicKey = PublicKey;

    async fn recv(&mut self) -> Result<Message<PublicKey>, R::Error> {
        loop {
            let (peer, message) = self.receiver.recv().await?;
            if message.len() <= self.bytes_max {
                return Ok((peer, message));
            }
            tracing::debug!(?peer, bytes = message.len(), "message too large for its channel");
        }
    }

    fn capacity(&self) -> NonZeroUsize {
        self.receiver.capacity()
    }
}

#[cfg(test)]
mod tests;
