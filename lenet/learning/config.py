"""All settings of a training, as dataclasses; `lenet.learning.recipes` names some of them."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, Literal

from lenet.network.model import LENET5, Architecture, check_choices
from lenet.synthesis.augmentation import Warp


@dataclass(frozen=True)
class DataConfig:
    """Which examples are shown, how often, and how they are distorted.

    Numbers of examples are per epoch unless said otherwise. The fields from `letter_repeats` on are for an
    architecture with `no_digit`.

    Attributes:
        validation_share: share of every training set that is held out, in [0, 1].
        warp: random distortion of the images, anew in every epoch; None leaves them as they are.
        drawing_variants: distorted images made of each drawing of PenDigits, UNIPEN and MathNote.
        drawing_repeats: how often each digit of PenDigits and UNIPEN is shown, MathNote's are shown once; 0
            leaves all sets but MNIST out.
        sheet_repeats: how often each digit and sign of BHMSDS is shown; 0 leaves it out.
        strokes_lost: share of the distorted drawings of several strokes that lack the last one.
        interpolated: share of the distorted drawings of digits that are interpolated between two drawings;
            see `lenet.synthesis.interpolation`.
        letter_repeats: how often each letter is shown, as a non-digit.
        sign_repeats: how often each of UNIPEN's signs is shown; MathNote's are shown half as often.
        signs: number of each sign that is drawn by code.
        degraded_signs: number of signs with the blur, noise and thresholds of a photo.
        scribbles: number of scribbles, which are non-digits.
        degraded: number of digits with the blur, noise and thresholds of a photo; see
            `lenet.synthesis.degradation`.
        cuts: number of pieces cut from touching digits; see `negatives.cuts`.
        turned: number of digits on their side or upside down, which are non-digits.
        made_variants: images made for each degraded digit or sign, cut piece and turned digit; an epoch shows
            one of them at random.
        cheque_repeats: how often each digit of the cheques is shown; pieces of cheques that are non-digits
            are shown twice as often.
        number_rows: rows made of each of UNIPEN's numbers, beside `rows`.
        rows: number of rows of digits and signs in the whole set, to learn from in the last fifth of the
            epochs; see `lenet.synthesis.rows`.
        row_batch: rows a step.
    """

    validation_share: float
    warp: Warp | None = None
    drawing_variants: int = 0
    drawing_repeats: int = 0
    sheet_repeats: int = 0
    strokes_lost: float = 0.0
    interpolated: float = 0.0
    letter_repeats: int = 0
    sign_repeats: int = 0
    signs: int = 0
    degraded_signs: int = 0
    scribbles: int = 0
    degraded: int = 0
    cuts: int = 0
    turned: int = 0
    made_variants: int = 4
    cheque_repeats: int = 0
    number_rows: int = 0
    rows: int = 0
    row_batch: int = 0


@dataclass(frozen=True)
class OptimiserConfig:
    """What a step minimises, and how it changes the weights.

    Attributes:
        batch_size: images a step.
        name: the method; "sgd" is with `momentum`.
        momentum: of "sgd", in [0, 1).
        weight_decay: as the method understands it; AdamW's is decoupled from the gradient (Loshchilov and
            Hutter 2019).
        label_smoothing: share of the target that is spread over all classes, which limits the pull of
            mislabelled digits (Szegedy et al. 2016).
        sign_prior: nats by which the logits of signs are raised in the loss of the images (logit adjustment,
            Menon et al. 2021). Signs are shown often, but a piece by itself is hardly ever one; what the
            network says of an image is lower by so much, and the search adds it again within a line.
        row_weight: weight of the mean loss of a step's rows beside that of its images.
        averaging: decay of the moving average of the weights per step; the average is what is saved
            (Polyak and Juditsky 1992). 0 saves the weights themselves.

    Raises:
        ValueError: the name is none of these.
    """

    batch_size: int
    name: Literal["sgd", "adam", "adamw"] = "adamw"
    momentum: float = 0.0
    weight_decay: float = 0.0
    label_smoothing: float = 0.0
    sign_prior: float = 0.0
    row_weight: float = 0.0
    averaging: float = 0.0

    def __post_init__(self) -> None:
        check_choices(self)


@dataclass(frozen=True)
class ScheduleConfig:
    """How long a training goes on, at which learning rate, and which epoch is saved.

    Attributes:
        epochs: most passes over the training data.
        learning_rate: the highest of the schedule.
        name: how the learning rate changes. "constant"; "step", a tenth after every `step_epochs`; "cosine",
            down to 0 (Loshchilov and Hutter 2017); "one-cycle", up and down (Smith and Topin 2018).
        step_epochs: of the schedule "step".
        patience: early stopping after so many epochs without a better figure; 0 trains to the end.
        patience_with: that figure: "loss", the mean training loss of an epoch, or "validation", the accuracy
            on the held-out data.
        keep_best: save the network of the epoch with the best accuracy on the held-out data, not the last.

    Raises:
        ValueError: a name is none of these, or a schedule in steps has no length of them.
    """

    epochs: int
    learning_rate: float
    name: Literal["constant", "step", "cosine", "one-cycle"] = "one-cycle"
    step_epochs: int = 0
    patience: int = 0
    patience_with: Literal["loss", "validation"] = "loss"
    keep_best: bool = False

    def __post_init__(self) -> None:
        check_choices(self)
        if self.name == "step" and self.step_epochs < 1:
            raise ValueError(
                f'step_epochs: wanted at least 1 for the schedule "step", got {self.step_epochs}; '
                "say after how many epochs the learning rate falls"
            )


@dataclass(frozen=True, kw_only=True)
class TrainConfig:
    """All settings of a training; by default with the network of the shipped weights.

    Attributes:
        seed: of the initial weights, the order of the examples and their distortion; the same seed gives the
            same weights on the same machine. The data themselves are the same for every seed.
        architecture: which LeNet.
        batch_norm: whether the LeNet has batch normalisation while it learns.
        expansion: factor of the width of the linear factors that replace each layer while it learns; 0 learns
            the layers themselves; see `LeNet`.
        data: which examples are shown.
        optimiser: what a step does.
        schedule: how long, at which learning rate.
    """

    seed: int = 0
    architecture: Architecture = LENET5
    batch_norm: bool = True
    expansion: int = 0
    data: DataConfig
    optimiser: OptimiserConfig
    schedule: ScheduleConfig

    def changed(self, **changes: Any) -> TrainConfig:
        """A copy with other values; a dictionary changes only those entries of a part.

        `config.changed(seed=1, schedule={"epochs": 3})` has another seed and another number of epochs.
        """
        values = {
            name: dataclasses.replace(getattr(self, name), **value) if isinstance(value, dict) else value
            for name, value in changes.items()
        }
        return dataclasses.replace(self, **values)
