"""How networks read drawings that are prepared as usual, and as here.

    python -m benchmarks.recipes --data DIR WEIGHTS…

For each of the weights, as `train.py --recipe` writes them: the accuracy on MNIST's test images beside its
author's, and on the drawings of PenDigits' 14 test writers in three forms:

- as drawn: the whole tablet of 500×500 as the pad, white; on it the drawing where its writer put it, dark,
  with a pen of 20; the pad scaled to 28×28, as many demos do;
- inverted: the same, light on dark like MNIST;
- prepared: by this project's `strokes.draw` and `to_mnist`.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor

from lenet.datasets import mnist, pendigits
from lenet.learning import measuring
from lenet.learning.recipes import RECIPES
from lenet.network import checkpoint
from lenet.network.record import Record, load_record
from lenet.synthesis.drawings import to_image

PAD, PEN = 500, 20


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Measure networks on drawings in three forms.")
    parser.add_argument("weights", type=Path, nargs="+", help="files of `train.py --recipe`")
    parser.add_argument(
        "--data", type=Path, default=Path("data"), help="folder of the data sets (default: data)"
    )
    options = parser.parse_args()
    sets = _sets(options.data)
    print(f"| recipe | MNIST, reported | {' | '.join(sets)} |")
    print("| --- " * (2 + len(sets)) + "|")
    for path in options.weights:
        print(_row(path, sets))


def _row(path: Path, sets: dict[str, tuple[Tensor, Tensor]]) -> str:
    network = checkpoint.load(path)
    entries = load_record(path)
    record, recipe = Record.from_json(entries, path.with_suffix(".json")), entries["recipe"]
    reported = RECIPES[recipe].reported
    scores = [measuring.evaluate(network, record, images, labels) for images, labels in sets.values()]
    figures = " | ".join(f"{score.accuracy:.2f} ± {score.standard_error:.2f}" for score in scores)
    return f"| `{recipe}` | {f'{reported:.2f}' if reported else '–'} | {figures} |"


def _sets(root: Path) -> dict[str, tuple[Tensor, Tensor]]:
    """Images (N, 28, 28) in [0, 1] and labels (N,), by what they are called."""
    digits, drawings = mnist.load(root, train=False), pendigits.load(root, train=False)
    labels = torch.from_numpy(drawings.labels)
    dark = torch.from_numpy(np.stack([as_drawn(strokes) for strokes in drawings.strokes]))
    prepared = np.stack([to_image(strokes) for strokes in drawings.strokes])
    return {
        "MNIST": (torch.from_numpy(digits.pixels), torch.from_numpy(digits.labels)),
        "as drawn": (dark, labels),
        "inverted": (1 - dark, labels),
        "prepared": (torch.from_numpy(prepared), labels),
    }


def as_drawn(strokes: Sequence[np.ndarray]) -> np.ndarray:
    """A drawing by PenDigits as a demo's pad gives it: float32 (28, 28) in [0, 1], 1 = white paper."""
    pad = np.full((PAD, PAD), 255, np.uint8)
    for stroke in strokes:
        placed = np.round(stroke + np.array([0, PAD])).astype(np.int32)  # the tablet's y grew upward from 0
        cv2.polylines(pad, [placed], isClosed=False, color=0, thickness=PEN, lineType=cv2.LINE_AA)
    return cv2.resize(pad, (28, 28), interpolation=cv2.INTER_AREA).astype(np.float32) / 255


if __name__ == "__main__":
    main()
