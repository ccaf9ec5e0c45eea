//! Memory for pieces of answers, used again and again: the system clears each page that it gives anew, which takes as
//! long as to write an answer on it.

use parking_lot::Mutex;
use std::sync::Arc;

/// Bytes of a piece. A log may be longer: its piece grows, and is not kept.
pub(crate) const PIECE: usize = 256 * 1024;

/// What the last log of a piece may take beyond it without growing.
const SLACK: usize = 16 * 1024;

/// Most that are kept: 4 MiB.
const SPARE_MAX: usize = 16;

/// Buffers that nobody uses now.
#[derive(Clone, Debug, Default)]
pub(crate) struct Buffers(Arc<Mutex<Vec<Vec<u8>>>>);

impl Buffers {
    /// An empty one with room for a [`PIECE`].
    pub(crate) fn take(&self) -> Buffer {
        let bytes = self.0.lock().pop().unwrap_or_else(|| Vec::with_capacity(PIECE + SLACK));
        Buffer { bytes, spare: self.clone() }
    }
}

/// Goes back where it comes from when it is dropped.
#[derive(Debug)]
pub(crate) struct Buffer {
    pub(crate) bytes: Vec<u8>,
    spare: Buffers,
}

impl AsRef<[u8]> for Buffer {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        let mut bytes = std::mem::take(&mut self.bytes);
        let mut spare = self.spare.0.lock();
        if bytes.capacity() == PIECE + SLACK && spare.len() < SPARE_MAX {
            bytes.clear();
            spare.push(bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Buffers, PIECE, SLACK, SPARE_MAX};

    #[test]
    fn a_buffer_is_used_again_unless_it_grew() {
        let buffers = Buffers::default();
        let mut first = buffers.take();
        first.bytes.extend_from_slice(b"a piece");
        let place = first.bytes.as_ptr();
        drop(first);
        let mut again = buffers.take();
        assert_eq!((again.bytes.as_ptr(), again.bytes.len()), (place, 0));
        again.bytes.resize(PIECE + SLACK + 1, 0);
        drop(again);
        assert!(buffers.0.lock().is_empty());
        drop((0..=SPARE_MAX).map(|_| buffers.take()).collect::<Vec<_>>());
        assert_eq!(buffers.0.lock().len(), SPARE_MAX);
    }
}
