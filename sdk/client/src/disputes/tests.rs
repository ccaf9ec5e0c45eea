//! Whole games in memory: a worker that only knows its [`Defence`], a challenger that only knows its [`Challenge`], and between them
//! nothing but events, as the contract would log them.

mod court;

use alloy::primitives::{B256, keccak256};
use edgeloom_bindings::IDisputes::Tree;
use edgeloom_edge_proof::{
    Affine, Blob, Element, Filter, GraphBuilder, Limits, Model, Node, Place, Scale, Tensor, Verdict, Window, Work,
    adjudicate,
};

use super::*;
use court::{CHALLENGER, Court};

const SIDE: usize = 128;
/// Channels of the second convolution: its output alone has 2 MiB, so that nodes have three levels.
const WIDE: usize = 128;

fn window(kernel: usize, channels: usize) -> Window {
    let pad = kernel / 2;
    Window {
        height: SIDE,
        width: SIDE,
        channels,
        kernel: (kernel, kernel),
        stride: (1, 1),
        pad: (pad, pad),
        out: (SIDE, SIDE),
    }
}

fn weights(count: usize, seed: usize) -> Vec<i8> {
    (0..count).map(|at| ((at * 31 + seed * 17) % 7) as i8 - 3).collect()
}

/// Edges, then many mixtures of them, then the largest of each region, then scores. `flaw` is added to one weight of the first.
fn net(flaw: i8) -> Model {
    let mut graph = GraphBuilder::new(SIDE * SIDE);
    let convolve = |graph: &mut GraphBuilder, x: Tensor, (kernel, channels): (usize, usize), weights: &[i8]| {
        let scales = vec![Scale { s: 20, pre: 0, ..Scale::IDENTITY }; weights.len() / (kernel * kernel * channels)];
        let affine = Affine { scales: &scales, out: Element::I8, lo: -128, hi: 127 };
        graph.conv2d(x, &window(kernel, channels), &Filter { weights, pad_value: 0 }, &affine)
    };
    let mut first = weights(4 * 9, 1);
    first[13] += flaw;
    let input = graph.input();
    let edges = convolve(&mut graph, input, (3, 1), &first);
    let mixed = convolve(&mut graph, edges, (1, 4), &weights(WIDE * 4, 2));
    let eighth = Window { kernel: (8, 8), stride: (8, 8), pad: (0, 0), out: (16, 16), ..window(1, WIDE) };
    let largest = graph.max_pool(mixed, &eighth).flat();
    let affine = Affine { scales: &[Scale::IDENTITY; 10], out: Element::I32, lo: i32::MIN, hi: i32::MAX };
    graph.dense(largest, &weights(10 * 16 * 16 * WIDE, 3), &affine);
    Model::within(graph.within(&Limits::DISPUTED).expect("well formed"), &Limits::DISPUTED).expect("a model")
}

fn picture() -> Vec<u8> {
    (0..SIDE * SIDE).map(|at| ((at % SIDE * 5) ^ (at / SIDE * 3)) as u8).collect()
}

fn honest() -> (Model, Vec<u8>) {
    let model = net(0);
    let trace = model.trace(&picture()).expect("its length");
    (model, trace)
}

/// Plays until the challenger has nothing to wait for: its last move, and how often the worker had to answer.
fn play(court: &mut Court, defence: &Defence<'_>, challenge: &Challenge<'_>) -> (Move, usize) {
    for answers in 0.. {
        while let Some(duty) = defence.next(&court.proceedings, court.now()) {
            court.perform(duty);
            if let Some(Duty::Answer { .. }) = defence.next(&court.proceedings, court.now()) {
                continue;
            }
            break;
        }
        loop {
            match challenge.next(&court.proceedings, CHALLENGER) {
                Move::Open(tree) => court.challenge(tree),
                Move::Descend { thread, values, child } => court.descend(thread, &values, child),
                Move::Turn { thread } => court.turn(thread),
                Move::Await { .. } if defence.next(&court.proceedings, court.now()).is_some() => break,
                last => return (last, answers),
            }
        }
    }
    unreachable!("trees have a bottom")
}

fn judged(model: &Model, work: &Work<Blob>, refutation: &Refutation) -> Verdict {
    assert_eq!(refutation.model[..], model.commitment().encode());
    adjudicate(&model.commitment(), work, refutation.place, &refutation.proof)
}

#[test]
fn one_weight_convicts_whether_the_trace_was_committed_to_at_once_or_when_asked() {
    let (model, trace) = honest();
    let challenge = Challenge::of(&model, &trace).expect("its length");
    let flawed = net(1);
    let theirs = flawed.trace(&picture()).expect("its length");
    let work = flawed.plan().work(&theirs).expect("its length");
    let defence = Defence::of(work);
    for eager in [true, false] {
        let mut court = Court::of(defence.commitments(), eager);
        let (last, answers) = play(&mut court, &defence, &challenge);
        let Move::Refute(refutation) = last else { panic!("{last:?}") };
        assert_eq!(refutation.place.op, 0, "the convolution with the flaw is the first that differs");
        assert!(answers <= 4, "{answers} answers");
        let verdict = judged(&model, &defence.commitments(), &refutation);
        assert!(matches!(verdict, Verdict::Fraud { .. }), "{verdict:?}");
    }
    // Who knows everything anyway asks for nothing, and comes to the same place.
    let at_once = challenge.at_once(work).expect("something differs");
    assert!(matches!(judged(&model, &defence.commitments(), &at_once), Verdict::Fraud { .. }));
    assert_eq!(at_once.place.op, 0);
}

#[test]
fn a_lie_about_the_answer_alone_is_found_in_the_answer() {
    let (model, trace) = honest();
    let challenge = Challenge::of(&model, &trace).expect("its length");
    let work = model.plan().work(&trace).expect("its length");
    let mut lie = work.output.to_vec();
    lie[7] ^= 0x40;
    let work = Work { output: &lie[..], ..work };
    let defence = Defence::of(work);
    for eager in [true, false] {
        let mut court = Court::of(defence.commitments(), eager);
        let (last, _) = play(&mut court, &defence, &challenge);
        let Move::Refute(refutation) = last else { panic!("{last:?}") };
        assert_eq!(refutation.place, Place { op: Place::OUTPUT, element: 7 });
        assert!(matches!(judged(&model, &defence.commitments(), &refutation), Verdict::Fraud { .. }));
        // Nobody knew that the trace would be right, and the thread about it turns.
        assert_eq!(court.proceedings.lines().len(), 1, "{eager}");
        assert_eq!(challenge.finding().dispute(&court.proceedings), Some(Tree::Output));
    }
    assert_eq!(challenge.at_once(work).expect("it differs").place, Place { op: Place::OUTPUT, element: 7 });
}

#[test]
fn who_computes_from_another_input_is_convicted_of_its_copy() {
    let (model, trace) = honest();
    let challenge = Challenge::of(&model, &trace).expect("its length");
    let mut other = picture();
    other[9_000] ^= 0x10;
    let theirs = model.trace(&other).expect("its length");
    let own = model.plan().work(&trace).expect("its length");
    // The input that was given, and everything else of another.
    let defence = Defence::of(Work { input: own.input, ..model.plan().work(&theirs).expect("its length") });
    let mut court = Court::of(defence.commitments(), true);
    let (last, _) = play(&mut court, &defence, &challenge);
    let Move::Refute(refutation) = last else { panic!("{last:?}") };
    assert_eq!(refutation.place, Place { op: Place::INPUT, element: 9_000 });
    assert!(matches!(judged(&model, &defence.commitments(), &refutation), Verdict::Fraud { .. }));
}

#[test]
fn an_honest_claim_leaves_nothing_to_do_and_answers_whatever_is_asked() {
    let (model, trace) = honest();
    let challenge = Challenge::of(&model, &trace).expect("its length");
    let defence = Defence::of(model.plan().work(&trace).expect("its length"));
    let mut court = Court::of(defence.commitments(), false);
    assert_eq!(challenge.next(&court.proceedings, CHALLENGER), Move::Nothing);
    assert_eq!(defence.next(&court.proceedings, court.now()), None);
    // Somebody asks all the same, and goes wherever it likes.
    for tree in [Tree::Trace, Tree::Output, Tree::Input] {
        court.challenge(tree);
        while let Some(duty) = defence.next(&court.proceedings, court.now()) {
            court.perform(duty);
            court.wander();
        }
    }
    assert_eq!(challenge.next(&court.proceedings, CHALLENGER), Move::Nothing, "nothing differs");
    assert_eq!(challenge.at_once(model.plan().work(&trace).expect("its length")), None);
    assert!(court.proceedings.owed().is_empty());
}

#[test]
fn silence_is_waited_for_until_its_deadline() {
    let (model, trace) = honest();
    let challenge = Challenge::of(&model, &trace).expect("its length");
    let theirs = net(1).trace(&picture()).expect("its length");
    let defence = Defence::of(model.plan().work(&theirs).expect("its length"));
    let mut court = Court::of(defence.commitments(), false);
    assert_eq!(challenge.next(&court.proceedings, CHALLENGER), Move::Open(Tree::Trace));
    court.challenge(Tree::Trace);
    let root = Node::root(&defence.commitments().trace);
    let Move::Await { tree: Tree::Trace, node, deadline } = challenge.next(&court.proceedings, CHALLENGER) else {
        panic!("nothing was answered")
    };
    assert_eq!((node, deadline), (root, court.deadline()));
}

#[test]
fn nodes_that_are_none_have_no_answer() {
    let (model, trace) = honest();
    let defence = Defence::of(model.plan().work(&trace).expect("its length"));
    let root = Node::root(&defence.commitments().trace);
    assert!(defence.answer(Tree::Trace, root).is_some());
    for node in [
        Node { index: root.index + 1, ..root },
        Node { level: 27, index: 0 },
        Node { level: 3, index: 1 << 40 },
        Node { level: 4, index: 0 },
        Node { level: 200, index: 1 },
    ] {
        assert_eq!(defence.answer(Tree::Trace, node), None, "{node:?}");
    }
}

#[test]
fn seals_and_announcements_are_hashed_as_the_contract_does() {
    let (worker, job, salt) = (Address::repeat_byte(1), B256::repeat_byte(2), B256::repeat_byte(3));
    let mut words = [0; 128];
    words[12..32].copy_from_slice(worker.as_slice());
    words[32..64].copy_from_slice(job.as_slice());
    words[95] = 1;
    words[96..].copy_from_slice(salt.as_slice());
    assert_eq!(Disputes::seal_of(worker, job, true, salt), keccak256(words));
    let mut words = [0; 160];
    words[12..32].copy_from_slice(worker.as_slice());
    words[32..64].copy_from_slice(job.as_slice());
    words[92..96].copy_from_slice(&Place::INPUT.to_be_bytes());
    words[120..128].copy_from_slice(&9_u64.to_be_bytes());
    words[128..].copy_from_slice(keccak256(b"a proof").as_slice());
    let place = Place { op: Place::INPUT, element: 9 };
    assert_eq!(Disputes::announcement_of(worker, job, place, b"a proof"), keccak256(words));
}

#[test]
fn a_duty_that_is_late_hides_no_other() {
    let (model, trace) = honest();
    let defence = Defence::of(model.plan().work(&trace).expect("its length"));
    for eager in [true, false] {
        let mut court = Court::of(defence.commitments(), eager);
        court.challenge(Tree::Trace);
        let late = court.deadline() + 1;
        court.pass(5);
        court.challenge(if eager { Tree::Output } else { Tree::Trace });
        let first = defence.next(&court.proceedings, court.now()).expect("two nodes are open");
        match first {
            Duty::Answer { tree, .. } => assert_eq!(tree, Tree::Trace, "the most urgent"),
            Duty::CommitTrace(root) => assert_eq!(root, B256::from(defence.commitments().trace.root)),
        }
        let then = defence.next(&court.proceedings, late);
        if eager {
            assert!(matches!(then, Some(Duty::Answer { tree: Tree::Output, .. })), "{then:?}");
        } else {
            assert_eq!(then, None, "its root is one node, however many ask");
        }
    }
}

#[test]
fn while_a_thread_of_ones_own_runs_no_other_is_opened_and_all_move() {
    let (model, trace) = honest();
    let challenge = Challenge::of(&model, &trace).expect("its length");
    let finding = challenge.finding();
    let theirs = net(1).trace(&picture()).expect("its length");
    let defence = Defence::of(model.plan().work(&theirs).expect("its length"));
    let mut court = Court::of(defence.commitments(), true);
    let foreseen = |court: &Court| Move::foreseen(&finding, &court.proceedings, CHALLENGER);
    assert_eq!(foreseen(&court), Some(Move::Open(Tree::Trace)));

    // One about something that is right, too: it has to wait, and leads nowhere.
    court.challenge(Tree::Input);
    let wait = court.deadline();
    assert!(matches!(foreseen(&court), Some(Move::Await { tree: Tree::Input, deadline, .. }) if deadline == wait));
    court.challenge(Tree::Trace);
    assert!(matches!(foreseen(&court), Some(Move::Await { tree: Tree::Input, deadline, .. }) if deadline == wait));
    let root = Node::root(&defence.commitments().trace);
    court.answer(Tree::Trace, root, defence.answer(Tree::Trace, root).expect("a node"));
    assert_eq!(foreseen(&court), None, "what was answered has to be compared");
    let Move::Descend { thread, values, child } = challenge.next(&court.proceedings, CHALLENGER) else {
        panic!("the second thread can move")
    };
    assert_eq!(thread, U256::from(2));
    court.descend(thread, &values, child);
    assert!(matches!(challenge.next(&court.proceedings, CHALLENGER), Move::Await { tree: Tree::Input, .. }));
    // The first is answered, and there is nothing to be found: the second is waited for.
    let input = Node::root(&defence.commitments().input);
    court.answer(Tree::Input, input, defence.answer(Tree::Input, input).expect("a node"));
    assert!(matches!(challenge.next(&court.proceedings, CHALLENGER), Move::Await { tree: Tree::Trace, .. }));
    // Others' threads are none of one's own.
    assert_eq!(Move::foreseen(&finding, &court.proceedings, Address::ZERO), Some(Move::Open(Tree::Trace)));
}

#[test]
fn a_thread_further_down_a_trace_that_is_right_leaves_no_room_for_another() {
    let (model, trace) = honest();
    let challenge = Challenge::of(&model, &trace).expect("its length");
    let work = model.plan().work(&trace).expect("its length");
    let mut lie = work.output.to_vec();
    lie[7] ^= 0x40;
    let defence = Defence::of(Work { output: &lie[..], ..work });
    let mut court = Court::of(defence.commitments(), true);
    court.challenge(Tree::Trace);
    let root = Node::root(&defence.commitments().trace);
    court.answer(Tree::Trace, root, defence.answer(Tree::Trace, root).expect("a node"));
    court.wander();
    let last = court.proceedings.lines()[&U256::ONE].node.expect("it was named");
    court.answer(Tree::Trace, last, defence.answer(Tree::Trace, last).expect("a node"));
    assert_eq!(challenge.next(&court.proceedings, CHALLENGER), Move::Nothing);
}
