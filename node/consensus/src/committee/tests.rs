use super::*;
use crate::simulation::world::World;
use commonware_cryptography::certificate::Scheme as _;
use commonware_utils::ordered::Quorum as _;
use edgeloom_types::Seat;

#[test]
fn seats_are_the_engine_s_participants() {
    let world = World::new(7, 100);
    let members = members(world.genesis.committee());
    let identities: Vec<_> = world.genesis.committee().seats().map(|seat| seat.identity).collect();
    let participants: Vec<_> = members.keys().iter().map(|key| B256::from_slice(key.as_ref())).collect();
    assert_eq!(identities, participants);
}

#[test]
fn only_members_sign_and_only_registered_epochs_are_known() {
    let world = World::new(4, 100);
    let genesis = B256::repeat_byte(1);
    let outsider = crate::simulation::world::validator_keys(9);
    for (keys, seat) in [(world.keys[2].clone(), Some(2)), (outsider, None)] {
        let committees = Committees::new(genesis, Some(Arc::new(keys)));
        assert!(committees.scheme_of(Epoch::new(1)).is_none());
        committees.register(Epoch::new(1), world.genesis.committee());
        let scheme = committees.scheme_of(Epoch::new(1)).expect("registered");
        assert_eq!(scheme.me().and_then(|me| me.signer()).map(usize::from), seat);
        assert_eq!(scheme.participants().quorum::<commonware_utils::N3f1>(), 3);
        committees.register(Epoch::new(2), world.genesis.committee());
        committees.forget_before(Epoch::new(2));
        let known = [0, 1, 2, 3].map(|epoch| committees.scheme_of(Epoch::new(epoch)).is_some());
        assert_eq!(known, [false, false, true, false]);
    }
}

/// Else an elected committee could have a seat that the engine cannot take.
#[test]
fn an_identity_that_is_elected_is_one_of_the_engine_s() {
    let voting_key = World::new(1, 100).genesis.committee().seats().next().expect("one").voting_key;
    let elects = |identity| {
        let seat = Seat { identity, voting_key, beneficiary: Default::default() };
        Committee::elected([seat]).is_some()
    };
    let identities: Vec<_> = (0..256u64).map(|n| alloy::primitives::keccak256(n.to_be_bytes())).collect();
    let theirs = identities.iter().filter(|identity| identity_key(identity).is_some()).count();
    assert!((64..192).contains(&theirs), "about half: {theirs}");
    for identity in identities {
        assert_eq!(elects(identity), identity_key(&identity).is_some(), "{identity}");
    }
}
