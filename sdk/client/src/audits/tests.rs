use edgeloom_bls::{Domain, SecretKey, fast_aggregate_verify};

use super::*;

fn finding() -> Finding {
    Finding { output_root: B256::repeat_byte(1), trace_root: B256::repeat_byte(2) }
}

fn secret(member: u8) -> SecretKey {
    SecretKey::from_seed(&[member; 32]).expect("32 bytes")
}

#[test]
fn members_say_the_same_with_one_signature() {
    let claim = B256::repeat_byte(7);
    let said = |member: u8, place| Testimony {
        place,
        salt: B256::repeat_byte(member),
        signature: finding().sign(&secret(member), claim, (9, 4)).expect("the set has a name"),
    };
    // In any order, and the same member twice.
    let (signature, members) = together(&[said(3, 12), said(1, 0), said(2, 5), said(1, 0)]).expect("three members");
    assert_eq!(members.iter().map(|member| member.place).collect::<Vec<_>>(), [0, 5, 12]);
    let message = Domain::of_set(9, &Audits::set().0, 4).expect("a set").message(&finding().payload(claim).0);
    let keys = [1, 2, 3].map(|member| secret(member).public_key());
    assert!(fast_aggregate_verify(&[&keys[0], &keys[1], &keys[2]], &message, &signature));
    assert!(!fast_aggregate_verify(&[&keys[0], &keys[1]], &message, &signature), "one is missing");
    assert!(together(&[]).is_none());
}

#[test]
fn a_commitment_is_of_one_operator_one_claim_and_one_finding() {
    let (claim, operator, salt) = (B256::repeat_byte(7), Address::repeat_byte(8), B256::repeat_byte(9));
    let commitment = finding().commitment(claim, operator, salt);
    let other = Finding { trace_root: B256::repeat_byte(3), ..finding() };
    for differs in [
        other.commitment(claim, operator, salt),
        finding().commitment(salt, operator, salt),
        finding().commitment(claim, Address::ZERO, salt),
        finding().commitment(claim, operator, claim),
    ] {
        assert_ne!(commitment, differs);
    }
    assert_ne!(finding().payload(claim), other.payload(claim));
}
