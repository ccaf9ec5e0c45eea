use super::*;
use crate::committee::tests::{committee, secret};
use edgeloom_bls::{Domain, aggregate_signatures};

struct World {
    committee: Arc<Committee>,
    subject: Arc<Subject>,
    range: Range<usize>,
}

impl World {
    fn new() -> Self {
        let domain = Domain { chain_id: 1, owner: [2; 20], role: 2, epoch: 4 };
        Self {
            committee: Arc::new(committee(32)),
            subject: Arc::new(Subject::new(&domain, 101, [7; 32])),
            range: 16..32,
        }
    }

    fn sign(&self, index: usize) -> Signature {
        let position = self.committee.position(index).expect("there");
        secret(self.committee.member(position).expect("there").place).sign(self.subject.message())
    }

    /// From the position at `from` of the range, of it and the one behind it.
    fn candidate(&self, from: usize) -> Candidate {
        let index = self.range.start + from;
        let signatures = [self.sign(index), self.sign(index + 1)];
        let mut signers = Bits::none(self.range.len());
        (from..from + 2).for_each(|place| signers.insert(place));
        Candidate {
            from: self.committee.position(index).expect("there"),
            level: 0,
            scope: Scope::Own,
            range: self.range.clone(),
            signers,
            aggregate: aggregate_signatures(&signatures).expect("two").to_bytes(),
            individual: Some(signatures[0].to_bytes()),
        }
    }

    fn run(&self, candidates: Vec<Candidate>) -> Verdict {
        let (committee, subject) = (Arc::clone(&self.committee), Arc::clone(&self.subject));
        Check { committee, subject, candidates }.run(&mut Pairings::new([3; 32]))
    }
}

/// Ways to be wrong.
fn spoil(world: &World, candidate: &mut Candidate, way: usize) {
    match way {
        0 => candidate.aggregate = world.sign(20).to_bytes(),
        1 => candidate.signers.insert(15),
        2 => candidate.individual = Some(world.sign(31).to_bytes()),
        3 => candidate.aggregate = [0x5a; 96],
        _ => candidate.individual = Some([0; 96]),
    }
}

#[test]
fn valid_ones_take_one_pairing_together() {
    let world = World::new();
    let verdict = world.run((0..8).map(|from| world.candidate(from)).collect());
    assert_eq!((verdict.valid.len(), verdict.invalid().len()), (8, 0));
    assert_eq!(*verdict.work(), Work { decodings: 16, additions: 24, multiplications: 16, pairings: 1 });
    let (index, signature) = verdict.valid[3].individual.expect("came with one");
    assert_eq!((index, signature), (3, world.sign(19)));
}

#[test]
fn whoever_is_wrong_is_found_and_nobody_else() {
    let world = World::new();
    for size in [1, 2, 3, 7] {
        for wrong in 0..1 << size {
            // All that are wrong once, each in a way that depends on where it is.
            if size == 7 && wrong % 11 != 0 {
                continue;
            }
            let mut candidates: Vec<_> = (0..size).map(|from| world.candidate(from)).collect();
            for (place, candidate) in candidates.iter_mut().enumerate().filter(|(place, _)| wrong >> place & 1 == 1) {
                spoil(&world, candidate, (place + wrong) % 5);
            }
            let verdict = world.run(candidates);
            let mut found: Vec<_> = verdict.invalid().iter().map(|from| from.index() - world.range.start).collect();
            found.sort_unstable();
            assert_eq!(found, (0..size).filter(|place| wrong >> place & 1 == 1).collect::<Vec<_>>());
            assert_eq!(verdict.valid.len() + found.len(), size);
        }
    }
}

#[test]
fn errors_that_cancel_out_between_two_senders_are_found() {
    let world = World::new();
    let (mut one, mut other) = (world.candidate(0), world.candidate(4));
    (one.individual, other.individual) = (None, None);
    std::mem::swap(&mut one.aggregate, &mut other.aggregate);
    assert_eq!(world.run(vec![one, other]).invalid().len(), 2);
}

#[test]
fn one_liar_among_many_costs_a_few_pairings() {
    let world = World::new();
    let mut candidates: Vec<_> = (0..14).map(|from| world.candidate(from)).collect();
    spoil(&world, &mut candidates[9], 0);
    let verdict = world.run(candidates);
    assert_eq!(verdict.invalid().len(), 1);
    assert!(verdict.work().pairings <= 9, "{:?}", verdict.work());
}
