//! Sets of places of a range, as bitmaps.

use std::fmt;

/// Which of so many places: as many bits as that, the first place's the lowest of the first byte, as in `IBls`.
#[derive(Clone, PartialEq, Eq)]
pub struct Bits {
    length: usize,
    words: Vec<u64>,
}

impl Bits {
    /// None of `length` places.
    pub fn none(length: usize) -> Self {
        Self { length, words: vec![0; length.div_ceil(64)] }
    }

    /// Bytes that a bitmap of `length` places takes.
    pub const fn bytes_of(length: usize) -> usize {
        length.div_ceil(8)
    }

    /// `None` where these are not exactly as many bytes as `length` places take, or a bit beyond the last place is set.
    pub fn from_bytes(bytes: &[u8], length: usize) -> Option<Self> {
        if bytes.len() != Self::bytes_of(length) {
            return None;
        }
        let word = |chunk: &[u8]| chunk.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
        let words: Vec<_> = bytes.chunks(8).map(word).collect();
        let spare = words.len() * 64 - length;
        words.last().is_none_or(|last| last.leading_zeros() as usize >= spare).then_some(Self { length, words })
    }

    /// As [`Self::from_bytes`] reads them.
    pub fn to_bytes(&self) -> Vec<u8> {
        let bytes = self.words.iter().flat_map(|word| word.to_le_bytes());
        bytes.take(Self::bytes_of(self.length)).collect()
    }

    /// How many places it tells of.
    pub const fn length(&self) -> usize {
        self.length
    }

    /// How many places are in it.
    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// Whether no place is missing.
    pub fn is_full(&self) -> bool {
        self.count() == self.length
    }

    pub fn contains(&self, place: usize) -> bool {
        self.words.get(place / 64).is_some_and(|word| word >> (place % 64) & 1 == 1)
    }

    /// A place beyond the last is not put in.
    pub fn insert(&mut self, place: usize) {
        if let Some(word) = self.words.get_mut(place / 64).filter(|_| place < self.length) {
            *word |= 1 << (place % 64);
        }
    }

    /// Whether no place is in both, which tell of equally many.
    pub fn is_disjoint(&self, other: &Self) -> bool {
        self.words.iter().zip(&other.words).all(|(ours, theirs)| ours & theirs == 0)
    }

    /// Whether all of the other's places, which tells of equally many, are in it.
    pub fn includes(&self, other: &Self) -> bool {
        self.words.iter().zip(&other.words).all(|(ours, theirs)| theirs & !ours == 0)
    }

    /// Puts in all places of one that tells of equally many.
    pub fn unite(&mut self, other: &Self) {
        for (ours, theirs) in self.words.iter_mut().zip(&other.words) {
            *ours |= theirs;
        }
    }

    /// Puts in what `other` tells of the places from `start` on, which has to end where this one does or before.
    pub fn unite_at(&mut self, start: usize, other: &Self) {
        let (skipped, shift) = (start / 64, start % 64);
        for (index, word) in other.words.iter().enumerate() {
            // What is shifted out of a word is the low part of the next one.
            let (low, high) = (word << shift, if shift == 0 { 0 } else { word >> (64 - shift) });
            for (offset, part) in [(0, low), (1, high)] {
                if let Some(ours) = self.words.get_mut(skipped + index + offset) {
                    *ours |= part;
                }
            }
        }
    }

    /// In order.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(index, word)| {
            let rest = |word: &u64| Some(word & (word - 1)).filter(|rest| *rest != 0);
            let first = Some(*word).filter(|word| *word != 0);
            std::iter::successors(first, rest).map(move |word| index * 64 + word.trailing_zeros() as usize)
        })
    }

    /// The places that are not in it, in order.
    pub fn missing(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.length).filter(|place| !self.contains(*place))
    }
}

impl fmt::Debug for Bits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.count(), self.length)
    }
}

#[cfg(test)]
mod tests;
