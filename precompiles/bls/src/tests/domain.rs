//! Messages, byte for byte, as contracts write them.

use crate::{Domain, MESSAGE_BYTES};
use std::collections::BTreeSet;

const DOMAIN: Domain = Domain { chain_id: 0x0102_0304, owner: [0xaa; 20], role: 5, epoch: 0x0607 };

#[test]
fn a_message_has_these_bytes() {
    let mut expected = b"edgeloom/bls/1".to_vec();
    expected.resize(60, 0);
    expected.extend([1, 2, 3, 4]);
    expected.extend([0xaa; 20]);
    expected.extend([0; 11]);
    expected.push(5);
    expected.extend([0, 0, 0, 0, 0, 0, 6, 7]);
    expected.extend([0xbb; 32]);
    assert_eq!(DOMAIN.message(&[0xbb; 32])[..], expected);
}

#[test]
fn every_part_of_a_domain_changes_the_message() {
    let messages: BTreeSet<_> = [
        DOMAIN,
        Domain { chain_id: 1, ..DOMAIN },
        Domain { owner: [0xab; 20], ..DOMAIN },
        Domain { role: 6, ..DOMAIN },
        Domain { epoch: 1, ..DOMAIN },
    ]
    .iter()
    .flat_map(|domain| [domain.message(&[1; 32]), domain.message(&[2; 32])])
    .collect();
    assert_eq!(messages.len(), 10);
}

#[test]
fn a_consent_is_a_message_of_role_and_epoch_zero() {
    let mut payload = [0; 32];
    payload[12..].fill(0xcc);
    let consent: [u8; MESSAGE_BYTES] = Domain::consent(9, [0xdd; 20], [0xcc; 20]);
    assert_eq!(consent, Domain { chain_id: 9, owner: [0xdd; 20], role: 0, epoch: 0 }.message(&payload));
}
