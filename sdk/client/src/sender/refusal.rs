use crate::Error;

/// What a node means by refusing a transaction, by the words that all Ethereum nodes share.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It has it already.
    Known,
    /// The nonce is in a block.
    NonceUsed,
    /// Another pending transaction has the nonce.
    NonceTaken,
    /// The base fee is above the bid now.
    BidTooLow,
    Other,
}

impl Refusal {
    pub(super) fn of(error: &Error) -> Self {
        let Error::Rpc { message, .. } = error else { return Self::Other };
        let message = message.to_ascii_lowercase();
        if message.contains("already known") || message.contains("already imported") {
            Self::Known
        } else if message.contains("nonce too low") {
            Self::NonceUsed
        } else if message.contains("underpriced") && message.contains("replacement") {
            Self::NonceTaken
        } else if message.contains("less than block base fee") {
            Self::BidTooLow
        } else {
            Self::Other
        }
    }
}
