"""Pictures of what a network has learnt, in the folder that a training leaves beside its weights.

curves.png       the loss and the accuracy on held-out data, epoch by epoch
confusion.png    which digit was read as which
mistakes.png     the mistakes it was surest of
calibration.png  whether a confidence of 0.9 is right nine times in ten
kernels.png      what the first layer looks for
answers.png      fifty digits drawn by lot, and what was read
record.json      the record of the training
"""

from __future__ import annotations

import io
import itertools
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import nn

from lenet import extras
from lenet.files import store
from lenet.network.model import predict

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, QUIET, LINE, FAINT, ACCENT = "#1e1d1b", "#6d6962", "#dedad2", "#e9e6df", "#2647c8"
"""The page's colours, by day."""

_STYLE: dict[Any, Any] = {
    "figure.dpi": 160,
    "figure.constrained_layout.use": True,
    "font.size": 9,
    "text.color": INK,
    "axes.edgecolor": LINE,
    "axes.labelcolor": QUIET,
    "axes.titlecolor": INK,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.titlesize": 10,
    "axes.titlepad": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": LINE,
    "xtick.labelcolor": QUIET,
    "ytick.color": LINE,
    "ytick.labelcolor": QUIET,
    "legend.frameon": False,
}

_HEADING: dict[str, Any] = {"x": 0.01, "ha": "left", "weight": "bold", "size": 10}
_NOTE: dict[str, Any] = {"loc": "right", "weight": "normal", "size": 7, "color": QUIET, "pad": 2}
_GREYS = (INK, QUIET, "#a39d92")
_LOSSES = {"loss": "in training", "validation_loss": "on what was held out"}
_ACCURACIES = (0, 50, 80, 90, 95, 98, 99, 99.5, 99.8)  # that an axis may begin with
_TICKS_APART = 0.055  # of the height of the axis: the height of their numbers
_MOST_MISTAKES = 40
_ANSWERS = 50
_BINS = 15  # as in Guo, Pleiss, Sun, Weinberger 2017


@dataclass(frozen=True)
class Answers:
    """What a network answers to labelled digits.

    Attributes:
        images: float32 (N, 28, 28) in [0, 1], 1 = ink.
        labels: int64 (N,), 0 to 9.
        probabilities: float32 (N, 10), of the ten digits, which add up to 1: the images are
            digits, so that one might be none plays no part.
    """

    images: np.ndarray
    labels: np.ndarray
    probabilities: np.ndarray

    @property
    def digits(self) -> np.ndarray:
        """Int64 (N,): the most probable digit of each."""
        return self.probabilities.argmax(1)

    @property
    def confidences(self) -> np.ndarray:
        """Float32 (N,) in [0, 1]: the probability of that digit."""
        return self.probabilities.max(1)

    @property
    def right(self) -> np.ndarray:
        """Bool (N,): where that digit is the label."""
        return self.digits == self.labels


def ask(network: nn.Module, images: np.ndarray, labels: np.ndarray) -> Answers:
    """Let a network answer.

    Args:
        network: in evaluation mode, on the CPU; gives logits (N, 10).
        images: float32 (N, 28, 28) in [0, 1], 1 = ink.
        labels: int64 (N,), 0 to 9.

    Raises:
        ValueError: there are not as many labels as images, or none.
    """
    if not 0 < len(images) == len(labels):
        raise ValueError(f"labels: wanted as many as images, got {len(labels)} for {len(images)} images")
    logits = predict(network, torch.from_numpy(images))
    return Answers(images, labels, torch.softmax(logits, 1).numpy())


@dataclass(frozen=True)
class Calibration:
    """Confidence beside accuracy, in the bins of equal width that hold an answer.

    Attributes:
        counts: int64 (B,), answers a bin.
        confidences: float64 (B,) in [0, 1], their mean confidence.
        accuracies: float64 (B,) in [0, 1], the share of them that is right.
    """

    counts: np.ndarray
    confidences: np.ndarray
    accuracies: np.ndarray

    @property
    def error(self) -> float:
        """The expected calibration error: mean distance of the two over all answers, in [0, 1]."""
        return float(np.average(np.abs(self.confidences - self.accuracies), weights=self.counts))

    @property
    def standard_errors(self) -> np.ndarray:
        """Float64 (B,): how far an accuracy strays by chance if the confidence is true."""
        return np.sqrt(self.confidences * (1 - self.confidences) / self.counts)


def calibration(sure: np.ndarray, right: np.ndarray) -> Calibration:
    """Compare confidence with accuracy, in 15 bins.

    Args:
        sure: float (N,) in [0, 1], the confidence of each answer.
        right: bool (N,), whether it is right.
    """
    bins = np.minimum((sure * _BINS).astype(int), _BINS - 1)
    counts = np.bincount(bins, minlength=_BINS)
    held = counts > 0
    sums = (np.bincount(bins, values, _BINS)[held] for values in (sure, right))
    confidences, accuracies = (total / counts[held] for total in sums)
    return Calibration(counts[held], confidences, accuracies)


def write(
    folder: Path, network: nn.Module, record: dict[str, Any], images: np.ndarray, labels: np.ndarray
) -> None:
    """Draw all pictures.

    Args:
        folder: for the pictures and the record; made if there is none.
        network: a LeNet, in evaluation mode, on the CPU.
        record: as `checkpoint.save` takes it; its `epochs` are drawn.
        images: float32 (N, 28, 28) in [0, 1], 1 = ink: digits that were not trained on.
        labels: int64 (N,), 0 to 9.

    Raises:
        ImportError: matplotlib is not installed.
        OSError: as for `files.store`.
        ValueError: as for `ask`.
    """
    extras.need("train", "matplotlib")
    import matplotlib as mpl

    answers = ask(network, images, labels)
    with mpl.rc_context(_STYLE):
        pictures = {
            "confusion": confusion_picture(answers),
            "mistakes": mistakes_picture(answers),
            "calibration": calibration_picture(calibration(answers.confidences, answers.right)),
            "kernels": kernels_picture(_first_kernels(network)),
            "answers": answers_picture(answers),
        }
        if record.get("epochs"):
            pictures["curves"] = curves_picture(record["epochs"])
        for name, figure in pictures.items():
            content = io.BytesIO()
            figure.savefig(content, format="png")
            store(folder / f"{name}.png", content.getvalue())
    text = json.dumps(record, indent=2, ensure_ascii=False) + "\n"
    store(folder / "record.json", text.encode())


def _figure(width: float, height: float) -> Figure:
    """An empty figure, in inches; made without pyplot, which keeps every figure and may want a screen."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height))


# Curves -------------------------------------------------------------------------------------------


def curves_picture(epochs: Sequence[dict[str, float]]) -> Figure:
    """Draw a training.

    Args:
        epochs: of a record, at least one: the `loss`, perhaps the `validation_loss`, and by the
            names of the held-out sets the share of each that was read right, in per cent.
    """
    figure = _figure(9, 3.4)
    left, right = figure.subplots(1, 2)
    numbers = np.arange(1, len(epochs) + 1)
    _losses(left, numbers, [{name: epoch[name] for name in epoch.keys() & _LOSSES} for epoch in epochs])
    _accuracies(right, numbers, [{n: epoch[n] for n in epoch.keys() - _LOSSES} for epoch in epochs])
    for axes in (left, right):
        axes.set_xlabel("epoch")
        axes.grid(axis="y", color=FAINT)
        axes.xaxis.get_major_locator().set_params(integer=True)
    return figure


def _losses(axes: Axes, numbers: np.ndarray, epochs: Sequence[dict[str, float]]) -> None:
    axes.set_title("Loss")
    for (name, label), colour in zip(_LOSSES.items(), (ACCENT, INK), strict=True):
        if name in epochs[0]:
            _curve(axes, numbers, [epoch[name] for epoch in epochs], colour, label)
    axes.legend(loc="upper right", labelcolor="linecolor", handlelength=0)


def _accuracies(axes: Axes, numbers: np.ndarray, epochs: Sequence[dict[str, float]]) -> None:
    axes.set_title("Accuracy on what was held out, %")
    # By the root of the errors 99.8 stands as clearly apart from 99.5 as 85 from 80, and 100 has a place too.
    axes.set_yscale("function", functions=(_of_accuracy, _to_accuracy))
    greys = itertools.cycle(_GREYS)
    for name in sorted(epochs[-1], key=lambda name: -epochs[-1][name]):
        values = [epoch[name] for epoch in epochs]
        _curve(axes, numbers, values, ACCENT if name == "MNIST" else next(greys), f"{name} {values[-1]:.2f}")
    _accuracy_ticks(axes, min(min(epoch.values()) for epoch in epochs[len(epochs) // 20 :]))
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), labelcolor="linecolor", handlelength=0)


def _of_accuracy(accuracy: ArrayLike) -> np.ndarray:
    return -np.sqrt(np.maximum(100 - np.asarray(accuracy), 0))


def _to_accuracy(place: np.ndarray) -> np.ndarray:
    return 100 - place**2


def _accuracy_ticks(axes: Axes, least: float) -> None:
    """From the first tick below `least`; what a long training did in its very first epochs may lie below."""
    low = max(tick for tick in _ACCURACIES if tick <= least)
    ticks = [100.0]
    for tick in reversed([tick for tick in _ACCURACIES if tick >= low]):
        if _of_accuracy(ticks[-1]) - _of_accuracy(tick) > -_TICKS_APART * _of_accuracy(low):
            ticks.append(tick)
    axes.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.set_ylim(low, 100)


def _curve(axes: Axes, numbers: np.ndarray, values: Sequence[float], colour: str, label: str) -> None:
    """A line that ends in a dot, so that one epoch shows too."""
    axes.plot(numbers, values, color=colour, linewidth=1.5, label=label)
    axes.plot(numbers[-1], values[-1], "o", color=colour, markersize=4, clip_on=False)


# Confusion ----------------------------------------------------------------------------------------


def confusion_picture(answers: Answers) -> Figure:
    """Draw how often each digit was read as each; only mistakes have colour, or they would not be seen."""
    from matplotlib.colors import LinearSegmentedColormap

    counts = np.zeros((10, 10), int)
    np.add.at(counts, (answers.labels, answers.digits), 1)
    wrong = counts * (1 - np.eye(10, dtype=int))
    figure = _figure(5, 5.2)
    axes = figure.subplots()
    axes.set_title(f"{wrong.sum():,} of {len(answers.labels):,} digits misread")
    colours = LinearSegmentedColormap.from_list("mistakes", ["white", ACCENT])
    axes.imshow(wrong, cmap=colours, vmin=0, vmax=max(wrong.max(), 1))
    for row, column in zip(*np.nonzero(counts), strict=True):
        colour = QUIET if row == column else "white" if 2 * wrong[row, column] > wrong.max() else INK
        axes.text(column, row, f"{counts[row, column]:,}", color=colour, ha="center", va="center")
    _cells(axes)
    return figure


def _cells(axes: Axes) -> None:
    """Ten by ten, with lines between."""
    axes.set_xlabel("read as")
    axes.set_ylabel("is")
    axes.set_xticks(range(10))
    axes.set_yticks(range(10))
    axes.set_xticks(np.arange(-0.5, 10), minor=True)
    axes.set_yticks(np.arange(-0.5, 10), minor=True)
    axes.grid(which="minor", color=FAINT)
    axes.tick_params(which="both", length=0)
    axes.spines[:].set_visible(False)


# Images -------------------------------------------------------------------------------------------


def mistakes_picture(answers: Answers) -> Figure:
    """Draw the mistakes with the highest confidence, the surest first."""
    wrong = np.flatnonzero(~answers.right)
    worst = wrong[np.argsort(-answers.confidences[wrong], kind="stable")][:_MOST_MISTAKES]
    figure, tiles = _tiles(len(worst), columns=8, height=1.35)
    figure.suptitle(
        f"The {len(worst)} surest of {len(wrong):,} mistakes: what it is, what was read, how sure",
        **_HEADING,
    )
    for row, tile in zip(worst, tiles, strict=True):
        tile.imshow(answers.images[row], cmap="gray_r", vmin=0, vmax=1)
        tile.set_xlabel(f"{answers.labels[row]}, read {answers.digits[row]}", color=INK, labelpad=3)
        tile.set_title(f"{100 * answers.confidences[row]:.0f} %", **_NOTE)
    return figure


def answers_picture(answers: Answers) -> Figure:
    """Draw fifty digits with what was read; the lot is the same at each call."""
    count = min(_ANSWERS, len(answers.labels))
    rows = np.random.default_rng(0).choice(len(answers.labels), count, replace=False)
    figure, tiles = _tiles(count, columns=10, height=1.1)
    figure.suptitle(f"{count} digits drawn by lot, and what was read", **_HEADING)
    for row, tile in zip(rows, tiles, strict=True):
        right = answers.right[row]
        tile.imshow(answers.images[row], cmap="gray_r", vmin=0, vmax=1)
        read = f"{answers.digits[row]}" if right else f"{answers.digits[row]}, is {answers.labels[row]}"
        tile.set_xlabel(read, color=INK if right else ACCENT, weight="bold", size=11, labelpad=2)
    return figure


def kernels_picture(kernels: np.ndarray) -> Figure:
    """Draw kernels, float (K, rows, columns), all on one scale."""
    from matplotlib.colors import LinearSegmentedColormap

    figure, tiles = _tiles(len(kernels), columns=min(len(kernels), 6), height=1.5)
    figure.suptitle(
        f"The {len(kernels)} kernels of the first layer: ink on blue raises the answer, on black lowers it",
        **_HEADING,
    )
    colours = LinearSegmentedColormap.from_list("kernels", [INK, "white", ACCENT])
    most = np.abs(kernels).max()
    for kernel, tile in zip(kernels, tiles, strict=True):
        tile.imshow(kernel, cmap=colours, vmin=-most, vmax=most)
    return figure


def _first_kernels(network: nn.Module) -> np.ndarray:
    """Float32 (K, rows, columns): the kernels of the first convolution."""
    first = next(layer for layer in network.modules() if isinstance(layer, nn.Conv2d))
    return first.weight.detach()[:, 0].numpy()


def _tiles(count: int, columns: int, height: float) -> tuple[Figure, list[Axes]]:
    """A figure with so many images in rows, each `height` inches high with its caption."""
    rows = max(1, math.ceil(count / columns))
    figure = _figure(9, rows * height + 0.4)
    tiles: list[Axes] = list(figure.subplots(rows, columns, squeeze=False).flat)
    for tile in tiles:
        tile.set(xticks=[], yticks=[])
        tile.spines[:].set_visible(True)
    for tile in tiles[count:]:
        tile.set_axis_off()
    return figure, tiles[:count]


# Calibration --------------------------------------------------------------------------------------


def calibration_picture(found: Calibration) -> Figure:
    """Draw the accuracy of each bin over its confidence, and below how many answers it holds.

    The bars are one standard error long each way.
    """
    figure = _figure(5, 6)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(5, 1))
    above.set_title(f"Expected calibration error {100 * found.error:.2f} %")
    above.plot([0, 1], [0, 1], color=LINE, linewidth=1)
    low, high = (np.clip(found.accuracies + side * found.standard_errors, 0, 1) for side in (-1, 1))
    above.vlines(found.confidences, low, high, color=ACCENT, alpha=0.35)
    above.plot(found.confidences, found.accuracies, "o", color=ACCENT, markersize=5, clip_on=False, zorder=3)
    above.set(xlim=(0, 1), ylim=(0, 1), ylabel="share read right")
    below.vlines(found.confidences, 0.5, found.counts, color=ACCENT, linewidth=5)
    below.set_yscale("log")
    ticks = [1, 100, 10_000]
    below.set_yticks(ticks, [f"{tick:,}" for tick in ticks])
    below.set_yticks([], minor=True)
    below.set(xlabel="confidence", ylabel="answers", ylim=(0.5, max(ticks)))
    return figure
