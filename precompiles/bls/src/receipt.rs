//! Receipts of content: clients sign how many units of it a server gave them, and one aggregate settles many of them.
//!
//! * R1 Clients are members of a set. Amounts are a byte for each place of its snapshot, exactly: units, at most 31; zero for
//!   who is no client here. A place that is not a member's has zero.
//! * R2 Binary digit k of amounts has one message, the same for all clients: that of [`Domain`] for their set and epoch, with
//!   the payload keccak256 of six words of 32 bytes: `"edgeloom/receipt/1"` padded with zeros ‖ server ‖ content root ‖ bytes
//!   of a unit ‖ serial ‖ k. A client's receipt is the sum of its signatures of the digits that are set in its amount.
//! * R3 A client signs one amount under the same terms, and no other ever: digits are signed one by one, so that who has its
//!   receipts of 1 and of 2 units has one of 3. What it signs next, a total so far or an amount of its own, has another
//!   serial. No receipt says anything under other terms.
//! * R4 A set whose members sign receipts has a role for nothing else, as any set does.
//! * R5 Keys are added once for each client, whatever its amount: those of equal amounts first, then the 31 sums by digit.
//!   Digits that nobody has take no pairing; one whose keys cancel out makes the whole wrong, as infinity verifies anything.

use crate::{
    BlsError, Domain, KeySum, MESSAGE_BYTES, PublicKey, SecretKey, Signature, aggregate_signatures, aggregate_verify,
};

/// Binary digits of an amount: as many pairings in one check, which with 1,000 clients takes less than 5 ms.
pub const DIGITS: u32 = 5;
/// Units of one receipt.
pub const UNITS_MAX: u8 = (1 << DIGITS) - 1;

const TAG: &[u8] = b"edgeloom/receipt/1";
const WORD: usize = 32;

/// Why bytes are not amounts of clients. The supplier of the bytes is at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmountsError {
    #[error("amounts of this set take {expected} bytes, these are {actual}")]
    Length { expected: usize, actual: usize },
    #[error("nobody is a member at place {place}")]
    NotAMember { place: usize },
    #[error("{units} units at place {place}, and a receipt is of at most {UNITS_MAX}")]
    Units { place: usize, units: u8 },
}

/// What a receipt is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The set of the clients, and its snapshot.
    pub clients: Domain,
    /// The account that is paid.
    pub server: [u8; 20],
    /// BLAKE3 of the content.
    pub content_root: [u8; 32],
    /// Bytes of the content that one unit stands for.
    pub unit_bytes: u32,
    /// Tells one receipt of a client from its next.
    pub serial: u64,
}

impl Terms {
    /// What every client signs in whose amount binary digit `digit` is set.
    pub fn message(&self, digit: u32, keccak256: impl Fn(&[u8]) -> [u8; 32]) -> [u8; MESSAGE_BYTES] {
        let mut words = [[0; WORD]; 6];
        words[0][..TAG.len()].copy_from_slice(TAG);
        words[1][12..].copy_from_slice(&self.server);
        words[2] = self.content_root;
        words[3][28..].copy_from_slice(&self.unit_bytes.to_be_bytes());
        words[4][24..].copy_from_slice(&self.serial.to_be_bytes());
        words[5][28..].copy_from_slice(&digit.to_be_bytes());
        self.clients.message(&keccak256(words.as_flattened()))
    }

    /// A client's receipt of `units`: its only one under these terms.
    ///
    /// # Errors
    /// [`BlsError::Empty`] for no units, [`BlsError::Units`] for more than [`UNITS_MAX`].
    pub fn sign(
        &self,
        client: &SecretKey,
        units: u8,
        keccak256: impl Fn(&[u8]) -> [u8; 32],
    ) -> Result<Signature, BlsError> {
        if units > UNITS_MAX {
            return Err(BlsError::Units(units));
        }
        let signed = digits(units).map(|digit| client.sign(&self.message(digit, &keccak256)));
        aggregate_signatures(&signed.collect::<Vec<_>>())
    }

    /// Whether `signature` is the aggregate of one receipt of each client of `amounts`, whose keys, in their order, are `keys`.
    /// Their possession must have been proved. Without a key for every client, and without clients, it is not.
    pub fn verify(
        &self,
        amounts: &Amounts,
        keys: &[PublicKey],
        signature: &Signature,
        keccak256: impl Fn(&[u8]) -> [u8; 32],
    ) -> bool {
        if keys.len() != amounts.clients.len() {
            return false;
        }
        let sums = sums(amounts.clients.iter().map(|(_, units)| *units).zip(keys));
        let signed = digits(amounts.used()).map(|digit| {
            let key = sums[digit as usize].key()?;
            Some((key, self.message(digit, &keccak256)))
        });
        let signed: Option<Vec<_>> = signed.collect();
        signed.is_some_and(|signed| {
            let signed: Vec<_> = signed.iter().map(|(key, message)| (key, message.as_slice())).collect();
            aggregate_verify(&signed, signature)
        })
    }
}

/// Clients of one settlement, by place, and the units of each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amounts {
    clients: Vec<(usize, u8)>,
}

impl Amounts {
    /// Of the bytes of R1 and what the member at each place has at stake.
    ///
    /// # Errors
    /// [`AmountsError`].
    pub fn of(units: &[u8], stakes: &[u64]) -> Result<Self, AmountsError> {
        if units.len() != stakes.len() {
            return Err(AmountsError::Length { expected: stakes.len(), actual: units.len() });
        }
        let mut clients = Vec::new();
        for (place, (units, stake)) in units.iter().zip(stakes).enumerate() {
            match (*units, *stake) {
                (0, _) => {}
                (_, 0) => return Err(AmountsError::NotAMember { place }),
                (units, _) if units > UNITS_MAX => return Err(AmountsError::Units { place, units }),
                _ => clients.push((place, *units)),
            }
        }
        Ok(Self { clients })
    }

    /// Places of the clients, in order.
    pub fn places(&self) -> impl ExactSizeIterator<Item = usize> {
        self.clients.iter().map(|(place, _)| *place)
    }

    /// Of all clients together.
    pub fn units(&self) -> u64 {
        self.clients.iter().map(|(_, units)| u64::from(*units)).sum()
    }

    /// How many pairings checking them takes beside that of the aggregate.
    pub fn digits(&self) -> u32 {
        self.used().count_ones()
    }

    /// The digits that somebody's amount has.
    fn used(&self) -> u8 {
        self.clients.iter().fold(0, |used, (_, units)| used | units)
    }
}

/// The set binary digits, lowest first.
fn digits(units: u8) -> impl Iterator<Item = u32> {
    (0..DIGITS).filter(move |digit| units >> digit & 1 == 1)
}

/// For each digit, the sum of the keys in whose amount it is set.
fn sums<'a>(clients: impl Iterator<Item = (u8, &'a PublicKey)>) -> Vec<KeySum> {
    // One after the other: adding few affine points at once takes longer, for the inversion.
    let mut by_amount = vec![KeySum::of([]); 1 << DIGITS];
    for (units, key) in clients {
        by_amount[usize::from(units)].add(key);
    }
    let mut sums = Vec::with_capacity(DIGITS as usize);
    for digit in (0..DIGITS).rev() {
        // What has the digit is added up, and counts as what its amount is without it from there on.
        let with = by_amount.split_off(1 << digit);
        sums.push(with.iter().fold(KeySum::of([]), |sum, keys| sum.with(keys)));
        for (keys, with) in by_amount.iter_mut().zip(&with) {
            *keys = keys.with(with);
        }
    }
    sums.reverse();
    sums
}
