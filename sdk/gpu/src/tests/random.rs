use super::{agree, gpu};
use edgeloom_edge_proof::{
    Model,
    random::{Dice, Sizes, image_within},
};

/// Outputs that the test compares, at least.
const OUTPUTS: u64 = 1_000_000;

#[test]
fn random_graphs_have_the_reference_s_traces() {
    let Some(gpu) = gpu() else { return };
    let large = Sizes { input_max: 6000, ops_max: 9, rows_max: 300 };
    let (mut outputs, mut seen) = (0, [0_u64; 256]);
    for seed in 0.. {
        if outputs >= OUTPUTS {
            break;
        }
        let sizes = if seed % 2 == 0 { Sizes::SMALL } else { large };
        let Ok(image) = image_within(seed, sizes) else { continue };
        let model = Model::from_image(image).expect("checked");
        model.records().iter().for_each(|record| seen[usize::from(record[0])] += 1);
        let mut dice = Dice::new(!seed);
        let inputs = [(); 2].map(|()| dice.bytes(model.input_bytes()).iter().map(|byte| byte.cast_unsigned()).collect());
        outputs += agree(&gpu, &model, &inputs);
    }
    let rare: Vec<_> = (1..=9).filter(|code| seen[*code] < 20).collect();
    assert!(rare.is_empty(), "operations {rare:?} are hardly tested");
}
