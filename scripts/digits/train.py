"""Trains the digits net, quantises it and writes tests/data/digits.

    python3 -m venv venv && venv/bin/pip install -r scripts/digits/requirements.txt
    venv/bin/python scripts/digits/train.py

The float net is 64-96-10 with ReLU. The integer net takes the 64 pixels (0 to 16) as they are and answers with ten
scores (i8) and then the class. Hyperparameters are fixed here and were not chosen on the test split; scales are
calibrated on training images only. Everything is seeded and single-threaded, so a second run writes the same bytes.
"""

import hashlib
import os
import sys
from pathlib import Path

sys.dont_write_bytecode = True
os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

import eig

SEED = 20260710
HIDDEN = 96
TEST_IMAGES = 450
OUT = Path(__file__).resolve().parents[2] / "tests" / "data" / "digits"


def shifted(images):
    """The images and their four one-pixel shifts."""
    grid = images.reshape(-1, 8, 8)
    moves = [grid, np.zeros_like(grid), np.zeros_like(grid), np.zeros_like(grid), np.zeros_like(grid)]
    moves[1][:, 1:] = grid[:, :-1]
    moves[2][:, :-1] = grid[:, 1:]
    moves[3][:, :, 1:] = grid[:, :, :-1]
    moves[4][:, :, :-1] = grid[:, :, 1:]
    return np.concatenate(moves).reshape(-1, 64)


def train(images, labels):
    net = MLPClassifier(
        (HIDDEN,), alpha=1e-2, learning_rate_init=2e-3, batch_size=64, max_iter=60, tol=0.0, random_state=SEED
    )
    return net.fit(shifted(images) / 16.0, np.tile(labels, 5))


def quantise(net, images):
    """Integer layers from float ones: per-row weight scales, activation ranges from `images`."""
    (w1, w2), (b1, b2) = (w.T for w in net.coefs_), net.intercepts_
    x = images / 16.0
    hidden = np.maximum(x @ w1.T + b1, 0)
    logits = hidden @ w2.T + b2
    hidden_lsb = hidden.max() / 127
    logit_lsb = np.abs(logits).max() / 16_000
    score_lsb = np.abs(logits).max() / 127
    first = eig.Linear.quantised(w1, b1, in_lsb=1 / 16, out_lsb=hidden_lsb)
    second = eig.Linear.quantised(w2, b2, in_lsb=hidden_lsb, out_lsb=logit_lsb)
    return eig.Mlp(first, second, eig.Scale.of_ratio(logit_lsb / score_lsb))


def main():
    digits = load_digits()
    x, y = digits.data.astype(np.int64), digits.target
    assert x.shape == (1797, 64) and x.min() == 0 and x.max() == 16
    x_train, x_test, y_train, y_test = train_test_split(
        x, y, test_size=TEST_IMAGES, random_state=SEED, stratify=y, shuffle=True
    )
    net = train(x_train, y_train)
    model = quantise(net, x_train)
    outputs = np.array([model.infer([int(p) for p in image]) for image in x_test])

    float_accuracy = float(net.score(x_test / 16.0, y_test))
    integer_accuracy = float((outputs[:, -1] == y_test).mean())
    print(f"float {float_accuracy:.4f}, integer {integer_accuracy:.4f} on {len(x_test)} held-back images")
    assert integer_accuracy >= 0.96 and abs(float_accuracy - integer_accuracy) <= 0.01, "nothing was written"

    OUT.mkdir(parents=True, exist_ok=True)
    files = {
        "model.eig": model.image(),
        "test.bin": b"".join(bytes([*map(int, image), int(label)]) for image, label in zip(x_test, y_test)),
        "expected.bin": b"".join(bytes(int(v) & 0xFF for v in row) for row in outputs),
    }
    for name, data in files.items():
        (OUT / name).write_bytes(data)
    seen = {image.tobytes() for image in x_train}
    provenance(files, {
        "train": len(x_train),
        "test": len(x_test),
        "duplicates": sum(image.tobytes() in seen for image in x_test),
        "float": float_accuracy,
        "integer": integer_accuracy,
    })


def provenance(files, figures):
    hashes = "\n".join(f"| `{n}` | {len(d):,} | `{hashlib.sha256(d).hexdigest()}` |" for n, d in files.items())
    (OUT / "PROVENANCE.md").write_text(f"""# Handwritten digits

Written by `scripts/digits/train.py`; do not edit by hand.

**Data.** Optical Recognition of Handwritten Digits, E. Alpaydin and C. Kaynak, UCI Machine Learning Repository, 1998,
https://doi.org/10.24432/C50P49, licence CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/). The 1,797 images of 8×8 pixels,
each 0 to 16, are those that scikit-learn carries as `sklearn.datasets.load_digits` (UCI's test part). Changes made: a seeded,
stratified split; nothing else.

**Split.** {figures["train"]:,} images for training and calibration, {figures["test"]} held back and never seen by either
({figures["duplicates"]} of them equal a training image).

**Net.** 64-{HIDDEN}-10 with ReLU, trained in floats on the training images and their one-pixel shifts, then quantised to EIG/1 with a
scale for every weight row. Input: 64 pixels. Output: ten scores (i8), then the class (one byte).

| held-back images | accuracy |
|---|---|
| float net | {figures["float"]:.4f} |
| integer net | {figures["integer"]:.4f} |

**Files.** `model.eig`: the model image. `test.bin`: for each held-back image 64 pixel bytes and its label.
`expected.bin`: for each, the 11 output bytes that exact integer arithmetic in Python gives; the kernel must give the same.

| file | bytes | SHA-256 |
|---|---|---|
{hashes}
""")


if __name__ == "__main__":
    main()
