//! Parameters that are read where the request came in, on a thread that has other connections: only short ones are.

use serde::{Deserialize, Deserializer, de::DeserializeOwned, de::Error as _};
use serde_json::value::RawValue;

/// Bytes of the text. A filter with all the addresses and topics that one may have takes a fourth of it.
const TEXT_MAX: usize = 256 * 1024;

/// A `T` that is not even looked at where its text is longer than 256 KiB.
#[derive(Clone, Debug)]
pub(crate) struct Short<T>(pub(crate) T);

impl<'de, T: DeserializeOwned> Deserialize<'de> for Short<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Box::<RawValue>::deserialize(deserializer)?;
        if text.get().len() > TEXT_MAX {
            return Err(D::Error::custom(format!("a parameter is longer than {TEXT_MAX} bytes")));
        }
        // The caller adds where: the place within the parameter would stand beside it.
        let read = serde_json::from_str(text.get()).map_err(|error| error.to_string());
        read.map(Self).map_err(|said| D::Error::custom(said.split(" at line ").next().unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::{Short, TEXT_MAX};

    #[test]
    fn a_text_that_is_too_long_is_not_read() {
        let text = |bytes: usize| format!("[1{}]", " ".repeat(bytes - 3));
        assert_eq!(serde_json::from_str::<Short<Vec<u8>>>(&text(TEXT_MAX)).unwrap().0, [1]);
        let long = serde_json::from_str::<Short<Vec<u8>>>(&text(TEXT_MAX + 1)).unwrap_err().to_string();
        assert!(long.contains("longer than 262144 bytes"), "{long}");
        assert!(serde_json::from_str::<Short<Vec<u8>>>("{}").unwrap_err().to_string().contains("expected a sequence"));
    }
}
