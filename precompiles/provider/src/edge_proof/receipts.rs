//! Receipts that clients of a delivery node signed, checked against the snapshot of their set.
//!
//! As for certificates, whoever trusts the answer has to know the snapshot: of which set and epoch it is stands in no code.

use crate::{
    gas::{
        bls::{AGGREGATE_KEY, AGGREGATE_VERIFY, MESSAGE_WORD, SIGNATURE},
        proofs::AMOUNT_SUMS,
        words,
    },
    meter::{Exit, Meter},
    snapshot::{Snapshot, not_a_member, wrong_length},
};
use alloy::{
    primitives::{Bytes, U256, keccak256},
    sol_types::SolCall as _,
};
use alloy_evm::EvmInternals;
use edgeloom_bindings::IEdgeProof;
use edgeloom_bls::{Amounts, AmountsError, Domain, MESSAGE_BYTES, Signature, Terms, UNITS_MAX};

/// Clients of one call.
const CLIENTS_MAX: usize = 1_000;

pub(super) fn receipts(
    internals: &mut EvmInternals<'_>,
    call: &IEdgeProof::receiptsCall,
    meter: &mut Meter,
) -> Result<Bytes, Exit> {
    let terms = terms(internals.chain_id(), &call.terms)?;
    let mut snapshot = Snapshot::read(internals, call.snapshot, meter)?;
    let amounts = Amounts::of(&call.amounts, &snapshot.stakes(meter)?).map_err(wrong_amounts)?;
    let clients = amounts.places().len();
    super::proofs::count(U256::from(clients), CLIENTS_MAX as u64)?;
    let places: Vec<_> = amounts.places().collect();
    let keys = snapshot.keys(&places, meter)?;
    let pairing = AGGREGATE_KEY + words(MESSAGE_BYTES) * MESSAGE_WORD;
    meter.charge(AMOUNT_SUMS + SIGNATURE + AGGREGATE_VERIFY + u64::from(amounts.digits()) * pairing)?;
    let signature = call.signature.as_ref().try_into().ok().and_then(|bytes| Signature::from_bytes(bytes).ok());
    let signature = signature.ok_or_else(|| Exit::revert(&IEdgeProof::MalformedSignature { index: U256::ZERO }))?;
    let right = terms.verify(&amounts, &keys, &signature, |bytes| keccak256(bytes).0);
    // Whoever forgets to look at `right` pays for nothing.
    let (units, clients) = if right { (amounts.units(), clients) } else { (0, 0) };
    let delivery = IEdgeProof::Delivery { right, units: U256::from(units), clients: U256::from(clients) };
    Ok(IEdgeProof::receiptsCall::abi_encode_returns(&delivery).into())
}

fn terms(chain_id: u64, terms: &IEdgeProof::Terms) -> Result<Terms, Exit> {
    let clients = Domain::of_set(chain_id, &terms.clients.0, terms.epoch);
    let clients = clients.ok_or_else(|| Exit::revert(&IEdgeProof::NotASet { set: terms.clients }))?;
    Ok(Terms {
        clients,
        server: terms.server.into_array(),
        content_root: terms.contentRoot.0,
        unit_bytes: terms.unitBytes,
        serial: terms.serial,
    })
}

fn wrong_amounts(fault: AmountsError) -> Exit {
    match fault {
        AmountsError::Length { expected, actual } => wrong_length(expected, actual),
        AmountsError::NotAMember { place } => not_a_member(place),
        AmountsError::Units { place, units } => {
            let [place, limit, actual] = [place, UNITS_MAX.into(), units.into()].map(U256::from);
            Exit::revert(&IEdgeProof::TooManyUnits { place, limit, actual })
        }
    }
}
