//! Contributions to a checkpoint that this guardian has not verified yet: others may be faster.

use crate::{Position, contribution};
use std::collections::BTreeMap;

/// Checkpoints ahead that contributions are kept for.
const AHEAD: u64 = 2;
/// The most bytes of one: head, two signatures and the bitmap of half of the largest snapshot.
pub(crate) const BYTES_MAX: usize = 46 + 2 * 96 + edgeloom_bls::PLACES_MAX.div_ceil(2).div_ceil(8) + 1;

/// The newest contribution of each sender for each of the next checkpoints. The caller keeps strangers out, so that its size is bounded by
/// how many may talk to this guardian.
#[derive(Clone, Debug, Default)]
pub struct Early {
    kept: BTreeMap<(u64, Position), Vec<u8>>,
}

impl Early {
    /// Keeps what `from` sent where it is for one of the next checkpoints after the one at `latest`; whether it is.
    pub fn keep(&mut self, from: Position, bytes: &[u8], latest: u64, interval: u64) -> bool {
        let height = contribution::height_of(bytes);
        let ahead = height.and_then(|height| height.checked_sub(latest)).filter(|ahead| *ahead > 0);
        let near = ahead
            .is_some_and(|ahead| ahead <= interval.saturating_mul(AHEAD) && ahead.checked_rem(interval) == Some(0));
        if let Some(height) = height.filter(|_| near && bytes.len() <= BYTES_MAX) {
            self.kept.insert((height, from), bytes.to_vec());
            return true;
        }
        false
    }

    /// What was kept for a height; older ones are forgotten.
    pub fn take(&mut self, height: u64) -> impl Iterator<Item = (Position, Vec<u8>)> + use<> {
        let rest = self.kept.split_off(&(height, Position::FIRST));
        self.kept = rest;
        let later = height.checked_add(1).map(|next| self.kept.split_off(&(next, Position::FIRST)));
        let taken = std::mem::replace(&mut self.kept, later.unwrap_or_default());
        taken.into_iter().map(|((_, from), bytes)| (from, bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::committee::tests::committee;

    fn message(height: u64, byte: u8) -> Vec<u8> {
        let mut bytes = vec![1, 0, 0, 0];
        bytes.extend(height.to_be_bytes());
        bytes.push(byte);
        bytes
    }

    #[test]
    fn the_newest_of_each_sender_is_kept_for_the_next_checkpoints_alone() {
        let committee = committee(4);
        let from = |index| committee.position(index).expect("there");
        let mut early = Early::default();
        for (height, kept) in [(101, false), (150, false), (1, false), (201, true), (301, true), (401, false)] {
            assert_eq!(early.keep(from(0), &message(height, 0), 101, 100), kept, "{height}");
        }
        assert!(!early.keep(from(0), &[1, 0, 0, 0], 101, 100));
        assert!(!early.keep(from(0), &message(201, 0).repeat(200), 101, 100), "too long");
        assert!(!early.keep(from(0), &message(201, 0), 101, 0));
        assert!(early.keep(from(2), &message(201, 5), 101, 100));
        assert!(early.keep(from(2), &message(201, 6), 101, 100));
        assert_eq!(early.take(201).collect::<Vec<_>>(), [(from(0), message(201, 0)), (from(2), message(201, 6))]);
        assert_eq!(early.take(201).count(), 0);
        assert_eq!(early.take(301).collect::<Vec<_>>(), [(from(0), message(301, 0))]);
        assert!(early.keep(from(1), &message(401, 0), 301, 100));
        assert_eq!(early.take(501).count() + early.kept.len(), 0, "older ones are forgotten");
    }
}
