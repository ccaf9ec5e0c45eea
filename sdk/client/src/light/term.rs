//! Committees as the contract keeps them: which slots they are in, and what those say. The layout is that of `Committee.sol`, which
//! `edgeloom-bindings` pins; code of another hash is not read ([`LightError::UnknownContract`](super::LightError)).

use alloy::primitives::{Address, B256, FixedBytes, U256};
use edgeloom_types::{Committee, Seat};

use super::proof::mapped;

/// `Committee._terms`.
const TERMS: U256 = U256::from_limbs([3, 0, 0, 0]);
/// Epochs that the contract keeps.
pub(crate) const TERMS_KEPT: u64 = 256;
/// Of `Term.chairs`, in the term.
const CHAIRS: u64 = 5;
const CHAIR_SLOTS: u64 = 4;

/// The slots of a term: its head, and the chairs of so many seats.
pub(crate) fn slots(epoch: u64, seats: usize) -> Vec<B256> {
    let place = B256::from(U256::from(epoch % TERMS_KEPT));
    let base = mapped(place, TERMS);
    let chairs = CHAIRS..CHAIRS + CHAIR_SLOTS * seats as u64;
    let offsets = [0].into_iter().chain(chairs);
    offsets.map(|offset| B256::from(base.wrapping_add(U256::from(offset)))).collect()
}

/// How many seats a term has by its head; `None` where it is of another epoch, or of none.
pub(crate) fn seats(epoch: u64, head: U256) -> Option<usize> {
    let seats = usize::from(head.byte(4));
    let found = head.as_limbs()[0] & u64::from(u32::MAX);
    (seats != 0 && u64::from(found as u32) == epoch).then_some(seats.min(Committee::MAX_SEATS))
}

/// The committee by the chairs that follow the head in [`slots`]. `None` where they cannot vote: then, as in consensus, the committee is
/// that of the epoch before.
pub(crate) fn committee(chairs: &[U256]) -> Option<Committee> {
    let (chairs, _) = chairs.as_chunks::<4>();
    Committee::elected(chairs.iter().map(seat))
}

fn seat([identity, high, packed, beneficiary]: &[U256; 4]) -> Seat {
    let mut voting_key = FixedBytes::<48>::ZERO;
    voting_key[..32].copy_from_slice(&high.to_be_bytes::<32>());
    // The lower half; node and stake lie above it.
    voting_key[32..].copy_from_slice(&packed.to_be_bytes::<32>()[16..]);
    let beneficiary = Address::from_word(B256::from(*beneficiary));
    Seat { identity: B256::from(*identity), voting_key, beneficiary }
}
