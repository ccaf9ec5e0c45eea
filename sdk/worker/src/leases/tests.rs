use alloy::primitives::{Address, U256, aliases::U40, aliases::U96};
use edgeloom_bindings::ILeases::Terms;

use super::plan::{Situation, is_good};

const ME: Address = Address::repeat_byte(1);

fn terms() -> Terms {
    Terms {
        requester: Address::repeat_byte(2),
        burnShare: 0,
        beginSeconds: 15,
        serveSeconds: 0,
        firstTerm: 100,
        takeBy: U40::from(1_002),
        providersFrom: U40::ZERO,
        rate: U96::from(10),
        bond: U96::from(500),
        worker: Address::ZERO,
        requirements: U256::ZERO,
        subject: Default::default(),
    }
}

fn situation() -> Situation {
    let (rate, cost, fee) = (U256::from(10), U256::from(949), U256::from(50));
    Situation { worker: ME, now: 1_000, free_stake: U256::from(500), rate, cost, fee }
}

#[test]
fn a_lease_is_good_up_to_each_limit_and_not_beyond() {
    assert!(is_good(&terms(), &situation()));
    assert!(is_good(&Terms { worker: ME, ..terms() }, &situation()));
    let bad = [
        Terms { worker: Address::repeat_byte(3), ..terms() },
        Terms { requester: ME, ..terms() },
        Terms { beginSeconds: 14, ..terms() },
        Terms { takeBy: U40::from(1_001), ..terms() },
        Terms { rate: U96::from(9), firstTerm: 1_000, ..terms() },
        Terms { bond: U96::from(501), ..terms() },
        Terms { firstTerm: 99, ..terms() },
    ];
    for terms in bad {
        assert!(!is_good(&terms, &situation()), "{terms:?}");
    }
    assert!(!is_good(&terms(), &Situation { fee: U256::from(51), ..situation() }), "what is left is its gas");
}
