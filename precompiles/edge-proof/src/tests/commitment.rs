use crate::{Affine, Element, GraphBuilder, Model, Scale, random::image};

fn model(weights: &[i8], k: usize) -> Model {
    let n = weights.len() / k;
    let mut graph = GraphBuilder::new(k);
    let x = graph.input();
    let scales = vec![Scale::IDENTITY; n];
    graph.dense(x, weights, &Affine { scales: &scales, out: Element::I8, lo: -128, hi: 127 });
    Model::from_image(graph.finish().expect("well formed")).expect("checked")
}

#[test]
fn roots_are_plain_blake3_of_the_sections() {
    let model = model(&[1, 2, 3, 4, 5, 6], 3);
    let commitment = model.commitment();
    let (graph, weights) = model.image().split_at(256);
    assert_eq!(commitment.graph_root, *blake3::hash(graph).as_bytes());
    assert_eq!(commitment.weights_root, *blake3::hash(weights).as_bytes());
    assert_eq!(commitment.weights_t_root, *blake3::hash(&[1, 4, 2, 5, 3, 6]).as_bytes());
    assert_eq!((commitment.graph_len, commitment.weights_len), (256, 6 + 16));
    assert_eq!(commitment.spec_id, crate::SPEC_ID);
}

#[test]
fn transposition_covers_blocks_and_tails() {
    let (n, k) = (5, 131);
    let weights: Vec<i8> = (0..n * k).map(|i| (i * 7) as i8).collect();
    let transposed: Vec<u8> =
        (0..k).flat_map(|c| (0..n).map(move |r| (r, c))).map(|(r, c)| weights[r * k + c] as u8).collect();
    assert_eq!(model(&weights, k).commitment().weights_t_root, *blake3::hash(&transposed).as_bytes());
}

#[test]
fn encoding_is_packed_big_endian() {
    let commitment = model(&[1, 2], 2).commitment();
    let bytes = commitment.encode();
    let expected = [
        &commitment.weights_root[..],
        &commitment.weights_len.to_be_bytes(),
        &commitment.weights_t_root,
        &commitment.graph_root,
        &commitment.graph_len.to_be_bytes(),
        &1_u32.to_be_bytes(),
    ]
    .concat();
    assert_eq!(bytes.as_slice(), expected);
    let mut hashed = Vec::new();
    let id = commitment.model_id(|bytes| {
        hashed = bytes.to_vec();
        [7; 32]
    });
    assert_eq!((hashed, id), (expected, [7; 32]));
}

#[test]
fn every_bit_of_the_image_is_committed() {
    let image = (0..).find_map(|seed| image(seed).ok()).expect("some seed gives a model");
    let whole = Model::parse(&image).expect("well formed").commitment().encode();
    for at in 0..image.len() {
        let mut other = image.clone();
        other[at] ^= 1;
        if let Ok(model) = Model::from_image(other) {
            assert_ne!(model.commitment().encode(), whole, "byte {at}");
        }
    }
}
