use super::*;
use crate::{committee::Committees, simulation::world::World};
use alloy::primitives::B256;
use commonware_consensus::{
    simplex::types::{Finalization, Finalize, Notarize, Nullify, Proposal, Vote},
    types::{Round, View},
};
use commonware_parallel::Sequential;
use commonware_runtime::{Runner as _, deterministic};
use commonware_utils::iter::NonEmpty;

const EPOCH: Epoch = Epoch::new(3);

/// The committee's schemes, each with its own key.
fn schemes(validators: u8) -> Vec<Arc<Scheme>> {
    let world = World::new(validators, 100);
    let scheme_of = |keys: &crate::ValidatorKeys| {
        let committees = Committees::new(B256::repeat_byte(1), Some(Arc::new(keys.clone())));
        committees.register(EPOCH, world.genesis.committee());
        committees.scheme_of(EPOCH).expect("registered")
    };
    let mut schemes: Vec<_> = world.keys[..validators.into()].iter().map(scheme_of).collect();
    schemes.sort_by_key(|scheme| scheme.me().map(|me| me.index()));
    schemes
}

fn proposal(view: u64, payload: u8) -> Proposal<Digest> {
    Proposal::new(Round::new(EPOCH, View::new(view)), View::new(view - 1), Digest::from([payload; 32]))
}

fn vote(vote: Vote<Scheme, Digest>) -> Evidence {
    Evidence::Vote(Arc::new(vote))
}

fn nullify(scheme: &Scheme, view: u64) -> Evidence {
    vote(Vote::Nullify(Nullify::sign::<Digest>(scheme, Round::new(EPOCH, View::new(view))).expect("signs")))
}

fn notarize(scheme: &Scheme, view: u64, payload: u8) -> Evidence {
    vote(Vote::Notarize(Notarize::sign(scheme, proposal(view, payload)).expect("signs")))
}

fn finalization(schemes: &[Arc<Scheme>], view: u64, payload: u8) -> Evidence {
    let votes: Vec<_> =
        schemes.iter().map(|scheme| Finalize::sign(scheme.as_ref(), proposal(view, payload)).expect("signs")).collect();
    let votes = NonEmpty::try_new(votes.iter()).unwrap_or_else(|| unreachable!("some"));
    let certificate = Finalization::from_finalizes(schemes[0].as_ref(), votes, &Sequential).expect("a quorum");
    Evidence::Certificate(Arc::new(simplex::types::Certificate::Finalization(certificate)))
}

/// Seat 0 asks, whose journal holds these.
fn asked(schemes: &[Arc<Scheme>], journal: &[Evidence]) -> Asked {
    let (answer, _) = oneshot::channel();
    let votes: BTreeSet<_> = journal.iter().map(Evidence::statement).collect();
    let oldest = votes.iter().map(|statement| statement.view).min();
    let recalled = Recalled { votes, oldest, certificates: Vec::new() };
    let question = Question { epoch: EPOCH, scheme: schemes[0].clone(), seat: Participant::new(0), recalled, answer };
    Asked { question, answered: BTreeSet::new() }
}

/// Who told what, in order, and what is known then.
fn told(mut asked: Asked, answers: &[(u32, bool, Vec<Evidence>)]) -> Option<Standing> {
    let participants = asked.question.scheme.participants().clone();
    deterministic::Runner::seeded(1).start(|mut context| async move {
        answers.iter().find_map(|(seat, over, evidence)| {
            let peer = participants.key(Participant::new(*seat)).expect("a seat");
            asked.hear(peer, *over, evidence, &mut context)
        })
    })
}

#[test]
fn a_quorum_that_knows_nothing_more_lets_vote() {
    let schemes = schemes(4);
    let mine = vec![notarize(&schemes[0], 7, 1)];
    let answer = |seat| (seat, false, mine.clone());
    assert_eq!(told(asked(&schemes, &mine), &[answer(1), answer(2)]), Some(Standing::Whole));
    assert_eq!(told(asked(&schemes, &mine), &[answer(1)]), None, "itself and one are no quorum of four");
    assert_eq!(told(asked(&schemes, &mine), &[answer(1), answer(1), answer(1)]), None, "nobody counts twice");
    assert_eq!(told(asked(&schemes, &mine), &[answer(1), answer(0)]), None, "nor itself again");
    assert_eq!(told(asked(&schemes, &mine), &[answer(1), (2, true, mine.clone())]), None, "nor who is past the epoch");
}

#[test]
fn who_is_alone_needs_nobody() {
    let schemes = schemes(1);
    assert_eq!(asked(&schemes, &[]).standing(), Some(Standing::Whole));
}

#[test]
fn one_vote_that_the_journal_lacks_is_enough() {
    let schemes = schemes(4);
    let mine = [notarize(&schemes[0], 7, 1)];
    for newer in [
        nullify(&schemes[0], 7),
        nullify(&schemes[0], 9),
        notarize(&schemes[0], 7, 2),
        finalization(&schemes[..3], 8, 1),
    ] {
        let lacking = Some(Standing::Lacking(newer.statement()));
        assert_eq!(told(asked(&schemes, &mine), &[(1, false, vec![newer.clone()])]), lacking);
        assert_eq!(told(asked(&schemes, &[]), &[(1, false, vec![newer.clone()])]), lacking, "a journal that was lost");
        assert_eq!(told(asked(&schemes, &mine), &[(1, true, vec![mine[0].clone(), newer])]), lacking, "whoever tells");
    }
}

/// What is older than all that a journal holds was pruned from it.
#[test]
fn a_vote_of_long_ago_is_no_reason_to_abstain() {
    let schemes = schemes(4);
    let mine = [notarize(&schemes[0], 70, 1), nullify(&schemes[0], 71)];
    let old = vec![nullify(&schemes[0], 5)];
    let answers = [(1, false, old.clone()), (2, false, old)];
    assert_eq!(told(asked(&schemes, &mine), &answers), Some(Standing::Whole));
}

#[test]
fn nobody_is_kept_from_voting_by_lies() {
    let schemes = schemes(4);
    let forged = {
        let round = Round::new(EPOCH, View::new(9));
        let mut forged = Nullify::sign::<Digest>(schemes[1].as_ref(), round).expect("signs");
        forged.attestation.signer = Participant::new(0);
        vote(Vote::Nullify(forged))
    };
    let without_us = finalization(&schemes[1..], 9, 1);
    let elsewhere = {
        let round = Round::new(Epoch::new(2), View::new(9));
        vote(Vote::Nullify(Nullify::sign::<Digest>(schemes[0].as_ref(), round).expect("signs")))
    };
    for lie in [forged, without_us, nullify(&schemes[2], 9)] {
        let answers = [(1, false, vec![lie.clone()]), (2, false, vec![lie])];
        assert_eq!(told(asked(&schemes, &[]), &answers), None, "a lie is no answer");
    }
    let answers = [(1, false, vec![elsewhere.clone()]), (2, false, vec![elsewhere])];
    assert_eq!(told(asked(&schemes, &[]), &answers), Some(Standing::Whole), "of another epoch");
}

#[test]
fn messages_come_back_as_they_went_and_are_bounded() {
    let schemes = schemes(4);
    let evidence = vec![
        notarize(&schemes[0], 7, 1),
        nullify(&schemes[0], 7),
        finalization(&schemes[..3], 7, 1),
        finalization(&schemes, 8, 1),
    ];
    for message in [Message::Ask(EPOCH), Message::Tell { epoch: EPOCH, over: true, evidence: evidence.clone() }] {
        let bytes = message.encode();
        assert!(bytes.len() <= max_message(4));
        let again = Message::decode_cfg(bytes.clone(), &()).expect("well-formed");
        assert_eq!(again.encode(), bytes);
        for cut in 0..bytes.len() {
            assert!(Message::decode_cfg(bytes.slice(..cut), &()).is_err(), "{cut} bytes");
        }
    }
    let many = Message::Tell { epoch: EPOCH, over: false, evidence: [evidence.clone(), evidence].concat() };
    assert!(Message::decode_cfg(many.encode(), &()).is_err());
}

#[test]
fn a_witness_tells_the_newest_of_the_newest_epochs() {
    let schemes = schemes(4);
    let witness = Witness::default();
    let seen = |seat| {
        let evidence = witness.evidence_of(EPOCH, Participant::new(seat));
        evidence.iter().map(Evidence::statement).collect::<Vec<_>>()
    };
    let note = |evidence: &Evidence| match evidence {
        Evidence::Vote(vote) => witness.note(&match vote.as_ref().clone() {
            Vote::Notarize(vote) => simplex::types::Activity::Notarize(vote),
            Vote::Nullify(vote) => simplex::types::Activity::Nullify(vote),
            Vote::Finalize(vote) => simplex::types::Activity::Finalize(vote),
        }),
        Evidence::Certificate(certificate) => witness.note_certificate(certificate.as_ref().clone()),
    };
    assert!(seen(0).is_empty());
    let votes = [notarize(&schemes[0], 7, 1), nullify(&schemes[0], 7), nullify(&schemes[0], 8)];
    let certificate = finalization(&schemes[..3], 6, 1);
    note(&certificate);
    note(&votes[0]);
    note(&votes[1]);
    assert_eq!(seen(0), [votes[0].statement(), votes[1].statement(), certificate.statement()]);
    note(&votes[2]);
    note(&votes[0]);
    assert_eq!(seen(0), [votes[2].statement(), certificate.statement()], "an older vote changes nothing");
    assert_eq!(seen(2), [certificate.statement()], "who signed a certificate");
    assert!(seen(3).is_empty());
    for later in [4, 5] {
        let round = Round::new(Epoch::new(later), View::new(1));
        let vote = Nullify::sign::<Digest>(schemes[0].as_ref(), round).expect("signs");
        witness.note(&simplex::types::Activity::Nullify(vote));
    }
    assert!(seen(0).is_empty(), "epochs of long ago are forgotten");
}
