//! Numbers as people write them, in JSON that people send each other.

use alloy::primitives::U256;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// A string of decimals; hexadecimals with `0x` are read, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Decimal(pub(crate) U256);

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let number = (!text.is_empty()).then(|| text.parse().ok()).flatten();
        number.map(Self).ok_or_else(|| D::Error::custom(format!("{text:?} is no number of 256 bits")))
    }
}

/// For fields: `#[serde(with = "decimal")]`.
pub(crate) fn serialize<S: Serializer>(number: &U256, serializer: S) -> Result<S::Ok, S::Error> {
    Decimal(*number).serialize(serializer)
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<U256, D::Error> {
    Decimal::deserialize(deserializer).map(|decimal| decimal.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_decimals_and_nonsense_is_refused() {
        let text = serde_json::to_string(&Decimal(U256::MAX)).expect("JSON");
        assert_eq!(text, format!("\"{}\"", U256::MAX));
        assert_eq!(serde_json::from_str::<Decimal>(&text).expect("a number"), Decimal(U256::MAX));
        assert_eq!(serde_json::from_str::<Decimal>("\"0x10\"").expect("a number"), Decimal(U256::from(16)));
        for nonsense in ["\"\"", "\"-1\"", "\"1e18\"", "1", "\"0xzz\"", &format!("\"{}0\"", U256::MAX)] {
            assert!(serde_json::from_str::<Decimal>(nonsense).is_err(), "{nonsense}");
        }
    }
}
