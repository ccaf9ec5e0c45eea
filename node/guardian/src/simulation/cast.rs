//! Who takes part: keys, stakes, and what each is.

use super::{Settings, chance::Chance};
use crate::{Committee, Member, Position};
use edgeloom_bls::SecretKey;
use std::{collections::BTreeSet, sync::Arc};

/// Bits of a secret.
const SECRET_BITS: u32 = 24;
/// Of 100 guardians, those with 2 to 20 times the stake of the others.
const LARGE: u64 = 5;
/// The least that a guardian stakes, gwei.
const STAKE_MIN: u64 = 1_000_000_000_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Conduct {
    Honest,
    Silent,
    Lying,
    Flooding,
}

#[derive(Debug)]
pub(super) struct Cast {
    pub(super) committee: Arc<Committee>,
    /// By position.
    pub(super) secrets: Vec<u64>,
    pub(super) conducts: Vec<Conduct>,
}

impl Cast {
    pub(super) fn new(settings: &Settings) -> Self {
        let mut chance = Chance::new(settings.seed, 1);
        let mut drawn = BTreeSet::new();
        let mut by_place = Vec::with_capacity(settings.guardians);
        while by_place.len() < settings.guardians {
            let secret = 1 + chance.below((1 << SECRET_BITS) - 1);
            if drawn.insert(secret) {
                by_place.push(secret);
            }
        }
        let mut stake = |_| match chance.below(100) {
            0..LARGE => STAKE_MIN * (2 + chance.below(19)),
            _ => STAKE_MIN,
        };
        let member =
            |(place, secret): (usize, &u64)| Member { place, key: key_of(*secret).public_key(), stake: stake(place) };
        let members: Vec<_> = by_place.iter().enumerate().map(member).collect();
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&settings.seed.to_be_bytes());
        let committee = Committee::new(settings.guardians, members, seed).expect("distinct places with stakes");
        let positions = (0..committee.len()).filter_map(|index| committee.position(index));
        let secrets =
            positions.filter_map(|position| by_place.get(committee.member(position)?.place).copied()).collect();
        let conducts = conducts(&committee, settings.adversaries, &mut chance);
        Self { committee: Arc::new(committee), secrets, conducts }
    }

    pub(super) fn conduct(&self, position: Position) -> Conduct {
        self.conducts[position.index()]
    }

    pub(super) fn of(&self, conduct: Conduct) -> impl Iterator<Item = usize> + '_ {
        self.conducts.iter().enumerate().filter(move |(_, found)| **found == conduct).map(|(position, _)| position)
    }
}

pub(super) fn key_of(secret: u64) -> SecretKey {
    let mut scalar = [0; 32];
    scalar[24..].copy_from_slice(&secret.to_be_bytes());
    SecretKey::from_bytes(&scalar).expect("not zero, and below the order")
}

/// Draws adversaries as long as they have no more stake than their share, each of the next kind.
fn conducts(committee: &Committee, share: u64, chance: &mut Chance) -> Vec<Conduct> {
    let mut conducts = vec![Conduct::Honest; committee.len()];
    let kinds = [Conduct::Silent, Conduct::Lying, Conduct::Flooding];
    let mut left = committee.total_stake() * u128::from(share) / 10_000;
    let mut order: Vec<_> = (0..committee.len()).collect();
    for last in (1..order.len()).rev() {
        order.swap(last, chance.below(last as u64 + 1) as usize);
    }
    for (number, position) in order.into_iter().enumerate() {
        let stake = u128::from(committee.stake(position));
        if stake <= left {
            left -= stake;
            conducts[position] = kinds[number % kinds.len()];
        }
        // A richer one may not have fitted: the smallest fill what is left.
        if left < u128::from(STAKE_MIN) {
            break;
        }
    }
    conducts
}
