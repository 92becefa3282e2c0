"""Makes the sheet of training digits that the page compares drawings with.

    python -m benchmarks.training_digits --data DIR

It holds 1,000 digits of MNIST's training part, a hundred of each, in the order of their labels, 40 in a row.
They are MNIST's own pixels, under its licence: lenet/ui/digits/LICENSE.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from PIL import Image

from lenet.datasets import mnist
from lenet.ui.inside import SHEET, SHEET_COLUMNS

SEED = 1998
OF_EACH = 100


def main() -> None:
    """Write the sheet."""
    parser = argparse.ArgumentParser(description="Make the sheet of training digits.")
    parser.add_argument("--data", type=Path, default=Path("data"), help="folder of the data (default: data)")
    train = mnist.load(parser.parse_args().data, train=True)
    order = np.random.default_rng(SEED).permutation(len(train.labels))
    labels = np.asarray(train.labels)[order]
    chosen = np.concatenate([order[labels == digit][:OF_EACH] for digit in range(10)])
    cells = np.asarray(train.images)[chosen].reshape(-1, SHEET_COLUMNS, 28, 28)
    sheet = cells.swapaxes(1, 2).reshape(-1, SHEET_COLUMNS * 28)
    Image.fromarray(sheet).save(SHEET, optimize=True)


if __name__ == "__main__":
    main()
