/// What one inference takes, counted from the graph alone. All counts are exact and bounded by the crate's limits, so
/// sums of products with small prices do not overflow u64.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Operations of the graph.
    pub ops: u64,
    /// Multiply-accumulates.
    pub macs: u64,
    /// Operand elements gathered: window positions, patch elements, both sides of an addition, copied elements.
    pub reads: u64,
    /// Contiguous runs of operand elements: vectors; and every window, with its kernel rows (convolution) or positions
    /// (pool).
    pub rows: u64,
    /// Elements written.
    pub outputs: u64,
    /// Those of them that are sums of products, of DENSE and CONV2D.
    pub dots: u64,
    /// Scale records checked and used, one per row and channel and operation.
    pub scales: u64,
    /// Weight bytes read by the operations; shared weights count each time.
    pub weights: u64,
    /// Bytes of the trace: memory that an inference touches.
    pub trace: u64,
}

/// Multiply-accumulates of one unit.
const MACS_PER_UNIT: u64 = 100;
/// Operand elements of one unit.
const READS_PER_UNIT: u64 = 4;
/// Each run of operand elements: finding it costs more than reading a short one.
const ROW: u64 = 3;
/// Each sum of products: adding up the lanes, requantising, storing.
const DOT: u64 = 1;
/// Output elements of one unit, sums of products among them.
const OUTPUTS_PER_UNIT: u64 = 4;
/// Bytes of the trace for one unit: fresh memory.
const TRACE_PER_UNIT: u64 = 32;
/// Each operation of the graph, checked against its weights and started.
const OP: u64 = 40;
/// Each scale record, checked and unpacked.
const SCALE: u64 = 1;
/// Weight bytes of one unit: read from memory that no cache holds, and summed where a row could overflow.
const WEIGHTS_PER_UNIT: u64 = 100;

impl Cost {
    /// Work of one inference on a checked model, in units that take a core with AVX2 at most 10 ns, whatever they are made of.
    pub const fn running(&self) -> u64 {
        let sums = self.macs.div_ceil(MACS_PER_UNIT).saturating_add(self.dots.saturating_mul(DOT));
        let reads = self.reads.div_ceil(READS_PER_UNIT).saturating_add(self.rows.saturating_mul(ROW));
        let memory = self.outputs.div_ceil(OUTPUTS_PER_UNIT).saturating_add(self.trace.div_ceil(TRACE_PER_UNIT));
        sums.saturating_add(reads).saturating_add(memory)
    }

    /// Work of checking the weights, in the same units.
    pub const fn checking(&self) -> u64 {
        let records = self.ops.saturating_mul(OP).saturating_add(self.scales.saturating_mul(SCALE));
        records.saturating_add(self.weights.div_ceil(WEIGHTS_PER_UNIT))
    }

    /// All of it (G17).
    pub const fn work(&self) -> u64 {
        self.checking().saturating_add(self.running())
    }

    pub(crate) fn add(self, other: Self) -> Self {
        Self {
            ops: self.ops.saturating_add(other.ops),
            macs: self.macs.saturating_add(other.macs),
            reads: self.reads.saturating_add(other.reads),
            rows: self.rows.saturating_add(other.rows),
            outputs: self.outputs.saturating_add(other.outputs),
            dots: self.dots.saturating_add(other.dots),
            scales: self.scales.saturating_add(other.scales),
            weights: self.weights.saturating_add(other.weights),
            trace: self.trace.saturating_add(other.trace),
        }
    }
}
