"""A small EIG/1 writer and reference: the image format and the integer arithmetic of the specification
(precompiles/edge-proof/src/lib.rs), in Python's unbounded integers."""

import math
import struct
from dataclasses import dataclass

I8, I16 = 1, 2
DENSE, REQUANTISE, ARGMAX, COPY = 1, 5, 8, 9
ONE_SCALE = 1


@dataclass
class Scale:
    """G20."""

    bias: int
    m: int
    s: int
    pre: int
    zp: int = 0

    @staticmethod
    def of_ratio(ratio, bias=0):
        """The scale nearest to `ratio`: m * 2^(pre - s) with m in [2^14, 2^15)."""
        fraction, exponent = math.frexp(ratio)
        m = round(fraction * (1 << 15))
        if m == 1 << 15:
            m, exponent = 1 << 14, exponent + 1
        shift = 15 - exponent
        pre = max(0, 16 - shift)
        assert pre <= 7 and shift + pre <= 31, ratio
        return Scale(int(bias), m, shift + pre, pre)

    def requantise(self, total, lo, hi):
        """G21."""
        a = (total + self.bias) << self.pre
        assert -(1 << 31) <= a < 1 << 31
        t = (a >> 16) * self.m + (((a & 0xFFFF) * self.m + 0x8000) >> 16)
        r = 1 << (self.s - 17) if self.s > 16 else 0
        return min(max(((t + r) >> (self.s - 16)) + self.zp, lo), hi)

    def encode(self):
        return struct.pack("<iHBb", self.bias, self.m, (self.s - 16) | self.pre << 4, self.zp)


@dataclass
class Linear:
    """A DENSE operation (G24): rows of int8 weights and a scale for each."""

    weights: list
    scales: list

    @staticmethod
    def quantised(weights, biases, in_lsb, out_lsb):
        rows, scales = [], []
        for row, bias in zip(weights, biases):
            lsb = max(abs(row)) / 127
            rows.append([round(float(w) / lsb) for w in row])
            scales.append(Scale.of_ratio(lsb * in_lsb / out_lsb, bias=round(float(bias) / (lsb * in_lsb))))
        return Linear(rows, scales)

    def __call__(self, x, lo, hi):
        sums = (sum(w * v for w, v in zip(row, x, strict=True)) for row in self.weights)
        return [scale.requantise(total, lo, hi) for scale, total in zip(self.scales, sums)]


@dataclass
class Mlp:
    """dense + ReLU, dense to i16, argmax, scores to i8, scores and class together."""

    first: Linear
    second: Linear
    score: Scale

    def infer(self, pixels):
        hidden = self.first(pixels, 0, 127)
        logits = self.second(hidden, -32768, 32767)
        best = max(range(len(logits)), key=lambda i: (logits[i], -i))
        return [self.score.requantise(v, -128, 127) for v in logits] + [best]

    def image(self):
        inputs, hidden, classes = len(self.first.weights[0]), len(self.second.weights[0]), len(self.second.weights)
        graph = Graph(inputs)
        x = graph.place(inputs)
        h = graph.place(hidden)
        logits = graph.place(2 * classes)
        best = graph.place(1)
        scores = graph.place(classes)
        out = graph.place(classes + 1)
        for layer, (src, dst), (types, width), (lo, hi) in [
            (self.first, (x, h), ((I8, I8), 1), (0, 127)),
            (self.second, (h, logits), ((I8, I16), 2), (-32768, 32767)),
        ]:
            k, n = len(layer.weights[0]), len(layer.weights)
            weights = graph.constant(b"".join(struct.pack(f"<{k}b", *row) for row in layer.weights))
            scales = graph.constant(b"".join(scale.encode() for scale in layer.scales))
            graph.op(DENSE, types, src=src, dst=dst, weights=weights, scales=scales,
                     strides=(k, 0, n * width), k=k, n=n, lo=lo, hi=hi)
        graph.op(ARGMAX, (I16, I8), src=logits, dst=best, strides=(2 * classes, 0, 1), n=classes)
        graph.op(REQUANTISE, (I16, I8), flags=ONE_SCALE, src=logits, dst=scores,
                 scales=graph.constant(self.score.encode()), strides=(2 * classes, 0, classes),
                 n=classes, lo=-128, hi=127)
        graph.op(COPY, (I8, I8), second=(I8, best), src=scores, dst=out,
                 strides=(classes, 1, classes + 1), k=1, n=classes)
        return graph.image()


class Graph:
    """Header, descriptors (G1, G6) and the weights section."""

    def __init__(self, input_bytes):
        self.input_bytes, self.end, self.ops, self.weights = input_bytes, 0, [], b""

    def place(self, size):
        """The next tensor's base: multiples of 64 (G10)."""
        base = -(-self.end // 64) * 64
        self.end = base + size
        return base

    def constant(self, data):
        base = len(self.weights)
        self.weights += data
        return base

    def op(self, code, types, *, src, dst, strides, n, second=(0, 0), flags=0, weights=0, scales=0, k=0, lo=0, hi=0):
        record = struct.pack("<5B3x", code, flags, types[0], second[0], types[1])
        record += struct.pack("<6Q", src, second[1], dst, weights, scales, 0)
        record += struct.pack("<6I2i", *strides, 1, k, n, lo, hi)
        self.ops.append(record.ljust(128, b"\0"))

    def image(self):
        header = struct.pack("<4sHHIIQQ", b"EIG1", 1, 0, 1, len(self.ops), self.input_bytes, len(self.weights))
        return header.ljust(128, b"\0") + b"".join(self.ops) + self.weights
