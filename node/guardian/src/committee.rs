//! Who co-signs in an epoch: keys and stakes of a snapshot, in the order by which they find each other.

mod order;

use crate::Bits;
use edgeloom_bls::{KeySum, PLACES_MAX, PublicKey};
use std::{collections::BTreeMap, ops::Range};

/// How many of the other half of a level are listened to at most.
pub const CONTACTS: usize = 10;
/// How many of its own half a guardian relays to at most, on each level: as many before it as behind it.
pub const RELAYS: usize = 6;

/// Who has a stake in a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// In the snapshot.
    pub place: usize,
    /// Whose possession was proved: all of a snapshot are.
    pub key: PublicKey,
    /// Gwei.
    pub stake: u64,
}

/// Why members make no committee. Whoever read the snapshot is at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommitteeError {
    #[error("nobody is a member")]
    Empty,
    #[error("place {0} is beyond the last one of a snapshot, or two are at it")]
    Place(usize),
    #[error("who is at place {0} has no stake")]
    Stake(usize),
}

/// A member's number in the order of an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position(u16);

/// The two halves that a position's range has on a level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Level {
    /// Positions of the half that the position is in.
    pub ours: Range<usize>,
    /// Those of the other.
    pub theirs: Range<usize>,
}

/// The members of a snapshot in the order of an epoch.
#[derive(Clone, Debug)]
pub struct Committee {
    places: usize,
    /// By position.
    members: Vec<Member>,
    /// Positions by place.
    positions: BTreeMap<usize, Position>,
    total: u128,
    /// Of each range that a level can have, by its start and end: the sum of its keys and its stake.
    sums: BTreeMap<(usize, usize), (KeySum, u128)>,
    seed: [u8; 32],
}

impl Position {
    pub(crate) const FIRST: Self = Self(0);

    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

impl Committee {
    /// Of a snapshot with so many places. `seed` has to be one that nobody could foresee when places were taken, and the same for all:
    /// the beacon's for the epoch.
    ///
    /// # Errors
    /// [`CommitteeError`].
    pub fn new(places: usize, members: Vec<Member>, seed: [u8; 32]) -> Result<Self, CommitteeError> {
        if members.is_empty() {
            return Err(CommitteeError::Empty);
        }
        let mut by_place = BTreeMap::new();
        for member in members {
            let place = member.place;
            if place >= places.min(PLACES_MAX) || by_place.insert(place, member).is_some() {
                return Err(CommitteeError::Place(place));
            }
            if member.stake == 0 {
                return Err(CommitteeError::Stake(place));
            }
        }
        let mut members: Vec<_> = by_place.into_values().collect();
        order::shuffle(&seed, &mut members);
        // A snapshot has fewer places than there are positions.
        let numbered = members.iter().zip(0..=u16::MAX);
        let positions = numbered.map(|(member, position)| (member.place, Position(position))).collect();
        let mut sums = BTreeMap::new();
        let (_, total) = add_up(&members, 0..members.len(), &mut sums);
        Ok(Self { places, members, positions, total, sums, seed })
    }

    /// How many members there are.
    pub const fn len(&self) -> usize {
        self.members.len()
    }

    /// Never: a committee has a member.
    pub const fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Places of the snapshot, members' and others.
    pub const fn places(&self) -> usize {
        self.places
    }

    /// What all have at stake, gwei.
    pub const fn total_stake(&self) -> u128 {
        self.total
    }

    /// `None` beyond the last member.
    pub fn position(&self, index: usize) -> Option<Position> {
        u16::try_from(index).ok().filter(|_| index < self.len()).map(Position)
    }

    /// That of the member at a place of the snapshot; `None` where nobody is.
    pub fn position_of(&self, place: usize) -> Option<Position> {
        self.positions.get(&place).copied()
    }

    pub fn member(&self, position: Position) -> Option<&Member> {
        self.members.get(position.index())
    }

    /// What a position has at stake, gwei; 0 beyond the last.
    pub fn stake(&self, index: usize) -> u64 {
        self.members.get(index).map_or(0, |member| member.stake)
    }

    /// What those of a range have at stake, gwei.
    pub fn stake_in(&self, range: &Range<usize>, bits: &Bits) -> u128 {
        bits.iter().map(|index| u128::from(self.stake(range.start + index))).sum()
    }

    /// What all of a level's range have at stake, gwei; 0 for another range.
    pub fn stake_of(&self, range: &Range<usize>) -> u128 {
        self.sums.get(&(range.start, range.end)).map_or(0, |(_, stake)| *stake)
    }

    /// Those of a position, the largest first: as many as the order can be halved until it is alone.
    pub fn levels(&self, position: Position) -> Vec<Level> {
        let (mut range, mut levels) = (0..self.len(), Vec::new());
        while range.len() > 1 {
            let (left, right) = halves(&range);
            let (ours, theirs) = if left.contains(&position.index()) { (left, right) } else { (right, left) };
            range = ours.clone();
            levels.push(Level { ours, theirs });
        }
        levels
    }

    /// Whom a position listens and talks to on one of its levels, in the order in which it does: [`CONTACTS`] of the other half, or all
    /// if that has fewer.
    pub fn contacts(&self, position: Position, level: &Level) -> Vec<Position> {
        let on_the_left = level.ours.start < level.theirs.start;
        let (left, right) = if on_the_left { (&level.ours, &level.theirs) } else { (&level.theirs, &level.ours) };
        let index = position.index() - level.ours.start;
        // The right half may have one more. Left i and right (i + offset) mod its length are contacts of each other.
        let length = right.len();
        let other = |offset: usize| {
            if on_the_left {
                Some(right.start + (index + offset) % length)
            } else {
                Some((index + length - offset) % length)
                    .filter(|index| *index < left.len())
                    .map(|index| left.start + index)
            }
        };
        let offsets = order::offsets(&self.seed, left.start, right.end, length, CONTACTS);
        offsets.into_iter().filter_map(other).filter_map(|index| self.position(index)).collect()
    }

    /// With whom a position may relay on one of its levels: some of its own half, drawn as contacts are. None on levels where everybody
    /// is everybody's contact.
    pub fn relays(&self, position: Position, level: &Level) -> Vec<Position> {
        if level.theirs.len() <= CONTACTS {
            return Vec::new();
        }
        let (start, length) = (level.ours.start, level.ours.len());
        let index = position.index() - start;
        let offsets = order::offsets(&self.seed, start, level.ours.end, (length - 1) / 2, RELAYS / 2);
        let both = offsets.into_iter().flat_map(|offset| [offset + 1, length - offset - 1]);
        both.filter_map(|offset| self.position(start + (index + offset) % length)).collect()
    }

    /// The sum of keys of those of a level's range, and how many were added for it: the fewer of present and absent.
    pub fn key_sum(&self, range: &Range<usize>, bits: &Bits) -> (KeySum, usize) {
        let sum = |places: &mut dyn Iterator<Item = usize>| {
            KeySum::of(places.filter_map(|place| self.members.get(range.start + place)).map(|member| &member.key))
        };
        let (present, absent) = (bits.count(), range.len() - bits.count().min(range.len()));
        match self.sums.get(&(range.start, range.end)) {
            Some((all, _)) if absent < present => (all.without(&sum(&mut bits.missing())), absent + 1),
            _ => (sum(&mut bits.iter()), present),
        }
    }

    /// A bitmap of the snapshot's places from one of all positions.
    pub fn by_place(&self, signers: &Bits) -> Bits {
        let mut places = Bits::none(self.places);
        signers.iter().filter_map(|index| self.members.get(index)).for_each(|member| places.insert(member.place));
        places
    }
}

/// Of more than one. The second has one more where they are not equal.
fn halves(range: &Range<usize>) -> (Range<usize>, Range<usize>) {
    let middle = range.start + range.len() / 2;
    (range.start..middle, middle..range.end)
}

fn add_up(
    members: &[Member],
    range: Range<usize>,
    sums: &mut BTreeMap<(usize, usize), (KeySum, u128)>,
) -> (KeySum, u128) {
    let sum = if range.len() > 1 {
        let (left, right) = halves(&range);
        let (left, right) = (add_up(members, left, sums), add_up(members, right, sums));
        (left.0.with(&right.0), left.1 + right.1)
    } else {
        let one = members.get(range.clone()).unwrap_or_default();
        (KeySum::of(one.iter().map(|member| &member.key)), one.iter().map(|member| u128::from(member.stake)).sum())
    };
    sums.insert((range.start, range.end), sum);
    sum
}

#[cfg(test)]
pub(crate) mod tests;
