//! The held-back handwritten digits: images that the net never saw in training.

use crate::repository;
use eyre::{Result, WrapErr, ensure};

/// One 8×8 image, 64 bytes from 0 to 16, and what it shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    pub pixels: Vec<u8>,
    pub label: u8,
}

/// The model's image and the test split (tests/data/digits/PROVENANCE.md).
#[derive(Clone, Debug)]
pub struct Digits {
    pub model: Vec<u8>,
    pub samples: Vec<Sample>,
}

impl Digits {
    /// # Errors
    /// When the committed files are missing or not of their format.
    pub fn load() -> Result<Self> {
        let folder = repository().join("tests/data/digits");
        let read = |name: &str| std::fs::read(folder.join(name)).wrap_err_with(|| format!("tests/data/digits/{name}"));
        let (model, test) = (read("model.eig")?, read("test.bin")?);
        ensure!(test.len().is_multiple_of(65), "tests/data/digits/test.bin is not a list of 64 pixels and a label");
        let samples = test.chunks_exact(65).map(|row| Sample { pixels: row[..64].to_vec(), label: row[64] }).collect();
        Ok(Self { model, samples })
    }
}
