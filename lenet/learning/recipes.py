"""Named configs of trainings: what `train.py --recipe NAME` stands for.

The five classic ones are LeNets as people publish them, each trained as by its author: on MNIST alone,
without distortion, label smoothing or averaging, with a softmax over ten digits. Three things differ:

- a twentieth of the training images is held out;
- where an author keeps the best epoch by the test set, it is chosen by the held-out images;
- the images that do not fill a last batch are left out of that epoch.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from lenet.learning.config import DataConfig, OptimiserConfig, ScheduleConfig, TrainConfig
from lenet.network.model import Architecture
from lenet.synthesis.augmentation import Warp


@dataclass(frozen=True)
class Recipe:
    """A named config.

    Attributes:
        about: what it is, in a line.
        config: all settings.
        reported: accuracy on MNIST's test images that its author reports, in per cent; None where none is.
    """

    about: str
    config: TrainConfig
    reported: float | None = None


DEFAULT = TrainConfig(
    expansion=4,
    data=DataConfig(
        validation_share=0.05,
        warp=Warp(),
        drawing_variants=12,
        drawing_repeats=3,
        strokes_lost=0.1,
        interpolated=2 / 3,
        sheet_repeats=1,
        letter_repeats=4,
        sign_repeats=6,
        signs=600,
        degraded_signs=5000,
        scribbles=4000,
        degraded=20000,
        cuts=36000,
        turned=4000,
        cheque_repeats=5,
        number_rows=4,
        rows=10000,
        row_batch=2,
    ),
    optimiser=OptimiserConfig(
        batch_size=256,
        weight_decay=0.01,
        label_smoothing=0.04,
        sign_prior=2.0,
        row_weight=0.1,
        averaging=0.9995,
    ),
    schedule=ScheduleConfig(epochs=50, learning_rate=4e-3),
)
"""The config of the shipped network; docs/experiments.md says what was tried."""

_RELU = Architecture(border="none", activation="relu", pooling="max", no_digit=False, signs=False)
_RELU_SGD = TrainConfig(
    architecture=_RELU,
    batch_norm=False,
    data=DataConfig(validation_share=0.05),
    optimiser=OptimiserConfig(batch_size=64, name="sgd", momentum=0.9),
    schedule=ScheduleConfig(epochs=10, learning_rate=1e-3, name="constant"),
)
_PADDED_ADAM = _RELU_SGD.changed(
    architecture=dataclasses.replace(_RELU, border="zeros", mean=0.5, deviation=0.5),
    optimiser={"name": "adam"},
)
_SIGMOID_AVERAGE = _RELU_SGD.changed(
    architecture=Architecture(
        border="zeros",
        activation="sigmoid",
        pooling="average",
        c5="convolution",
        active_head=False,
        mean=0.0,
        deviation=1.0,
        no_digit=False,
        signs=False,
    ),
    optimiser={"batch_size": 16},
    # The author names no number of epochs; the second step of the rate would come after 20.
    schedule={"epochs": 20, "name": "step", "step_epochs": 10, "keep_best": True},
)
_TANH_1998 = _RELU_SGD.changed(
    architecture=Architecture(
        border="resized",
        activation="tanh",
        pooling="average",
        c5="convolution",
        no_digit=False,
        signs=False,
    ),
    optimiser={"name": "adam"},
    schedule={"epochs": 30, "keep_best": True},
)
_RELU_EARLY_STOP = _RELU_SGD.changed(
    # The author names no number of epochs; it stops long before 100.
    schedule={"epochs": 100, "name": "step", "step_epochs": 5, "patience": 2, "patience_with": "loss"},
)

RECIPES = {
    "lenet5": Recipe("the LeNet-5 that is shipped: MNIST and pen strokes", DEFAULT),
    "relu-sgd": Recipe("ReLU and max-pooling on 28×28, SGD", _RELU_SGD, 98.34),
    "padded-adam": Recipe("the same with padding, pixels in [-1, 1], Adam", _PADDED_ADAM, 98.11),
    "sigmoid-average": Recipe("sigmoid and average pooling, linear head, SGD in steps", _SIGMOID_AVERAGE),
    "tanh-1998": Recipe("tanh and average pooling on 32×32 like the paper, Adam", _TANH_1998, 98.80),
    "relu-early-stop": Recipe("relu-sgd with the rate in steps and early stopping", _RELU_EARLY_STOP),
}
"""All recipes, by name."""

DEFAULT_RECIPE = "lenet5"


def print_recipes() -> None:
    """Print a line for each recipe."""
    print(f"{'name':16} {'reported':>8}  what it is")
    for name, recipe in RECIPES.items():
        reported = f"{recipe.reported:.2f} %" if recipe.reported else ""
        print(f"{name:16} {reported:>8}  {recipe.about}")
