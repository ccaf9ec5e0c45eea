//! The trace as an address space (G9–G11): which bytes hold which tensor, and between which values.

use crate::{Element, Rule};

/// Outputs start at multiples of this.
pub(crate) const ALIGN: usize = 64;

/// A tensor's place in the trace, and the bounds of its elements.
#[derive(Clone, Copy, Debug)]
struct Extent {
    base: usize,
    bytes: usize,
    element: Element,
    lo: i32,
    hi: i32,
}

/// An operand: `count` vectors of `len` elements, `stride` bytes apart. Zero `len` is no operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct View {
    pub(crate) base: usize,
    pub(crate) stride: usize,
    pub(crate) count: usize,
    pub(crate) len: usize,
    pub(crate) element: Element,
}

impl View {
    pub(crate) const NONE: Self = Self { base: 0, stride: 0, count: 0, len: 0, element: Element::I8 };

    /// After its last byte, which may be after any trace's.
    pub(crate) fn end(&self) -> u128 {
        let beyond_first = (self.count as u128).saturating_sub(1) * self.stride as u128;
        self.base as u128 + beyond_first + self.len as u128 * self.element.bytes() as u128
    }

    /// Bytes of vector `i`.
    #[inline(always)]
    pub(crate) fn row<'a>(&self, trace: &'a [u8], i: usize) -> &'a [u8] {
        let start = self.base + i * self.stride;
        &trace[start..start + self.len * self.element.bytes()]
    }
}

/// The tensors written so far, by rising base.
#[derive(Debug)]
pub(crate) struct Trace {
    extents: Vec<Extent>,
    limit: u64,
}

impl Trace {
    /// A trace of at most `limit` bytes, with the input at its front.
    pub(crate) fn with_input(bytes: usize, limit: u64) -> Self {
        Self { extents: vec![Extent { base: 0, bytes, element: Element::I8, lo: -128, hi: 127 }], limit }
    }

    /// Checks a view against G9 and gives the bounds of its elements.
    pub(crate) fn operand(&self, view: &View) -> Result<(i32, i32), Rule> {
        let after = self.extents.partition_point(|extent| extent.base <= view.base);
        let extent = &self.extents[after - 1];
        let is_input = after == 1;
        if view.element != extent.element && !is_input {
            return Err(Rule::Types);
        }
        let width = view.element.bytes();
        let offset = view.base - extent.base;
        if view.end() > (extent.base + extent.bytes) as u128
            || !offset.is_multiple_of(width)
            || !view.stride.is_multiple_of(width)
        {
            return Err(Rule::Operand);
        }
        Ok(if is_input { view.element.range() } else { (extent.lo, extent.hi) })
    }

    pub(crate) const fn limit(&self) -> u64 {
        self.limit
    }

    /// The only place for the next output (G10).
    pub(crate) fn next_base(&self) -> usize {
        self.len().next_multiple_of(ALIGN)
    }

    /// End of the last tensor, in bytes.
    pub(crate) fn len(&self) -> usize {
        self.extents.last().map_or(0, |extent| extent.base + extent.bytes)
    }

    /// Appends an output at `next_base` (G11).
    pub(crate) fn push(&mut self, bytes: usize, element: Element, (lo, hi): (i32, i32)) -> Result<(), Rule> {
        let base = self.next_base();
        if (base as u64).saturating_add(bytes as u64) > self.limit {
            return Err(Rule::TraceSize);
        }
        self.extents.push(Extent { base, bytes, element, lo, hi });
        Ok(())
    }
}
