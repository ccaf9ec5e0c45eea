//! What liars and flooders send.

use super::{cast::Cast, chance::Chance, truth::Truth};
use crate::{Bits, Contribution, Position, Role, Scope, Subject};
use edgeloom_bls::Signature;

/// What one of them says to one of its contacts: lies are different each time.
pub(super) fn lie(
    cast: &Cast,
    truth: &Truth,
    subject: &Subject,
    (from, to): (Position, Position),
    chance: &mut Chance,
) -> Option<Vec<u8>> {
    let honest = own(cast, truth, subject, (from, to))?;
    let length = honest.signers.length();
    let mut all = Bits::none(length);
    (0..length).for_each(|index| all.insert(index));
    let mut most = Bits::none(length);
    (0..length).filter(|_| !chance.chance(3_300)).for_each(|index| most.insert(index));
    // Where a half is one position its own signature would be right, and help.
    let other = truth.signature(std::iter::once(to.index()))?;
    let said = match chance.below(6) {
        // Everybody signed: one signature instead of the aggregate.
        0 => Contribution { signers: all, aggregate: other, ..honest }.encode(),
        // As many as there can be.
        1 if !most.is_empty() => Contribution { signers: most, aggregate: other, ..honest }.encode(),
        // A right aggregate, and a signature that is somebody else's.
        2 => Contribution { individual: Some(other), ..honest }.encode(),
        // No point of the curve.
        3 => {
            let mut bytes = Contribution { signers: all, ..honest }.encode();
            bytes.get_mut(60..80)?.fill(0x5a);
            bytes
        }
        // A bit beyond the last, or bytes cut off.
        4 => {
            let mut bytes = honest.encode();
            bytes.truncate(bytes.len() - 1 - chance.below(20) as usize);
            bytes
        }
        // As if relayed, where it may not.
        _ => Contribution { scope: Scope::Relayed, individual: None, signers: all, ..honest }.encode(),
    };
    Some(said)
}

/// What a flooder says again and again: a signature that is somebody else's, so that it takes a check and helps nobody.
pub(super) fn flood(cast: &Cast, truth: &Truth, subject: &Subject, pair: (Position, Position)) -> Option<Vec<u8>> {
    let other = truth.signature(std::iter::once(pair.1.index()))?;
    own(cast, truth, subject, pair).map(|own| Contribution { aggregate: other, ..own }.encode())
}

/// What it would say first if it were honest: that it signed.
fn own(
    cast: &Cast,
    truth: &Truth,
    subject: &Subject,
    (from, to): (Position, Position),
) -> Option<Contribution<Signature>> {
    let levels = cast.committee.levels(from);
    let (number, level) = levels
        .iter()
        .zip(0..)
        .find_map(|(level, number)| level.theirs.contains(&to.index()).then_some((number, level)))?;
    let signature = truth.signature(std::iter::once(from.index()))?;
    let mut signers = Bits::none(level.ours.len());
    signers.insert(from.index() - level.ours.start);
    Some(Contribution {
        role: Role::Full,
        level: number,
        scope: Scope::Own,
        height: subject.height(),
        block_hash: *subject.block_hash(),
        held: 0,
        signers,
        aggregate: signature,
        individual: Some(signature),
    })
}
