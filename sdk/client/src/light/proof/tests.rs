use super::{
    super::tests::{chain, committees, finality, read, vectors},
    *,
};
use crate::light::finality::read as final_header;

const HEIGHT: u64 = 25;

fn state() -> StateOf {
    let committees = committees();
    let shown = finality(&vectors()["state"]["finality"]);
    let proved = final_header(HEIGHT, &shown, chain(), |epoch| committees.get(epoch as usize)).unwrap();
    StateOf { height: HEIGHT, root: proved.asked.header().state_root }
}

fn shown(what: &str) -> EIP1186AccountProofResponse {
    read(&vectors()["state"][what])
}

fn is_refused(address: Address, shown: &EIP1186AccountProofResponse) {
    let refused = state().account(address, shown).unwrap_err();
    assert!(matches!(refused, LightError::Account { height: HEIGHT, .. }), "{refused}");
}

#[test]
fn an_account_is_what_the_state_holds() {
    let shown = shown("account");
    let account = state().account(shown.address, &shown).unwrap();
    assert!(account.nonce == shown.nonce && account.balance == shown.balance && !account.balance.is_zero());
    for change in [
        |shown: &mut EIP1186AccountProofResponse| shown.balance += U256::ONE,
        |shown: &mut EIP1186AccountProofResponse| shown.nonce += 1,
        |shown: &mut EIP1186AccountProofResponse| shown.code_hash.0[0] ^= 1,
        |shown: &mut EIP1186AccountProofResponse| shown.storage_hash.0[31] ^= 1,
        |shown: &mut EIP1186AccountProofResponse| drop(shown.account_proof.pop()),
        |shown: &mut EIP1186AccountProofResponse| shown.account_proof.clear(),
    ] {
        let mut other = shown.clone();
        change(&mut other);
        is_refused(shown.address, &other);
    }
    is_refused(Address::ZERO, &shown);
    let nothing = EIP1186AccountProofResponse {
        balance: U256::ZERO,
        nonce: 0,
        code_hash: TrieAccount::default().code_hash,
        storage_hash: TrieAccount::default().storage_root,
        ..shown.clone()
    };
    is_refused(shown.address, &nothing);
}

#[test]
fn every_bit_of_a_proof_counts() {
    let shown = shown("account");
    let state = state();
    for (place, node) in shown.account_proof.iter().enumerate() {
        for bit in 0..8 * node.len() {
            let mut other = shown.clone();
            let mut bytes = node.to_vec();
            bytes[bit / 8] ^= 1 << (bit % 8);
            other.account_proof[place] = bytes.into();
            assert!(state.account(shown.address, &other).is_err(), "bit {bit} of node {place}");
        }
    }
}

#[test]
fn that_there_is_no_account_is_proved_too() {
    let mut shown = shown("nobody");
    assert_eq!(state().account(shown.address, &shown).unwrap(), TrieAccount::default());
    shown.balance = U256::ONE;
    is_refused(shown.address, &shown);
}

#[test]
fn a_slot_is_what_the_storage_holds() {
    let shown = shown("history");
    let (address, state) = (shown.address, state());
    let account = state.account(address, &shown).unwrap();
    let slots = [HEIGHT - 1, 8000].map(|slot| B256::from(U256::from(slot)));
    let values = state.slots((address, &account), &slots, &shown).unwrap();
    assert!(!values[0].is_zero() && values[1].is_zero());
    let refused = |slots: &[B256], shown: &EIP1186AccountProofResponse| {
        let refused = state.slots((address, &account), slots, shown).unwrap_err();
        assert!(matches!(refused, LightError::Storage { height: HEIGHT, .. }), "{refused}");
    };
    refused(&[slots[1], slots[0]], &shown);
    refused(&[slots[0], slots[1], B256::ZERO], &shown);
    for place in 0..2 {
        let mut other = shown.clone();
        other.storage_proof[place].value += U256::ONE;
        refused(&slots, &other);
        let mut other = shown.clone();
        other.storage_proof[place].proof.pop();
        refused(&slots, &other);
    }
}

#[test]
fn code_is_what_hashes_to_it() {
    let bytes = Bytes::from([1, 2, 3]);
    assert_eq!(code(Address::ZERO, keccak256(&bytes), bytes.clone()).unwrap(), bytes);
    assert!(matches!(code(Address::ZERO, keccak256(&bytes), Bytes::new()), Err(LightError::Code { .. })));
}
