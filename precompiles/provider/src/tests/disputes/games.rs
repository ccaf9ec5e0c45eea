//! Games from a claim to its end.

use super::*;
use edgeloom_bindings::IDisputes::{Phase, Reason};

/// A model whose weights are the net's but for one, of the second layer of filters.
fn cheat(model: &Model) -> Model {
    let at = model.operations().nth(1).expect("two layers").weights.start + 100;
    let mut image = model.image().to_vec();
    image[at] = image[at].wrapping_add(1);
    Model::within(image, &Limits::DISPUTED).expect("a model")
}

/// Disputes a trace to the end.
fn convict(court: &mut Court, claim: B256, (honest, theirs): (&Committed, &Committed)) -> (Place, usize) {
    let (own, committed) = (honest.trees(), theirs.trees());
    let thread = court.challenge(claim, Part::Trace);
    let (shown, first, answers) = court.descend(claim, (thread, Part::Trace), (&own.trace, &committed.trace));
    let place = court.model.plan().place(first as usize).expect("inside");
    // The answer is what the trace ends with.
    let proof = court.proof(Work { input: &own.input, trace: &shown, output: &committed.output }, place);
    court.refute(claim, place, proof);
    (place, answers)
}

#[test]
fn one_wrong_weight_of_a_convolution_is_convicted_in_two_answers() {
    for lazy in [false, true] {
        let mut court = Court::of(net());
        let honest = Committed::honest(&court.model);
        let theirs = Committed::honest(&cheat(&court.model));
        assert_ne!(honest.trace, theirs.trace);
        let claim = court.claim(&theirs, lazy);
        if lazy {
            let trace_root = theirs.trees().trace.blob().root.into();
            let call = IDisputes::commitTraceCall { claimId: claim, traceRoot: trace_root };
            court.world.send(route(WORKER, DISPUTES), &call);
        }
        let (place, answers) = convict(&mut court, claim, (&honest, &theirs));
        assert_eq!((place.op, answers), (1, 2), "the layer with the weight");
        assert_eq!(court.ending(claim), (Phase::Convicted, Reason::WrongElement));
        assert_eq!(court.credit(CHALLENGER), STAKE + BOND / 10);
    }
}

#[test]
fn a_trace_that_no_transaction_could_run_is_convicted_in_three_answers() {
    let mut court = Court::of(tower());
    let honest = Committed::honest(&court.model);
    let mut theirs = Committed::honest(&court.model);
    // A wrong entry in the twentieth layer, on which the rest is computed as the model says.
    let at = court.model.operations().nth(20).expect("48 of them").output.start + 12_345;
    theirs.trace[at] ^= 0x40;
    theirs.trace = court.model.resume(theirs.trace, 21).expect("its trace");
    theirs.output = theirs.trace[court.model.plan().output()].to_vec();
    assert_ne!(honest.output, theirs.output);
    let claim = court.claim(&theirs, false);
    let (place, answers) = convict(&mut court, claim, (&honest, &theirs));
    assert_eq!((place, answers), (Place { op: 20, element: 12_345 }, 3));
    assert_eq!(court.ending(claim), (Phase::Convicted, Reason::WrongElement));
}

/// The trace is right: only who follows the answer finds the fault. Who asked about the trace before it was committed to turns.
#[test]
fn an_answer_that_is_not_the_traces_is_convicted() {
    for lazy in [false, true] {
        let mut court = Court::of(net());
        let honest = Committed::honest(&court.model);
        let mut theirs = Committed::honest(&court.model);
        theirs.output[7] ^= 1;
        let claim = court.claim(&theirs, lazy);
        let (own, committed) = (honest.trees(), theirs.trees());
        let thread = court.challenge(claim, if lazy { Part::Trace } else { Part::Output });
        if lazy {
            let blob = committed.trace.blob();
            let call = IDisputes::commitTraceCall { claimId: claim, traceRoot: blob.root.into() };
            court.world.send(route(WORKER, DISPUTES), &call);
            court.answer(claim, Part::Trace, (&committed.trace, Node::root(&blob)));
            court.world.send(route(CHALLENGER, DISPUTES), &IDisputes::turnToAnswerCall { thread });
        }
        let (shown, first, answers) = court.descend(claim, (thread, Part::Output), (&own.output, &committed.output));
        assert_eq!((first, answers), (7, 1));
        let place = Place { op: Place::OUTPUT, element: first };
        let proof = court.proof(Work { input: &own.input, trace: &own.trace, output: &shown }, place);
        court.refute(claim, place, proof);
        assert_eq!(court.ending(claim), (Phase::Convicted, Reason::WrongElement));
        assert_eq!(court.credit(CHALLENGER), STAKE + BOND / 10);
    }
}

/// The model ran, as it should, on another input than the job's.
#[test]
fn work_on_another_input_is_convicted() {
    let mut court = Court::of(net());
    let honest = Committed::honest(&court.model);
    let mut input = honest.input.clone();
    input[20_000] ^= 1;
    let trace = court.model.trace(&input).expect("its length");
    let output = trace[court.model.plan().output()].to_vec();
    let theirs = Committed { input: honest.input.clone(), trace, output };
    let claim = court.claim(&theirs, false);
    let (place, _) = convict(&mut court, claim, (&honest, &theirs));
    assert_eq!(place, Place { op: Place::INPUT, element: 20_000 });
    assert_eq!(court.ending(claim), (Phase::Convicted, Reason::WrongElement));
}

/// Who has all that a worker committed to needs neither a thread nor a bond.
#[test]
fn a_public_trace_is_refuted_in_one_shot() {
    let mut court = Court::of(net());
    let theirs = Committed::honest(&cheat(&court.model));
    let honest = Committed::honest(&court.model);
    let claim = court.claim(&theirs, false);
    let first = honest.trace.iter().zip(&theirs.trace).position(|(a, b)| a != b).expect("they differ");
    let place = court.model.plan().place(first).expect("inside");
    let committed = theirs.trees();
    let proof = court.proof(committed.as_ref().map(|tree| tree as &dyn Opened), place);
    let announcement = keccak256((CHALLENGER, claim, place.op, place.element, keccak256(&proof)).abi_encode());
    court.world.send(route(CHALLENGER, DISPUTES), &IDisputes::announceCall { announcement });
    court.refute(claim, place, proof);
    assert_eq!(court.ending(claim), (Phase::Convicted, Reason::WrongElement));
    assert_eq!(court.credit(CHALLENGER), BOND / 10);
}

#[test]
fn an_honest_worker_answers_and_profits() {
    let mut court = Court::of(net());
    let honest = Committed::honest(&court.model);
    let claim = court.claim(&honest, false);
    let trees = honest.trees();
    let thread = court.challenge(claim, Part::Trace);
    let root = Node::root(&trees.trace.blob());
    court.answer(claim, Part::Trace, (&trees.trace, root));
    let values: Vec<B256> = trees.trace.values(&root).into_iter().map(B256::from).collect();
    // Nothing differs, and the challenger points somewhere: there is nothing to find.
    let call = IDisputes::descendCall { thread, values, child: U256::from(3) };
    court.world.send(route(CHALLENGER, DISPUTES), &call);
    court.answer(claim, Part::Trace, (&trees.trace, root.children(&trees.trace.blob())[3]));
    court.world.now += TURN + 1;
    court.world.send(route(WORKER, DISPUTES), &IDisputes::forfeitCall { thread });
    assert_eq!(court.credit(WORKER), STAKE / 2);
    court.world.now += DAY;
    court.world.send(route(WORKER, DISPUTES), &IDisputes::upholdCall { claimId: claim, salt: SALT });
    assert_eq!(court.ending(claim), (Phase::Upheld, Reason::Unrefuted));
    assert_eq!(court.credit(WORKER), STAKE / 2 + BOND);
}
