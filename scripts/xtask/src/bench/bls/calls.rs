//! Calls of `IBls` in which one price of its gas table bears the load.

use super::snapshot::{self, SNAPSHOT};
use alloy::{primitives::Bytes, sol_types::SolCall as _};
use edgeloom_bindings::IBls;
use edgeloom_bls::{PLACES_MAX, SecretKey, aggregate_signatures};
use eyre::Result;

/// As much as a transaction carries.
const LONG: usize = 100_000;

/// Each with a name.
pub(super) fn all() -> Result<Vec<(&'static str, Bytes)>> {
    let secrets = (1..=64u8).map(|seed| SecretKey::from_seed(&[seed; 32])).collect::<Result<Vec<_>, _>>()?;
    let long = vec![0xab; LONG];
    let verify = |message: &[u8]| {
        let call = IBls::verifyCall {
            publicKey: secrets[0].public_key().to_bytes().into(),
            message: message.to_vec().into(),
            signature: secrets[0].sign(message).to_bytes().into(),
        };
        call.abi_encode().into()
    };
    let aggregate = |count: usize, message: &[u8]| -> Result<Bytes> {
        let signatures: Vec<_> = secrets[..count].iter().map(|secret| secret.sign(message)).collect();
        let call = IBls::aggregateVerifyCall {
            publicKeys: secrets[..count].iter().map(|secret| secret.public_key().to_bytes().into()).collect(),
            messages: vec![message.to_vec().into(); count],
            signature: aggregate_signatures(&signatures)?.to_bytes().into(),
        };
        Ok(call.abi_encode().into())
    };
    let sum = |count: usize| {
        let signatures = (0..count).map(|index| secrets[index % 64].sign(&[(index / 64) as u8]).to_bytes().into());
        IBls::aggregateSignaturesCall { signatures: signatures.collect() }.abi_encode().into()
    };
    let hash =
        |message: &[u8], tag: &[u8]| IBls::hashToG1Call { message: message.to_vec().into(), tag: tag.to_vec().into() };
    let hash_g2 =
        |message: &[u8], tag: &[u8]| IBls::hashToG2Call { message: message.to_vec().into(), tag: tag.to_vec().into() };
    let possession = IBls::verifyPossessionCall {
        publicKey: secrets[0].public_key().to_bytes().into(),
        proof: secrets[0].prove_possession().to_bytes().into(),
    };
    // Whether it verifies changes nothing of the work.
    let signature = Bytes::from(secrets[0].sign(&[]).to_bytes());
    let quorum = |signed: fn(usize) -> bool| {
        let signers = snapshot::bitmap(signed).into();
        let call = IBls::fastAggregateVerifyCall {
            snapshot: SNAPSHOT,
            message: Bytes::new(),
            signers,
            signature: signature.clone(),
        };
        call.abi_encode().into()
    };
    let weighted = |signed: fn(usize) -> bool| {
        let multiplicity = |place| if signed(place) { [0xff; 2] } else { [0; 2] };
        let multiplicities = (0..PLACES_MAX).flat_map(multiplicity).collect();
        let call = IBls::weightedAggregateVerifyCall {
            snapshot: SNAPSHOT,
            message: Bytes::new(),
            multiplicities,
            signature: signature.clone(),
        };
        call.abi_encode().into()
    };
    let decompress = IBls::decompressCall { publicKey: secrets[0].public_key().to_bytes().into() };
    Ok(vec![
        ("fastAggregateVerify, 1 of 15,872", quorum(|place| place == 0)),
        ("fastAggregateVerify, half of 15,872", quorum(|place| place % 2 == 0)),
        ("fastAggregateVerify, 95 % of 15,872", quorum(|place| place % 20 != 7)),
        ("fastAggregateVerify, all of 15,872", quorum(|_| true)),
        ("weightedAggregateVerify, 1 of 15,872", weighted(|place| place == 0)),
        ("weightedAggregateVerify, 20 of 15,872", weighted(|place| place < 20)),
        ("weightedAggregateVerify, 300 of 15,872", weighted(|place| place < 300)),
        ("weightedAggregateVerify, 4,096 of 15,872", weighted(|place| place < 4_096)),
        ("decompress", decompress.abi_encode().into()),
        ("verify, empty message", verify(&[])),
        ("verify, 100,000 bytes", verify(&long)),
        ("aggregateVerify, 1 key", aggregate(1, &[])?),
        ("aggregateVerify, 64 keys", aggregate(64, &[])?),
        ("aggregateVerify, 64 keys, 1,500 bytes each", aggregate(64, &long[..1_500])?),
        ("verifyPossession", possession.abi_encode().into()),
        ("aggregateSignatures, 1", sum(1)),
        ("aggregateSignatures, 256", sum(256)),
        ("hashToG1, empty message", hash(&[], &[1]).abi_encode().into()),
        ("hashToG1, 100,000 bytes", hash(&long, &[1; 255]).abi_encode().into()),
        ("hashToG2, empty message", hash_g2(&[], &[1]).abi_encode().into()),
        ("hashToG2, 100,000 bytes", hash_g2(&long, &[1; 255]).abi_encode().into()),
    ])
}
