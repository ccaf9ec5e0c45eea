//! What a contract that follows this chain is shown (`ILightClient`, on another chain or on this one): the same certificates and proofs, with
//! the coordinates of compressed points beside them, which EIP-2537 does not compute. It is verified here before it is given: whoever
//! pays for a transaction that relays it need not wonder.

use std::collections::HashMap;

use alloy::{
    primitives::{B256, Bytes},
    rpc::types::EIP1186AccountProofResponse,
};
use edgeloom_bindings::{ILightClient, addresses::COMMITTEE};
use edgeloom_bls::{PublicKey, Signature};
use edgeloom_types::{Certificate, Committee, Seat};
use jsonrpsee::rpc_params;

use super::{LightClient, LightError, finality::Ascent, proof::StateOf, term};
use crate::Error;

/// Places of nodes are told by one byte.
const NODES_MAX: usize = 256;

impl LightClient {
    /// What shows a contract that the block at a height is final: of the epoch of the newest committee that is known, or the one before.
    ///
    /// # Errors
    /// Those of [`Self::follow`]; [`LightError::NoCertificate`] where none is within one answer.
    pub async fn relay_header(&self, height: u64) -> Result<ILightClient::Finality, Error> {
        let (chain, committees) = (self.trusted.chain, &self.trusted.committees);
        let shown = self.prover.node.finality(height).await?.ok_or(LightError::NoBlock { height })?;
        let certificate = shown.certificate.ok_or(LightError::NoCertificate { height })?;
        let ascent = Ascent::climb(None, height, &shown.headers)?;
        let own = (chain.genesis, chain.epoch_length);
        let shows = ascent.end(certificate, own, |epoch| committees.get(&epoch))?;
        let epoch = chain.epoch(shows.certified.number());
        let committee = committees.get(&epoch).ok_or(LightError::CommitteeUnknown { epoch })?;
        let malformed = || LightError::Malformed { what: "certificate", height };
        let parsed = Certificate::decode(&shows.certificate).map_err(|_| malformed())?;
        let signature = Signature::from_bytes(parsed.signature()).map_err(|_| malformed())?;
        let coordinates = signature.to_coordinates();
        let (words, _) = coordinates.as_chunks::<32>();
        let y = std::array::from_fn(|word| words.get(4 + word).copied().map(B256::from).unwrap_or_default());
        Ok(ILightClient::Finality {
            headers: shown.headers,
            certificate: shows.certificate,
            y,
            keys: stored(committee),
        })
    }

    /// What shows a contract, with the block at `height`, who is elected for the epoch after that of the block.
    ///
    /// # Errors
    /// Those of [`Self::relay_header`] and of proofs.
    pub async fn relay_election(&self, height: u64) -> Result<(ILightClient::Finality, ILightClient::Election), Error> {
        let finality = self.relay_header(height).await?;
        let header = finality.headers.first().ok_or(LightError::NoBlock { height })?;
        let header = super::LightHeader::decode(height, header)?;
        let next = self.trusted.chain.epoch(height).saturating_add(1);
        let mut seats = Committee::MAX_SEATS;
        loop {
            let slots = term::slots(next, seats);
            let params = rpc_params![COMMITTEE, &slots, alloy::primitives::U64::from(height)];
            let shown: EIP1186AccountProofResponse = self.prover.node.ask("eth_getProof", &params).await?;
            let state = StateOf { height, root: header.header().state_root };
            let account = state.account(COMMITTEE, &shown)?;
            let values = state.slots((COMMITTEE, &account), &slots, &shown)?;
            let held = values.first().and_then(|head| term::seats(next, *head)).unwrap_or_default();
            if held < seats {
                // Only the slots of its seats have proofs that a contract can read.
                seats = held;
                if held > 0 {
                    continue;
                }
            }
            let committee = values.get(1..).and_then(term::committee).filter(|_| held > 0);
            let keys = committee.map(|committee| stored(&committee)).unwrap_or_default();
            return Ok((finality, bundle(&shown, held, keys)?));
        }
    }
}

/// Both coordinates of each seat's key.
fn stored(committee: &Committee) -> Bytes {
    let key = |seat: &Seat| PublicKey::from_bytes(&seat.voting_key).map(|key| key.to_stored());
    committee.seats().filter_map(|seat| key(seat).ok()).flatten().collect::<Vec<u8>>().into()
}

/// Each node once, and for each proof the places of its nodes: of the account, the head, and two slots of each seat.
pub(super) fn bundle(
    shown: &EIP1186AccountProofResponse,
    seats: usize,
    keys: Bytes,
) -> Result<ILightClient::Election, Error> {
    let (mut nodes, mut places) = (Vec::<Bytes>::new(), HashMap::<Bytes, u8>::new());
    let mut path = |proof: &[Bytes]| {
        let place = |node: &Bytes| {
            if let Some(place) = places.get(node) {
                return Ok(*place);
            }
            let place = u8::try_from(nodes.len());
            let place =
                place.map_err(|_| Error::Answer(format!("the election's proofs have more than {NODES_MAX} nodes")))?;
            nodes.push(node.clone());
            places.insert(node.clone(), place);
            Ok(place)
        };
        proof.iter().map(place).collect::<Result<Vec<u8>, Error>>().map(Bytes::from)
    };
    let account = path(&shown.account_proof)?;
    // Of a chair's four slots the second and the third, behind the term's head.
    let wanted = [0].into_iter().chain((0..seats).flat_map(|seat| [2 + 4 * seat, 3 + 4 * seat]));
    let slots = wanted.filter_map(|slot| shown.storage_proof.get(slot)).map(|slot| path(&slot.proof));
    let slots = slots.collect::<Result<Vec<_>, _>>()?;
    Ok(ILightClient::Election { nodes, account, slots, keys })
}
