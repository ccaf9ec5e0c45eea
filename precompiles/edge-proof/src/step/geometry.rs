use crate::{Element, Rule, layout::Descriptor, trace::View};

/// Windows over an image in `[height][width][channels]` order (G25).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Geometry {
    pub(crate) height: usize,
    pub(crate) width: usize,
    pub(crate) channels: usize,
    pub(crate) kernel_h: usize,
    pub(crate) kernel_w: usize,
    pub(crate) stride_y: usize,
    pub(crate) stride_x: usize,
    pub(crate) pad_top: usize,
    pub(crate) pad_left: usize,
    pub(crate) out_height: usize,
    pub(crate) out_width: usize,
    pub(crate) pad_value: i8,
}

impl Geometry {
    /// G8 for windows. Dimensions have at most 16 bits, so products of three fit 64.
    pub(super) fn read(d: &Descriptor) -> Result<Self, Rule> {
        let g = Self {
            height: d.height.into(),
            width: d.width.into(),
            channels: d.channels.into(),
            kernel_h: d.kernel_h.into(),
            kernel_w: d.kernel_w.into(),
            stride_y: d.stride_y.into(),
            stride_x: d.stride_x.into(),
            pad_top: d.pad_top.into(),
            pad_left: d.pad_left.into(),
            out_height: d.out_height.into(),
            out_width: d.out_width.into(),
            pad_value: d.pad_value,
        };
        let dims = [g.height, g.width, g.channels, g.kernel_h, g.kernel_w];
        let steps = [g.stride_y, g.stride_x, g.out_height, g.out_width];
        let overlaps = g.pad_top < g.kernel_h
            && g.pad_left < g.kernel_w
            && (g.out_height.max(1) - 1) * g.stride_y < g.height + g.pad_top
            && (g.out_width.max(1) - 1) * g.stride_x < g.width + g.pad_left;
        if dims.contains(&0) || steps.contains(&0) || !overlaps {
            return Err(Rule::Geometry);
        }
        Ok(g)
    }

    /// G52: blocks of 8 by 8 that cover an image of one channel.
    pub(super) fn blocks(d: &Descriptor) -> Result<Self, Rule> {
        let (height, width) = (usize::from(d.height), usize::from(d.width));
        if height == 0 || width == 0 {
            return Err(Rule::Geometry);
        }
        Ok(Self {
            height,
            width,
            channels: 1,
            kernel_h: 8,
            kernel_w: 8,
            stride_y: 8,
            stride_x: 8,
            pad_top: 0,
            pad_left: 0,
            out_height: height.div_ceil(8),
            out_width: width.div_ceil(8),
            pad_value: 0,
        })
    }

    pub(crate) fn pixels(&self) -> usize {
        self.out_height * self.out_width
    }

    pub(super) fn input(&self, base: usize, element: Element) -> View {
        let len = self.height * self.width * self.channels;
        View { base, stride: 0, count: 1, len, element }
    }
}
