use super::*;
use crate::world::World;
use commonware_cryptography::certificate::Scheme as _;
use commonware_utils::ordered::Quorum as _;

#[test]
fn seats_are_the_engine_s_participants() {
    let world = World::new(7, 100);
    let members = members(world.genesis.committee());
    let identities: Vec<_> = world.genesis.committee().validators().map(|validator| validator.identity).collect();
    let participants: Vec<_> = members.keys().iter().map(|key| B256::from_slice(key.as_ref())).collect();
    assert_eq!(identities, participants);
}

#[test]
fn only_members_sign_and_only_registered_epochs_are_known() {
    let world = World::new(4, 100);
    let genesis = B256::repeat_byte(1);
    let outsider = crate::world::validator_keys(9);
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
