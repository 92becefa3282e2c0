"""train.py on 200 digits: in this process, or as one of its own for tests that kill it or start several.

Run from the top of the project as `python -m tests.tiny_training`, with the arguments of train.py.
"""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

import numpy as np
import pytest

import train
from lenet.datasets import mnist
from lenet.datasets.sources import Images, Source
from lenet.learning import measuring, pictures, training_data
from lenet.learning.epochs import Score
from lenet.learning.recipes import DEFAULT, RECIPES, Recipe
from lenet.synthesis import rows, samples

TINY = DEFAULT.changed(
    expansion=2, optimiser={"batch_size": 40, "averaging": 0.9}, schedule={"epochs": 6, "learning_rate": 0.02}
)
"""The shipped network's config, shorter: four steps an epoch; rows are learnt from in the last."""

SOURCE = Source("MNIST", 200, {"images": "md5:0"}, "licence", "citation")


def tiny_data(*arguments: object) -> training_data.TrainingData:
    """The first digits of MNIST, of which the last 40 are held out, and rows of two digits."""
    with np.load(Path(__file__).parent / "fixtures" / "mnist.npz") as digits:
        images, labels = digits["images"], digits["labels"]
    part = samples.of_images(images, labels)
    held = np.arange(200) >= 160
    inks = [np.kron(np.hstack(images[first : first + 2]), np.ones((2, 2))) / 255 for first in range(20)]
    texts = [f"{one}{two}" for one, two in itertools.pairwise(labels[:21])]
    whole = [rows.as_row(ink.astype(np.float32), text) for ink, text in zip(inks, texts, strict=True)]
    in_one_line = [row for row in whole if row is not None]
    return training_data.TrainingData(part.subset(~held), {"MNIST": part.subset(held)}, [SOURCE], in_one_line)


def tiny_mnist(*arguments: object, **options: object) -> Images:
    """The first digits of MNIST, in the place of its test set."""
    with np.load(Path(__file__).parent / "fixtures" / "mnist.npz") as digits:
        return Images(digits["images"][:50], digits["labels"][:50].astype(np.int64), SOURCE)


def make_tiny(patch: pytest.MonkeyPatch) -> None:
    """Let train.py train on little; its test is made up, and it draws no pictures."""
    patch.setattr(training_data, "prepare", tiny_data)
    patch.setattr(measuring, "test", lambda *arguments: {"MNIST test": Score(9, 10)})
    patch.setattr(mnist, "load", tiny_mnist)
    patch.setattr(pictures, "write", lambda *arguments: None)
    patch.setitem(RECIPES, "lenet5", Recipe("the shipped one, shorter", TINY))
    for name, recipe in RECIPES.items():
        if name != "lenet5":
            tiny = recipe.config.changed(optimiser={"batch_size": 40})
            patch.setitem(RECIPES, name, Recipe(recipe.about, tiny, recipe.reported))


def main() -> int:
    """Train as train.py does, but on little; returns the exit status."""
    with pytest.MonkeyPatch.context() as patch:
        make_tiny(patch)
        return train.main()


if __name__ == "__main__":
    sys.exit(main())
