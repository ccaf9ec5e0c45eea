//! A set's members as the key registry writes them into code: who they are, what stake they have, and the sum of their
//! keys. Code never changes, so what a certificate is checked against cannot either.
//!
//! * S1 A manifest is `0x00` ‖ `"BLS1"` ‖ number of places, 4 bytes big-endian ‖ sum of the members' keys, 96 bytes ‖ for each
//!   chunk of 248 places the 20-byte address of its keys and that of its stakes. The leading STOP keeps it from being run.
//! * S2 A set has at most 15,872 places: 64 chunks, of which the last may hold fewer than 248.
//! * S3 The keys of a chunk are `0x00` ‖ 96 bytes for each place: both coordinates, 48 bytes big-endian each, or zeros where
//!   there never was a key. The stakes are `0x00` ‖ 8 bytes big-endian for each place.
//! * S4 Whoever has a stake at a place is a member; the others' keys count for nothing, whatever they are.
//! * S5 Signers are told by a bitmap of ⌈places ÷ 8⌉ bytes, exactly: place p is bit p mod 8 of byte ⌊p ÷ 8⌋, the lowest bit
//!   first, as in SSZ. Multiplicities are 2 bytes big-endian for each place, exactly; zero has not signed.
//! * S6 Who is no member cannot have signed: a set bit there is an error, and so are bits beyond the last place.

use crate::{KeySum, PublicKey};

/// Places of one chunk.
pub const CHUNK_PLACES: usize = 248;
/// Places of one set.
pub const PLACES_MAX: usize = 64 * CHUNK_PLACES;

const MAGIC: &[u8] = b"\0BLS1";
const KEY_BYTES: usize = 96;
const STAKE_BYTES: usize = 8;

/// Why code is not a snapshot. Whoever wrote it is at fault, or named another account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    #[error("not the manifest of a snapshot")]
    Manifest,
    #[error("not a chunk of {places} places")]
    Chunk { places: usize },
    #[error("the member at place {place} of its chunk has no key")]
    Key { place: usize },
}

/// Why bytes do not tell who signed. The supplier of the bytes is at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignersError {
    #[error("signers of this set take {expected} bytes, these are {actual}")]
    Length { expected: usize, actual: usize },
    #[error("nobody is a member at place {place}")]
    NotAMember { place: usize },
}

/// Accounts with the code of one chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunk {
    pub keys_at: [u8; 20],
    pub stakes_at: [u8; 20],
    /// How many places it has, at least one.
    pub places: usize,
}

/// What a set's manifest says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    places: usize,
    aggregate: KeySum,
    chunks: Vec<Chunk>,
}

impl Manifest {
    /// # Errors
    /// [`SnapshotError::Manifest`].
    pub fn parse(code: &[u8]) -> Result<Self, SnapshotError> {
        Self::read(code).ok_or(SnapshotError::Manifest)
    }

    fn read(code: &[u8]) -> Option<Self> {
        let (places, rest) = code.strip_prefix(MAGIC)?.split_first_chunk::<4>()?;
        let (aggregate, rest) = rest.split_first_chunk::<KEY_BYTES>()?;
        let places = usize::try_from(u32::from_be_bytes(*places)).ok().filter(|places| *places <= PLACES_MAX)?;
        let (chunks, rest) = rest.as_chunks::<40>();
        if chunks.len() != places.div_ceil(CHUNK_PLACES) || !rest.is_empty() {
            return None;
        }
        let chunk = |(index, addresses): (usize, &[u8; 40])| {
            let (keys_at, stakes_at) = addresses.split_first_chunk::<20>()?;
            let places = CHUNK_PLACES.min(places - index * CHUNK_PLACES);
            Some(Chunk { keys_at: *keys_at, stakes_at: *stakes_at.first_chunk()?, places })
        };
        let chunks = chunks.iter().enumerate().map(chunk).collect::<Option<_>>()?;
        Some(Self { places, aggregate: KeySum::from_stored(aggregate).ok()?, chunks })
    }

    pub const fn places(&self) -> usize {
        self.places
    }

    /// The sum of the members' keys, as whoever wrote the manifest vouches for it.
    pub const fn aggregate(&self) -> &KeySum {
        &self.aggregate
    }

    /// In the order of their places.
    pub fn chunks(&self) -> &[Chunk] {
        &self.chunks
    }
}

impl Chunk {
    /// The stake of each place.
    ///
    /// # Errors
    /// [`SnapshotError::Chunk`].
    pub fn stakes<'a>(&self, code: &'a [u8]) -> Result<impl Iterator<Item = u64> + use<'a>, SnapshotError> {
        Ok(self.records::<STAKE_BYTES>(code)?.iter().map(|stake| u64::from_be_bytes(*stake)))
    }

    /// The keys of some of its places, by their number in this chunk.
    ///
    /// # Errors
    /// [`SnapshotError::Chunk`], and [`SnapshotError::Key`] where one of the places is not there or has none.
    pub fn keys(&self, code: &[u8], places: impl IntoIterator<Item = usize>) -> Result<Vec<PublicKey>, SnapshotError> {
        let keys = self.records::<KEY_BYTES>(code)?;
        let key = |place: usize| {
            let key = keys.get(place).and_then(|stored| PublicKey::from_stored(stored).ok());
            key.ok_or(SnapshotError::Key { place })
        };
        places.into_iter().map(key).collect()
    }

    fn records<'a, const BYTES: usize>(&self, code: &'a [u8]) -> Result<&'a [[u8; BYTES]], SnapshotError> {
        let records = code.strip_prefix(&[0]).map(|data| data.as_chunks::<BYTES>());
        match records {
            Some((records, [])) if records.len() == self.places => Ok(records),
            _ => Err(SnapshotError::Chunk { places: self.places }),
        }
    }
}

/// Who signed, by place, and how often.
#[derive(Clone, Copy, Debug)]
pub enum Signers<'a> {
    /// Each once.
    Bitmap(&'a [u8]),
    /// Each as often as its multiplicity says.
    Multiplicities(&'a [[u8; 2]]),
}

impl<'a> Signers<'a> {
    /// # Errors
    /// [`SignersError::Length`].
    pub const fn bitmap(bytes: &'a [u8], places: usize) -> Result<Self, SignersError> {
        let (expected, actual) = (places.div_ceil(8), bytes.len());
        if actual == expected { Ok(Self::Bitmap(bytes)) } else { Err(SignersError::Length { expected, actual }) }
    }

    /// # Errors
    /// [`SignersError::Length`].
    pub const fn multiplicities(bytes: &'a [u8], places: usize) -> Result<Self, SignersError> {
        let (expected, actual) = (places * 2, bytes.len());
        if actual != expected {
            return Err(SignersError::Length { expected, actual });
        }
        Ok(Self::Multiplicities(bytes.as_chunks().0))
    }

    /// How often whoever is at `place` signed.
    pub fn multiplicity(&self, place: usize) -> u16 {
        match self {
            Self::Bitmap(bytes) => bytes.get(place / 8).map_or(0, |byte| u16::from(byte >> (place % 8) & 1)),
            Self::Multiplicities(counts) => counts.get(place).map_or(0, |count| u16::from_be_bytes(*count)),
        }
    }

    /// Places that bytes of this length can tell of.
    const fn capacity(&self) -> usize {
        match self {
            Self::Bitmap(bytes) => bytes.len() * 8,
            Self::Multiplicities(counts) => counts.len(),
        }
    }
}

/// A set's members by whether they signed, and what they have at stake.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Places of members who signed, in order, and how often.
    pub present: Vec<(usize, u16)>,
    /// Places of members who did not, in order.
    pub absent: Vec<usize>,
    pub signed_stake: u128,
    pub total_stake: u128,
}

impl Tally {
    /// Counts each signer's stake once, however often it signed.
    ///
    /// # Errors
    /// [`SignersError::NotAMember`].
    pub fn of(signers: &Signers<'_>, stakes: &[u64]) -> Result<Self, SignersError> {
        let mut tally = Self::default();
        for (place, stake) in stakes.iter().enumerate() {
            let multiplicity = signers.multiplicity(place);
            match (*stake, multiplicity) {
                (0, 0) => continue,
                (0, _) => return Err(SignersError::NotAMember { place }),
                (_, 0) => tally.absent.push(place),
                _ => {
                    tally.present.push((place, multiplicity));
                    tally.signed_stake += u128::from(*stake);
                }
            }
            tally.total_stake += u128::from(*stake);
        }
        let beyond = (stakes.len()..signers.capacity()).find(|place| signers.multiplicity(*place) > 0);
        beyond.map_or(Ok(tally), |place| Err(SignersError::NotAMember { place }))
    }
}
