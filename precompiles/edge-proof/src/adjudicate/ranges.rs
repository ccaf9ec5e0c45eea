//! What the judge reads of an element, from its operation's record alone: the twin of `evaluate`, arm for arm and in its order.

use super::source::Section;
use crate::{
    CHUNK_BYTES,
    scale::SCALE_BYTES,
    step::{Geometry, Op, Step},
    trace::View,
};

/// Readings of one kind that one element takes, each of a range of bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ranges {
    pub(super) section: Section,
    /// Where in the section one of them begins; all others begin a whole multiple of `grain` from there, which is a power of two and
    /// at most a chunk.
    pub(super) start: u64,
    pub(super) grain: u64,
    /// Bytes of one reading, at most.
    pub(super) bytes: u64,
    /// Readings of one element, at most.
    pub(super) times: u64,
    /// Within how many bytes those of one element lie, none over another; the largest number where they may lie anywhere.
    pub(super) within: u64,
}

impl Ranges {
    /// One reading. `steps` are those from one place to another, joined by OR: a power of two that divides the result divides each of
    /// them, and so whatever they add up to. Zero where there is but one place.
    const fn new(section: Section, (start, steps): (usize, usize), bytes: usize) -> Self {
        let lowest = steps.trailing_zeros();
        let grain = if lowest < CHUNK_BYTES.trailing_zeros() { 1 << lowest } else { CHUNK_BYTES };
        let bytes = bytes as u64;
        Self { section, start: start as u64, grain, bytes, times: 1, within: bytes }
    }
}

/// All that an element of the step is judged by. The step's constants are placed in an image whose graph has `graph_bytes`.
pub(super) fn ranges(step: &Step, graph_bytes: usize) -> impl Iterator<Item = Ranges> {
    let [first, second] = operands(step);
    let [weights, scale, table] = constants(step, graph_bytes);
    [first, second, weights, scale, table, Some(number(step.out.bytes()))].into_iter().flatten()
}

fn operands(step: &Step) -> [Option<Ranges>; 2] {
    let (input, second) = (&step.input, &step.second);
    let of = |view: &View| Some(number(view.element.bytes()));
    match step.op {
        Op::Dense | Op::Argmax | Op::Max | Op::Sum | Op::Norm(_) | Op::Pixel(_) => [Some(vector(input)), None],
        Op::Conv2d(g) => {
            let columns = g.kernel_w.min(g.width);
            [Some(rows(input, &g, (g.channels, columns * g.channels))), None]
        }
        // From the first column's channel to the last one's.
        Op::MaxPool(g) => {
            let columns = g.kernel_w.min(g.width);
            [Some(rows(input, &g, (1, (columns - 1) * g.channels + 1))), None]
        }
        Op::Block8(g, _) => [Some(rows(input, &g, (8, g.kernel_w.min(g.width)))), None],
        Op::Add | Op::Multiply | Op::Exp { .. } | Op::Divide | Op::Gather => [of(input), of(second)],
        // Copies are of one operand or the other, whose elements are of one type.
        Op::Requantise | Op::Act | Op::Lut | Op::Copy | Op::Transpose => [of(input), None],
        Op::Embed { counted } => [if counted { None } else { of(input) }, None],
        Op::Rope { .. } => [of(input), of(input)],
        Op::Decrypt => [of(input), Some(vector(second))],
        Op::Sample | Op::SquaredError => [Some(vector(input)), Some(vector(second))],
        // A node may be visited many times, and each time is an opening.
        Op::Visit(visits) => {
            let nodes = Ranges { times: visits as u64, within: u64::MAX, ..vector(second) };
            [Some(vector(input)), Some(nodes)]
        }
        Op::Matmul(_) => [Some(part(input, step.k)), Some(part(second, step.k))],
    }
}

/// Of the weight row, the scale record and the table's entry.
fn constants(step: &Step, graph_bytes: usize) -> [Option<Ranges>; 3] {
    let one_of = |count: usize, place: usize, bytes: usize| {
        let range = || Ranges::new(Section::Weights, (place - graph_bytes, if count > 1 { bytes } else { 0 }), bytes);
        (count > 0).then(range)
    };
    let weights = match step.op {
        Op::Dense | Op::Conv2d(_) => one_of(step.n, step.weights, step.k),
        Op::Embed { .. } => one_of(step.weight_bytes, step.weights, 1),
        _ => None,
    };
    let entry_bytes = match step.op {
        Op::Exp { .. } | Op::Embed { .. } | Op::Block8(..) => 2,
        Op::Norm(_) | Op::Rope { .. } => 4,
        _ => 1,
    };
    let table = one_of(step.table_bytes / entry_bytes, step.table, entry_bytes);
    [weights, one_of(step.records, step.scales, SCALE_BYTES), table]
}

/// One element of `width` bytes: by G9 and G10 each begins at a multiple of its length.
const fn number(width: usize) -> Ranges {
    Ranges::new(Section::Trace, (0, width), width)
}

/// A whole vector.
const fn vector(view: &View) -> Ranges {
    Ranges::new(Section::Trace, (view.base, stride(view)), view.len * view.element.bytes())
}

/// `len` elements of a vector that is made of such parts.
const fn part(view: &View, len: usize) -> Ranges {
    let bytes = len * view.element.bytes();
    Ranges::new(Section::Trace, (view.base, stride(view) | bytes), bytes)
}

const fn stride(view: &View) -> usize {
    if view.count > 1 { view.stride } else { 0 }
}

/// A window's rows: `bytes` of each row of the image that it meets, which begin at multiples of `unit` in it.
const fn rows(image: &View, g: &Geometry, (unit, bytes): (usize, usize)) -> Ranges {
    let rows = if g.kernel_h < g.height { g.kernel_h } else { g.height };
    let pitch = g.width * g.channels;
    let row = Ranges::new(Section::Trace, (image.base, unit | pitch), bytes);
    Ranges { times: rows as u64, within: ((rows - 1) * pitch + bytes) as u64, ..row }
}
