"""The command line of `train.py`."""

from __future__ import annotations

import argparse
from pathlib import Path

from lenet.learning.recipes import DEFAULT_RECIPE, RECIPES


def parse() -> argparse.Namespace:
    """The options that `train.py` was called with."""
    parser = argparse.ArgumentParser(description="Train LeNet-5 on MNIST and pen strokes.")
    add = parser.add_argument
    add("--recipe", choices=RECIPES, default=DEFAULT_RECIPE, help=f"default: {DEFAULT_RECIPE}; see --list")
    add("--list", action="store_true", help="print the recipes and end")
    data_help = "folder of the data sets; what is missing is downloaded there (default: data)"
    add("--data", type=Path, default=Path("data"), help=data_help)
    add("--snapshots", type=_positive, default=0, help="keep so many networks on the way (default: none)")
    output_help = (
        "the weights to write, ….safetensors; record and pictures go beside them "
        "(default: runs/RECIPE.safetensors; with --corrections runs/corrections.safetensors)"
    )
    add("--output", type=_weights, help=output_help)
    corrections_help = (
        "let the shipped network go on with what was kept of visitors' corrections in this folder; "
        "see `python -m lenet corrections`"
    )
    add("--corrections", type=Path, metavar="FOLDER", help=corrections_help)
    add("--epochs", type=_positive, help="passes over the training data (default: the recipe's)")
    add("--seed", type=_seed, default=0, help="of all randomness (default: 0)")
    seeds_help = "train so many, from --seed on; keep the best by what is held out (default: 1)"
    add("--seeds", type=_positive, default=1, help=seeds_help)
    add("--resume", action="store_true", help="go on after the last epoch of a run that was stopped")
    add("--device", choices=("cpu", "cuda", "mps"), help="where to compute (default: the best there is)")
    add("--track", action="store_true", help="follow the epochs with trackio; shown by `trackio show`")
    options = parser.parse_args()
    if options.corrections and options.recipe != DEFAULT_RECIPE:
        parser.error(f"--corrections: wanted the recipe {DEFAULT_RECIPE}, got {options.recipe}; leave it out")
    name = "corrections" if options.corrections else options.recipe
    options.output = options.output or Path(f"runs/{name}.safetensors")
    return options


def _weights(text: str) -> Path:
    path = Path(text)
    if path.suffix != ".safetensors" or path.is_dir():
        raise argparse.ArgumentTypeError(f"wanted a file ….safetensors, got {text}")
    return path


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"wanted a whole number from 1 on, got {text}")
    return int(text)


def _seed(text: str) -> int:
    largest = 2**32 - 1  # that every generator of random numbers takes
    if not text.isdecimal() or int(text) > largest:
        raise argparse.ArgumentTypeError(f"wanted a whole number from 0 to {largest}, got {text}")
    return int(text)
