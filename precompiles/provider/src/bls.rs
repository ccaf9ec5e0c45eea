//! `IBls` at `addresses::BLS`.

mod quorum;

use self::quorum::Certificate;
use crate::{
    entry,
    gas::bls::{
        AGGREGATE_KEY, AGGREGATE_VERIFY, HASH_G1, HASH_G2, KEY, MESSAGE_WORD, POSSESSION, SIGNATURE, SIGNATURE_ADD,
        VERIFY,
    },
    gas::words,
    meter::{Exit, Meter},
};
use alloy::{
    primitives::{Bytes, U256},
    sol_types::SolCall as _,
};
use alloy_evm::precompiles::PrecompileInput;
use edgeloom_bindings::IBls::{self, IBlsCalls};
use edgeloom_bls::{
    BlsError, PossessionProof, PublicKey, Signature, aggregate_signatures, aggregate_verify, hash_to_g1, hash_to_g2,
};
use revm::precompile::PrecompileResult;

/// Keys of one `aggregateVerify`, signatures of one `aggregateSignatures`.
const KEYS_MAX: usize = 64;
const SIGNATURES_MAX: usize = 256;

pub(crate) fn run(mut input: PrecompileInput<'_>) -> PrecompileResult {
    entry::run(&mut input, &IBls::NotCalledDirectly {}, &IBls::MalformedCall {}, |input, call, meter| match call {
        IBlsCalls::verify(call) => verify(&call, meter),
        IBlsCalls::aggregateVerify(call) => verify_aggregate(&call, meter),
        IBlsCalls::fastAggregateVerify(IBls::fastAggregateVerifyCall { snapshot, message, signers, signature }) => {
            let certificate = Certificate { snapshot, message: &message, signers: &signers, signature: &signature };
            let quorum = quorum::plain(&mut input.internals, &certificate, meter)?;
            Ok(IBls::fastAggregateVerifyCall::abi_encode_returns(&quorum).into())
        }
        IBlsCalls::weightedAggregateVerify(IBls::weightedAggregateVerifyCall {
            snapshot,
            message,
            multiplicities,
            signature,
        }) => {
            let certificate =
                Certificate { snapshot, message: &message, signers: &multiplicities, signature: &signature };
            let quorum = quorum::weighted(&mut input.internals, &certificate, meter)?;
            Ok(IBls::weightedAggregateVerifyCall::abi_encode_returns(&quorum).into())
        }
        IBlsCalls::verifyPossession(call) => verify_possession(&call, meter),
        IBlsCalls::aggregateSignatures(call) => aggregate(&call, meter),
        IBlsCalls::decompress(call) => {
            meter.charge(KEY)?;
            let point = key(0, &call.publicKey)?.to_stored();
            Ok(IBls::decompressCall::abi_encode_returns(&point.into()).into())
        }
        IBlsCalls::hashToG1(call) => {
            meter.charge(HASH_G1 + message_gas(&call.message))?;
            let point = hash_to_g1(&call.message, &call.tag).map_err(|_| wrong_tag(&call.tag))?;
            Ok(IBls::hashToG1Call::abi_encode_returns(&point.into()).into())
        }
        IBlsCalls::hashToG2(call) => {
            meter.charge(HASH_G2 + message_gas(&call.message))?;
            let point = hash_to_g2(&call.message, &call.tag).map_err(|_| wrong_tag(&call.tag))?;
            Ok(IBls::hashToG2Call::abi_encode_returns(&point.into()).into())
        }
    })
}

fn verify(call: &IBls::verifyCall, meter: &mut Meter) -> Result<Bytes, Exit> {
    meter.charge(KEY + SIGNATURE + VERIFY + message_gas(&call.message))?;
    let (key, signature) = (key(0, &call.publicKey)?, signature(0, &call.signature)?);
    Ok(IBls::verifyCall::abi_encode_returns(&signature.verify(&key, &call.message)).into())
}

fn verify_aggregate(call: &IBls::aggregateVerifyCall, meter: &mut Meter) -> Result<Bytes, Exit> {
    let IBls::aggregateVerifyCall { publicKeys, messages, signature: aggregate } = call;
    count(publicKeys.len(), KEYS_MAX)?;
    if publicKeys.len() != messages.len() {
        let [keys, messages] = [publicKeys.len(), messages.len()].map(U256::from);
        return Err(Exit::revert(&IBls::CountsDiffer { keys, messages }));
    }
    let hashing: u64 = messages.iter().map(message_gas).sum();
    meter.charge(SIGNATURE + AGGREGATE_VERIFY + publicKeys.len() as u64 * (KEY + AGGREGATE_KEY) + hashing)?;
    let keys = publicKeys.iter().enumerate().map(|(index, bytes)| key(index, bytes)).collect::<Result<Vec<_>, _>>()?;
    let aggregate = signature(0, aggregate)?;
    let signed: Vec<_> = keys.iter().zip(messages.iter().map(AsRef::as_ref)).collect();
    Ok(IBls::aggregateVerifyCall::abi_encode_returns(&aggregate_verify(&signed, &aggregate)).into())
}

fn verify_possession(call: &IBls::verifyPossessionCall, meter: &mut Meter) -> Result<Bytes, Exit> {
    meter.charge(KEY + SIGNATURE + POSSESSION)?;
    let key = key(0, &call.publicKey)?;
    let proof = exactly(&call.proof).and_then(|bytes| PossessionProof::from_bytes(bytes).ok());
    let proof = proof.ok_or_else(|| Exit::revert(&IBls::MalformedSignature { index: U256::ZERO }))?;
    Ok(IBls::verifyPossessionCall::abi_encode_returns(&proof.verify(&key)).into())
}

fn aggregate(call: &IBls::aggregateSignaturesCall, meter: &mut Meter) -> Result<Bytes, Exit> {
    let signatures = &call.signatures;
    count(signatures.len(), SIGNATURES_MAX)?;
    meter.charge(signatures.len() as u64 * (SIGNATURE + SIGNATURE_ADD))?;
    let read = |(index, bytes): (usize, &Bytes)| signature(index, bytes);
    let signatures = signatures.iter().enumerate().map(read).collect::<Result<Vec<_>, _>>()?;
    let sum = aggregate_signatures(&signatures).map_err(|_: BlsError| Exit::revert(&IBls::SignaturesCancelOut {}))?;
    Ok(IBls::aggregateSignaturesCall::abi_encode_returns(&sum.to_bytes().into()).into())
}

fn key(index: usize, bytes: &[u8]) -> Result<PublicKey, Exit> {
    let key = exactly(bytes).and_then(|bytes| PublicKey::from_bytes(bytes).ok());
    key.ok_or_else(|| Exit::revert(&IBls::MalformedKey { index: U256::from(index) }))
}

fn signature(index: usize, bytes: &[u8]) -> Result<Signature, Exit> {
    let signature = exactly(bytes).and_then(|bytes| Signature::from_bytes(bytes).ok());
    signature.ok_or_else(|| Exit::revert(&IBls::MalformedSignature { index: U256::from(index) }))
}

fn exactly<const BYTES: usize>(bytes: &[u8]) -> Option<&[u8; BYTES]> {
    bytes.try_into().ok()
}

fn count(actual: usize, limit: usize) -> Result<(), Exit> {
    if (1..=limit).contains(&actual) {
        return Ok(());
    }
    let [limit, actual] = [limit, actual].map(U256::from);
    Err(Exit::revert(&IBls::WrongCount { limit, actual }))
}

fn wrong_tag(tag: &Bytes) -> Exit {
    Exit::revert(&IBls::TagLength { actual: U256::from(tag.len()) })
}

/// Of hashing a message, beside what hashing none takes.
fn message_gas(message: &Bytes) -> u64 {
    words(message.len()) * MESSAGE_WORD
}
