//! The attacks on the chain's judgement that proofs' design names, by its numbers. Those that contracts withstand alone are in
//! `contracts/test`.

use super::*;
use alloy::sol_types::SolError as _;
use edgeloom_bindings::IDisputes::{Phase, Reason};

/// A claim of an honest worker, all that it committed to, and a place that is as it has to be.
fn honest() -> (Court, Committed, B256, Place) {
    let mut court = Court::of(net());
    let honest = Committed::honest(&court.model);
    let claim = court.claim(&honest, false);
    let start = court.model.operations().nth(1).expect("two layers").output.start;
    let place = court.model.plan().place(start + 4_321).expect("inside");
    (court, honest, claim, place)
}

/// No refutation of an honest worker goes through, announced or not.
fn fails(court: &mut Court, call: &IDisputes::refuteCall, verdict: u8) {
    let said = court.world.refused(route(CHALLENGER, DISPUTES), call);
    assert_eq!(said, Bytes::from(IDisputes::NotFraud { verdict }.abi_encode()));
    assert_eq!(court.ending(call.claimId), (Phase::Open, Reason::Running));
}

const INVALID: u8 = 0;
const CONSISTENT: u8 = 1;

#[test]
fn an_honest_element_is_no_fraud() {
    let (mut court, honest, claim, place) = honest();
    let trees = honest.trees();
    let proof = court.proof(trees.as_ref().map(|tree| tree as &dyn Opened), place);
    let call = court.refutation(claim, place, proof);
    fails(&mut court, &call, CONSISTENT);
}

/// Operands, weights and the place of the result follow from the registered graph: a challenger cannot name others.
#[test]
fn attack_3_a_challenger_substitutes_parameters() {
    let (mut court, honest, claim, place) = honest();
    // The same net with other filters: its own proof convicts the honest worker's element.
    let mut image = court.model.image().to_vec();
    let at = court.model.operations().nth(1).expect("two layers").weights.start;
    image[at..at + 500].fill(77);
    let other = Model::within(image, &Limits::DISPUTED).expect("a model");
    let trees = honest.trees();
    let known = trees.as_ref().map(|tree| tree as &dyn Opened);
    let proof = Evidence::of(other.image()).expect("a model").prove(known, place).expect("known");
    let call = court.refutation(claim, place, proof);
    fails(&mut court, &call, INVALID);
    let call = IDisputes::refuteCall { model: other.commitment().encode().into(), ..call };
    fails(&mut court, &call, INVALID);
}

#[test]
fn attack_4_a_surplus_or_missing_opening_is_not_taken_for_fraud() {
    let (mut court, honest, claim, place) = honest();
    let trees = honest.trees();
    let proof = court.proof(trees.as_ref().map(|tree| tree as &dyn Opened), place);
    for wrong in [
        [&proof[..], &[0; 32]].concat(),
        [&proof[..], &proof].concat(),
        proof[..proof.len() - 32].to_vec(),
        proof[1_024..].to_vec(),
        Vec::new(),
    ] {
        let call = court.refutation(claim, place, wrong);
        fails(&mut court, &call, INVALID);
    }
}

/// A chunk is no parent, a subtree no root, and lengths are the model's, whatever a worker would like them to be.
#[test]
fn attack_5_lengths_and_nodes_are_not_confused() {
    let (mut court, honest, claim, _) = honest();
    let trees = honest.trees();
    court.challenge(claim, Part::Trace);
    let blob = trees.trace.blob();
    let root = Node::root(&blob);
    let values: Vec<B256> = trees.trace.values(&root).into_iter().map(B256::from).collect();
    let answer = |values: Vec<B256>| IDisputes::answerCall {
        claimId: claim,
        tree: Part::Trace,
        level: root.level,
        index: 0,
        values,
    };
    let says = |error: Vec<u8>| Bytes::from(error);
    let short = answer(values[1..].to_vec());
    let wrong_count =
        IDisputes::WrongCount { expected: U256::from(values.len()), actual: U256::from(values.len() - 1) };
    assert_eq!(court.world.refused(route(WORKER, DISPUTES), &short), says(wrong_count.abi_encode()));
    let mut swapped = values.clone();
    swapped.swap(0, 1);
    let other = IDisputes::NotCommittedTo {};
    assert_eq!(court.world.refused(route(WORKER, DISPUTES), &answer(swapped)), says(other.abi_encode()));
    court.answer(claim, Part::Trace, (&trees.trace, root));

    // The two chaining values of a parent are 64 bytes, which are no chunk's.
    let thread = U256::from(1);
    let call = IDisputes::descendCall { thread, values: values.clone(), child: U256::ZERO };
    court.world.send(route(CHALLENGER, DISPUTES), &call);
    let run = Node { level: 3, index: 0 }.chunks(&blob);
    let opening: Vec<B256> = trees.trace.values_beside(&run).expect("inside").into_iter().map(B256::from).collect();
    let bytes = |data: Vec<u8>, values: Vec<B256>| IDisputes::answerWithBytesCall {
        claimId: claim,
        tree: Part::Trace,
        index: 0,
        data: data.into(),
        values,
    };
    let data = trees.trace.data(&run).expect("inside");
    for wrong in [
        bytes([values[0].0, values[1].0].concat(), opening.clone()),
        bytes(data[..data.len() - 1].to_vec(), opening.clone()),
        bytes(data.clone(), opening[1..].to_vec()),
    ] {
        assert_eq!(
            court.world.refused(route(WORKER, DISPUTES), &wrong),
            says(IDisputes::NotCommittedTo {}.abi_encode())
        );
    }
    court.world.send(route(WORKER, DISPUTES), &bytes(data, opening));
}

#[test]
fn attack_8_a_withheld_trace_costs_the_bond() {
    let mut court = Court::of(net());
    let honest = Committed::honest(&court.model);
    let claim = court.claim(&honest, true);
    court.challenge(claim, Part::Trace);
    court.world.now += TURN + 1;
    let silent = IDisputes::convictSilentCall { claimId: claim, tree: Part::Trace, level: 11, index: 0 };
    court.world.send(route(CHALLENGER, DISPUTES), &silent);
    assert_eq!(court.ending(claim), (Phase::Convicted, Reason::Silence));
    assert_eq!(court.credit(CHALLENGER), STAKE + BOND / 10);
}

/// The job's input is the hash that the claim names: whoever feeds the net something else is found at that byte.
#[test]
fn attack_12_another_input_than_the_jobs_frames_nobody() {
    let (mut court, honest, claim, _) = honest();
    let mut input = honest.input.clone();
    input[5] ^= 1;
    let place = Place { op: Place::INPUT, element: 5 };
    let (trees, other) = (honest.trees(), Tree::of(&input));
    let proof = court.proof(Work { input: &other, trace: &trees.trace, output: &trees.output }, place);
    let call = court.refutation(claim, place, proof);
    fails(&mut court, &call, INVALID);
}

/// Whoever took the job has its input: where its client shows it to nobody, the worker has to.
#[test]
fn attack_13_an_input_that_its_client_withholds_is_shown_by_the_worker() {
    let (mut court, honest, claim, _) = honest();
    let trees = honest.trees();
    let thread = court.challenge(claim, Part::Input);
    let root = Node::root(&trees.input.blob());
    court.answer(claim, Part::Input, (&trees.input, root));
    for (child, node) in root.children(&trees.input.blob()).into_iter().enumerate() {
        // A thread each, so that all of it becomes public; what was answered is not asked for again.
        let thread = if child == 0 { thread } else { court.challenge(claim, Part::Input) };
        let values = trees.input.values(&root).into_iter().map(B256::from).collect();
        let call = IDisputes::descendCall { thread, values, child: U256::from(child) };
        court.world.send(route(CHALLENGER, DISPUTES), &call);
        court.answer(claim, Part::Input, (&trees.input, node));
    }
    // And nothing else is taken for it.
    assert_eq!(court.ending(claim), (Phase::Open, Reason::Running));
}

#[test]
fn attack_14_the_proof_is_of_the_claims_model() {
    let (mut court, honest, claim, _) = honest();
    let other = Model::within(tower(), &Limits::DISPUTED).expect("a model");
    let place = Place { op: 0, element: 5 };
    let trees = honest.trees();
    let proof = court.proof(trees.as_ref().map(|tree| tree as &dyn Opened), place);
    let call = court.refutation(claim, place, proof);
    let swapped = IDisputes::refuteCall { model: other.commitment().encode().into(), ..call.clone() };
    fails(&mut court, &swapped, INVALID);
    let mut specification = court.model.commitment().encode();
    specification[115] ^= 1;
    fails(&mut court, &IDisputes::refuteCall { model: specification.into(), ..call }, INVALID);
}

/// What convicts one worker's claim is no proof of another's, for the same job or not.
#[test]
fn attack_18_a_proof_of_one_claim_says_nothing_of_another() {
    let (mut court, honest, claim, place) = honest();
    let mut theirs = honest.trace.clone();
    let start = court.model.operations().nth(1).expect("two layers").output.start;
    theirs[start + 4_321] ^= 8;
    let (trees, other) = (honest.trees(), Tree::of(&theirs));
    let proof = court.proof(Work { input: &trees.input, trace: &other, output: &trees.output }, place);
    let call = court.refutation(claim, place, proof);
    fails(&mut court, &call, INVALID);
}

/// There is one encoding of a call, and one of a proof.
#[test]
fn attack_25_no_proof_has_two_encodings() {
    let (mut court, honest, claim, place) = honest();
    let trees = honest.trees();
    let proof = court.proof(trees.as_ref().map(|tree| tree as &dyn Opened), place);
    let right = court.refutation(claim, place, proof.clone());
    fails(&mut court, &right, CONSISTENT);
    for at in (0..proof.len()).step_by(proof.len() / 23) {
        let mut changed = proof.clone();
        changed[at] ^= 1;
        let call = court.refutation(claim, place, changed);
        fails(&mut court, &call, INVALID);
    }
    // An operation or an element by another number.
    for other in [Place { op: place.op + (1 << 16), ..place }, Place { element: place.element + (1 << 32), ..place }] {
        let call = court.refutation(claim, other, proof.clone());
        fails(&mut court, &call, INVALID);
    }
}
