//! The text of an answer, written piece by piece.

use crate::{error::Fault, server::RESPONSE_BYTES_MAX};
use serde::Serialize;
use serde_json::value::RawValue;
use std::io;

/// Most bytes of a text: with what is around it, it is an answer.
pub(crate) const TEXT_BYTES_MAX: usize = RESPONSE_BYTES_MAX - 1024 * 1024;

/// JSON that never grows beyond [`TEXT_BYTES_MAX`].
#[derive(Debug, Default)]
pub(crate) struct Text {
    bytes: Vec<u8>,
}

fn too_large() -> Fault {
    let sentence = format!("the answer is larger than {TEXT_BYTES_MAX} bytes");
    Fault::Limit(format!("{sentence}: trace fewer transactions at once, or with a tracer that says less"))
}

impl Text {
    pub(crate) fn value(&mut self, value: &impl Serialize) -> Result<(), Fault> {
        serde_json::to_writer(&mut *self, value).map_err(|error| {
            if error.is_io() { too_large() } else { Fault::Internal(format!("an answer is not JSON: {error}")) }
        })
    }

    pub(crate) fn raw(&mut self, json: &str) -> Result<(), Fault> {
        io::Write::write_all(self, json.as_bytes()).map_err(|_| too_large())
    }

    /// Writes an object, which has a field, without its closing brace.
    pub(crate) fn open(&mut self, value: &impl Serialize) -> Result<(), Fault> {
        self.value(value)?;
        let brace = self.bytes.pop();
        debug_assert_eq!(brace, Some(b'}'));
        Ok(())
    }

    /// Writes `items` as an array, each by `write`.
    pub(crate) fn array<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        mut write: impl FnMut(&mut Self, T) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.raw("[")?;
        for (index, item) in items.into_iter().enumerate() {
            if index > 0 {
                self.raw(",")?;
            }
            write(self, item)?;
        }
        self.raw("]")
    }

    pub(crate) fn finish(self) -> Result<Box<RawValue>, Fault> {
        let text = String::from_utf8(self.bytes).map_err(|error| Fault::Internal(error.to_string()))?;
        RawValue::from_string(text).map_err(|error| Fault::Internal(error.to_string()))
    }
}

impl io::Write for Text {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + bytes.len() > TEXT_BYTES_MAX {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
