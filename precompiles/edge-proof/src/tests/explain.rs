//! An explanation lists what a convicted element is made of, and comes to the same number.

use crate::{
    Blob, Element, Explanation, Filter, GraphBuilder, Limits, Model, Place, Reading, Role, Scale, Section, Subject,
    Term, Verdict, Window, Work, adjudicate, explain, prove_step,
    random::{Dice, image},
};

/// What is explained of a trace, and what the judge says without explaining.
fn explained(model: &Model, trace: &[u8], place: Place) -> Option<Explanation> {
    let proof = prove_step(model.image(), trace, place)?;
    let work = model.plan().work(trace).expect("its length").map(Blob::of);
    let explanation = explain(&model.commitment(), &work, place, &proof).expect("the proof is whole");
    assert_eq!(explanation.verdict, adjudicate(&model.commitment(), &work, place, &proof));
    Some(explanation)
}

fn only(explanation: &Explanation, role: impl Fn(&Role) -> bool) -> &Reading {
    let mut found = explanation.readings.iter().filter(|reading| role(&reading.role));
    let reading = found.next().expect("it was read");
    assert!(found.next().is_none(), "once");
    reading
}

fn scale(explanation: &Explanation) -> Scale {
    let Role::Scale(scale) = only(explanation, |role| matches!(role, Role::Scale(_))).role else { unreachable!() };
    scale
}

fn dot(terms: &[Term]) -> i32 {
    terms.iter().fold(0, |sum, term| sum.wrapping_add(term.weight.wrapping_mul(term.operand)))
}

#[test]
fn every_element_is_explained_by_bytes_of_the_trace_and_the_model() {
    let (mut seen, mut sums) = (std::collections::BTreeSet::new(), 0);
    for seed in 0..150 {
        let Some(model) = image(seed).ok().and_then(|image| Model::from_image(image).ok()) else { continue };
        let mut dice = Dice::new(seed);
        let input: Vec<u8> = (0..model.input_bytes()).map(|_| dice.byte().cast_unsigned()).collect();
        let honest = model.trace(&input).expect("its length");
        for (op, operation) in (0..).zip(model.operations()) {
            let place = Place { op, element: dice.below(operation.elements()) as u64 };
            let at = operation.output.start + place.element as usize * operation.element.bytes();
            let mut trace = honest.clone();
            trace[at] ^= 1;
            let explanation = explained(&model, &trace, place).expect("the place is there");
            let Verdict::Fraud { expected, found, .. } = explanation.verdict else { panic!("{explanation:?}") };
            assert_eq!(only(&explanation, |role| *role == Role::Found).numbers, [found]);
            let Subject::Element(formula) = &explanation.subject else { panic!("{explanation:?}") };
            assert_eq!((formula.operation.opcode, formula.operation.element), (operation.opcode, operation.element));
            seen.insert(formula.name);
            for reading in &explanation.readings {
                let from = match reading.section {
                    Section::Graph => model.image(),
                    Section::Weights => model.weights(),
                    Section::Trace => &trace,
                    Section::Input | Section::Output => panic!("an element has nothing to do with it"),
                };
                assert_eq!(reading.bytes, from[reading.range.start as usize..reading.range.end as usize]);
            }
            let terms = explanation.terms();
            assert_eq!(terms.len(), if matches!(formula.name, "DENSE" | "CONV2D") { formula.k } else { 0 });
            if !terms.is_empty() {
                let scale = scale(&explanation);
                let sum = dot(&terms).wrapping_add(scale.bias);
                assert_eq!(scale.requantise(sum, formula.clamp.0, formula.clamp.1), expected);
                sums += 1;
            }
        }
    }
    assert!(seen.len() > 20 && sums > 30, "{sums} sums, {seen:?}");
}

/// A window in a corner: of its nine places, five are outside the image.
#[test]
fn a_window_shows_what_is_outside_the_image() {
    let mut graph = GraphBuilder::new(16);
    let window = Window { height: 4, width: 4, channels: 1, kernel: (3, 3), stride: (1, 1), pad: (1, 1), out: (4, 4) };
    let weights = [1, 2, 3, 4, 5, 6, 7, 8, 9];
    let affine = crate::Affine { scales: &[Scale::IDENTITY], out: Element::I32, lo: -(1 << 20), hi: 1 << 20 };
    let input = graph.input();
    graph.conv2d(input, &window, &Filter { weights: &weights, pad_value: -1 }, &affine);
    let model = Model::within(graph.finish().expect("well formed"), &Limits::DISPUTED).expect("a model");
    let trace = model.trace(&(1..=16).collect::<Vec<u8>>()).expect("16 bytes");
    let explanation = explained(&model, &trace, Place { op: 0, element: 0 }).expect("the place is there");
    let operands: Vec<_> = explanation.terms().iter().map(|term| (term.operand, term.outside)).collect();
    let (outside, inside) = (|_: i32| (-1, true), |x: i32| (x, false));
    let expected =
        [outside(0), outside(0), outside(0), outside(0), inside(1), inside(2), outside(0), inside(5), inside(6)];
    assert_eq!(operands, expected);
    assert_eq!(explanation.verdict, Verdict::Consistent { at: 64, value: dot(&explanation.terms()) });
    let Some(formula) = explanation.subject.formula() else { panic!("a convolution") };
    assert_eq!((formula.name, formula.rule, formula.vector(6)), ("CONV2D", "G25", (6, 0)));
}

#[test]
fn copies_and_padding_are_explained() {
    let model = (0..).find_map(|seed| Model::from_image(image(seed).ok()?).ok()).expect("some seed is well formed");
    let trace = model.trace(&vec![3; model.input_bytes()]).expect("its length");
    let input = explained(&model, &trace, Place { op: Place::INPUT, element: 0 }).expect("a byte");
    assert!(matches!(input.subject, Subject::Input));
    assert_eq!(only(&input, |role| *role == Role::Copied).numbers, [3]);
    let output = explained(&model, &trace, Place { op: Place::OUTPUT, element: 0 }).expect("a byte");
    assert!(matches!(output.subject, Subject::Output(_)));
    assert_eq!(only(&output, |role| *role == Role::Found).section, Section::Output);
    let padding = (0..trace.len()).filter_map(|byte| explained(&model, &trace, model.plan().place(byte)?));
    let padding = padding.filter(|explanation| matches!(explanation.subject, Subject::Padding(_)));
    for explanation in padding {
        assert_eq!(only(&explanation, |role| *role == Role::Found).numbers, [0]);
    }
}

#[test]
fn what_is_no_proof_is_not_explained() {
    let model = (0..).find_map(|seed| Model::from_image(image(seed).ok()?).ok()).expect("some seed is well formed");
    let trace = model.trace(&vec![0; model.input_bytes()]).expect("its length");
    let place = Place { op: 0, element: 0 };
    let proof = prove_step(model.image(), &trace, place).expect("the place is there");
    let work: Work<Blob> = model.plan().work(&trace).expect("its length").map(Blob::of);
    let of = |place, proof: &[u8]| explain(&model.commitment(), &work, place, proof);
    assert!(of(place, &proof).is_some());
    assert!(of(place, &proof[1..]).is_none());
    assert!(of(place, &[&proof[..], &[0]].concat()).is_none(), "a surplus byte");
    assert!(of(Place { op: 1 << 20, ..place }, &proof).is_none());
}
