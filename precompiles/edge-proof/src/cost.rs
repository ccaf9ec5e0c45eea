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

impl Cost {
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
