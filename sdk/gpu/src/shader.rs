//! Which shader runs an operation, and over how many workgroups.

use crate::record::{Record, code};

/// Fewest vectors for which weights are worth sharing between them.
const TILED_MIN: u64 = 5;
/// Invocations of a workgroup, of every shader.
const LANES: u64 = 64;

/// A compute shader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Shader {
    Dense(Sums),
    Conv2d(Sums),
    MaxPool,
    Add,
    Requantise,
    Lut,
    Act,
    Argmax,
    Copy,
}

/// How sums of products are made; all give the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Sums {
    /// For outputs whose vectors do not start at words.
    Single,
    /// For few vectors.
    Rows,
    /// For many.
    Tiles,
}

impl Sums {
    fn of(record: Record<'_>) -> Self {
        if !record.vectors_start_at_words() {
            Self::Single
        } else if record.vectors() < TILED_MIN {
            Self::Rows
        } else {
            Self::Tiles
        }
    }

    /// The last parts of the source.
    fn source(self) -> &'static [&'static str] {
        match self {
            Self::Single => &[include_str!("shaders/sums.wgsl"), include_str!("shaders/pointwise.wgsl")],
            Self::Rows => &[include_str!("shaders/rows.wgsl")],
            Self::Tiles => &[include_str!("shaders/tile.wgsl")],
        }
    }

    fn groups(self, record: Record<'_>) -> u64 {
        match self {
            Self::Single => record.words().div_ceil(LANES),
            Self::Rows => record.row().div_ceil(4) * record.vectors().div_ceil(4),
            Self::Tiles => record.row().div_ceil(64) * record.vectors().div_ceil(16),
        }
    }
}

impl Shader {
    /// The one that runs an operation, if there is one.
    pub(crate) fn of(record: Record<'_>) -> Option<Self> {
        Some(match record.code() {
            code::DENSE => Self::Dense(Sums::of(record)),
            code::CONV2D => Self::Conv2d(Sums::of(record)),
            code::MAX_POOL => Self::MaxPool,
            code::ADD => Self::Add,
            code::REQUANTISE => Self::Requantise,
            code::LUT => Self::Lut,
            code::ACT => Self::Act,
            code::ARGMAX => Self::Argmax,
            code::COPY => Self::Copy,
            _ => return None,
        })
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Dense(_) => "dense",
            Self::Conv2d(_) => "conv2d",
            Self::MaxPool => "max pool",
            Self::Add => "add",
            Self::Requantise => "requantise",
            Self::Lut => "lut",
            Self::Act => "act",
            Self::Argmax => "argmax",
            Self::Copy => "copy",
        }
    }

    pub(crate) fn source(self) -> String {
        let pointwise: &[_] = &[include_str!("shaders/pointwise.wgsl")];
        let linear = include_str!("shaders/linear.wgsl");
        let (own, frame): (&[_], _) = match self {
            Self::Dense(sums) => (&[include_str!("shaders/dense.wgsl"), linear], sums.source()),
            Self::Conv2d(sums) => (&[include_str!("shaders/conv2d.wgsl"), linear], sums.source()),
            Self::MaxPool => (&[include_str!("shaders/max_pool.wgsl")], pointwise),
            Self::Add => (&[include_str!("shaders/add.wgsl")], pointwise),
            Self::Requantise => (&[include_str!("shaders/requantise.wgsl")], pointwise),
            Self::Lut => (&[include_str!("shaders/lut.wgsl")], pointwise),
            Self::Act => (&[include_str!("shaders/act.wgsl")], pointwise),
            Self::Argmax => (&[include_str!("shaders/argmax.wgsl")], &[]),
            Self::Copy => (&[include_str!("shaders/copy.wgsl")], pointwise),
        };
        [&[include_str!("shaders/common.wgsl")], own, frame].concat().concat()
    }

    /// Workgroups that the operation is worth.
    pub(crate) fn groups(self, record: Record<'_>) -> u64 {
        match self {
            Self::Dense(sums) | Self::Conv2d(sums) => sums.groups(record),
            Self::Argmax => record.words(),
            _ => record.words().div_ceil(LANES),
        }
    }
}
