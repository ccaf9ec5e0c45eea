//! Who says what it must not.

use super::*;
use proptest::prelude::*;

/// A guardian of 37, and its contacts by level.
fn guardian() -> (Net, Session, Vec<Vec<Position>>) {
    guardian_of(37)
}

fn guardian_of(size: usize) -> (Net, Session, Vec<Vec<Position>>) {
    let mut net = Net::new(size, &[]);
    let mut session = net.sessions[5].take().expect("there");
    let me = net.at(5);
    session.start(sign(&net.committee, me), Duration::ZERO).expect("its own");
    let contacts = net.committee.levels(me).iter().map(|level| net.committee.contacts(me, level)).collect();
    (net, session, contacts)
}

/// What a contact says of itself alone.
fn said(net: &Net, from: Position, level: usize) -> Contribution<Signature> {
    let ours = net.committee.levels(from)[level].ours.clone();
    let mut signers = Bits::none(ours.len());
    signers.insert(from.index() - ours.start);
    let own = sign(&net.committee, from);
    let (height, block_hash) = (101, [7; 32]);
    let level = level as u8;
    Contribution {
        role: Role::Headers,
        level,
        scope: Scope::Own,
        height,
        block_hash,
        held: 0,
        signers,
        aggregate: own,
        individual: Some(own),
    }
}

fn drops(session: &mut Session) -> Vec<(Position, Fault)> {
    let mut drops = Vec::new();
    while let Some(output) = session.next_output() {
        if let Output::Drop { peer, fault } = output {
            drops.push((peer, fault));
        }
    }
    drops
}

fn check(session: &mut Session) {
    while let Some(check) = session.next_check() {
        session.checked(check.run(&mut Pairings::new([1; 32])));
    }
}

#[test]
fn a_liar_is_dropped_and_what_others_said_in_the_same_check_counts() {
    let (net, mut session, contacts) = guardian();
    let (liar, honest, elsewhere) = (contacts[0][0], contacts[0][1], contacts[1][0]);
    let mut lie = said(&net, liar, 0);
    (0..lie.signers.length()).for_each(|index| lie.signers.insert(index));
    let before = session.stake();
    session.receive(liar, &lie.encode(), STEP).expect("well formed");
    session.receive(honest, &said(&net, honest, 0).encode(), STEP).expect("well formed");
    session.receive(elsewhere, &said(&net, elsewhere, 1).encode(), STEP).expect("well formed");
    check(&mut session);
    assert_eq!(drops(&mut session), [(liar, Fault::Invalid)]);
    let stake = |position: Position| u128::from(net.committee.stake(position.index()));
    assert_eq!(session.stake(), before + stake(honest) + stake(elsewhere));
    assert_eq!(session.receive(liar, &said(&net, liar, 0).encode(), STEP), Err(Refusal::Dropped));
    assert_eq!(session.roles(), (0, 3));
}

#[test]
fn strangers_are_not_listened_to() {
    let (net, mut session, contacts) = guardian();
    let level = net.committee.levels(net.at(5))[0].clone();
    let stranger =
        level.theirs.clone().map(|index| net.at(index)).find(|position| !contacts[0].contains(position)).expect("one");
    assert_eq!(session.receive(stranger, &said(&net, stranger, 0).encode(), STEP), Err(Refusal::Stranger));
    assert_eq!(session.receive(net.at(5), &said(&net, contacts[0][0], 0).encode(), STEP), Err(Refusal::Stranger));
    assert_eq!((session.waiting(), drops(&mut session).len()), (0, 0));
}

#[test]
fn a_contact_has_no_say_on_another_level_and_relays_come_late() {
    let (net, mut session, contacts) = guardian_of(150);
    let contact = contacts[0][0];
    let wrong = Contribution { level: 1, ..said(&net, contact, 0) };
    let refused = session.receive(contact, &wrong.encode(), STEP).expect_err("another level");
    assert!(matches!(refused, Refusal::Fault(Fault::Malformed(Malformed::Level(1)))), "{refused}");
    assert_eq!(drops(&mut session).len(), 1);
    // What a position of the own half may relay is of the other half.
    let (me, level) = (net.at(5), net.committee.levels(net.at(5))[0].clone());
    let all: Vec<_> = contacts.concat();
    let relay =
        *net.committee.relays(me, &level).iter().find(|relay| !all.contains(relay)).expect("one who is no contact");
    let other = contacts[0][1];
    let heard = said(&net, other, 0);
    let relayed = Contribution { scope: Scope::Relayed, individual: None, ..heard };
    assert_eq!(session.receive(relay, &relayed.encode(), STEP), Err(Refusal::Stranger));
    session.receive(relay, &relayed.encode(), Duration::from_secs(2)).expect("now it may");
    let before = session.stake();
    check(&mut session);
    assert_eq!(session.stake() - before, u128::from(net.committee.stake(other.index())));
}

#[test]
fn who_floods_is_dropped_and_what_waits_is_bounded() {
    let (net, mut session, contacts) = guardian();
    let (flooder, spammer) = (contacts[0][0], contacts[0][1]);
    // The same again and again.
    let message = said(&net, flooder, 0).encode();
    let taken = (0..100).take_while(|_| session.receive(flooder, &message, STEP).is_ok()).count();
    assert_eq!(taken, 6, "of the same");
    // Ever more signers.
    let mut more = said(&net, spammer, 0);
    let mut taken = 0;
    for index in 0..more.signers.length() {
        more.signers.insert(index);
        taken += usize::from(session.receive(spammer, &more.encode(), STEP).is_ok());
        assert!(session.waiting() <= 1);
    }
    assert_eq!(taken, Pace::default().window_max as usize);
    assert_eq!(drops(&mut session), [(flooder, Fault::Flood), (spammer, Fault::Flood)]);
    assert_eq!(session.waiting(), 0, "what they said is forgotten");
}

#[test]
fn an_honest_pace_is_no_flood() {
    let (net, mut session, contacts) = guardian();
    let contact = contacts[0][0];
    let mut more = said(&net, contact, 0);
    let resend = Pace::default().resend;
    for (turn, index) in (1..).zip(0..more.signers.length()) {
        more.signers.insert(index);
        // Twice the pace of ours: theirs is their own concern.
        session.receive(contact, &more.encode(), resend * turn / 2).expect("news");
    }
    assert_eq!(drops(&mut session), []);
}

#[test]
fn what_is_malformed_or_about_another_block_is_not_taken() {
    let (net, mut session, contacts) = guardian();
    let (one, other) = (contacts[0][0], contacts[0][1]);
    let another = Contribution { block_hash: [8; 32], ..said(&net, one, 0) };
    assert_eq!(session.receive(one, &another.encode(), STEP), Err(Refusal::AnotherBlock));
    let refused = session.receive(other, b"\x01", STEP).expect_err("one byte");
    assert!(matches!(refused, Refusal::Fault(Fault::Malformed(Malformed::Length { .. }))));
    assert_eq!((session.waiting(), drops(&mut session).len()), (0, 1));
}

#[test]
fn whom_it_dropped_before_it_does_not_hear_or_tell() {
    let net = Net::new(37, &[]);
    let me = net.at(5);
    let level = net.committee.levels(me)[0].clone();
    let contacts = net.committee.contacts(me, &level);
    let world = (Arc::clone(&net.committee), subject());
    let mut session = Session::new(world, (me, Role::Full), Pace::default(), &contacts[..1]).expect("a member");
    session.start(sign(&net.committee, me), Duration::ZERO).expect("its own");
    assert_eq!(session.receive(contacts[0], &said(&net, contacts[0], 0).encode(), STEP), Err(Refusal::Dropped));
    let mut told = Vec::new();
    for step in 0..200 {
        session.tick(STEP * step);
        while let Some(output) = session.next_output() {
            if let Output::Send { to, .. } = output {
                told.push(to);
            }
        }
    }
    assert!(contacts[1..].iter().all(|contact| told.contains(contact)) && !told.contains(&contacts[0]));
}

#[test]
fn nobody_is_told_twice_of_the_same() {
    let (_, mut session, _) = guardian();
    let mut told = BTreeMap::new();
    for step in 0..120 {
        session.tick(STEP * step);
        while let Some(output) = session.next_output() {
            if let Output::Send { to, .. } = output {
                *told.entry(to).or_insert(0) += 1;
            }
        }
    }
    assert!(told.values().all(|times| *times == 1), "{told:?}");
}

#[test]
fn who_said_that_it_has_all_is_not_told() {
    let (net, mut session, contacts) = guardian();
    let (sated, hungry) = (contacts[0][0], contacts[0][1]);
    session
        .receive(sated, &Contribution { held: 5, ..said(&net, sated, 0) }.encode(), Duration::ZERO)
        .expect("well formed");
    let mut told = Vec::new();
    for step in 0..200 {
        session.tick(STEP * step);
        while let Some(output) = session.next_output() {
            if let Output::Send { to, .. } = output {
                told.push(to);
            }
        }
    }
    assert!(!told.contains(&sated) && told.contains(&hungry));
}

proptest! {
    /// Whatever a contact sends, nothing panics, no more waits than may, and what is known stays what its signers signed.
    #[test]
    fn any_bytes_of_contacts_do_no_harm(
        messages in prop::collection::vec((0usize..5, 0usize..3, 0u8..8, prop::collection::vec(any::<u8>(), 0..8), any::<u16>()), 1..12),
    ) {
        let (net, mut session, contacts) = guardian();
        for (level, contact, kind, noise, at) in messages {
            let Some(from) = contacts.get(level).and_then(|contacts| contacts.get(contact)).copied() else { continue };
            let mut bytes = said(&net, from, level).encode();
            // Some are right, some have noise in them, some are noise.
            match kind {
                0..3 => {}
                3..7 => {
                    let at = usize::from(at) % bytes.len();
                    bytes.iter_mut().skip(at).zip(&noise).for_each(|(byte, noise)| *byte ^= noise);
                }
                _ => bytes = noise,
            }
            let taken = session.receive(from, &bytes, STEP).is_ok();
            prop_assert!(!taken || bytes.len() > 142);
            prop_assert!(session.waiting() <= 15);
            check(&mut session);
        }
        net.verify(&session.certificate().expect("begun"));
    }
}
