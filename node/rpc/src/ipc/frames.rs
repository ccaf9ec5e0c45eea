//! Where one JSON object or array ends and the next begins, in a stream that does not say. Each byte is looked at once;
//! whether what is between the brackets is JSON is for others to say.

use crate::server::REQUEST_BYTES_MAX;
use bytes::{Bytes, BytesMut};

/// Requests as they come out of a stream.
#[derive(Debug, Default)]
pub(super) struct Frames {
    /// From the beginning of the request that is not whole yet.
    buffer: BytesMut,
    /// How much of it has been looked at.
    seen: usize,
    depth: usize,
    text: Text,
}

/// Whether a bracket counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Text {
    #[default]
    Outside,
    Inside,
    Escaped,
}

/// Something else than an object or an array begins, or it is larger than a request may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Malformed;

impl Frames {
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole request; `None` until more has come.
    pub(super) fn next(&mut self) -> Result<Option<Bytes>, Malformed> {
        if self.depth == 0 {
            let space = self.buffer.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            drop(self.buffer.split_to(space));
            match self.buffer.first() {
                None => return Ok(None),
                Some(b'{' | b'[') => {}
                Some(_) => return Err(Malformed),
            }
        }
        while let Some(byte) = self.buffer.get(self.seen) {
            self.seen += 1;
            if self.seen > REQUEST_BYTES_MAX {
                return Err(Malformed);
            }
            if self.is_end(*byte) {
                let whole = self.buffer.split_to(self.seen).freeze();
                self.seen = 0;
                return Ok(Some(whole));
            }
        }
        Ok(None)
    }

    fn is_end(&mut self, byte: u8) -> bool {
        match (self.text, byte) {
            (Text::Outside, b'"') => self.text = Text::Inside,
            (Text::Outside, b'{' | b'[') => self.depth += 1,
            (Text::Outside, b'}' | b']') => {
                self.depth -= 1;
                return self.depth == 0;
            }
            (Text::Inside, b'\\') => self.text = Text::Escaped,
            (Text::Inside, b'"') => self.text = Text::Outside,
            (Text::Escaped, _) => self.text = Text::Inside,
            _ => {}
        }
        false
    }
}

#[cfg(test)]
mod tests;
