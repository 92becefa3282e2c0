"""train.py on 200 digits, as a process of its own, for tests that kill it or start several.

Run from the top of the project as `python -m tests.tiny_training`, with the arguments of train.py.
"""

from __future__ import annotations

import dataclasses
import itertools
import sys
from pathlib import Path

import numpy as np

import train
from lenet.datasets.sources import Source
from lenet.learning import epochs, measuring, training_data
from lenet.learning.recipes import DEFAULT, RECIPES, Recipe
from lenet.synthesis import rows, samples

_EPOCHS = {"epochs": 8, "batch_size": 20}
TINY = dataclasses.replace(
    RECIPES["lenet5-taught"].config,
    **_EPOCHS,
    averaging=0.9,
    teacher=dataclasses.replace(DEFAULT, **_EPOCHS, teacher=None),
)
SOURCE = Source("MNIST", 200, {"images": "md5:0"}, "licence", "citation")


def tiny_course(*arguments: object) -> training_data.TrainingData:
    """A course on the first digits of MNIST, of which the last 40 are held out, and on rows of two digits."""
    with np.load(Path(__file__).parent / "fixtures" / "mnist.npz") as digits:
        images, labels = digits["images"], digits["labels"]
    part = samples.of_images(images, labels)
    held = np.arange(200) >= 160
    inks = [np.kron(np.hstack(images[first : first + 2]), np.ones((2, 2))) / 255 for first in range(20)]
    texts = [f"{one}{two}" for one, two in itertools.pairwise(labels[:21])]
    whole = [rows.as_row(ink.astype(np.float32), text) for ink, text in zip(inks, texts, strict=True)]
    lines = [row for row in whole if row is not None]
    return training_data.TrainingData(part.subset(~held), {"MNIST": part.subset(held)}, [SOURCE], lines)


def main() -> int:
    """Train on little."""
    training_data.prepare = tiny_course
    measuring.test = lambda *arguments: {"MNIST test": epochs.Score(9, 10)}
    RECIPES["lenet5"] = Recipe("the shipped one, shorter", TINY)
    return train.main()


if __name__ == "__main__":
    sys.exit(main())
