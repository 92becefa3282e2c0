"""Named ways to train: what `train.py --recipe NAME` stands for.

The five classic ones are LeNets as people publish them, each as its author trained it: on MNIST
alone, nothing warped, smoothed or averaged, with a softmax over ten digits. Three things differ:

- a twentieth of the training images is held out;
- where an author keeps the best epoch by the test set, it is chosen by what is held out;
- the images that do not fill a last batch are left out of that epoch.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from lenet.learning.config import TrainConfig
from lenet.network.model import Architecture
from lenet.synthesis.augmentation import Warp


@dataclass(frozen=True)
class Recipe:
    """A way to train.

    Attributes:
        about: what it is, in a line.
        config: all that decides about it.
        reported: accuracy on MNIST's test images in per cent that its author reports; None where none is.
    """

    about: str
    config: TrainConfig
    reported: float | None = None


DEFAULT = TrainConfig(
    epochs=50,
    batch_size=256,
    learning_rate=4e-3,
    expansion=4,
    weight_decay=0.01,
    label_smoothing=0.04,
    averaging=0.9995,
    warp=Warp(),
    drawing_variants=12,
    drawing_repeats=3,
    strokes_lost=0.1,
    blended=2 / 3,
    letter_repeats=4,
    scribbles=4000,
    rough=20000,
    cuts=36000,
    turned=4000,
    cheque_repeats=8,
    rows=10000,
    row_batch=2,
    row_weight=0.1,
    validation_share=0.05,
)
_TEACHER = dataclasses.replace(
    DEFAULT,
    epochs=26,
    rows=0,
    expansion=0,
    weight_decay=0.05,
    label_smoothing=0.05,
    warp=Warp(degrees=9, scale=0.105, shear=0.135, shift=1.05, elastic=0.75),
)
_TAUGHT = dataclasses.replace(DEFAULT, teacher=_TEACHER, teacher_share=0.7, temperature=2.0)

_RELU = Architecture(rim="none", activation="relu", pooling="max", no_digit=False)
_RELU_SGD = TrainConfig(
    architecture=_RELU,
    batch_norm=False,
    optimiser="sgd",
    momentum=0.9,
    learning_rate=1e-3,
    schedule="constant",
    batch_size=64,
    epochs=10,
    validation_share=0.05,
)
_PADDED_ADAM = dataclasses.replace(
    _RELU_SGD,
    architecture=dataclasses.replace(_RELU, rim="zeros", mean=0.5, deviation=0.5),
    optimiser="adam",
)
_SIGMOID_AVERAGE = dataclasses.replace(
    _RELU_SGD,
    architecture=Architecture(
        rim="zeros",
        activation="sigmoid",
        pooling="average",
        c5="convolution",
        active_head=False,
        mean=0.0,
        deviation=1.0,
        no_digit=False,
    ),
    batch_size=16,
    schedule="step",
    step_epochs=10,
    epochs=20,  # the author names no number; the second step of the rate would come here
    keep_best=True,
)
_TANH_1998 = dataclasses.replace(
    _RELU_SGD,
    architecture=Architecture(
        rim="resized", activation="tanh", pooling="average", c5="convolution", no_digit=False
    ),
    optimiser="adam",
    epochs=30,
    keep_best=True,
)
_RELU_EARLY_STOP = dataclasses.replace(
    _RELU_SGD,
    schedule="step",
    step_epochs=5,
    patience=2,
    patience_with="loss",
    epochs=100,  # the author names no number; it stops long before
)

RECIPES = {
    "lenet5": Recipe("the LeNet-5 that is shipped: MNIST and pen strokes", DEFAULT),
    "lenet5-taught": Recipe("the same, learning from the answers of a larger network", _TAUGHT),
    "relu-sgd": Recipe("ReLU and max-pooling on 28×28, SGD", _RELU_SGD, 98.34),
    "padded-adam": Recipe("the same with padding, pixels in [-1, 1], Adam", _PADDED_ADAM, 98.11),
    "sigmoid-average": Recipe("sigmoid and average pooling, linear head, SGD in steps", _SIGMOID_AVERAGE),
    "tanh-1998": Recipe("tanh and average pooling on 32×32 like the paper, Adam", _TANH_1998, 98.80),
    "relu-early-stop": Recipe("relu-sgd with the rate in steps and early stopping", _RELU_EARLY_STOP),
}
"""By name; the first is what `train.py` does by itself."""
