use crate::{
    Commitment, Cost, HEADER_OP, Limits, Malformed, Place, Rule, SPEC_ID, Work,
    adjudicate::{Lengths, longest},
    layout::{Descriptor, Header, RECORD_BYTES},
    step::Step,
    trace::Trace,
};
use std::ops::Range;

/// A graph without its weights: what it reads and writes, and where in a trace. It keeps every rule but those on the values of scale
/// records and weights (G13, G14), which have to be seen for that.
#[derive(Clone, Debug)]
pub struct Plan {
    pub(crate) steps: Vec<Step>,
    pub(crate) input_bytes: usize,
    pub(crate) trace_bytes: usize,
    pub(crate) graph_bytes: usize,
    pub(crate) weights_bytes: u64,
    pub(crate) cost: Cost,
}

impl Plan {
    /// Reads header and descriptors, and nothing after them, of the larger profile ([`Limits::DISPUTED`]).
    pub fn read(graph: &[u8]) -> Result<Self, Malformed> {
        let limits = Limits::DISPUTED;
        let header = graph.first_chunk::<RECORD_BYTES>().ok_or(Rule::Header);
        let header = header.and_then(Header::decode).and_then(|header| {
            header.check(&limits)?;
            let long = header.weights_bytes > limits.image_bytes;
            if long || header.graph_bytes() != graph.len() as u64 { Err(Rule::Length) } else { Ok(header) }
        });
        Self::of(&header.map_err(Malformed::header)?, graph, &limits)
    }

    /// Of a header that was checked, and the graph that it heads.
    pub(crate) fn of(header: &Header, graph: &[u8], limits: &Limits) -> Result<Self, Malformed> {
        let input_bytes = header.input_bytes as usize;
        let weights = graph.len()..graph.len() + header.weights_bytes as usize;
        let mut trace = Trace::with_input(input_bytes, limits.trace_bytes);
        let mut steps = Vec::with_capacity(header.ops as usize);
        let mut cost = Cost::default();
        let (records, _) = graph[RECORD_BYTES..].as_chunks::<RECORD_BYTES>();
        for (op, raw) in (0..HEADER_OP).zip(records) {
            let fault = |rule| Malformed { rule, op };
            let descriptor = Descriptor::decode(raw).map_err(fault)?;
            let step = Step::read(&descriptor, &mut trace, &weights).map_err(fault)?;
            cost = cost.add(step.cost());
            cost.trace = trace.len() as u64;
            if cost.macs > limits.macs {
                return Err(fault(Rule::Macs));
            }
            if cost.work() > limits.work {
                return Err(fault(Rule::Work));
            }
            if cost.weights > limits.weights {
                return Err(fault(Rule::WeightReads));
            }
            steps.push(step);
        }
        let trace_bytes = trace.len();
        let weights_bytes = header.weights_bytes;
        // Last, because paths are as deep as the whole trace.
        let lengths = Lengths { graph: graph.len(), weights: weights_bytes, trace: trace_bytes };
        let long = (0..HEADER_OP).zip(&steps).find(|(_, step)| longest(step, &lengths) > limits.proof);
        if let Some((op, _)) = long {
            return Err(Malformed { rule: Rule::Proof, op });
        }
        Ok(Self { steps, input_bytes, trace_bytes, graph_bytes: graph.len(), weights_bytes, cost })
    }

    /// What the model commits to whose graph this is, `graph` being the bytes that it was read from.
    pub fn commitment(&self, graph: &[u8], weights_root: [u8; 32], weights_t_root: [u8; 32]) -> Commitment {
        Commitment {
            weights_root,
            weights_len: self.weights_bytes,
            weights_t_root,
            graph_root: blake3::hash(graph).into(),
            graph_len: graph.len() as u64,
            spec_id: SPEC_ID,
        }
    }

    /// Exact input length in bytes.
    pub fn input_bytes(&self) -> usize {
        self.input_bytes
    }

    /// Length of a trace in bytes.
    pub fn trace_bytes(&self) -> usize {
        self.trace_bytes
    }

    /// Where in a trace the answer is.
    pub fn output(&self) -> Range<usize> {
        self.steps.last().map_or(0, |step| step.out_base)..self.trace_bytes
    }

    /// The element that a byte of a trace belongs to, which is what a challenger looks for who found the first byte that
    /// differs. `None` beyond the end.
    pub fn place(&self, byte: usize) -> Option<Place> {
        let inside = (byte < self.trace_bytes).then_some(byte)?;
        let Some(op) = self.steps.partition_point(|step| step.out_base <= inside).checked_sub(1) else {
            return Some(Place { op: Place::INPUT, element: inside as u64 });
        };
        let step = &self.steps[op];
        let (offset, width) = (inside - step.out_base, step.out.bytes());
        // Numbers after the last element's are bytes of the padding (J7).
        let element =
            offset.checked_sub(step.out_bytes).map_or(offset / width, |beyond| step.out_bytes / width + beyond);
        Some(Place { op: op as u32, element: element as u64 })
    }

    /// The input and the answer that are in a trace, and all of it. `None` where it has another length than the graph's.
    pub fn work<'a>(&self, trace: &'a [u8]) -> Option<Work<&'a [u8]>> {
        let inside = (trace.len() == self.trace_bytes).then_some(trace)?;
        Some(Work { input: &inside[..self.input_bytes], trace, output: &inside[self.output()] })
    }

    /// Length of the weights section in bytes.
    pub fn weights_bytes(&self) -> u64 {
        self.weights_bytes
    }

    /// What one inference takes.
    pub fn cost(&self) -> Cost {
        self.cost
    }
}
