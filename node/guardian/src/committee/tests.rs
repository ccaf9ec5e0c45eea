use super::*;
use edgeloom_bls::SecretKey;
use std::collections::BTreeSet;

pub(crate) fn secret(number: usize) -> SecretKey {
    let mut scalar = [0; 32];
    scalar[24..].copy_from_slice(&(number as u64 * 7 + 1_000).to_be_bytes());
    SecretKey::from_bytes(&scalar).expect("a scalar")
}

/// Members at every place, each with one more at stake than the one before.
pub(crate) fn committee(places: usize) -> Committee {
    let member = |place| Member { place, key: secret(place).public_key(), stake: 100 + place as u64 };
    Committee::new(places, (0..places).map(member).collect(), [5; 32]).expect("a committee")
}

fn positions(committee: &Committee) -> impl Iterator<Item = Position> + '_ {
    (0..committee.len()).filter_map(|index| committee.position(index))
}

#[test]
fn members_have_to_be_members() {
    let member = |place, stake| Member { place, key: secret(place).public_key(), stake };
    let new = |places, members: Vec<_>| Committee::new(places, members, [0; 32]).map(|_| ());
    assert_eq!(new(4, vec![]), Err(CommitteeError::Empty));
    assert_eq!(new(4, vec![member(4, 1)]), Err(CommitteeError::Place(4)));
    assert_eq!(new(4, vec![member(2, 1), member(2, 1)]), Err(CommitteeError::Place(2)));
    assert_eq!(new(4, vec![member(2, 0)]), Err(CommitteeError::Stake(2)));
    assert_eq!(new(PLACES_MAX + 1, vec![member(PLACES_MAX, 1)]), Err(CommitteeError::Place(PLACES_MAX)));
    assert_eq!(new(4, vec![member(2, 1)]), Ok(()));
}

#[test]
fn the_order_is_the_seed_s_and_everybody_is_in_it_once() {
    let order = |committee: &Committee| committee.members.iter().map(|member| member.place).collect::<Vec<_>>();
    let (one, same) = (committee(200), committee(200));
    let other = Committee::new(200, one.members.clone(), [6; 32]).expect("a committee");
    assert_eq!(order(&one), order(&same));
    assert_ne!(order(&one), order(&other));
    assert_ne!(order(&one), (0..200).collect::<Vec<_>>());
    assert_eq!(order(&one).into_iter().collect::<BTreeSet<_>>(), (0..200).collect());
    for place in 0..200 {
        assert_eq!(
            one.position_of(place).and_then(|position| one.member(position)).map(|member| member.place),
            Some(place)
        );
    }
    assert_eq!(one.position_of(200), None);
}

#[test]
fn levels_halve_and_leave_nobody_out() {
    for places in [1, 2, 3, 5, 64, 100, 137] {
        let committee = committee(places);
        for position in positions(&committee) {
            let levels = committee.levels(position);
            let mut seen: Vec<_> = levels.iter().flat_map(|level| level.theirs.clone()).collect();
            seen.push(position.index());
            seen.sort_unstable();
            assert_eq!(seen, (0..places).collect::<Vec<_>>(), "{position:?} of {places}");
            assert!(levels.iter().all(|level| level.ours.len().abs_diff(level.theirs.len()) <= 1));
            assert!(levels.iter().all(|level| level.ours.contains(&position.index())));
        }
    }
}

#[test]
fn contacts_are_so_in_both_directions_and_few() {
    for places in [2, 3, 5, 33, 137] {
        let committee = committee(places);
        for position in positions(&committee) {
            for (number, level) in committee.levels(position).iter().enumerate() {
                let contacts = committee.contacts(position, level);
                let distinct: BTreeSet<_> = contacts.iter().copied().collect();
                assert_eq!(distinct.len(), contacts.len());
                // One is left out where the halves are not equal.
                let most = level.theirs.len().min(CONTACTS);
                assert!(contacts.len() == most || contacts.len() + 1 == most, "{} of {most}", contacts.len());
                for contact in contacts {
                    assert!(level.theirs.contains(&contact.index()));
                    let theirs = &committee.levels(contact)[number];
                    assert!(committee.contacts(contact, theirs).contains(&position), "{position:?} and {contact:?}");
                }
                for relay in committee.relays(position, level) {
                    assert!(level.ours.contains(&relay.index()) && relay != position);
                    assert!(committee.relays(relay, &committee.levels(relay)[number]).contains(&position));
                }
                let relayed = level.theirs.len() > CONTACTS;
                assert_eq!(committee.relays(position, level).len(), if relayed { RELAYS } else { 0 });
            }
        }
    }
}

#[test]
fn the_sum_of_any_part_of_a_range_is_that_of_its_keys_and_takes_the_fewer() {
    let committee = committee(37);
    let position = committee.position(11).expect("a member");
    for Level { theirs, .. } in committee.levels(position) {
        for take in [1, 2, theirs.len() / 2, theirs.len() - 1, theirs.len()] {
            let mut bits = Bits::none(theirs.len());
            (0..take.min(theirs.len())).for_each(|place| bits.insert(place));
            let expected = KeySum::of(theirs.clone().take(take).map(|index| &committee.members[index].key));
            let (sum, added) = committee.key_sum(&theirs, &bits);
            assert_eq!(sum, expected, "{take} of {theirs:?}");
            assert!(added <= theirs.len().div_ceil(2) + 1, "{added} for {take} of {theirs:?}");
            let stake: u64 = theirs.clone().take(take).map(|index| committee.stake(index)).sum();
            assert_eq!(committee.stake_in(&theirs, &bits), u128::from(stake));
        }
        assert_eq!(committee.stake_of(&theirs), theirs.clone().map(|index| u128::from(committee.stake(index))).sum());
    }
}

#[test]
fn bitmaps_of_certificates_are_by_place() {
    let committee = committee(20);
    let mut signers = Bits::none(20);
    signers.insert(3);
    let place = committee.members[3].place;
    assert_ne!(place, 3, "another seed, please");
    assert_eq!(committee.by_place(&signers).iter().collect::<Vec<_>>(), [place]);
}
