//! What the host reads of a descriptor record (the shaders read the rest themselves).

/// Bytes of a step as shaders see it: the record, and what [`Record::step`] adds.
pub(crate) const STEP_BYTES: usize = 144;

/// Codes of operations.
pub(crate) mod code {
    pub(crate) const DENSE: u8 = 1;
    pub(crate) const CONV2D: u8 = 2;
    pub(crate) const MAX_POOL: u8 = 3;
    pub(crate) const ADD: u8 = 4;
    pub(crate) const REQUANTISE: u8 = 5;
    pub(crate) const LUT: u8 = 6;
    pub(crate) const ACT: u8 = 7;
    pub(crate) const ARGMAX: u8 = 8;
    pub(crate) const COPY: u8 = 9;
    pub(crate) const EMBED: u8 = 16;
    pub(crate) const NORM: u8 = 17;
    pub(crate) const MATMUL: u8 = 18;
    pub(crate) const MAX: u8 = 19;
    pub(crate) const SUM: u8 = 20;
    pub(crate) const EXP: u8 = 21;
    pub(crate) const DIVIDE: u8 = 22;
    pub(crate) const MULTIPLY: u8 = 23;
    pub(crate) const ROPE: u8 = 24;
    pub(crate) const TRANSPOSE: u8 = 25;
    pub(crate) const SAMPLE: u8 = 26;
    pub(crate) const GATHER: u8 = 27;
    pub(crate) const DECRYPT: u8 = 64;
    pub(crate) const SQUARED_ERROR: u8 = 65;
    pub(crate) const BLOCK8: u8 = 66;
    pub(crate) const PIXEL: u8 = 67;
    pub(crate) const VISIT: u8 = 68;
}

/// A descriptor of a checked model.
#[derive(Clone, Copy)]
pub(crate) struct Record<'a>(pub(crate) &'a [u8; 128]);

impl Record<'_> {
    pub(crate) fn code(&self) -> u8 {
        self.0[0]
    }

    /// Bytes of an element of the output: 1, 2 or 4.
    pub(crate) fn width(&self) -> u64 {
        self.0[4].into()
    }

    /// Output vectors.
    pub(crate) fn vectors(&self) -> u64 {
        match self.code() {
            code::CONV2D | code::MAX_POOL => self.half(100) * self.half(102),
            code::PIXEL => self.half(88) * self.half(90),
            code::BLOCK8 => self.half(88).div_ceil(8) * self.half(90).div_ceil(8),
            _ => self.word(68),
        }
    }

    /// Elements of an output vector.
    pub(crate) fn row(&self) -> u64 {
        match self.code() {
            code::ARGMAX | code::MAX | code::SUM | code::SQUARED_ERROR | code::SAMPLE => 1,
            code::COPY => self.word(76) + self.word(72),
            code::MATMUL => self.word(76) * self.half(106),
            _ => self.word(76),
        }
    }

    /// Elements of the output. Model and limits keep them in 32 bits, as [`crate::Program`] checks the trace's length before.
    pub(crate) fn elements(&self) -> u64 {
        self.vectors() * self.row()
    }

    /// Words of the output, the last one perhaps in part.
    pub(crate) fn words(&self) -> u64 {
        (self.elements() * self.width()).div_ceil(4)
    }

    /// Whether every output vector starts at a word.
    pub(crate) fn vectors_start_at_words(&self) -> bool {
        (self.row() * self.width()).is_multiple_of(4)
    }

    /// Of a linear operation: whether every row of weights and every run of an operand is of whole words.
    pub(crate) fn whole_words(&self) -> bool {
        let run = if self.code() == code::CONV2D { self.half(92) } else { self.word(56) };
        // Upper halves of places do not matter here.
        [self.word(32), self.word(72), self.word(8), run].iter().all(|bytes| bytes.is_multiple_of(4))
    }

    /// Vectors that together fill whole words: 1, 2 or 4.
    pub(crate) fn vectors_to_a_word(&self) -> u64 {
        match (self.row() * self.width()) % 4 {
            0 => 1,
            2 => 2,
            _ => 4,
        }
    }

    /// The step as shaders see it.
    pub(crate) fn step(&self) -> [u8; STEP_BYTES] {
        let mut step = [0; STEP_BYTES];
        step[..128].copy_from_slice(self.0);
        let more = [self.elements(), self.vectors(), self.row()];
        for (slot, value) in step[128..].as_chunks_mut::<4>().0.iter_mut().zip(more) {
            *slot = (value as u32).to_le_bytes();
        }
        step
    }

    fn word(&self, at: usize) -> u64 {
        u32::from_le_bytes(std::array::from_fn(|i| self.0[at + i])).into()
    }

    fn half(&self, at: usize) -> u64 {
        u16::from_le_bytes(std::array::from_fn(|i| self.0[at + i])).into()
    }
}
