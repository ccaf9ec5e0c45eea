use alloy::primitives::{Address, keccak256};
use edgeloom_bls::{Domain, SecretKey, Signature, Terms};

use super::{Error, Receipt, Served, together};

const SERVED: Served = Served { epoch: 3, server: Address::repeat_byte(9), serial: 7 };

fn receipt(place: usize, units: u8) -> Receipt {
    let key = SecretKey::from_seed(&[place as u8 + 1; 32]).expect("a key");
    let mut set = [0; 32];
    set[31] = 1;
    let terms = Terms {
        clients: Domain::of_set(31_337, &set, SERVED.epoch).expect("a set"),
        server: SERVED.server.into_array(),
        content_root: [5; 32],
        unit_bytes: 1024,
        serial: SERVED.serial,
    };
    Receipt { place, units, signature: terms.sign(&key, units, |bytes| keccak256(bytes).0).expect("signed") }
}

#[test]
fn receipts_of_several_clients_are_one_signature_and_an_amount_for_each_place() {
    let settled = together(SERVED, 4, &[receipt(2, 31), receipt(0, 1)]).expect("together");
    assert_eq!(settled.amounts.as_ref(), [1, 0, 31, 0]);
    assert_eq!((settled.epoch, settled.serial), (3, 7));
    let bytes: [u8; 96] = settled.signature.as_ref().try_into().expect("96 bytes");
    Signature::from_bytes(&bytes).expect("a signature");
}

#[test]
fn what_does_not_go_together_is_refused_before_it_is_sent() {
    let refused = |receipts: &[Receipt]| matches!(together(SERVED, 4, receipts), Err(Error::Settings(_)));
    assert!(refused(&[]), "nobody");
    assert!(refused(&[receipt(4, 1)]), "beyond the last place");
    assert!(refused(&[receipt(1, 1), receipt(1, 2)]), "two of one client");
    assert!(refused(&[Receipt { units: 32, ..receipt(1, 1) }]) && refused(&[Receipt { units: 0, ..receipt(1, 1) }]));
}
