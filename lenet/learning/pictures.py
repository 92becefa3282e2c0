"""Pictures of a training and of its network's predictions, in the folder beside the weights.

curves.png       loss, and accuracy on the held-out data, by epoch
confusion.png    confusion matrix
mistakes.png     the mistakes with the highest confidence
calibration.png  reliability diagram: whether a confidence of 0.9 is right nine times in ten
kernels.png      the kernels of the first layer
answers.png      fifty random digits, and what was read
record.json      the record of the training
"""

from __future__ import annotations

import io
import itertools
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike
from torch import nn

from lenet import extras
from lenet.files import store
from lenet.learning.calibration import Reliability, reliability
from lenet.learning.measuring import Predictions, predictions
from lenet.network.record import Record

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, QUIET, LINE, FAINT, ACCENT = "#1e1d1b", "#6d6962", "#dedad2", "#e9e6df", "#2647c8"
"""Colours of the page's light theme, as in `lenet/ui/page.css`."""

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
_ACCURACIES = (0, 50, 80, 90, 95, 98, 99, 99.5, 99.8)  # in per cent, that an axis may begin with
_TICKS_APART = 0.055  # least distance, as a share of the axis: the height of the numbers at the ticks
_MAX_MISTAKES = 40  # five lines of eight
_ANSWERS = 50  # five lines of ten


def write(
    folder: Path, network: nn.Module, entries: dict[str, Any], images: np.ndarray, labels: np.ndarray
) -> None:
    """Draw all pictures.

    Args:
        folder: for the pictures and the record; made if there is none.
        network: a LeNet, in evaluation mode, on the CPU.
        entries: of its record, as `checkpoint.save` takes them; the `epochs` are drawn.
        images: float32 (N, 28, 28) in [0, 1], 1 = ink: digits that were not trained on.
        labels: int64 (N,), 0 to 9.

    Raises:
        ImportError: matplotlib is not installed.
        OSError: as for `files.store`.
        ValueError: as for `predictions`, or the record says nothing of the outputs.
    """
    extras.need("train", "matplotlib")
    import matplotlib as mpl

    beside = folder / "record.json"
    found = predictions(network, Record.from_json(entries, beside), images, labels)
    with mpl.rc_context(_STYLE):
        pictures = {
            "confusion": confusion_picture(found),
            "mistakes": mistakes_picture(found),
            "calibration": calibration_picture(reliability(found.confidences, found.right)),
            "kernels": kernels_picture(_first_kernels(network)),
            "answers": answers_picture(found),
        }
        if entries.get("epochs"):
            pictures["curves"] = curves_picture(entries["epochs"])
        for name, figure in pictures.items():
            content = io.BytesIO()
            figure.savefig(content, format="png")
            store(folder / f"{name}.png", content.getvalue())
    store(beside, (json.dumps(entries, indent=2, ensure_ascii=False) + "\n").encode())


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
    """Set ticks from the last one at or below `least`; the first epochs of a long training may lie lower."""
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


def confusion_picture(predictions: Predictions) -> Figure:
    """Draw the confusion matrix; only mistakes are coloured, or they would not be seen beside the rest."""
    from matplotlib.colors import LinearSegmentedColormap

    classes = predictions.probabilities.shape[1]
    counts = np.zeros((classes, classes), int)
    np.add.at(counts, (predictions.labels, predictions.digits), 1)
    wrong = counts * (1 - np.eye(classes, dtype=int))
    figure = _figure(5, 5.2)
    axes = figure.subplots()
    axes.set_title(f"{wrong.sum():,} of {len(predictions.labels):,} digits misread")
    colours = LinearSegmentedColormap.from_list("mistakes", ["white", ACCENT])
    axes.imshow(wrong, cmap=colours, vmin=0, vmax=max(wrong.max(), 1))
    for row, column in zip(*np.nonzero(counts), strict=True):
        colour = QUIET if row == column else "white" if 2 * wrong[row, column] > wrong.max() else INK
        axes.text(column, row, f"{counts[row, column]:,}", color=colour, ha="center", va="center")
    _cells(axes, classes)
    return figure


def _cells(axes: Axes, classes: int) -> None:
    """Lines between the cells of a square table, and what its sides mean."""
    axes.set_xlabel("read as")
    axes.set_ylabel("is")
    axes.set_xticks(range(classes))
    axes.set_yticks(range(classes))
    axes.set_xticks(np.arange(-0.5, classes), minor=True)
    axes.set_yticks(np.arange(-0.5, classes), minor=True)
    axes.grid(which="minor", color=FAINT)
    axes.tick_params(which="both", length=0)
    axes.spines[:].set_visible(False)


# Images -------------------------------------------------------------------------------------------


def mistakes_picture(predictions: Predictions) -> Figure:
    """Draw the mistakes with the highest confidence, the surest first."""
    wrong = np.flatnonzero(~predictions.right)
    worst = wrong[np.argsort(-predictions.confidences[wrong], kind="stable")][:_MAX_MISTAKES]
    figure, tiles = _tiles(len(worst), columns=8, height=1.35)
    figure.suptitle(
        f"The {len(worst)} surest of {len(wrong):,} mistakes: what it is, what was read, how sure",
        **_HEADING,
    )
    for row, tile in zip(worst, tiles, strict=True):
        tile.imshow(predictions.images[row], cmap="gray_r", vmin=0, vmax=1)
        tile.set_xlabel(f"{predictions.labels[row]}, read {predictions.digits[row]}", color=INK, labelpad=3)
        tile.set_title(f"{100 * predictions.confidences[row]:.0f} %", **_NOTE)
    return figure


def answers_picture(predictions: Predictions) -> Figure:
    """Draw fifty random digits with what was read; they are the same at each call."""
    count = min(_ANSWERS, len(predictions.labels))
    rows = np.random.default_rng(0).choice(len(predictions.labels), count, replace=False)
    figure, tiles = _tiles(count, columns=10, height=1.1)
    figure.suptitle(f"{count} random digits, and what was read", **_HEADING)
    for row, tile in zip(rows, tiles, strict=True):
        right = predictions.right[row]
        tile.imshow(predictions.images[row], cmap="gray_r", vmin=0, vmax=1)
        read = (
            f"{predictions.digits[row]}"
            if right
            else f"{predictions.digits[row]}, is {predictions.labels[row]}"
        )
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


def calibration_picture(found: Reliability) -> Figure:
    """Draw a reliability diagram, and below it how many predictions each bin holds.

    The bars reach one standard error to either side.
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
    below.set(xlabel="confidence", ylabel="predictions", ylim=(0.5, max(ticks)))
    return figure
