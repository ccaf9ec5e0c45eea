//! Certificates of a set whose snapshot lies in code: who of it signed, with what stake.
//!
//! Work follows what the caller names: every chunk's stakes, and the keys of whichever are fewer of the present and the absent
//! (of the present where they have multiplicities). Keys were validated when they were registered, so that a snapshot that no
//! registry wrote gives a verdict that means nothing to anybody but those who trust its author.

use super::{count, message_gas, signature};
use crate::{
    gas::bls::{SIGNATURE, VERIFY, WEIGHTED_KEY},
    meter::{Exit, Meter},
    snapshot::{Snapshot, not_a_member, wrong_length},
};
use alloy::primitives::{Address, Bytes, U256};
use alloy_evm::EvmInternals;
use edgeloom_bindings::IBls;
use edgeloom_bls::{KeySum, Signers, SignersError, Tally};

/// Signers with multiplicities.
const WEIGHTED_MAX: usize = 4_096;

/// What both functions are called with.
pub(super) struct Certificate<'a> {
    pub(super) snapshot: Address,
    pub(super) message: &'a Bytes,
    pub(super) signers: &'a Bytes,
    pub(super) signature: &'a Bytes,
}

/// With a bitmap of who signed once.
pub(super) fn plain(
    internals: &mut EvmInternals<'_>,
    certificate: &Certificate<'_>,
    meter: &mut Meter,
) -> Result<IBls::Quorum, Exit> {
    let mut snapshot = Snapshot::read(internals, certificate.snapshot, meter)?;
    let signers = Signers::bitmap(certificate.signers, snapshot.manifest().places()).map_err(wrong_signers)?;
    let tally = tally(&mut snapshot, &signers, meter)?;
    let present: Vec<_> = tally.present.iter().map(|(place, _)| *place).collect();
    let sum = if present.len() <= tally.absent.len() {
        KeySum::of(&snapshot.keys(&present, meter)?)
    } else {
        let absent = KeySum::of(&snapshot.keys(&tally.absent, meter)?);
        snapshot.manifest().aggregate().without(&absent)
    };
    verdict(certificate, &sum, &tally, meter)
}

/// With how often each signed.
pub(super) fn weighted(
    internals: &mut EvmInternals<'_>,
    certificate: &Certificate<'_>,
    meter: &mut Meter,
) -> Result<IBls::Quorum, Exit> {
    let mut snapshot = Snapshot::read(internals, certificate.snapshot, meter)?;
    let signers = Signers::multiplicities(certificate.signers, snapshot.manifest().places()).map_err(wrong_signers)?;
    let tally = tally(&mut snapshot, &signers, meter)?;
    let (present, multiplicities): (Vec<_>, Vec<_>) = tally.present.iter().copied().unzip();
    // Nobody is a verdict of its own, as it is with a bitmap.
    count(present.len().max(1), WEIGHTED_MAX)?;
    meter.charge(present.len() as u64 * WEIGHTED_KEY)?;
    let keys = snapshot.keys(&present, meter)?;
    let sum = KeySum::weighted(keys.iter().zip(multiplicities));
    verdict(certificate, &sum, &tally, meter)
}

fn tally(snapshot: &mut Snapshot<'_, '_>, signers: &Signers<'_>, meter: &mut Meter) -> Result<Tally, Exit> {
    Tally::of(signers, &snapshot.stakes(meter)?).map_err(wrong_signers)
}

fn verdict(
    certificate: &Certificate<'_>,
    sum: &KeySum,
    tally: &Tally,
    meter: &mut Meter,
) -> Result<IBls::Quorum, Exit> {
    meter.charge(SIGNATURE + VERIFY + message_gas(certificate.message))?;
    let signature = signature(0, certificate.signature)?;
    let valid = sum.key().is_some_and(|key| signature.verify(&key, certificate.message));
    // Whoever forgets to look at `valid` sees nobody sign.
    let (signers, signed) = if valid { (tally.present.len(), tally.signed_stake) } else { (0, 0) };
    Ok(IBls::Quorum {
        valid,
        signers: U256::from(signers),
        signedStake: U256::from(signed),
        totalStake: U256::from(tally.total_stake),
    })
}

fn wrong_signers(fault: SignersError) -> Exit {
    match fault {
        SignersError::Length { expected, actual } => wrong_length(expected, actual),
        SignersError::NotAMember { place } => not_a_member(place),
    }
}
