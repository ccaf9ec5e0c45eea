//! Bytes that are a point, and bytes that look like one.

use super::crew::{self, Crew};
use crate::{Class, dice::Dice};
use blst::{BLST_ERROR, min_pk};
use edgeloom_bls::{PossessionProof, PublicKey, Signature};

/// Bytes of a coordinate, or of each of its two parts in G2.
const PART: usize = 48;
/// The field's modulus, big-endian.
const MODULUS: [u8; PART] = [
    0x1a, 0x01, 0x11, 0xea, 0x39, 0x7f, 0xe6, 0x9a, 0x4b, 0x1b, 0xa7, 0xb6, 0x43, 0x4b, 0xac, 0xd7, 0x64, 0x77, 0x4b,
    0x84, 0xf3, 0x85, 0x12, 0xbf, 0x67, 0x30, 0xd2, 0xa0, 0xf6, 0xb0, 0xf6, 0x24, 0x1e, 0xab, 0xff, 0xfe, 0xb1, 0x53,
    0xff, 0xff, 0xb9, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xaa, 0xab,
];
/// Flags in the first byte.
const COMPRESSED: u8 = 0x80;
const INFINITY: u8 = 0x40;
const FLAGS: u8 = 0xe0;
/// Half of all coordinates have a point.
const TRIES: usize = 100;

/// What is encoded.
#[derive(Clone, Copy, Debug)]
pub(super) enum Point {
    Key,
    Signature,
    Proof,
}

impl Point {
    pub(super) fn pick(dice: &mut Dice) -> Self {
        [Self::Key, Self::Signature, Self::Proof][dice.below(3)]
    }

    pub(super) fn right(self, crew: &Crew, dice: &mut Dice) -> Vec<u8> {
        let place = dice.below(crew::SIZE);
        match self {
            Self::Key => crew.key(place).to_bytes().to_vec(),
            Self::Signature => crew.vote(dice.below(crew::DOMAINS), place).to_bytes().to_vec(),
            Self::Proof => crew.proof(place).to_vec(),
        }
    }

    pub(super) fn decodes(self, bytes: &[u8]) -> bool {
        match self {
            Self::Key => bytes.try_into().is_ok_and(|bytes| PublicKey::from_bytes(bytes).is_ok()),
            Self::Signature => bytes.try_into().is_ok_and(|bytes| Signature::from_bytes(bytes).is_ok()),
            Self::Proof => bytes.try_into().is_ok_and(|bytes| PossessionProof::from_bytes(bytes).is_ok()),
        }
    }

    /// Bytes that are wrong in the way of `class`, made of right ones. `None` when chance gave none.
    pub(super) fn wrong(self, class: Class, right: &[u8], dice: &mut Dice) -> Option<Vec<u8>> {
        match class {
            Class::NonCanonical => Some(non_canonical(right, dice)),
            Class::Infinity => Some(infinity(right.len(), dice)),
            Class::OffCurve => self.random(dice, |outcome| outcome == Err(BLST_ERROR::BLST_POINT_NOT_ON_CURVE)),
            // The subgroup is one part in 2^125 of G1's curve, and less of G2's.
            Class::Subgroup => self.random(dice, |outcome| outcome.is_ok()),
            _ => None,
        }
    }

    /// The encoding of a random coordinate of which `wanted` holds. Only whether it is on the curve is looked at.
    fn random(self, dice: &mut Dice, wanted: impl Fn(Result<(), BLST_ERROR>) -> bool) -> Option<Vec<u8>> {
        let encoding = |dice: &mut Dice| {
            let mut bytes: Vec<u8> = match self {
                Self::Key => dice.bytes::<PART>().to_vec(),
                Self::Signature | Self::Proof => dice.bytes::<{ 2 * PART }>().to_vec(),
            };
            // Below the modulus, whatever follows.
            bytes.iter_mut().step_by(PART).for_each(|byte| *byte &= 0x0f);
            bytes[0] |= COMPRESSED | if dice.one_of(2) { 0x20 } else { 0 };
            bytes
        };
        (0..TRIES).map(|_| encoding(dice)).find(|bytes| wanted(self.on_curve(bytes)))
    }

    fn on_curve(self, bytes: &[u8]) -> Result<(), BLST_ERROR> {
        match self {
            Self::Key => min_pk::PublicKey::uncompress(bytes).map(|_| ()),
            Self::Signature | Self::Proof => min_pk::Signature::uncompress(bytes).map(|_| ()),
        }
    }
}

fn non_canonical(right: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut wrong = right.to_vec();
    match dice.below(5) {
        0 => wrong[0] &= !COMPRESSED,
        1 => wrong[0] |= INFINITY,
        2 => wrong.push(dice.bytes::<1>()[0]),
        3 => wrong.truncate(dice.below(right.len())),
        // The same coordinate, or a part of it, once around the field.
        _ => {
            let part = PART * dice.below(right.len() / PART);
            let flags = if part == 0 { wrong[0] & FLAGS } else { 0 };
            wrong[part] &= if part == 0 { !FLAGS } else { 0xff };
            let fits = add_modulus(&mut wrong[part..part + PART]) && (part > 0 || wrong[0] & FLAGS == 0);
            if !fits {
                wrong = right.to_vec();
                wrong[0] ^= COMPRESSED;
            } else {
                wrong[part] |= flags;
            }
        }
    }
    wrong
}

/// Whether the sum has as many bytes.
fn add_modulus(part: &mut [u8]) -> bool {
    let mut carry = 0;
    for (byte, addend) in part.iter_mut().zip(MODULUS).rev() {
        let sum = u16::from(*byte) + u16::from(addend) + carry;
        (*byte, carry) = (sum as u8, sum >> 8);
    }
    carry == 0
}

fn infinity(length: usize, dice: &mut Dice) -> Vec<u8> {
    let mut bytes = vec![0; length];
    // The canonical one, with a sign, without the flag of compression, and with something behind it.
    bytes[0] = [COMPRESSED | INFINITY, FLAGS, INFINITY, COMPRESSED | INFINITY][dice.below(4)];
    if dice.one_of(3) {
        bytes[1 + dice.below(length - 1)] = 1 << dice.below(8);
    }
    bytes
}
