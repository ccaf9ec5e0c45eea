use crate::{
    Element, Operation, Window,
    step::{Geometry, Op, Step},
    trace::View,
};

/// An operation, with the dimensions that its record gives it.
#[derive(Clone, Debug)]
pub struct Formula {
    /// As the specification calls it, such as `CONV2D`.
    pub name: &'static str,
    /// The specification's rule, such as `G25`.
    pub rule: &'static str,
    /// Places; those of constants are of the weights section.
    pub operation: Operation,
    /// Vectors of the output (pixels, for windows).
    pub count: usize,
    /// Elements of each.
    pub n: usize,
    /// Elements of a weight row or rows of a table; 0 where it has neither.
    pub k: usize,
    pub first: Option<Operand>,
    pub second: Option<Operand>,
    /// How windows lie on an image, where it has them.
    pub window: Option<Window>,
    /// What a window reads outside its image.
    pub pad_value: i8,
    /// Between which values the output is; all zero where the record does not say.
    pub clamp: (i32, i32),
    /// Whatever else the record says.
    pub parameters: Vec<(&'static str, usize)>,
    pub(super) op: Op,
}

/// Vectors in the trace, which an operation reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operand {
    /// Byte of the trace where the first begins.
    pub base: usize,
    /// Bytes from the start of one to that of the next.
    pub stride: usize,
    /// How many there are.
    pub count: usize,
    /// Elements of each.
    pub len: usize,
    pub element: Element,
}

impl Operand {
    const fn of(view: &View) -> Option<Self> {
        let View { base, stride, count, len, element } = *view;
        if len == 0 { None } else { Some(Self { base, stride, count, len, element }) }
    }
}

impl Formula {
    pub(super) fn of(opcode: u8, step: &Step) -> Self {
        let (name, rule) = title(&step.op);
        let geometry = match &step.op {
            Op::Conv2d(geometry) | Op::MaxPool(geometry) | Op::Block8(geometry, _) => Some(geometry),
            _ => None,
        };
        Self {
            name,
            rule,
            operation: Operation::of(opcode, step),
            count: step.count,
            n: step.n,
            k: step.k,
            first: Operand::of(&step.input),
            second: Operand::of(&step.second),
            window: geometry.map(window),
            pad_value: geometry.map_or(0, |geometry| geometry.pad_value),
            clamp: (step.lo, step.hi),
            parameters: parameters(&step.op),
            op: step.op,
        }
    }

    /// Which vector of the output an element is of, and which element of it.
    pub fn vector(&self, element: u64) -> (u64, u64) {
        let n = self.n as u64;
        (element / n, element % n)
    }
}

const fn window(geometry: &Geometry) -> Window {
    Window {
        height: geometry.height,
        width: geometry.width,
        channels: geometry.channels,
        kernel: (geometry.kernel_h, geometry.kernel_w),
        stride: (geometry.stride_y, geometry.stride_x),
        pad: (geometry.pad_top, geometry.pad_left),
        out: (geometry.out_height, geometry.out_width),
    }
}

/// Name and rule.
const fn title(op: &Op) -> (&'static str, &'static str) {
    match op {
        Op::Dense => ("DENSE", "G24"),
        Op::Conv2d(_) => ("CONV2D", "G25"),
        Op::MaxPool(_) => ("MAXPOOL", "G26"),
        Op::Add => ("ADD", "G27"),
        Op::Requantise => ("REQUANTISE", "G28"),
        Op::Lut => ("LUT", "G29"),
        Op::Act => ("ACT", "G30"),
        Op::Argmax => ("ARGMAX", "G31"),
        Op::Copy => ("COPY", "G32"),
        Op::Embed { .. } => ("EMBED", "G33"),
        Op::Norm(_) => ("NORM", "G34"),
        Op::Matmul(_) => ("MATMUL", "G35"),
        Op::Max => ("MAX", "G36"),
        Op::Sum => ("SUM", "G37"),
        Op::Exp { .. } => ("EXP", "G38"),
        Op::Divide => ("DIVIDE", "G39"),
        Op::Multiply => ("MULTIPLY", "G40"),
        Op::Rope { .. } => ("ROPE", "G41"),
        Op::Transpose => ("TRANSPOSE", "G42"),
        Op::Sample => ("SAMPLE", "G43"),
        Op::Gather => ("GATHER", "G44"),
        Op::Decrypt => ("DECRYPT", "G50"),
        Op::SquaredError => ("SQUARED_ERROR", "G51"),
        Op::Block8(..) => ("BLOCK8", "G52"),
        Op::Pixel(_) => ("PIXEL", "G53"),
        Op::Visit(_) => ("VISIT", "G54"),
    }
}

fn parameters(op: &Op) -> Vec<(&'static str, usize)> {
    match op {
        Op::Embed { counted } => vec![("counted", usize::from(*counted))],
        Op::Norm(norm) => {
            let gain = norm.gain.map(|shift| ("shift", shift as usize));
            [("centred", usize::from(norm.centred))].into_iter().chain(gain).collect()
        }
        Op::Matmul(heads) => vec![
            ("heads", heads.heads),
            ("group", heads.group),
            ("stacked", usize::from(heads.stacked)),
            ("causal", usize::from(heads.causal)),
        ],
        Op::Exp { heads } | Op::Rope { heads } => vec![("heads", *heads)],
        Op::Block8(_, shift) => vec![("shift", *shift as usize)],
        Op::Pixel(picture) => {
            vec![("height", picture.height), ("width", picture.width), ("samples", picture.samples)]
        }
        Op::Visit(visits) => vec![("visits", *visits)],
        _ => Vec::new(),
    }
}
