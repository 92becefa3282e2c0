"""All that decides how a network is trained, in one dataclass; `lenet.learning.recipes` names some."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lenet.network.model import LENET5, Architecture, check_choices
from lenet.synthesis.augmentation import Warp


@dataclass(frozen=True)
class TrainConfig:
    """How a network is trained; by default with the network, optimiser and schedule of the shipped one.

    Attributes:
        epochs: passes over the training data, at most.
        batch_size: images a step.
        learning_rate: the highest of the schedule.
        architecture: which LeNet; a teacher has its own.
        batch_norm: whether the LeNet has batch normalisation while it learns.
        expansion: how many times as large as its layers the factors are by which it learns; see `LeNet`.
        optimiser: sgd is with `momentum`.
        momentum: of sgd.
        weight_decay: as the optimiser understands it; AdamW's is apart from the gradient (Loshchilov,
            Hutter 2019).
        schedule: how the learning rate goes on. "constant"; "step", a tenth after each `step_epochs`;
            "cosine", down to 0 (Loshchilov, Hutter 2017); "one-cycle", up and down (Smith, Topin 2018).
        step_epochs: of the schedule "step".
        label_smoothing: share of the target that is spread over all classes; a mislabelled
            digit then pulls less (Szegedy et al. 2016).
        averaging: share of the running average of the weights that is kept at each
            step; the average is what is saved (Polyak, Juditsky 1992).
        patience: the training ends after this many epochs without a better figure; 0 goes on to the end.
        patience_with: which figure, the mean loss of an epoch's steps or the accuracy on what is held out.
        keep_best: save the network of the epoch with the best accuracy on what is held out, not the last.
        warp: distortion of the images, anew in every epoch.
        drawing_variants: how often each drawing of the stroke sets is drawn.
        drawing_repeats: how often each of them is shown an epoch; 0 leaves the stroke sets out.
        strokes_lost: share of the drawings of several strokes that are shown without the last.
        blended: share of the digits' drawings that are interpolated between two; see `interpolation`.
        letter_repeats: how often each letter is shown an epoch, as what is no digit.
        scribbles: how many scribbles and signs, which are no digits either, are shown an epoch.
        rough: how many digits are shown an epoch as photos give them back; see `degradation`.
        cuts: how many pieces of digits that touch are shown an epoch; see `negatives.cuts`.
        turned: how many digits on their side or upside down, which are none, are shown an epoch.
        cheque_repeats: how often each digit of the cheques is shown an epoch, and twice as often a piece that
            is none.
        rows: how many rows of digits there are, to be learnt from whole in the last fifth of the epochs; see
            `rows`. These last seven are for an architecture with `no_digit`.
        row_batch: rows a step.
        row_weight: of what is learnt from a step's rows, beside its images.
        validation_share: part of every training set that is held out.
        teacher: how the larger network is trained from whose answers this one learns (Hinton,
            Vinyals, Dean 2015), on the same data; None learns from labels alone.
        teacher_share: weight of the teacher's answers; the labels have the rest.
        temperature: by which logits are divided before they are compared with the teacher's.
        seed: of all that is random while it learns; the same seed gives the same weights on the same machine.
            The data are the same for every seed.

    Raises:
        ValueError: a name that is none of these, or a schedule in steps without their length.
    """

    epochs: int
    batch_size: int
    learning_rate: float
    validation_share: float
    architecture: Architecture = LENET5
    batch_norm: bool = True
    expansion: int = 0
    optimiser: Literal["sgd", "adam", "adamw"] = "adamw"
    momentum: float = 0.0
    weight_decay: float = 0.0
    schedule: Literal["constant", "step", "cosine", "one-cycle"] = "one-cycle"
    step_epochs: int = 0
    label_smoothing: float = 0.0
    averaging: float = 0.0
    patience: int = 0
    patience_with: Literal["loss", "validation"] = "loss"
    keep_best: bool = False
    warp: Warp | None = None
    drawing_variants: int = 0
    drawing_repeats: int = 0
    strokes_lost: float = 0.0
    blended: float = 0.0
    letter_repeats: int = 0
    scribbles: int = 0
    rough: int = 0
    cuts: int = 0
    turned: int = 0
    cheque_repeats: int = 0
    rows: int = 0
    row_batch: int = 0
    row_weight: float = 0.0
    teacher: TrainConfig | None = None
    teacher_share: float = 0.0
    temperature: float = 1.0
    seed: int = 0

    def __post_init__(self) -> None:
        check_choices(self)
        if self.schedule == "step" and self.step_epochs < 1:
            raise ValueError(
                f'step_epochs: wanted at least 1 for the schedule "step", got {self.step_epochs}; '
                "say after how many epochs the learning rate falls"
            )
