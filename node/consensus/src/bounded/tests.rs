use super::*;
use commonware_cryptography::{Signer as _, ed25519::PrivateKey};
use commonware_runtime::IoBuf;
use std::{collections::VecDeque, io};

/// A link that brings what it is given, then ends.
#[derive(Debug)]
struct Link(VecDeque<usize>);

impl Receiver for Link {
    type Error = io::Error;
    type PublicKey = PublicKey;

    async fn recv(&mut self) -> Result<Message<PublicKey>, io::Error> {
        let bytes = self.0.pop_front().ok_or(io::ErrorKind::UnexpectedEof)?;
        Ok((PrivateKey::from_seed(1).public_key(), IoBuf::from(vec![0; bytes])))
    }

    fn capacity(&self) -> NonZeroUsize {
        NonZeroUsize::MIN
    }
}

#[test]
fn only_what_is_too_large_is_dropped() {
    let mut bounded = Bounded { receiver: Link(VecDeque::from([101, 100, 4_000_000, 0])), bytes_max: 100 };
    futures::executor::block_on(async {
        assert_eq!(bounded.recv().await.expect("fits").1.len(), 100);
        assert_eq!(bounded.recv().await.expect("fits").1.len(), 0);
        assert!(bounded.recv().await.is_err(), "the link's end is passed on");
    });
}
