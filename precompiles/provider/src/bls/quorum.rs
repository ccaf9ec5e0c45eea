//! Certificates of a set whose snapshot lies in code: who of it signed, with what stake.
//!
//! Work follows what the caller names: every chunk's stakes, and the keys of whichever are fewer of the present and the absent
//! (of the present where they have multiplicities). Keys were validated when they were registered, so that a snapshot that no
//! registry wrote gives a verdict that means nothing to anybody but those who trust its author.

use super::{count, message_gas, signature};
use crate::{
    code::code,
    gas::bls::{PLACE, SIGNATURE, STORED_KEY, SUM, VERIFY, WEIGHTED_KEY},
    meter::{Exit, Meter},
};
use alloy::primitives::{Address, Bytes, U256};
use alloy_evm::EvmInternals;
use edgeloom_bindings::IBls;
use edgeloom_bls::{CHUNK_PLACES, KeySum, Manifest, PublicKey, Signers, SignersError, SnapshotError, Tally};

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
    let signers = Signers::bitmap(certificate.signers, snapshot.manifest.places()).map_err(wrong_signers)?;
    let tally = snapshot.tally(&signers, meter)?;
    let present: Vec<_> = tally.present.iter().map(|(place, _)| *place).collect();
    let sum = if present.len() <= tally.absent.len() {
        KeySum::of(&snapshot.keys(&present, meter)?)
    } else {
        let absent = KeySum::of(&snapshot.keys(&tally.absent, meter)?);
        snapshot.manifest.aggregate().without(&absent)
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
    let signers = Signers::multiplicities(certificate.signers, snapshot.manifest.places()).map_err(wrong_signers)?;
    let tally = snapshot.tally(&signers, meter)?;
    let (present, multiplicities): (Vec<_>, Vec<_>) = tally.present.iter().copied().unzip();
    // Nobody is a verdict of its own, as it is with a bitmap.
    count(present.len().max(1), WEIGHTED_MAX)?;
    meter.charge(present.len() as u64 * WEIGHTED_KEY)?;
    let keys = snapshot.keys(&present, meter)?;
    let sum = KeySum::weighted(keys.iter().zip(multiplicities));
    verdict(certificate, &sum, &tally, meter)
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

struct Snapshot<'a, 'b> {
    internals: &'a mut EvmInternals<'b>,
    manifest: Manifest,
}

impl<'a, 'b> Snapshot<'a, 'b> {
    fn read(internals: &'a mut EvmInternals<'b>, at: Address, meter: &mut Meter) -> Result<Self, Exit> {
        let manifest = code(internals, at, meter)?;
        meter.charge(SUM)?;
        let manifest = Manifest::parse(&manifest).map_err(|fault| malformed(at, fault))?;
        Ok(Self { internals, manifest })
    }

    fn tally(&mut self, signers: &Signers<'_>, meter: &mut Meter) -> Result<Tally, Exit> {
        meter.charge(self.manifest.places() as u64 * PLACE)?;
        let mut stakes = Vec::with_capacity(self.manifest.places());
        for chunk in self.manifest.chunks() {
            let at = Address::from(chunk.stakes_at);
            let code = code(self.internals, at, meter)?;
            stakes.extend(chunk.stakes(&code).map_err(|fault| malformed(at, fault))?);
        }
        Tally::of(signers, &stakes).map_err(wrong_signers)
    }

    /// The keys at `places`, which are in order, reading only the chunks that hold one of them.
    fn keys(&mut self, places: &[usize], meter: &mut Meter) -> Result<Vec<PublicKey>, Exit> {
        meter.charge(places.len() as u64 * STORED_KEY)?;
        let mut keys = Vec::with_capacity(places.len());
        for places in places.chunk_by(|one, next| one / CHUNK_PLACES == next / CHUNK_PLACES) {
            let chunk = self.manifest.chunks()[places[0] / CHUNK_PLACES];
            let at = Address::from(chunk.keys_at);
            let code = code(self.internals, at, meter)?;
            let inside = places.iter().map(|place| place % CHUNK_PLACES);
            keys.extend(chunk.keys(&code, inside).map_err(|fault| malformed(at, fault))?);
        }
        Ok(keys)
    }
}

fn malformed(code: Address, _: SnapshotError) -> Exit {
    Exit::revert(&IBls::MalformedSnapshot { code })
}

fn wrong_signers(fault: SignersError) -> Exit {
    match fault {
        SignersError::Length { expected, actual } => {
            let [expected, actual] = [expected, actual].map(U256::from);
            Exit::revert(&IBls::SignersLength { expected, actual })
        }
        SignersError::NotAMember { place } => Exit::revert(&IBls::NotAMember { place: U256::from(place) }),
    }
}
