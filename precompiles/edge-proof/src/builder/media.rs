//! The operations on ciphertext and pictures.

use super::{Clamp, GraphBuilder, Tensor, attention::clamped};
use crate::{
    Element, Rule,
    layout::{Descriptor, opcode},
    picture::{NODE_BYTES, SCENE_BYTES, TRIANGLE_BYTES},
};

/// How the coefficients of a block become levels (G52).
#[derive(Clone, Copy, Debug)]
pub struct Quantisation<'a> {
    /// In the order of the levels, in units of `2^-shift`.
    pub multipliers: &'a [u16; 64],
    /// 1 to 20.
    pub shift: u8,
}

impl GraphBuilder {
    /// DECRYPT (G50): all vectors of `x` as one stream of ChaCha20; `key` are 32 bytes of key and 12 of nonce.
    pub fn decrypt(&mut self, x: Tensor, key: Tensor) -> Tensor {
        let d = Descriptor { op: opcode::DECRYPT, ..Descriptor::default() };
        self.vectors(d, &[x, key], (x.count, x.len, Element::I8))
    }

    /// SQUARED_ERROR (G51): of each vector of `a` from that of `b`.
    pub fn squared_error(&mut self, a: Tensor, b: Tensor) -> Tensor {
        self.require(a.count == b.count && a.len == b.len, Rule::Geometry);
        self.reduced(opcode::SQUARED_ERROR, &[a, b], Element::I32)
    }

    /// PIXEL (G53): a picture of `size` (rows, columns) of the scene that `x` is, with `samples` down and across each pixel.
    pub fn pixels(&mut self, x: Tensor, size: (usize, usize), samples: u8) -> Tensor {
        let triangles = x.len.saturating_sub(SCENE_BYTES) / TRIANGLE_BYTES;
        self.require(x.len == SCENE_BYTES + triangles * TRIANGLE_BYTES, Rule::Geometry);
        let d = Descriptor {
            op: opcode::PIXEL,
            in_type: x.element as u8,
            in_base: x.base as u64,
            n: 4,
            k: self.field(triangles),
            height: self.field(size.0),
            width: self.field(size.1),
            shift: samples,
            ..Descriptor::default()
        };
        self.push(d, (size.0 * size.1, 4, Element::I8))
    }

    /// VISIT (G54): the states of rays after `visits` more nodes of a tree.
    pub fn visit(&mut self, rays: Tensor, nodes: Tensor, visits: u8) -> Tensor {
        self.require(nodes.len == NODE_BYTES, Rule::Geometry);
        let d = Descriptor { op: opcode::VISIT, k: self.field(nodes.count), shift: visits, ..Descriptor::default() };
        self.vectors(d, &[rays, nodes], (rays.count, rays.len, Element::I32))
    }

    /// BLOCK8 (G52): the levels of every 8 by 8 block of an image of `size` (rows, columns).
    pub fn block8(&mut self, x: Tensor, size: (usize, usize), by: &Quantisation<'_>, clamp: Clamp) -> Tensor {
        let d = Descriptor {
            op: opcode::BLOCK8,
            in_type: x.element as u8,
            in_base: x.base as u64,
            n: 64,
            height: self.field(size.0),
            width: self.field(size.1),
            shift: by.shift,
            table_base: self.constant(by.multipliers.iter().flat_map(|m| m.to_le_bytes())),
            ..clamped(clamp)
        };
        self.push(d, (size.0.div_ceil(8) * size.1.div_ceil(8), 64, clamp.out))
    }
}
