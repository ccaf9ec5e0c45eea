//! Counts what a channel carries, in messages and bytes: a message to three peers counts three times.

use commonware_actor::{Feedback, Unreliable};
use commonware_cryptography::ed25519::PublicKey;
use commonware_p2p::{CheckedSender, LimitedSender, Message, Receiver, Recipients};
use commonware_runtime::IoBufs;
use metrics::{Counter, counter};
use std::{num::NonZeroUsize, time::SystemTime};

/// Both ends of a channel, which count under `name`.
pub(crate) fn counted<S, R>((sender, receiver): (S, R), name: &'static str) -> (CountedSender<S>, CountedReceiver<R>) {
    let sent = Counts {
        messages: counter!("edgeloom_p2p_messages_sent_total", "channel" => name),
        bytes: counter!("edgeloom_p2p_sent_bytes_total", "channel" => name),
    };
    let received = Counts {
        messages: counter!("edgeloom_p2p_messages_received_total", "channel" => name),
        bytes: counter!("edgeloom_p2p_received_bytes_total", "channel" => name),
    };
    (CountedSender { sender, counts: sent }, CountedReceiver { receiver, counts: received })
}

#[derive(Clone, Debug)]
struct Counts {
    messages: Counter,
    bytes: Counter,
}

impl Counts {
    fn add(&self, copies: usize, bytes: usize) {
        self.messages.increment(copies as u64);
        self.bytes.increment((copies * bytes) as u64);
    }
}

#[derive(Clone, Debug)]
pub(crate) struct CountedSender<S> {
    sender: S,
    counts: Counts,
}

impl<S: LimitedSender<PublicKey = PublicKey>> LimitedSender for CountedSender<S> {
    type PublicKey = PublicKey;
    type Checked<'a>
        = CountedChecked<'a, S::Checked<'a>>
    where
        Self: 'a;

    fn check(&mut self, recipients: Recipients<PublicKey>) -> Result<Self::Checked<'_>, SystemTime> {
        Ok(CountedChecked { sender: self.sender.check(recipients)?, counts: &self.counts })
    }
}

#[derive(Debug)]
pub(crate) struct CountedChecked<'a, C> {
    sender: C,
    counts: &'a Counts,
}

impl<C: CheckedSender<PublicKey = PublicKey>> CheckedSender for CountedChecked<'_, C> {
    type PublicKey = PublicKey;

    fn recipients(&self) -> Vec<PublicKey> {
        self.sender.recipients()
    }

    fn send(self, message: impl Into<IoBufs> + Send, priority: bool) -> Unreliable<Feedback> {
        let (message, copies) = (message.into(), self.sender.recipients().len());
        let bytes = message.len();
        let feedback = self.sender.send(message, priority);
        if feedback.accepted() {
            self.counts.add(copies, bytes);
        }
        feedback
    }
}

#[derive(Debug)]
pub(crate) struct CountedReceiver<R> {
    receiver: R,
    counts: Counts,
}

impl<R: Receiver<PublicKey = PublicKey>> Receiver for CountedReceiver<R> {
    type Error = R::Error;
    type PublicKey = PublicKey;

    async fn recv(&mut self) -> Result<Message<PublicKey>, R::Error> {
        let (peer, message) = self.receiver.recv().await?;
        self.counts.add(1, message.len());
        Ok((peer, message))
    }

    fn capacity(&self) -> NonZeroUsize {
        self.receiver.capacity()
    }
}
