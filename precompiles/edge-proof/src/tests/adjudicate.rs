//! Every element of random graphs is consistent by the judge; a changed byte convicts whoever committed to it; anything else is no
//! proof.

use crate::{
    Blob, Commitment, Evidence, Model, Opened, Outline, Place, Tree, Verdict, Work, adjudicate, prove_step,
    random::{Dice, image},
    step::Step,
};

/// A model, its steps, and the trace of some input.
struct Scene {
    model: Model,
    steps: Vec<Step>,
    trace: Vec<u8>,
}

impl Scene {
    /// A random one, where the seed's is well formed.
    fn new(seed: u64) -> Option<Self> {
        let image = image(seed).ok()?;
        let steps = Outline::read(image.clone()).ok()?.plan.steps;
        let model = Model::from_image(image).ok()?;
        let mut dice = Dice::new(seed);
        let input: Vec<u8> = (0..model.input_bytes()).map(|_| dice.byte().cast_unsigned()).collect();
        let trace = model.trace(&input).expect("the input has its length");
        Some(Self { model, steps, trace })
    }

    /// Some elements of each operation.
    fn places(&self, seed: u64, each: usize) -> Vec<Place> {
        let mut dice = Dice::new(seed ^ 77);
        let numbered = (0..).zip(&self.steps);
        let of = |(op, step): (u32, &Step)| {
            let mut element = || dice.below(step.count * step.n) as u64;
            (0..each).map(|_| Place { op, element: element() }).collect::<Vec<_>>()
        };
        numbered.flat_map(of).collect()
    }

    /// Where the element's bytes lie in the trace, and how many there are.
    fn bytes(&self, place: Place) -> (usize, usize) {
        let step = &self.steps[place.op as usize];
        let width = step.out.bytes();
        (step.out_base + place.element as usize * width, width)
    }

    fn judge(&self, trace: &[u8], place: Place) -> Verdict {
        let proof = prove_step(self.model.image(), trace, place).expect("the place is there");
        adjudicate(&self.model.commitment(), &self.work(trace), place, &proof)
    }

    /// The proof of a place of what somebody committed to.
    fn proof(&self, known: Work<&[u8]>, place: Place) -> Vec<u8> {
        let trees = known.map(Tree::of);
        let evidence = Evidence::of(self.model.image()).expect("a model");
        let proof = evidence.prove(trees.as_ref().map(|tree| tree as &dyn Opened), place);
        proof.expect("the place is there")
    }

    /// What somebody commits to who takes input and answer out of this trace.
    fn work(&self, trace: &[u8]) -> Work<Blob> {
        self.model.plan().work(trace).expect("the trace has its length").map(Blob::of)
    }
}

#[test]
fn every_honest_element_is_consistent() {
    let mut judged = 0;
    for seed in 0..200 {
        let Some(scene) = Scene::new(seed) else { continue };
        for place in scene.places(seed, 3) {
            let verdict = scene.judge(&scene.trace, place);
            assert!(matches!(verdict, Verdict::Consistent { .. }), "seed {seed}, {place:?}: {verdict:?}");
            judged += 1;
        }
    }
    assert!(judged > 1_000, "{judged} elements");
}

#[test]
fn whoever_commits_to_another_element_is_convicted() {
    let mut convicted = 0;
    for seed in 0..120 {
        let Some(scene) = Scene::new(seed) else { continue };
        let mut dice = Dice::new(seed + 9);
        for place in scene.places(seed, 2) {
            let mut trace = scene.trace.clone();
            let (at, width) = scene.bytes(place);
            trace[at + dice.below(width)] ^= 1 << dice.below(8);
            let verdict = scene.judge(&trace, place);
            let Verdict::Fraud { at: first, expected, found } = verdict else {
                panic!("seed {seed}, {place:?}: {verdict:?}")
            };
            assert_ne!(expected, found);
            assert_eq!(first, at as u64);
            convicted += 1;
            // That proof shows nothing of the honest worker's trace.
            let proof = prove_step(scene.model.image(), &trace, place).expect("the place is there");
            let honest = scene.work(&scene.trace);
            assert_eq!(adjudicate(&scene.model.commitment(), &honest, place, &proof), Verdict::Invalid);
        }
    }
    assert!(convicted > 400, "{convicted} elements");
}

#[test]
fn every_byte_of_a_trace_is_somebodys_to_judge() {
    let mut judged = 0;
    for seed in 0..40 {
        let Some(scene) = Scene::new(seed) else { continue };
        let mut dice = Dice::new(seed + 3);
        let operations: Vec<_> = scene.model.operations().collect();
        assert_eq!(operations.len(), scene.steps.len());
        let mut places = vec![None; scene.trace.len()];
        for ((op, step), operation) in (0..).zip(&scene.steps).zip(&operations) {
            assert_eq!(operation.elements(), step.count * step.n);
            for element in 0..operation.elements() as u64 {
                let place = Place { op, element };
                let (at, width) = scene.bytes(place);
                assert!(operation.output.contains(&at));
                places[at..at + width].fill(Some(place));
            }
        }
        for (byte, own) in places.into_iter().enumerate() {
            let place = scene.model.plan().place(byte).expect("inside");
            match own {
                Some(own) => assert_eq!(place, own, "seed {seed}, byte {byte}"),
                None => assert!(
                    place.op == Place::INPUT || place.element >= operations[place.op as usize].elements() as u64
                ),
            }
            // Those that are no operation's elements are few in a large trace.
            if own.is_none() && dice.below(4) == 0 {
                let Verdict::Consistent { at, .. } = scene.judge(&scene.trace, place) else { panic!("{place:?}") };
                assert_eq!(at, byte as u64);
                let mut trace = scene.trace.clone();
                trace[byte] ^= 1 << dice.below(8);
                // The input is that of the job, whatever the trace begins with.
                let work = Work { trace: Blob::of(&trace), ..scene.work(&scene.trace) };
                let known = Work { trace: &trace[..], ..scene.model.plan().work(&scene.trace).expect("its length") };
                let verdict = adjudicate(&scene.model.commitment(), &work, place, &scene.proof(known, place));
                assert!(matches!(verdict, Verdict::Fraud { at, .. } if at == byte as u64), "{place:?}: {verdict:?}");
                judged += 1;
            }
        }
        assert_eq!(scene.model.plan().place(scene.trace.len()), None);
    }
    assert!(judged > 500, "{judged} bytes");
}

#[test]
fn whoever_answers_other_than_computed_is_convicted() {
    let mut convicted = 0;
    for seed in 0..40 {
        let Some(scene) = Scene::new(seed) else { continue };
        let mut dice = Dice::new(seed + 5);
        let honest = scene.model.plan().work(&scene.trace).expect("its length");
        let mut output = honest.output.to_vec();
        let byte = dice.below(output.len());
        output[byte] ^= 1 << dice.below(8);
        let known = Work { output: &output[..], ..honest };
        let place = Place { op: Place::OUTPUT, element: byte as u64 };
        let judge = |known: Work<&[u8]>, place| {
            adjudicate(&scene.model.commitment(), &known.map(Blob::of), place, &scene.proof(known, place))
        };
        let at = (scene.trace.len() - output.len() + byte) as u64;
        assert!(matches!(judge(known, place), Verdict::Fraud { at: first, .. } if first == at), "seed {seed}");
        assert!(matches!(judge(honest, place), Verdict::Consistent { at: first, .. } if first == at), "seed {seed}");
        let beyond = Place { element: output.len() as u64, ..place };
        assert_eq!(prove_step(scene.model.image(), &scene.trace, beyond), None, "nothing comes after the answer");
        convicted += 1;
    }
    assert!(convicted > 20, "{convicted} answers");
}

#[test]
fn a_trace_resumes_where_it_was_left() {
    for seed in 0..40 {
        let Some(scene) = Scene::new(seed) else { continue };
        for (first, step) in scene.steps.iter().enumerate() {
            let mut left = scene.trace.clone();
            left[step.out_base..].fill(0x55);
            // What lies between outputs no operation writes.
            for (op, step) in (0..).zip(&scene.steps) {
                let padding = |byte: &usize| {
                    let place = scene.model.plan().place(*byte).expect("inside");
                    place.op == op && place.element >= (step.count * step.n) as u64
                };
                let written = step.out_base..left.len();
                written.filter(padding).collect::<Vec<_>>().into_iter().for_each(|byte| left[byte] = 0);
            }
            assert_eq!(scene.model.resume(left, first).as_ref(), Some(&scene.trace), "seed {seed}, operation {first}");
        }
        assert_eq!(scene.model.resume(scene.trace[1..].to_vec(), 0), None);
        assert_eq!(scene.model.resume(scene.trace.clone(), scene.steps.len() + 1), None);
    }
}

#[test]
fn proofs_of_other_places_and_bytes_show_nothing() {
    let scene = (0..).find_map(Scene::new).expect("some seed is well formed");
    let (commitment, blob, place) = (scene.model.commitment(), scene.work(&scene.trace), Place { op: 0, element: 0 });
    let Scene { model, trace, .. } = scene;
    let proof = prove_step(model.image(), &trace, place).expect("the place is there");
    let judge = |place, proof: &[u8]| adjudicate(&commitment, &blob, place, proof);
    assert!(matches!(judge(place, &proof), Verdict::Consistent { .. }));
    for length in 0..proof.len() {
        assert_eq!(judge(place, &proof[..length]), Verdict::Invalid, "cut at {length}");
    }
    assert_eq!(judge(place, &[&proof[..], &[0]].concat()), Verdict::Invalid, "a surplus byte");
    for at in (0..proof.len()).step_by(7) {
        let mut changed = proof.clone();
        changed[at] ^= 0x10;
        assert_eq!(judge(place, &changed), Verdict::Invalid, "byte {at}");
    }
    for wrong in
        [Place { op: 65_535, ..place }, Place { op: u32::MAX - 2, ..place }, Place { element: u64::MAX, ..place }]
    {
        assert_eq!(judge(wrong, &proof), Verdict::Invalid);
        assert_eq!(prove_step(model.image(), &trace, wrong), None);
    }
    let other = Commitment { graph_root: [1; 32], ..commitment };
    assert_eq!(adjudicate(&other, &blob, place, &proof), Verdict::Invalid, "another graph");
}
