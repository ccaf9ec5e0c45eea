//! How old what is trusted may be (weak subjectivity).
//!
//! Keys that voted once sign for ever; what keeps them from signing another past is the stake that answers for it. That stake can be taken
//! back [`UNBONDING_LEAST`] after it stopped backing votes, and evidence is heard for [`EVIDENCE_EPOCHS`] epochs; a chain whose committee
//! was elected before that may be a fork by people who have nothing left to lose. Nobody can see that by the chain itself: only
//! by a hash that is younger, from somebody who was there. So the newest block that a client trusts, the hash it is given or the head that
//! it kept, may be as old as [`window`] says: half of the shorter of the two, where epochs last no shorter than votes can make
//! them. The other half is left for two epochs between election and work, and for evidence to be heard and shown. The hash of
//! genesis is an old one soon, and follows what its founders signed: it takes the caller's word ([`Age::Any`]).

use std::{
    num::NonZeroU64,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use super::{LightError, LightHeader};

/// No vote makes stake leave sooner (`Parameters.sol`).
const UNBONDING_LEAST: Duration = Duration::from_secs(2 * 24 * 60 * 60);
/// How far back a fault is slashed (`Pool.sol`).
const EVIDENCE_EPOCHS: u64 = 128;
/// No vote makes blocks come faster (`Parameters.sol`).
const BLOCK_TIME_LEAST_MS: u64 = 50;

/// Whether it matters how old what is trusted is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Age {
    /// No older than committees answer for what they sign.
    #[default]
    Fresh,
    /// Any: the caller knows, from elsewhere, that the chain did not fork since.
    Any,
}

/// How old the newest trusted block may be on a chain with epochs of so many blocks.
#[must_use]
pub fn window(epoch_length: NonZeroU64) -> Duration {
    let blocks = EVIDENCE_EPOCHS.saturating_mul(epoch_length.get());
    let heard = Duration::from_millis(blocks.saturating_mul(BLOCK_TIME_LEAST_MS));
    heard.min(UNBONDING_LEAST) / 2
}

impl Age {
    /// # Errors
    /// [`LightError::Stale`].
    pub(super) fn check(self, newest: &LightHeader, epoch_length: NonZeroU64) -> Result<(), LightError> {
        let age = age_at(newest, SystemTime::now());
        let window = window(epoch_length);
        if self == Self::Fresh && age > window { Err(LightError::Stale { age, window }) } else { Ok(()) }
    }
}

/// By this clock; none for a block of its future.
fn age_at(newest: &LightHeader, now: SystemTime) -> Duration {
    let made = UNIX_EPOCH.checked_add(Duration::from_secs(newest.header.timestamp));
    made.and_then(|made| now.duration_since(made).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy::consensus::Header;
    use edgeloom_bindings::sources;

    const HOUR: u64 = 60 * 60;

    fn length(blocks: u64) -> NonZeroU64 {
        NonZeroU64::new(blocks).unwrap()
    }

    #[test]
    fn the_window_is_half_of_what_committees_answer_for() {
        assert_eq!(window(length(10_000)), Duration::from_secs(32_000), "evidence is shorter");
        assert_eq!(window(length(100_000)), Duration::from_secs(24 * HOUR), "stake is shorter");
        assert_eq!(window(length(u64::MAX)), Duration::from_secs(24 * HOUR));
    }

    #[test]
    fn it_is_counted_from_the_newest_trusted_block() {
        let made = |timestamp| LightHeader::of_test(Header { timestamp, ..Header::default() });
        let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
        assert_eq!(age_at(&made(1000), at(1600)), Duration::from_secs(600));
        assert_eq!(age_at(&made(1000), at(999)), Duration::ZERO);
        assert_eq!(age_at(&made(u64::MAX), at(999)), Duration::ZERO);
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        assert_eq!(Age::Fresh.check(&made(now - 31_000), length(10_000)), Ok(()));
        let old = made(now - 33_000);
        assert!(matches!(Age::Fresh.check(&old, length(10_000)), Err(LightError::Stale { .. })));
        assert_eq!(Age::Any.check(&old, length(10_000)), Ok(()));
    }

    /// What the contracts say, which a test here cannot ask.
    #[test]
    fn the_contracts_say_what_is_written_here() {
        let sources = sources();
        let says = |path: &str, words: &str| assert!(sources[path].contains(words), "{path} does not say {words:?}");
        says("src/types/Pool.sol", "uint32 constant EVIDENCE_EPOCHS = 128;");
        says("src/governance/Parameters.sol", "ThetaUnbonding) return Bounded(7 days, 2 days,");
        says("src/governance/Parameters.sol", "BlockTimeMs) return Bounded(200, 50,");
    }
}
