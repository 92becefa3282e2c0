"""The pictures of a network: they show the right numbers, and differ where the predictions do."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from PIL import Image
from torch import nn

from lenet.learning import pictures
from lenet.learning.measuring import Predictions
from lenet.network.model import LeNet
from lenet.network.record import Record

PICTURES = ("curves", "confusion", "mistakes", "calibration", "kernels", "answers")
RECORD: dict[str, Any] = {
    **Record().to_json(),
    "epochs": [
        {"loss": 1.2, "MNIST": 97.0, "PenDigits": 40.0},
        {"loss": 0.7, "MNIST": 99.5, "PenDigits": 100.0},
    ],
}


def _predictions(labels: np.ndarray, digits: np.ndarray, confidences: np.ndarray) -> Predictions:
    """Predictions of these digits with these confidences; the rest is spread evenly."""
    probabilities = np.repeat((1 - confidences)[:, None] / 9, 10, axis=1)
    probabilities[np.arange(len(digits)), digits] = confidences
    return Predictions(np.zeros((len(labels), 28, 28), np.float32), labels, probabilities)


class Bright(nn.Module):
    """Reads every image as how bright it is: 0.3 is a 3."""

    def __init__(self) -> None:
        super().__init__()
        self.c1 = nn.Conv2d(1, 6, 5)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Logits (N, 10)."""
        return -10.0 * (10 * images.mean((1, 2))[:, None] - torch.arange(10)).abs()


def _grey(*digits: int) -> np.ndarray:
    return np.repeat(np.array(digits, np.float32) / 10, 784).reshape(-1, 28, 28)


def test_the_confusions_are_counted_by_row_and_column() -> None:
    labels = np.array([4, 4, 4, 9])
    figure = pictures.confusion_picture(_predictions(labels, np.array([4, 9, 9, 9]), np.full(4, 0.9)))
    (axes,) = figure.axes
    assert axes.get_title() == "2 of 4 digits misread"
    numbers = {text.get_position(): text.get_text() for text in axes.texts}
    assert numbers == {(4, 4): "1", (9, 4): "2", (9, 9): "1"}  # x is what was read


def test_the_mistakes_with_the_highest_confidence_come_first() -> None:
    labels = np.array([1, 2, 3, 4])
    answers = _predictions(labels, np.array([7, 2, 5, 9]), np.array([0.6, 0.99, 0.9, 0.7]))
    captions = [axes.get_xlabel() for axes in pictures.mistakes_picture(answers).axes if axes.axison]
    assert captions == ["3, read 5", "4, read 9", "1, read 7"]


def test_only_the_forty_surest_mistakes_are_drawn() -> None:
    labels = np.zeros(100, np.int64)
    figure = pictures.mistakes_picture(_predictions(labels, labels + 1, np.linspace(0.5, 0.9, 100)))
    assert figure.get_suptitle().startswith("The 40 surest of 100 mistakes")
    assert len(figure.axes) == 40


def test_a_wrong_prediction_stands_with_its_label() -> None:
    answers = _predictions(np.array([5, 6]), np.array([5, 0]), np.full(2, 0.9))
    captions = {axes.get_xlabel() for axes in pictures.answers_picture(answers).axes if axes.axison}
    assert captions == {"5", "0, is 6"}


def _curves(axes: Axes) -> list[Line2D]:
    """The lines without the dots at their ends."""
    return [line for line in axes.lines if line.get_marker() == "None"]


def test_the_loss_on_what_was_held_out_has_a_curve_where_there_is_one() -> None:
    loss, accuracy = pictures.curves_picture(
        [epoch | {"validation_loss": 0.5} for epoch in RECORD["epochs"]]
    ).axes
    assert [line.get_ydata().tolist() for line in _curves(loss)] == [[1.2, 0.7], [0.5, 0.5]]
    assert len(_curves(accuracy)) == 2


def test_every_held_out_set_has_its_curve_and_last_accuracy() -> None:
    loss, accuracy = pictures.curves_picture(RECORD["epochs"]).axes
    assert [line.get_ydata().tolist() for line in _curves(loss)] == [[1.2, 0.7]]
    legend = accuracy.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["PenDigits 100.00", "MNIST 99.50"]
    assert accuracy.get_ylim() == (0, 100)  # 40 is shown


@pytest.mark.parametrize("least", [10.0, 60.0, 85.0, 99.6, 100.0])
def test_the_accuracies_at_the_axis_leave_each_other_room(least: float) -> None:
    _, axes = pictures.curves_picture([{"loss": 1.0, "MNIST": least}]).axes
    figure = axes.figure
    figure.draw_without_rendering()
    boxes = [label.get_window_extent() for label in axes.get_yticklabels()]
    assert len(boxes) >= 2
    assert not any(upper.overlaps(lower) for upper, lower in itertools.pairwise(boxes))


def test_the_folder_holds_every_picture_and_the_record(
    mnist: tuple[np.ndarray, np.ndarray], tmp_path: Path
) -> None:
    folder = tmp_path / "runs" / "lenet5"
    torch.manual_seed(0)
    pictures.write(folder, LeNet().eval(), RECORD, *mnist)
    assert sorted(file.name for file in folder.iterdir()) == sorted(
        [f"{name}.png" for name in PICTURES] + ["record.json"]
    )
    for name in PICTURES:
        picture = Image.open(folder / f"{name}.png")
        assert picture.width >= 800
        assert picture.getcolors(20) is None, name  # there are more: it is not blank
    assert json.loads((folder / "record.json").read_text("utf-8")) == RECORD


def test_without_mistakes_and_epochs_the_other_pictures_are_drawn(tmp_path: Path) -> None:
    pictures.write(tmp_path, Bright().eval(), {**RECORD, "epochs": []}, _grey(1, 2), np.array([1, 2]))
    assert (tmp_path / "mistakes.png").is_file()
    assert not (tmp_path / "curves.png").exists()


def test_the_curve_of_a_single_epoch_is_a_dot(tmp_path: Path) -> None:
    loss, _ = pictures.curves_picture(RECORD["epochs"][:1]).axes
    assert "o" in {line.get_marker() for line in loss.lines}
