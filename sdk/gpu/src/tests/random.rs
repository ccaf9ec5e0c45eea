use super::{agree, gpu};
use edgeloom_edge_proof::{
    Model,
    random::{Dice, Sizes, image_within},
};

/// Outputs that the test compares, at least.
const OUTPUTS: u64 = 1_000_000;
/// How often it meets every operation, at least.
const EACH: u64 = 20;
/// Codes of all operations.
const CODES: [std::ops::RangeInclusive<usize>; 3] = [1..=9, 16..=27, 64..=66];

#[test]
fn random_graphs_have_the_reference_s_traces() {
    let Some(gpu) = gpu() else { return };
    let large = Sizes { input_max: 6000, ops_max: 9, rows_max: 300 };
    let (mut outputs, mut seen) = (0, [0; 256]);
    for seed in 0..10_000 {
        let rare = CODES.into_iter().flatten().any(|code| seen[code] < EACH);
        if outputs >= OUTPUTS && !rare {
            return;
        }
        let sizes = if seed % 4 == 0 { large } else { Sizes::SMALL };
        let Ok(image) = image_within(seed, sizes) else { continue };
        let model = Model::from_image(image).expect("checked");
        model.records().iter().for_each(|record| seen[usize::from(record[0])] += 1);
        let mut dice = Dice::new(!seed);
        let inputs =
            [(); 2].map(|()| dice.bytes(model.input_bytes()).iter().map(|byte| byte.cast_unsigned()).collect());
        outputs += agree(&gpu, &model, &inputs);
    }
    panic!("{outputs} outputs of {seen:?} operations by code: too few to say anything");
}
