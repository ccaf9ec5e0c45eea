mod faults;

use super::*;
use crate::{
    Bits, Pairings,
    committee::tests::{committee, secret},
};
use edgeloom_bls::{Domain, KeySum};

const STEP: Duration = Duration::from_millis(20);

fn subject() -> Arc<Subject> {
    Arc::new(Subject::new(&Domain { chain_id: 1, owner: [2; 20], role: 2, epoch: 4 }, 101, [7; 32]))
}

fn sign(committee: &Committee, position: Position) -> Signature {
    secret(committee.member(position).expect("there").place).sign(subject().message())
}

/// Guardians of one process, whose messages take one step.
struct Net {
    committee: Arc<Committee>,
    /// By position; none of who is silent.
    sessions: Vec<Option<Session>>,
    under_way: Vec<(Position, Position, Vec<u8>)>,
    certificates: Vec<Vec<Certificate>>,
    drops: Vec<(Position, Position, Fault)>,
    now: Duration,
}

impl Net {
    fn new(size: usize, silent: &[usize]) -> Self {
        let committee = Arc::new(committee(size));
        let session = |index: usize| {
            let me = committee.position(index).expect("there");
            let world = (Arc::clone(&committee), subject());
            (!silent.contains(&index))
                .then(|| Session::new(world, (me, Role::Full), Pace::default(), &[]).expect("a member"))
        };
        let sessions = (0..size).map(session).collect();
        let (under_way, drops, now) = (Vec::new(), Vec::new(), Duration::ZERO);
        Self { committee, sessions, under_way, certificates: vec![Vec::new(); size], drops, now }
    }

    fn at(&self, index: usize) -> Position {
        self.committee.position(index).expect("there")
    }

    fn start(&mut self) {
        for index in 0..self.sessions.len() {
            let own = sign(&self.committee, self.at(index));
            if let Some(session) = &mut self.sessions[index] {
                session.start(own, self.now).expect("its own signature");
            }
        }
    }

    fn run(&mut self, steps: usize, lost: impl Fn(Position, Position) -> bool) {
        for _ in 0..steps {
            self.now += STEP;
            for (from, to, bytes) in std::mem::take(&mut self.under_way) {
                if let Some(session) = self.sessions[to.index()].as_mut().filter(|_| !lost(from, to)) {
                    // What is refused is seen in outputs, or in who does not learn.
                    let _refused = session.receive(from, &bytes, self.now).is_err();
                }
            }
            for index in 0..self.sessions.len() {
                let from = self.at(index);
                let Some(session) = &mut self.sessions[index] else { continue };
                while let Some(check) = session.next_check() {
                    session.checked(check.run(&mut Pairings::new([1; 32])));
                }
                session.tick(self.now);
                while let Some(output) = session.next_output() {
                    match output {
                        Output::Send { to, contribution } => self.under_way.push((from, to, contribution.encode())),
                        Output::Drop { peer, fault } => self.drops.push((from, peer, fault)),
                        Output::Certificate(certificate) => self.certificates[index].push(*certificate),
                    }
                }
            }
        }
    }

    /// How many signers a certificate has that verifies, by the places of the snapshot alone.
    fn verify(&self, certificate: &Certificate) -> usize {
        let places = Bits::from_bytes(&certificate.signers, self.committee.places()).expect("a bitmap");
        let keys: Vec<_> = places.iter().map(|place| secret(place).public_key()).collect();
        let key = KeySum::of(&keys).key().expect("keys");
        assert!(certificate.signature.verify(&key, subject().message()), "{places:?} does not verify");
        // `committee` gives each place 100 and its number.
        assert_eq!(certificate.signed_stake, places.iter().map(|place| 100 + place as u128).sum());
        assert_eq!((certificate.height, certificate.block_hash), (101, [7; 32]));
        places.count()
    }
}

#[test]
fn everybody_s_signatures_make_one_certificate_everywhere() {
    for size in [1, 2, 3, 7, 16, 37] {
        let mut net = Net::new(size, &[]);
        net.start();
        net.run(100, |_, _| false);
        for certificates in &net.certificates {
            let (first, last) = (certificates.first().expect("a quorum"), certificates.last().expect("a quorum"));
            assert!(first.has_quorum());
            assert!(net.verify(first) * 2 >= size, "{size}");
            assert_eq!(net.verify(last), size);
            assert!(certificates.is_sorted_by(|before, after| before.signed_stake < after.signed_stake));
        }
        assert_eq!(net.drops, []);
    }
}

#[test]
fn no_quorum_is_no_certificate() {
    let mut net = Net::new(30, &[0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 28]);
    net.start();
    net.run(150, |_, _| false);
    assert!(net.certificates.iter().all(Vec::is_empty));
    for session in net.sessions.iter().flatten() {
        let best = session.certificate().expect("begun");
        assert!(!best.has_quorum() && !session.has_quorum());
        assert_eq!((net.verify(&best), best.signed_stake), (19, session.stake()));
    }
}

#[test]
fn who_comes_late_is_in_a_union() {
    let mut net = Net::new(24, &[]);
    let mut late: Vec<_> = [3, 11].into_iter().map(|index| (index, net.sessions[index].take())).collect();
    net.start();
    net.run(60, |_, _| false);
    assert!(net.certificates[0].iter().all(|certificate| net.verify(certificate) <= 22));
    assert!(!net.certificates[0].is_empty());
    for (index, session) in &mut late {
        net.sessions[*index] = session.take();
        let own = sign(&net.committee, net.at(*index));
        net.sessions[*index].as_mut().expect("late").start(own, net.now).expect("its own");
    }
    net.run(150, |_, _| false);
    assert_eq!(net.verify(net.certificates[0].last().expect("a quorum")), 24);
}

#[test]
fn who_starts_again_is_told_again() {
    let mut net = Net::new(24, &[]);
    net.start();
    net.run(100, |_, _| false);
    let me = net.at(7);
    let world = (Arc::clone(&net.committee), subject());
    let mut again = Session::new(world, (me, Role::Full), Pace::default(), &[]).expect("a member");
    again.start(sign(&net.committee, me), net.now).expect("its own");
    net.sessions[7] = Some(again);
    net.certificates[7].clear();
    net.run(100, |_, _| false);
    assert_eq!(net.verify(net.certificates[7].last().expect("a quorum")), 24);
    assert_eq!(net.drops, []);
}

#[test]
fn who_starts_again_before_others_could_notice_asks_again() {
    // All three have to be in.
    for moment in 1..12 {
        let mut net = Net::new(4, &[3]);
        net.start();
        net.run(moment, |_, _| false);
        let me = net.at(0);
        let world = (Arc::clone(&net.committee), subject());
        let mut again = Session::new(world, (me, Role::Full), Pace::default(), &[]).expect("a member");
        again.start(sign(&net.committee, me), net.now).expect("its own");
        net.sessions[0] = Some(again);
        net.certificates[0].clear();
        net.run(200, |_, _| false);
        assert_eq!(net.verify(net.certificates[0].last().expect("a quorum")), 3, "after {moment} steps");
        assert_eq!(net.drops, []);
    }
}

#[test]
fn what_is_lost_on_all_links_but_one_comes_by_relays() {
    let half = |position: Position| position.index() < 24;
    // Between the two halves only one pair of contacts hears each other.
    let mut net = Net::new(48, &[]);
    let left = net.at(5);
    let level = net.committee.levels(left)[0].clone();
    let right = net.committee.contacts(left, &level)[0];
    let cut = move |from: Position, to: Position| {
        half(from) != half(to) && (from, to) != (left, right) && (from, to) != (right, left)
    };
    net.start();
    let fallback = Pace::default().fallback.as_millis() as usize / 20;
    net.run(fallback, cut);
    let certified = |net: &Net| net.certificates.iter().filter(|certificates| !certificates.is_empty()).count();
    assert_eq!(certified(&net), 2, "before relays only the pair has both halves");
    net.run(300, cut);
    assert_eq!(certified(&net), 48);
    net.certificates.iter().for_each(|certificates| assert!(net.verify(&certificates[0]) * 3 > 48 * 2));
    assert_eq!(net.drops, []);
}

#[test]
fn a_session_begins_with_its_own_signature_alone() {
    let committee = Arc::new(committee(4));
    let me = committee.position(1).expect("there");
    let world = || (Arc::clone(&committee), subject());
    let outside = super::super::committee::tests::committee(9).position(8).expect("there");
    let refused = Session::new(world(), (outside, Role::Full), Pace::default(), &[]).map(|_| ());
    assert_eq!(refused, Err(NotStarted::NotAMember));
    let mut session = Session::new(world(), (me, Role::Headers), Pace::default(), &[]).expect("a member");
    assert!(session.certificate().is_none());
    session.tick(Duration::from_secs(9));
    assert!(session.next_output().is_none() && session.deadline() == Duration::MAX);
    let other = sign(&committee, committee.position(2).expect("there"));
    assert_eq!(session.start(other, Duration::ZERO), Err(NotStarted::NotOurSignature));
    session.start(sign(&committee, me), Duration::from_secs(1)).expect("its own");
    session.tick(Duration::from_secs(1));
    let Some(Output::Send { contribution, .. }) = session.next_output() else { panic!("nothing is said") };
    assert_eq!((contribution.role, contribution.signers.count()), (Role::Headers, 1));
}
