//! The committed model (tests/data/digits): trained, quantised and written by a script that shares no code with this
//! crate. Its Python integers and this kernel must agree on every byte.

use crate::{Kernel, Model};

const MODEL: &[u8] = include_bytes!("../../../../tests/data/digits/model.eig");
const TEST: &[u8] = include_bytes!("../../../../tests/data/digits/test.bin");
const EXPECTED: &[u8] = include_bytes!("../../../../tests/data/digits/expected.bin");
/// Ten scores and the class.
const OUTPUT: usize = 11;

#[test]
fn kernels_equal_the_python_reference() {
    let model = Model::parse(MODEL).expect("the committed model is well formed");
    assert_eq!((model.input_bytes(), model.output_bytes()), (64, OUTPUT));
    assert_eq!(TEST.len() / 65, EXPECTED.len() / OUTPUT);
    for (row, expected) in TEST.chunks_exact(65).zip(EXPECTED.chunks_exact(OUTPUT)) {
        assert_eq!(model.infer_with(Kernel::PORTABLE, &row[..64]).expect("64 pixels"), expected);
        assert_eq!(model.infer(&row[..64]).expect("64 pixels"), expected);
    }
}

#[test]
fn held_back_images_are_read_right() {
    let model = Model::parse(MODEL).expect("the committed model is well formed");
    let images = TEST.len() / 65;
    let right = TEST
        .chunks_exact(65)
        .filter(|row| model.infer(&row[..64]).expect("64 pixels").last() == Some(&row[64]))
        .count();
    assert!(images >= 360, "only {images} images");
    assert!(right * 100 >= images * 96, "{right} of {images} right");
}

#[test]
fn the_model_costs_what_its_shape_says() {
    let cost = Model::parse(MODEL).expect("the committed model is well formed").cost();
    assert_eq!((cost.ops, cost.macs), (5, 64 * 96 + 96 * 10));
}
