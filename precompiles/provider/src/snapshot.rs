//! Sets of keys as the key registry wrote them into code, read through the journal, for whoever checks what members signed.
//!
//! What is wrong with a set or with bytes about its places reverts with an error that `IBls` and `IEdgeProof` declare alike:
//! the same bytes at both addresses.

use crate::{
    code::code,
    gas::bls::{PLACE, STORED_KEY, SUM},
    meter::{Exit, Meter},
};
use alloy::primitives::{Address, U256};
use alloy_evm::EvmInternals;
use edgeloom_bindings::IBls;
use edgeloom_bls::{CHUNK_PLACES, Manifest, PublicKey, SnapshotError};

pub(crate) struct Snapshot<'a, 'b> {
    internals: &'a mut EvmInternals<'b>,
    manifest: Manifest,
}

impl<'a, 'b> Snapshot<'a, 'b> {
    pub(crate) fn read(internals: &'a mut EvmInternals<'b>, at: Address, meter: &mut Meter) -> Result<Self, Exit> {
        let manifest = code(internals, at, meter)?;
        meter.charge(SUM)?;
        let manifest = Manifest::parse(&manifest).map_err(|fault| malformed(at, fault))?;
        Ok(Self { internals, manifest })
    }

    pub(crate) const fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Of every place, whether a member has it or not.
    pub(crate) fn stakes(&mut self, meter: &mut Meter) -> Result<Vec<u64>, Exit> {
        meter.charge(self.manifest.places() as u64 * PLACE)?;
        let mut stakes = Vec::with_capacity(self.manifest.places());
        for chunk in self.manifest.chunks() {
            let at = Address::from(chunk.stakes_at);
            let code = code(self.internals, at, meter)?;
            stakes.extend(chunk.stakes(&code).map_err(|fault| malformed(at, fault))?);
        }
        Ok(stakes)
    }

    /// The keys at `places`, which are in order, reading only the chunks that hold one of them.
    pub(crate) fn keys(&mut self, places: &[usize], meter: &mut Meter) -> Result<Vec<PublicKey>, Exit> {
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

pub(crate) fn wrong_length(expected: usize, actual: usize) -> Exit {
    let [expected, actual] = [expected, actual].map(U256::from);
    Exit::revert(&IBls::SignersLength { expected, actual })
}

pub(crate) fn not_a_member(place: usize) -> Exit {
    Exit::revert(&IBls::NotAMember { place: U256::from(place) })
}
