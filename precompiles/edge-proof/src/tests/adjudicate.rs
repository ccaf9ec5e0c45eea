//! Every element of random graphs is consistent by the judge; a changed byte convicts whoever committed to it; anything else is no
//! proof.

use crate::{
    Blob, Commitment, Model, Outline, Place, Verdict, adjudicate, prove_step,
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
        adjudicate(&self.model.commitment(), &Blob::of(trace), place, &proof)
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
            let Verdict::Fraud { expected, found } = verdict else { panic!("seed {seed}, {place:?}: {verdict:?}") };
            assert_ne!(expected, found);
            convicted += 1;
            // That proof shows nothing of the honest worker's trace.
            let proof = prove_step(scene.model.image(), &trace, place).expect("the place is there");
            let honest = Blob::of(&scene.trace);
            assert_eq!(adjudicate(&scene.model.commitment(), &honest, place, &proof), Verdict::Invalid);
        }
    }
    assert!(convicted > 400, "{convicted} elements");
}

#[test]
fn a_byte_of_the_trace_belongs_to_its_element_or_to_none() {
    for seed in 0..40 {
        let Some(scene) = Scene::new(seed) else { continue };
        let operations: Vec<_> = scene.model.operations().collect();
        assert_eq!(operations.len(), scene.steps.len());
        let mut places = vec![None; scene.trace.len() + 1];
        for ((op, step), operation) in (0..).zip(&scene.steps).zip(&operations) {
            assert_eq!(operation.elements(), step.count * step.n);
            for element in 0..operation.elements() as u64 {
                let place = Place { op, element };
                let (at, width) = scene.bytes(place);
                assert!(operation.output.contains(&at));
                places[at..at + width].fill(Some(place));
            }
        }
        for (byte, place) in places.into_iter().enumerate() {
            assert_eq!(scene.model.plan().place(byte), place, "seed {seed}, byte {byte}");
        }
    }
}

#[test]
fn a_trace_resumes_where_it_was_left() {
    for seed in 0..40 {
        let Some(scene) = Scene::new(seed) else { continue };
        for (first, step) in scene.steps.iter().enumerate() {
            let mut left = scene.trace.clone();
            left[step.out_base..].fill(0x55);
            // What lies between outputs is nobody's.
            for byte in (step.out_base..left.len()).filter(|byte| scene.model.plan().place(*byte).is_none()) {
                left[byte] = 0;
            }
            assert_eq!(scene.model.resume(left, first).as_ref(), Some(&scene.trace), "seed {seed}, operation {first}");
        }
        assert_eq!(scene.model.resume(scene.trace[1..].to_vec(), 0), None);
        assert_eq!(scene.model.resume(scene.trace.clone(), scene.steps.len() + 1), None);
    }
}

#[test]
fn proofs_of_other_places_and_bytes_show_nothing() {
    let Scene { model, trace, .. } = (0..).find_map(Scene::new).expect("some seed is well formed");
    let (commitment, blob, place) = (model.commitment(), Blob::of(&trace), Place { op: 0, element: 0 });
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
    for wrong in [Place { op: 65_535, ..place }, Place { op: u32::MAX, ..place }, Place { element: u64::MAX, ..place }]
    {
        assert_eq!(judge(wrong, &proof), Verdict::Invalid);
        assert_eq!(prove_step(model.image(), &trace, wrong), None);
    }
    let other = Commitment { graph_root: [1; 32], ..commitment };
    assert_eq!(adjudicate(&other, &blob, place, &proof), Verdict::Invalid, "another graph");
}
