//! Proofs of capacity, and products that are wrong.

use crate::{Kernel, Product};

const PRODUCT: Product = Product { seed: [3; 32], size: 48 };

#[test]
fn who_computed_the_product_proves_it() {
    let product = PRODUCT.compute();
    assert_eq!(product.len(), 48 * 48 * 4);
    let root = *blake3::hash(&product).as_bytes();
    let proof = PRODUCT.prove(&product, &[4; 32], 20);
    assert!(PRODUCT.proves(&root, (&[4; 32], 20), &proof));
    assert!(!PRODUCT.proves(&root, (&[5; 32], 20), &proof), "another challenge");
    assert!(!PRODUCT.proves(&root, (&[4; 32], 19), &proof), "a surplus opening");
    assert!(!PRODUCT.proves(&root, (&[4; 32], 21), &proof), "a missing opening");
    assert!(!Product { seed: [2; 32], ..PRODUCT }.proves(&root, (&[4; 32], 20), &proof), "another seed");
    assert!(!Product { size: 47, ..PRODUCT }.proves(&root, (&[4; 32], 20), &proof), "another size");
}

#[test]
fn a_product_is_the_sum_over_rows_and_columns() {
    let vector = |purpose: &str, index: u32| {
        let mut bytes = [0; 48];
        let mut hasher = blake3::Hasher::new_keyed(&[3; 32]);
        hasher.update(purpose.as_bytes()).update(&index.to_le_bytes()).finalize_xof().fill(&mut bytes);
        bytes.map(|byte| i64::from(byte as i8))
    };
    let product = PRODUCT.compute();
    for (row, column) in [(0, 0), (0, 47), (17, 3), (47, 47)] {
        let expected: i64 = vector("row", row).iter().zip(vector("column", column)).map(|(a, b)| a * b).sum();
        let at = (row * 48 + column) as usize * 4;
        let found = i32::from_le_bytes(product[at..at + 4].try_into().expect("four bytes"));
        assert_eq!(i64::from(found), expected, "({row}, {column})");
    }
}

#[test]
fn a_wrong_entry_is_found_where_it_is_asked_for() {
    let mut product = PRODUCT.compute();
    product.chunks_exact_mut(4).for_each(|entry| entry[0] ^= 1);
    let root = *blake3::hash(&product).as_bytes();
    let proof = PRODUCT.prove(&product, &[4; 32], 1);
    assert!(!PRODUCT.proves(&root, (&[4; 32], 1), &proof));
}

/// Groups of rows, tiles of columns, and what is left over of both, and sizes that no block divides.
#[test]
fn every_kernel_makes_the_same_product_of_any_share_of_it() {
    for size in [1, 16, 47, 48, 130, 2_064] {
        let product = Product { seed: [7; 32], size };
        for (rows, columns) in
            [(0..1, 0..1), (0..size.min(133), 0..size.min(7)), (size / 3..size.min(size / 3 + 9), 0..size.min(66))]
        {
            let columns = product.columns(columns);
            let expected = product.rows(Kernel::PORTABLE, rows.clone(), &columns);
            assert_eq!(product.rows(Kernel::best(), rows.clone(), &columns), expected, "{rows:?} of {size}");
            assert!(!expected.is_empty());
        }
    }
    let whole = PRODUCT.compute();
    let columns = PRODUCT.columns(0..48);
    let parts = [0..5, 5..40, 40..48].map(|rows| PRODUCT.rows(Kernel::PORTABLE, rows, &columns));
    assert_eq!(parts.concat(), whole);
}
