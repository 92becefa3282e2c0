"""Exactness and speed of preprocessing and reading.

    python -m benchmarks.reading --data DIR

- Fixed points: how many of MNIST's test images come back bit for bit from `to_mnist`.
- Shape: how many of 1,000 test drawings of PenDigits are read the same at a tenth and ten
  times the size, at random places.
- Speed, on one thread: strokes to Reading beside the bare forward pass, in the same run.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import torch

from lenet.datasets import mnist, pendigits
from lenet.ink.preprocessing import to_mnist
from lenet.network import checkpoint
from lenet.network.record import shipped_weights
from lenet.reading.reader import Reader

DRAWINGS = 1_000
ROUNDS = 20


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser(description="Measure preprocessing and reading.")
    parser.add_argument(
        "--data", type=Path, default=Path("data"), help="folder of the data sets (default: data)"
    )
    root = parser.parse_args().data
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    reader = Reader.load()
    images = mnist.load(root, train=False).pixels
    drawings = pendigits.load(root, train=False).strokes[:DRAWINGS]
    print_fixed_points(images)
    print_shape(reader, drawings)
    print_speed(reader, drawings)


def print_fixed_points(images: np.ndarray) -> None:
    """Count the images (N, 28, 28) that `to_mnist` leaves as they are."""
    unchanged = sum(np.array_equal(to_mnist(image), image) for image in images)
    print(f"fixed points: {unchanged:,} of {len(images):,} MNIST test images unchanged bit for bit")


def print_shape(reader: Reader, drawings: list[list[np.ndarray]]) -> None:
    """Count the drawings that are read the same at other sizes and places."""
    random = np.random.default_rng(0)
    texts = [{reader.read_strokes(copy).text for copy in _copies(drawing, random)} for drawing in drawings]
    same = sum(len(different) == 1 for different in texts)
    print(f"shape: {same:,} of {len(drawings):,} read the same at 1/10 and 10 times the size, anywhere")


def _copies(drawing: list[np.ndarray], random: np.random.Generator) -> list[list[np.ndarray]]:
    """The drawing; at 1/10 and 10 times the size, each moved by up to ten times its size."""
    span = max(float(np.ptp(np.concatenate(drawing), axis=0).max()), 1.0)
    copies = [drawing]
    for factor in (0.1, 10.0):
        place = random.uniform(-10, 10, 2) * span * factor
        copies.append([stroke * factor + place for stroke in drawing])
    return copies


def print_speed(reader: Reader, drawings: list[list[np.ndarray]]) -> None:
    """Time readings and bare forward passes in turn; print the medians and their ratio."""
    network = checkpoint.load(shipped_weights())
    image = torch.rand(1, 28, 28)
    lists = [[stroke.tolist() for stroke in drawing] for drawing in drawings[:100]]
    forward, reading = [], []
    with torch.inference_mode():
        for _ in range(ROUNDS):
            forward += [_seconds(lambda: network(image)) for _ in lists]
            reading += [_seconds(lambda strokes=strokes: reader.read_strokes(strokes)) for strokes in lists]
    bare, whole = 1000 * np.median(forward), 1000 * np.median(reading)
    print(f"speed: strokes to Reading {whole:.3f} ms, forward pass {bare:.3f} ms: {whole / bare:.1f} times")


def _seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
