use super::{Builtins, WARM, provider, whole};
use alloy::primitives::address;
use edgeloom_bindings::addresses;
use revm::primitives::hardfork::SpecId;
use std::collections::BTreeSet;

/// A precompile is warm for free, so a set that lacks one changes gas.
#[test]
fn what_machines_share_is_all_there_is() {
    let Builtins::Chain { ethereum, .. } = Builtins::chain(SpecId::OSAKA) else { panic!("Osaka is the chain's") };
    let own = provider();
    let together: BTreeSet<_> = ethereum.addresses().chain(own.addresses()).copied().collect();
    assert_eq!(together, whole(SpecId::OSAKA).addresses().copied().collect());
    assert_eq!(together, WARM.iter().copied().collect());
    assert!(together.contains(&addresses::EDGE_PROOF));
}

#[test]
fn what_moved_answers_there() {
    let mut all = Builtins::chain(SpecId::OSAKA);
    let there = address!("0x00000000000000000000000000000000000000aa");
    all.relocate(&[(addresses::EDGE_PROOF, there)]).expect("it can move");
    let Builtins::Other(all) = all else { panic!("moved") };
    assert!(all.get(&there).is_some() && all.get(&addresses::EDGE_PROOF).is_none());
}
