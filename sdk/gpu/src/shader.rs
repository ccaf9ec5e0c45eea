//! Which shader runs an operation, and over how many workgroups.

use crate::record::{Record, code};

/// Fewest vectors for which weights are worth sharing between them.
const TILED_MIN: u64 = 5;
/// Invocations of a workgroup, of every shader.
const LANES: u64 = 64;

/// A compute shader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Shader {
    code: u8,
    sums: Sums,
    /// Of a linear operation: whether weights and operands consist of whole words.
    aligned: bool,
}

/// How sums of products are made; all give the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Sums {
    /// For operations without, and for outputs whose vectors do not start at words.
    Single,
    /// For few vectors.
    Rows,
    /// For many.
    Tiles,
}

impl Sums {
    fn of(record: Record<'_>) -> Self {
        if !matches!(record.code(), code::DENSE | code::CONV2D) || !record.vectors_start_at_words() {
            Self::Single
        } else if record.vectors() < TILED_MIN {
            Self::Rows
        } else {
            Self::Tiles
        }
    }
}

impl Shader {
    /// The one that runs an operation, if there is one.
    pub(crate) fn of(record: Record<'_>) -> Option<Self> {
        let code = record.code();
        let aligned = matches!(code, code::DENSE | code::CONV2D) && record.whole_words();
        parts(code).map(|_| Self { code, sums: Sums::of(record), aligned })
    }

    /// Every one.
    #[cfg(test)]
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        let linear = [code::DENSE, code::CONV2D].into_iter();
        let each = linear.flat_map(|code| [Sums::Single, Sums::Rows, Sums::Tiles].map(|sums| (code, sums)));
        let linear = each.flat_map(|(code, sums)| [false, true].map(|aligned| Self { code, sums, aligned }));
        codes().map(|code| Self { code, sums: Sums::Single, aligned: false }).chain(linear)
    }

    /// A label for those who trace what a driver does.
    pub(crate) fn name(self) -> String {
        format!("operation {}", self.code)
    }

    pub(crate) fn source(self) -> String {
        let frame: &[_] = match self.sums {
            Sums::Single => parts(self.code).unwrap_or_default(),
            Sums::Rows => &[linear(self.code), include_str!("shaders/linear.wgsl"), include_str!("shaders/rows.wgsl")],
            Sums::Tiles => &[linear(self.code), include_str!("shaders/linear.wgsl"), include_str!("shaders/tile.wgsl")],
        };
        let aligned = format!("const ALIGNED: bool = {};\n", self.aligned);
        [include_str!("shaders/common.wgsl"), &aligned, &frame.concat()].concat()
    }

    /// Workgroups that the operation is worth.
    pub(crate) fn groups(self, record: Record<'_>) -> u64 {
        match (self.sums, self.code) {
            (Sums::Rows, _) => record.row().div_ceil(4) * record.vectors(),
            (Sums::Tiles, _) => record.row().div_ceil(64) * record.vectors().div_ceil(16),
            (Sums::Single, code::ARGMAX | code::MAX | code::SUM | code::SQUARED_ERROR | code::SAMPLE) => record.words(),
            (Sums::Single, code::NORM) => record.vectors().div_ceil(record.vectors_to_a_word()),
            (Sums::Single, code::PIXEL | code::VISIT) => record.vectors().div_ceil(LANES),
            (Sums::Single, code::DECRYPT) => record.elements().div_ceil(64).div_ceil(LANES),
            (Sums::Single, _) => record.words().div_ceil(LANES),
        }
    }
}

/// What a linear operation's rows are multiplied with.
fn linear(code: u8) -> &'static str {
    if code == code::CONV2D { include_str!("shaders/conv2d.wgsl") } else { include_str!("shaders/dense.wgsl") }
}

/// An operation's source in parts, behind what all have in common: its own, and the frame that it fits.
fn parts(code: u8) -> Option<&'static [&'static str]> {
    const POINTWISE: &str = include_str!("shaders/pointwise.wgsl");
    const REDUCE: &str = include_str!("shaders/reduce.wgsl");
    const LINEAR: &str = include_str!("shaders/linear.wgsl");
    const SUMS: &str = include_str!("shaders/sums.wgsl");
    const CHACHA: &str = include_str!("shaders/chacha.wgsl");
    const UNIT: &str = include_str!("shaders/unit.wgsl");
    const RAY: &str = include_str!("shaders/ray.wgsl");
    Some(match code {
        code::DENSE => &[include_str!("shaders/dense.wgsl"), LINEAR, SUMS, POINTWISE],
        code::CONV2D => &[include_str!("shaders/conv2d.wgsl"), LINEAR, SUMS, POINTWISE],
        code::MAX_POOL => &[include_str!("shaders/max_pool.wgsl"), POINTWISE],
        code::ADD => &[include_str!("shaders/add.wgsl"), POINTWISE],
        code::REQUANTISE => &[include_str!("shaders/requantise.wgsl"), POINTWISE],
        code::LUT => &[include_str!("shaders/lut.wgsl"), POINTWISE],
        code::ACT => &[include_str!("shaders/act.wgsl"), POINTWISE],
        code::ARGMAX => &[include_str!("shaders/argmax.wgsl")],
        code::COPY => &[include_str!("shaders/copy.wgsl"), POINTWISE],
        code::EMBED => &[include_str!("shaders/embed.wgsl"), POINTWISE],
        code::NORM => &[UNIT, include_str!("shaders/norm.wgsl")],
        code::MATMUL => &[include_str!("shaders/matmul.wgsl"), POINTWISE],
        code::MAX => &[include_str!("shaders/max.wgsl"), REDUCE],
        code::SUM => &[include_str!("shaders/sum.wgsl"), REDUCE],
        code::EXP => &[include_str!("shaders/exp.wgsl"), POINTWISE],
        code::DIVIDE => &[include_str!("shaders/divide.wgsl"), POINTWISE],
        code::MULTIPLY => &[include_str!("shaders/multiply.wgsl"), POINTWISE],
        code::ROPE => &[include_str!("shaders/rope.wgsl"), POINTWISE],
        code::TRANSPOSE => &[include_str!("shaders/transpose.wgsl"), POINTWISE],
        code::SAMPLE => &[CHACHA, include_str!("shaders/sample.wgsl")],
        code::GATHER => &[include_str!("shaders/gather.wgsl"), POINTWISE],
        code::DECRYPT => &[CHACHA, include_str!("shaders/decrypt.wgsl")],
        code::SQUARED_ERROR => &[include_str!("shaders/squared_error.wgsl"), REDUCE],
        code::BLOCK8 => &[include_str!("shaders/block8.wgsl"), POINTWISE],
        code::PIXEL => &[UNIT, RAY, include_str!("shaders/pixel.wgsl")],
        code::VISIT => &[UNIT, RAY, include_str!("shaders/visit.wgsl")],
        _ => return None,
    })
}

/// Those that have a shader.
#[cfg(test)]
pub(crate) fn codes() -> impl Iterator<Item = u8> {
    (1..=9).chain(16..=27).chain(64..=68)
}
